from turdify.faces import Box, Face


def test_a_box_has_width_height_and_center() -> None:
    box = Box(10, 20, 40, 80)
    assert (box.width, box.height, box.center) == (30, 60, (25, 50))


def test_a_face_is_told_to_programs_as_left_upper_right_lower() -> None:
    face = Face(Box(1.04, 2, 3.26, 4), angle=-12.34, score=0.98765)
    assert face.as_dict() == {"box": [1.0, 2, 3.3, 4], "angle": -12.3, "emoji": None, "score": 0.988}


def test_a_detector_without_scores_tells_none() -> None:
    assert Face(Box(1, 2, 3, 4)).as_dict()["score"] is None
