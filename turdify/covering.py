"""Putting a picture over a face: how large, where, at what angle, and the blending."""

import io
import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from PIL import Image, ImageCms

from turdify.artwork import Artwork
from turdify.geometry import Box, Ellipse, Face

# How much larger the cover's opaque ellipse is than the face's, in percent. At 100 it just holds the ellipse inscribed
# in the detector's box. Of the labelled faces, 95 % reach at most 7 % of the face's width or height beyond that box on
# any side: 114, and a little for ears and hair. Below 100 faces would show.
DEFAULT_SIZE = 120
MIN_SIZE, MAX_SIZE = 100, 200

# Pixels by which the blending softens an edge: what keeps the rim of a tiny face from showing through.
SOFT_EDGE = 1.0

# Rows that are blended at a time: a face can fill a photo of 65 megapixels.
STRIP_HEIGHT = 512


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


def cover_face(
    image: Image.Image,
    face: Face,
    artwork: Artwork,
    *,
    size: float = DEFAULT_SIZE,
    icc_profile: bytes | None = None,
) -> None:
    """Cover a face, in place. `image` is of mode L, LA, RGB or RGBA; what lies outside it is cut off.

    `size` is in percent, MIN_SIZE to MAX_SIZE. `icc_profile` is the image's; without one its colors are sRGB.
    """
    cover(image, artwork, place(face, artwork.face, size), icc_profile)


def back_to_front(faces: Iterable[Face]) -> list[Face]:
    """The faces in the order to cover them: large ones are near, so their covers lie on those of small ones."""
    return sorted(faces, key=lambda face: face.box.height)


def cover(image: Image.Image, artwork: Artwork, placement: Placement, icc_profile: bytes | None = None) -> None:
    """Blend the artwork into the image, in place; pixels that it doesn't reach stay as they are.

    It is resampled in premultiplied alpha, so there are no halos.
    """
    # A transform doesn't average over the artwork's pixels. So artwork that shrinks is first reduced to between once
    # and twice its size in the photo, then drawn at twice that size, then halved. At this density bilinear is as good
    # as bicubic, and three times as fast.
    oversampling = 2 if placement.scale < 1 else 1
    shrunk = math.ceil(1 / (oversampling * placement.scale))
    picture = artwork.reduced(shrunk)
    extent = placement.extent(picture.getbbox() or (0, 0, 0, 0), shrunk)
    left, upper = max(0, math.floor(extent.left)), max(0, math.floor(extent.upper))
    right, lower = min(image.width, math.ceil(extent.right)), min(image.height, math.ceil(extent.lower))
    for top in range(upper, lower, STRIP_HEIGHT):
        if left < right:
            patch = picture.transform(
                ((right - left) * oversampling, min(STRIP_HEIGHT, lower - top) * oversampling),
                Image.Transform.AFFINE,
                placement.to_artwork((left, top), 1 / oversampling, shrunk),
                Image.Resampling.BILINEAR,
            )
            patch = patch.reduce(oversampling).convert("RGBA")
            blend(image, in_colors(patch, image.mode, icc_profile), (left, top))


def in_colors(patch: Image.Image, mode: str, icc_profile: bytes | None) -> Image.Image:
    """An sRGB patch of mode RGBA as LA or RGBA, in the colors of a picture of `mode` with that profile."""
    gray = mode in ("L", "LA")
    transform = None if icc_profile is None else from_srgb(icc_profile, "L" if gray else "RGB")
    if transform is None:
        return patch.convert("LA" if gray else "RGBA")
    colors = transform.apply(patch.convert("RGB"))
    colors.putalpha(patch.getchannel("A"))
    return colors


@lru_cache(maxsize=8)
def from_srgb(icc_profile: bytes, mode: str) -> ImageCms.ImageCmsTransform | None:
    """What turns RGB pictures in sRGB into `mode` in the profile's colors; None if it can't be used for that."""
    try:
        profile = ImageCms.ImageCmsProfile(io.BytesIO(icc_profile))
        return ImageCms.buildTransform(ImageCms.createProfile("sRGB"), profile, "RGB", mode)
    except ImageCms.PyCMSError:
        return None


def blend(image: Image.Image, patch: Image.Image, at: tuple[int, int]) -> None:
    """Lay a patch with alpha that fits into the image on it, in place."""
    if image.mode in ("LA", "RGBA"):
        image.alpha_composite(patch, at)
    else:
        image.paste(patch.convert(image.mode), at, patch.getchannel("A"))
