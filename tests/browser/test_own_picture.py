"""A picture of one's own as the cover, and whether the browser remembers it."""

import re

import pytest
from PIL import Image
from playwright.sync_api import FilePayload, Page, expect

from tests.browser.conftest import Opener, on_desktop
from tests.browser.preview import TILTED, same_as_saved
from tests.browser.steps import (
    alerts,
    being_saved,
    button,
    choose,
    photo,
    png,
    saved,
    saved_picture,
    says,
    shown_covers,
    tap_photo,
    text_file,
)
from tests.browser.test_keeping import let_storage_fail
from tests.pictures import FakeDetector, decoded, encoded


def test_a_picture_of_ones_own_covers_the_faces_as_previewed(opened: Opener, finds: FakeDetector) -> None:
    page = opened("desktop", viewport={"width": 1280, "height": 1000})
    finds.faces = TILTED
    choose(page, png(Image.new("RGB", (512, 512), (0, 120, 255))))
    says(page, "3 faces covered")
    page.locator("#picture").set_input_files([png(Image.new("RGBA", (300, 200), (160, 0, 200, 255)))])
    expect(page.get_by_label("Your own", exact=True)).to_be_checked()
    tap_photo(page, 150, 400)
    button(page, "Smaller").click()
    same_as_saved(page)


def test_another_picture_of_ones_own_takes_the_place_of_the_one_before(opened: Opener) -> None:
    page = opened("desktop")
    choose(page, photo())
    says(page, "3 faces covered")
    own = page.locator("#own img")
    for color in ((160, 0, 200), (0, 160, 0)):
        before = own.get_attribute("src")
        page.locator("#picture").set_input_files([png(Image.new("RGBA", (200, 200), (*color, 255)))])
        expect(own).to_have_attribute("src", re.compile("^blob:"))
        expect(own).not_to_have_attribute("src", before or "")
        assert saved_picture(page).getpixel((95, 195)) == pytest.approx(color, abs=4)


def test_a_picture_of_ones_own_that_is_none_is_refused(opened: Opener) -> None:
    page = opened("phone")
    choose(page, photo())
    says(page, "3 faces covered")
    page.locator("#picture").set_input_files([text_file("own.png", "image/png")])
    expect(page.get_by_role("alert")).to_contain_text("That file isn't a photo we can read.")
    assert shown_covers(page) == ["turd"] * 3


@on_desktop
def test_where_the_browser_cannot_remember_a_picture_it_is_said(covered: Page) -> None:
    own = encoded(Image.new("RGB", (200, 200), (160, 0, 200)), "PNG")
    covered.locator("#picture").set_input_files([FilePayload(name="own.png", mimeType="image/png", buffer=own)])
    let_storage_fail(covered, "put", "at once")
    button(covered, "Remember my picture").click()
    alerts(covered, "This browser doesn't let us remember that.")


@on_desktop
def test_a_picture_of_ones_own_is_remembered_if_the_person_wants_that(covered: Page) -> None:
    own = encoded(Image.new("RGB", (200, 200), (160, 0, 200)), "HEIF")
    file = FilePayload(name="own.heic", mimeType="image/heic", buffer=own)
    covered.locator("#picture").set_input_files([file])
    expect(covered.get_by_role("radio", name="Your own")).to_be_checked()
    button(covered, "Remember my picture").click()
    says(covered, "remembered in this browser")
    saved(covered)
    says(covered, "Done:")
    covered.reload()
    covered.get_by_role("radio", name="Your own").check()
    choose(covered, photo())
    says(covered, "3 faces covered")
    assert decoded(saved(covered)[1]).getpixel((95, 195)) == pytest.approx((160, 0, 200), abs=6)
    button(covered, "Forget my picture").click()
    says(covered, "forgotten")
    saved(covered)
    covered.reload()
    expect(covered.get_by_role("radio", name="Your own")).to_be_hidden()


def test_a_picture_of_ones_own_that_is_chosen_while_another_is_saved_is_on_what_is_saved_next(opened: Opener) -> None:
    page = opened("desktop")
    choose(page, photo())
    says(page, "3 faces covered")
    own = page.locator("#own img")
    first, second = (png(Image.new("RGBA", (200, 200), (*color, 255))) for color in ((160, 0, 200), (0, 160, 0)))
    page.locator("#picture").set_input_files([first])
    expect(own).to_have_attribute("src", re.compile("^blob:"))
    before = own.get_attribute("src")
    with being_saved(page):
        page.locator("#picture").set_input_files([second])
        expect(own).not_to_have_attribute("src", before or "")
    says(page, "Done: beach-turdified.jpg")
    assert saved_picture(page).getpixel((95, 195)) == pytest.approx((0, 160, 0), abs=4)
