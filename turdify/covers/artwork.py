"""The pictures that cover faces, and where in each picture the face goes."""

import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from PIL import Image

from turdify.covers.fitting import fit_ellipse
from turdify.errors import UnsupportedOption
from turdify.faces import Ellipse

FOLDER = Path(__file__).parent
DECLARED = tomllib.loads((FOLDER / "covers.toml").read_text())

# Their names, in the order of covers.toml: the default first.
PICTURES: tuple[str, ...] = tuple(DECLARED)

SIDE = 2048  # of every cover's picture, in pixels


@dataclass(frozen=True)
class Artwork:
    """A picture, and the ellipse in its pixels that a face is to lie in; the picture is opaque there.

    `decode` returns the picture as RGBA, anew at each call.
    """

    decode: Callable[[], Image.Image]
    face: Ellipse
    _reduced: dict[int, Image.Image] = field(default_factory=dict, repr=False, compare=False)

    def reduced(self, factor: int) -> Image.Image:
        """The picture shrunk by a whole factor, as RGBa (premultiplied), which is how it can be resampled.

        What is shrunk is kept. The whole picture isn't: it takes 16 MB, and only a large face needs it.
        """
        if factor == 1:
            return self.decode().convert("RGBa")
        if factor not in self._reduced:
            self._reduced[factor] = self.decode().convert("RGBa").reduce(factor)
        return self._reduced[factor]


@cache
def load_artwork(name: str) -> Artwork:
    """A cover by its name in PICTURES; KeyError for any other name."""
    face = DECLARED[name]["face"]
    return Artwork(lambda: decode(name), Ellipse(tuple(face["center"]), tuple(face["radii"])))


def decode(name: str) -> Image.Image:
    """The picture of a cover, RGBA."""
    with Image.open(FOLDER / "pictures" / f"{name}.png") as image:
        image.load()
    return image


def artwork_from(image: Image.Image) -> Artwork:
    """Somebody's own picture as a cover: the face goes where it is opaque. Larger pictures are shrunk to SIDE.

    `image` is of mode L, LA, RGB or RGBA. Raises UnsupportedOption for one that is too transparent to hide a face.
    """
    picture = image.convert("RGBA")
    picture.thumbnail((SIDE, SIDE))
    ellipse = fit_ellipse(picture.getchannel("A"))
    if ellipse is None:
        raise UnsupportedOption("That cover is too transparent to hide a face. Choose a picture with a solid middle.")
    return Artwork(picture.copy, ellipse)
