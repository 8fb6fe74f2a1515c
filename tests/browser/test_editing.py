"""Mending what was missed: by mouse, by touch and by keyboard."""

import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageChops
from playwright.sync_api import FloatRect, Page, expect

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
    text_file,
    turds,
    width_of,
)
from tests.browser.touch import Fingers, middle
from tests.pictures import FakeDetector, astronaut, decoded
from turdify.covers import PICTURES
from turdify.faces import MAX_BOX, Box, Face


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


def test_buttons_make_a_turd_bigger_and_smaller_and_take_it_away_and_undo_brings_it_back(covered: Page) -> None:
    turd = turds(covered).first
    width = width_of(turd)
    turd.click()
    button(covered, "Bigger").click()
    assert width_of(turd) == pytest.approx(1.1 * width, rel=0.01)
    button(covered, "Smaller").click()
    assert width_of(turd) == pytest.approx(width, rel=0.01)
    button(covered, "Remove").click()
    says(covered, "Cover removed.")
    expect(turds(covered)).to_have_count(2)
    button(covered, "Undo").click()
    expect(turds(covered)).to_have_count(3)
    button(covered, "Redo").click()
    expect(turds(covered)).to_have_count(2)
    button(covered, "Start over").click()
    expect(turds(covered)).to_have_count(3)


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


def turned(page: Page, number: int) -> float:
    """Degrees clockwise."""
    style = turds(page).nth(number).locator("img").evaluate("picture => picture.style.transform")
    return float(str(style).removeprefix("rotate(").removesuffix("deg)"))


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


def test_a_turd_cannot_be_pushed_out_of_the_photo(opened: Opener, finds: FakeDetector) -> None:
    page = opened("desktop")
    finds.faces = finds.faces[:1]
    choose(page, photo())
    says(page, "1 face covered")
    turds(page).first.focus()
    for _ in range(40):
        page.keyboard.press("ArrowLeft")
    assert center_of(turds(page).first)[0] == pytest.approx(0, abs=1)


def test_a_tap_on_the_tip_of_a_turd_is_a_tap_on_it(covered: Page) -> None:
    face = THREE_FACES[0].box
    tap_photo(covered, face.center[0], face.upper - 18)
    expect(turds(covered)).to_have_count(3)
    expect(turds(covered).first).to_have_attribute("aria-pressed", "true")


@on_desktop
def test_undo_lets_go_of_the_selected_turd_as_numbers_may_change(covered: Page) -> None:
    turds(covered).first.click()
    button(covered, "Remove").click()
    turds(covered).first.click()
    button(covered, "Undo").click()
    expect(button(covered, "Remove")).to_be_hidden()


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
    box = page.locator("#turds").bounding_box()
    assert box
    place = box["x"] + box["width"] * 250 / 512, box["y"] + box["height"] * 400 / 512
    with page.expect_download() as download:
        page.touchscreen.tap(*place)
        page.evaluate("document.getElementById('download').click()")
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


def test_everything_can_be_done_by_keyboard(opened: Opener, shot: Shot) -> None:
    page = opened("desktop")
    choose(page, photo())
    says(page, "3 faces covered")
    while not page.evaluate("document.activeElement.classList.contains('turd')"):
        page.keyboard.press("Tab")
    turd = turds(page).first
    expect(turd).to_be_focused()
    shot(page, "focus")
    (x, y), width = center_of(turd), width_of(turd)
    for key in ("ArrowRight", "ArrowDown", "+", "]", "ArrowDown"):
        page.keyboard.press(key)
    assert center_of(turd) == pytest.approx((x + 5.12, y + 10.24), abs=0.5)
    assert width_of(turd) == pytest.approx(1.1 * width, rel=0.02)
    assert turned(page, 0) == pytest.approx(10)
    page.keyboard.press("Enter")
    expect(button(page, "Bigger")).to_be_visible()
    page.keyboard.press("Escape")
    expect(button(page, "Bigger")).to_be_hidden()
    page.keyboard.press("Delete")
    expect(turds(page)).to_have_count(2)
    expect(turds(page).first).to_be_focused()
    page.keyboard.press("Control+z")
    expect(turds(page)).to_have_count(3)
    page.keyboard.press("Control+Shift+z")
    expect(turds(page)).to_have_count(2)
    button(page, "Add a cover").focus()
    page.keyboard.press("Enter")
    expect(turds(page)).to_have_count(3)
    expect(turds(page).last).to_be_focused()


def test_a_cover_is_chosen_for_all_faces_or_for_the_one_that_is_selected(covered: Page, shot: Shot) -> None:
    covered.get_by_label("Clown").check()
    assert shown_covers(covered) == ["clown"] * 3
    turds(covered).nth(1).click()
    expect(covered.get_by_text("For this face")).to_be_visible()
    covered.get_by_label("Ghost").check()
    assert shown_covers(covered) == ["clown", "ghost", "clown"]
    expect(turds(covered).nth(1)).to_have_attribute("aria-label", "Ghost, 2 of 3")
    turds(covered).nth(1).click()
    covered.get_by_label("Mixed").check()
    assert shown_covers(covered) == list(PICTURES[:3])
    shot(covered, "mixed")


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
def test_faces_can_be_masked_instead(covered: Page) -> None:
    face = (80, 175, 110, 215)
    before = np.asarray(astronaut().crop(face).convert("L")).astype(int)
    for mask in ("Gray", "Mosaic", "Blur"):
        covered.get_by_label(mask, exact=True).check()
        expect(turds(covered).first).to_have_attribute("aria-label", f"{mask}, 1 of 3")
        expect(turds(covered).first.locator(".veil")).to_be_visible()
        after = np.asarray(saved_picture(covered).crop(face).convert("L")).astype(int)
        assert np.abs(before - after).mean() > 5, mask


def shown_covers(page: Page) -> list[str]:
    sources = [picture.get_attribute("src") or "" for picture in turds(page).locator("img").all()]
    return [source.rsplit("/", 1)[-1].removesuffix(".svg") for source in sources]


def test_the_original_can_be_shown_and_covered_again(covered: Page) -> None:
    button(covered, "Show original").click()
    expect(turds(covered).first).to_be_hidden()
    tap_point = covered.locator("#stage").bounding_box()
    assert tap_point
    covered.mouse.click(tap_point["x"] + 30, tap_point["y"] + 30)
    button(covered, "Show covered").click()
    expect(turds(covered)).to_have_count(3)
    expect(turds(covered).first).to_be_visible()


TILTED = [Face(Box(60, 90, 120, 170), 25.0), Face(Box(250, 300, 400, 480), -40.0), Face(Box(420, 60, 452, 99), 100.0)]


@pytest.mark.parametrize("emoji", ["Turd", "Star", "Cat"])
def test_what_is_saved_is_what_was_previewed_to_the_pixel(opened: Opener, finds: FakeDetector, emoji: str) -> None:
    page = opened("desktop", viewport={"width": 1280, "height": 1000})
    finds.faces = TILTED
    gray = Image.new("RGB", (512, 512), (0, 120, 255))
    choose(page, png(gray))
    says(page, "3 faces covered")
    page.get_by_label(emoji, exact=True).check()
    tap_photo(page, 150, 400)
    button(page, "Turn left").click()
    button(page, "Smaller").click()
    same_as_saved(page)


def same_as_saved(page: Page) -> tuple[Image.Image, Image.Image]:
    """That each cover is in the preview where it is in the saved picture, to the pixel; both of them."""
    page.keyboard.press("Escape")
    page.evaluate("document.activeElement.blur()")
    corner = "{position: 'fixed', left: 0, top: 0, width: '512px', height: '512px', zIndex: 1}"
    page.locator("#stage").evaluate(f"stage => Object.assign(stage.style, {corner})")
    shown: FloatRect = {"x": 0, "y": 0, "width": 512, "height": 512}
    assert page.locator("#turds").bounding_box() == shown, "a pixel of the photo is one on the screen"
    preview = decoded(page.screenshot(clip=shown))
    result = saved_picture(page)
    for number, (one, other) in enumerate(zip(extents(preview), extents(result), strict=True)):
        assert one == pytest.approx(other, abs=1.01), f"cover {number}"
    return preview, result


def extents(picture: Image.Image) -> list[tuple[int, int, int, int]]:
    """The boxes round what isn't the blue ground, in each part of the picture that has one cover."""
    parts = [(20, 40, 200, 230), (210, 250, 480, 511), (400, 30, 490, 130), (60, 300, 230, 511)]
    blue = np.asarray(picture.convert("RGB")).astype(int)
    differs = np.abs(blue - (0, 120, 255)).max(axis=2) > 100
    boxes = [Image.fromarray(differs).crop(part).getbbox() for part in parts]
    assert all(boxes)
    return [box for box in boxes if box]


def test_the_cover_of_a_tilted_face_is_tilted(opened: Opener, finds: FakeDetector) -> None:
    page = opened("desktop")
    finds.faces = [Face(Box(100, 100, 200, 220), angle=25)]
    choose(page, photo())
    says(page, "1 face covered")
    assert turned(page, 0) == pytest.approx(-25, abs=0.1)


def test_which_keys_mend_a_cover_is_said_while_they_do(opened: Opener) -> None:
    page = opened("desktop")
    choose(page, photo())
    says(page, "3 faces covered")
    hint, check = page.locator("#keys"), page.locator(".check")
    expect(hint).to_be_hidden()
    expect(check).to_be_visible()
    turds(page).first.click()
    expect(hint).to_be_visible()
    expect(check).to_be_hidden()
    button(page, "Bigger").click()
    before = center_of(turds(page).first)
    page.keyboard.press("ArrowRight")
    says(page, "Cover 1 of 3 moved.")
    assert center_of(turds(page).first)[0] > before[0]
    page.keyboard.press("Escape")
    button(page, "Download").focus()
    expect(hint).to_be_hidden()
    page.keyboard.press("Delete")
    expect(turds(page)).to_have_count(3)
    turds(page).last.focus()
    page.keyboard.press("Shift+Tab")
    expect(turds(page).nth(1)).to_be_focused()
    expect(hint).to_be_visible()
    page.keyboard.press("Delete")
    expect(turds(page)).to_have_count(2)


def test_keys_are_not_spoken_of_where_there_are_only_fingers(opened: Opener) -> None:
    page = opened("phone", viewport={"width": 1180, "height": 820})
    choose(page, photo())
    says(page, "3 faces covered")
    page.touchscreen.tap(*middle(page, 0))
    expect(button(page, "Bigger")).to_be_visible()
    expect(page.locator("#keys")).to_be_hidden()
    expect(page.locator(".check")).to_be_visible()
    button(page, "Keep just here").tap()
    page.wait_for_timeout(350)  # or the next tap would be the second of two
    page.touchscreen.tap(*middle(page, 0))
    expect(page.locator("#keys")).to_have_text("This face shows. Choose a cover to hide it.")
    expect(page.locator("#keys")).to_be_visible()
