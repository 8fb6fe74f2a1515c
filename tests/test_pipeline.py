"""The whole story, with a fake detector, and once with the real one on a real photo."""

from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from tests.pictures import ASTRONAUT_FACE, FakeDetector, astronaut, decoded, encoded, gradient, hopper_file
from turdify.covers import PICTURES
from turdify.errors import InvalidFaces
from turdify.faces import Box, Face
from turdify.pipeline import Options, find_faces, turdify


def test_a_real_photo_comes_back_with_its_face_covered() -> None:
    data = hopper_file().read_bytes()
    result = turdify(data)
    before, after = decoded(data), decoded(result.data)
    assert (result.format, result.size, len(result.faces)) == ("jpeg", before.size, 1)
    assert (after.format, after.size) == ("JPEG", before.size)
    eyes_and_mouth = (200, 160, 340, 320)
    difference = np.abs(np.asarray(before.crop(eyes_and_mouth)).astype(int) - np.asarray(after.crop(eyes_and_mouth)))
    assert difference.mean() > 30


def test_outside_the_covers_a_png_is_the_original_pixel_by_pixel() -> None:
    photo = astronaut()
    faces = [Face(ASTRONAUT_FACE)]
    after = decoded(turdify(encoded(photo, "PNG"), detector=FakeDetector(faces)).data)
    difference = (np.asarray(after) != np.asarray(photo)).any(axis=2)
    rows, columns = np.nonzero(difference)
    face = ASTRONAUT_FACE
    assert face.left - face.width < columns.min() < columns.max() < face.right + face.width
    assert face.upper - face.height < rows.min() < rows.max() < face.lower + face.height


@pytest.mark.parametrize("orientation", range(1, 9))
def test_faces_are_covered_where_they_are_in_the_upright_photo(orientation: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    data = encoded(gradient((60, 40)), "PNG", exif=exif.tobytes())
    upright = decoded(turdify(data, detector=FakeDetector()).data)
    covered = decoded(turdify(data, detector=FakeDetector([Face(Box(8, 8, 14, 16))])).data)
    rows, columns = np.nonzero((np.asarray(upright) != np.asarray(covered)).any(axis=2))
    assert abs(columns.mean() - 11) < 2
    assert abs(rows.mean() - 12) < 2


@pytest.mark.parametrize(("format", "written"), [("png", "PNG"), ("jpeg", "JPEG"), ("webp", "WEBP")])
def test_a_format_can_be_asked_for_by_name(jpeg: bytes, format: str, written: str) -> None:
    result = turdify(jpeg, Options(format=format), detector=FakeDetector())  # type: ignore[arg-type]
    assert (result.format, decoded(result.data).format) == (format, written)


def test_what_lies_beside_the_photo_is_neither_covered_nor_kept(jpeg: bytes) -> None:
    inside, beside = Face(Box(500, 500, 520, 520)), Face(Box(512, 0, 600, 90))
    faces = [inside, beside, replace(inside, kept=True), replace(beside, kept=True)]
    for seen in (turdify(jpeg, faces=faces), find_faces(jpeg, detector=FakeDetector(faces))):
        assert [face.box for face in seen.faces + seen.kept] == [inside.box] * 2


def test_finding_alone_tells_size_and_faces(jpeg: bytes, detector: FakeDetector) -> None:
    found = find_faces(jpeg, detector=detector)
    assert (found.size, found.faces) == ((512, 512), [replace(face, emoji="turd") for face in detector.faces])


def test_a_photo_without_faces_comes_back_without_metadata() -> None:
    exif = Image.Exif()
    exif[0x010F] = "Maker"
    data = encoded(gradient(), "JPEG", exif=exif.tobytes())
    result = turdify(data, detector=FakeDetector())
    assert result.faces == []
    assert b"Maker" in data
    assert b"Maker" not in result.data


def test_each_face_gets_the_emoji_that_was_asked_for() -> None:
    faces = [Face(Box(10 * i, 0, 10 * i + 8, 9)) for i in range(len(PICTURES) + 2)]
    data = encoded(gradient((200, 40)), "PNG")
    for emoji, expected in (
        (PICTURES[-1], [PICTURES[-1]] * len(faces)),
        ("mixed", [*PICTURES, *PICTURES, *PICTURES][: len(faces)]),
    ):
        result = turdify(data, Options(emoji=emoji), detector=FakeDetector(faces))
        assert [face.emoji for face in result.faces] == expected


def test_a_face_with_an_emoji_of_its_own_keeps_it() -> None:
    data = encoded(gradient(), "PNG")
    result = turdify(data, Options(emoji="mixed"), faces=[Face(Box(0, 0, 9, 9), emoji=PICTURES[-1])])
    assert [face.emoji for face in result.faces] == [PICTURES[-1]]


def test_faces_that_can_be_gone_through_only_once_are_covered() -> None:
    faces = [Face(Box(10, 10, 30, 30))]
    result = turdify(encoded(gradient(), "PNG"), faces=filter(None, faces))
    assert result.data == turdify(encoded(gradient(), "PNG"), faces=faces).data
    assert len(result.faces) == 1


def test_a_marked_face_of_many_times_the_photo_is_refused() -> None:
    with pytest.raises(InvalidFaces, match="face 1"):
        turdify(encoded(gradient(), "PNG"), faces=[Face(Box(0, 0, 500, 10))])
