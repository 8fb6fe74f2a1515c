"""What hides a face: a picture or a mask. This room alone knows every cover by name."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from PIL import Image

from turdify.covers.artwork import PICTURES, SIDE, Artwork, artwork_from, load_artwork
from turdify.covers.blending import lay
from turdify.covers.masks import MASKS, SOLID_SHARE, Mask, mask_face, masked
from turdify.covers.numbers import NUMBER_NAMES, NUMBER_PATTERN, Number, load_number, numbered
from turdify.covers.placement import DEFAULT_SIZE, MAX_SIZE, MIN_SIZE, SOFT_EDGE, Placement, place
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
    "NUMBERED",
    "NUMBER_NAMES",
    "NUMBER_PATTERN",
    "OFFERED",
    "OWN",
    "PICTURES",
    "SIDE",
    "SOFT_EDGE",
    "SOLID_SHARE",
    "Artwork",
    "Cover",
    "Number",
    "artwork_from",
    "assign",
    "back_to_front",
    "cover_face",
    "cover_faces",
    "layers",
    "load_cover",
]

Cover = Artwork | Number | Mask
Layer = tuple[Artwork, Placement]

# In the order in which they are offered.
NAMES = (*PICTURES, *MASKS)
DEFAULT = PICTURES[0]

# Not covers by themselves: every picture in turn, a number for each, and the picture that somebody sends.
MIXED = "mixed"
NUMBERED = "numbers"
OWN = "picture"

# What may be covered in one photo, in pixels, each counted as often as it is covered: a photo of the largest size four
# times over. On one busy core that takes under 4 seconds.
MAX_COVERED_PIXELS = 260_000_000

# What may be asked for all faces, and for one; and how the latter are told to people, as they are so many.
CHOICES = (*NAMES, MIXED, NUMBERED)
FACE_CHOICES = (*NAMES, OWN, *NUMBER_NAMES)
OFFERED = ", ".join((*NAMES, OWN, f"{NUMBER_NAMES[0]} to {NUMBER_NAMES[-1]}"))


def load_cover(name: str) -> Cover:
    """A cover by its name in NAMES or NUMBER_NAMES; KeyError for any other name."""
    return MASKS.get(name) or load_number(name) or load_artwork(name)


def assign(faces: Sequence[Face], choice: str, people: Sequence[int] | None = None) -> list[Face]:
    """The faces, each that has no emoji yet with the one of CHOICES that is asked for, or OWN; none in, none out.

    MIXED and NUMBERED go round by the faces' places, or where `people` counts whose each is, by that. A number that a
    face has already is no other's.
    """
    if choice == NUMBERED and people is None:
        return numbered(faces)
    choices = {MIXED: PICTURES, NUMBERED: NUMBER_NAMES}.get(choice, (choice,))
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
    laid = [(face, cover, layers(face, cover, size)) for face, cover in chosen]
    areas = [area(extent(face, above, size), image) for face, _, above in laid]
    check_covered(sum(areas))
    seen = [those for those, pixels in zip(laid, areas, strict=True) if pixels]
    wanted: dict[Artwork, set[int]] = {}
    for *_, above in seen:
        for artwork, placement in above:
            wanted.setdefault(artwork, set()).add(placement.level)
    for artwork, levels in wanted.items():
        artwork.hold(levels)
    for face, cover, above in seen:
        hide(image, face, cover, above, size, icc_profile)
    for artwork in wanted:
        if artwork is not load_artwork(DEFAULT):
            artwork.let_go()


def chosen_cover(face: Face, own: Artwork | None) -> Cover:
    """What is to cover the face. Raises UnsupportedOption if that is one's own picture, but there is none."""
    if face.emoji != OWN:
        return load_cover(face.emoji or DEFAULT)
    if own is None:
        raise UnsupportedOption("A face is to be covered by your own picture, but there is none. Send it as `picture`.")
    return own


def layers(face: Face, cover: Cover, size: float) -> list[Layer]:
    """The pictures that hide the face, each where it goes; the first is the lowest and largest. A mask has none."""
    if isinstance(cover, Mask):
        return []
    if isinstance(cover, Number):
        return cover.layers(face, size)
    return [(cover, place(face, cover.face, size))]


def extent(face: Face, above: Sequence[Layer], size: float) -> Box:
    """The upright box that holds the whole cover, in the photo or not; `above` are its layers."""
    for artwork, placement in above:
        return placement.extent(artwork.size)
    return masked(face, size)


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
    hide(image, face, cover, layers(face, cover, size), size, icc_profile)


def hide(
    image: Image.Image, face: Face, cover: Cover, above: Sequence[Layer], size: float, icc_profile: bytes | None
) -> None:
    """The same for a cover whose layers are known."""
    if isinstance(cover, Mask):
        mask_face(image, face, cover, size=size)
    for artwork, placement in above:
        lay(image, artwork.hold({placement.level})[placement.level], placement, icc_profile)
