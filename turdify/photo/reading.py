"""Untrusted bytes to an upright picture."""

import io
import warnings
from dataclasses import dataclass
from typing import Any

import pillow_heif
from PIL import Image, JpegImagePlugin, UnidentifiedImageError

from turdify.errors import DamagedPhoto, NotAPhoto, PhotoTooLarge, TooManyPixels
from turdify.photo.formats import Format
from turdify.photo.jpeg import MAX_SCANS, count_scans, jpeg_encoding
from turdify.photo.modes import to_working_mode
from turdify.photo.orientation import QUARTER_TURNS, turn_upright
from turdify.photo.profiles import rewritten

pillow_heif.register_heif_opener(thumbnails=False, depth_images=False, aux_images=False)

MAX_BYTES = 25 * 2**20
MAX_PIXELS = 65_000_000  # phones make up to 64.1 million

# The only formats that reach a decoder; Pillow knows many more, Ghostscript's among them.
READABLE = ("JPEG", "PNG", "WEBP", "HEIF", "AVIF", "GIF")


@dataclass(frozen=True)
class Photo:
    """An upright picture and what must survive of its file.

    `image` is of mode L, LA, RGB or RGBA, without metadata. `format` is what the file should be encoded as to stay
    the same kind. `encoding` holds Pillow's parameters for the source's JPEG tables, where there are any.
    """

    image: Image.Image
    format: Format
    icc_profile: bytes | None
    encoding: dict[str, Any]


def read_photo(data: bytes, *, max_bytes: int = MAX_BYTES, max_pixels: int = MAX_PIXELS) -> Photo:
    """Decode a photo and turn it upright; of an animation, the first frame.

    Raises PhotoTooLarge, NotAPhoto, TooManyPixels (before anything is decoded) or DamagedPhoto.
    """
    if len(data) > max_bytes:
        raise PhotoTooLarge(max_bytes)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about size, which is checked, and about oddities of files, which are mended
        source = open_image(data, max_pixels)
        try:
            source.load()
            image = to_working_mode(source)
            turn = turn_upright(source.info.get("exif", b""))
            image = image if turn is None else image.transpose(turn)
        except Exception as error:  # Pillow's decoders raise some ten types; whichever it is, the file is at fault
            raise DamagedPhoto from error
    profile = source.info.get("icc_profile")
    icc_profile = rewritten(profile, b"GRAY" if image.mode in ("L", "LA") else b"RGB ") if profile else None
    if image is source:
        image = source.copy()  # what was opened holds its decoder, a WebP's with two more pictures
    image.info = {}
    return Photo(
        image, same_format(source, image), icc_profile, jpeg_encoding(source, image, on_its_side=turn in QUARTER_TURNS)
    )


def open_image(data: bytes, max_pixels: int) -> Image.Image:
    """Read the header only. Raises NotAPhoto, TooManyPixels or DamagedPhoto."""
    try:
        image = Image.open(io.BytesIO(data), formats=READABLE)
    except UnidentifiedImageError as error:
        raise (DamagedPhoto if starts_like_a_photo(data) else NotAPhoto) from error
    except Image.DecompressionBombError as error:
        raise TooManyPixels(max_pixels) from error
    except Exception as error:
        raise DamagedPhoto from error
    if image.width * image.height > max_pixels:
        raise TooManyPixels(max_pixels)
    if isinstance(image, JpegImagePlugin.JpegImageFile) and count_scans(data) > MAX_SCANS:
        raise DamagedPhoto
    return image


def starts_like_a_photo(data: bytes) -> bool:
    """Whether the first bytes are those of a format that we read."""
    accepts = (Image.OPEN[format][1] for format in READABLE)
    return any(accept is not None and accept(data[:16]) is True for accept in accepts)


def same_format(source: Image.Image, image: Image.Image) -> Format:
    """JPEG, PNG and WebP stay what they are; HEIC and AVIF become JPEG, or PNG if transparent; GIF becomes PNG."""
    if source.format in ("JPEG", "MPO"):
        return "jpeg"
    if source.format == "WEBP":
        return "webp"
    if source.format in ("HEIF", "AVIF") and image.mode in ("L", "RGB"):
        return "jpeg"
    return "png"
