"""The original app's detector, whose import does things that must not leak into the rest of the program."""

import numpy as np
import pytest
from PIL import ImageFile

from tests.pictures import ASTRONAUT_FACE, astronaut, group, overlap
from turdify.detection import Detector, load_detector
from turdify.detection.dlib_hog import from_location, import_face_recognition
from turdify.errors import UnsupportedOption
from turdify.faces import Box


@pytest.fixture(scope="module")
def dlib_hog() -> Detector:
    return load_detector("dlib")


def test_it_finds_what_the_original_app_finds(dlib_hog: Detector) -> None:
    picture, _ = group(3)
    locations = import_face_recognition().face_locations(np.asarray(picture))
    assert len(locations) == 3
    assert [face.box for face in dlib_hog.find_faces(picture)] == [from_location(*place) for place in locations]


def test_its_box_lies_on_the_face(dlib_hog: Detector) -> None:
    faces = dlib_hog.find_faces(astronaut().convert("L"))
    assert max(overlap(face.box, ASTRONAUT_FACE) for face in faces) > 0.6
    assert {(face.angle, face.score) for face in faces} == {(0, None)}


def test_it_refuses_a_sensitivity_that_it_does_not_have(dlib_hog: Detector) -> None:
    with pytest.raises(UnsupportedOption, match="dlib has no other sensitivity than normal"):
        dlib_hog.find_faces(astronaut(), "high")


def test_dlibs_inclusive_right_and_bottom_become_half_open() -> None:
    assert from_location(10, 19, 29, 5) == Box(left=5, upper=10, right=20, lower=30)


def test_faces_are_recognized_without_the_model_of_68_landmarks() -> None:
    face_recognition = import_face_recognition()
    assert "68" not in face_recognition.api.predictor_68_point_model
    pixels = np.asarray(group(2)[0])
    one, other = face_recognition.face_encodings(pixels)
    assert face_recognition.face_distance([one], other)[0] < 0.3


def test_loading_it_does_not_make_pillow_accept_truncated_files(dlib_hog: Detector) -> None:
    assert dlib_hog
    assert ImageFile.LOAD_TRUNCATED_IMAGES is False
