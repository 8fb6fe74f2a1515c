"""Covers on faces of known place, size and tilt."""

from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from turdify.artwork import Artwork, load_artwork
from turdify.covering import MARGIN, SOFT_EDGE, cover_faces, place
from turdify.geometry import Box, Ellipse, Face

BOXES = [Box(200, 180, 290, 300), Box(150, 200, 350, 320), Box(230, 100, 280, 300), Box(250, 250, 258, 260)]
ANGLES = [0, 20, -45, 90, 160]


def changed(image: Image.Image, faces: list[Face]) -> NDArray[np.bool_]:
    before = np.asarray(image).astype(int)
    cover_faces(image, faces, load_artwork("turd"))
    difference = before != np.asarray(image)
    return np.asarray(difference.reshape(*difference.shape[:2], -1).any(axis=2))


def inside(box: Box, size: tuple[int, int], grown: float = 1.0) -> NDArray[np.bool_]:
    """Pixels whose centers lie in the ellipse inscribed in the box."""
    y, x = np.mgrid[: size[1], : size[0]] + 0.5
    distance = ((x - box.center[0]) / box.width) ** 2 + ((y - box.center[1]) / box.height) ** 2
    return np.asarray(distance <= (grown / 2) ** 2)


@pytest.mark.parametrize("angle", ANGLES)
@pytest.mark.parametrize("box", BOXES)
def test_every_pixel_of_the_face_is_hidden_completely(box: Box, angle: float) -> None:
    """Two grounds that have no color in common are the same where they are covered."""
    black, white = Image.new("RGB", (500, 500), "black"), Image.new("RGB", (500, 500), "white")
    for ground in (black, white):
        cover_faces(ground, [Face(box, angle)], load_artwork("turd"))
    seen_through = (np.asarray(black) != np.asarray(white)).any(axis=2)
    assert not seen_through[inside(box, black.size, grown=1.1)].any()


@pytest.mark.parametrize("angle", ANGLES)
def test_the_cover_is_not_much_larger_than_the_face(angle: float) -> None:
    box = Box(200, 180, 300, 310)
    covered = changed(Image.new("RGB", (500, 500), "green"), [Face(box, angle)])
    assert covered.sum() < 3 * box.width * box.height


def test_the_cover_turns_with_the_head() -> None:
    """The turd's tip is the only thing high above the face, so it shows where up is."""
    for angle, (x, y) in {0: (0.1, -1), 90: (-1, -0.1), -90: (1, 0.1), 180: (-0.1, 1)}.items():
        covered = changed(Image.new("RGB", (600, 600)), [Face(Box(250, 250, 350, 350), angle)])
        rows, columns = np.nonzero(covered)
        farthest = np.argmax((columns - 300) ** 2 + (rows - 300) ** 2)
        reached = np.array([columns[farthest], rows[farthest]]) - 300
        assert reached @ np.array([x, y]) > 0.9 * np.linalg.norm(reached)


def test_the_artworks_ellipse_holds_the_faces_with_the_margin_to_spare() -> None:
    placement = place(Face(Box(0, 0, 80, 120)), Ellipse((514, 624), (300, 400)))
    assert placement.center == (40, 60)
    assert placement.scale == pytest.approx(MARGIN * (60 + SOFT_EDGE) / 400)


def test_pixels_that_no_cover_reaches_stay_as_they_were() -> None:
    image = Image.effect_noise((400, 400), 80).convert("RGB")
    covered = changed(image, [Face(Box(180, 180, 220, 230), 10)])
    rows, columns = np.nonzero(covered)
    assert 130 < columns.min() < columns.max() < 270
    assert 100 < rows.min() < rows.max() < 280


@pytest.mark.parametrize(
    "box", [Box(-40, 80, 40, 180), Box(160, 80, 240, 180), Box(60, -60, 140, 40), Box(60, 160, 140, 260)]
)
def test_a_cover_is_cut_off_at_the_photos_edge(box: Box) -> None:
    image = Image.new("RGB", (200, 200), "green")
    covered = changed(image, [Face(box)])
    assert covered[inside(box, image.size)].all()
    assert image.size == (200, 200)


@pytest.mark.parametrize("mode", ["L", "RGBA"])
def test_a_large_cover_has_no_seams(mode: str, monkeypatch: pytest.MonkeyPatch) -> None:
    pictures = []
    for rows in (100, 3000):
        monkeypatch.setattr("turdify.covering.STRIP_HEIGHT", rows)
        image = Image.new(mode, (900, 900))
        cover_faces(
            image, [Face(Box(100, 150, 700, 850), 30), Face(Box(600, 100, 700, 230), -20)], load_artwork("turd")
        )
        pictures.append(image)
    assert pictures[0] == pictures[1]


def test_a_face_outside_the_photo_changes_nothing() -> None:
    assert not changed(Image.new("RGB", (100, 100)), [Face(Box(500, 500, 520, 530))]).any()


def test_a_face_larger_than_the_photo_is_covered_to_the_corners() -> None:
    assert changed(Image.new("RGB", (120, 100), "green"), [Face(Box(-400, -400, 500, 500))]).all()


def test_no_faces_change_nothing() -> None:
    assert not changed(Image.effect_noise((50, 50), 80), []).any()


@pytest.mark.parametrize("mode", ["L", "LA", "RGB", "RGBA"])
def test_every_mode_is_covered_and_kept(mode: str) -> None:
    image = Image.new(mode, (300, 300))
    face = Face(Box(100, 100, 180, 200))
    assert changed(image, [face])[inside(face.box, image.size)].all()
    assert image.mode == mode


@pytest.mark.parametrize("mode", ["LA", "RGBA"])
def test_a_cover_on_transparent_pixels_is_opaque(mode: str) -> None:
    image = Image.new(mode, (300, 300))
    box = Box(100, 100, 180, 200)
    cover_faces(image, [Face(box)], load_artwork("turd"))
    assert np.asarray(image.getchannel("A"))[inside(box, image.size)].min() == 255


@pytest.mark.parametrize("height", [12, 60, 200, 900])
def test_edges_are_smooth_and_without_a_halo(height: int) -> None:
    """A white disc on white leaves no trace; on black its edge is a short ramp of grays."""
    disc = Image.new("RGBA", (1024, 1024))
    y, x = np.mgrid[:1024, :1024] + 0.5
    alpha = np.uint8(255) * ((x - 512) ** 2 + (y - 512) ** 2 < 500**2).astype(np.uint8)
    disc.paste("white", mask=Image.fromarray(alpha))
    artwork = Artwork(disc, Ellipse((512, 512), (500, 500)))
    face = Face(Box(800 - height / 2, 800 - height / 2, 800 + height / 2, 800 + height / 2), 30)
    white, black = Image.new("L", (1600, 1600), 255), Image.new("L", (1600, 1600), 0)
    for ground in (white, black):
        cover_faces(ground, [face], artwork)
    assert np.asarray(white).min() >= 254
    middle = np.asarray(black)[800].astype(int)
    rising = middle[:800]
    assert all(left <= right for left, right in pairwise(rising))
    assert ((rising > 8) & (rising < 247)).sum() <= 4
