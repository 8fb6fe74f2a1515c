"""The one story: a photo comes in, every face in it is covered, the photo goes out."""

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from numbers import Real
from typing import Literal

from PIL import Image

from turdify.covers import (
    CHOICES,
    DEFAULT,
    DEFAULT_SIZE,
    FACE_CHOICES,
    MAX_SIZE,
    MIN_SIZE,
    OFFERED,
    OWN,
    Artwork,
    artwork_from,
    assign,
    cover_faces,
)
from turdify.detection import NORMAL, SENSITIVITIES, Detector, load_detector
from turdify.errors import NoSuchFace, UnsupportedOption
from turdify.faces import Box, Face, check_face, check_faces, in_reading_order, is_coordinate
from turdify.photo import FORMATS, MAX_BYTES, MAX_PIXELS, Format, Photo, encode, read_photo
from turdify.recognition import Encodings, Gallery, People, encode_faces, keep, recognizable

OutputFormat = Format | Literal["same"]
OUTPUT_FORMATS: tuple[OutputFormat, ...] = ("same", *FORMATS)
Stage = Literal["read", "find", "cover", "write"]


def go_on(stage: Stage) -> None:
    """What is told of each stage before it begins; whoever tells otherwise may raise, and the story ends there."""


# What is said of an animation, so that nobody takes the result for one.
FIRST_ONLY = "Only the first picture of this animation was used."


@dataclass(frozen=True)
class Options:
    """What may be chosen for a photo. The format "same" keeps the source's kind, as read_photo names it.

    The `picture`, or without one the `emoji`, one of CHOICES, covers the faces that have no emoji of their own, at
    `size` percent, as cover_face understands it. `sensitivity` is a name in SENSITIVITIES. Of the faces that are found,
    those of `people` may stay uncovered.

    Raises UnsupportedOption for what can't be chosen: a smaller cover would show a part of the face; and TypeError for
    a picture that isn't read yet, people who aren't People, or limits that are no numbers.
    """

    format: OutputFormat = "same"
    emoji: str = DEFAULT
    picture: Artwork | None = None
    size: float = DEFAULT_SIZE
    sensitivity: str = NORMAL
    people: People | None = None
    max_bytes: int = MAX_BYTES
    max_pixels: int = MAX_PIXELS

    def __post_init__(self) -> None:
        for field, value, choices in (
            ("format", self.format, OUTPUT_FORMATS),
            ("emoji", self.emoji, CHOICES),
            ("sensitivity", self.sensitivity, tuple(SENSITIVITIES)),
        ):
            if value not in choices:
                raise unknown_choice(field, value, choices)
        if not (is_coordinate(self.size) and MIN_SIZE <= self.size <= MAX_SIZE):
            raise unknown_size(str(self.size))
        for field, limit in (("max_bytes", self.max_bytes), ("max_pixels", self.max_pixels)):
            if not (isinstance(limit, Real) and limit >= 0):
                raise TypeError(f"{field} is a number, not {limit!r}.")
        if not isinstance(self.picture, Artwork | None):
            raise TypeError(f"A picture is given as read_artwork reads it, not as {type(self.picture)}.")
        if not isinstance(self.people, People | None):
            raise TypeError(f"People are given as People(...), not as {type(self.people)}.")

    @property
    def choice(self) -> str:
        return OWN if self.picture else self.emoji


def unknown_choice(field: str, value: str, choices: Sequence[str]) -> UnsupportedOption:
    return UnsupportedOption(f"Unknown {field} {value!r}. Choose one of {', '.join(choices)}.")


def unknown_size(text: str) -> UnsupportedOption:
    return UnsupportedOption(f"Unknown size {text!r}. Choose a number of percent from {MIN_SIZE} to {MAX_SIZE}.")


@dataclass(frozen=True)
class Found:
    """The faces in a photo of `size` (width, height), upright: those to cover, and those that are kept.

    `animated` says that it is the first of moving pictures.
    """

    size: tuple[int, int]
    faces: list[Face]
    kept: list[Face]
    animated: bool


@dataclass(frozen=True)
class Result:
    """A photo whose faces are covered: the file, its format, its (width, height), the faces under the covers, and those
    that were kept. What lies beside the photo is neither, though its cover may reach into it.

    `animated` says that it is the first of moving pictures.
    """

    data: bytes
    format: Format
    size: tuple[int, int]
    faces: list[Face]
    kept: list[Face]
    animated: bool


def turdify(
    data: bytes,
    options: Options = Options(),
    *,
    faces: Iterable[Face] | None = None,
    detector: Detector | None = None,
    gallery: Gallery | None = None,
    begin: Callable[[Stage], None] = go_on,
) -> Result:
    """Cover every face in a photo, or exactly the `faces` that are given. Without any, a photo only loses metadata.

    With a `gallery`, and the emoji "mixed" or "numbers", whoever is in several photos gets the same in all of them.

    Raises UnsupportedOption for both `faces` and people, and what read_photo, detect, check_faces, keep, cover_faces,
    encode and `begin` raise.
    """
    if faces is not None and options.people is not None:
        raise UnsupportedOption("The faces to cover are given, so nobody is looked for: leave out keep, only or faces.")
    check_process()
    begin("read")
    photo = read_photo(data, max_bytes=options.max_bytes, max_pixels=options.max_pixels)
    if faces is None:
        begin("find")
        faces = look(photo, options, detector)
    else:
        faces = check_faces(faces, photo.image.size, FACE_CHOICES, OFFERED)
    begin("cover")
    faces, kept = choose(photo, faces, options, gallery)
    cover_faces(photo.image, faces, own=options.picture, size=options.size, icc_profile=photo.icc_profile)
    begin("write")
    format = photo.format if options.format == "same" else options.format
    size = photo.image.size
    return Result(encode(photo, format), format, size, within(size, faces), within(size, kept), photo.animated)


def find_faces(
    data: bytes,
    options: Options = Options(),
    *,
    detector: Detector | None = None,
    gallery: Gallery | None = None,
    begin: Callable[[Stage], None] = go_on,
) -> Found:
    """The first half of the story. Raises what read_photo, detect, keep and `begin` raise."""
    check_process()
    begin("read")
    photo = read_photo(data, max_bytes=options.max_bytes, max_pixels=options.max_pixels)
    begin("find")
    faces, kept = choose(photo, look(photo, options, detector), options, gallery)
    size = photo.image.size
    return Found(size, within(size, faces), within(size, kept), photo.animated)


def look(photo: Photo, options: Options, detector: Detector | None) -> list[Face]:
    """The faces in a photo, in reading order, those of people who may stay uncovered marked as kept."""
    faces = in_reading_order(detect(photo.image, detector, options.sensitivity))
    return faces if options.people is None else keep(photo.image, faces, options.people)


def detect(image: Image.Image, detector: Detector | None, sensitivity: str = NORMAL) -> list[Face]:
    """What a detector finds, which may be somebody's own. Raises what it does, and InvalidFaces for what is no face."""
    found = (detector or load_detector()).find_faces(image, sensitivity)
    return [check_face(face, number, FACE_CHOICES, OFFERED) for number, face in enumerate(found, start=1)]


def choose(
    photo: Photo, faces: Sequence[Face], options: Options, gallery: Gallery | None
) -> tuple[list[Face], list[Face]]:
    """The faces to cover, each with its emoji, and those that are kept."""
    covered, kept = [face for face in faces if not face.kept], [face for face in faces if face.kept]
    people = None if gallery is None else gallery.numbers(photo.image, covered)
    return assign(covered, options.choice, people), kept


def within(size: tuple[int, int], faces: Iterable[Face]) -> list[Face]:
    """Those of which a photo of that size has a part."""
    return [face for face in faces if face.box.touches(size)]


def read_artwork(data: bytes, *, max_bytes: int = MAX_BYTES, max_pixels: int = MAX_PIXELS) -> Artwork:
    """Somebody's own picture, to cover faces with. Raises what read_photo and artwork_from raise."""
    return artwork_from(read_photo(data, max_bytes=max_bytes, max_pixels=max_pixels).image)


def read_reference(
    data: bytes,
    *,
    box: Box | None = None,
    detector: Detector | None = None,
    max_bytes: int = MAX_BYTES,
    max_pixels: int = MAX_PIXELS,
) -> Encodings:
    """A photo of somebody as People takes it (1, 128); where it shows several faces, the one centered in the `box`.

    Raises what read_photo, detect and encode_faces raise, and NoSuchFace.
    """
    check_process()
    image = read_photo(data, max_bytes=max_bytes, max_pixels=max_pixels).image
    faces = detect(image, detector)
    if box is not None:
        faces = [face for face in faces if box.contains(face.box.center)]
    if len(faces) != 1 or not recognizable(faces, image.size):
        raise NoSuchFace(len(faces) if len(faces) > 1 else 0)
    return encode_faces(image, faces)


@cache
def first_process() -> int:
    """The id of the one in which this was asked first; a forked one has it, too."""
    return os.getpid()


def check_process() -> None:
    """Raise RuntimeError in a process whose parent has the threads by which faces are found and covered.

    A fork takes along what waits for these threads, but none of them: the first photo would never be done.
    """
    if first_process() != os.getpid():
        raise RuntimeError(
            "turdify was used before this process was forked, and can't be in both. Start processes anew: "
            "multiprocessing.get_context('spawn')."
        )
