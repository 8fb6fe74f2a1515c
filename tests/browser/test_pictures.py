"""What comes out looks as the browser shows what went in."""

import zlib
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page

from tests.browser.canvas import shown
from tests.containers import chrm, chunk, cicp, clli, gama, mdcv, png, ultra_hdr, with_coding, with_segments
from tests.pictures import astronaut, encoded, exif
from tests.profiles import SRGB, grid_profile, table
from turdify.photo import encode, read_photo

P3 = (0.3127, 0.3290, 0.680, 0.320, 0.265, 0.690, 0.150, 0.060)
FILM = (0.3457, 0.3585, 0.640, 0.330, 0.300, 0.600, 0.150, 0.060)  # D50 as white
PAPER = np.array([255, 128, 128])
INK = np.array([[-50, -60, 0], [-50, 70, 0], [-20, 0, 80], [-60, 0, 0]])  # cyan, magenta, yellow and black, on it
# Lab, 0 to 255, at the corners of CMYK.
INKS = [tuple(np.clip(PAPER + corner @ INK, 0, 255).tolist()) for corner in np.ndindex(2, 2, 2, 2)]


def colors() -> np.ndarray[Any, np.dtype[np.uint8]]:
    """(32, 96, 3): many colors, all grays, and a face's."""
    steps = np.linspace(0, 255, 16).astype(np.uint8)
    cube = np.stack(np.meshgrid(steps, steps, steps[::2]), axis=-1).reshape(32, 64, 3)
    grays = np.repeat(np.arange(256, dtype=np.uint8).reshape(32, 8, 1), 3, axis=2)
    face = np.asarray(astronaut().resize((24, 32), box=(180, 66, 274, 188)))
    return np.concatenate([cube, grays, face], axis=1)


@pytest.fixture(scope="module")
def blank(chromium: Browser) -> Iterator[Page]:
    page = chromium.new_page()
    yield page
    page.close()


def differences(page: Page, data: bytes) -> np.ndarray[Any, Any]:
    """Levels by which a photo looks different after it went through without a cover, saved without loss."""
    before, after = shown(page, data), shown(page, encode(read_photo(data), "png"))
    assert before is not None
    assert after is not None
    assert np.ptp(before[..., :3]) > 100
    return np.abs(before.astype(int) - after)


@pytest.mark.parametrize("curve", [1, 2, 4, 5, 6, 7, 8, 13, 14, 15, 17])
@pytest.mark.parametrize("primaries", [1, 2, 5, 6, 9, 12])
def test_colors_named_by_numbers_in_a_png(blank: Page, primaries: int, curve: int) -> None:
    assert differences(blank, png(colors(), cicp(primaries, curve))).max() <= 2


@pytest.mark.parametrize(
    "chunks",
    [
        [gama(1)],
        [gama(0.45455)],
        [gama(0.55)],
        [chrm(*P3)],
        [gama(0.45455), chrm(*P3)],
        [gama(0.6), chrm(*FILM)],
        [chunk(b"sRGB", b"\0"), gama(1), chrm(*P3)],
        [cicp(12, 13), chunk(b"sRGB", b"\0")],
        [cicp(12, 13), chunk(b"iCCP", b"x\0\0" + zlib.compress(SRGB)), gama(1)],
        [chunk(b"iCCP", b"x\0\0" + zlib.compress(SRGB)), gama(1)],
        [chunk(b"iCCP", b"x\0\0garbage"), gama(0.45455)],
    ],
)
@pytest.mark.parametrize("gray", [False, True])
def test_what_counts_most_in_a_png(blank: Page, chunks: list[bytes], gray: bool) -> None:
    pixels = colors()[..., :1] if gray else colors()
    assert differences(blank, png(pixels, *chunks)).max() <= 2


@pytest.mark.parametrize("light", [[], [clli(400)], [clli(4000)], [mdcv(600)], [clli(203)]])
@pytest.mark.parametrize("curve", [16, 18])
@pytest.mark.parametrize("primaries", [1, 9, 12])
def test_pictures_brighter_than_white(blank: Page, primaries: int, curve: int, light: list[bytes]) -> None:
    apart = differences(blank, png(colors(), cicp(primaries, curve), *light))
    assert apart.max() <= 8
    assert apart.mean() < 0.2


def test_a_gray_picture_brighter_than_white(blank: Page) -> None:
    assert differences(blank, png(colors()[..., :1], cicp(9, 16))).max() <= 3


@pytest.mark.parametrize("curve", [1, 4, 6, 8, 13, 14, 16, 18])
@pytest.mark.parametrize("primaries", [1, 9, 12])
def test_colors_named_by_numbers_in_an_avif(blank: Page, primaries: int, curve: int) -> None:
    avif = encoded(Image.fromarray(colors()), "AVIF", quality=95, subsampling="4:4:4")
    assert differences(blank, with_coding(avif, primaries, curve)).max() <= 5


@pytest.mark.parametrize("width", [1, 2])
def test_cmyk_by_its_profile(blank: Page, width: int) -> None:
    profile = grid_profile(b"CMYK", 4, b"A2B0", table(4, INKS, width))
    cmyk = encoded(Image.fromarray(colors()).convert("CMYK"), "JPEG", quality=95, icc_profile=profile)
    assert differences(blank, cmyk).mean() < 1.5


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "AVIF", "GIF", "BMP"])
def test_every_format_of_browsers(blank: Page, format: str) -> None:
    picture = astronaut().quantize(64) if format == "GIF" else astronaut()
    assert differences(blank, encoded(picture, format)).mean() < 0.1


def test_broken_segments_that_do_not_matter(blank: Page) -> None:
    jpeg = with_segments(
        encoded(astronaut(), "JPEG", exif=exif({0x0112: 6})),
        (0xED, b"Photoshop 3.0\x008BIM\xff\xff\xff\xff"),
        (0xE1, b"Exif\0\0MM\0*\xff\xff\xff\xff"),
        (0xE2, b"ICC_PROFILE\0\x01\x02half"),
    )
    assert differences(blank, jpeg).mean() < 0.1


def test_an_ultra_hdr_photo_is_its_plain_picture(blank: Page) -> None:
    gains = encoded(Image.linear_gradient("L").resize((128, 128)), "JPEG")
    assert differences(blank, ultra_hdr(encoded(astronaut(), "JPEG"), gains)).mean() < 0.1
