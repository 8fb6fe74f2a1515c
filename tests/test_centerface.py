"""The default detector on real faces: public-domain portraits, alone and pasted into group pictures."""

import numpy as np
import pytest
from PIL import Image

from tests.pictures import ASTRONAUT_FACE, HOPPER_FACE, astronaut, group, head_at, hopper_file, overlap
from turdify.detection.centerface import CenterFace, network_input, scales
from turdify.geometry import Box, Face

# Of head_at's astronaut, whose own head leans a little to the right.
OWN_TILT = -3


def best_overlap(found: list[Face], box: Box) -> float:
    return max((overlap(face.box, box) for face in found), default=0)


def test_it_finds_the_one_face_in_a_portrait(centerface: CenterFace) -> None:
    (face,) = centerface.find_faces(astronaut())
    assert overlap(face.box, ASTRONAUT_FACE) > 0.7
    assert face.score is not None
    assert 0.5 < face.score <= 1


def test_it_finds_a_face_under_a_cap_and_behind_glasses(centerface: CenterFace) -> None:
    (face,) = centerface.find_faces(Image.open(hopper_file()))
    assert overlap(face.box, HOPPER_FACE) > 0.7


@pytest.mark.parametrize("count", [1, 2, 7, 40])
def test_it_finds_every_face_in_a_group_and_nothing_else(centerface: CenterFace, count: int) -> None:
    picture, faces = group(count)
    found = centerface.find_faces(picture)
    assert len(found) == count
    assert min(best_overlap(found, face.box) for face in faces) > 0.6


@pytest.mark.parametrize("height", [30, 100, 400, 900])
def test_it_finds_faces_of_any_size(centerface: CenterFace, height: int) -> None:
    ground = Image.new("RGB", (2000, 2000), "gray")
    face = head_at(ground, (1000, 1000), height)
    assert best_overlap(centerface.find_faces(ground), face.box) > 0.6


def test_it_finds_a_face_that_fills_a_large_photo(centerface: CenterFace) -> None:
    portrait = astronaut().crop((150, 30, 310, 215)).resize((3200, 3700))
    found = centerface.find_faces(portrait)
    assert best_overlap(found, Box(600, 720, 2480, 3160)) > 0.6


@pytest.mark.parametrize("angle", [-45, -20, 0, 20, 45])
def test_it_tells_the_heads_tilt_within_ten_degrees(centerface: CenterFace, angle: int) -> None:
    ground = Image.new("RGB", (600, 600), (120, 140, 160))
    head_at(ground, (300, 300), 180, angle)
    (face,) = centerface.find_faces(ground)
    assert face.angle == pytest.approx(angle + OWN_TILT, abs=10)


@pytest.mark.parametrize(
    "center", [(40, 300), (560, 300), (300, 40), (300, 565)], ids=["left", "right", "top", "bottom"]
)
def test_it_finds_a_face_that_the_photos_edge_cuts_off(centerface: CenterFace, center: tuple[int, int]) -> None:
    ground = Image.new("RGB", (600, 600), (120, 140, 160))
    face = head_at(ground, center, 180)
    visible = Box(max(face.box.left, 0), max(face.box.upper, 0), min(face.box.right, 600), min(face.box.lower, 600))
    assert best_overlap(centerface.find_faces(ground), visible) > 0.45


@pytest.mark.parametrize("mode", ["L", "LA", "RGBA"])
def test_it_finds_faces_in_every_mode(centerface: CenterFace, mode: str) -> None:
    assert best_overlap(centerface.find_faces(astronaut().convert(mode)), ASTRONAUT_FACE) > 0.7


def test_it_finds_a_face_hidden_under_transparent_pixels(centerface: CenterFace) -> None:
    hidden = astronaut().convert("RGBA")
    hidden.putalpha(0)
    assert best_overlap(centerface.find_faces(hidden), ASTRONAUT_FACE) > 0.7


@pytest.mark.parametrize("size", [(1, 1), (940, 2), (2, 940), (33, 31), (5000, 100)])
def test_a_picture_without_faces_has_none_whatever_its_size(centerface: CenterFace, size: tuple[int, int]) -> None:
    assert centerface.find_faces(Image.new("RGB", size, "gray")) == []


def test_noise_is_no_face(centerface: CenterFace) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (600, 800, 3), np.uint8)
    assert centerface.find_faces(Image.fromarray(noise)) == []


def test_a_large_photo_is_looked_at_twice_and_a_small_one_once_never_enlarged() -> None:
    assert sorted(scales((4000, 3000))) == [(0.1, 0.5), (0.4, 0.35)]
    assert sorted(scales((800, 1600))) == [(0.25, 0.5), (1.0, 0.35)]
    assert scales((300, 200)) == [(1.0, 0.35)]


def test_the_networks_input_is_rgb_and_padded_to_multiples_of_32() -> None:
    tensor = network_input(Image.new("RGB", (100, 70), (255, 128, 1)), scale=0.5)
    assert tensor.shape == (1, 3, 64, 64)
    assert tensor[0, :, 34, 49].tolist() == [255, 128, 1]
    assert not tensor[0, :, 35:].any()
    assert not tensor[0, :, :, 50:].any()
