"""Only where a picture is drawn is it laid, and everywhere there."""

import numpy as np
import pytest
from PIL import Image, ImageDraw

from turdify.covers.artwork import Artwork, load_artwork
from turdify.covers.blending import blend, draw, lay, parts
from turdify.covers.placement import Placement
from turdify.faces import Ellipse

# Odd shapes, as lines between points of a square with sides of 1.
SHAPES: dict[str, list[list[tuple[float, float]]]] = {
    "all of it": [[(0, 0.5), (1, 0.5)]],
    "two specks": [[(0.5, 0), (0.5, 0.03)], [(0, 0.97), (0, 1)]],
    "a ring": [[(0.5 + 0.5 * np.cos(turn), 0.5 + 0.5 * np.sin(turn)) for turn in np.linspace(0, 2 * np.pi, 60)]],
    "a hook": [[(0, 0), (0, 1), (1, 1)]],
    "a comb": [[(x, 0), (x, 0.5)] for x in np.linspace(0, 1, 12)],
}


def artwork_of(shape: str, side: int) -> Artwork:
    picture = Image.new("RGBA", (side, side))
    width = side if shape == "all of it" else max(1, side // 40)
    for line in SHAPES[shape]:
        ImageDraw.Draw(picture).line([(x * (side - 1), y * (side - 1)) for x, y in line], "white", width)
    return Artwork(picture.copy, picture.size, Ellipse((side / 2, side / 2), (side / 2, side / 2)))


@pytest.mark.parametrize("angle", [0, 17, 45, 90, 200])
@pytest.mark.parametrize("side", [24, 400, 1100])
@pytest.mark.parametrize("shape", SHAPES)
def test_nothing_of_a_picture_is_left_out_however_it_is_shaped(shape: str, side: int, angle: float) -> None:
    """Laid in parts it looks the same as in one piece, but for how the fractions of a pixel are rounded."""
    artwork = artwork_of(shape, side)
    for across in (50, 330, 700):
        placement = Placement((side / 2, side / 2), (501.3, 489.8), across / side, angle)
        level = artwork.hold({placement.level})[placement.level]
        laid, whole = Image.new("RGB", (1000, 980)), Image.new("RGB", (1000, 980))
        lay(laid, level, placement)
        patch = draw(level, placement.to_drawn(level.pitch), placement.oversampling, (0, 0, *whole.size))
        blend(whole, patch, (0, 0))
        assert np.asarray(whole).any()
        assert np.abs(np.asarray(laid).astype(int) - np.asarray(whole)).max() <= 5


@pytest.mark.parametrize("angle", [0, 17, 45])
def test_little_more_is_drawn_than_there_is(angle: float) -> None:
    artwork = load_artwork("star")
    placement = Placement((1024, 1024), (1500, 1500), 1.0, angle)
    level = artwork.hold({0})[0]
    drawn = sum((right - left) * (lower - upper) for left, upper, right, lower in parts(level, placement, (3000, 3000)))
    assert drawn < 1.2 * np.count_nonzero(level.pixels[..., 3])
