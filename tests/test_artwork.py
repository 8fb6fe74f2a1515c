from functools import cache
from itertools import product
from typing import Any

import dlib
import numpy as np
import pytest
import resvg_py
from PIL import Image, ImageChops

from tests.conftest import ROOT
from tests.pictures import decoded
from turdify.covers import PICTURES, SIDE
from turdify.covers.artwork import load_artwork


@pytest.mark.parametrize("name", PICTURES)
def test_artwork_is_fully_opaque_where_the_face_goes(name: str) -> None:
    artwork = load_artwork(name)
    alpha = np.asarray(artwork.decode().getchannel("A"))
    y, x = np.mgrid[: alpha.shape[0], : alpha.shape[1]] + 0.5
    (center_x, center_y), (radius_x, radius_y) = artwork.face.center, artwork.face.radii
    inside = ((x - center_x) / radius_x) ** 2 + ((y - center_y) / radius_y) ** 2 <= 1
    assert alpha[inside].min() == 255


def test_the_turd_comes_first_and_there_is_a_drawing_for_every_cover() -> None:
    assert PICTURES[0] == "turd"
    assert len(PICTURES) >= 12
    assert sorted(PICTURES) == sorted(path.stem for path in (ROOT / "static" / "covers").glob("*.svg"))


@pytest.mark.parametrize("name", PICTURES)
def test_artwork_is_large_and_has_a_transparent_margin(name: str) -> None:
    image = load_artwork(name).decode()
    assert (image.mode, image.size) == ("RGBA", (SIDE, SIDE))
    alpha = np.asarray(image.getchannel("A"))
    assert max(alpha[0].max(), alpha[-1].max(), alpha[:, 0].max(), alpha[:, -1].max()) == 0


@pytest.mark.parametrize("name", PICTURES)
def test_artwork_is_what_its_drawing_shows(name: str) -> None:
    svg = (ROOT / "static" / "covers" / f"{name}.svg").read_text()
    drawn = decoded(bytes(resvg_py.svg_to_bytes(svg_string=svg, width=SIDE, height=SIDE)))
    difference = ImageChops.difference(drawn, load_artwork(name).decode())
    assert np.asarray(difference).max() <= 8


@cache
def hog() -> Any:
    """dlib's, which takes a third of a second to be made."""
    return dlib.get_frontal_face_detector()


@pytest.mark.parametrize("name", PICTURES)
def test_artwork_is_not_taken_for_a_face_by_face_recognition(name: str) -> None:
    """By dlib's HOG with a margin, as photos have more around a cover than a plain ground; it takes what is over 0."""
    artwork = load_artwork(name).decode().resize((256, 256))
    for ground, side in product(("#ebebeb", "#282828", "#c89678", "#6e8c5a"), (80, 120, 180)):
        picture = Image.new("RGB", (5 * side, 2 * side), ground)
        for index, angle in enumerate((-12, 0, 12)):
            drawn = artwork.rotate(angle, Image.Resampling.BICUBIC).resize((side, side))
            picture.paste(drawn, (round((0.5 + 1.5 * index) * side), side // 2), drawn)
        _, scores, _ = hog().run(np.asarray(picture), 1, -0.2)
        assert list(scores) == [], f"on {ground}, {side} pixels"
