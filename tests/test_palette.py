"""Pictures of few colors stay small, and keep every color outside the covers."""

import numpy as np
import pytest
from PIL import Image

from tests.pictures import astronaut, decoded, encoded
from turdify.photo import encode, read_photo


@pytest.mark.parametrize("format", ["PNG", "GIF", "BMP"])
@pytest.mark.parametrize("colors", [16, 64, 200, 256])
def test_a_palette_with_a_cover_keeps_all_other_colors(colors: int, format: str) -> None:
    source = encoded(astronaut().quantize(colors), format)
    photo = read_photo(source)
    before = np.asarray(photo.image).copy()
    cover = Image.linear_gradient("L").resize((100, 120)).convert("RGB")
    photo.image.paste(cover, (180, 66))
    result = decoded(encode(photo, "png"))
    assert result.mode == "P"
    after = np.asarray(result.convert("RGB")).astype(int)
    assert np.abs(after[66:186, 180:280] - np.asarray(cover)).mean() < 12
    outside = np.ones((512, 512), bool)
    outside[66:186, 180:280] = False
    assert np.array_equal(after[outside], before[outside])
    if colors > 16 and format == "PNG":
        assert len(encode(photo, "png")) < 1.3 * len(source)


@pytest.mark.parametrize("transparency", [3, bytes([0, 100, 200, 255])])
def test_a_palette_keeps_its_transparency(transparency: int | bytes) -> None:
    source = encoded(astronaut().quantize(16), "PNG", transparency=transparency)
    result = decoded(encode(read_photo(source), "png"))
    assert result.mode == "P"
    assert np.array_equal(np.asarray(result.convert("RGBA")), np.asarray(decoded(source).convert("RGBA")))


def test_a_cover_whose_colors_no_palette_has_keeps_its_colors() -> None:
    """All 256 are grays, and no gray is near red."""
    photo = read_photo(encoded(astronaut().convert("L").convert("P"), "PNG"))
    before = np.asarray(photo.image).copy()
    photo.image.paste("red", (180, 66, 280, 186))
    after = np.asarray(decoded(encode(photo, "png")))
    assert after[100, 200].tolist() == [255, 0, 0]
    assert np.array_equal(after[200:], before[200:])


def test_colors_that_only_a_face_had_become_the_covers() -> None:
    """All 256 are used, 56 of them where the cover goes."""
    grays = np.tile(np.arange(256, dtype=np.uint8), (40, 1))
    photo = read_photo(encoded(Image.fromarray(grays).convert("P"), "PNG"))
    photo.image.paste("red", (200, 0, 256, 40))
    result = decoded(encode(photo, "png"))
    assert result.mode == "P"
    after = np.asarray(result.convert("RGB"))
    assert np.array_equal(after[:, :200, 0], grays[:, :200])
    assert after[20, 220].tolist() == [255, 0, 0]


def test_a_palette_is_no_matter_in_other_formats() -> None:
    photo = read_photo(encoded(astronaut().quantize(16), "PNG"))
    assert decoded(encode(photo, "jpeg")).mode == "RGB"
    assert decoded(encode(photo, "webp")).mode == "RGB"
