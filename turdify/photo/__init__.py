"""Untrusted bytes to an upright picture, and a picture to bytes that tell nothing but the picture."""

from turdify.photo.encoding import encode
from turdify.photo.formats import FORMATS, MEDIA_TYPES, SUFFIXES, Format, format_of_suffix
from turdify.photo.reading import MAX_BYTES, MAX_PIXELS, Photo, read_photo

__all__ = [
    "FORMATS",
    "MAX_BYTES",
    "MAX_PIXELS",
    "MEDIA_TYPES",
    "SUFFIXES",
    "Format",
    "Photo",
    "encode",
    "format_of_suffix",
    "read_photo",
]
