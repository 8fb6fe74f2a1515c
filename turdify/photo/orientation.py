"""Which way up a picture is."""

from PIL import Image

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


def turn_upright(exif: bytes) -> Image.Transpose | None:
    """What makes the picture upright; None where the orientation is upright, missing, unknown or broken."""
    try:
        block = Image.Exif()  # and not an image's getexif(), which falls back on XMP, as browsers don't
        block.load(exif)
        return UPRIGHT.get(block.get(ORIENTATION_TAG))  # type: ignore[arg-type]  # may be anything, even unhashable
    except Exception:  # a broken EXIF block can raise nearly anything, and is no reason to refuse a photo
        return None
