"""PNGs, against Pillow, which reads and writes them too."""

import struct

import numpy as np
import pytest
from PIL import Image, ImageCms

from tests.pictures import astronaut, decoded, encoded, gradient
from turdify.covers.artwork import load_artwork
from turdify.photo import Photo, encode, scanlines
from turdify.photo.scanlines import png_file

NOISE = np.random.default_rng(1).integers(0, 256, (70, 90, 4), dtype=np.uint8)
SHAPES = {"L": NOISE[:, :, 0], "LA": NOISE[:, :, :2], "RGB": NOISE[:, :, :3], "RGBA": NOISE}


def chunk_names(png: bytes) -> list[bytes]:
    names, position = [], 8
    while position < len(png):
        (length,) = struct.unpack_from(">I", png, position)
        names.append(png[position + 4 : position + 8])
        position += 12 + length
    return names


@pytest.mark.parametrize("mode", SHAPES)
@pytest.mark.parametrize("size", [(90, 70), (1, 70), (90, 1), (1, 1), (3, 5)])
def test_every_pixel_comes_back_in_every_mode(mode: str, size: tuple[int, int]) -> None:
    image = Image.fromarray(SHAPES[mode]).crop((0, 0, *size))
    back = decoded(png_file(image))
    assert (back.mode, back.size) == (mode, size)
    assert back.tobytes() == image.tobytes()


@pytest.mark.parametrize("strip_bytes", [1, 1000, 10**7])
def test_every_pixel_comes_back_from_strips_of_any_height(strip_bytes: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scanlines, "STRIP_BYTES", strip_bytes)
    assert decoded(png_file(astronaut())).tobytes() == astronaut().tobytes()


def test_the_color_profile_is_kept_and_nothing_else_is_told() -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    image = gradient()
    image.info = {"comment": "x", "exif": b"Exif", "dpi": (72, 72)}
    assert decoded(png_file(image, profile)).info == {"icc_profile": profile}
    assert set(chunk_names(png_file(image))) == {b"IHDR", b"IDAT", b"IEND"}


def test_each_line_has_the_filter_that_suits_it() -> None:
    across = np.tile(np.arange(0, 240, 3, dtype=np.uint8), (20, 1))
    noise = np.tile(NOISE[0, :80, 0], (20, 1))
    flat = np.zeros((20, 80), np.uint8)
    (strip,) = scanlines.filtered(Image.fromarray(np.concatenate([flat, across, noise])))
    assert set(strip[:20, 0]) == {scanlines.PLAIN}
    assert strip[20, 0] == scanlines.SUB
    assert set(strip[41:, 0]) == {scanlines.UP}


@pytest.mark.parametrize(
    "image",
    [
        astronaut(),
        astronaut().convert("L"),
        gradient((800, 600)),
        load_artwork("turd").decode().resize((512, 512)),
        Image.new("RGB", (900, 900), "red"),
    ],
    ids=["photo", "gray", "gradient", "drawing", "flat"],
)
def test_a_file_is_not_much_larger_than_pillows(image: Image.Image) -> None:
    assert len(encode(Photo(image, "png", None), "png")) <= 1.2 * len(encoded(image, "PNG", compress_level=1))
