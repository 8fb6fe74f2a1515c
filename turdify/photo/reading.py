"""Untrusted bytes to an upright picture."""

import ctypes
import io
import struct
import warnings
from dataclasses import dataclass, field
from typing import Any

import pillow_heif
from PIL import Image, _imaging

from turdify.errors import (
    DamagedPhoto,
    IncompletePhoto,
    PhotoTooLarge,
    PhotoTooLong,
    TooManyPixels,
    TooMuchMemory,
    TurdifyError,
    UnreadableKind,
)
from turdify.photo import jpeg
from turdify.photo.contents import Contents
from turdify.photo.formats import Format
from turdify.photo.kinds import taker
from turdify.photo.modes import to_working_mode
from turdify.photo.orientation import turn_upright
from turdify.photo.palette import Palette, palette_of

# All of Pillow's kinds now: one that is loaded while memory is short would be missing for good.
Image.init()
# libtiff tells stderr what it makes of a file, past any log; Pillow tells us.
for teller in ("TIFFSetErrorHandler", "TIFFSetWarningHandler"):
    if set_teller := getattr(ctypes.CDLL(_imaging.__file__), teller, None):
        set_teller(None)
pillow_heif.register_heif_opener(thumbnails=False, depth_images=False, aux_images=False)
# About size, which is checked, and oddities of files, which are mended. Here, as all threads share one list of filters.
warnings.filterwarnings("ignore", module=r"PIL\.")

MAX_BYTES = 25 * 2**20
MAX_PIXELS = 65_000_000  # phones make up to 64.1 million
MAX_SIDE_READ = (
    65_500  # libjpeg's, and enough for everybody; pictures of a pixel's width take much memory for each pixel
)
# Tiles reach beyond the picture's edges, and beside colors there may be an alpha plane.
MAX_CODED = 2.5


@dataclass(frozen=True)
class Photo:
    """An upright picture and what must survive of its file.

    `image` is of mode L, LA, RGB or RGBA, without metadata. `format` is what the file should be encoded as to stay
    the same kind. `animated` says that it is the first of moving pictures. `encoding` holds, by format, Pillow's
    parameters for writing a file like the source, `palette` the source's colors where those are few.
    """

    image: Image.Image
    format: Format
    icc_profile: bytes | None
    animated: bool = False
    encoding: dict[Format, dict[str, Any]] = field(default_factory=dict)
    palette: Palette | None = None


def read_photo(data: bytes, *, max_bytes: int = MAX_BYTES, max_pixels: int = MAX_PIXELS) -> Photo:
    """Decode a photo and turn it upright; of an animation, the first frame.

    Raises PhotoTooLarge, NotAPhoto, UnreadableKind, and before anything is decoded TooManyPixels and PhotoTooLong;
    DamagedPhoto, IncompletePhoto or TooMuchMemory.
    """
    if not isinstance(data, bytes | bytearray | memoryview):
        raise TypeError(f"A photo is given as the bytes of its file (Path(...).read_bytes()), not as {type(data)}.")
    if len(data) > max_bytes:
        raise PhotoTooLarge(max_bytes)
    missing = False
    try:
        contents = taken_apart(bytes(data))
        missing = contents.missing
        return decoded(contents, max_pixels)
    except TurdifyError:
        raise
    except EOFError as error:
        raise IncompletePhoto from error
    except MemoryError as error:
        raise TooMuchMemory from error
    except Exception as error:  # Pillow's decoders raise some ten types; whichever it is, the file is at fault
        missing = missing or "truncated" in str(error).lower()
        raise (IncompletePhoto if missing else DamagedPhoto) from error


def taken_apart(data: bytes) -> Contents:
    """Raises TurdifyError or anything else."""
    take_apart = taker(data)
    try:
        return take_apart(data)
    except (IndexError, struct.error) as error:  # something is told to be behind the end
        raise IncompletePhoto from error


def decoded(contents: Contents, max_pixels: int) -> Photo:
    """Raises TurdifyError or anything else."""
    source = opened(contents, max_pixels)
    image = to_working_mode(source, contents)
    if contents.format == "JPEG" and jpeg.lacks_pixels(contents, source):
        raise IncompletePhoto
    turn = turn_upright(contents, source)
    image = image if turn is None else image.transpose(turn)
    if image is source:
        image = pixels_alone(source)
    image.info = {}
    in_srgb = source.mode == "CMYK" or contents.colors.high_dynamic_range
    return Photo(
        image,
        same_format(contents, image),
        None if in_srgb else contents.colors.profile(gray=image.mode in ("L", "LA")),
        contents.animated,
        encoding_like(contents, source, image, turn),
        palette_of(image) if source.mode == "P" and not in_srgb else None,
    )


def pixels_alone(source: Image.Image) -> Image.Image:
    """What was opened without its decoder, of which a WebP's holds two more pictures.

    There is no public way that doesn't copy the pixels, which at 12 megapixels takes 20 ms and 48 MB.
    """
    source.load()
    return source.copy() if source.readonly else source._new(source.im)  # HEIF's are its decoder's own


def opened(contents: Contents, max_pixels: int) -> Image.Image:
    """Read the header only. Raises TooManyPixels, PhotoTooLong, UnreadableKind and others."""
    try:
        image = Image.open(io.BytesIO(contents.data), formats=[contents.format])
    except Image.DecompressionBombError as error:
        raise TooManyPixels(max_pixels) from error
    except OSError as error:
        if "unsupported" in str(error).lower():  # as colors of 4 bits in a BMP
            raise UnreadableKind(contents.format) from error
        raise
    if image.width * image.height > max_pixels or contents.pixels > MAX_CODED * max_pixels:
        raise TooManyPixels(max_pixels)
    if max(image.size) > MAX_SIDE_READ:
        raise PhotoTooLong(MAX_SIDE_READ)
    # What is decoded for nothing: a few megapixels don't matter.
    if contents.pixels > MAX_CODED * image.width * image.height + 4_000_000:
        raise DamagedPhoto
    return image


def same_format(contents: Contents, image: Image.Image) -> Format:
    """JPEG and WebP stay what they are; HEIC and AVIF become JPEG, or PNG if transparent; all others become PNG."""
    if contents.format == "JPEG" or (contents.format in ("HEIF", "AVIF") and image.mode in ("L", "RGB")):
        return "jpeg"
    return "webp" if contents.format == "WEBP" else "png"


def encoding_like(
    contents: Contents, source: Image.Image, image: Image.Image, turn: Image.Transpose | None
) -> dict[Format, dict[str, Any]]:
    """Pillow's parameters, by format, for writing a file as the source was written."""
    if contents.format == "JPEG":
        return {"jpeg": jpeg.encoding_like(source, image, turn)}
    if contents.lossless:
        # Of colors under what is transparent nothing is lost either. More effort would take seconds.
        return {"webp": {"lossless": True, "exact": True, "quality": 0, "method": 0}}
    if contents.quality is not None:
        return {"webp": {"quality": contents.quality, "method": 2}}  # 0 makes files up to 1.6 times as large as theirs
    return {}
