"""Hiding a face without a picture: a gray patch, a mosaic or a blur. None can be undone."""

import math
from collections.abc import Callable
from functools import cache

from PIL import Image

from turdify.covers.placement import DEFAULT_SIZE
from turdify.faces import Box, Face

# Squares along the longer side of a face's box, whatever its size: nothing finer is left. With these, recognition
# matches faces no more often than it matches somebody else's (bench/privacy.py); a blur at 6, 4 and 3 still told more.
MOSAIC_SQUARES = 6
BLUR_SQUARES = 2

GRAY = 128

# Where a mask begins to fade, as a share of its radius.
SOLID_SHARE = 0.9

# What takes a part of the photo, and the longer side of the face's box in pixels, and makes of it what is shown.
Mask = Callable[[Image.Image, float], Image.Image]


def solid(patch: Image.Image, side: float) -> Image.Image:
    """Gray, which says nothing about what was there."""
    return Image.new("L", patch.size, GRAY).convert(patch.mode)


def mosaic(patch: Image.Image, side: float) -> Image.Image:
    """Squares, each of the mean color of what was there."""
    return means(patch, side / MOSAIC_SQUARES).resize(patch.size, Image.Resampling.NEAREST)


def blur(patch: Image.Image, side: float) -> Image.Image:
    """A coarse mosaic made smooth. A blur of the photo itself could be sharpened again in part."""
    return means(patch, side / BLUR_SQUARES).resize(patch.size, Image.Resampling.BICUBIC)


def means(patch: Image.Image, square: float) -> Image.Image:
    """A pixel for each square of so many pixels a side: their mean."""
    size = max(1, round(patch.width / square)), max(1, round(patch.height / square))
    return patch.resize(size, Image.Resampling.BOX)


MASKS: dict[str, Mask] = {"solid": solid, "mosaic": mosaic, "blur": blur}


def mask_face(image: Image.Image, face: Face, mask: Mask, *, size: float = DEFAULT_SIZE) -> None:
    """Hide a face under a soft-edged ellipse, in place, as cover_face does under a picture.

    The ellipse is `size` percent of the one inscribed in the face's box; what has the shape "box" is hidden to its
    corners and no further. `image` is of mode L, LA, RGB or RGBA.
    """
    reached = masked(face, size)
    inside = reached.pixels(image.size)
    if inside[0] >= inside[2] or inside[1] >= inside[3]:
        return
    patch = image.crop(inside)
    shown = mask(patch, max(face.box.width, face.box.height))
    if face.shape == "box":
        image.paste(shown, inside[:2])
        return
    # The part of the ellipse's square, 256 pixels a side, that falls on the photo.
    across, down = 256 / reached.width, 256 / reached.height
    part = (
        (inside[0] - reached.left) * across,
        (inside[1] - reached.upper) * down,
        (inside[2] - reached.left) * across,
        (inside[3] - reached.upper) * down,
    )
    alpha = soft_ellipse().resize(patch.size, Image.Resampling.BILINEAR, box=part)
    image.paste(shown, inside[:2], alpha)


def masked(face: Face, size: float) -> Box:
    """The box round what hides a face, an ellipse out to where it has faded; in whole pixels."""
    (x, y), reach = face.box.center, 0.5 if face.shape == "box" else size / 200 / SOLID_SHARE
    left, right = x - reach * face.box.width, x + reach * face.box.width
    upper, lower = y - reach * face.box.height, y + reach * face.box.height
    return Box(math.floor(left), math.floor(upper), math.ceil(right), math.ceil(lower))


@cache
def soft_ellipse() -> Image.Image:
    """Opaque in the middle, fading from SOLID_SHARE of the radius on; L, 256 pixels a side."""
    edge = 255 / math.sqrt(2)  # Pillow's gradient is 255 in the corners
    fade = 255 / (1 - SOLID_SHARE)
    return Image.radial_gradient("L").point(
        [max(0, min(255, round(fade * (1 - value / edge)))) for value in range(256)]
    )
