"""The one story: a photo comes in, every face in it is covered, the photo goes out."""

from dataclasses import dataclass
from typing import Literal

from turdify.artwork import load_artwork
from turdify.covering import cover_faces
from turdify.detection import Detector, load_detector
from turdify.geometry import Face
from turdify.photo import MAX_BYTES, MAX_PIXELS, Format, encode, read_photo

OutputFormat = Format | Literal["same"]


@dataclass(frozen=True)
class Options:
    """What may be chosen for a photo. The format "same" keeps the source's kind, as read_photo names it."""

    format: OutputFormat = "same"
    max_bytes: int = MAX_BYTES
    max_pixels: int = MAX_PIXELS


@dataclass(frozen=True)
class Found:
    """The faces in a photo of `size` (width, height), upright."""

    size: tuple[int, int]
    faces: list[Face]


@dataclass(frozen=True)
class Result:
    """A photo whose faces are covered: the file, its format, its (width, height), and the faces under the covers."""

    data: bytes
    format: Format
    size: tuple[int, int]
    faces: list[Face]


def turdify(data: bytes, options: Options = Options(), *, detector: Detector | None = None) -> Result:
    """Cover every face in a photo with a turd. A photo without faces comes back without its metadata.

    Raises what read_photo and encode raise.
    """
    photo = read_photo(data, max_bytes=options.max_bytes, max_pixels=options.max_pixels)
    faces = (detector or load_detector()).find_faces(photo.image)
    cover_faces(photo.image, faces, load_artwork("turd"))
    format = photo.format if options.format == "same" else options.format
    return Result(encode(photo, format), format, photo.image.size, faces)


def find_faces(data: bytes, options: Options = Options(), *, detector: Detector | None = None) -> Found:
    """The first half of the story. Raises what read_photo raises."""
    photo = read_photo(data, max_bytes=options.max_bytes, max_pixels=options.max_pixels)
    return Found(photo.image.size, (detector or load_detector()).find_faces(photo.image))
