"""The one story: a photo comes in, every face in it is covered, the photo goes out."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import cycle
from typing import Literal

from turdify.artwork import COVERS, DEFAULT, Artwork, load_artwork
from turdify.covering import DEFAULT_SIZE, back_to_front, cover_face
from turdify.detection import Detector, load_detector
from turdify.errors import UnsupportedOption
from turdify.faces import PICTURE
from turdify.geometry import Face
from turdify.masking import MASKS, mask_face
from turdify.photo import MAX_BYTES, MAX_PIXELS, Format, Photo, encode, read_photo

OutputFormat = Format | Literal["same"]

# What may be asked for: a cover or a mask by its name, or all covers in turn.
MIXED = "mixed"
EMOJI = (*COVERS, *MASKS, MIXED)


@dataclass(frozen=True)
class Options:
    """What may be chosen for a photo. The format "same" keeps the source's kind, as read_photo names it.

    `emoji`, one of EMOJI, or else the `picture`, if there is one, covers the faces that have no emoji of their own, at
    `size` percent, as covering.py understands it.
    """

    format: OutputFormat = "same"
    emoji: str = DEFAULT
    picture: Artwork | None = None
    size: float = DEFAULT_SIZE
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


def turdify(
    data: bytes,
    options: Options = Options(),
    *,
    faces: Sequence[Face] | None = None,
    detector: Detector | None = None,
) -> Result:
    """Cover every face in a photo, or exactly the `faces` that are given. Without any, a photo only loses metadata.

    Raises what read_photo and encode raise, and UnsupportedOption for a face that wants a picture where there is none.
    """
    photo = read_photo(data, max_bytes=options.max_bytes, max_pixels=options.max_pixels)
    if faces is None:
        faces = (detector or load_detector()).find_faces(photo.image)
    faces = with_emoji(faces, options)
    for face in back_to_front(faces):
        cover(photo, face, options)
    format = photo.format if options.format == "same" else options.format
    return Result(encode(photo, format), format, photo.image.size, faces)


def find_faces(data: bytes, options: Options = Options(), *, detector: Detector | None = None) -> Found:
    """The first half of the story. Raises what read_photo raises."""
    photo = read_photo(data, max_bytes=options.max_bytes, max_pixels=options.max_pixels)
    faces = (detector or load_detector()).find_faces(photo.image)
    return Found(photo.image.size, with_emoji(faces, options))


def cover(photo: Photo, face: Face, options: Options) -> None:
    """One face, as its emoji says, in place."""
    emoji = face.emoji or DEFAULT
    if emoji in MASKS:
        mask_face(photo.image, face, MASKS[emoji], size=options.size)
        return
    artwork = options.picture if emoji == PICTURE else load_artwork(emoji)
    if artwork is None:
        raise UnsupportedOption("A face is to be covered by your own picture, but there is none. Send it as `picture`.")
    cover_face(photo.image, face, artwork, size=options.size, icc_profile=photo.icc_profile)


def with_emoji(faces: Sequence[Face], options: Options) -> list[Face]:
    """The faces, each that has no emoji yet with the one that is asked for; with every cover in turn for MIXED."""
    wanted = PICTURE if options.picture else options.emoji
    choices = cycle(COVERS if wanted == MIXED else [wanted])
    return [replace(face, emoji=face.emoji or choice) for face, choice in zip(faces, choices, strict=False)]
