"""How pictures of other kinds become gray or RGB, of 8 bits a channel."""

import io

import numpy as np
from PIL import Image, ImageCms


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
