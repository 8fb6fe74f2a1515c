"""The kinds of files that are written."""

from typing import Literal

Format = Literal["png", "jpeg", "webp"]
FORMATS: tuple[Format, ...] = ("png", "jpeg", "webp")
MEDIA_TYPES: dict[Format, str] = {"png": "image/png", "jpeg": "image/jpeg", "webp": "image/webp"}
SUFFIXES: dict[Format, str] = {"png": ".png", "jpeg": ".jpg", "webp": ".webp"}

# What each format can hold, in pixels a side: libjpeg's JPEG_MAX_DIMENSION, libwebp's WEBP_MAX_DIMENSION, PNG's IHDR.
MAX_SIDE: dict[Format, int] = {"png": 2**31 - 1, "jpeg": 65500, "webp": 16383}


def format_of_suffix(suffix: str) -> Format | None:
    """The format that a file name's suffix (".jpg") stands for, if it is one that we write."""
    others: dict[str, Format] = {".jpeg": "jpeg", ".jpe": "jpeg", ".jfif": "jpeg"}
    return ({suffix: format for format, suffix in SUFFIXES.items()} | others).get(suffix.lower())
