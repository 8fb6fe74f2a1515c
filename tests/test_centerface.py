"""The default detector on real faces: public-domain portraits, alone and pasted into group pictures."""

import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageFilter

from tests.pictures import ASTRONAUT_FACE, HOPPER_FACE, astronaut, group, head_at, hopper_file, overlap
from turdify.detection import NORMAL, SENSITIVITIES
from turdify.detection import centerface as centerface_module
from turdify.detection.centerface import Candidates, CenterFace, network_input, scales, tilts
from turdify.detection.sensitivity import Sensitivity
from turdify.faces import Box, Face

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


@pytest.mark.parametrize("angle", [-150, -90, 75, 90, 105, 180])
def test_it_tells_the_tilt_and_the_box_of_a_head_on_its_side_or_upside_down(centerface: CenterFace, angle: int) -> None:
    ground = Image.new("RGB", (600, 600), (120, 140, 160))
    upright = head_at(ground, (300, 300), 180, angle).box
    sine, cosine = np.sin(np.radians(angle)), np.cos(np.radians(angle))
    half_width = np.hypot(upright.width * cosine, upright.height * sine) / 2
    half_height = np.hypot(upright.width * sine, upright.height * cosine) / 2
    (face,) = centerface.find_faces(ground)
    assert (face.angle - angle - OWN_TILT + 180) % 360 - 180 == pytest.approx(0, abs=10)
    assert overlap(face.box, Box(300 - half_width, 300 - half_height, 300 + half_width, 300 + half_height)) > 0.65


@pytest.mark.parametrize("height", [24, 90])
@pytest.mark.parametrize(("turn", "angle"), [("ROTATE_90", 90), ("ROTATE_180", 180), ("ROTATE_270", -90)])
def test_a_lying_photos_faces_are_found_as_an_upright_ones(
    centerface: CenterFace, height: int, turn: str, angle: int
) -> None:
    picture, faces = group(12, height)
    found = centerface.find_faces(picture.transpose(Image.Transpose[turn]))
    assert len(found) == len(centerface.find_faces(picture)) == len(faces)
    assert all((face.angle - angle + 180) % 360 - 180 == pytest.approx(0, abs=15) for face in found)


def test_a_face_too_faint_to_count_when_others_stand_upright_is_found_where_the_photo_lies(
    centerface: CenterFace,
) -> None:
    """Where its neighbors lie as well it needs to score no more than an upright one."""
    picture, (*_, faint) = group(3)
    place = (int(faint.box.left) - 45, 0, picture.width, picture.height)
    picture.paste(picture.crop(place).filter(ImageFilter.GaussianBlur(6)), place)
    upright = centerface.find_faces(picture)
    lying = centerface.find_faces(picture.transpose(Image.Transpose.ROTATE_180))
    assert min(face.score or 0 for face in upright) < SENSITIVITIES[NORMAL].turned_face
    assert len(lying) == len(upright) == 3


def test_a_photo_of_upright_faces_is_not_looked_at_turned(
    centerface: CenterFace, monkeypatch: pytest.MonkeyPatch
) -> None:
    turns = []
    look = CenterFace._look

    def noted(self: CenterFace, image: Image.Image, looks: dict[float, float], quarters: int = 0) -> list[Candidates]:
        turns.append(quarters)
        return look(self, image, looks, quarters)

    monkeypatch.setattr(CenterFace, "_look", noted)
    centerface.find_faces(group(3)[0])
    assert turns == [0]


def test_the_more_sensitive_it_is_the_fainter_the_faces_that_it_finds(centerface: CenterFace) -> None:
    picture = Image.new("RGB", (1200, 300), "gray")
    for number in range(8):
        head_at(picture, (number * 150 + 75, 150), 90)
        place = (number * 150, 0, number * 150 + 150, 300)
        picture.paste(picture.crop(place).filter(ImageFilter.GaussianBlur(5 + 0.75 * number)), place)
    low, normal, high = (len(centerface.find_faces(picture, name)) for name in ("low", "normal", "high"))
    assert 0 < low < normal < high


@pytest.mark.parametrize("angle", [-40, 0, 40])
def test_the_tilt_of_a_head_in_profile_comes_from_the_line_between_eyes_and_mouth(angle: int) -> None:
    """Its eyes fall together, so that the line through them may point anywhere."""
    x, y = np.array([(0.1, -0.16), (0.11, -0.14), (0.2, 0.04), (0.12, 0.22), (0.13, 0.2)], np.float32).T
    sine, cosine = np.sin(np.radians(angle)), np.cos(np.radians(angle))
    (found,), _ = tilts(np.array([x * cosine + y * sine]), np.array([y * cosine - x * sine]))
    assert found == pytest.approx(angle, abs=10)


@pytest.mark.parametrize(("turn", "quarters"), [("ROTATE_90", 1), ("ROTATE_180", 2), ("ROTATE_270", 3)])
def test_boxes_and_angles_in_a_turned_photo_are_turned_back(turn: str, quarters: int) -> None:
    photo = Image.new("L", (60, 40))
    photo.paste(255, (8, 10, 18, 30))
    box = photo.transpose(Image.Transpose[turn]).getbbox()
    one = np.ones(1, np.bool_)
    seen = Candidates(np.array([box], np.float32), np.array([5], np.float32), np.ones(1, np.float32), one, one)
    turned_back = seen.turned_back(quarters, photo.size)
    assert turned_back.boxes.tolist() == [[8, 10, 18, 30]]
    assert (turned_back.angles[0] + 90 * quarters - 5) % 360 == 0


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


def test_once_faces_are_found_no_thread_keeps_a_core_busy() -> None:
    detector, used = CenterFace(threads=2), 0.0
    for _ in range(5):
        detector.find_faces(astronaut())
        before = time.process_time()
        time.sleep(0.05)
        used += time.process_time() - before
    assert used < 0.02


def test_noise_is_no_face(centerface: CenterFace) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (600, 800, 3), np.uint8)
    assert centerface.find_faces(Image.fromarray(noise)) == []


def test_a_large_photo_is_looked_at_twice_and_a_small_one_once_never_enlarged() -> None:
    wanted = Sensitivity(face=0.35, large_face=0.5, turned_face=0.8)
    assert scales((4000, 3000), wanted) == {0.1: 0.5, 0.4: 0.35}
    assert scales((800, 1600), wanted) == {0.25: 0.5, 1: 0.35}
    assert scales((300, 200), wanted) == {1: 0.35}


def test_the_networks_input_is_blocks_of_four_pixels_padded_to_multiples_of_32_pixels() -> None:
    picture = Image.new("RGB", (50, 35), (255, 128, 1))
    picture.putpixel((49, 34), (2, 3, 4))
    blocks = network_input(picture)
    assert blocks.shape == (1, 32, 32, 12)
    assert blocks.dtype == np.uint8
    assert blocks[0, 17, 24].tolist() == [255, 128, 1, 2, 3, 4, 0, 0, 0, 0, 0, 0]
    assert not blocks[0, 18:].any()
    assert not blocks[0, :, 25:].any()


def test_another_model_than_the_one_that_was_measured_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "centerface.onnx"
    other.write_bytes(centerface_module.MODEL.read_bytes() + b"\0")
    monkeypatch.setattr(centerface_module, "MODEL", other)
    with pytest.raises(RuntimeError, match="Install turdify anew"):
        CenterFace()
