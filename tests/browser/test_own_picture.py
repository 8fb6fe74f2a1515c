"""A picture of one's own as the cover, and whether the browser remembers it."""

import re

import pytest
from PIL import Image
from playwright.sync_api import FilePayload, Locator, Page, Route, expect

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
    turds,
)
from tests.browser.storage import let_storage_fail
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


def choose_own(page: Page, color: str) -> None:
    page.locator("#picture").set_input_files([png(Image.new("RGBA", (200, 200), color))])


def tile(page: Page) -> Locator:
    return page.locator("#own img")


def color_of(image: Locator) -> list[int]:
    """Of a picture's first pixel."""
    color: list[int] = image.evaluate(
        """async image => {
            await image.decode();
            const context = new OffscreenCanvas(1, 1).getContext("2d");
            context.drawImage(image, 0, 0);
            return [...context.getImageData(0, 0, 1, 1).data].slice(0, 3);
        }"""
    )
    return color


@on_desktop
def test_of_two_pictures_of_ones_own_the_one_that_was_chosen_last_is_taken(covered: Page) -> None:
    held: list[Route] = []
    covered.route("**/picture/", lambda route: held.append(route), times=1)
    with covered.expect_request("**/picture/"):
        choose_own(covered, "purple")
    choose_own(covered, "lime")
    expect(tile(covered)).to_have_attribute("src", re.compile("^blob:"))
    with covered.expect_response("**/picture/"):
        held[0].continue_()
    covered.wait_for_timeout(300)
    assert color_of(tile(covered)) == [0, 255, 0]


@on_desktop
def test_a_picture_that_was_chosen_for_one_face_is_put_on_no_other_when_it_comes_late(covered: Page) -> None:
    held: list[Route] = []
    covered.route("**/picture/", lambda route: held.append(route))
    turds(covered).nth(1).click()
    with covered.expect_request("**/picture/"):
        choose_own(covered, "purple")
    button(covered, "Done").click()
    held[0].continue_()
    expect(turds(covered).nth(1)).to_have_accessible_name("Your own, 2 of 3")
    expect(turds(covered).first).to_have_accessible_name("Turd, 1 of 3")
    turds(covered).nth(2).click()
    with covered.expect_request("**/picture/"):
        choose_own(covered, "lime")
    button(covered, "Remove").click()
    with covered.expect_response("**/picture/"):
        held[1].continue_()
    covered.wait_for_timeout(300)
    expect(turds(covered).first).to_have_accessible_name("Turd, 1 of 2")


@on_desktop
def test_the_same_picture_can_be_chosen_again_after_it_failed(covered: Page) -> None:
    covered.route("**/picture/", lambda route: route.abort("internetdisconnected"))
    choose_own(covered, "purple")
    alerts(covered, "No connection.")
    assert covered.locator("#picture").input_value() == ""
