"""Laying a picture on a photo: its pixels, colors and alpha."""

import io
import math
import os
from collections.abc import Iterator
from functools import lru_cache

import numpy as np
from PIL import Image, ImageCms

from turdify.covers.artwork import Level
from turdify.covers.placement import SOFT_EDGE, Placement, strips

# A strip is too little work to share: more threads take a core's time, and save none. It counts at the import.
os.environ.setdefault("RAYON_NUM_THREADS", "1")

import kornia_rs

# A part of a photo: (left, upper, right, lower), in its pixels.
Part = tuple[int, int, int, int]


def lay(image: Image.Image, level: Level, placement: Placement, icc_profile: bytes | None = None) -> None:
    """Blend the placed artwork into the image, in place; pixels that it doesn't reach stay as they are.

    `level` is the artwork's of the placement's number. It is resampled in premultiplied alpha, so there are no halos.
    """
    coefficients, density = placement.to_drawn(level.pitch), placement.oversampling
    for part in parts(level, placement, image.size):
        patch = draw(level, coefficients, density, part)
        blend(image, in_colors(patch, image.mode, icc_profile), part[:2])


def parts(level: Level, placement: Placement, size: tuple[int, int]) -> Iterator[Part]:
    """The parts of a photo of `size` (width, height) that hold all which is drawn in it."""
    outline = placement.to_photo(level.outline)
    x, y = outline[outline[:, 1].argsort()].T
    reach = placement.scale * level.reach + SOFT_EDGE
    for top, bottom in strips(max(0, math.floor(y[0] - reach)), min(size[1], math.ceil(y[-1] + reach))):
        beside = x[np.searchsorted(y, top - reach) : np.searchsorted(y, bottom + reach)]
        if beside.size:
            left, right = max(0, math.floor(beside.min() - reach)), min(size[0], math.ceil(beside.max() + reach))
            if left < right:
                yield left, top, right, bottom


def draw(level: Level, coefficients: tuple[float, ...], density: int, part: Part) -> Image.Image:
    """What of the placed artwork is in a part of the photo, RGBa: `density` pixels are drawn for one, and averaged.

    The `coefficients` are those of Placement.to_drawn.
    """
    left, top, right, bottom = (density * side for side in part)
    a, b, c, d, e, f = coefficients
    size = right - left, bottom - top
    pixels = kornia_rs.imgproc.warp_affine(level.pixels, (a, b, c - left, d, e, f - top), size[::-1], "bilinear")
    patch = Image.frombuffer("RGBa", size, np.asarray(pixels), "raw", "RGBa", 0, 1)
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
