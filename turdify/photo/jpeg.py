"""What a JPEG's segments tell (ITU T.81, annex B), before anything is decoded; and how one is written like another."""

import io
import random
import re
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from PIL import Image, JpegImagePlugin

from turdify.errors import DamagedPhoto, IncompletePhoto, UnreadableKind
from turdify.photo.colors import Colors
from turdify.photo.contents import MAX_PARTS, Contents
from turdify.photo.orientation import FROM_BELOW, FROM_THE_RIGHT, QUARTER_TURNS

# A JPEG may be painted in many passes (scans), each of a few bytes and all its pixels' work: 300 kB can take a minute.
# Encoders make up to 14, of which one of 65 megapixels takes some 60 ms.
MAX_SCANS = 64
MAX_SCANNED_PIXELS = 15 * 65_000_000
START_OF_IMAGE, END_OF_IMAGE, START_OF_SCAN = 0xD8, 0xD9, 0xDA  # table B.1
JFIF, EXIF, ICC, ADOBE, COMMENT = 0xE0, 0xE1, 0xE2, 0xEE, 0xFE
APPLICATION = range(0xE0, 0xF0)
RESTARTS = range(0xD0, 0xD8)  # between intervals of the pixels' code, counted from 0 to 7 and again
FRAMES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}  # the others are tables and an extension
LOSSLESS = (0xC3, 0xC7, 0xCB, 0xCF)
# What libjpeg would stop at: not the stuffed zeros and restart markers of the pixels' code, nor reserved markers.
MARKER = re.compile(rb"\xff[\xc0-\xcf\xd8-\xfe]")
# What the segments begin with that count: whether the colors are YCbCr, the orientation, the color profile.
BEGINNINGS = {JFIF: b"JFIF\0", ADOBE: b"Adobe", EXIF: b"Exif\0\0", ICC: b"ICC_PROFILE\0"}

# What libjpeg fills in where the pixels' code ends too early.
FILLING = 128
# Code for more pixels, to see whether there is room for any.
MORE_CODE = random.Random(1).randbytes(4096).replace(b"\xff", b"\x7f")  # noqa: S311

# Pillow's numbers for subsampling, by how often luma and the two chromas are sampled, (across, down).
SUBSAMPLINGS: dict[tuple[tuple[int, int], ...], int] = {((2, 1), (1, 1), (1, 1)): 1, ((2, 2), (1, 1), (1, 1)): 2}
# What chroma's steps are multiplied by where its blocks begin elsewhere than the source's. Measured on a photo of
# quality 75: 2.2 dB, at 1.05 times the size. For luma's blocks half the steps cost 1.3 to 2 times the size.
FINER = 0.6
EIGHT_BY_EIGHT = [divmod(index, 8) for index in range(64)]


@dataclass
class Segments:
    """What the segments told so far. `profile` holds the color profile's parts by their numbers."""

    exif: bytes = b""
    profile: dict[int, bytes] = field(default_factory=dict)
    pixels: int = 0
    components: int = 0
    scanned: set[int] = field(default_factory=set)
    scans: int = 0

    def add(self, marker: int, body: bytes) -> bool:
        """Whether the decoder has to see this segment."""
        if marker in FRAMES:
            self.add_frame(marker, body)
        elif marker == START_OF_SCAN:
            self.scanned |= set(body[1 : 1 + 2 * body[0] : 2])
            self.scans += 1
        elif marker == EXIF and body.startswith(BEGINNINGS[EXIF]):
            self.exif = self.exif or body
        elif marker == ICC and body.startswith(BEGINNINGS[ICC]) and len(body) > 14:
            self.profile.setdefault(body[12], body[14:])
        if marker in (JFIF, ADOBE):
            return body.startswith(BEGINNINGS[marker])
        return marker not in APPLICATION and marker != COMMENT

    def add_frame(self, marker: int, body: bytes) -> None:
        if marker in LOSSLESS:
            raise UnreadableKind("lossless JPEG")
        if body[0] != 8:
            raise UnreadableKind(f"{body[0]}-bit JPEG")
        self.pixels = int.from_bytes(body[1:3]) * int.from_bytes(body[3:5])
        self.components = body[5]


def take_apart(data: bytes) -> Contents:
    """The picture itself; not what phones append to it, such as a video or a second picture.

    Raises UnreadableKind, DamagedPhoto, or IncompletePhoto where a color is missing.
    """
    segments, kept, start, position = Segments(), list[bytes](), 0, 2
    for _ in range(MAX_PARTS):
        found = MARKER.search(data, position)
        if not found or found[0][1] == END_OF_IMAGE:
            break
        if not segments.scans and found.start() > position:  # garbage that decoders skip, some of them slowly
            kept.append(data[start:position])
            start = found.start()
        position = found.end()
        if found[0][1] == START_OF_IMAGE:
            continue
        position += int.from_bytes(data[position : position + 2])  # a segment's length counts itself
        if not segments.add(found[0][1], data[found.end() + 2 : position]):
            kept.append(data[start : found.start()])
            start = position
    else:
        raise DamagedPhoto
    if segments.scans > MAX_SCANS or segments.scans * segments.pixels > MAX_SCANNED_PIXELS:
        raise DamagedPhoto
    if len(segments.scanned) < max(1, segments.components):
        raise IncompletePhoto
    rest = data[start : found.start()] if found else data[start:].rstrip(b"\xff")  # half a marker
    kept += [rest, bytes([0xFF, END_OF_IMAGE])]
    profile = b"".join(part for _, part in sorted(segments.profile.items()))
    return Contents(b"".join(kept), "JPEG", Colors(profile or None), segments.exif, missing=not found)


def lacks_pixels(contents: Contents, image: Image.Image) -> bool:
    """Whether the pixels' code of a JPEG ends too early. `image` is what it was decoded to.

    That is so where more code would change the picture. What is missing is gray, so the last pixel tells of most photos
    that they needn't be decoded again.
    """
    last = np.asarray(image.crop((image.width - 1, image.height - 1, *image.size)))
    if not contents.missing and np.abs(last.astype(int) - FILLING).max() > 1:
        return False
    code, end = contents.data[:-2], contents.data[-2:]
    longer = Image.open(io.BytesIO(code + more_code(code) + end), formats=["JPEG"])
    return longer.tobytes() != image.tobytes()


def more_code(data: bytes) -> bytes:
    """Code for what lacks behind the data, be it within an interval or, with restart markers, in the next."""
    scan = data.rindex(bytes([0xFF, START_OF_SCAN]))
    last = max(data.rfind(bytes([0xFF, marker]), scan) for marker in RESTARTS)
    following = RESTARTS[0 if last < 0 else (data[last + 1] - RESTARTS[0] + 1) % 8]
    return MORE_CODE + bytes([0xFF, following]) + MORE_CODE


def encoding_like(source: Image.Image, image: Image.Image, turn: Image.Transpose | None) -> dict[str, Any]:
    """Save parameters that repeat a JPEG's own quantization tables and chroma subsampling; none for other pictures.

    Where `image` was turned by a quarter, both are turned with it. Where a turn moves chroma's blocks, their steps are
    finer.
    """
    if not isinstance(source, JpegImagePlugin.JpegImageFile) or source.mode != image.mode:
        return {}
    tables = dict(source.quantization)  # of 64 numbers each, row by row
    factors = tuple((across, down) for _, across, down, _ in source.layer)
    if chroma_moves(source.size, factors[0], turn):
        tables |= {number: [max(1, round(FINER * step)) for step in tables[number]] for number in chroma_tables(source)}
    if turn in QUARTER_TURNS:
        tables = {
            number: [table[column * 8 + row] for row, column in EIGHT_BY_EIGHT] for number, table in tables.items()
        }
        factors = tuple((down, across) for across, down in factors)
    # What Pillow can't write, such as 4:2:2 turned by a quarter, is kept at full resolution.
    return {"qtables": tables, "subsampling": SUBSAMPLINGS.get(factors, 0)}


def chroma_tables(source: JpegImagePlugin.JpegImageFile) -> set[int]:
    """The numbers of the tables that chroma alone uses."""
    luma, *chromas = (table for *_, table in source.layer)
    return set(chromas) - {luma}


def chroma_moves(size: tuple[int, int], factors: tuple[int, int], turn: Image.Transpose | None) -> bool:
    """Whether chroma's blocks, but not luma's, begin elsewhere, as where 3000 rows are turned by a quarter.

    The last blocks reach over the picture's edge, which becomes the first one. `factors` say how many of luma's blocks
    are in one of chroma's, across and down.
    """
    edges = (size[0] if turn in FROM_THE_RIGHT else 0, size[1] if turn in FROM_BELOW else 0)
    return not any(edge % 8 for edge in edges) and any(
        edge % (8 * factor) for edge, factor in zip(edges, factors, strict=True)
    )
