"""Pictures of few colors, whose files are a third of others'."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Palette = NDArray[np.uint8]  # (n, 4), RGBA
Indices = NDArray[np.uint8]
Codes = NDArray[np.uint32]  # a color's four bytes as one number

MAX_COLORS = 256
# So many entries are enough for covers, which are drawn in few colors themselves.
MIN_SPARE = 16
# Otherwise covers take the picture's own colors if these are so near, in mean levels. Of 12 photos in 256 colors 11 are
# as near as 12, and nothing looks odd; in an icon's few colors a cover might not be known again.
MAX_APART = 16
PIXELS_AT_A_TIME = 2**20  # as places in a table, they take eight bytes each


def palette_of(image: Image.Image) -> Palette | None:
    """The colors that a picture uses; None if they are too many for a palette."""
    used = image.convert("RGBA").getcolors(MAX_COLORS)
    return np.array([color for _, color in used], np.uint8) if used else None


def indexed(image: Image.Image, palette: Palette) -> Image.Image:
    """The RGB or RGBA picture with a palette (P): `palette`, exactly, and all other colors in what is left over.

    Where too little is left over they become the nearest of the palette, or if that isn't near, the picture stays.
    """
    pixels = np.asarray(image.convert("RGBA"))
    known = np.unique(codes_of(palette))
    indices, others = looked_up(codes_of(pixels), known)
    counts = Image.fromarray(indices).histogram(Image.fromarray(~others))
    kept = np.array(counts[: len(known)]) > 0  # not what is under the covers only
    indices = (np.cumsum(kept) - 1).astype(np.uint8)[indices]
    entries = colors_of(known[kept])
    if others.any():
        found, added = matched(pixels[others], entries)
        if found is None:
            return image
        indices[others] = found
        entries = np.concatenate([entries, added])
    result = Image.fromarray(indices)
    mode = "RGBA" if image.mode == "RGBA" else "RGB"
    result.putpalette(entries[:, : len(mode)].tobytes(), mode)
    return result


def codes_of(colors: NDArray[np.uint8]) -> Codes:
    return colors.view(np.uint32)[..., 0]


def colors_of(codes: Codes) -> Palette:
    return codes.view(np.uint8).reshape(-1, 4)


def looked_up(codes: Codes, known: Codes) -> tuple[Indices, NDArray[np.bool_]]:
    """Where in `known`, which is sorted, each code is; and which ones are not in it."""
    indices, others = np.empty(codes.shape, np.uint8), np.empty(codes.shape, bool)
    rows = max(1, PIXELS_AT_A_TIME // codes.shape[1])
    for top in range(0, len(codes), rows):
        strip = slice(top, top + rows)
        places = np.searchsorted(known, codes[strip]).clip(0, len(known) - 1)
        indices[strip], others[strip] = places, known[places] != codes[strip]
    return indices, others


def matched(colors: NDArray[np.uint8], entries: Palette) -> tuple[Indices | None, Palette]:
    """For each color (n, 4) the index of an entry, and entries to add; None for the indices if no entry is near."""
    spare = MAX_COLORS - len(entries)
    picture = Image.fromarray(colors[None])
    reduced = picture.quantize(spare if spare >= MIN_SPARE else MAX_COLORS, Image.Quantize.FASTOCTREE)
    wanted = np.frombuffer(reduced.im.getpalette("RGBA"), np.uint8).reshape(-1, 4)
    numbers = np.asarray(reduced)[0]
    if spare >= MIN_SPARE:
        return numbers + np.uint8(len(entries)), wanted[:spare]
    apart = np.abs(wanted[:, None].astype(np.int16) - entries).astype(np.int32)
    nearest = np.square(apart).sum(axis=2).argmin(axis=1)
    mean = apart[np.arange(len(wanted)), nearest].mean(axis=1)[numbers].mean()
    return (nearest.astype(np.uint8)[numbers] if mean <= MAX_APART else None), entries[:0]
