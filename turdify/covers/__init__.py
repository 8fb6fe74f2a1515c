"""What hides a face: a picture or a mask. This room alone knows every cover by name."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from PIL import Image

from turdify.covers.artwork import PICTURES, SIDE, Artwork, artwork_from, load_artwork
from turdify.covers.blending import lay
from turdify.covers.masks import MASKS, SOLID_SHARE, Mask, mask_face, masked
from turdify.covers.placement import DEFAULT_SIZE, MAX_SIZE, MIN_SIZE, SOFT_EDGE, place
from turdify.errors import InvalidFaces, UnsupportedOption
from turdify.faces import Box, Face

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

# What may be covered in one photo, in pixels, each counted as often as it is covered: a photo of the largest size four
# times over. On one busy core that takes under 4 seconds.
MAX_COVERED_PIXELS = 260_000_000

# What may be asked for all faces, and for one.
CHOICES = (*NAMES, MIXED)
FACE_CHOICES = (*NAMES, OWN)


def load_cover(name: str) -> Cover:
    """A cover by its name in NAMES; KeyError for any other name."""
    return MASKS[name] if name in MASKS else load_artwork(name)


def assign(faces: Sequence[Face], choice: str, people: Sequence[int] | None = None) -> list[Face]:
    """The faces, each that has no emoji yet with the one of CHOICES that is asked for, or OWN; none in, none out.

    MIXED goes round by the faces' places, or where `people` counts whose each is, by that.
    """
    choices = PICTURES if choice == MIXED else [choice]
    turns = range(len(faces)) if people is None else people
    return [
        replace(face, emoji=face.emoji or choices[turn % len(choices)]) for face, turn in zip(faces, turns, strict=True)
    ]


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

    The rest is as in cover_face. Raises UnsupportedOption for a face that wants a picture of one's own without one, and
    InvalidFaces where there is too much to cover.
    """
    chosen = [(face, chosen_cover(face, own)) for face in back_to_front(faces)]
    areas = [(face, cover, area(extent(face, cover, size), image)) for face, cover in chosen]
    check_covered(sum(pixels for *_, pixels in areas))
    seen = [(face, cover) for face, cover, pixels in areas if pixels]
    numbers: dict[Artwork, set[int]] = {}
    for face, cover in seen:
        if isinstance(cover, Artwork):
            numbers.setdefault(cover, set()).add(place(face, cover.face, size).level)
    for artwork, wanted in numbers.items():
        artwork.hold(wanted)
    for face, cover in seen:
        cover_face(image, face, cover, size=size, icc_profile=icc_profile)
    for artwork in numbers:
        if artwork is not load_artwork(DEFAULT):
            artwork.let_go()


def chosen_cover(face: Face, own: Artwork | None) -> Cover:
    """What is to cover the face. Raises UnsupportedOption if that is one's own picture, but there is none."""
    if face.emoji != OWN:
        return load_cover(face.emoji or DEFAULT)
    if own is None:
        raise UnsupportedOption("A face is to be covered by your own picture, but there is none. Send it as `picture`.")
    return own


def extent(face: Face, cover: Cover, size: float) -> Box:
    """The upright box that holds the whole cover, in the photo or not."""
    return place(face, cover.face, size).extent(cover.size) if isinstance(cover, Artwork) else masked(face, size)


def area(box: Box, image: Image.Image) -> int:
    """How many pixels of the image are in the box."""
    left, upper, right, lower = box.pixels(image.size)
    return max(0, right - left) * max(0, lower - upper)


def check_covered(pixels: int) -> None:
    """Raise InvalidFaces if so many pixels, each as often as it is covered, are more than MAX_COVERED_PIXELS."""
    if pixels > MAX_COVERED_PIXELS:
        raise InvalidFaces(
            "The faces are too many and too large: {megapixels} megapixels of covers; at most {limit} are drawn.",
            megapixels=f"{pixels / 1e6:.0f}",
            limit=f"{MAX_COVERED_PIXELS / 1e6:g}",
        )


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
        placement = place(face, cover.face, size)
        lay(image, cover.hold({placement.level})[placement.level], placement, icc_profile)
    else:
        mask_face(image, face, cover, size=size)
