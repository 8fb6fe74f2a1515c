"""Laying a picture on a photo: its pixels, colors and alpha."""

import io
import math
import os
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms

from turdify.covers.artwork import Level
from turdify.covers.placement import Placement, strips

# A strip is too little work to share: more threads take a core's time, and save none. It counts at the import.
os.environ.setdefault("RAYON_NUM_THREADS", "1")

import kornia_rs


def lay(image: Image.Image, level: Level, placement: Placement, icc_profile: bytes | None = None) -> None:
    """Blend the placed artwork into the image, in place; pixels that it doesn't reach stay as they are.

    `level` is the artwork's of the placement's number. It is resampled in premultiplied alpha, so there are no halos.
    """
    outline = placement.to_photo(level.outline)
    upper, lower = max(0, math.floor(outline[:, 1].min())), min(image.height, math.ceil(outline[:, 1].max()))
    for top, bottom in strips(upper, lower):
        left, right = reach(outline, top, bottom)
        left, right = max(0, math.floor(left)), min(image.width, math.ceil(right))
        if left < right:
            patch = draw(level, placement, (left, top, right, bottom))
            blend(image, in_colors(patch, image.mode, icc_profile), (left, top))


def reach(outline: NDArray[np.float64], top: float, bottom: float) -> tuple[float, float]:
    """How far left and right a convex polygon (n, 2) reaches between two heights at which it is."""
    reached: list[float] = []
    corners = outline.tolist()
    for (x, y), (next_x, next_y) in zip(corners, corners[1:] + corners[:1], strict=True):
        if min(y, next_y) <= bottom and max(y, next_y) >= top:
            slope = (next_x - x) / (next_y - y) if next_y != y else 0.0
            # The side's ends, moved along it into the strip.
            reached += [x + (min(max(end, top), bottom) - y) * slope for end in (y, next_y)]
    return min(reached), max(reached)


def draw(level: Level, placement: Placement, box: tuple[int, int, int, int]) -> Image.Image:
    """What of the placed artwork is in a box of the photo, (left, upper, right, lower); RGBa."""
    density = placement.oversampling
    width, height = (box[2] - box[0]) * density, (box[3] - box[1]) * density
    coefficients = placement.to_patch(level.pitch, box[:2])
    pixels = kornia_rs.imgproc.warp_affine(level.pixels, coefficients, (height, width), "bilinear")
    patch = Image.frombuffer("RGBa", (width, height), np.asarray(pixels), "raw", "RGBa", 0, 1)
    return patch.reduce(density) if density > 1 else patch


def in_colors(patch: Image.Image, mode: str, icc_profile: bytes | None) -> Image.Image:
    """An sRGB patch of mode RGBa as it is laid on a picture of `mode` in that profile's colors: RGBa, RGBA or LA."""
    gray = mode in ("L", "LA")
    transform = None if icc_profile is None else from_srgb(icc_profile, "L" if gray else "RGB")
    if transform is None and mode == "RGB":
        return patch
    patch = patch.convert("RGBA")
    if transform is None:
        return patch.convert("LA") if gray else patch
    colors = transform.apply(patch.convert("RGB"))
    colors.putalpha(patch.getchannel("A"))
    return colors


@lru_cache(maxsize=8)
def from_srgb(icc_profile: bytes, mode: str) -> ImageCms.ImageCmsTransform | None:
    """What turns RGB pictures in sRGB into `mode` in the profile's colors; None if it can't be used for that."""
    try:
        profile = ImageCms.ImageCmsProfile(io.BytesIO(icc_profile))
        return ImageCms.buildTransform(ImageCms.createProfile("sRGB"), profile, "RGB", mode)
    except ImageCms.PyCMSError:
        return None


def blend(image: Image.Image, patch: Image.Image, at: tuple[int, int]) -> None:
    """Lay a patch with alpha that fits into the image on it, in place."""
    if image.mode in ("LA", "RGBA"):
        image.alpha_composite(patch, at)
    elif image.mode == "L":
        image.paste(patch.convert("L"), at, patch)
    else:
        image.paste(patch, at, patch)
