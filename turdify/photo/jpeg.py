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


def count_scans(jpeg: bytes) -> int:
    """The scans of a JPEG's picture; what phones append to it, such as a video, is not looked at."""
    scans, position = 0, 0
    while (found := JPEG_MARKER.search(jpeg, position)) and found[0][-1] != END_OF_IMAGE:
        position = found.end()
        if found[0][-1] != START_OF_IMAGE:
            position += int.from_bytes(jpeg[position : position + 2])  # the segment's length counts itself
        scans += found[0][-1] == START_OF_SCAN
    return scans


def jpeg_encoding(source: Image.Image, image: Image.Image) -> dict[str, Any]:
    """Save parameters that repeat a JPEG's own quantization tables and chroma subsampling; none for other pictures."""
    if not isinstance(source, JpegImagePlugin.JpegImageFile) or source.mode != image.mode:
        return {}
    sampling = JpegImagePlugin.get_sampling(source)
    # What Pillow can't write (-1; portrait cameras' 4:4:0) is kept at full resolution.
    return {"qtables": source.quantization, "subsampling": max(sampling, 0)}
