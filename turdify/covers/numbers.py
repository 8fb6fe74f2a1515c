"""Numbers as covers, to tell who is who: digits on a disc, so that few pictures make them all."""

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import cycle

import numpy as np

from turdify.covers.artwork import FOLDER, SIDE, Artwork, decode
from turdify.covers.placement import Placement, place
from turdify.faces import Ellipse, Face

DRAWN = tomllib.loads((FOLDER / "numbers.toml").read_text())

NUMBER_NAMES = tuple(f"number-{number}" for number in range(1, 1000))
NUMBER_PATTERN = "^number-[1-9][0-9]{0,2}$"  # of each of them

# What is laid on each other, by its name; the picture of each is pictures/number-NAME.png.
DISC, LINE = "disc", "line"
PARTS = (DISC, *DRAWN["strokes"])


@dataclass(frozen=True)
class Number:
    """A cover that is a number of one to three `digits`. Its parts hold all that is held of it."""

    digits: str

    def layers(self, face: Face, size: float) -> list[tuple[Artwork, Placement]]:
        """The disc, then what is on it, each where it goes in the photo; `size` is in percent, as place takes it."""
        disc = load_part(DISC)
        ground = place(face, disc.face, size)
        count, advance = len(self.digits), DRAWN["advance"]
        offsets = [(digit, (advance * (index - (count - 1) / 2), 0.0)) for index, digit in enumerate(self.digits)]
        if re.match(DRAWN["underlined"], self.digits):
            offsets.append((LINE, (0.0, DRAWN["below"])))
        zoom = DRAWN["zooms"][count - 1]
        return [(disc, ground), *((load_part(name), on_disc(ground, offset, zoom)) for name, offset in offsets)]


def on_disc(ground: Placement, offset: tuple[float, float], zoom: float) -> Placement:
    """Where a part goes that is drawn `zoom` times as large as numbers.toml has it, as is its offset from the middle.

    `ground` is where the disc goes.
    """
    width, height = DRAWN["digit"]
    moved = replace(ground, anchor=(0.0, 0.0), scale=ground.scale * SIDE / DRAWN["units"] * zoom)
    x, y = moved.to_photo(np.array([offset]))[0].tolist()
    return replace(moved, anchor=(width / 2, height / 2), center=(x, y))


def load_number(name: str) -> Number | None:
    """The number of that name in NUMBER_NAMES; None for any other name."""
    return Number(name.removeprefix("number-")) if re.fullmatch(NUMBER_PATTERN, name) else None


def numbered(faces: Sequence[Face]) -> list[Face]:
    """The faces, each that has no emoji yet with the next number that none has; none in, none out."""
    taken = {face.emoji for face in faces}
    free = cycle([name for name in NUMBER_NAMES if name not in taken] or NUMBER_NAMES)
    return [face if face.emoji else replace(face, emoji=next(free)) for face in faces]


@cache
def load_part(name: str) -> Artwork:
    """One of PARTS. Of all but the disc the ellipse tells nothing: no face goes there."""
    if name == DISC:
        center, radii = ([side * SIDE / DRAWN["units"] for side in DRAWN["face"][part]] for part in ("center", "radii"))
        return Artwork(lambda: decode(f"number-{name}"), (SIDE, SIDE), Ellipse(tuple(center), tuple(radii)))
    width, height = DRAWN["digit"]
    return Artwork(lambda: decode(f"number-{name}"), (width, height), Ellipse((width / 2, height / 2), (0.0, 0.0)))


def drawing(name: str) -> str:
    """The SVG that one of PARTS is drawn from."""
    width, height = DRAWN["digit"]
    box, drawn = f"0 0 {DRAWN['units']} {DRAWN['units']}", DRAWN["disc"]
    if name != DISC:
        box = f"{-width / 2} {-height / 2} {width} {height}"
        drawn = f'<path {DRAWN["pen"]} d="{DRAWN["strokes"][name]}"/>'
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}">{drawn}</svg>'
