import json
from collections.abc import Iterable
from typing import Any

import numpy as np
import pytest

from turdify.errors import InvalidFaces
from turdify.faces import Box, Face, check_faces, in_reading_order


def test_a_box_has_width_height_and_center() -> None:
    box = Box(10, 20, 40, 80)
    assert (box.width, box.height, box.center) == (30, 60, (25, 50))


def test_a_face_is_told_to_programs_as_left_upper_right_lower() -> None:
    face = Face(Box(1.04, 2, 3.26, 4), angle=-12.34, score=0.98765)
    assert face.as_dict() == {"box": [1.0, 2, 3.3, 4], "angle": -12.3, "emoji": None, "score": 0.988}


def test_a_detector_without_scores_tells_none() -> None:
    assert Face(Box(1, 2, 3, 4)).as_dict()["score"] is None


@pytest.mark.parametrize(
    ("box", "pixels"),
    [
        (Box(1.2, 2.9, 8.1, 9), (1, 2, 9, 9)),
        (Box(-5, -5, 3.5, 200), (0, 0, 4, 50)),
        (Box(-900, -900, 900, 900), (0, 0, 100, 50)),
    ],
)
def test_what_a_photo_has_of_a_box_is_told_in_whole_pixels(box: Box, pixels: tuple[int, int, int, int]) -> None:
    assert box.pixels((100, 50)) == pixels


def checked(faces: Iterable[Any], size: tuple[int, int] = (500, 500)) -> list[Face]:
    return check_faces(faces, size, ("cat", "dog"), "cat and dog")


def test_a_box_of_many_times_the_photo_is_refused_by_its_number() -> None:
    checked([Face(Box(0, 0, 400, 400))], (100, 80))
    with pytest.raises(InvalidFaces, match="The box of face 2 is more than 4 times as large as the photo"):
        checked([Face(Box(0, 0, 10, 10)), Face(Box(-300, 0, 101, 10))], (100, 80))


BOX = Box(0, 0, 9, 9)
NAN: Any = float("nan")
TEXT: Any = "9"
TRUE: Any = True
NONE: Any = None


@pytest.mark.parametrize(
    ("face", "told"),
    [
        (Face(Box(66, 274, 188, 180)), "The box of face 1 is empty"),  # face_recognition's order
        (Face(Box(9, 9, 9, 20)), "The box of face 1 is empty"),
        (Face(Box(NAN, 0, 9, 9)), "The box of face 1 must be four numbers"),
        (Face(Box(0, 0, float("inf"), 9)), "The box of face 1 must be four numbers"),
        (Face(Box(0, 0, 10**400, 9)), "The box of face 1 must be four numbers"),
        (Face(Box(0, 0, TEXT, 9)), "The box of face 1 must be four numbers"),
        (Face(Box(0, 0, TRUE, 9)), "The box of face 1 must be four numbers"),
        (Face(Box(0, 0, np.array([9, 9]), 9)), "The box of face 1 must be four numbers"),  # type: ignore[arg-type]
        (Face((0, 0, 9, 9)), "Face 1 must be a Face that has a Box"),  # type: ignore[arg-type]
        ({"box": [0, 0, 9, 9]}, "Face 1 must be a Face that has a Box"),
        (BOX, "Face 1 must be a Face that has a Box"),
        *((Face(BOX, angle=angle), "The angle of face 1 must be") for angle in (NAN, TEXT, TRUE, NONE)),
        *((Face(BOX, score=score), "The score of face 1 must be a number") for score in (NAN, TEXT, TRUE)),
        (Face(BOX, distance=NAN), "The distance of face 1 must be a number"),
        *((Face(BOX, emoji=emoji), "Unknown emoji .* Choose one of cat and dog") for emoji in ("zzz", "", NAN, TRUE)),
        (Face(BOX, kept=TEXT), '"kept" of face 1 must be true or false'),
        *((Face(BOX, shape=shape), "Unknown shape .* Choose one of ellipse, box") for shape in (TEXT, NAN, NONE)),
    ],
    ids=str,
)
def test_a_face_that_no_cover_would_hide_is_refused(face: Any, told: str) -> None:
    with pytest.raises(InvalidFaces, match=told):
        checked([face])


def test_numbers_of_numpy_are_understood_and_told_as_others() -> None:
    sides: Any = np.array([1, 2, 30, 40])
    measures: dict[str, Any] = {"angle": np.float32(0.25), "score": np.float64(0.25), "distance": np.float16(0.25)}
    face = Face(Box(*sides), **measures)
    (understood,) = checked(iter([face]))
    assert understood == Face(Box(1, 2, 30, 40), 0.25, 0.25, distance=0.25)
    assert json.loads(json.dumps(understood.as_dict()))["box"] == [1, 2, 30, 40]


def test_a_row_is_read_whole_though_heads_in_it_are_not_all_as_high() -> None:
    boxes = [
        Box(10, 20, 50, 70),
        Box(70, 5, 110, 55),
        Box(130, 25, 170, 75),
        Box(15, 80, 55, 130),
        Box(75, 95, 115, 145),
    ]
    faces = [Face(box) for box in boxes]
    assert in_reading_order(reversed(faces)) == faces
    assert in_reading_order([]) == []


def test_small_heads_beside_a_large_one_keep_their_rows() -> None:
    large = Face(Box(0, 0, 300, 400))
    small = [Face(Box(x, y, x + 30, y + 40)) for y in (150, 215) for x in (320, 360, 400)]
    assert [face for face in in_reading_order([*reversed(small), large]) if face != large] == small
