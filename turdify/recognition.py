"""Everyone but me: which faces are those of people whose reference pictures we have.

Faces are compared by face_recognition's encodings. These are biometric data: they are told to nobody, written nowhere,
and gone with the request. A wrong match would uncover a stranger, so doubt means covered.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from math import cos, radians, sin
from types import ModuleType

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from turdify.detection.dlib_hog import import_face_recognition
from turdify.faces import Face

Encodings = NDArray[np.float64]
LENGTH = 128

# dlib's landmarks are placed in squares as its own detector makes them. In CenterFace's boxes of 84 faces that both
# found, these are .91 of the height a side, and their centers .06 of the height below the box's.
SQUARE_SIDE = 0.91
SQUARE_DROP = 0.06

# A face is looked at with its square scaled to 150 pixels, the side of the network's input, and as much again round it.
SQUARE_PIXELS = 150
PATCH_PIXELS = 2 * SQUARE_PIXELS


@dataclass(frozen=True)
class Strictness:
    """A face is somebody's at `max_distance` from the person's pictures, and by `margin` nearer than the photo's next.

    Where only some people are to be covered, a face is somebody else's from the distance `apart` on.
    """

    max_distance: float
    margin: float
    apart: float


# Measured by bench/recognition.py; docs/decisions.md has the table.
STRICTNESS = {
    "careful": Strictness(max_distance=0.45, margin=0.08, apart=0.65),
    "balanced": Strictness(max_distance=0.50, margin=0.05, apart=0.60),
    "lenient": Strictness(max_distance=0.55, margin=0.03, apart=0.55),
}
DEFAULT_STRICTNESS = "careful"

# The height in pixels from which a face can be told from others, and how many of a photo's are encoded, the largest
# first, as each takes 80 ms of a core.
MIN_HEIGHT = 50
MAX_ENCODED = 60

# Pictures of a person that are remembered while faces are grouped; more would only cost time.
MAX_REMEMBERED = 5


@dataclass(frozen=True)
class People:
    """Who is to stay uncovered, or with `only` who alone is to be covered: each one's encodings (pictures, 128)."""

    encodings: Sequence[Encodings] = field(repr=False)
    only: bool = False
    strictness: str = DEFAULT_STRICTNESS


@cache
def face_recognition() -> ModuleType:
    """The package, whose models take 60 MB and are loaded at the first call. Raises RecognitionMissing."""
    return import_face_recognition()


def encode_faces(image: Image.Image, faces: Iterable[Face]) -> Encodings:
    """The faces' encodings (n, 128), in their order; none in, (0, 128) out.

    `image` is upright, of mode L, LA, RGB or RGBA, and the faces, found by either detector, are in its pixels.
    """
    rgb = image if image.mode == "RGB" else image.convert("RGB")
    margin = (PATCH_PIXELS - SQUARE_PIXELS) // 2
    location = margin, margin + SQUARE_PIXELS - 1, margin + SQUARE_PIXELS - 1, margin
    encodings = [face_recognition().face_encodings(np.asarray(patch(rgb, face)), [location])[0] for face in faces]
    return np.array(encodings, np.float64).reshape(-1, LENGTH)


def patch(image: Image.Image, face: Face) -> Image.Image:
    """A face of an RGB image, turned upright and scaled, in the middle of a picture; black outside the photo."""
    angle, (x, y) = radians(face.angle), face.box.center
    x, y = x + SQUARE_DROP * face.box.height * sin(angle), y + SQUARE_DROP * face.box.height * cos(angle)
    scale = SQUARE_PIXELS / (SQUARE_SIDE * face.box.height)
    reach = PATCH_PIXELS / 2 / scale
    left, upper = max(0.0, x - reach), max(0.0, y - reach)
    right, lower = min(float(image.width), x + reach), min(float(image.height), y + reach)
    size = max(1, round((right - left) * scale)), max(1, round((lower - upper) * scale))
    part = image.resize(size, Image.Resampling.BILINEAR, box=(left, upper, right, lower), reducing_gap=2.0)
    ground = Image.new("RGB", (PATCH_PIXELS, PATCH_PIXELS))
    ground.paste(part, (round((left - x + reach) * scale), round((upper - y + reach) * scale)))
    return ground.rotate(-face.angle, Image.Resampling.BILINEAR)


def keep(image: Image.Image, faces: Sequence[Face], people: People) -> list[Face]:
    """The faces, those that are to stay uncovered marked as kept.

    These have their distance from the person they are, or with `only` from the nearest that they are not. A face that
    is near enough to be somebody's, but not kept, as another is nearly as near, has its distance alone.
    """
    known = recognizable(faces, image.size)
    apart = distances(people.encodings, encode_faces(image, [faces[index] for index in known]))
    strictness = STRICTNESS[people.strictness]
    kept = others(apart, strictness) if people.only else list(matches(apart, strictness))
    told = kept if people.only else alike(apart, strictness)
    nearest = {known[column]: float(apart[:, column].min()) for column in told}
    uncovered = {known[column] for column in kept}
    return [
        replace(face, kept=index in uncovered, distance=nearest[index]) if index in nearest else face
        for index, face in enumerate(faces)
    ]


def recognizable(faces: Sequence[Face], size: tuple[int, int]) -> list[int]:
    """The indexes of the faces in a photo of `size` that are worth encoding, in the photo's order."""
    width, height = size
    large = [
        index
        for index, face in enumerate(faces)
        if face.box.height >= MIN_HEIGHT and 0 < face.box.center[0] < width and 0 < face.box.center[1] < height
    ]
    largest = sorted(large, key=lambda index: -faces[index].box.height)[:MAX_ENCODED]
    return sorted(largest)


def distances(people: Sequence[Encodings], encodings: Encodings) -> NDArray[np.float64]:
    """How far each face is from each person (people, faces): the mean of its distances from that one's pictures."""
    apart = np.empty((len(people), len(encodings)))
    for row, pictures in zip(apart, people, strict=True):
        row[:] = np.linalg.norm(encodings[None] - pictures[:, None], axis=2).mean(axis=0)
    return apart


def matches(apart: NDArray[np.float64], strictness: Strictness) -> dict[int, int]:
    """Which faces are whose, of distances (people, faces): a person by the face's index.

    A person is in a photo at most once, as the face that is nearest; unless the next is nearly as near, which is doubt.
    """
    found = {}
    for person, row in enumerate(apart if apart.size else ()):
        face = int(row.argmin())
        next_nearest = np.delete(row, face).min(initial=np.inf)
        clear = next_nearest - row[face] >= strictness.margin
        if clear and row[face] <= strictness.max_distance and apart[:, face].argmin() == person:
            found[face] = person
    return found


def alike(apart: NDArray[np.float64], strictness: Strictness) -> list[int]:
    """The indexes of the faces that are near enough to be somebody's, matches or not, of distances (people, faces)."""
    return [face for face, column in enumerate(apart.T) if column.min(initial=np.inf) <= strictness.max_distance]


def others(apart: NDArray[np.float64], strictness: Strictness) -> list[int]:
    """The indexes of the faces that are nobody's, of distances (people, faces)."""
    return [face for face, column in enumerate(apart.T) if column.min() >= strictness.apart]


class Gallery:
    """The people met in the photos so far, so that each can get the same cover every time; not for several threads."""

    def __init__(self, strictness: str = DEFAULT_STRICTNESS) -> None:
        self._strictness = STRICTNESS[strictness]
        self._people: dict[int, Encodings] = {}
        self._count = 0

    def numbers(self, image: Image.Image, faces: Sequence[Face]) -> list[int]:
        """Whose the faces in one photo are: people are counted from 0, in the order in which they are met.

        A face that can't be told, or isn't clearly that of somebody who was met, counts as somebody new.
        """
        known = recognizable(faces, image.size)
        encodings = encode_faces(image, [faces[index] for index in known])
        met = list(self._people)
        found = matches(distances(list(self._people.values()), encodings), self._strictness)
        owners = {known[column]: met[person] for column, person in found.items()}
        numbers = [owners[index] if index in owners else self._somebody_new() for index in range(len(faces))]
        for index, encoding in zip(known, encodings, strict=True):
            pictures = self._people.get(numbers[index], np.empty((0, LENGTH)))
            self._people[numbers[index]] = np.vstack([pictures, encoding])[:MAX_REMEMBERED]
        return numbers

    def _somebody_new(self) -> int:
        self._count += 1
        return self._count - 1
