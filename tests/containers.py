"""Files put together by hand, chunk by chunk and box by box."""

import struct
import zlib
from typing import Any

import numpy as np

SIGNATURE = b"\x89PNG\r\n\x1a\n"
END = struct.pack(">I4sI", 0, b"IEND", zlib.crc32(b"IEND"))


def chunk(name: bytes, body: bytes) -> bytes:
    """Of a PNG."""
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png(pixels: np.ndarray[Any, Any], *chunks: bytes) -> bytes:
    """A PNG of (height, width, 1 or 3) uint8 or uint16, with chunks before the pixels."""
    height, width, channels = pixels.shape
    depth = 8 * pixels.dtype.itemsize
    header = struct.pack(">IIBBBBB", width, height, depth, {1: 0, 3: 2}[channels], 0, 0, 0)
    rows = b"".join(b"\0" + row.astype(f">u{depth // 8}").tobytes() for row in pixels)
    return SIGNATURE + chunk(b"IHDR", header) + b"".join(chunks) + chunk(b"IDAT", zlib.compress(rows)) + END


def cicp(primaries: int, curve: int) -> bytes:
    return chunk(b"cICP", bytes([primaries, curve, 0, 1]))


def gama(gamma: float) -> bytes:
    return chunk(b"gAMA", struct.pack(">I", round(100_000 * gamma)))


def chrm(*numbers: float) -> bytes:
    """White, red, green and blue, x and y."""
    return chunk(b"cHRM", struct.pack(">8I", *(round(100_000 * number) for number in numbers)))


def clli(peak: float) -> bytes:
    """The brightest light in the picture, in candelas per square meter."""
    return chunk(b"cLLI", struct.pack(">II", round(10_000 * peak), 0))


def mdcv(peak: float) -> bytes:
    """The brightest light of the screen that a picture was made on."""
    return chunk(b"mDCV", struct.pack(">8HII", *[15_000] * 8, round(10_000 * peak), 1))


def tiff_of_a_tile(side: int, tile: int) -> bytes:
    """A gray TIFF in one square tile, which may be larger than it."""
    code = zlib.compress(bytes(tile * tile))
    numbers = {256: side, 257: side, 258: 8, 259: 8, 262: 1, 277: 1, 322: tile, 323: tile, 324: 134, 325: len(code)}
    entries = b"".join(struct.pack("<HHII", tag, 4, 1, number) for tag, number in numbers.items())
    return b"II*\0" + struct.pack("<IH", 8, len(numbers)) + entries + bytes(4) + code


def with_segments(jpeg: bytes, *segments: tuple[int, bytes]) -> bytes:
    """A JPEG with segments (marker, body) behind its first two bytes."""
    inserted = b"".join(struct.pack(">BBH", 0xFF, marker, 2 + len(body)) + body for marker, body in segments)
    return jpeg[:2] + inserted + jpeg[2:]


XMP = b"http://ns.adobe.com/xap/1.0/\0"
GAINS = """<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description xmlns:hdrgm="http://ns.adobe.com/hdr-gain-map/1.0/" hdrgm:Version="1.0" {0}/></rdf:RDF></x:xmpmeta>"""


def ultra_hdr(picture: bytes, gains: bytes) -> bytes:
    """Of two JPEGs, the second of which tells how much brighter than the first each place is, up to eight times."""
    telling = XMP + GAINS.format('hdrgm:GainMapMin="0" hdrgm:GainMapMax="3" hdrgm:HDRCapacityMax="3"').encode()
    gains = with_segments(gains, (0xE1, telling))

    def whole(offset: int, size: int) -> bytes:
        """With an index of pictures (CIPA DC-007) that says so of the second; what is in it, it counts from MM."""
        index = b"MM\0*" + struct.pack(">IH", 8, 3)
        index += struct.pack(">HHI4s", 0xB000, 7, 4, b"0100") + struct.pack(">HHII", 0xB001, 4, 1, 2)
        index += struct.pack(">HHII", 0xB002, 7, 32, 50) + bytes(4)
        index += struct.pack(">IIIHH", 0x030000, size, 0, 0, 0) + struct.pack(">IIIHH", 0, len(gains), offset, 0, 0)
        return with_segments(picture, (0xE1, XMP + GAINS.format("").encode()), (0xE2, b"MPF\0" + index))

    first = whole(0, 0)
    return whole(len(first) - first.index(b"MM\0*"), len(first)) + gains


def with_coding(file: bytes, primaries: int, curve: int) -> bytes:
    """An AVIF or HEIC whose color numbers (nclx) are these."""
    at = file.index(b"nclx") + 4
    return file[:at] + struct.pack(">HH", primaries, curve) + file[at + 4 :]


def box(name: bytes, *contents: bytes) -> bytes:
    """Of a HEIC or AVIF."""
    content = b"".join(contents)
    return struct.pack(">I4s", 8 + len(content), name) + content


def heic_grid(tile: bytes, columns: int, rows: int, size: tuple[int, int], tiles: int = 0) -> bytes:
    """A HEIC of as many tiles, each the picture of the HEIC `tile`, that claims to be of a size."""
    numbers = [2] * (tiles or columns * rows)
    entries = [struct.pack(">IHH4sx", 2 << 24, number, 0, kind) for number, kind in ((1, b"grid"), (2, b"hvc1"))]
    properties = [found(tile, b"hvcC"), found(tile, b"ispe"), box(b"ispe", struct.pack(">III", 0, *size))]
    code = found(tile, b"mdat")[8:]

    def meta(start: int) -> bytes:
        """With the code at `start` in the file; the grid's own data are in idat."""
        places = struct.pack(">IBBH", 1 << 24, 0x44, 0, 2)
        places += struct.pack(">HHHHII", 1, 1, 0, 1, 0, 8) + struct.pack(">HHHHII", 2, 0, 0, 1, start, len(code))
        return box(
            b"meta",
            bytes(4),
            box(b"hdlr", bytes(8), b"pict", bytes(13)),
            box(b"pitm", struct.pack(">IH", 0, 1)),
            box(b"iinf", struct.pack(">IH", 0, 2), *(box(b"infe", entry) for entry in entries)),
            box(b"iref", bytes(4), box(b"dimg", struct.pack(f">HH{len(numbers)}H", 1, len(numbers), *numbers))),
            box(
                b"iprp",
                box(b"ipco", *properties),
                box(b"ipma", struct.pack(">IIHBBHBBB", 0, 2, 1, 1, 3, 2, 2, 0x81, 2)),
            ),
            box(b"idat", struct.pack(">BBBBHH", 0, 0, rows - 1, columns - 1, *size)),
            box(b"iloc", places),
        )

    head = box(b"ftyp", b"heic", bytes(4), b"mif1heic")
    return head + meta(len(head) + len(meta(0)) + 8) + box(b"mdat", code)


def found(file: bytes, name: bytes) -> bytes:
    """The first box of that name, whole."""
    start = file.index(name) - 4
    return file[start : start + int.from_bytes(file[start : start + 4])]
