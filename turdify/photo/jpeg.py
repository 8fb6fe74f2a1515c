"""What a JPEG's segments tell, before anything is decoded; and how one is written like another."""

import re
from typing import Any

from PIL import Image, JpegImagePlugin

# A JPEG may be painted in many passes (scans), each of a few bytes and all its pixels' work: 300 kB can take a minute.
# Encoders make up to 14, of 64 megapixels 64 take 3 seconds.
MAX_SCANS = 64
START_OF_IMAGE, END_OF_IMAGE, START_OF_SCAN = 0xD8, 0xD9, 0xDA  # ITU T.81, table B.1
# What libjpeg would stop at: not the stuffed zeros and restart markers of the pixels' code, nor reserved markers.
JPEG_MARKER = re.compile(rb"\xff+[\xc0-\xcf\xd8-\xfe]")

# Pillow's numbers for subsampling, by how often luma and the two chromas are sampled, (across, down).
SUBSAMPLINGS: dict[tuple[tuple[int, int], ...], int] = {((2, 1), (1, 1), (1, 1)): 1, ((2, 2), (1, 1), (1, 1)): 2}
EIGHT_BY_EIGHT = [divmod(index, 8) for index in range(64)]


def count_scans(jpeg: bytes) -> int:
    """The scans of a JPEG's picture; what phones append to it, such as a video, is not looked at."""
    scans, position = 0, 0
    while (found := JPEG_MARKER.search(jpeg, position)) and found[0][-1] != END_OF_IMAGE:
        position = found.end()
        if found[0][-1] != START_OF_IMAGE:
            position += int.from_bytes(jpeg[position : position + 2])  # the segment's length counts itself
        scans += found[0][-1] == START_OF_SCAN
    return scans


def jpeg_encoding(source: Image.Image, image: Image.Image, *, on_its_side: bool) -> dict[str, Any]:
    """Save parameters that repeat a JPEG's own quantization tables and chroma subsampling; none for other pictures.

    Where `image` was turned by a quarter, both are turned with it.
    """
    if not isinstance(source, JpegImagePlugin.JpegImageFile) or source.mode != image.mode:
        return {}
    tables = source.quantization  # of 64 numbers each, row by row
    factors = tuple((across, down) for _, across, down, _ in source.layer)
    if on_its_side:
        tables = {
            number: [table[column * 8 + row] for row, column in EIGHT_BY_EIGHT] for number, table in tables.items()
        }
        factors = tuple((down, across) for across, down in factors)
    # What Pillow can't write, such as 4:2:2 turned by a quarter, is kept at full resolution.
    return {"qtables": tables, "subsampling": SUBSAMPLINGS.get(factors, 0)}
