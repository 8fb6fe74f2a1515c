"""Which kind of file bytes are, by how they begin; and how each kind that is read is taken apart."""

from collections.abc import Callable

from turdify.errors import NotAPhoto, UnreadableKind
from turdify.photo import bitmaps, heif, jpeg, png, webp
from turdify.photo.contents import Contents

Taker = Callable[[bytes], Contents]

READ: dict[bytes, Taker] = {
    b"\xff\xd8\xff": jpeg.take_apart,
    png.SIGNATURE: png.take_apart,
    b"GIF87a": bitmaps.take_gif_apart,
    b"GIF89a": bitmaps.take_gif_apart,
    b"BM": bitmaps.take_bmp_apart,
    b"II*\0": bitmaps.take_tiff_apart,
    b"MM\0*": bitmaps.take_tiff_apart,
}
BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"msf1", b"avif", b"avis")

# What people send that isn't read, by how it begins.
NAMED = {
    b"%PDF": "PDF",
    b"%!PS": "PostScript",
    b"8BPS": "PSD",
    b"FUJIFILMCCD-RAW": "RAW",
    b"IIRO": "RAW",
    b"IIRS": "RAW",
    b"MMOR": "RAW",
    b"IIU\0": "RAW",
    b"\0MRM": "RAW",
    b"FOVb": "RAW",
    b"II*\0\x10\0\0\0CR": "RAW",
    b"II+\0\x08\0\0\0": "BigTIFF",
    b"MM\0+\0\x08\0\0": "BigTIFF",
    b"\xff\xd8\xff\xf7": "JPEG-LS",
    b"PK\x03\x04": "ZIP",
    b"Rar!": "RAR",
    b"7z\xbc\xaf\x27\x1c": "7z",
    b"\x1aE\xdf\xa3": "Matroska",
    b"\0\0\x01\0": "ICO",
    b"\0\0\0\x0cjP  \r\n\x87\n": "JPEG 2000",
    b"\xff\x4f\xff\x51": "JPEG 2000",
    b"\xff\x0a": "JPEG XL",
    b"\0\0\0\x0cJXL \r\n\x87\n": "JPEG XL",
    b"<svg": "SVG",
}
RIFFS = {b"AVI ": "AVI", b"WAVE": "WAV"}
NAMED_BRANDS = {b"crx ": "RAW", b"qt  ": "QuickTime"}


def taker(data: bytes) -> Taker:
    """Raises UnreadableKind or NotAPhoto."""
    for beginning, kind in NAMED.items():
        if data.startswith(beginning):
            raise UnreadableKind(kind)
    for beginning, take_apart in READ.items():
        if data.startswith(beginning):
            return take_apart
    if data.startswith(b"RIFF"):
        if data[8:12] == b"WEBP":
            return webp.take_apart
        if data[8:12] in RIFFS:
            raise UnreadableKind(RIFFS[data[8:12]])
    if data[4:8] == b"ftyp":
        if data[8:12] in BRANDS:
            return heif.take_apart
        raise UnreadableKind(NAMED_BRANDS.get(data[8:12], "MP4"))
    if data.lstrip()[:5] == b"<?xml" and b"<svg" in data[:1000]:
        raise UnreadableKind("SVG")
    raise NotAPhoto
