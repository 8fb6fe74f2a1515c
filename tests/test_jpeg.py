"""JPEGs that stay JPEGs lose next to nothing, whichever way they are turned."""

import numpy as np
import pytest
from PIL import Image, JpegImagePlugin

from tests.pictures import astronaut, decoded, encoded, exif
from turdify.photo import encode, read_photo


def psnr(one: Image.Image, other: Image.Image) -> float:
    """Peak signal to noise ratio, in dB."""
    error = np.square(np.asarray(one).astype(float) - np.asarray(other)).mean()
    return float(10 * np.log10(255**2 / error))


# What can be had where decoders round rows and columns differently, for 4:4:4, 4:2:2 (which becomes 4:4:4) and 4:2:0.
@pytest.mark.parametrize(("subsampling", "expected"), [(0, 59), (1, 48), (2, 55)])
@pytest.mark.parametrize("orientation", [5, 6, 7, 8])
def test_a_portrait_keeps_its_quality_at_its_size(orientation: int, subsampling: int, expected: float) -> None:
    large = astronaut().resize((1600, 1200), Image.Resampling.BICUBIC)
    source = encoded(large, "JPEG", quality=75, subsampling=subsampling, exif=exif({0x0112: orientation}))
    photo = read_photo(source)
    result = encode(photo, "jpeg")
    assert psnr(photo.image, decoded(result)) > expected
    assert len(result) < 1.15 * len(source)


@pytest.mark.parametrize(
    ("orientation", "size", "expected"),
    [
        (3, (1592, 1192), 45.5),
        (4, (1600, 1192), 47),
        (6, (1600, 1192), 47),
        (7, (1600, 1192), 47),
        (8, (1592, 1200), 47),
    ],
)
def test_a_photo_turned_by_half_of_chromas_blocks_keeps_its_quality(
    orientation: int, size: tuple[int, int], expected: float
) -> None:
    """As those of 3000 by 4000 are: a finer chroma makes up for blocks that begin elsewhere."""
    large = astronaut().resize(size, Image.Resampling.BICUBIC)
    source = encoded(large, "JPEG", quality=75, subsampling=2, exif=exif({0x0112: orientation}))
    photo = read_photo(source)
    result = encode(photo, "jpeg")
    assert psnr(photo.image, decoded(result)) > expected
    assert len(result) < 1.1 * len(source)


def test_quantization_tables_turn_with_the_picture() -> None:
    tables = [list(range(1, 65)), list(range(101, 165))]
    source = encoded(astronaut(), "JPEG", qtables=tables, exif=exif({0x0112: 6}))
    after = decoded(encode(read_photo(source), "jpeg"))
    assert isinstance(after, JpegImagePlugin.JpegImageFile)
    assert [after.quantization[n] for n in (0, 1)] == [np.reshape(t, (8, 8)).T.ravel().tolist() for t in tables]


def test_a_portrait_sampled_down_becomes_one_sampled_across() -> None:
    """Portrait cameras' 4:4:0, which is 4:2:2 turned by a quarter: chroma has half of the rows, or of the columns."""
    source = bytearray(encoded(astronaut(), "JPEG", subsampling=1, exif=exif({0x0112: 6})))
    frame = source.index(b"\xff\xc0")
    source[frame + 11] = 0x12  # luma is sampled once across, twice down
    after = decoded(encode(read_photo(bytes(source)), "jpeg"))
    assert JpegImagePlugin.get_sampling(after) == 1
