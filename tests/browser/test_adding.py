"""What was missed gets a cover: by a tap, or a box that is drawn."""

import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageChops
from playwright.sync_api import Page, expect

from tests.browser.conftest import THREE_FACES, Opener, Shot, on_desktop
from tests.browser.steps import (
    alerts,
    button,
    center_of,
    choose,
    lengthen,
    photo,
    png,
    saved,
    saved_picture,
    says,
    tap_photo,
    turds,
    width_of,
)
from tests.browser.touch import Fingers
from tests.pictures import FakeDetector, astronaut, decoded
from turdify.faces import Box, Face


def test_a_tap_on_a_missed_face_covers_it_with_a_turd_of_the_median_size(covered: Page, shot: Shot) -> None:
    tap_photo(covered, 250, 400)
    says(covered, "Cover added. 4 in total.")
    added = turds(covered).last
    assert center_of(added) == pytest.approx((250, 400), abs=8)
    assert width_of(added) == pytest.approx(width_of(turds(covered).first), abs=1)
    expect(added).to_be_focused()
    shot(covered, "added")


def test_a_photo_takes_no_more_than_five_hundred_turds_and_says_so(opened: Opener, finds: FakeDetector) -> None:
    page = opened("desktop")
    grid = [(x, y) for x in range(0, 500, 10) for y in range(0, 100, 10)]
    finds.faces = [Face(Box(x, y, x + 6, y + 8), score=0.9) for x, y in grid]
    choose(page, photo())
    says(page, "500 faces covered")
    tap_photo(page, 250, 400)
    alerts(page, "At most 500 faces can be covered in one photo.")
    page.evaluate("document.getElementById('notice').textContent = ''")
    button(page, "Add a box").focus()
    page.keyboard.press("Enter")
    alerts(page, "At most 500 faces can be covered in one photo.")
    expect(turds(page)).to_have_count(500)


def test_a_photo_without_faces_is_not_saved_until_one_is_placed(page: Page, finds: FakeDetector, shot: Shot) -> None:
    finds.faces = []
    choose(page, photo())
    says(page, "No face found: tap the photo to place a cover.")
    expect(button(page, "Download")).to_be_disabled()
    expect(button(page, "Save anyway")).to_be_visible()
    shot(page, "no-face")
    tap_photo(page, 200, 300)
    assert center_of(turds(page).first) == pytest.approx((200, 300), abs=8)
    expect(button(page, "Save anyway")).to_be_hidden()
    difference = ImageChops.difference(saved_picture(page), astronaut()).convert("L")
    box = difference.point(lambda level: 255 * (level > 60)).getbbox()
    assert box
    assert Box(*box).center == pytest.approx((200, 290), abs=25)


@on_desktop
def test_a_photo_without_faces_can_be_saved_anyway(page: Page, finds: FakeDetector) -> None:
    finds.faces = []
    choose(page, photo())
    name, data = saved(page, "Save anyway")
    assert name == "beach-turdified.jpg"
    assert decoded(data).size == (512, 512)


@pytest.mark.parametrize("size", [(100, 4000), (4000, 100)])
def test_a_tap_on_a_very_long_photo_is_taken_where_it_is(
    opened: Opener, finds: FakeDetector, size: tuple[int, int]
) -> None:
    page = opened("phone")
    finds.faces = []
    choose(page, png(Image.new("RGB", size, (0, 120, 255))))
    says(page, "No face found")
    stage = page.locator("#turds").bounding_box()
    assert stage
    page.locator("#turds").click(position={"x": stage["width"] * 0.9, "y": stage["height"] * 0.9})
    changed = ImageChops.difference(saved_picture(page), Image.new("RGB", size, (0, 120, 255))).getbbox()
    assert changed
    x, y = Box(*changed).center
    assert (x / size[0], y / size[1]) == pytest.approx((0.9, 0.9), abs=0.15)
    assert max(abs(x - 0.9 * size[0]), abs(y - 0.9 * size[1])) < 30


def test_a_tap_on_the_tip_of_a_turd_is_a_tap_on_it(covered: Page) -> None:
    face = THREE_FACES[0].box
    tap_photo(covered, face.center[0], face.upper - 18)
    expect(turds(covered)).to_have_count(3)
    expect(turds(covered).first).to_have_attribute("aria-pressed", "true")


def tap_and_leave(page: Page, x: float, y: float, script: str) -> None:
    """A finger's tap on a pixel of the 512x512 photo; the script runs before it could have become a double one."""
    page.evaluate(f"document.getElementById('stage').addEventListener('click', () => {{ {script} }}, {{ once: true }})")
    box = page.locator("#turds").bounding_box()
    assert box
    page.touchscreen.tap(box["x"] + x * box["width"] / 512, box["y"] + y * box["height"] / 512)


def test_a_tap_covers_a_face_in_the_photo_that_was_tapped_though_another_is_opened_at_once(opened: Opener) -> None:
    page = opened("phone")
    choose(page, photo("one.jpg"), photo("two.jpg"))
    says(page, "2 of 2 done")
    tap_and_leave(page, 250, 400, "document.getElementById('next').click()")
    expect(page.locator("#batch li").first).to_contain_text("4 faces")
    expect(page.locator("#file")).to_contain_text("two.jpg")
    expect(turds(page)).to_have_count(3)
    button(page, "Previous photo").click()
    expect(turds(page)).to_have_count(4)
    assert center_of(turds(page).last) == pytest.approx((250, 400), abs=2)


def test_a_tap_covers_a_face_in_what_is_saved_at_once(opened: Opener) -> None:
    page = opened("phone")
    choose(page, photo(format="PNG"))
    says(page, "3 faces covered")
    before = saved_picture(page)
    with page.expect_download() as download:
        tap_and_leave(page, 250, 400, "document.getElementById('download').click()")
    expect(turds(page)).to_have_count(4)
    assert before.getpixel((250, 400)) != decoded(Path(download.value.path()).read_bytes()).getpixel((250, 400))


def test_a_tap_covers_a_face_though_the_photo_is_closed_at_once(opened: Opener) -> None:
    page = opened("phone")
    choose(page, photo())
    says(page, "3 faces covered")
    tap_and_leave(page, 250, 400, "history.back()")
    expect(page.locator("#work")).to_be_hidden()
    page.wait_for_timeout(400)
    button(page, "Bring back beach.jpg").click()
    expect(turds(page)).to_have_count(4)


def test_a_swipe_over_the_bare_photo_scrolls_the_page_and_adds_nothing(opened: Opener) -> None:
    page = opened("phone")
    choose(page, photo())
    says(page, "3 faces covered")
    lengthen(page)
    stage = page.locator("#turds").bounding_box()
    assert stage
    x, y = stage["x"] + 200, stage["y"] + 330
    fingers = Fingers(page)
    fingers.touch("touchStart", (x, y))
    for step in range(1, 11):
        fingers.touch("touchMove", (x, y - 20 * step))
        page.wait_for_timeout(16)
    fingers.touch("touchEnd")
    page.wait_for_function("scrollY > 100")
    expect(turds(page)).to_have_count(3)


def test_a_box_can_be_drawn_over_what_is_no_face_and_is_hidden_to_its_corners(page: Page, finds: FakeDetector) -> None:
    finds.faces = []
    checks = Image.fromarray(np.tile(np.array([[0, 255], [255, 0]], np.uint8), (256, 256)))
    for mask in ("Turd", "Gray", "Mosaic", "Blur"):
        choose(page, png(checks.convert("RGB")))
        says(page, "No face found")
        page.get_by_role("radio", name=mask).check()
        button(page, "Add a box").click()
        says(page, "Drag over what is to be hidden.")
        stage = page.locator("#turds").bounding_box()
        assert stage
        zoom = stage["width"] / 512
        page.mouse.move(stage["x"] + 100 * zoom, stage["y"] + 200 * zoom)
        page.mouse.down()
        page.mouse.move(stage["x"] + 300 * zoom, stage["y"] + 260 * zoom, steps=3)
        page.mouse.up()
        says(page, "Cover added. 1 in total.")
        expect(turds(page)).to_have_count(1)
        saved_levels = np.asarray(decoded(saved(page)[1]).convert("L")).astype(int)
        assert saved_levels[203:257, 103:297].std() < 20, mask
        assert saved_levels[:197].std() > 100, mask
        page.get_by_role("radio", name="Cat").check()
        expect(turds(page).first).to_have_attribute("aria-label", re.compile("Cat, 1 of 1"))


def test_a_second_finger_draws_no_box_and_one_that_is_given_up_is_none(opened: Opener) -> None:
    page = opened("phone")
    choose(page, photo())
    says(page, "3 faces covered")
    stage = page.locator("#turds").bounding_box()
    assert stage
    x, y = stage["x"] + 20, stage["y"] + 20
    fingers = Fingers(page)
    button(page, "Add a box").click()
    fingers.touch("touchStart", (x, y))
    fingers.touch("touchMove", (x + 60, y + 60))
    page.keyboard.press("Escape")
    fingers.touch("touchMove", (x + 80, y + 60))
    expect(page.locator("#frame")).to_be_hidden()
    fingers.touch("touchEnd")
    expect(turds(page)).to_have_count(3)
    button(page, "Add a box").click()
    fingers.touch("touchStart", (x, y))
    fingers.touch("touchStart", (x, y), (x + 200, y + 200))
    fingers.touch("touchMove", (x + 60, y + 60), (x + 250, y + 250))
    fingers.touch("touchEnd")
    expect(turds(page)).to_have_count(4)
    box = turds(page).last.locator(".veil").bounding_box()
    assert box
    assert box["width"] == pytest.approx(60, abs=1)


def test_a_box_can_be_added_by_keyboard(opened: Opener) -> None:
    page = opened("desktop")
    choose(page, photo())
    says(page, "3 faces covered")
    button(page, "Add a box").focus()
    page.keyboard.press("Enter")
    expect(turds(page)).to_have_count(4)
    expect(turds(page).last).to_have_attribute("aria-label", "Gray, 4 of 4")
    button(page, "Done").click()
    page.get_by_role("radio", name="Cat").check()
    expect(turds(page).last).to_have_attribute("aria-label", "Gray, 4 of 4")
