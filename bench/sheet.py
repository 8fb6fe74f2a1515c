"""One picture with every cover on a light, a dark and a skin-toned ground, for the eye to judge.

    .venv-test/bin/python -m bench.sheet [SHEET.png]

Each cover is 24, 96 and 600 pixels high, put on the ground as on a photo, and turned by 0, 20, 45 and 90 degrees.
"""

import argparse
from pathlib import Path

from PIL import Image

from turdify.covers import PICTURES, Artwork
from turdify.covers.artwork import load_artwork
from turdify.covers.blending import lay
from turdify.covers.placement import Placement

GROUNDS = {"light": (246, 244, 240), "dark": (28, 30, 34), "skin": (222, 170, 140)}
SIZES = (600, 96, 24)
ANGLES = (0, 20, 45, 90)
ROOM = 1.25  # what a turned cover needs, in widths of an upright one; corners are transparent


def strip(artwork: Artwork, ground: tuple[int, int, int]) -> Image.Image:
    """One cover on one ground: for each angle a cell with the largest size, the smaller ones in a column beside it."""
    large, middle = (round(size * ROOM) for size in SIZES[:2])
    picture = Image.new("RGB", (len(ANGLES) * (large + middle), large), ground)
    side = artwork.size[0]
    for column, angle in enumerate(ANGLES):
        left, upper = column * (large + middle), 0.0
        for size in SIZES:
            room = size * ROOM
            x = left + (large / 2 if size == SIZES[0] else large + middle / 2)
            center = (x, upper + room / 2)
            placement = Placement((side / 2, side / 2), center, size / side, angle)
            lay(picture, artwork.hold({placement.level})[placement.level], placement)
            upper += 0 if size == SIZES[0] else room
    return picture


def sheet() -> Image.Image:
    """Covers from top to bottom, grounds from left to right."""
    strips = [[strip(load_artwork(name), ground) for ground in GROUNDS.values()] for name in PICTURES]
    width, height = strips[0][0].size
    picture = Image.new("RGB", (width * len(GROUNDS), height * len(strips)))
    for row, across in enumerate(strips):
        for column, piece in enumerate(across):
            picture.paste(piece, (column * width, row * height))
    return picture


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sheet", nargs="?", type=Path, default=Path("sheet.png"))
    sheet().save(parser.parse_args().sheet, compress_level=1)


if __name__ == "__main__":
    main()
