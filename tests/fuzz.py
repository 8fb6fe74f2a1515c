"""What is promised of any bytes whatever."""

import io
import resource
import time
from typing import Any

from PIL import Image

from turdify.errors import TurdifyError
from turdify.photo import FORMATS, encode, read_photo
from turdify.photo.formats import MAX_SIDE

MAX_PIXELS = 1_000_000
MAX_CPU_S = 2.0
MAX_GROWTH = 256 * 2**20  # of memory: far more than MAX_PIXELS need
MODES = ("L", "LA", "RGB", "RGBA")
STATUSES = (413, 415, 422)


class Fault(Exception):
    """A promise that wasn't kept."""


def check(data: bytes) -> str:
    """What is told of the bytes: the name of an error of ours, or "read". Raises Fault, or whatever else comes out."""
    started, held = time.process_time(), peak()
    outcome = read_and_written(data)
    if (taken := time.process_time() - started) > MAX_CPU_S:
        raise Fault(f"{outcome} after {taken:.1f} s of a core")
    if (grown := peak() - held) > MAX_GROWTH:
        raise Fault(f"{outcome} with {grown // 2**20} MiB more")
    return outcome


def peak() -> int:
    """The most bytes that this process ever held."""
    return 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def read_and_written(data: bytes) -> str:
    try:
        photo = read_photo(data, max_pixels=MAX_PIXELS)
    except TurdifyError as error:
        if error.status not in STATUSES or not error.message.endswith(".") or "{" in error.message:
            raise Fault(f"{error.status}: {error.message}") from error
        if isinstance(error.__cause__, MemoryError):
            raise Fault("out of memory") from error
        return type(error).__name__
    if photo.image.mode not in MODES or photo.image.info:
        raise Fault(f"an image of mode {photo.image.mode} with {photo.image.info}")
    for format in FORMATS:
        if max(photo.image.size) <= MAX_SIDE[format]:
            written(data, encode(photo, format), photo.image.size)
    return "read"


def written(source: bytes, result: bytes, size: tuple[int, int]) -> None:
    """Raises Fault if that isn't a picture of that size that tells of nothing else."""
    image: Any = Image.open(io.BytesIO(result))
    if image.size != size or image.getexif() or {"comment", "xmp", "exif"} & set(image.info):
        raise Fault(f"{image.size} with {image.info} out of {size}")
