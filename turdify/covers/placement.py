"""How large a picture covers a face, where, and at what angle."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from turdify.covers.artwork import STEP
from turdify.faces import Box, Ellipse, Face

# How much larger the cover's opaque ellipse is than the face's, in percent. At 100 it just holds the ellipse inscribed
# in the detector's box. Of the labeled faces, 95 % reach at most 7 % of the face's width or height beyond that box on
# any side: 114, and a little for ears and hair. Below 100 faces would show.
DEFAULT_SIZE = 120
MIN_SIZE, MAX_SIZE = 100, 200

# Below this, two pixels are drawn for one. From here on, one for each comes within 45 dB of what all of the artwork's
# pixels averaged would be (tests/test_covers.py).
OVERSAMPLED_SCALE = 3 / 16

# How many of a level's pixels there are at least for each that is drawn, across and down: with fewer the cover would be
# soft, with many more jagged (docs/decisions.md).
DENSITY = 4 / 3

# Pixels by which the blending softens an edge: what keeps the rim of a tiny face from showing through.
SOFT_EDGE = 1.0

# Rows that are drawn at a time, so that little beside a picture is drawn, and little memory is taken.
STRIP_HEIGHT = 64


@dataclass(frozen=True)
class Placement:
    """Artwork in a photo: the point `anchor` of the artwork on the photo's `center`, scaled, then turned.

    `scale` is photo pixels per artwork pixel, `angle` degrees counter-clockwise.
    """

    anchor: tuple[float, float]
    center: tuple[float, float]
    scale: float
    angle: float

    @property
    def oversampling(self) -> int:
        """How many pixels are drawn for one of the photo's, across and down, before they are averaged.

        Small covers have much that is finer than a pixel; large ones have many pixels, and look as good without.
        """
        return 2 if self.scale < OVERSAMPLED_SCALE else 1

    @property
    def level(self) -> int:
        """The number of the artwork's smallest level that has DENSITY pixels for each that is drawn."""
        return max(0, math.floor(-math.log(self.scale * self.oversampling * DENSITY, STEP)))

    def extent(self, size: tuple[int, int]) -> Box:
        """The upright box in the photo round artwork of `size` (width, height)."""
        width, height = size
        corners = self.to_photo(np.array([(0.0, 0.0), (width, 0), (0, height), (width, height)]))
        return Box(*corners.min(axis=0).tolist(), *corners.max(axis=0).tolist())

    def to_photo(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Where points (n, 2) of the artwork come to lie in the photo."""
        return np.asarray(self.scale * (points - self.anchor) @ rotation(self.angle).T + self.center)

    def to_drawn(self, pitch: tuple[float, float]) -> tuple[float, ...]:
        """The coefficients (a, b, c, d, e, f) that lead from pixels of the artwork to those that are drawn.

        Pixel (x, y) goes to (a x + b y + c, d x + e y + f), both counted at their centers. The artwork's are `pitch`
        wide and high, and there is one more on the left and above; the drawn ones start where the photo does.
        """
        linear = self.oversampling * self.scale * rotation(self.angle) * pitch
        shift = self.oversampling * self.to_photo(-0.5 * np.array([pitch]))[0] - 0.5
        return tuple(np.column_stack([linear, shift]).ravel().tolist())


def rotation(angle: float) -> NDArray[np.float64]:
    """The (2, 2) matrix that turns (x, y) by `angle` degrees counter-clockwise, y being down."""
    sine, cosine = math.sin(math.radians(angle)), math.cos(math.radians(angle))
    return np.array([[cosine, sine], [-sine, cosine]])


def place(face: Face, ellipse: Ellipse, size: float = DEFAULT_SIZE) -> Placement:
    """Where artwork goes so that its `ellipse`, turned with the head, is `size` percent of what holds the face's.

    The face's ellipse is the upright one inscribed in its box.
    """
    # Seen from the artwork's ellipse as a unit circle, the face's ellipse is an ellipse too: the image of a unit
    # circle under this matrix. It fits as soon as its longer half axis, the matrix's norm, is 1.
    face_radii = np.diag([face.box.width / 2 + SOFT_EDGE, face.box.height / 2 + SOFT_EDGE])
    fit = np.diag(1 / np.array(ellipse.radii)) @ rotation(-face.angle) @ face_radii
    scale = size / 100 * float(np.linalg.norm(fit, ord=2))
    return Placement(anchor=ellipse.center, center=face.box.center, scale=scale, angle=face.angle)


def strips(upper: int, lower: int) -> Iterator[tuple[int, int]]:
    """The rows from `upper` to before `lower` as the (first, end) of each strip; none where there are no rows."""
    return ((top, min(top + STRIP_HEIGHT, lower)) for top in range(upper, lower, STRIP_HEIGHT))
