"""Numbers on covers, to tell who is who: the page gives them out, and shows what the server draws."""

import numpy as np
import pytest
from PIL import Image, ImageFilter
from playwright.sync_api import Page, expect

from tests.browser.conftest import THREE_FACES, Opener, Shot, on_desktop
from tests.browser.preview import TILTED, same_as_saved
from tests.browser.steps import button, choose, photo, png, says, tap_photo, turds
from tests.browser.test_uncovering import MEND
from tests.pictures import FakeDetector
from turdify.faces import Box, Face


def labels(page: Page) -> list[str]:
    return [turd.get_attribute("aria-label") or "" for turd in turds(page).all()]


def numbered(*numbers: int) -> list[str]:
    """The labels of covers with these numbers."""
    return [f"Number {number}, {place} of {len(numbers)}" for place, number in enumerate(numbers, start=1)]


def number_all(page: Page) -> None:
    page.get_by_role("radio", name="Numbers").check()


def test_faces_are_numbered_and_keep_their_numbers(covered: Page, shot: Shot) -> None:
    number_all(covered)
    assert labels(covered) == numbered(1, 2, 3)
    tap_photo(covered, 250, 400)
    says(covered, "4 in total")
    assert labels(covered) == numbered(1, 2, 3, 4)
    shot(covered, "numbers")
    turds(covered).nth(1).focus()
    covered.keyboard.press("Delete")
    assert labels(covered) == numbered(1, 3, 4)
    expect(covered.get_by_role("radio", name="Numbers")).to_be_checked()
    tap_photo(covered, 400, 450)
    says(covered, "4 in total")
    assert labels(covered) == numbered(1, 3, 4, 2)


@on_desktop
def test_a_face_that_is_covered_again_has_a_number_of_its_own(covered: Page) -> None:
    number_all(covered)
    turds(covered).nth(0).focus()
    covered.keyboard.press("Delete")
    tap_photo(covered, 250, 400)
    says(covered, "3 in total")
    button(covered, "Smaller").click()
    button(covered, "Done").click()
    button(covered, MEND).click()
    assert labels(covered) == numbered(2, 3, 1, 4)


@on_desktop
def test_one_face_gets_a_number_and_the_others_stay_as_they_are(covered: Page) -> None:
    turds(covered).nth(1).click()
    number_all(covered)
    assert labels(covered) == ["Turd, 1 of 3", "Number 1, 2 of 3", "Turd, 3 of 3"]
    button(covered, "Done").click()
    expect(covered.get_by_role("radio", name="Turd")).to_be_checked()
    turds(covered).nth(2).click()
    number_all(covered)
    expect(covered.get_by_role("radio", name="Numbers")).to_be_checked()
    assert labels(covered) == ["Turd, 1 of 3", "Number 1, 2 of 3", "Number 2, 3 of 3"]
    covered.get_by_role("radio", name="Numbers").click()
    assert labels(covered)[2] == "Number 2, 3 of 3"


@on_desktop
def test_what_is_added_gets_the_cover_that_is_shown_as_chosen(page: Page, finds: FakeDetector) -> None:
    finds.faces = THREE_FACES[:1]
    choose(page, photo())
    says(page, "1 face covered")
    turds(page).click()
    number_all(page)
    button(page, "Done").click()
    expect(page.get_by_role("radio", name="Numbers")).to_be_checked()
    button(page, "Add a cover").click()
    assert labels(page) == numbered(1, 2)
    turds(page).nth(1).press("Delete")
    turds(page).press("Enter")
    page.get_by_role("radio", name="Mosaic").check()
    button(page, "Done").click()
    button(page, "Add a box").press("Enter")
    assert labels(page) == ["Mosaic, 1 of 2", "Mosaic, 2 of 2"]


@on_desktop
def test_what_is_chosen_while_faces_are_looked_for_is_put_on_them(page: Page, finds: FakeDetector) -> None:
    finds.delay = 60
    choose(page, photo())
    says(page, "Sniffing out faces…")
    number_all(page)
    expect(button(page, "Undo")).to_be_disabled()
    finds.delay = 0
    says(page, "3 faces covered")
    assert labels(page) == numbered(1, 2, 3)
    expect(button(page, "Undo")).to_be_disabled()


@on_desktop
def test_who_is_kept_is_not_counted(covered: Page) -> None:
    turds(covered).first.click()
    button(covered, "Keep just here").click()
    covered.keyboard.press("Escape")
    number_all(covered)
    assert labels(covered) == ["Kept, 1 of 3", "Number 1, 2 of 3", "Number 2, 3 of 3"]
    turds(covered).first.click()
    button(covered, "Cover again").click()
    assert labels(covered)[0] == "Number 3, 1 of 3"


@on_desktop
def test_faces_that_are_found_later_get_the_next_numbers(covered: Page, finds: FakeDetector) -> None:
    number_all(covered)
    tap_photo(covered, 250, 400)
    says(covered, "4 in total")
    button(covered, "Done").click()
    finds.faces = [Face(Box(20, 20, 60, 70)), *THREE_FACES]
    covered.get_by_label("Find faces").select_option("high")
    says(covered, "5 faces covered")
    assert labels(covered) == numbered(5, 1, 2, 3, 4)


@pytest.mark.parametrize("numbers", [(7, 12, 304, 68), (999, 9, 40, 1)])
def test_numbers_are_saved_as_they_are_shown(opened: Opener, finds: FakeDetector, numbers: tuple[int, ...]) -> None:
    page = opened("desktop", viewport={"width": 1280, "height": 1000})
    finds.faces = [*TILTED, Face(Box(90, 340, 160, 440), 5.0)]
    choose(page, png(Image.new("RGB", (512, 512), (0, 120, 255))))
    says(page, "4 faces covered")
    page.evaluate(
        """async (names) => {
            const address = new URL("state.js", document.querySelector("script[type=module]").src).href;
            const { state, update } = await import(address);
            state.current.change(state.current.faces.map((face, place) => ({ ...face, emoji: names[place] })));
            update();
        }""",
        [f"number-{number}" for number in numbers],
    )
    assert labels(page) == numbered(*numbers)
    inside = (20, 20, 492, 492)  # the stage's corners are round
    preview, result = (picture.convert("L").crop(inside) for picture in same_as_saved(page))
    shown, darkest, lightest = (
        np.asarray(picture).astype(int)
        for picture in (preview, result.filter(ImageFilter.MinFilter(3)), result.filter(ImageFilter.MaxFilter(3)))
    )
    differs = (shown < darkest - 50) | (shown > lightest + 50)
    assert differs.sum() <= 10, "each pixel is as in the saved picture, or beside it"


def test_without_scripts_numbers_can_be_chosen(opened: Opener, finds: FakeDetector) -> None:
    page = opened("phone", java_script_enabled=False)
    expect(page.get_by_role("radio", name="Numbers")).to_have_count(1)
    drawing = page.locator(".choice:has([value=numbers]) svg").bounding_box()
    assert drawing
    assert (drawing["width"], drawing["height"]) == (44, 44)
