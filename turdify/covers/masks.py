"""Hiding a face without a picture: a gray patch, a mosaic or a blur. None can be undone."""

import math
from dataclasses import dataclass
from functools import cache

from PIL import Image

from turdify.covers.placement import DEFAULT_SIZE, strips
from turdify.faces import Box, Face

# Squares along the longer side of a face's box, whatever its size: nothing finer is left. With these, recognition
# matches faces no more often than it matches somebody else's (bench/privacy.py); a blur at 6, 4 and 3 still told more.
MOSAIC_SQUARES = 6
BLUR_SQUARES = 2

GRAY = 128

# Where a mask begins to fade, as a share of its radius.
SOLID_SHARE = 0.9


@dataclass(frozen=True)
class Mask:
    """A few colors, enlarged over what they were taken from.

    Each is the mean of a square, of which there are `squares` along the longer side of a face's box; None is gray.
    """

    squares: int | None
    enlarging: Image.Resampling

    def colors(self, image: Image.Image, inside: tuple[int, int, int, int], side: float) -> Image.Image:
        """Those of what is inside (left, upper, right, lower); `side` is the box's longer one, in pixels."""
        if self.squares is None:
            return Image.new("L", (1, 1), GRAY).convert(image.mode)
        left, upper, right, lower = inside
        square = max(1, side / self.squares)  # or a face of no size would have no end of colors
        size = max(1, round((right - left) / square)), max(1, round((lower - upper) / square))
        return image.resize(size, Image.Resampling.BOX, box=inside)


# Gray says nothing about what was there. A blur is a coarse mosaic made smooth: one of the photo itself could be
# sharpened again in part.
MASKS = {
    "solid": Mask(None, Image.Resampling.NEAREST),
    "mosaic": Mask(MOSAIC_SQUARES, Image.Resampling.NEAREST),
    "blur": Mask(BLUR_SQUARES, Image.Resampling.BICUBIC),
}


def mask_face(image: Image.Image, face: Face, mask: Mask, *, size: float = DEFAULT_SIZE) -> None:
    """Hide a face under a soft-edged ellipse, in place, as cover_face does under a picture.

    The ellipse is `size` percent of the one inscribed in the face's box; what has the shape "box" is hidden to its
    corners and no further. `image` is of mode L, LA, RGB or RGBA.
    """
    reached = masked(face, size)
    inside = reached.pixels(image.size)
    if inside[0] >= inside[2] or inside[1] >= inside[3]:
        return
    left, upper, right, lower = inside
    few = mask.colors(image, inside, max(face.box.width, face.box.height))
    # Both as high as what they hide, but narrow; so strips need no more than to be widened, and have no seams.
    colors, alpha = few.resize((few.width, lower - upper), mask.enlarging), tall_alpha(reached, inside)
    across = alpha.width / reached.width
    for top, bottom in strips(0, lower - upper):
        strip = right - left, bottom - top
        shown = colors.crop((0, top, colors.width, bottom)).resize(strip, mask.enlarging)
        if face.shape == "box":
            image.paste(shown, (left, upper + top))
        else:
            part = (left - reached.left) * across, top, (right - reached.left) * across, bottom
            image.paste(shown, (left, upper + top), alpha.resize(strip, Image.Resampling.BILINEAR, box=part))


def tall_alpha(reached: Box, inside: tuple[int, int, int, int]) -> Image.Image:
    """The ellipse in a box, as high as what is inside the photo, and as wide as it comes; L."""
    ellipse = soft_ellipse()
    down = ellipse.height / reached.height
    part = 0, (inside[1] - reached.upper) * down, ellipse.width, (inside[3] - reached.upper) * down
    return ellipse.resize((ellipse.width, inside[3] - inside[1]), Image.Resampling.BILINEAR, box=part)


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
