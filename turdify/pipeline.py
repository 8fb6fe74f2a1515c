"""The one story: a photo comes in, every face in it is covered, the photo goes out."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from turdify.covers import DEFAULT, DEFAULT_SIZE, OWN, Artwork, artwork_from, assign, cover_faces
from turdify.detection import NORMAL, Detector, load_detector
from turdify.faces import Face, check_boxes
from turdify.photo import MAX_BYTES, MAX_PIXELS, Format, encode, read_photo

OutputFormat = Format | Literal["same"]

# What is said of an animation, so that nobody takes the result for one.
FIRST_ONLY = "Only the first picture of this animation was used."


@dataclass(frozen=True)
class Options:
    """What may be chosen for a photo. The format "same" keeps the source's kind, as read_photo names it.

    The `picture`, or without one the `emoji`, one of CHOICES, covers the faces that have no emoji of their own, at
    `size` percent, as cover_face understands it. `sensitivity` is a name in SENSITIVITIES.
    """

    format: OutputFormat = "same"
    emoji: str = DEFAULT
    picture: Artwork | None = None
    size: float = DEFAULT_SIZE
    sensitivity: str = NORMAL
    max_bytes: int = MAX_BYTES
    max_pixels: int = MAX_PIXELS

    @property
    def choice(self) -> str:
        return OWN if self.picture else self.emoji


@dataclass(frozen=True)
class Found:
    """The faces in a photo of `size` (width, height), upright; `animated` if it is the first of moving pictures."""

    size: tuple[int, int]
    faces: list[Face]
    animated: bool


@dataclass(frozen=True)
class Result:
    """A photo whose faces are covered: the file, its format, its (width, height), and the faces under the covers.

    `animated` says that it is the first of moving pictures.
    """

    data: bytes
    format: Format
    size: tuple[int, int]
    faces: list[Face]
    animated: bool


def turdify(
    data: bytes,
    options: Options = Options(),
    *,
    faces: Sequence[Face] | None = None,
    detector: Detector | None = None,
) -> Result:
    """Cover every face in a photo, or exactly the `faces` that are given. Without any, a photo only loses metadata.

    Raises what read_photo, the detector, check_boxes, cover_faces and encode raise.
    """
    photo = read_photo(data, max_bytes=options.max_bytes, max_pixels=options.max_pixels)
    if faces is None:
        faces = (detector or load_detector()).find_faces(photo.image, options.sensitivity)
    else:
        check_boxes(faces, photo.image.size)
    faces = assign(faces, options.choice)
    cover_faces(photo.image, faces, own=options.picture, size=options.size, icc_profile=photo.icc_profile)
    format = photo.format if options.format == "same" else options.format
    return Result(encode(photo, format), format, photo.image.size, faces, photo.animated)


def find_faces(data: bytes, options: Options = Options(), *, detector: Detector | None = None) -> Found:
    """The first half of the story. Raises what read_photo and the detector raise."""
    photo = read_photo(data, max_bytes=options.max_bytes, max_pixels=options.max_pixels)
    faces = (detector or load_detector()).find_faces(photo.image, options.sensitivity)
    return Found(photo.image.size, assign(faces, options.choice), photo.animated)


def read_artwork(data: bytes, *, max_bytes: int = MAX_BYTES, max_pixels: int = MAX_PIXELS) -> Artwork:
    """Somebody's own picture, to cover faces with. Raises what read_photo and artwork_from raise."""
    return artwork_from(read_photo(data, max_bytes=max_bytes, max_pixels=max_pixels).image)
