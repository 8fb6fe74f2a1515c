"""Masks on faces of known place and size."""

import subprocess
import sys
from textwrap import dedent

import numpy as np
import pytest
from PIL import Image

from tests.test_covers import inside
from turdify.covers.masks import MASKS, MOSAIC_SQUARES, Mask, mask_face
from turdify.faces import Box, Face

BOX = Box(100, 80, 196, 200)


def masked(name: str, image: Image.Image, size: float = 120) -> Image.Image:
    result = image.copy()
    mask_face(result, Face(BOX), MASKS[name], size=size)
    return result


@pytest.mark.parametrize("name", MASKS)
def test_two_faces_alike_in_the_large_are_the_same_behind_a_mask(name: str) -> None:
    """What is finer than the squares is gone: stripes and their opposite give the same picture."""
    stripes = np.zeros((300, 300), np.uint8)
    stripes[::2] = 200
    one, other = Image.fromarray(stripes), Image.fromarray(200 - stripes)
    difference = np.asarray(masked(name, one)).astype(int) - np.asarray(masked(name, other))
    assert np.abs(difference[inside(BOX, one.size)]).max() <= 200 / (BOX.height / MOSAIC_SQUARES) + 2


@pytest.mark.parametrize("name", MASKS)
@pytest.mark.parametrize("mode", ["L", "LA", "RGB", "RGBA"])
def test_the_whole_face_is_masked_and_nothing_far_from_it(name: str, mode: str) -> None:
    noise = Image.effect_noise((300, 300), 200).convert(mode)
    changed = np.asarray(masked(name, noise)) != np.asarray(noise)
    changed = changed.reshape(300, 300, -1).any(axis=2)
    assert changed[inside(BOX, noise.size)].mean() > 0.97
    assert not changed[~inside(BOX, noise.size, grown=1.4)].any()


@pytest.mark.parametrize("name", MASKS)
@pytest.mark.parametrize(
    "box", [Box(-40, -40, 40, 60), Box(270, 250, 350, 380), Box(400, 400, 450, 460), Box(-900, -900, 900, 900)]
)
def test_a_mask_is_cut_off_at_the_photos_edge(name: str, box: Box) -> None:
    image = Image.effect_noise((300, 300), 200)
    before = np.asarray(image).copy()
    mask_face(image, Face(box), MASKS[name])
    face = inside(box, image.size)
    assert not face.any() or (np.asarray(image) != before)[face].mean() > 0.9


@pytest.mark.parametrize("name", MASKS)
def test_a_large_mask_has_no_seams(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """In strips it is the same as in one piece."""
    pictures, noise = [], Image.effect_noise((700, 900), 200).convert("RGB")
    for rows in (64, 3000):
        monkeypatch.setattr("turdify.covers.placement.STRIP_HEIGHT", rows)
        image = noise.copy()
        for face in (Face(Box(-150, -200, 500, 650)), Face(Box(300, 500, 690, 880), shape="box")):
            mask_face(image, face, MASKS[name])
        pictures.append(image)
    assert pictures[0] == pictures[1]


@pytest.mark.parametrize("name", MASKS)
def test_a_huge_mask_takes_little_memory_beside_the_photo(name: str) -> None:
    program = f"""
        from resource import RUSAGE_SELF, getrusage
        from PIL import Image
        from turdify.covers.masks import MASKS, mask_face
        from turdify.faces import Box, Face

        image = Image.new("RGB", (4000, 4000), "green")
        before = getrusage(RUSAGE_SELF).ru_maxrss
        mask_face(image, Face(Box(-1000, -1000, 5000, 5000)), MASKS[{name!r}])
        print((getrusage(RUSAGE_SELF).ru_maxrss - before) * 1024)
    """
    told = subprocess.run([sys.executable, "-c", dedent(program)], capture_output=True, check=True).stdout
    assert int(told) < 4000 * 4000  # of the four bytes for each of its pixels, less than one


def test_a_larger_size_masks_more() -> None:
    image = Image.effect_noise((300, 300), 200)
    areas = [np.count_nonzero(np.asarray(masked("solid", image, size)) != np.asarray(image)) for size in (100, 140)]
    assert areas[1] / areas[0] == pytest.approx(1.96, rel=0.05)


@pytest.mark.parametrize("mask", ["solid", "mosaic", "blur"])
def test_a_box_is_hidden_to_its_corners_and_no_further(mask: str) -> None:
    checks = Image.fromarray(np.tile(np.array([[0, 255], [255, 0]], np.uint8), (50, 50))).convert("RGB")
    covered = checks.copy()
    mask_face(covered, Face(Box(20, 30, 70, 60), shape="box"), MASKS[mask])
    changed = np.asarray(covered) != np.asarray(checks)
    assert changed[30:60, 20:70].any(axis=2).all()
    changed[30:60, 20:70] = False
    assert not changed.any()


@pytest.mark.parametrize("mask", MASKS.values(), ids=MASKS)
def test_a_face_of_hardly_any_size_takes_no_more_colors_than_it_has_pixels(mask: Mask) -> None:
    """Squares a thousandth of a pixel wide took gigabytes."""
    colors = mask.colors(Image.effect_noise((50, 50), 200), (10, 10, 12, 13), 0.0001)
    assert colors.width <= 2
    assert colors.height <= 3
