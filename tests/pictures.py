"""Pictures for the tests: two public-domain portraits, and group pictures made of them."""

import io
import time
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import matplotlib
import skimage.data
from PIL import Image

from turdify.detection import NORMAL
from turdify.faces import Box, Face

# Where the faces are, read off the pictures by eye: hairline to chin, ear to ear.
ASTRONAUT_FACE = Box(180, 66, 274, 188)
HOPPER_FACE = Box(172, 130, 362, 340)

# The heads and some room, the face in the middle, for pasting and turning.
HEAD = (112, 12, 342, 242)
HOPPER_HEAD = (69, 37, 465, 433)


@cache
def astronaut() -> Image.Image:
    """Eileen Collins (NASA), 512x512, RGB."""
    return Image.fromarray(skimage.data.astronaut())  # type: ignore[no-untyped-call]


def hopper_file() -> Path:
    """Grace Hopper (US Navy), 512x600, JPEG."""
    return Path(matplotlib.get_data_path()) / "sample_data" / "grace_hopper.jpg"


@cache
def hopper() -> Image.Image:
    return Image.open(hopper_file()).convert("RGB")


def encoded(image: Image.Image, format: str, **parameters: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, format, **parameters)
    return buffer.getvalue()


def decoded(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


def exif(tags: dict[int, Any]) -> bytes:
    """An EXIF block, as Pillow's save takes it."""
    block = Image.Exif()
    for tag, value in tags.items():
        block[tag] = value
    return block.tobytes()


def gradient(size: tuple[int, int] = (60, 40)) -> Image.Image:
    """RGB in which no two corners are alike, so that every turn and flip shows."""
    across = Image.linear_gradient("L").rotate(90).resize(size)
    down = Image.linear_gradient("L").resize(size)
    return Image.merge("RGB", (across, down, Image.new("L", size, 90)))


def moving(format: str) -> bytes:
    """Three pictures: red, green and blue."""
    red, *others = (Image.new("RGB", (20, 20), color) for color in ("red", "lime", "blue"))
    return encoded(red, format, save_all=True, append_images=others, duration=100)


def head_at(
    ground: Image.Image, center: tuple[float, float], height: int, angle: float = 0, who: str = "astronaut"
) -> Face:
    """Paste a head, so that its face is `height` high, turned counter-clockwise; say where it is."""
    portrait, place, box = {
        "astronaut": (astronaut(), HEAD, ASTRONAUT_FACE),
        "hopper": (hopper(), HOPPER_HEAD, HOPPER_FACE),
    }[who]
    zoom = height / box.height
    side = round((place[2] - place[0]) * zoom)
    head = portrait.crop(place).resize((side, side), Image.Resampling.LANCZOS)
    disc = Image.new("L", (side, side))
    disc.paste(255, mask=Image.radial_gradient("L").resize((side, side)).point(lambda distance: 255 * (distance < 175)))
    turned, mask = (picture.rotate(angle, Image.Resampling.BICUBIC) for picture in (head, disc))
    ground.paste(turned, (round(center[0] - side / 2), round(center[1] - side / 2)), mask)
    half_width, half_height = box.width * zoom / 2, box.height * zoom / 2
    x, y = center
    return Face(Box(x - half_width, y - half_height, x + half_width, y + half_height), angle)


def group(count: int, height: int = 90) -> tuple[Image.Image, list[Face]]:
    """A picture of `count` heads in rows of eight."""
    columns, step = min(count, 8), round(height * 2.2)
    rows = -(-count // 8)
    ground = Image.new("RGB", (columns * step, rows * step), (120, 140, 160))
    faces = [head_at(ground, ((i % 8 + 0.5) * step, (i // 8 + 0.5) * step), height) for i in range(count)]
    return ground, faces


def people(*who: str, height: int = 120) -> tuple[Image.Image, list[Face]]:
    """A picture of the heads named, side by side."""
    step = round(height * 2.2)
    ground = Image.new("RGB", (len(who) * step, step), (120, 140, 160))
    return ground, [head_at(ground, ((i + 0.5) * step, 0.5 * step), height, who=name) for i, name in enumerate(who)]


def overlap(one: Box, other: Box) -> float:
    """Intersection over union."""
    width = min(one.right, other.right) - max(one.left, other.left)
    height = min(one.lower, other.lower) - max(one.upper, other.upper)
    common = max(width, 0) * max(height, 0)
    return common / (one.width * one.height + other.width * other.height - common)


# Somebody's own cover, wider than high.
PURPLE = encoded(Image.new("RGBA", (60, 40), (160, 0, 200, 255)), "PNG")


class FakeDetector:
    """Finds the faces that it was told of, wherever it looks; after `delay` seconds, or once that is made less."""

    def __init__(self, faces: Iterable[Face] = ()) -> None:
        self.faces = list(faces)
        self.delay = 0.0
        self.sensitivity = ""  # what was last asked for

    def find_faces(self, image: Image.Image, sensitivity: str = NORMAL) -> list[Face]:
        self.sensitivity = sensitivity
        start = time.monotonic()
        while (left := start + self.delay - time.monotonic()) > 0:
            time.sleep(min(left, 0.02))
        return self.faces


class KnowingDetector:
    """Finds what it was told of, in pictures that it knows by their size."""

    def __init__(self, *photos: tuple[Image.Image, list[Face]]) -> None:
        self.faces = {image.size: faces for image, faces in photos}

    def find_faces(self, image: Image.Image, sensitivity: str = NORMAL) -> list[Face]:
        return self.faces[image.size]
