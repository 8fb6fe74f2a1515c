"""Where faces are: boxes in a photo, and which of several boxes are one face.

All coordinates are pixels of the upright photo, x to the right and y down, with (0, 0) the upper left corner of the
upper left pixel. Angles are degrees, counter-clockwise as seen.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

# The share of a box that may lie inside a better one: two heads can overlap, but no face is inside another.
MAX_CONTAINED = 0.7


@dataclass(frozen=True)
class Box:
    """A half-open rectangle in Pillow's order; it may reach beyond the photo where a face is cut off."""

    left: float
    upper: float
    right: float
    lower: float

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def height(self) -> float:
        return self.lower - self.upper

    @property
    def center(self) -> tuple[float, float]:
        return (self.left + self.right) / 2, (self.upper + self.lower) / 2


@dataclass(frozen=True)
class Face:
    """A face: a tight box round it, the head's tilt in degrees, the detector's confidence if it tells one, and the
    name of the picture that is to cover it once that is chosen.
    """

    box: Box
    angle: float = 0.0
    score: float | None = None
    emoji: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """What programs are shown: the box as [left, upper, right, lower], rounded to a tenth of a pixel or degree."""
        box = [round(side, 1) for side in (self.box.left, self.box.upper, self.box.right, self.box.lower)]
        score = None if self.score is None else round(self.score, 3)
        return {"box": box, "angle": round(self.angle, 1), "emoji": self.emoji, "score": score}


@dataclass(frozen=True)
class Ellipse:
    """An upright ellipse: its center and its half width and half height."""

    center: tuple[float, float]
    radii: tuple[float, float]


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
