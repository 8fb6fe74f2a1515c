"""Color profiles are written anew: the same colors, and nothing else."""

import io
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageCms

from tests.pictures import decoded, encoded, gradient
from tests.profiles import SRGB, grid_profile, stages, table, tags, with_secrets
from turdify.photo import Format, encode, read_photo
from turdify.photo.profiles import rewritten

# Lab, 0 to 255, at the corners of RGB: darker and lighter, greener and redder.
CORNERS = [(30 * r + 40 * g + 20 * b, 90 + 70 * r, 100 + 20 * g) for r in (0, 1) for g in (0, 1) for b in (0, 1)]
GRAY = tags(SRGB)[b"rTRC"]

PROFILES = {
    "matrix": SRGB,
    "8-bit table": grid_profile(b"RGB ", 3, b"A2B0", table(3, CORNERS, 1)),
    "16-bit table": grid_profile(b"RGB ", 3, b"A2B0", table(3, CORNERS, 2)),
    "stages": grid_profile(b"RGB ", 3, b"A2B0", stages(CORNERS)),
    "gray": grid_profile(b"GRAY", 1, b"kTRC", GRAY).replace(b"Lab ", b"XYZ "),
    "CMYK": grid_profile(b"CMYK", 4, b"A2B0", table(4, CORNERS * 2, 1)),
}


def in_srgb(profile: bytes) -> np.ndarray[Any, Any]:
    """A gradient's colors, as the profile understands them."""
    mode = {b"RGB ": "RGB", b"GRAY": "L", b"CMYK": "CMYK"}[profile[16:20]]
    understood = ImageCms.ImageCmsProfile(io.BytesIO(profile))
    transform = ImageCms.buildTransform(understood, ImageCms.createProfile("sRGB"), mode, "RGB")
    return np.asarray(transform.apply(gradient().convert(mode)))


@pytest.mark.parametrize("name", PROFILES)
def test_a_profile_written_anew_means_the_same_colors(name: str) -> None:
    profile = PROFILES[name]
    anew = rewritten(profile, profile[16:20])
    assert anew is not None
    assert np.ptp(in_srgb(profile)) > 50, "colors that all look alike would prove nothing"
    assert np.array_equal(in_srgb(anew), in_srgb(profile))


@pytest.mark.parametrize("version", [2, 4])
@pytest.mark.parametrize("name", PROFILES)
def test_nothing_but_colors_makes_a_difference(name: str, version: int) -> None:
    """Whatever else is in a profile, what is written is the same, byte by byte."""
    profile = bytearray(PROFILES[name])
    profile[8] = version
    plain = rewritten(bytes(profile), bytes(profile[16:20]))
    assert plain is not None
    for seed in range(20):
        secretive = with_secrets(bytes(profile), seed)
        assert b"SECRET" in secretive
        assert rewritten(secretive, secretive[16:20]) == plain


@pytest.mark.parametrize("target", ["png", "jpeg", "webp"])
@pytest.mark.parametrize("source", ["JPEG", "PNG", "WEBP", "HEIF", "AVIF"])
def test_no_secret_of_a_profile_leaves(source: str, target: Format) -> None:
    data = encoded(gradient(), source, icc_profile=with_secrets(SRGB, 1))
    profile = decoded(encode(read_photo(data), target)).info["icc_profile"]
    assert profile == rewritten(SRGB, b"RGB ")
    assert b"SECR" not in profile


def test_a_profile_is_well_formed() -> None:
    profile = rewritten(with_secrets(SRGB, 1), b"RGB ")
    assert profile is not None
    assert int.from_bytes(profile[:4]) == len(profile)
    assert len(profile) % 4 == 0
    assert all(element[4:8] == bytes(4) for element in tags(profile).values())
    assert ImageCms.getProfileDescription(ImageCms.ImageCmsProfile(io.BytesIO(profile))).strip() == "Colors"


@pytest.mark.parametrize(
    "profile",
    [
        b"",
        b"not a profile",
        SRGB[:16] + b"\xff" + SRGB[17:],
        SRGB[:200],
        SRGB[:128] + b"\xff\xff\xff\xff" + SRGB[132:],
        SRGB.replace(b"rTRC", b"xTRC"),
        PROFILES["8-bit table"][:-300],
        PROFILES["gray"],
        PROFILES["CMYK"],
    ],
)
def test_a_broken_or_foreign_profile_is_dropped(profile: bytes) -> None:
    assert rewritten(profile, b"RGB ") is None
    data = encoded(gradient(), "PNG", icc_profile=profile or b"\0")
    assert "icc_profile" not in decoded(encode(read_photo(data), "png")).info


@pytest.mark.parametrize(("profile", "mode"), [(SRGB, "L"), (PROFILES["gray"], "RGB")])
def test_a_profile_of_other_channels_than_the_picture_is_dropped(profile: bytes, mode: str) -> None:
    assert read_photo(encoded(gradient().convert(mode), "PNG", icc_profile=profile)).icc_profile is None


def test_a_truncated_file_of_a_profile_never_raises() -> None:
    for profile in PROFILES.values():
        for length in range(0, len(profile), 7):
            rewritten(profile[:length], profile[16:20])


def test_a_gray_photo_keeps_its_gray_profile() -> None:
    data = encoded(Image.linear_gradient("L"), "JPEG", icc_profile=PROFILES["gray"])
    profile = decoded(encode(read_photo(data), "jpeg")).info["icc_profile"]
    assert tags(profile)[b"kTRC"] == GRAY
