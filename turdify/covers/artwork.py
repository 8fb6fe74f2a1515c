"""The pictures that cover faces, and where in each picture the face goes."""

import math
import tomllib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter, ImageOps

from turdify.covers.fitting import fit_ellipse
from turdify.errors import UnsupportedOption
from turdify.faces import Ellipse

FOLDER = Path(__file__).parent
DECLARED = tomllib.loads((FOLDER / "covers.toml").read_text())

# Their names, in the order of covers.toml: the default first.
PICTURES: tuple[str, ...] = tuple(DECLARED)

SIDE = 2048  # of every cover's picture, in pixels

# How much smaller each level is than the one before.
STEP = math.sqrt(2)

# Of each picture's levels the smallest outlive a request, together of at most so many bytes. The whole picture takes 17
# MB, and 50 ms to make anew; the default's outlives it, too, as most photos want that.
HELD_BYTES = 5_900_000

# Pixels of four bytes in two cache lines, of 64 bytes. Rows of an odd number of lines don't drive each other out of the
# cache, where a turned cover needs the pixels above each other.
TWO_LINES = 32

# How many cells wide or high a picture is at most when its outline is looked for.
OUTLINED_SIDE = 256


@dataclass(frozen=True)
class Level:
    """A picture at one of its sizes, ready to be resampled.

    `pixels` are (height, width, 4) uint8, RGBa: RGB premultiplied by alpha. They have a transparent rim of one pixel,
    on the right of some more, so that edges fade where the picture ends. `pitch` is how many of the picture's pixels
    one of them is, (across, down). `outline` (n, 2) are points, in the picture's pixels, along the rim of what is
    drawn; nothing is drawn further out from them than `reach`.
    """

    pixels: NDArray[np.uint8]
    pitch: tuple[float, float]
    outline: NDArray[np.float64]
    reach: float


@dataclass(frozen=True)
class Artwork:
    """A picture of `size` (width, height), and the ellipse in it that a face is to lie in; it is opaque there.

    `decode` returns the picture as RGBA, anew at each call. What is made of it is held in `levels`, by number: level n
    is STEP**n times smaller.
    """

    decode: Callable[[], Image.Image]
    size: tuple[int, int]
    face: Ellipse
    levels: dict[int, Level] = field(default_factory=dict, repr=False, compare=False)

    def hold(self, numbers: Iterable[int]) -> dict[int, Level]:
        """All levels of these numbers; the picture is decoded at most once for them."""
        wanted, held = set(numbers), dict(self.levels)  # at one moment: another thread may let them go
        levels = {number: held[number] for number in wanted & set(held)}
        missing = sorted(wanted - set(levels))
        if missing:
            picture = self.decode().convert("RGBa")
            for number in missing:
                width, height = (max(1, round(side / STEP**number)) for side in self.size)
                # The gap makes it shrink by whole factors first, which is faster.
                level = picture.resize((width, height), Image.Resampling.HAMMING, reducing_gap=2.0)
                levels[number] = level_from(level, (self.size[0] / width, self.size[1] / height))
            self.levels.update(levels)
        return levels

    def let_go(self) -> None:
        """Keep only the smallest levels, of at most HELD_BYTES together."""
        held = 0
        for number, level in sorted(self.levels.items(), reverse=True):
            held += level.pixels.nbytes
            if held > HELD_BYTES:
                self.levels.pop(number, None)


def level_from(picture: Image.Image, pitch: tuple[float, float]) -> Level:
    """The RGBa picture as a level whose pixels are `pitch` wide and high."""
    pixels = np.asarray(picture.crop((-1, -1, odd_lines(picture.width + 2) - 1, picture.height + 1)))
    cell = -(-max(picture.size) // OUTLINED_SIDE)
    drawn = picture.getchannel("a").point(lambda alpha: 255 * (alpha > 0)).reduce(cell)
    # A cell's corner is half a diagonal from its center, and a pixel's color spreads to the next pixel.
    reach = (cell / 2 + 1) * math.hypot(*pitch)
    return Level(pixels, pitch, outline(drawn) * cell * pitch, reach)


def odd_lines(width: int) -> int:
    """The least number of pixels from `width` on that fill an odd number of cache lines."""
    return width + (TWO_LINES // 2 - width) % TWO_LINES


def outline(picture: Image.Image) -> NDArray[np.float64]:
    """The centers (n, 2) of the pixels of a gray picture that aren't black but touch one that is, or the border."""
    drawn = ImageOps.expand(picture.point(lambda gray: 255 * (gray > 0)), 1)
    inner = drawn.filter(ImageFilter.MinFilter(3))
    rows, columns = np.nonzero(np.asarray(drawn) != np.asarray(inner))
    return np.stack([columns, rows], axis=1, dtype=np.float64) - 0.5


@cache
def load_artwork(name: str) -> Artwork:
    """A cover by its name in PICTURES; KeyError for any other name."""
    face = DECLARED[name]["face"]
    return Artwork(lambda: decode(name), (SIDE, SIDE), Ellipse(tuple(face["center"]), tuple(face["radii"])))


def decode(name: str) -> Image.Image:
    """The picture of a cover, RGBA."""
    with Image.open(FOLDER / "pictures" / f"{name}.png") as image:
        image.load()
    return image


def artwork_from(image: Image.Image) -> Artwork:
    """Somebody's own picture as a cover: the face goes where it is opaque. Larger pictures are shrunk to SIDE.

    `image` is of mode L, LA, RGB or RGBA. Raises UnsupportedOption for one that can't hide a face, as it is too
    small or too transparent.
    """
    picture = image.convert("RGBA")
    picture.thumbnail((SIDE, SIDE))
    ellipse = fit_ellipse(picture.getchannel("A"))
    if ellipse is None:
        raise UnsupportedOption(
            "That cover is too small or too transparent to hide a face. Choose a larger picture with a solid middle."
        )
    return Artwork(picture.copy, picture.size, ellipse)
