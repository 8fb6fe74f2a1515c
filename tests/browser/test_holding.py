"""Only a selected cover is held: what a finger or the mouse does elsewhere is the page's, or the window's."""

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import THREE_FACES, Opener, Shot
from tests.browser.steps import button, center_of, choose, lengthen, photo, png, says, turds, width_of
from tests.browser.touch import Fingers, Point, middle
from tests.pictures import FakeDetector, astronaut, decoded, group
from turdify.faces import Box, Face

SMALL_PHONE = {"width": 390, "height": 844}


@pytest.fixture
def phone(opened: Opener) -> Page:
    """A photo, 512x512, with three faces."""
    page = opened("phone", viewport=SMALL_PHONE)
    choose(page, photo())
    says(page, "3 faces covered")
    return page


# Where each cover is, as the page drew it.
PLACES = "[...document.querySelectorAll('.turd')].map(({style}) => [style.left, style.top, style.width])"


def test_forty_swipes_over_a_group_of_nineteen_scroll_the_page_and_move_no_cover(
    opened: Opener, finds: FakeDetector
) -> None:
    page = opened("phone", viewport=SMALL_PHONE)
    picture, finds.faces = group(19)
    choose(page, png(picture))
    says(page, "19 faces covered")
    lengthen(page)
    before = page.evaluate(PLACES)
    stage = page.locator("#turds").bounding_box()
    assert stage
    fingers = Fingers(page)
    for number in range(40):
        page.evaluate("scrollTo(0, 0)")
        across, down = number % 8 / 8 + 1 / 16, number // 8 / 5 + 0.1
        start = stage["x"] + across * stage["width"], stage["y"] + down * stage["height"]
        fingers.swipe(page, start, (0, -120), steps=4)
        page.wait_for_function("scrollY > 50")
    page.evaluate("scrollTo(0, 0)")
    assert page.evaluate(PLACES) == before
    expect(button(page, "Undo")).to_be_disabled()
    expect(page.locator("#tools")).to_be_hidden()


def test_the_mouse_moves_no_cover_that_is_not_selected_and_adds_none_where_it_lets_go(opened: Opener) -> None:
    page = opened("desktop")
    choose(page, photo())
    says(page, "3 faces covered")
    before = center_of(turds(page).first)
    x, y = middle(page, 0)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 20, y + 60)
    page.mouse.move(x + 40, y + 120)
    page.mouse.up()
    assert center_of(turds(page).first) == before
    expect(turds(page)).to_have_count(3)
    expect(button(page, "Undo")).to_be_disabled()


def test_a_finger_drags_the_selected_cover_while_the_page_stays(phone: Page) -> None:
    turds(phone).first.tap()
    before = center_of(turds(phone).first)
    zoom = phone.evaluate("document.querySelector('#turds').clientWidth / 512")
    Fingers(phone).swipe(phone, middle(phone, 0), (30, 60))
    assert phone.evaluate("scrollY") == 0
    assert center_of(turds(phone).first) == pytest.approx((before[0] + 30 / zoom, before[1] + 60 / zoom), abs=1.5)
    says(phone, "Cover 1 of 3 moved.")


def test_two_fingers_anywhere_resize_and_turn_the_selected_cover(phone: Page) -> None:
    turds(phone).first.tap()
    width, center = width_of(turds(phone).first), center_of(turds(phone).first)
    stage = phone.locator("#stage").bounding_box()
    assert stage
    x, y = stage["x"] + 200, stage["y"] + 280
    fingers = Fingers(phone)
    fingers.touch("touchStart", (x - 30, y))
    fingers.touch("touchStart", (x - 30, y), (x + 30, y))
    fingers.touch("touchMove", (x, y - 45), (x, y + 45))
    fingers.touch("touchEnd")
    assert width_of(turds(phone).first) == pytest.approx(1.5 * width, rel=0.05)
    style = str(turds(phone).first.locator("img").evaluate("picture => picture.style.transform"))
    assert abs(float(style.removeprefix("rotate(").removesuffix("deg)"))) == pytest.approx(90, abs=3)
    assert center_of(turds(phone).first) == pytest.approx(center, abs=2)
    says(phone, "Cover 1 of 3 resized.")
    expect(turds(phone)).to_have_count(3)
    expect(phone.locator(".level")).to_have_text("1\N{MULTIPLICATION SIGN}")


def test_a_loupe_beside_the_finger_shows_what_it_hides_and_goes_with_it(phone: Page, shot: Shot) -> None:
    turds(phone).nth(1).tap()
    loupe = phone.locator("#loupe")
    expect(loupe).to_be_hidden()
    x, y = middle(phone, 1)
    fingers = Fingers(phone)
    fingers.touch("touchStart", (x, y))
    fingers.touch("touchMove", (x, y + 20))
    fingers.touch("touchMove", (x, y + 40))
    expect(loupe).to_be_visible()
    shot(phone, "loupe")
    box = loupe.bounding_box()
    assert box
    assert box["y"] + box["height"] < y + 40, "above the finger"
    assert 0 <= box["x"] <= phone.viewport_size["width"] - box["width"]  # type: ignore[index]
    fingers.touch("touchMove", (x, 60))
    aside = loupe.bounding_box()
    assert aside
    assert aside["y"] >= 0
    assert aside["x"] > x or aside["x"] + aside["width"] < x, "where there is no room above"
    fingers.touch("touchEnd")
    expect(loupe).to_be_hidden()


def test_the_loupe_shows_the_part_of_the_photo_that_the_cover_is_on(phone: Page) -> None:
    turds(phone).first.tap()
    x, y = middle(phone, 0)
    fingers = Fingers(phone)
    fingers.touch("touchStart", (x, y))
    fingers.touch("touchMove", (x + 20, y + 30))
    shown = phone.locator("#loupe").evaluate(
        """(loupe) => {
            const seen = loupe.getBoundingClientRect();
            const photo = loupe.querySelector("img").getBoundingClientRect();
            const zoom = photo.width / 512;
            return [(seen.x + seen.width / 2 - photo.x) / zoom, (seen.y + seen.height / 2 - photo.y) / zoom];
        }"""
    )
    assert shown == pytest.approx(center_of(turds(phone).first), abs=1)
    fingers.touch("touchEnd")


def test_a_mouse_needs_no_loupe(opened: Opener) -> None:
    page = opened("desktop")
    choose(page, photo())
    says(page, "3 faces covered")
    turds(page).first.click()
    x, y = middle(page, 0)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 20, y + 60)
    expect(page.locator("#loupe")).to_be_hidden()
    page.mouse.up()


def test_a_tap_beside_the_selected_cover_ends_the_selection_and_only_the_next_adds(phone: Page) -> None:
    turds(phone).first.tap()
    expect(phone.locator("#tools")).to_be_visible()
    stage = phone.locator("#stage").bounding_box()
    assert stage
    place = stage["x"] + 170, stage["y"] + 300
    phone.touchscreen.tap(*place)
    expect(phone.locator("#tools")).to_be_hidden()
    expect(turds(phone)).to_have_count(3)
    phone.wait_for_timeout(350)
    phone.touchscreen.tap(*place)
    expect(turds(phone)).to_have_count(4)


def test_of_two_covers_at_a_place_the_smaller_wins_and_another_tap_selects_the_one_below(
    opened: Opener, finds: FakeDetector
) -> None:
    page = opened("desktop")
    choose(page, photo())
    says(page, "3 faces covered")
    turds(page).first.click()
    for _ in range(14):
        button(page, "Bigger").click()
    turds(page).first.focus()
    page.keyboard.press("Escape")
    turds(page).nth(1).scroll_into_view_if_needed()
    x, y = middle(page, 1)
    page.mouse.click(x, y)
    expect(turds(page).nth(1)).to_have_attribute("aria-pressed", "true")
    page.mouse.click(x, y)
    expect(turds(page).first).to_have_attribute("aria-pressed", "true")
    page.mouse.click(x, y)
    expect(page.locator("#tools")).to_be_hidden()


def test_covers_lie_on_each_other_as_in_what_is_saved_whichever_is_selected(opened: Opener) -> None:
    page = opened("desktop")
    choose(page, photo())
    says(page, "3 faces covered")
    turds(page).nth(1).click()
    button(page, "Bigger").click()
    turds(page).first.click()
    depth = [int(turd.locator("img").evaluate("picture => picture.style.zIndex")) for turd in turds(page).all()]
    assert depth == [0, 2, 1], "the highest on top, and of equal ones the last"


def test_covers_smaller_than_a_fingertip_and_near_each_other_are_chosen_where_it_is_nearest(
    opened: Opener, finds: FakeDetector
) -> None:
    page = opened("phone", viewport={"width": 320, "height": 400})
    choose(page, photo())
    says(page, "3 faces covered")
    stage = page.locator("#turds").bounding_box()
    assert stage
    pixel = 512 / stage["width"]  # of the photo, for one of the screen
    wide, apart = 10 * pixel, 16 * pixel
    finds.faces = [Face(Box(x, 200, x + wide, 200 + wide), score=0.9) for x in (200, 200 + apart)]
    choose(page, photo())
    says(page, "2 faces covered")
    one, other = (middle(page, number) for number in (0, 1))
    fingers = Fingers(page)
    for (x, y), number in (((one[0] - 11, one[1]), 0), ((one[0] + 10, one[1]), 1), ((other[0], other[1] + 11), 1)):
        fingers.touch("touchStart", (x, y))
        fingers.touch("touchEnd")
        page.wait_for_timeout(400)  # or it would be the second tap of two
        expect(turds(page)).to_have_count(2)
        expect(turds(page).nth(number)).to_have_attribute("aria-pressed", "true")
        button(page, "Done").click()
    fingers.touch("touchStart", (one[0] - 16, one[1]))
    fingers.touch("touchEnd")
    expect(turds(page)).to_have_count(3)


def test_a_mouse_that_is_let_go_beside_the_photo_holds_nothing_any_more(opened: Opener) -> None:
    page = opened("desktop", has_touch=True)
    choose(page, photo())
    says(page, "3 faces covered")
    turds(page).first.click()
    places = page.evaluate(PLACES)
    stage = page.locator("#stage").bounding_box()
    assert stage
    x, y = stage["x"] + stage["width"] / 2, stage["y"] + stage["height"] - 40
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, stage["y"] + stage["height"] + 20, steps=3)
    page.mouse.up()
    Fingers(page).swipe(page, (x, y), (60, -60))
    assert page.evaluate(PLACES) == places
    expect(button(page, "Undo")).to_be_disabled()


def test_nor_is_the_next_click_taken_for_a_part_of_that(opened: Opener) -> None:
    page = opened("desktop")
    choose(page, photo())
    says(page, "3 faces covered")
    stage = page.locator("#stage").bounding_box()
    assert stage
    x, y = stage["x"] + stage["width"] / 2, stage["y"] + stage["height"] / 2 + 150
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, stage["y"] + stage["height"] + 20, steps=3)
    page.mouse.up()
    page.mouse.click(x, y)
    says(page, "4 in total")


def hold_first(page: Page, by: float) -> Point:
    """Select the first cover and drag it down by so many pixels, without letting go; where its middle was."""
    turds(page).first.click()
    x, y = middle(page, 0)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y + by, steps=3)
    return x, y


@pytest.mark.parametrize("key", ["Enter", "ArrowUp"])
def test_a_cover_that_is_held_while_a_key_does_something_stays_where_it_was_dragged_to(
    opened: Opener, key: str
) -> None:
    page = opened("desktop")
    choose(page, photo())
    says(page, "3 faces covered")
    x, y = hold_first(page, 100)
    place = center_of(turds(page).first)
    button(page, "Bigger").focus()
    page.keyboard.press(key)
    assert center_of(turds(page).first) == pytest.approx(place, abs=6)
    page.mouse.move(x + 50, y)
    page.mouse.up()
    assert center_of(turds(page).first) == pytest.approx(place, abs=6)


def test_what_is_saved_by_a_key_shows_a_cover_that_is_held_where_it_is_seen(opened: Opener) -> None:
    page = opened("desktop")
    choose(page, photo())
    says(page, "3 faces covered")
    hold_first(page, 150)
    button(page, "Download").focus()
    page.keyboard.press("Enter")
    says(page, "1 face that was found is not covered any more.")
    with page.expect_download() as download:
        page.get_by_role("dialog").get_by_role("button", name="Save anyway").press("Enter")
    page.mouse.up()
    before = np.asarray(astronaut()).astype(int)
    after = np.asarray(decoded(download.value.path().read_bytes()).convert("RGB")).astype(int)
    covered = np.abs(after - before).max(axis=2) > 40
    face, place = THREE_FACES[0].box.center, center_of(turds(page).first)
    assert not covered[round(face[1]), round(face[0])]
    assert covered[round(place[1]), round(place[0])]
