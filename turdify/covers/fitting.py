"""Where in a picture a face can lie hidden."""

import math

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from turdify.faces import Ellipse

# How much narrower than high faces are; of the labeled ones, the median of width over height.
FACE_PROPORTION = 0.77

# Cells along the longer side in which the center is searched, before it is searched more finely near the best.
CELLS = 96

# How far from a pixel's center its color is drawn, where each pixel becomes many: to the centers of the next ones.
SPREAD = np.sqrt(2)

# The least share of a picture that the ellipse has to fill; with less, the cover would be huge round a face.
MIN_SHARE = 0.1


def fit_ellipse(alpha: Image.Image) -> Ellipse | None:
    """The largest upright ellipse in which a picture's alpha channel is 255, in its pixels; None if that is too small.

    It is the largest of a face's proportions, made as wide, and then as high, as the picture allows. There the picture
    is opaque however much it is enlarged.
    """
    opaque = np.asarray(alpha) == 255
    if opaque.all() and min(opaque.shape) > 1:
        return Ellipse((alpha.width / 2, alpha.height / 2), ((alpha.width - 1) / 2, (alpha.height - 1) / 2))
    # The pixels just outside what is opaque, by their centers, those round the picture among them.
    cell = -(-max(opaque.shape) // CELLS)
    padded = np.pad(opaque, cell)
    y, x = np.nonzero(rim(padded)) - np.array([[cell - 0.5], [cell - 0.5]])
    start, nearby = deepest(opaque, cell), np.linspace(-cell, cell, 9)
    if start is None:
        return None
    around = [(start[0] + dx, start[1] + dy) for dx in nearby for dy in nearby]
    # Not beside what is opaque, where its rim is far, too.
    within = [(cx, cy) for cx, cy in around if padded[math.floor(cy) + cell, math.floor(cx) + cell]]
    center_x, center_y = max(within, key=lambda c: np.hypot((x - c[0]) / FACE_PROPORTION, y - c[1]).min(initial=np.inf))
    across, down = np.abs(x - center_x), np.abs(y - center_y)
    height = float(np.hypot(across / FACE_PROPORTION, down).min(initial=np.inf)) - 1  # so that the poles let it widen
    if not 0 < height < np.inf:
        return None
    beside = down < height
    width = float((across[beside] / np.sqrt(1 - (down[beside] / height) ** 2)).min(initial=np.inf))
    above = across < width
    height = float((down[above] / np.sqrt(1 - (across[above] / width) ** 2)).min(initial=np.inf))
    width, height = width - SPREAD, height - SPREAD
    if not (min(width, height) > 0 and MIN_SHARE * alpha.width * alpha.height <= np.pi * width * height < np.inf):
        return None
    return Ellipse((center_x, center_y), (width, height))


def deepest(opaque: NDArray[np.bool_], cell: int) -> tuple[float, float] | None:
    """About where (x, y) the largest ellipse of a face's proportions is opaque, in steps of `cell` pixels.

    None where there is nothing as large as such a step.
    """
    rows, columns = (-(-side // cell) for side in opaque.shape)
    whole = np.zeros((rows * cell, columns * cell), np.bool_)
    whole[: opaque.shape[0], : opaque.shape[1]] = opaque
    cells = np.pad(whole.reshape(rows, cell, columns, cell).all(axis=(1, 3)), 1)
    y, x = np.nonzero(cells)
    rim_y, rim_x = np.nonzero(rim(cells))
    if not y.size:
        return None
    depths = (((x[:, None] - rim_x) / FACE_PROPORTION) ** 2 + (y[:, None] - rim_y) ** 2).min(axis=1)
    best = int(np.argmax(depths))
    return float((x[best] - 0.5) * cell), float((y[best] - 0.5) * cell)


def rim(opaque: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """What is not opaque beside, above or below what is; the outermost rows and columns have to be transparent."""
    beside = np.zeros_like(opaque)
    beside[1:] |= opaque[:-1]
    beside[:-1] |= opaque[1:]
    beside[:, 1:] |= opaque[:, :-1]
    beside[:, :-1] |= opaque[:, 1:]
    return np.asarray(beside & ~opaque)
