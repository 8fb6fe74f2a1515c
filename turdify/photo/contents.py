"""A file taken apart, before anything is decoded: what its decoder gets to see, and what else counts."""

from dataclasses import dataclass, field

from turdify.photo.colors import Colors

# Of segments, chunks or boxes. Photos have hundreds; millions of empty ones would keep a worker busy for long.
MAX_PARTS = 20_000
# A profile packed into a few bytes can be of any length; those of printers have up to 4 MB.
MAX_PROFILE_BYTES = 2**23


@dataclass(frozen=True)
class Contents:
    """`data` is the file without what is thrown away anyway, so that nothing in that can break or delay decoding.

    `format` is Pillow's name of the decoder. `pixels` is how many have to be decoded, where that is not the picture's
    size. `turned` says that the container has turns of its own, `missing` that the file ends too early, which need not
    mean that pixels are missing. `quality` is that of a lossy WebP, from 0 to 100. `extent` is (left, upper, right,
    lower) of an animation's first picture on its canvas, where it may be smaller.
    """

    data: bytes
    format: str
    colors: Colors = field(default_factory=Colors)
    exif: bytes = b""
    animated: bool = False
    lossless: bool = False
    quality: float | None = None
    turned: bool = False
    pixels: int = 0
    missing: bool = False
    extent: tuple[int, int, int, int] | None = None
