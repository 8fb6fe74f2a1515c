"""Covers are moved, resized and turned: by mouse, by fingers and by buttons."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Opener, on_desktop
from tests.browser.steps import button, center_of, choose, photo, saved_picture, says, turds, turned, width_of
from tests.browser.touch import Fingers, middle
from tests.pictures import FakeDetector, astronaut
from turdify.faces import MAX_BOX, Box


@on_desktop
def test_a_turd_grows_no_larger_than_the_server_takes(covered: Page) -> None:
    turds(covered).first.focus()
    for _ in range(45):
        covered.keyboard.press("+")  # 70 times as large, if nothing stopped it
    largest = MAX_BOX * max(astronaut().size)
    sent = covered.evaluate(
        "import(document.querySelector('script[type=module]').src.replace('page.js', 'state.js'))"
        ".then(({ state }) => state.current.faces[0].box)"
    )
    assert largest - 2 < Box(*sent).height <= largest
    assert saved_picture(covered).size == astronaut().size


def test_what_can_be_dragged_can_be_moved_by_buttons(covered: Page) -> None:
    turd = turds(covered).first
    turd.click()
    for name, shift in (("left", (-5, 0)), ("up", (0, -5)), ("right", (5, 0)), ("down", (0, 5))):
        x, y = center_of(turd)
        button(covered, f"Move {name}").click()
        assert center_of(turd) == pytest.approx((x + shift[0], y + shift[1]), abs=0.5), name


def test_a_turd_follows_the_mouse(opened: Opener) -> None:
    page = opened("desktop")
    choose(page, photo())
    says(page, "3 faces covered")
    turd = turds(page).first
    before = center_of(turd)
    turd.click()
    drag(page, middle(page, 0), (40, 60))
    assert center_of(turd) == pytest.approx((before[0] + 40, before[1] + 60), abs=1.5)
    expect(turds(page)).to_have_count(3)
    button(page, "Undo").click()
    assert center_of(turd) == pytest.approx(before, abs=0.5)


def test_the_handle_resizes_and_turns(opened: Opener) -> None:
    page = opened("desktop")
    choose(page, photo())
    says(page, "3 faces covered")
    turd = turds(page).first
    turd.click()
    width, center = width_of(turd), center_of(turd)
    (x, y), (handle_x, handle_y) = middle(page, 0), middle(page, 0, ".handle")
    drag(page, (handle_x, handle_y), (handle_x - x, handle_y - y))
    assert width_of(turd) == pytest.approx(2 * width, rel=0.03)
    assert center_of(turd) == pytest.approx(center, abs=1)
    assert turned(page, 0) == pytest.approx(0, abs=1)
    handle_x, handle_y = middle(page, 0, ".handle")
    drag(page, (handle_x, handle_y), ((y - handle_y) - (handle_x - x), (handle_x - x) - (handle_y - y)))
    assert turned(page, 0) == pytest.approx(90, abs=2), "a quarter clockwise, as CSS counts"


def drag(page: Page, start: tuple[float, float], by: tuple[float, float]) -> None:
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(start[0] + by[0] / 2, start[1] + by[1] / 2)
    page.mouse.move(start[0] + by[0], start[1] + by[1])
    page.mouse.up()


@on_desktop
def test_as_many_are_said_to_be_covered_as_the_server_covers_however_far_they_are_dragged(covered: Page) -> None:
    for number, far in enumerate([(-2000, 0), (2000, 2000), (0, -2000)]):
        turds(covered).nth(number).click()
        drag(covered, middle(covered, number), far)
        button(covered, "Done").click()
    button(covered, "Add a box").click()
    stage = covered.locator("#stage").bounding_box()
    assert stage
    drag(covered, (stage["x"] + 5, stage["y"] + 100), (30, 30))  # beside the photo
    expect(turds(covered)).to_have_count(3)
    covered.keyboard.press("Escape")
    button(covered, "Download").click()
    with covered.expect_response("**/turdify/") as answer:
        covered.get_by_role("dialog").get_by_role("button", name="Save anyway").click()
    expect(covered.get_by_role("img", name="Your photo with 3 faces covered")).to_be_attached()
    assert answer.value.headers["x-turdify-faces"] == "3"


def test_two_fingers_move_resize_and_turn_a_turd(opened: Opener) -> None:
    page = opened("phone")
    choose(page, photo())
    says(page, "3 faces covered")
    turds(page).first.click()
    width = width_of(turds(page).first)
    x, y = middle(page, 0)
    fingers = Fingers(page)
    fingers.touch("touchStart", (x - 10, y))
    fingers.touch("touchStart", (x - 10, y), (x + 10, y))
    fingers.touch("touchMove", (x - 15, y), (x + 15, y))
    fingers.touch("touchMove", (x, y - 20), (x, y + 20))
    fingers.touch("touchEnd")
    assert width_of(turds(page).first) == pytest.approx(2 * width, rel=0.05)
    assert abs(turned(page, 0)) == pytest.approx(90, abs=3)
    assert middle(page, 0) == pytest.approx((x, y), abs=2)
    expect(turds(page)).to_have_count(3)


def test_a_second_finger_beside_a_turd_that_is_dragged_loses_nothing(opened: Opener) -> None:
    page = opened("phone")
    choose(page, photo())
    says(page, "3 faces covered")
    turds(page).first.click()
    x, y = middle(page, 0)
    fingers = Fingers(page)
    fingers.touch("touchStart", (x, y))
    fingers.touch("touchMove", (x, y + 60))
    fingers.touch("touchStart", (x, y + 60), (x + 150, y + 90))
    fingers.touch("touchEnd")
    shown = center_of(turds(page).first)
    expect(button(page, "Undo")).to_be_enabled()
    button(page, "Undo").click()
    button(page, "Redo").click()
    assert center_of(turds(page).first) == pytest.approx(shown, abs=1)
    expect(turds(page)).to_have_count(3)


def test_a_turd_cannot_be_pushed_out_of_the_photo(opened: Opener, finds: FakeDetector) -> None:
    page = opened("desktop")
    finds.faces = finds.faces[:1]
    choose(page, photo())
    says(page, "1 face covered")
    turds(page).first.focus()
    for _ in range(40):
        page.keyboard.press("ArrowLeft")
    assert center_of(turds(page).first)[0] == pytest.approx(0, abs=1)
