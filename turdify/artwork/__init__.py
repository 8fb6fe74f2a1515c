"""The pictures that cover faces, and where in each picture the face goes."""

import tomllib
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from PIL import Image

from turdify.geometry import Ellipse

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Artwork:
    """An RGBA picture, and the ellipse in its pixels that a face is to lie in; the picture is opaque there."""

    image: Image.Image
    face: Ellipse
    _reduced: dict[int, Image.Image] = field(default_factory=dict, repr=False, compare=False)

    def reduced(self, factor: int) -> Image.Image:
        """The picture shrunk by a whole factor, as RGBa (premultiplied), which is how it can be resampled; kept."""
        if factor not in self._reduced:
            self._reduced[factor] = self.image.convert("RGBa").reduce(factor)
        return self._reduced[factor]


@cache
def load_artwork(name: str) -> Artwork:
    """A cover by its name in covers.toml; KeyError for any other name."""
    face = tomllib.loads((FOLDER / "covers.toml").read_text())[name]["face"]
    with Image.open(FOLDER / f"{name}.png") as image:
        image.load()
    return Artwork(image, Ellipse(tuple(face["center"]), tuple(face["radii"])))
