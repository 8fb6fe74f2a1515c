"""What is shown is what is saved, to the pixel."""

import re

import numpy as np
import pytest
from PIL import Image, ImageFilter, ImageOps
from playwright.sync_api import Page, expect

from tests.browser.conftest import Opener, on_desktop
from tests.browser.preview import TILTED, same_as_saved
from tests.browser.steps import button, choose, photo, png, saved, saved_picture, says, tap_photo, turds, turned
from tests.pictures import FakeDetector, astronaut, decoded
from turdify.faces import Box, Face


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


def test_the_cover_of_a_tilted_face_is_tilted(opened: Opener, finds: FakeDetector) -> None:
    page = opened("desktop")
    finds.faces = [Face(Box(100, 100, 200, 220), angle=25)]
    choose(page, photo())
    says(page, "1 face covered")
    assert turned(page, 0) == pytest.approx(-25, abs=0.1)


def test_all_covers_can_be_made_larger_and_are_saved_so(opened: Opener) -> None:
    page = opened("desktop")
    choose(page, png(Image.new("RGB", (512, 512), (0, 120, 255))))
    says(page, "3 faces covered")
    widths = []
    for size in ("100", "200"):
        page.get_by_label("Size").fill(size)
        shown = turds(page).first.locator("img").bounding_box()
        stage = page.locator("#stage").bounding_box()
        assert shown
        assert stage
        left = np.asarray(decoded(saved(page)[1]).convert("RGB")).astype(int)[:, :150]
        covered = np.flatnonzero((np.abs(left - (0, 120, 255)).max(axis=2) > 100).any(axis=1))
        widths.append((shown["width"] * 512 / stage["width"], covered[-1] - covered[0]))
    (small, drawn_small), (large, drawn_large) = widths
    assert large == pytest.approx(2 * small, rel=0.02)
    assert drawn_large == pytest.approx(2 * drawn_small, rel=0.1)


def test_a_mosaic_looks_in_the_preview_as_it_is_saved(opened: Opener, finds: FakeDetector) -> None:
    page = opened("desktop", viewport={"width": 1400, "height": 1000})
    finds.faces = [Face(Box(180, 66, 274, 188))]
    choose(page, png(astronaut()))
    says(page, "1 face covered")
    for name in ("Mosaic", "Gray", "Mosaic"):
        page.get_by_role("radio", name=name).check()
    veil = page.locator(".veil.mosaic")
    expect(veil).to_have_css("image-rendering", "pixelated")
    expect(veil).to_have_css("background-image", re.compile("data:"))
    stage = page.locator("#turds").bounding_box()
    assert stage
    assert stage["width"] == 512
    shown = decoded(page.screenshot(clip={"x": stage["x"], "y": stage["y"], "width": 512, "height": 512}))
    inside = (195, 90, 260, 165)
    preview, result = (
        np.asarray(picture.convert("RGB").crop(inside)).astype(int) for picture in (shown, saved_picture(page))
    )
    blurred = np.asarray(astronaut().crop(inside).filter(ImageFilter.GaussianBlur(12))).astype(int)
    assert np.abs(preview - result).mean() < 14
    assert len(np.unique(preview.reshape(-1, 3), axis=0)) < 200, "squares, and no smooth shades"
    assert len(np.unique(blurred.reshape(-1, 3), axis=0)) > 1000


@on_desktop
def test_a_mosaic_is_of_the_photo_that_is_looked_at(page: Page) -> None:
    choose(page, png(astronaut()), png(ImageOps.mirror(astronaut())))
    says(page, "2 of 2 done")
    page.get_by_role("radio", name="Mosaic").check()
    painted = "document.querySelector('.veil.mosaic')?.style.backgroundImage"
    seen = [page.wait_for_function(painted).json_value()]
    for way in ("Next photo", "Previous photo", "Next photo"):
        button(page, way).click()
        page.wait_for_function(f"before => {painted} && {painted} !== before", arg=seen[-1])
        seen.append(page.evaluate(painted))
    assert seen[:2] == seen[2:]
