import numpy as np
from numpy.typing import NDArray

from turdify.detection.overlaps import suppress_overlaps


def kept(boxes: list[tuple[float, float, float, float]], order: list[int]) -> list[int]:
    array: NDArray[np.float32] = np.array(boxes, np.float32).reshape(-1, 4)
    return suppress_overlaps(array, np.array(order, np.intp), max_overlap=0.3)


def test_the_better_of_two_boxes_on_one_face_is_kept() -> None:
    assert kept([(0, 0, 10, 10), (1, 1, 11, 11)], order=[1, 0]) == [1]


def test_faces_side_by_side_are_all_kept_best_first() -> None:
    assert kept([(0, 0, 10, 10), (10, 0, 20, 10), (8, 0, 18, 10)], order=[1, 0, 2]) == [1, 0]


def test_boxes_that_overlap_a_little_are_two_faces() -> None:
    assert kept([(0, 0, 10, 10), (6, 0, 16, 10)], order=[1, 0]) == [1, 0]


def test_a_small_box_inside_a_better_one_is_no_other_face() -> None:
    assert kept([(0, 0, 100, 100), (10, 10, 40, 40)], order=[0, 1]) == [0]


def test_a_large_box_round_a_better_small_one_stays() -> None:
    assert kept([(0, 0, 100, 100), (10, 10, 40, 40)], order=[1, 0]) == [1, 0]


def test_no_boxes_give_no_boxes() -> None:
    assert kept([], []) == []
