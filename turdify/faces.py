"""Where faces are in a photo, and the JSON that tells it: to programs, and from clients that mark faces by hand.

All coordinates are pixels of the upright photo, x to the right and y down, with (0, 0) the upper left corner of the
upper left pixel. Angles are degrees, counter-clockwise as seen.
"""

import json
import math
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from numbers import Real
from typing import Any, Literal

from turdify.errors import InvalidFaces

MAX_FACES = 500

# How far from the photo's corner a box may reach, in pixels: many times the side of any photo that is read.
MAX_COORDINATE = 10**6

# How many times as wide or high as the photo's longer side a box may be: none that is drawn by hand is.
MAX_BOX = 4

# A face as Face.as_dict tells it can be sent back; score and distance mean nothing here.
KEYS = {"box", "angle", "emoji", "score", "kept", "distance", "shape"}

# What of its box a mask hides: the ellipse in it, or all of it to its corners.
Shape = Literal["ellipse", "box"]
SHAPES: tuple[Shape, ...] = ("ellipse", "box")


@dataclass(frozen=True)
class Box:
    """A half-open rectangle in Pillow's order; it may reach beyond the photo where a face is cut off."""

    left: float
    upper: float
    right: float
    lower: float

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def height(self) -> float:
        return self.lower - self.upper

    @property
    def center(self) -> tuple[float, float]:
        return (self.left + self.right) / 2, (self.upper + self.lower) / 2

    def pixels(self, size: tuple[int, int]) -> tuple[int, int, int, int]:
        """What a picture of `size` has of it, in whole pixels, from left and upper to below right and lower.

        Where it has nothing, right is not above left, or lower not above upper.
        """
        width, height = size
        left, upper = max(0, math.floor(self.left)), max(0, math.floor(self.upper))
        return left, upper, min(width, math.ceil(self.right)), min(height, math.ceil(self.lower))

    def touches(self, size: tuple[int, int]) -> bool:
        """Whether a picture of `size` has anything of it."""
        left, upper, right, lower = self.pixels(size)
        return left < right and upper < lower

    def contains(self, point: tuple[float, float]) -> bool:
        return self.left <= point[0] < self.right and self.upper <= point[1] < self.lower


@dataclass(frozen=True)
class Face:
    """A face: a tight box round it, the head's tilt in degrees, the detector's confidence if it tells one, and the
    name of the cover that is to hide it once that is chosen. What isn't a face but is to be hidden (a number plate, a
    screen) has the shape "box", which masks cover to its corners.

    A face that is `kept` stays uncovered; `distance` is how far it is from the reference that it was recognized by, or
    would have been, had not another been as like it.
    """

    box: Box
    angle: float = 0.0
    score: float | None = None
    emoji: str | None = None
    kept: bool = False
    distance: float | None = None
    shape: Shape = "ellipse"

    def as_dict(self) -> dict[str, Any]:
        """What programs are shown: the box as [left, upper, right, lower], rounded to a tenth of a pixel or degree.

        Only a face that is kept has "kept"; it and one that might have been have a "distance", rounded to a hundredth.
        """
        box = [round(side, 1) for side in (self.box.left, self.box.upper, self.box.right, self.box.lower)]
        score = None if self.score is None else round(self.score, 3)
        told = {"box": box, "angle": round(self.angle, 1), "emoji": self.emoji, "score": score}
        if self.shape == "box":
            told["shape"] = self.shape
        distance = {} if self.distance is None else {"distance": round(self.distance, 2)}
        return told | ({"kept": True} if self.kept else {}) | distance


@dataclass(frozen=True)
class Ellipse:
    """An upright ellipse: its center and its half width and half height."""

    center: tuple[float, float]
    radii: tuple[float, float]


def read_faces(text: str | bytes, emoji: Collection[str], offered: str) -> list[Face]:
    """Parse a list of {"box": [left, upper, right, lower], "angle": degrees, "emoji": name, ...}, as Face has them.

    All but the box are optional. An object whose "faces" is such a list, as `turdify --json` prints it, will do too.
    `emoji` holds the names that may occur, `offered` is how people are told of them. Raises InvalidFaces, which says
    what is wrong with which face.
    """
    try:
        parsed = json.loads(text, object_pairs_hook=object_of)
    except (ValueError, RecursionError) as error:
        raise InvalidFaces("The faces are not valid JSON.") from error
    if isinstance(parsed, dict):
        parsed = parsed.get("faces")
    if not isinstance(parsed, list):
        raise InvalidFaces('The faces must be a list: [{"box": [left, upper, right, lower]}].')
    if len(parsed) > MAX_FACES:
        raise InvalidFaces(f"There are {len(parsed)} faces; at most {MAX_FACES} can be covered.")
    return [read_face(face, number, emoji, offered) for number, face in enumerate(parsed, start=1)]


def object_of(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """What JSON names in an object. Raises InvalidFaces for a name that is there twice, of which one would be lost."""
    for name, count in Counter(name for name, _ in pairs).most_common(1):
        if count > 1:
            raise InvalidFaces(f"{name!r} is there twice in one object of the faces. Say it once.")
    return dict(pairs)


def in_reading_order(faces: Iterable[Face]) -> list[Face]:
    """The faces row by row from the top, those of a row from left to right; none in, none out.

    A face begins the next row if its middle is below that of the row's first face by half the height of the lower one,
    or more.
    """
    rows: list[list[Face]] = []
    for face in sorted(faces, key=lambda face: face.box.center[1]):
        first = rows[-1][0] if rows else None
        if first and face.box.center[1] - first.box.center[1] < min(face.box.height, first.box.height) / 2:
            rows[-1].append(face)
        else:
            rows.append([face])
    return [face for row in rows for face in sorted(row, key=lambda face: face.box.center[0])]


def check_faces(faces: Iterable[Face], size: tuple[int, int], known: Collection[str], offered: str) -> list[Face]:
    """The faces as they can be covered in a photo of `size`, in Python's own numbers, NumPy's being understood, too.

    `known` and `offered` are as in read_faces. Raises InvalidFaces, also for a box that is too large for the photo.
    """
    checked = [check_face(face, number, known, offered) for number, face in enumerate(faces, start=1)]
    for number, face in enumerate(checked, start=1):
        if max(face.box.width, face.box.height) > MAX_BOX * max(size):
            raise InvalidFaces(f"The box of face {number} is more than {MAX_BOX} times as large as the photo.")
    return checked


def read_face(value: Any, number: int, known: Collection[str], offered: str) -> Face:
    """One face of the list, which errors call by its number, from 1; its emoji is one of the `known`, or `offered`."""
    if not isinstance(value, dict) or "box" not in value or not value.keys() <= KEYS:
        raise InvalidFaces(
            f'Face {number} must be an object with a "box", and perhaps an "angle", an "emoji" and a "shape".'
        )
    read = Face(
        read_box(value["box"], f"face {number}"),
        value.get("angle", 0),
        emoji=value.get("emoji"),
        kept=value.get("kept", False),
        shape=value.get("shape", SHAPES[0]),
    )
    return check_face(read, number, known, offered)


def check_face(face: Face, number: int, known: Collection[str], offered: str) -> Face:
    """The face, whose fields may be anything, as check_faces tells it."""
    if not (isinstance(face, Face) and isinstance(face.box, Box)):
        raise InvalidFaces(f"Face {number} must be a Face that has a Box.")
    box = read_box([face.box.left, face.box.upper, face.box.right, face.box.lower], f"face {number}")
    if not is_coordinate(face.angle):
        raise InvalidFaces(f"The angle of face {number} must be a number of degrees, counter-clockwise.")
    if not isinstance(face.kept, bool):
        raise InvalidFaces(f'"kept" of face {number} must be true or false.')
    if face.emoji is not None and not (isinstance(face.emoji, str) and face.emoji in known):
        raise InvalidFaces(f"Unknown emoji {face.emoji!r} for face {number}. Choose one of {offered}.")
    return replace(
        face,
        box=box,
        angle=float(face.angle),
        score=read_measure(face.score, "score", number),
        distance=read_measure(face.distance, "distance", number),
        shape=read_shape(face.shape, number),
    )


def read_measure(value: Any, name: str, number: int) -> float | None:
    if not (value is None or is_coordinate(value)):
        raise InvalidFaces(f"The {name} of face {number} must be a number.")
    return None if value is None else float(value)


def read_shape(value: Any, number: int) -> Shape:
    for shape in SHAPES:
        if isinstance(value, str) and shape == value:
            return shape
    raise InvalidFaces(f"Unknown shape {value!r} for face {number}. Choose one of {', '.join(SHAPES)}.")


def read_box(value: Any, owner: str) -> Box:
    """A list of four numbers as a box; InvalidFaces says whose it is, as the `owner` is called."""
    if not (isinstance(value, list) and len(value) == 4 and all(map(is_coordinate, value))):
        raise InvalidFaces(f"The box of {owner} must be four numbers: left, upper, right, lower.")
    box = Box(*map(float, value))
    if not (box.left < box.right and box.upper < box.lower):
        raise InvalidFaces(f"The box of {owner} is empty: left must be below right, and upper below lower.")
    return box


def is_coordinate(value: Any) -> bool:
    """Whether it is a finite number of reasonable size; true and false are none."""
    try:
        return isinstance(value, Real) and not isinstance(value, bool) and abs(float(value)) <= MAX_COORDINATE
    except OverflowError:
        return False
