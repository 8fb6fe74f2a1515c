"""Which way up a picture is."""

from PIL import Image

from turdify.photo.contents import Contents

# EXIF's orientations (EXIF 2.3, tag 0x0112) that aren't upright, and what makes them so.
ORIENTATION_TAG = 0x0112
UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
# Those that exchange width and height.
QUARTER_TURNS = {UPRIGHT[orientation] for orientation in (5, 6, 7, 8)}
# Those after which what was the right edge is the left or the upper one; and those with the lower edge there.
FROM_THE_RIGHT = {UPRIGHT[orientation] for orientation in (2, 3, 7, 8)}
FROM_BELOW = {UPRIGHT[orientation] for orientation in (3, 4, 6, 7)}


def turn_upright(contents: Contents, image: Image.Image) -> Image.Transpose | None:
    """What makes the opened image upright; None where it is, and where its orientation is unknown or broken."""
    if contents.format == "HEIF":
        # The decoder obeys the container's turns, beside which EXIF's orientation doesn't count.
        orientation = None if contents.turned else image.info["original_orientation"]
    else:
        # Of AVIF, Pillow tells the container's turns as if they were EXIF's.
        orientation = orientation_of(image.info.get("exif", b"") if contents.format == "AVIF" else contents.exif)
    return None if orientation is None else UPRIGHT.get(orientation)


def orientation_of(exif: bytes) -> int | None:
    try:
        block = Image.Exif()  # and not an image's getexif(), which falls back on XMP, as browsers don't
        block.load(exif)
        orientation = block.get(ORIENTATION_TAG)
    except Exception:  # a broken EXIF block can raise nearly anything, and is no reason to refuse a photo
        return None
    return orientation if isinstance(orientation, int) else None
