"""Pictures of few colors, whose files are a third of others'."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Palette = NDArray[np.uint8]  # (n, 4), RGBA

MAX_COLORS = 256
# Left over for covers, at least; they are drawn in few colors themselves.
MIN_SPARE = 16


def palette_of(image: Image.Image) -> Palette | None:
    """The colors that a picture with a palette uses; None for other pictures, and where none are left over."""
    used = image.convert("RGBA").getcolors(MAX_COLORS) if image.mode == "P" else None
    if not used or len(used) > MAX_COLORS - MIN_SPARE:
        return None
    return np.array([color for _, color in used], np.uint8)


def indexed(image: Image.Image, palette: Palette) -> Image.Image:
    """The RGB or RGBA picture with a palette (P): `palette`, exactly, and all other colors in what is left over."""
    pixels = np.asarray(image.convert("RGBA"))
    codes = pixels.view(np.uint32)[..., 0]
    known = np.unique(palette.view(np.uint32)[:, 0])
    indices = np.searchsorted(known, codes).clip(0, len(known) - 1).astype(np.uint8)
    others = known[indices] != codes
    colors = [known.view(np.uint8).reshape(-1, 4)]
    if others.any():
        rest = Image.fromarray(pixels[others][None]).quantize(MAX_COLORS - len(known), Image.Quantize.FASTOCTREE)
        indices[others] = np.asarray(rest)[0] + len(known)
        colors.append(np.frombuffer(rest.im.getpalette("RGBA"), np.uint8).reshape(-1, 4))
    result = Image.fromarray(indices)
    entries = np.concatenate(colors)[:MAX_COLORS]
    mode = "RGBA" if image.mode == "RGBA" else "RGB"
    result.putpalette(entries[:, : len(mode)].tobytes(), mode)
    return result
