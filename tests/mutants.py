"""Damaged files, each by its number.

Half of the damage is done to a file's parts (chunks, segments, boxes), which get right lengths and checksums again, so
that it reaches the decoders; PNG's pixels are inflated for it and deflated again.
"""

import random
import re
import struct
import zlib
from collections.abc import Callable
from functools import cache

import numpy as np
from PIL import Image

from tests.containers import (
    SIGNATURE,
    chrm,
    chunk,
    cicp,
    gama,
    heic_grid,
    png,
    tiff_of_a_tile,
    with_coding,
    with_segments,
)
from tests.pictures import encoded, exif, gradient, moving
from tests.profiles import SRGB

# Made of a name and a content each: RIFF's and PNG's chunks, JPEG's segments, boxes.
Parts = list[tuple[bytes, bytes]]
CONTAINERS = (b"meta", b"iprp", b"ipco", b"moov", b"trak", b"mdia", b"minf", b"stbl", b"iref", b"iinf")
# What numbers break things: none, few, signs, most.
EDGES = (0, 1, 2, 3, 7, 8, 127, 128, 255, 256, 32767, 32768, 65535, 65536, 2**24, 2**31 - 1, 2**31, 2**32 - 1)


@cache
def seeds() -> dict[str, bytes]:
    """Whole files, some 24 pixels wide so that many can be tried: every format that is read, in many kinds."""
    plain = gradient((24, 16))
    clear = plain.convert("RGBA")
    clear.putalpha(Image.linear_gradient("L").resize(plain.size))
    gray, few, told = plain.convert("L"), plain.quantize(16), exif({0x0112: 6, 0x010F: "Maker"})
    deep = np.arange(24 * 16, dtype=np.uint16).reshape(16, 24, 1) * 170
    jpeg, tile = encoded(plain, "JPEG"), encoded(gradient((64, 64)), "HEIF")
    files = {
        "jpeg": jpeg,
        "jpeg told": encoded(plain, "JPEG", exif=told, icc_profile=SRGB, comment=b"hello", xmp=b"<x/>"),
        "jpeg progressive": encoded(plain, "JPEG", progressive=True),
        "jpeg gray": encoded(gray, "JPEG"),
        "jpeg cmyk": encoded(plain.convert("CMYK"), "JPEG"),
        "jpeg 4:2:2": encoded(plain, "JPEG", subsampling=1, restart_marker_rows=1),
        "jpeg odd": with_segments(encoded(plain, "JPEG", subsampling=0), (0xE2, b"MPF\0x"), (0xED, b"x")),
        "png gray deep": png(deep, gama(0.45), chunk(b"tRNS", b"\0\xaa")),
        "png deep": png(np.repeat(deep, 3, axis=2), cicp(9, 16)),
        "png told": encoded(plain, "PNG", exif=told, icc_profile=SRGB),
        "png numbers": png(np.asarray(plain), gama(1), chrm(0.31, 0.33, 0.64, 0.33, 0.3, 0.6, 0.15, 0.06)),
        "png palette": encoded(few, "PNG", transparency=3),
        "png bits": encoded(plain.convert("1"), "PNG"),
        "webp": encoded(plain, "WEBP", exif=told, icc_profile=SRGB),
        "webp clear": encoded(clear, "WEBP"),
        "webp lossless": encoded(clear, "WEBP", lossless=True),
        "gif": encoded(few, "GIF", transparency=2, comment=b"hello"),
        "heic told": encoded(plain, "HEIF", exif=told),
        "heic grid": heic_grid(tile, 2, 1, (100, 60)),
        "heic pq": with_coding(encoded(plain, "HEIF"), 9, 16),
        "avif clear": encoded(clear, "AVIF", speed=10),
        "avif told": encoded(plain, "AVIF", speed=10, exif=told, icc_profile=SRGB),
        "avif hlg": with_coding(encoded(plain, "AVIF", speed=10), 9, 18),
    }
    files["tiff tile"] = tiff_of_a_tile(24, 32)
    for mode in ("1", "L", "P", "RGB", "RGBA"):
        files[f"bmp {mode}"] = encoded(clear.convert(mode), "BMP")
    for mode, packing in (("1", "group4"), ("I;16", "raw"), ("LAB", "raw"), ("CMYK", "packbits")):
        files[f"tiff {mode}"] = encoded(plain.convert("1" if mode == "1" else mode), "TIFF", compression=packing)
    for packing in ("raw", "tiff_lzw", "tiff_adobe_deflate", "jpeg", "zstd"):
        files[f"tiff {packing}"] = encoded(plain, "TIFF", compression=packing, icc_profile=SRGB)
    for format in ("PNG", "WEBP", "GIF", "AVIF"):
        files[f"{format} moving"] = moving(format)
    return files


def mutant(number: int) -> tuple[str, bytes]:
    """The name of the whole file, and what became of it; always the same for the same number."""
    chance = random.Random(number)  # noqa: S311
    name, data = chance.choice(list(seeds().items()))
    split, join = STRUCTURES.get(name.split()[0].lower(), (None, None))
    if split is None or join is None or chance.random() < 0.4:
        return name, damaged(chance, data)
    parts = split(data)
    for _ in range(chance.choice((1, 1, 2, 5))):
        change_parts(chance, parts)
    return name, join(parts)


def change_parts(chance: random.Random, parts: Parts) -> None:
    """Leave one out, repeat one, exchange two, or damage what is in one."""
    index, kind = chance.randrange(len(parts)), chance.randrange(8)
    name, content = parts[index]
    if kind == 0 and len(parts) > 1:
        del parts[index]
    elif kind == 1:
        parts[index:index] = parts[index : index + 1] * chance.choice((1, 1, 1, 100))
    elif kind == 2:
        other = chance.randrange(len(parts))
        parts[index], parts[other] = parts[other], parts[index]
    elif name in CONTAINERS and (inner := boxes_of(content, name)):
        change_parts(chance, inner)
        parts[index] = name, content[: head_of(name)] + joined_boxes(inner)
    elif name == b"IDAT":
        parts[index] = name, zlib.compress(damaged(chance, inflated(content)), 1)
    else:
        parts[index] = name, damaged(chance, content)


def damaged(chance: random.Random, data: bytes) -> bytes:
    """With one or a few changes; half of the time of the same length, so that what is counted stays right."""
    result = bytearray(data)
    changes = CHANGES[: chance.choice((3, len(CHANGES)))]
    for _ in range(chance.choice((1, 1, 2, 3, 8))):
        chance.choice(changes)(chance, result, chance.randrange(len(result) + 1))
    return bytes(result)


def flip(chance: random.Random, data: bytearray, at: int) -> None:
    if at < len(data):
        data[at] ^= 1 << chance.randrange(8)


def set_number(chance: random.Random, data: bytearray, at: int) -> None:
    """To one at an edge, in either order of bytes."""
    size = chance.choice((1, 2, 4))
    if at + size <= len(data):
        number = chance.choice(EDGES) + chance.choice((-1, 0, 0, 1))
        data[at : at + size] = (number % 256**size).to_bytes(size, chance.choice(("big", "little")))


def scramble(chance: random.Random, data: bytearray, at: int) -> None:
    size = min(chance.choice((1, 2, 4, 16)), len(data) - at)
    data[at : at + size] = chance.choice((chance.randbytes(size), bytes(size), b"\xff" * size))


def cut_off(chance: random.Random, data: bytearray, at: int) -> None:
    del data[at:]


def leave_out(chance: random.Random, data: bytearray, at: int) -> None:
    del data[at : at + chance.choice((1, 2, 4, 30))]


def repeat(chance: random.Random, data: bytearray, at: int) -> None:
    data[at:at] = data[at : at + chance.choice((1, 4, 30))] * chance.choice((1, 1, 2, 100))


def insert(chance: random.Random, data: bytearray, at: int) -> None:
    data[at:at] = chance.randbytes(chance.choice((1, 2, 4, 30)))


Change = Callable[[random.Random, bytearray, int], None]
CHANGES: tuple[Change, ...] = (flip, set_number, scramble, cut_off, leave_out, repeat, insert)


def chunks_of_png(data: bytes) -> Parts:
    parts, at = [], len(SIGNATURE)
    while at < len(data):
        size = int.from_bytes(data[at : at + 4])
        parts.append((data[at + 4 : at + 8], data[at + 8 : at + 8 + size]))
        at += 12 + size
    return parts


def joined_png(parts: Parts) -> bytes:
    return SIGNATURE + b"".join(chunk(name, content) for name, content in parts)


def inflated(content: bytes) -> bytes:
    try:
        return zlib.decompressobj().decompress(content, 2**20)
    except zlib.error:  # damaged before
        return content


def segments_of_jpeg(data: bytes) -> Parts:
    """Markers with contents; a scan's is the pixels' code with its header, whose length counts only the header."""
    pieces = re.split(rb"(\xff[\xc0-\xcf\xda-\xfe])", data[2:-2])[1:]
    return [(name, content[2:]) for name, content in zip(pieces[::2], pieces[1::2], strict=True)]


def joined_jpeg(parts: Parts) -> bytes:
    result = b"\xff\xd8"
    for name, content in parts:
        size = 6 + 2 * content[0] if name == b"\xff\xda" and content else min(2 + len(content), 65_535)
        result += name + struct.pack(">H", size) + content
    return result + b"\xff\xd9"


def chunks_of_riff(data: bytes) -> Parts:
    parts, at = [], 12
    while at < len(data):
        name, size = struct.unpack_from("<4sI", data, at)
        parts.append((name, data[at + 8 : at + 8 + size]))
        at += 8 + size + size % 2
    return parts


def joined_riff(parts: Parts) -> bytes:
    body = b"".join(name + struct.pack("<I", len(part)) + part + b"\0" * (len(part) % 2) for name, part in parts)
    return b"RIFF" + struct.pack("<I", 4 + len(body)) + b"WEBP" + body


def head_of(name: bytes) -> int:
    """What is before the boxes in a box: a version and flags, and perhaps a number of entries."""
    return {b"meta": 4, b"iref": 4, b"iinf": 6}.get(name, 0)


def boxes_of(data: bytes, name: bytes = b"") -> Parts:
    parts, at = [], head_of(name)
    while at + 8 <= len(data):
        size = max(8, int.from_bytes(data[at : at + 4]))
        parts.append((data[at + 4 : at + 8], data[at + 8 : at + size]))
        at += size
    return parts


def joined_boxes(parts: Parts) -> bytes:
    return b"".join(struct.pack(">I", 8 + len(content)) + name + content for name, content in parts)


Structure = tuple[Callable[[bytes], Parts], Callable[[Parts], bytes]]
STRUCTURES: dict[str, Structure] = {
    "jpeg": (segments_of_jpeg, joined_jpeg),
    "png": (chunks_of_png, joined_png),
    "webp": (chunks_of_riff, joined_riff),
    "heic": (boxes_of, joined_boxes),
    "avif": (boxes_of, joined_boxes),
}
