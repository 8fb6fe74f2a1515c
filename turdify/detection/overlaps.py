"""Which of several boxes are one face."""

import numpy as np
from numpy.typing import NDArray

# The share of a box that may lie inside a better one: two heads can overlap, but no face is inside another.
MAX_CONTAINED = 0.7


def suppress_overlaps(boxes: NDArray[np.float32], order: NDArray[np.intp], max_overlap: float) -> list[int]:
    """Indexes of the boxes to keep, in `order`, best first (greedy non-maximum suppression).

    `boxes` is (n, 4) in Box's order. A box goes when its intersection over union with a better one exceeds
    `max_overlap`, or when most of it lies in a better one. None in, none out.
    """
    areas = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
    kept = []
    while order.size:
        best, order = order[0], order[1:]
        kept.append(int(best))
        upper_left = np.maximum(boxes[best, :2], boxes[order, :2])
        lower_right = np.minimum(boxes[best, 2:], boxes[order, 2:])
        common = np.prod(np.maximum(lower_right - upper_left, 0), axis=1)
        apart = common <= max_overlap * (areas[best] + areas[order] - common)
        order = order[apart & (common <= MAX_CONTAINED * areas[order])]
    return kept
