"""Photos to measure with: made ones of any size, with public domain portraits in them."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

ASPECT = 4 / 3


@dataclass(frozen=True)
class Kind:
    """A photo of so many megapixels and faces; large ones fill it, small ones are a twentieth of its height."""

    megapixels: int
    faces: int
    large: bool

    def __str__(self) -> str:
        return f"{self.megapixels} MP, {self.faces} {'large' if self.large else 'small'}"


def make_photo(path: Path, kind: Kind) -> None:
    """A JPEG of quality 90 with a camera's noise; at 12 megapixels some 2.5 MB."""
    from tests.pictures import head_at  # here, as what it imports would count as memory of what is measured

    height = round((kind.megapixels * 1e6 / ASPECT) ** 0.5)
    width = round(height * ASPECT)
    columns = next(n for n in range(1, kind.faces + 1) if n * max(1, round(n / ASPECT)) >= kind.faces)
    rows = -(-kind.faces // columns)
    side = min(width / columns, height / rows)
    photo = Image.new("RGB", (width, height), (120, 140, 160))
    for number in range(kind.faces):
        center = (number % columns + 0.5) * width / columns, (number // columns + 0.5) * height / rows
        head_at(photo, center, round(side * 0.5 if kind.large else height / 20), 15 * (number % 5 - 2))
    noise = Image.merge("RGB", [Image.effect_noise(photo.size, 12)] * 3)
    Image.blend(photo, noise, 0.35).save(path, quality=90)


@contextmanager
def given_or_made(photo: Path | None) -> Iterator[Path]:
    """The photo, or where there is none, one of 12 megapixels with twelve faces, for as long as it is needed."""
    with tempfile.TemporaryDirectory() as folder:
        if photo is None:
            photo = Path(folder) / "photo.jpg"
            make_photo(photo, Kind(12, 12, large=False))
        yield photo
