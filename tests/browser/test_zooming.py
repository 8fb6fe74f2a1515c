"""The photo's own window: it zooms, it pans, and what is in a crowd can be mended there."""

import math
from functools import cache

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import FilePayload, FloatRect, Page, expect

from tests.browser.conftest import Opener, Shot
from tests.browser.steps import button, choose, complains_of_nothing, photo, png, says, turds
from tests.browser.touch import Fingers, middle
from tests.pictures import FakeDetector, decoded
from tests.serving import eventually
from turdify.faces import Box, Face

Point = tuple[float, float]

SMALL_PHONE = {"width": 390, "height": 844}


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


def scale(page: Page, width: int = 512) -> float:
    """CSS pixels for each pixel of the photo."""
    box = page.locator("#turds").bounding_box()
    assert box
    return box["width"] / width


def on_screen(page: Page, point: Point, width: int = 512) -> Point:
    box = page.locator("#turds").bounding_box()
    assert box
    zoom = box["width"] / width
    return box["x"] + point[0] * zoom, box["y"] + point[1] * zoom


def in_photo(page: Page, point: Point, width: int = 512) -> Point:
    box = page.locator("#turds").bounding_box()
    assert box
    zoom = box["width"] / width
    return (point[0] - box["x"]) / zoom, (point[1] - box["y"]) / zoom


def stage_middle(page: Page) -> Point:
    box = page.locator("#stage").bounding_box()
    assert box
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def bring(page: Page, point: Point, width: int) -> Point:
    """Scroll the window as a finger would, so that a point of the photo is in its middle or as near as it gets."""
    page.locator("#stage").scroll_into_view_if_needed()
    x, y = on_screen(page, point, width)
    to = stage_middle(page)
    page.locator("#stage").evaluate("(stage, by) => stage.scrollBy(...by)", [x - to[0], y - to[1]])
    return on_screen(page, point, width)


def standing(page: Page) -> list[object]:
    """Where everything beside the photo is."""
    places = [page.locator(f"#{name}").bounding_box() for name in ("stage", "file", "status", "add", "download")]
    return [*places, page.evaluate("[scrollX, scrollY, visualViewport.scale]")]


def photo_of_three(page: Page) -> None:
    choose(page, photo())
    says(page, "3 faces covered")


def test_two_fingers_zoom_in_where_they_are_and_the_page_stays_as_it_is(opened: Opener, shot: Shot) -> None:
    page = opened("phone", viewport=SMALL_PHONE)
    photo_of_three(page)
    before = standing(page)
    x, y = on_screen(page, (300, 350))
    point = in_photo(page, (x, y))
    fingers = Fingers(page)
    fingers.touch("touchStart", (x - 20, y))
    fingers.touch("touchStart", (x - 20, y), (x + 20, y))
    fingers.touch("touchMove", (x - 40, y), (x + 40, y))
    fingers.touch("touchMove", (x - 60, y + 10), (x + 60, y + 10))
    fingers.touch("touchEnd")
    assert scale(page) == pytest.approx(3 * 358 / 512, rel=0.03)
    assert in_photo(page, (x, y + 10)) == pytest.approx(point, abs=2)
    assert standing(page) == before
    expect(turds(page)).to_have_count(3)
    shot(page, "zoomed")


def test_one_finger_then_scrolls_the_window_and_not_the_page_or_a_cover(opened: Opener) -> None:
    page = opened("phone", viewport=SMALL_PHONE)
    photo_of_three(page)
    for _ in range(3):
        button(page, "Zoom in").click()
    before, at = standing(page), boxes(page)
    x, y = stage_middle(page)
    point = in_photo(page, (x, y))
    Fingers(page).swipe(page, (x, y), (0, -80))
    assert eventually(lambda: in_photo(page, (x, y))[1] > point[1] + 20)
    assert standing(page) == before
    assert boxes(page) == pytest.approx(at, abs=0.1)


def boxes(page: Page, width: int = 512) -> list[float]:
    """Where all covers are, in the photo."""
    places = page.evaluate(
        """() => {
            const photo = document.querySelector("#turds").getBoundingClientRect();
            const boxes = [...document.querySelectorAll(".turd")].map((turd) => turd.getBoundingClientRect());
            return boxes.flatMap(({x, y, width, height}) =>
                [(x + width / 2 - photo.x) / photo.width, (y + height / 2 - photo.y) / photo.width]);
        }"""
    )
    return [width * place for place in places]


def test_a_double_tap_zooms_in_and_another_out_and_neither_adds_a_cover(opened: Opener) -> None:
    page = opened("phone", viewport=SMALL_PHONE)
    photo_of_three(page)
    whole = scale(page)
    place = on_screen(page, (300, 400))
    double_tap(page, place)
    assert scale(page) >= 2 * whole
    assert in_photo(page, place) == pytest.approx((300, 400), abs=2)
    double_tap(page, place)
    assert scale(page) == pytest.approx(whole)
    page.wait_for_timeout(400)
    expect(turds(page)).to_have_count(3)
    page.touchscreen.tap(*place)
    expect(turds(page)).to_have_count(4)


def double_tap(page: Page, place: Point) -> None:
    page.touchscreen.tap(*place)
    page.touchscreen.tap(*place)


def test_the_wheel_with_ctrl_zooms_round_the_mouse_and_without_it_scrolls(opened: Opener) -> None:
    page = opened("desktop")
    photo_of_three(page)
    before, whole = standing(page), scale(page)
    x, y = on_screen(page, (100, 400))
    page.mouse.move(x, y)
    page.keyboard.down("Control")
    for _ in range(4):
        page.mouse.wheel(0, -120)
    page.keyboard.up("Control")
    page.wait_for_function("document.querySelector('#stage').scrollTop > 0")
    assert scale(page) == pytest.approx(4 * whole, rel=0.02)
    assert in_photo(page, (x, y)) == pytest.approx((100, 400), abs=1.5)
    page.mouse.wheel(0, -100)
    assert eventually(lambda: in_photo(page, (x, y))[1] < 399)
    assert standing(page) == before


def test_the_wheel_zooms_round_what_is_under_the_mouse_since_the_photo_was_scrolled(opened: Opener) -> None:
    page = opened("desktop")
    photo_of_three(page)
    place = on_screen(page, (100, 400))
    page.mouse.move(*place)
    turn_with_ctrl(page)
    page.locator("#stage").evaluate("(stage) => stage.scrollBy(100, -200)")
    point = in_photo(page, place)
    turn_with_ctrl(page)
    assert in_photo(page, place) == pytest.approx(point, abs=1.5)


def turn_with_ctrl(page: Page) -> None:
    before = scale(page)
    page.keyboard.down("Control")
    for _ in range(3):
        page.mouse.wheel(0, -60)
    page.keyboard.up("Control")
    page.wait_for_function("(least) => document.querySelector('#turds').clientWidth >= least", arg=2.8 * before * 512)


def test_the_mouse_drags_what_is_zoomed_and_adds_nothing_by_it(opened: Opener) -> None:
    page = opened("desktop")
    photo_of_three(page)
    for _ in range(3):
        button(page, "Zoom in").click()
    x, y = stage_middle(page)
    point = in_photo(page, (x, y))
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x - 30, y - 40)
    page.mouse.move(x - 60, y - 80)
    page.mouse.up()
    assert in_photo(page, (x - 60, y - 80)) == pytest.approx(point, abs=1.5)
    expect(turds(page)).to_have_count(3)


def test_buttons_and_keys_zoom_and_say_how_far_and_keep_the_focus(opened: Opener) -> None:
    page = opened("desktop")
    photo_of_three(page)
    whole, level = scale(page), page.locator(".level")
    expect(level).to_have_text("1\N{MULTIPLICATION SIGN}")
    expect(button(page, "Zoom out")).to_have_attribute("aria-disabled", "true")
    button(page, "Zoom in").click()
    expect(level).to_have_text("1.5\N{MULTIPLICATION SIGN}")
    assert scale(page) == pytest.approx(1.5 * whole, rel=0.01)
    button(page, "Zoom out").click()
    expect(level).to_have_text("1\N{MULTIPLICATION SIGN}")
    expect(button(page, "Zoom out")).to_be_focused()
    page.locator("#stage").focus()
    for key, share in (("+", 1.5), ("+", 2.25), ("-", 1.5), ("0", 1)):
        page.keyboard.press(key)
        assert scale(page) == pytest.approx(share * whole, rel=0.01)
    page.locator("#stage").focus()
    for _ in range(12):
        page.keyboard.press("+")
    assert scale(page) == pytest.approx(8)
    expect(button(page, "Zoom in")).to_have_attribute("aria-disabled", "true")
    button(page, "Whole photo").click()
    assert scale(page) == pytest.approx(whole)


def test_the_buttons_zoom_in_on_what_is_selected(opened: Opener) -> None:
    page = opened("desktop")
    photo_of_three(page)
    turds(page).first.click()
    for _ in range(4):
        button(page, "Zoom in").click()
    face = turds(page).first.bounding_box()
    stage = page.locator("#stage").bounding_box()
    assert face
    assert stage
    assert face["x"] >= stage["x"]
    assert face["x"] + face["width"] <= stage["x"] + stage["width"]


def test_a_photo_is_sharp_however_near_it_is(opened: Opener, finds: FakeDetector) -> None:
    page = opened("desktop")
    finds.faces = []
    stripes = np.zeros((1500, 3000, 3), np.uint8)
    stripes[:, ::2] = 255
    choose(page, png(Image.fromarray(stripes)))
    says(page, "No face found")
    while scale(page, 3000) < 1.9:
        button(page, "Zoom in").click()
    x, y = stage_middle(page)
    clip: FloatRect = {"x": round(x), "y": round(y), "width": 100, "height": 20}
    row = np.asarray(decoded(page.screenshot(clip=clip)).convert("L")).astype(int)[10]
    assert np.percentile(row, 90) - np.percentile(row, 10) > 150


def test_the_next_photo_is_seen_whole_and_so_is_one_in_a_window_of_another_size(opened: Opener) -> None:
    page = opened("desktop")
    choose(page, photo("a.jpg"), photo("b.jpg"))
    says(page, "2 of 2 done")
    whole = scale(page)
    button(page, "Zoom in").click()
    page.locator("#batch button:not(.nobody)").nth(1).click()
    assert scale(page) == pytest.approx(whole)
    page.set_viewport_size({"width": 700, "height": 500})
    page.wait_for_function(
        """() => {
            const [stage, sheet] = ["#stage", "#turds"].map((id) => document.querySelector(id).getBoundingClientRect());
            return stage.height <= 352 && Math.abs(sheet.height - stage.height) <= 1;
        }"""
    )


def test_axe_has_nothing_to_say_of_a_photo_that_is_zoomed(opened: Opener) -> None:
    page = opened("phone")
    photo_of_three(page)
    turds(page).first.click()
    button(page, "Zoom in").click()
    complains_of_nothing(page)


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
