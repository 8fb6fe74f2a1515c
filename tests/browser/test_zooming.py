"""The photo's own window: it zooms, and it pans."""

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import FloatRect, Page, expect

from tests.browser.conftest import Opener, Shot
from tests.browser.steps import button, choose, complains_of_nothing, photo, png, says, turds
from tests.browser.touch import Fingers, double_tap
from tests.browser.window import boxes, in_photo, on_screen, scale, stage_middle
from tests.pictures import FakeDetector, decoded
from tests.serving import eventually

SMALL_PHONE = {"width": 390, "height": 844}


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
    page.wait_for_function("(least) => document.querySelector('#turds').clientWidth >= least", arg=3.9 * whole * 512)
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

    def contrast() -> float:
        row = np.asarray(decoded(page.screenshot(clip=clip)).convert("L")).astype(int)[10]
        return float(np.percentile(row, 90) - np.percentile(row, 10))

    assert eventually(lambda: contrast() > 150), "once it is drawn anew"


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
