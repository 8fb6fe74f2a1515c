"""What hides a face: a picture or a mask. This room alone knows every cover by name."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import cycle

from PIL import Image

from turdify.covers.artwork import PICTURES, SIDE, Artwork, artwork_from, load_artwork
from turdify.covers.blending import lay
from turdify.covers.masks import MASKS, SOLID_SHARE, Mask, mask_face
from turdify.covers.placement import DEFAULT_SIZE, MAX_SIZE, MIN_SIZE, SOFT_EDGE, place
from turdify.errors import UnsupportedOption
from turdify.faces import Face

__all__ = [
    "CHOICES",
    "DEFAULT",
    "DEFAULT_SIZE",
    "FACE_CHOICES",
    "MASKS",
    "MAX_SIZE",
    "MIN_SIZE",
    "MIXED",
    "NAMES",
    "OWN",
    "PICTURES",
    "SIDE",
    "SOFT_EDGE",
    "SOLID_SHARE",
    "Artwork",
    "Cover",
    "artwork_from",
    "assign",
    "back_to_front",
    "cover_face",
    "cover_faces",
    "load_cover",
]

Cover = Artwork | Mask

# In the order in which they are offered.
NAMES = (*PICTURES, *MASKS)
DEFAULT = PICTURES[0]

# Not covers by themselves: every picture in turn, and the picture that somebody sends.
MIXED = "mixed"
OWN = "picture"

# What may be asked for all faces, and for one.
CHOICES = (*NAMES, MIXED)
FACE_CHOICES = (*NAMES, OWN)


def load_cover(name: str) -> Cover:
    """A cover by its name in NAMES; KeyError for any other name."""
    return MASKS[name] if name in MASKS else load_artwork(name)


def assign(faces: Iterable[Face], choice: str) -> list[Face]:
    """The faces, each that has no emoji yet with the one of CHOICES that is asked for, or OWN; none in, none out."""
    choices = cycle(PICTURES if choice == MIXED else [choice])
    return [replace(face, emoji=face.emoji or name) for face, name in zip(faces, choices, strict=False)]


def back_to_front(faces: Iterable[Face]) -> list[Face]:
    """The faces in the order to cover them: large ones are near, so their covers lie on those of small ones."""
    return sorted(faces, key=lambda face: face.box.height)


def cover_faces(
    image: Image.Image,
    faces: Sequence[Face],
    *,
    own: Artwork | None = None,
    size: float = DEFAULT_SIZE,
    icc_profile: bytes | None = None,
) -> None:
    """Cover each face as its emoji says, in place; one without an emoji by the DEFAULT, one with OWN by `own`.

    The rest is as in cover_face. Raises UnsupportedOption for a face that wants a picture of one's own without one.
    """
    for face in back_to_front(faces):
        cover = own if face.emoji == OWN else load_cover(face.emoji or DEFAULT)
        if cover is None:
            raise UnsupportedOption(
                "A face is to be covered by your own picture, but there is none. Send it as `picture`."
            )
        cover_face(image, face, cover, size=size, icc_profile=icc_profile)


def cover_face(
    image: Image.Image,
    face: Face,
    cover: Cover,
    *,
    size: float = DEFAULT_SIZE,
    icc_profile: bytes | None = None,
) -> None:
    """Cover a face, in place. `image` is of mode L, LA, RGB or RGBA; what lies outside it is cut off.

    `size` is in percent, MIN_SIZE to MAX_SIZE. `icc_profile` is the image's; without one its colors are sRGB.
    """
    if isinstance(cover, Artwork):
        lay(image, cover, place(face, cover.face, size), icc_profile)
    else:
        mask_face(image, face, cover, size=size)
