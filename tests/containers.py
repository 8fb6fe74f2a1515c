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


def with_segments(jpeg: bytes, *segments: tuple[int, bytes]) -> bytes:
    """A JPEG with segments (marker, body) behind its first two bytes."""
    inserted = b"".join(struct.pack(">BBH", 0xFF, marker, 2 + len(body)) + body for marker, body in segments)
    return jpeg[:2] + inserted + jpeg[2:]


def with_coding(file: bytes, primaries: int, curve: int) -> bytes:
    """An AVIF or HEIC whose color numbers (nclx) are these."""
    at = file.index(b"nclx") + 4
    return file[:at] + struct.pack(">HH", primaries, curve) + file[at + 4 :]
