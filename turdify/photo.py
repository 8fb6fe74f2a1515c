"""Untrusted bytes to an upright picture, and a picture to bytes that tell nothing but the picture."""

import io
import re
import warnings
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pillow_heif
from PIL import Image, ImageCms, JpegImagePlugin, UnidentifiedImageError

from turdify.errors import DamagedPhoto, NotAPhoto, PhotoTooLarge, TooManyPixels, UnsupportedOption

pillow_heif.register_heif_opener(thumbnails=False, depth_images=False, aux_images=False)

MAX_BYTES = 25 * 2**20
MAX_PIXELS = 65_000_000  # phones make up to 64.1 million

# The only formats that reach a decoder; Pillow knows many more, Ghostscript's among them.
READABLE = ("JPEG", "PNG", "WEBP", "HEIF", "AVIF", "GIF")

Format = Literal["png", "jpeg", "webp"]
FORMATS: tuple[Format, ...] = ("png", "jpeg", "webp")
MEDIA_TYPES: dict[Format, str] = {"png": "image/png", "jpeg": "image/jpeg", "webp": "image/webp"}
SUFFIXES: dict[Format, str] = {"png": ".png", "jpeg": ".jpg", "webp": ".webp"}

# What each format can hold, in pixels a side: libjpeg's JPEG_MAX_DIMENSION, libwebp's WEBP_MAX_DIMENSION, PNG's IHDR.
MAX_SIDE: dict[Format, int] = {"png": 2**31 - 1, "jpeg": 65500, "webp": 16383}

# For pictures that bring no JPEG tables of their own, and for WebP. Measured against the source of a 12 MP photo,
# quality 90 is 48 dB (Pillow's default of 75: 38 dB) at about the size of the source.
QUALITY = 90

# A JPEG may be painted in many passes (scans), each of a few bytes and all its pixels' work: 300 kB can take a minute.
# Encoders make up to 14, of 64 megapixels 64 take 3 seconds.
MAX_SCANS = 64
START_OF_IMAGE, END_OF_IMAGE, START_OF_SCAN = 0xD8, 0xD9, 0xDA  # ITU T.81, table B.1
# What libjpeg would stop at: not the stuffed zeros and restart markers of the pixels' code, nor reserved markers.
JPEG_MARKER = re.compile(rb"\xff+[\xc0-\xcf\xd8-\xfe]")

# EXIF's orientations (EXIF 2.3, tag 0x0112) that aren't upright, and what makes them so.
ORIENTATION_TAG = 0x0112
UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


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
            image = upright(to_working_mode(source), source)
        except Exception as error:  # Pillow's decoders raise some ten types; whichever it is, the file is at fault
            raise DamagedPhoto from error
    icc_profile = usable_profile(source.info.get("icc_profile"), source.mode, image.mode)
    if image is source:
        image = source.copy()  # what was opened holds its decoder, a WebP's with two more pictures
    image.info = {}
    return Photo(image, same_format(source, image), icc_profile, jpeg_encoding(source, image))


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


def count_scans(jpeg: bytes) -> int:
    """The scans of a JPEG's picture; what phones append to it, such as a video, is not looked at."""
    scans, position = 0, 0
    while (found := JPEG_MARKER.search(jpeg, position)) and found[0][-1] != END_OF_IMAGE:
        position = found.end()
        if found[0][-1] != START_OF_IMAGE:
            position += int.from_bytes(jpeg[position : position + 2])  # the segment's length counts itself
        scans += found[0][-1] == START_OF_SCAN
    return scans


def starts_like_a_photo(data: bytes) -> bool:
    """Whether the first bytes are those of a format that we read."""
    accepts = (Image.OPEN[format][1] for format in READABLE)
    return any(accept is not None and accept(data[:16]) is True for accept in accepts)


def to_working_mode(image: Image.Image) -> Image.Image:
    """The picture as L, LA, RGB or RGBA: gray stays gray, and transparency of any kind becomes an alpha channel."""
    if image.mode.startswith("I"):
        return sixteen_bits_to_eight(image)
    if image.mode == "CMYK":
        return cmyk_to_rgb(image)
    base = "L" if image.mode in ("1", "L", "LA", "La") else "RGB"
    mode = base + "A" if image.has_transparency_data else base
    return image if image.mode == mode else image.convert(mode)


def sixteen_bits_to_eight(image: Image.Image) -> Image.Image:
    """Gray of 16 bits a pixel as L, or LA if a level is transparent; scaled, where Pillow would clip."""
    levels = np.asarray(image).astype(np.uint32)
    gray = Image.fromarray(((levels + 128) // 257).astype(np.uint8))
    if "transparency" in image.info:
        gray.putalpha(Image.fromarray(np.where(levels == image.info["transparency"], 0, 255).astype(np.uint8)))
    return gray


def cmyk_to_rgb(image: Image.Image) -> Image.Image:
    """By the picture's own profile if it has a good one, into sRGB."""
    try:
        profile = ImageCms.ImageCmsProfile(io.BytesIO(image.info["icc_profile"]))
        to_srgb = ImageCms.buildTransform(profile, ImageCms.createProfile("sRGB"), "CMYK", "RGB")
    except Exception:  # there is no profile, or it is broken, or it isn't for CMYK
        return image.convert("RGB")
    return to_srgb.apply(image)


def upright(image: Image.Image, source: Image.Image) -> Image.Image:
    """Turned by the source's EXIF orientation; as it is where that is missing, unknown or broken."""
    try:
        exif = Image.Exif()  # and not source.getexif(), which falls back on XMP, as browsers don't
        exif.load(source.info.get("exif", b""))
        orientation = exif.get(ORIENTATION_TAG)
        transposition = UPRIGHT.get(orientation)  # type: ignore[arg-type]  # may be anything, even unhashable
    except Exception:  # a broken EXIF block can raise nearly anything, and is no reason to refuse a photo
        return image
    return image if transposition is None else image.transpose(transposition)


def usable_profile(profile: bytes | None, source_mode: str, mode: str) -> bytes | None:
    """The ICC profile, if it can be read and describes pictures of the mode that is written."""
    if not profile or source_mode == "CMYK":
        return None
    try:
        color_space = ImageCms.ImageCmsProfile(io.BytesIO(profile)).profile.xcolor_space.strip()
    except Exception:  # a broken profile can raise nearly anything, and is no reason to refuse a photo
        return None
    return profile if color_space == ("GRAY" if mode in ("L", "LA") else "RGB") else None


def same_format(source: Image.Image, image: Image.Image) -> Format:
    """JPEG, PNG and WebP stay what they are; HEIC and AVIF become JPEG, or PNG if transparent; GIF becomes PNG."""
    if source.format in ("JPEG", "MPO"):
        return "jpeg"
    if source.format == "WEBP":
        return "webp"
    if source.format in ("HEIF", "AVIF") and image.mode in ("L", "RGB"):
        return "jpeg"
    return "png"


def jpeg_encoding(source: Image.Image, image: Image.Image) -> dict[str, Any]:
    """Save parameters that repeat a JPEG's own quantization tables and chroma subsampling; none for other pictures."""
    if not isinstance(source, JpegImagePlugin.JpegImageFile) or source.mode != image.mode:
        return {}
    sampling = JpegImagePlugin.get_sampling(source)
    # What Pillow can't write (-1; portrait cameras' 4:4:0) is kept at full resolution.
    return {"qtables": source.quantization, "subsampling": max(sampling, 0)}


def encode(photo: Photo, format: Format) -> bytes:
    """The picture in a file of its own, with the ICC profile and nothing else. Transparency becomes white in JPEG.

    Raises UnsupportedOption where the format can't hold so large a picture.
    """
    image, side = photo.image, MAX_SIDE[format]
    if max(image.size) > side:
        raise UnsupportedOption(f"That photo has more than {side} pixels on a side, too many for {format}. Choose png.")
    if format == "jpeg" and image.mode in ("LA", "RGBA"):
        image = on_white(image)
    parameters: dict[str, Any] = {
        "png": {"compress_level": 1},  # 4 times faster than the default of 6, 13 % larger
        "jpeg": photo.encoding or {"quality": QUALITY},
        "webp": {"quality": QUALITY, "method": 0},  # 3.5 times faster than the default of 4, 26 % larger
    }[format]
    # WebP knows no gray, so a gray profile would be wrong in it.
    icc_profile = None if format == "webp" and image.mode in ("L", "LA") else photo.icc_profile
    buffer = io.BytesIO()
    image.save(buffer, format, icc_profile=icc_profile, **parameters)
    return buffer.getvalue()


def format_of_suffix(suffix: str) -> Format | None:
    """The format that a file name's suffix (".jpg") stands for, if it is one that we write."""
    suffixes: dict[str, Format] = {suffix: format for format, suffix in SUFFIXES.items()} | {".jpeg": "jpeg"}
    return suffixes.get(suffix.lower())


def on_white(image: Image.Image) -> Image.Image:
    """An LA or RGBA picture on a white ground, as L or RGB."""
    mode = image.mode.removesuffix("A")
    ground = Image.new(mode, image.size, "white")
    ground.paste(image.convert(mode), mask=image.getchannel("A"))
    return ground
