"""Pictures of all kinds as gray or RGB, of 8 bits a channel."""

import io

import numpy as np
import pillow_heif
from PIL import Image, ImageCms

from turdify.photo.contents import Contents
from turdify.photo.profiles import rewritten
from turdify.photo.tones import Levels, tone_mapped


def to_working_mode(image: Image.Image, contents: Contents) -> Image.Image:
    """The picture as L, LA, RGB or RGBA: gray stays gray, and transparency of any kind becomes an alpha channel.

    What has a high dynamic range comes out in sRGB, and so does CMYK; other colors are what `contents` says, as before.
    """
    if contents.colors.high_dynamic_range:
        return tone_mapped_picture(image, contents)
    if image.mode.startswith("I"):
        return sixteen_bits_to_eight(image)
    if image.mode == "CMYK":
        return cmyk_to_rgb(image, contents.colors.icc_profile)
    if image.mode != working_mode(image):
        image = image.convert(working_mode(image))
    return image if contents.extent is None else with_nothing_around(image, contents.extent)


def working_mode(image: Image.Image) -> str:
    base = "L" if image.mode in ("1", "L", "LA", "La") or image.mode.startswith("I") else "RGB"
    return base + "A" if image.has_transparency_data else base


def with_nothing_around(image: Image.Image, extent: tuple[int, int, int, int]) -> Image.Image:
    """Transparent outside of the extent; the decoders put some color there."""
    if extent == (0, 0, *image.size) or image.mode not in ("L", "RGB"):
        return image
    alpha = Image.new("L", image.size)
    alpha.paste(255, extent)
    result = image.copy()
    result.putalpha(alpha)
    return result


def sixteen_bits_to_eight(image: Image.Image) -> Image.Image:
    """Gray of 16 bits a pixel as L, or LA if a level is transparent; scaled, where Pillow would clip."""
    levels = np.asarray(image).astype(np.uint32)
    gray = Image.fromarray(((levels + 128) // 257).astype(np.uint8))
    if "transparency" in image.info:
        gray.putalpha(Image.fromarray(np.where(levels == image.info["transparency"], 0, 255).astype(np.uint8)))
    return gray


def cmyk_to_rgb(image: Image.Image, icc_profile: bytes | None) -> Image.Image:
    """Into sRGB, by the picture's own profile and its intent if it has a good one, as black as sRGB's black."""
    profile = None if icc_profile is None else rewritten(icc_profile, b"CMYK")
    if profile is None:
        return image.convert("RGB")
    source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
    intent = ImageCms.Intent(ImageCms.getDefaultIntent(source))
    flags = ImageCms.Flags.BLACKPOINTCOMPENSATION
    return ImageCms.buildTransform(source, ImageCms.createProfile("sRGB"), "CMYK", "RGB", intent, flags).apply(image)


def tone_mapped_picture(image: Image.Image, contents: Contents) -> Image.Image:
    """Of PQ or HLG, from all bits that the decoder gives: of HEIC 10, of other formats Pillow's 8."""
    levels, bits = levels_of(image, contents)
    colors = contents.colors
    mapped = Image.fromarray(tone_mapped(levels[..., :3], bits, colors.curve or 0, colors.primaries or 0, colors.peak))
    result = mapped.convert("L") if working_mode(image).startswith("L") else mapped
    if levels.shape[2] == 4:
        result.putalpha(Image.fromarray((levels[..., 3] >> bits - 8).astype(np.uint8)))
    return result


def levels_of(image: Image.Image, contents: Contents) -> tuple[Levels, int]:
    """(height, width, 3 or 4), and how many bits a level has."""
    if contents.format == "HEIF":
        picture = pillow_heif.open_heif(io.BytesIO(contents.data), convert_hdr_to_8bit=False, hdr_to_16bit=False)
        return np.asarray(picture), picture.info["bit_depth"]
    return np.asarray(image.convert("RGBA" if image.has_transparency_data else "RGB")), 8
