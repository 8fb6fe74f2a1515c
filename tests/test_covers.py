"""Covers on faces of known place, size and tilt."""

import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageCms

from turdify.covers import DEFAULT_SIZE, OWN, PICTURES, SOFT_EDGE, Artwork, back_to_front, cover_face, cover_faces
from turdify.covers.artwork import load_artwork
from turdify.covers.placement import Placement, place, rotation
from turdify.errors import InvalidFaces
from turdify.faces import Box, Ellipse, Face

BOXES = [Box(200, 180, 290, 300), Box(150, 200, 350, 320), Box(230, 100, 280, 300), Box(250, 250, 258, 260)]
ANGLES = [0, 20, -45, 90, 160]


def changed(image: Image.Image, faces: list[Face]) -> NDArray[np.bool_]:
    before = np.asarray(image).astype(int)
    for face in faces:
        cover_face(image, face, load_artwork("turd"))
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
        cover_face(ground, Face(box, angle), load_artwork("turd"))
    seen_through = (np.asarray(black) != np.asarray(white)).any(axis=2)
    assert not seen_through[inside(box, black.size, grown=1.1)].any()


@pytest.mark.parametrize("name", PICTURES)
def test_every_cover_changes_little_more_than_twice_the_box_of_an_upright_face(name: str) -> None:
    box = Box(400, 400, 477, 500)  # faces are three quarters as wide as high
    image = Image.new("RGB", (900, 900), (1, 2, 3))
    cover_face(image, Face(box), load_artwork(name))
    changed = (np.asarray(image) != (1, 2, 3)).any(axis=2)
    assert changed.sum() <= 2.2 * box.width * box.height


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
    assert placement.scale == pytest.approx(DEFAULT_SIZE / 100 * (60 + SOFT_EDGE) / 400)


def test_a_cover_twice_as_large_covers_four_times_the_area() -> None:
    areas = []
    for size in (100, 200):
        image = Image.new("RGB", (900, 900))
        cover_face(image, Face(Box(400, 400, 500, 530)), load_artwork("turd"), size=size)
        areas.append(np.count_nonzero(np.asarray(image).any(axis=2)))
    assert areas[1] / areas[0] == pytest.approx(4, rel=0.05)


def test_the_nearer_of_two_overlapping_faces_has_the_cover_in_front() -> None:
    near, far = Face(Box(100, 100, 250, 300)), Face(Box(220, 100, 290, 190))
    both, alone = Image.new("RGB", (500, 500)), Image.new("RGB", (500, 500))
    for face in back_to_front([near, far]):
        cover_face(both, face, load_artwork("turd"))
    cover_face(alone, near, load_artwork("turd"))
    front = inside(near.box, both.size)
    assert (np.asarray(both) == np.asarray(alone))[front].all()


def test_a_cover_looks_the_same_in_a_photo_of_another_color_space() -> None:
    """In a profile whose red and green are exchanged, the numbers are exchanged, so that the colors aren't."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    red, green = profile.index(b"rXYZ"), profile.index(b"gXYZ")
    profile[red : red + 4], profile[green : green + 4] = b"gXYZ", b"rXYZ"
    plain, exchanged = Image.new("RGB", (300, 300)), Image.new("RGB", (300, 300))
    face = Face(Box(100, 100, 180, 200))
    cover_face(plain, face, load_artwork("frog"))
    cover_face(exchanged, face, load_artwork("frog"), icc_profile=bytes(profile))
    red_band, green_band, blue_band = exchanged.split()
    difference = np.asarray(Image.merge("RGB", (green_band, red_band, blue_band))).astype(int) - np.asarray(plain)
    assert np.abs(difference).max() <= 3
    assert np.asarray(plain).astype(int)[..., 1].sum() > np.asarray(exchanged).astype(int)[..., 1].sum()


def test_a_profile_that_cannot_be_written_to_leaves_the_covers_colors() -> None:
    plain, odd = Image.new("RGB", (300, 300)), Image.new("RGB", (300, 300))
    face = Face(Box(100, 100, 180, 200))
    cover_face(plain, face, load_artwork("turd"))
    cover_face(
        odd, face, load_artwork("turd"), icc_profile=ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    )
    assert odd == plain


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
    """In strips it looks the same as in one piece, but for how the fractions of a pixel are rounded."""
    pictures = []
    for rows in (100, 3000):
        monkeypatch.setattr("turdify.covers.placement.STRIP_HEIGHT", rows)
        image = Image.new(mode, (900, 900))
        for face in (Face(Box(600, 100, 700, 230), -20), Face(Box(100, 150, 700, 850), 30)):
            cover_face(image, face, load_artwork("turd"))
        seen = image.convert("RGBa") if mode == "RGBA" else image  # what is nearly transparent may have any color
        pictures.append(np.asarray(seen).astype(int))
    assert np.abs(pictures[0] - pictures[1]).max() <= 2


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
    cover_face(image, Face(box), load_artwork("turd"))
    assert np.asarray(image.getchannel("A"))[inside(box, image.size)].min() == 255


@pytest.mark.parametrize("height", [12, 60, 200, 900])
def test_edges_are_smooth_and_without_a_halo(height: int) -> None:
    """A white disc on white leaves no trace; on black its edge is a short ramp of grays."""
    disc = Image.new("RGBA", (1024, 1024))
    y, x = np.mgrid[:1024, :1024] + 0.5
    alpha = np.uint8(255) * ((x - 512) ** 2 + (y - 512) ** 2 < 500**2).astype(np.uint8)
    disc.paste("white", mask=Image.fromarray(alpha))
    artwork = Artwork(disc.copy, disc.size, Ellipse((512, 512), (500, 500)))
    face = Face(Box(800 - height / 2, 800 - height / 2, 800 + height / 2, 800 + height / 2), 30)
    white, black = Image.new("L", (1600, 1600), 255), Image.new("L", (1600, 1600), 0)
    for ground in (white, black):
        cover_face(ground, face, artwork)
    assert np.asarray(white).min() >= 254
    middle = np.asarray(black)[800].astype(int)
    rising = middle[:800]
    assert all(left <= right for left, right in pairwise(rising))
    assert ((rising > 8) & (rising < 247)).sum() <= 4


@pytest.mark.parametrize("height", [30, 97, 200, 240, 310, 330, 440, 590, 660, 1200])
def test_a_cover_looks_as_if_all_of_its_picture_had_been_averaged(height: int) -> None:
    """Against 16 to 64 samples of the whole picture for each pixel, within the rectangle that it covers."""
    side, name = round(2.6 * height), "star"
    face = Face(Box(side / 2 - 0.4 * height, side / 2 - height / 2, side / 2 + 0.4 * height, side / 2 + height / 2), 17)
    drawn, artwork = Image.new("RGB", (side, side), "gray"), load_artwork(name)
    cover_face(drawn, face, artwork)
    samples = 8 if height < 400 else 4
    averaged = whole_picture_averaged(artwork, place(face, artwork.face), side, samples)
    expected = Image.new("RGB", (side, side), "gray")
    expected.paste(averaged.convert("RGB"), mask=averaged)
    rows, columns = np.nonzero(np.asarray(averaged.getchannel("A")))
    box = columns.min(), rows.min(), columns.max() + 1, rows.max() + 1
    difference = np.asarray(drawn.crop(box)).astype(float) - np.asarray(expected.crop(box))
    assert 10 * np.log10(255**2 / (difference**2).mean()) >= (41 if height < 97 else 45)


def whole_picture_averaged(artwork: Artwork, placement: Placement, side: int, samples: int) -> Image.Image:
    """RGBA, with samples**2 for each pixel."""
    origin, right, down = (
        np.array(corner) / samples for corner in ((0.0, 0.0), (1.0, 0.0), (0.0, 1.0))
    )  # of the first sample, in the photo
    turn, anchor = rotation(-placement.angle) / placement.scale, np.array(placement.anchor)
    start = turn @ (origin - placement.center) + anchor
    across, along = turn @ right, turn @ down
    coefficients = (across[0], along[0], start[0], across[1], along[1], start[1])
    size = side * samples, side * samples
    picture = artwork.decode().convert("RGBa")
    patch = picture.transform(size, Image.Transform.AFFINE, coefficients, Image.Resampling.BILINEAR)
    return patch.reduce(samples).convert("RGBA")


class CountedArtwork:
    """A square picture that knows how often it was decoded."""

    def __init__(self, side: int = 2048) -> None:
        self.decoded = 0
        self.side = side
        self.artwork = Artwork(self.decode, (side, side), Ellipse((side / 2, side / 2), (side / 2, side / 2)))

    def decode(self) -> Image.Image:
        self.decoded += 1
        return Image.new("RGBA", (self.side, self.side), (200, 100, 0, 255))


def test_a_picture_is_decoded_once_for_faces_of_all_sizes() -> None:
    counted = CountedArtwork()
    faces = [Face(Box(100, 100, 100 + side, 100 + side), emoji=OWN) for side in (5, 50, 500, 1500, 60)]
    cover_faces(Image.new("RGB", (2000, 2000)), faces, own=counted.artwork)
    assert counted.decoded == 1


def test_what_is_held_of_a_picture_between_photos_is_little() -> None:
    counted = CountedArtwork()
    faces = [Face(Box(0, 0, side, side), emoji=OWN) for side in (4, 20, 50, 100, 250, 500, 1000, 1900)]
    cover_faces(Image.new("RGB", (2000, 2000)), faces, own=counted.artwork)
    assert 0 < sum(level.pixels.nbytes for level in counted.artwork.levels.values()) < 6_000_000


def test_a_picture_looks_the_same_whichever_sizes_of_it_were_needed_before() -> None:
    sides = (60, 130, 250, 400)
    faces = [
        Face(Box(x, 100, x + side, 100 + side), emoji=OWN) for x, side in zip((50, 200, 450, 900), sides, strict=True)
    ]
    pictures = []
    for before in ([], faces[1:2], faces[2:]):
        own = replace(load_artwork("star"), levels={})
        cover_faces(Image.new("RGB", (1400, 600)), before, own=own)
        pictures.append(Image.new("RGB", (1400, 600)))
        cover_faces(pictures[-1], faces, own=own)
    assert pictures[0] == pictures[1] == pictures[2]


def test_photos_that_are_done_at_once_may_share_a_picture() -> None:
    """What one let go of was missing for the other that had just seen it."""
    artwork, done = CountedArtwork(4).artwork, False

    def let_go() -> None:
        while not done:
            artwork.levels.clear()

    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    with ThreadPoolExecutor(1) as other:
        other.submit(let_go)
        try:
            for _ in range(20_000):
                assert artwork.hold(range(4)).keys() == {0, 1, 2, 3}
        finally:
            done = True
            sys.setswitchinterval(before)


def test_large_faces_of_later_photos_are_covered_by_the_default_without_decoding_it_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    large = [Face(Box(100, 100, 1500, 1900))]
    cover_faces(Image.new("RGB", (2000, 2000)), large)
    with monkeypatch.context() as broken:
        broken.setattr("turdify.covers.artwork.decode", lambda name: pytest.fail(f"{name} was decoded"))
        image = Image.new("RGB", (2000, 2000))
        cover_faces(image, large)
    assert np.asarray(image)[1000, 800].any()


def test_a_cover_that_misses_the_photo_is_not_even_decoded() -> None:
    counted = CountedArtwork()
    cover_faces(Image.new("RGB", (100, 100)), [Face(Box(500, 0, 600, 100), emoji=OWN)], own=counted.artwork)
    assert counted.decoded == 0


@pytest.mark.parametrize("emoji", ["turd", "solid", OWN])
def test_more_than_can_be_drawn_in_reasonable_time_is_refused_at_once(emoji: str) -> None:
    counted = CountedArtwork(64)
    image = Image.new("RGB", (1500, 1500))
    with pytest.raises(InvalidFaces, match="at most 260 are drawn"):
        cover_faces(image, [Face(Box(0, 0, 1500, 1500), emoji=emoji)] * 500, own=counted.artwork)
    assert image == Image.new("RGB", (1500, 1500))
    assert counted.decoded == 0


def test_many_faces_that_reach_far_beyond_a_small_photo_are_covered() -> None:
    image = Image.new("RGB", (64, 64))
    cover_faces(image, [Face(Box(-100, -100, 150, 150), 40, emoji="turd")] * 500)
    assert np.asarray(image).any(axis=2).all()
