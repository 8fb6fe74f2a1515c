"""Whatever an encoder can't do is told in a sentence."""

from typing import Any

import numpy as np
import pytest
from PIL import Image

from tests.pictures import astronaut, decoded, encoded
from turdify.errors import UnsupportedOption
from turdify.photo import FORMATS, Format, Photo, encode, read_photo


def test_a_large_photo_of_much_detail_becomes_webp_all_the_same() -> None:
    """libwebp's first partition overflows at first."""
    grain = np.random.default_rng(1).integers(0, 32, (512, 512), np.uint8)
    image = Image.fromarray(np.tile(grain, (8, 9)))
    with pytest.raises(ValueError, match="encoding error 6"):
        encoded(image, "WEBP", quality=90, method=0)
    assert decoded(encode(Photo(image, "webp", None), "webp")).size == image.size


@pytest.mark.parametrize("format", FORMATS)
def test_whatever_an_encoder_raises_is_told(format: Format, monkeypatch: pytest.MonkeyPatch) -> None:
    photo = read_photo(encoded(astronaut(), "PNG"))

    def fail(*_: Any, **__: Any) -> None:
        raise MemoryError

    monkeypatch.setattr(Image.Image, "save", fail)
    monkeypatch.setattr("turdify.photo.encoding.png_file", fail)
    with pytest.raises(UnsupportedOption, match=f"can't be saved as {format}. Choose (png|jpeg)"):
        encode(photo, format)
