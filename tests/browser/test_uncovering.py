"""A face that was found is never uncovered without a word: not by an edit, and not by saving."""

import math

import numpy as np
from playwright.sync_api import Page, expect

from tests.browser.conftest import Opener, Shot, on_desktop
from tests.browser.steps import (
    button,
    choose,
    complains_of_nothing,
    photo,
    saved,
    saved_picture,
    says,
    tap_photo,
    turds,
)
from tests.pictures import FakeDetector, astronaut
from turdify.covers import DEFAULT_SIZE, NAMES, layers, load_cover
from turdify.covers.placement import rotation
from turdify.faces import Box, Face

ONE = "1 face that was found is not covered any more."
MEND = "Undo: cover it again"


def move_away(page: Page, number: int = 0) -> None:
    turds(page).nth(number).click()
    for _ in range(3):
        button(page, "Move down").click()


def quiet(page: Page) -> None:
    expect(page.get_by_role("status")).not_to_contain_text("not covered any more")
    expect(button(page, MEND)).to_be_hidden()


def test_who_moves_a_cover_off_its_face_is_told_and_undoes_it_with_the_button_beside(covered: Page, shot: Shot) -> None:
    move_away(covered)
    says(covered, "Cover 1 of 3 moved.")
    says(covered, ONE)
    shot(covered, "uncovered")
    button(covered, MEND).click()
    quiet(covered)
    says(covered, "3 faces covered")
    expect(turds(covered)).to_have_count(3)


@on_desktop
def test_a_cover_that_is_moved_a_little_still_hides_its_face_and_nothing_is_said(covered: Page) -> None:
    turds(covered).first.click()
    button(covered, "Move down").click()
    says(covered, "Cover 1 of 3 moved.")
    quiet(covered)


@on_desktop
def test_who_removes_or_shrinks_covers_is_told_how_many_faces_show(covered: Page) -> None:
    turds(covered).first.click()
    button(covered, "Remove").click()
    says(covered, "Cover removed.")
    says(covered, ONE)
    turds(covered).last.click()
    for _ in range(3):
        button(covered, "Smaller").click()
    says(covered, "Cover 2 of 2 resized.")
    says(covered, "2 faces that were found are not covered any more.")


@on_desktop
def test_the_button_covers_again_what_an_earlier_step_uncovered_and_keeps_the_later_ones(covered: Page) -> None:
    turds(covered).first.click()
    button(covered, "Remove").click()
    tap_photo(covered, 250, 400)
    expect(turds(covered)).to_have_count(3)
    button(covered, MEND).click()
    quiet(covered)
    expect(turds(covered)).to_have_count(4)


@on_desktop
def test_a_face_that_another_cover_hides_is_no_reason_to_worry(covered: Page) -> None:
    turds(covered).first.click()
    for _ in range(17):
        button(covered, "Bigger").click()
    turds(covered).nth(1).focus()
    covered.keyboard.press("Delete")
    says(covered, "Cover removed.")
    quiet(covered)


def test_before_it_is_saved_it_is_said_again_and_only_who_agrees_gets_it(covered: Page, shot: Shot) -> None:
    move_away(covered)
    button(covered, "Download").click()
    dialog = covered.get_by_role("dialog", name=ONE)
    expect(dialog).to_be_visible()
    shot(covered, "asked")
    complains_of_nothing(covered)
    covered.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(button(covered, "Download")).to_be_focused()
    says(covered, ONE)
    button(covered, "Download").click()
    with covered.expect_download() as download:
        dialog.get_by_role("button", name="Save anyway").click()
    assert download.value.suggested_filename == "beach-turdified.jpg"
    with covered.expect_download():
        button(covered, "Download").click()  # and isn't asked again of the same covers


@on_desktop
def test_what_was_agreed_to_is_asked_again_after_another_change(covered: Page) -> None:
    move_away(covered)
    button(covered, "Download").click()
    with covered.expect_download():
        covered.get_by_role("dialog").get_by_role("button", name="Save anyway").click()
    move_away(covered, 1)
    button(covered, "Download").click()
    expect(covered.get_by_role("dialog", name="2 faces that were found are not covered any more.")).to_be_visible()


@on_desktop
def test_who_is_asked_may_have_the_face_covered_again_and_looks_before_saving(covered: Page) -> None:
    turds(covered).first.click()
    button(covered, "Remove").click()
    button(covered, "Download").click()
    covered.get_by_role("dialog").get_by_role("button", name="Cover again").click()
    says(covered, "1 face covered again.")
    quiet(covered)
    expect(turds(covered)).to_have_count(3)
    face = (80, 175, 110, 215)
    before, after = (np.asarray(picture.crop(face)).astype(int) for picture in (astronaut(), saved_picture(covered)))
    assert np.abs(before - after).mean() > 20


def test_of_all_photos_in_a_zip_the_faces_that_show_are_counted_together(opened: Opener) -> None:
    page = opened("desktop")
    choose(page, photo("a.jpg"), photo("b.jpg"))
    says(page, "2 of 2 done")
    move_away(page)
    page.locator("#batch button:not(.nobody)").nth(1).click()
    quiet(page)
    move_away(page)
    button(page, "Download all (.zip)").click()
    dialog = page.get_by_role("dialog", name="2 faces that were found are not covered any more.")
    expect(dialog).to_be_visible()
    with page.expect_download() as download:
        dialog.get_by_role("button", name="Save anyway").click()
    assert download.value.suggested_filename == "turdified.zip"


def test_who_takes_all_covers_away_and_saves_anyway_has_been_told_and_is_not_asked_twice(
    opened: Opener, finds: FakeDetector
) -> None:
    page = opened("phone")
    finds.faces = finds.faces[:1]
    choose(page, photo())
    says(page, "1 face covered")
    turds(page).first.click()
    button(page, "Remove").click()
    says(page, ONE)
    assert saved(page, "Save anyway")[0] == "beach-turdified.jpg"


def test_the_page_says_in_dutch_that_a_face_shows(opened: Opener) -> None:
    page = opened("phone", locale="nl-NL")
    choose(page, photo())
    says(page, "3 gezichten bedekt")
    turds(page).first.focus()
    page.keyboard.press("Delete")
    says(page, "1 gevonden gezicht is niet meer bedekt.")


def random_face(chance: np.random.Generator, emoji: str | None = None) -> Face:
    x, y, width = chance.uniform((0, 0, 30), (60, 60, 140)).tolist()
    return Face(Box(x, y, x + width, y + 1.3 * width), chance.uniform(-180, 180), emoji=emoji)


def test_page_and_server_agree_which_faces_covers_hide(opened: Opener) -> None:
    page = opened("desktop")
    chance = np.random.default_rng(1)
    found = [random_face(chance) for _ in range(500)]
    covers = [random_face(chance, str(chance.choice([*NAMES, "number-12"]))) for _ in found]
    shown = page.evaluate(
        """async ([found, covers]) => {
            const address = new URL("placement.js", document.querySelector("script[type=module]").src).href;
            const { uncovered } = await import(address);
            return found.map((face, number) => uncovered([face], [covers[number]]).length);
        }""",
        [[face.as_dict() | {"box": box(face)} for face in faces] for faces in (found, covers)],
    )
    expected = [int(not hides(cover, face)) for cover, face in zip(covers, found, strict=True)]
    assert 50 < sum(expected) < 450
    assert shown == expected


def box(face: Face) -> list[float]:
    return [face.box.left, face.box.upper, face.box.right, face.box.lower]


def hides(cover: Face, face: Face) -> bool:
    """Whether each point of the ellipse in a face's box is where a cover is opaque, as that is drawn."""
    turns = np.linspace(0, 2 * math.pi, 720, endpoint=False)
    radii = face.box.width / 2, face.box.height / 2
    rim = np.array(face.box.center) + np.stack([radii[0] * np.cos(turns), radii[1] * np.sin(turns)], axis=1)
    pictures = layers(cover, load_cover(cover.emoji or ""), DEFAULT_SIZE)
    if pictures:
        artwork, placement = pictures[0]
        opaque = np.array(artwork.face.radii) * placement.scale
        away = (rim - cover.box.center) @ rotation(-cover.angle).T
    else:
        opaque = np.array([cover.box.width, cover.box.height]) * DEFAULT_SIZE / 200
        away = rim - cover.box.center
    return bool((np.hypot(*(away / opaque).T) <= 1).all())


@on_desktop
def test_a_box_hides_no_more_than_is_in_it_however_large_covers_are(covered: Page) -> None:
    turds(covered).first.click()
    button(covered, "Remove").click()
    says(covered, ONE)
    covered.locator("#size").fill("200")
    draw_box(covered, (65, 155), (125, 235))
    says(covered, ONE)
    draw_box(covered, (60, 150), (130, 240))
    quiet(covered)


def draw_box(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    """From one pixel of the 512x512 photo to another."""
    if (done := button(page, "Done")).is_visible():
        done.click()
    button(page, "Add a box").click()
    stage = page.locator("#turds").bounding_box()
    assert stage
    zoom = stage["width"] / 512
    (x, y), (to_x, to_y) = ((stage["x"] + x * zoom, stage["y"] + y * zoom) for x, y in (start, end))
    page.mouse.move(x - 1, y - 1)
    page.mouse.down()
    page.mouse.move(to_x + 1, to_y + 1, steps=3)
    page.mouse.up()
