"""Faces that a client marks by hand, as JSON: what `faces` in a request and --faces on the command line hold."""

import json
from typing import Any

from turdify.artwork import COVERS
from turdify.errors import InvalidFaces
from turdify.geometry import Box, Face
from turdify.masking import MASKS

# What a face is covered by when somebody sends a picture of their own.
PICTURE = "picture"

EMOJI = (*COVERS, *MASKS, PICTURE)

MAX_FACES = 500

# How far from the photo's corner a box may reach, in pixels: many times the side of any photo that is read.
MAX_COORDINATE = 10**6

# A face as Face.as_dict tells it can be sent back; the score means nothing here.
KEYS = {"box", "angle", "emoji", "score"}


def read_faces(text: str | bytes) -> list[Face]:
    """Parse a list of {"box": [left, upper, right, lower], "angle": degrees, "emoji": name}, the last two optional.

    An object whose "faces" is such a list, as `turdify --json` prints it, will do too. Raises InvalidFaces, which says
    what is wrong with which face.
    """
    try:
        parsed = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InvalidFaces("The faces are not valid JSON.") from error
    if isinstance(parsed, dict):
        parsed = parsed.get("faces")
    if not isinstance(parsed, list):
        raise InvalidFaces('The faces must be a list: [{"box": [left, upper, right, lower]}].')
    if len(parsed) > MAX_FACES:
        raise InvalidFaces(f"There are {len(parsed)} faces; at most {MAX_FACES} can be covered.")
    return [read_face(face, number) for number, face in enumerate(parsed, start=1)]


def read_face(value: Any, number: int) -> Face:
    """One face of the list, which errors call by its number, from 1."""
    if not isinstance(value, dict) or "box" not in value or not value.keys() <= KEYS:
        raise InvalidFaces(f'Face {number} must be an object with a "box", and perhaps an "angle" and an "emoji".')
    box, angle, emoji = value["box"], value.get("angle", 0), value.get("emoji")
    if not (isinstance(box, list) and len(box) == 4 and all(map(is_coordinate, box))):
        raise InvalidFaces(f"The box of face {number} must be four numbers: left, upper, right, lower.")
    if not (box[0] < box[2] and box[1] < box[3]):
        raise InvalidFaces(f"The box of face {number} is empty: left must be below right, and upper below lower.")
    if not is_coordinate(angle):
        raise InvalidFaces(f"The angle of face {number} must be a number of degrees, counter-clockwise.")
    if emoji is not None and emoji not in EMOJI:
        raise InvalidFaces(f"Unknown emoji {emoji!r} for face {number}. Choose one of {', '.join(EMOJI)}.")
    return Face(Box(*map(float, box)), float(angle), emoji=emoji)


def is_coordinate(value: Any) -> bool:
    """Whether it is a finite number of reasonable size; true and false are none."""
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= MAX_COORDINATE
