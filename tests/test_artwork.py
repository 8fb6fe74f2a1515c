import tomllib

import numpy as np
import pytest
import resvg_py

from tests.conftest import ROOT
from tests.pictures import decoded
from turdify.artwork import FOLDER, load_artwork

NAMES = sorted(tomllib.loads((FOLDER / "covers.toml").read_text()))


@pytest.mark.parametrize("name", NAMES)
def test_artwork_is_fully_opaque_where_the_face_goes(name: str) -> None:
    artwork = load_artwork(name)
    alpha = np.asarray(artwork.image.getchannel("A"))
    y, x = np.mgrid[: alpha.shape[0], : alpha.shape[1]] + 0.5
    (center_x, center_y), (radius_x, radius_y) = artwork.face.center, artwork.face.radii
    inside = ((x - center_x) / radius_x) ** 2 + ((y - center_y) / radius_y) ** 2 <= 1
    assert alpha[inside].min() == 255


@pytest.mark.parametrize("name", NAMES)
def test_artwork_is_large_and_has_a_transparent_margin(name: str) -> None:
    image = load_artwork(name).image
    assert (image.mode, image.size) == ("RGBA", (1024, 1024))
    alpha = np.asarray(image.getchannel("A"))
    assert max(alpha[0].max(), alpha[-1].max(), alpha[:, 0].max(), alpha[:, -1].max()) == 0


@pytest.mark.parametrize("name", NAMES)
def test_artwork_is_what_its_drawing_shows(name: str) -> None:
    svg = (ROOT / "static" / "covers" / f"{name}.svg").read_text()
    drawn = decoded(bytes(resvg_py.svg_to_bytes(svg_string=svg, width=1024, height=1024)))
    difference = np.abs(np.asarray(drawn).astype(int) - np.asarray(load_artwork(name).image))
    assert difference.max() <= 8
