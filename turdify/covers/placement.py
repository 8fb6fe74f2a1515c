"""How large a picture covers a face, where, and at what angle."""

import math
from dataclasses import dataclass

import numpy as np

from turdify.faces import Box, Ellipse, Face

# How much larger the cover's opaque ellipse is than the face's, in percent. At 100 it just holds the ellipse inscribed
# in the detector's box. Of the labelled faces, 95 % reach at most 7 % of the face's width or height beyond that box on
# any side: 114, and a little for ears and hair. Below 100 faces would show.
DEFAULT_SIZE = 120
MIN_SIZE, MAX_SIZE = 100, 200

# Pixels by which the blending softens an edge: what keeps the rim of a tiny face from showing through.
SOFT_EDGE = 1.0


@dataclass(frozen=True)
class Placement:
    """Artwork in a photo: the point `anchor` of the artwork on the photo's `center`, scaled, then turned.

    `scale` is photo pixels per artwork pixel, `angle` degrees counter-clockwise.
    """

    anchor: tuple[float, float]
    center: tuple[float, float]
    scale: float
    angle: float

    def extent(self, drawn: tuple[int, int, int, int], shrunk: int) -> Box:
        """The upright box in the photo round the rectangle `drawn` (left, upper, right, lower), turned.

        The rectangle is in pixels of the artwork reduced by the factor `shrunk`.
        """
        left, upper, right, lower = (side * shrunk for side in drawn)
        corners = np.array([(left, upper), (right, upper), (left, lower), (right, lower)]) - self.anchor
        points = self.scale * corners @ rotation(self.angle).T + self.center
        return Box(*points.min(axis=0), *points.max(axis=0))

    def to_artwork(self, origin: tuple[int, int], pixel: float, shrunk: int) -> tuple[float, ...]:
        """The affine coefficients (a, b, c, d, e, f) that lead Pillow from a patch to the artwork.

        The patch starts at `origin` in the photo and its pixels are `pixel` photo pixels wide; the artwork was
        reduced by the factor `shrunk`.
        """
        inverse = rotation(-self.angle) / self.scale
        linear = inverse * pixel / shrunk
        shift = (inverse @ np.subtract(origin, self.center) + self.anchor) / shrunk
        return (*linear[0], shift[0], *linear[1], shift[1])


def rotation(angle: float) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
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
