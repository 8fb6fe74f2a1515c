"""Files that are not the photos they claim to be, and the status that each deserves."""

import struct
import zlib

from PIL import Image

from tests.pictures import astronaut, encoded, gradient

SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><script>alert(1)</script></svg>'


def png_claiming(width: int, height: int) -> bytes:
    """A PNG of a few bytes whose header claims a size."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


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


JPEG = encoded(astronaut(), "JPEG")
PNG = encoded(gradient((300, 200)), "PNG")

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
    "truncated HEIC": (encoded(astronaut(), "HEIF")[:5000], 422),
    "truncated AVIF": (encoded(astronaut(), "AVIF")[:5000], 422),
    "truncated GIF": (encoded(astronaut(), "GIF")[:5000], 422),
    "JPEG of 65 scans": (jpeg_of_scans(65), 422),
    "PNG of 50000x50000": (png_claiming(50_000, 50_000), 422),
    "PNG of one pixel too many": (png_claiming(1001, 1000), 422),
    "WebP of 13300x13300": (webp_claiming(13_300), 422),
    "too many bytes": (JPEG + b"\0" * 2**20, 413),
}
