"""Files that are not the photos they claim to be, and the status that each deserves."""

import struct
import zlib
from collections.abc import Callable
from functools import cache

from PIL import Image

from tests.containers import END, SIGNATURE, chunk, heic_grid, tiff_of_a_tile
from tests.pictures import astronaut, encoded, gradient

SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><script>alert(1)</script></svg>'


def png_claiming(width: int, height: int) -> bytes:
    """A PNG of a few bytes whose header claims a size."""

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return SIGNATURE + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")) + END


def webp_claiming(side: int) -> bytes:
    """A lossless WebP of 34 bytes whose header claims a size, up to 16384."""
    bits = (side - 1) | (side - 1) << 14
    body = b"\x2f" + struct.pack("<I", bits) + b"\x00" * 9
    return b"RIFF" + struct.pack("<I", 4 + 8 + len(body)) + b"WEBPVP8L" + struct.pack("<I", len(body)) + body


def jpeg_of_scans(scans: int, side: int = 64) -> bytes:
    """A gray progressive JPEG whose last scan is there again and again."""
    jpeg = encoded(Image.new("L", (side, side), 128), "JPEG", progressive=True)
    last = jpeg.rindex(b"\xff\xda")
    return jpeg[:last] + jpeg[last:-2] * (scans - jpeg.count(b"\xff\xda") + 1) + jpeg[-2:]


def jpeg_of_segments(count: int, marker: int = 0xFE, body: bytes = b"") -> bytes:
    """A photo behind as many segments."""
    segment = struct.pack(">BBH", 0xFF, marker, 2 + len(body)) + body
    return JPEG[:2] + segment * count + JPEG[2:]


JPEG = encoded(astronaut(), "JPEG")
PNG = encoded(gradient((300, 200)), "PNG")

TILE = encoded(astronaut(), "HEIF")
WEBP = encoded(gradient(), "WEBP")
GIF = encoded(gradient(), "GIF")


@cache
def flat() -> bytes:
    return encoded(Image.new("RGB", (4096, 4096), "red"), "HEIF")


# Photos within the limits of bytes and, by their headers, of pixels, whose decoding would take seconds or minutes. Each
# is made when its test wants it, as together they take half a gigabyte.
EXHAUSTING: dict[str, Callable[[], bytes]] = {
    "JPEG of empty comments": lambda: jpeg_of_segments(4 * 2**20),
    "JPEG of EXIF": lambda: jpeg_of_segments(380, 0xE1, b"Exif\0\0II*\0\x08\0\0\0".ljust(65_500, b"\1")),
    "JPEG of color profiles": lambda: jpeg_of_segments(380, 0xE2, b"ICC_PROFILE\0\1\1".ljust(65_500, b"\1")),
    "JPEG of filling": lambda: JPEG[:2] + b"\xff" * 24 * 2**20 + JPEG[2:],
    "JPEG of restarts": lambda: JPEG[:-2] + b"\xff\xd0" * 12 * 2**20 + JPEG[-2:],
    "JPEG of 64 scans at 64 megapixels": lambda: jpeg_of_scans(64, 8000),
    "PNG of empty chunks": lambda: PNG[:33] + chunk(b"teSt", b"") * 2 * 2**20 + PNG[33:],
    "PNG of empty pixels": lambda: PNG[:-12] + chunk(b"IDAT", b"") * 2 * 2**20 + PNG[-12:],
    "PNG of an inflated profile": lambda: PNG[:33] + chunk(b"iCCP", b"x\0\0" + zlib.compress(bytes(2**28))) + PNG[33:],
    "GIF of empty comments": lambda: GIF[:781] + b"!\xfe\x01a\0" * 5 * 2**20 + GIF[781:],
    "GIF of a comment of pieces": lambda: GIF[:781] + b"!\xfe" + b"\x01a" * 12 * 2**20 + b"\0" + GIF[781:],
    "WebP of empty chunks": lambda: b"RIFF" + struct.pack("<I", 25_000_000) + WEBP[8:] + b"junk\0\0\0\0" * 3_125_000,
    "HEIC of empty boxes": lambda: TILE + struct.pack(">I4s", 8, b"free") * 3 * 2**20,
    "HEIC grid of 900 tiles": lambda: heic_grid(TILE, 30, 30, (64, 64)),
    "HEIC grid of large tiles": lambda: heic_grid(flat(), 2, 2, (64, 64)),
    "HEIC that claims a size": lambda: flat().replace(struct.pack(">II", 4096, 4096), struct.pack(">II", 64, 64)),
    "AVIF that claims a size": lambda: encoded(Image.new("RGB", (4096, 4096)), "AVIF", speed=10).replace(
        struct.pack(">II", 4096, 4096), struct.pack(">II", 64, 64)
    ),
    "TIFF that claims a size": lambda: tiff_of_a_tile(64, 16_000),
    "TIFF of tags": lambda: b"II*\0\x08\0\0\0\xff\xff" + b"\1" * 24 * 2**20,
}

HOSTILE: dict[str, tuple[bytes, int]] = {
    "text named .jpg": (b"I am not a photo.\n" * 100, 415),
    "empty": (b"", 415),
    "SVG": (SVG, 415),
    "HTML": (b"<!doctype html><script>alert(1)</script>", 415),
    "EPS": (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\nshowpage\n", 415),
    "PDF": (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", 415),
    "MP4": (b"\0\0\0\x18ftypisom\0\0\2\0isomavc1", 415),
    "TIFF of two pages": (encoded(gradient(), "TIFF", save_all=True, append_images=[gradient()]), 415),
    "truncated JPEG": (JPEG[: len(JPEG) // 2], 422),
    "truncated PNG": (PNG[: len(PNG) // 2], 422),
    "truncated WebP": (encoded(astronaut(), "WEBP")[:5000], 422),
    "truncated HEIC": (TILE[:5000], 422),
    "truncated AVIF": (encoded(astronaut(), "AVIF")[:5000], 422),
    "truncated GIF": (encoded(astronaut(), "GIF")[:5000], 422),
    "JPEG of 65 scans": (jpeg_of_scans(65), 422),
    "PNG of 50000x50000": (png_claiming(50_000, 50_000), 422),
    "PNG of one pixel too many": (png_claiming(1001, 1000), 422),
    "PNG of one pixel's width": (png_claiming(1, 65_501), 422),
    "WebP of 13300x13300": (webp_claiming(13_300), 422),
    "too many bytes": (JPEG + b"\0" * 2**20, 413),
}
