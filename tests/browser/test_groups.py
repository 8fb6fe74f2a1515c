"""Photos of a crowd: everybody in it can be mended, once the window is near."""

import math
from functools import cache

import pytest
from PIL import Image
from playwright.sync_api import FilePayload, Page, expect

from tests.browser.conftest import Opener, Shot
from tests.browser.steps import button, choose, png, says, turds
from tests.browser.touch import Fingers, Point, double_tap, middle
from tests.browser.window import boxes, on_screen, scale, stage_middle
from tests.pictures import FakeDetector
from turdify.faces import Box, Face


def crowd(columns: int, rows: int, size: tuple[int, int], height: float) -> list[Face]:
    """Faces in a grid, every second row shifted by half a step."""
    step = size[0] / (columns + 0.5), size[1] / rows
    middles = [((x + 0.5 + y % 2 / 2) * step[0], (y + 0.5) * step[1]) for y in range(rows) for x in range(columns)]
    half = 0.77 * height / 2, height / 2
    return [Face(Box(x - half[0], y - half[1], x + half[0], y + half[1]), score=0.9) for x, y in middles]


@cache
def bare(size: tuple[int, int]) -> FilePayload:
    return png(Image.new("RGB", size, (0, 120, 255)))


GROUP = (4000, 2667)  # 304 people: on a phone, covers are 9 pixels wide
PANORAMA = (8000, 1000)  # 15 people
IN_GROUP = crowd(19, 16, GROUP, 95)
IN_PANORAMA = crowd(15, 1, PANORAMA, 130)


def as_asked(faces: list[Face], size: tuple[int, int]) -> list[Face]:
    """The faces of a photo where they are in the copy that the page sends, as copy.js makes it."""
    share = min(1, 1600 / max(size))
    return [
        Face(Box(*(share * side for side in (box.left, box.upper, box.right, box.lower))), score=0.9)
        for box in (face.box for face in faces)
    ]


@pytest.fixture
def group(page: Page, finds: FakeDetector) -> Page:
    finds.faces = as_asked(IN_GROUP, GROUP)
    choose(page, bare(GROUP))
    says(page, "304 faces covered")
    return page


def bring(page: Page, point: Point, width: int) -> Point:
    """Scroll the window as a finger would, so that a point of the photo is in its middle or as near as it gets."""
    page.locator("#stage").scroll_into_view_if_needed()
    x, y = on_screen(page, point, width)
    to = stage_middle(page)
    page.locator("#stage").evaluate("(stage, by) => stage.scrollBy(...by)", [x - to[0], y - to[1]])
    return on_screen(page, point, width)


def test_between_two_covers_of_a_group_the_nearer_one_is_hit(group: Page) -> None:
    page = group
    page.locator("#stage").scroll_into_view_if_needed()
    for number in (3, 100, 200, 290):
        (x, y), (to_x, to_y) = (middle(page, cover) for cover in (number, number + 1))
        for share, nearer in ((0.4, number), (0.6, number + 1)):
            tap(page, (x + share * (to_x - x), y + share * (to_y - y)))
            expect(turds(page).nth(nearer)).to_have_attribute("aria-pressed", "true")
            button(page, "Done").click()
            page.wait_for_timeout(350)  # or a finger's next tap would be the second of two


def zoom_until_parted(page: Page, faces: list[Face], width: int) -> None:
    """By a double tap, or by the keys where there are no fingers: so near that a finger hits each."""
    if page.evaluate("navigator.maxTouchPoints"):
        page.locator("#stage").scroll_into_view_if_needed()
        double_tap(page, stage_middle(page))
    else:
        page.locator("#stage").focus()
        while faces[0].box.height * scale(page, width) < 60:
            page.keyboard.press("+")
    assert faces[0].box.height * scale(page, width) >= 60
    assert len(turds(page).all()) == len(faces)


def tap(page: Page, place: Point) -> None:
    if page.evaluate("navigator.maxTouchPoints"):
        page.touchscreen.tap(*place)
    else:
        page.mouse.click(*place)


def test_each_of_304_covers_can_be_selected_once_they_are_parted(group: Page) -> None:
    zoom_until_parted(group, IN_GROUP, GROUP[0])
    selected, last, fingers = [], (0.0, 0.0), group.evaluate("navigator.maxTouchPoints")
    press = group.touchscreen.tap if fingers else group.mouse.click
    for number in range(304):
        before, *place = group.evaluate(BRING, number)
        if fingers and math.dist(place, last) < 40:
            group.wait_for_timeout(350)  # or it would be a double tap
        press(*place)
        last = place
        selected.append(before)
    assert [*selected[1:], group.evaluate(BRING, 0)[0]] == list(range(304))
    expect(turds(group)).to_have_count(304)


# Tells which cover is selected, or -1. Scrolls the window as a finger would, to a cover's middle, and tells where on
# the screen that is: mostly not where the one before was.
BRING = """(number) => {
    const turds = [...document.querySelectorAll(".turd")];
    const stage = document.querySelector("#stage");
    const seen = stage.getBoundingClientRect();
    const middle = () => {
        const {x, y, width, height} = turds[number].getBoundingClientRect();
        return [x + width / 2, y + height / 2];
    };
    const [x, y] = middle();
    stage.scrollBy(x - seen.x - seen.width * (number % 2 ? 0.3 : 0.7), y - seen.y - seen.height / 2);
    return [turds.findIndex(({ariaPressed}) => ariaPressed === "true"), ...middle()];
}"""


def test_in_a_group_of_304_anybody_is_moved_and_removed_and_a_missed_one_covered(group: Page, shot: Shot) -> None:
    zoom_until_parted(group, IN_GROUP, GROUP[0])
    for number in (303, 151, 0):
        mend(group, IN_GROUP, GROUP[0], number)
    shot(group, "mended")


def test_the_same_in_a_panorama(page: Page, finds: FakeDetector, shot: Shot) -> None:
    finds.faces = as_asked(IN_PANORAMA, PANORAMA)
    choose(page, bare(PANORAMA))
    says(page, "15 faces covered")
    shot(page, "panorama")
    zoom_until_parted(page, IN_PANORAMA, PANORAMA[0])
    for number in (14, 7, 0):
        mend(page, IN_PANORAMA, PANORAMA[0], number)


def mend(page: Page, faces: list[Face], width: int, number: int) -> None:
    """Cover somebody between two others, select a cover, move it, and remove it: by finger or mouse.

    Of several the last goes first, so that the others keep their numbers.
    """
    turd = turds(page).nth(number)
    neighbor = faces[number + 1 if number == 0 else number - 1].box.center
    center = faces[number].box.center
    between = (center[0] + neighbor[0]) / 2, (center[1] + neighbor[1]) / 2
    let_go(page)
    tap(page, bring(page, between, width))
    says(page, f"{len(faces) + 1} in total")
    assert boxes(page, width)[-2:] == pytest.approx(between, abs=2 / scale(page, width))
    x, y = bring(page, center, width)
    let_go(page)
    tap(page, (x, y))
    expect(turd).to_have_attribute("aria-pressed", "true")
    drag(page, (x, y), (30, 25))
    by = [30 / scale(page, width), 25 / scale(page, width)]
    assert boxes(page, width)[2 * number : 2 * number + 2] == pytest.approx(
        [center[0] + by[0], center[1] + by[1]], abs=2 / scale(page, width)
    )
    button(page, "Remove").click()
    expect(turds(page)).to_have_count(len(faces))


def let_go(page: Page) -> None:
    """Of what is selected, and of the last tap, which the next would make a double one."""
    page.keyboard.press("Escape")
    expect(page.locator("#tools")).to_be_hidden()
    page.wait_for_timeout(350)


def drag(page: Page, start: Point, by: Point) -> None:
    middle, end = ((start[0] + by[0] * share, start[1] + by[1] * share) for share in (0.5, 1))
    if page.evaluate("navigator.maxTouchPoints"):
        fingers = Fingers(page)
        fingers.touch("touchStart", start)
        fingers.touch("touchMove", middle)
        fingers.touch("touchMove", end)
        fingers.touch("touchEnd")
    else:
        page.mouse.move(*start)
        page.mouse.down()
        page.mouse.move(*middle)
        page.mouse.move(*end)
        page.mouse.up()


def test_in_a_group_the_keyboard_does_all_of_it_too(opened: Opener, finds: FakeDetector) -> None:
    page = opened("desktop")
    finds.faces = as_asked(IN_GROUP, GROUP)
    choose(page, bare(GROUP))
    says(page, "304 faces covered")
    page.locator("#stage").focus()
    for _ in range(6):
        page.keyboard.press("+")
    page.keyboard.press("Tab")
    for number in range(1, 60):
        page.keyboard.press("Tab")
        assert page.evaluate("[...document.querySelectorAll('.turd')].indexOf(document.activeElement)") == number
        assert is_in_sight(page, number)
    before = boxes(page, GROUP[0])
    page.keyboard.press("Enter")
    expect(turds(page).nth(59)).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("ArrowRight")
    moved = boxes(page, GROUP[0])[118] - before[118]
    assert 0 < moved < 0.2 * 95, "a step is small where the photo is near"
    page.keyboard.press("Delete")
    expect(turds(page)).to_have_count(303)
    button(page, "Add a cover").focus()
    page.keyboard.press("Enter")
    expect(turds(page)).to_have_count(304)
    expect(turds(page).last).to_be_focused()
    assert is_in_sight(page, 303)


def is_in_sight(page: Page, number: int) -> bool:
    """Whether a cover is in the window, and that on the screen."""
    return bool(
        page.evaluate(
            """(number) => {
                const {x, y, width, height} = document.querySelectorAll(".turd")[number].getBoundingClientRect();
                const stage = document.querySelector("#stage").getBoundingClientRect();
                const [centerX, centerY] = [x + width / 2, y + height / 2];
                return centerX > stage.left && centerX < stage.right && centerY > Math.max(0, stage.top)
                    && centerY < Math.min(innerHeight, stage.bottom);
            }""",
            number,
        )
    )
