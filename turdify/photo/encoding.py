"""A picture to bytes that tell nothing but the picture."""

import io
from contextlib import suppress
from typing import Any

from PIL import Image

from turdify.errors import UnsupportedOption
from turdify.photo.formats import MAX_SIDE, Format
from turdify.photo.palette import indexed
from turdify.photo.reading import Photo
from turdify.photo.scanlines import COLOR_TYPES, png_file

# For pictures that bring no JPEG tables of their own, and for WebP. Measured against the source of a 12 MP photo,
# quality 90 is 48 dB (Pillow's default of 75: 38 dB) at about the size of the source.
QUALITY = 90
ENCODING: dict[Format, dict[str, Any]] = {
    "jpeg": {"quality": QUALITY},
    "webp": {"quality": QUALITY, "method": 0},  # 3.5 times faster than the default of 4, 26 % larger
}

# What becomes so many times smaller as a PNG is no photo: a plain ground, or an even gradient. Pillow's filters do
# better there, and are fast.
DRAWN_RATIO = 40

# WebP's first partition can overflow where a large photo has much detail; what is tried then, one after the other. With
# more effort there is less to tell in it, and with less quality.
WEBP_AGAIN: tuple[dict[str, Any], ...] = ({"quality": QUALITY, "method": 2}, {"quality": 75, "method": 2})


def encode(photo: Photo, format: Format) -> bytes:
    """The picture in a file of its own, with the ICC profile and nothing else. Transparency becomes white in JPEG.

    Raises UnsupportedOption where the format can't hold the picture.
    """
    image, side = photo.image, MAX_SIDE[format]
    if max(image.size) > side:
        raise UnsupportedOption(f"That photo has more than {side} pixels on a side, too many for {format}. Choose png.")
    if format == "jpeg" and image.mode in ("LA", "RGBA"):
        image = on_white(image)
    parameters = photo.encoding.get(format) or ENCODING.get(format, {})
    if format == "png" and photo.palette is not None:
        image = indexed(image, photo.palette)
    attempts = (parameters, *WEBP_AGAIN) if format == "webp" else (parameters,)
    for attempt in attempts:
        with suppress(Exception):  # an encoder can raise nearly anything, and it is the format that can't be had
            return saved(image, format, photo.icc_profile, attempt)
    other = "jpeg" if format == "png" else "png"
    raise UnsupportedOption(f"That photo can't be saved as {format}. Choose {other}.")


def saved(image: Image.Image, format: Format, icc_profile: bytes | None, parameters: dict[str, Any]) -> bytes:
    if format == "webp" and image.mode in ("L", "LA"):
        icc_profile = None  # WebP knows no gray, so a gray profile would be wrong in it
    if format == "png" and image.mode in COLOR_TYPES:
        data = png_file(image, icc_profile)
        if len(data) * DRAWN_RATIO > image.width * image.height * len(image.getbands()):
            return data
        parameters = {"compress_level": 1}
    buffer = io.BytesIO()
    image.save(buffer, format, icc_profile=icc_profile, **parameters)
    return buffer.getvalue()


def on_white(image: Image.Image) -> Image.Image:
    """An LA or RGBA picture on a white ground, as L or RGB."""
    mode = image.mode.removesuffix("A")
    ground = Image.new(mode, image.size, "white")
    ground.paste(image.convert(mode), mask=image.getchannel("A"))
    return ground
