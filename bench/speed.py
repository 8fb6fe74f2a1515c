"""How turdify() compares with the steps of the original app, on the same photo, in one run.

    .venv-test/bin/python -m bench.speed [PHOTO.jpg]

Without a photo, one of 12 MP with twelve faces is made. Every way runs in processes of its own, in turns, so that a
busy moment of the machine hits all alike, and gives freed memory back as the server does. Printed are each
one's best time and least peak memory, with everything that it imports, beside the original's.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Literal

import numpy as np
from PIL import Image

from turdify.machine import keep_little_freed_memory

ROUNDS = 2
RUNS = 3


def original() -> Callable[[bytes], None]:
    """Save the upload as PNG, load that, find with HOG upsampled once, paste an emoji on each face, save as PNG."""
    from turdify.covers.artwork import load_artwork
    from turdify.detection.dlib_hog import import_face_recognition

    face_recognition = import_face_recognition()
    emoji = load_artwork("turd").decode()

    def run(data: bytes) -> None:
        upload = BytesIO()
        Image.open(BytesIO(data)).save(upload, "PNG")
        photo = Image.open(upload).convert("RGB")
        for top, right, bottom, left in face_recognition.face_locations(np.array(photo), 1):
            size = right - left, bottom - top
            cover = emoji.resize(size)
            photo.paste(cover, (left, top), cover)
        photo.save(BytesIO(), "PNG")

    return run


def ours(format: Literal["same", "png"]) -> Callable[[bytes], None]:
    from turdify.detection import load_detector
    from turdify.pipeline import Options, turdify

    detector = load_detector()

    def run(data: bytes) -> None:
        turdify(data, Options(format), detector=detector)

    return run


WAYS: dict[str, Callable[[], Callable[[bytes], None]]] = {
    "original": original,
    "turdify, JPEG to JPEG": lambda: ours("same"),
    "turdify, JPEG to PNG": lambda: ours("png"),
}


def measure(way: str, photo: Path) -> None:
    """In a process of its own: print the seconds for one photo, once warm, and the peak memory in MB."""
    keep_little_freed_memory()
    run, data = WAYS[way](), photo.read_bytes()
    run(data)
    seconds = []
    for _ in range(RUNS):
        start = time.perf_counter()
        run(data)
        seconds.append(time.perf_counter() - start)
    print(json.dumps([min(seconds), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024]))


def measured(way: str, photo: Path) -> tuple[float, float]:
    command = [sys.executable, "-m", "bench.speed", str(photo), "--way", way]
    seconds, megabytes = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    return seconds, megabytes


def compare(photo: Path) -> None:
    rounds = [{way: measured(way, photo) for way in WAYS} for _ in range(ROUNDS)]
    best = {way: tuple(min(values) for values in zip(*(r[way] for r in rounds), strict=True)) for way in WAYS}
    base_seconds, base_megabytes = best["original"]
    for way, (seconds, megabytes) in best.items():
        faster, memory = base_seconds / seconds, megabytes / base_megabytes
        print(
            f"{way:24} {seconds:6.2f} s  {faster:5.1f} times as fast   {megabytes:5.0f} MB  {memory:4.2f} of the memory"
        )


def make_photo(path: Path) -> None:
    """4000x3000 with twelve faces and a camera's noise, 2.5 MB."""
    from tests.pictures import group  # here, as what it imports would count as memory of what is measured

    people, _ = group(12, height=225)
    photo = Image.new("RGB", (4000, 3000), (120, 140, 160))
    photo.paste(people, (0, 1000))
    noise = Image.merge("RGB", [Image.effect_noise(photo.size, 12)] * 3)
    Image.blend(photo, noise, 0.35).save(path, quality=90)


@contextmanager
def given_or_made(photo: Path | None) -> Iterator[Path]:
    """The photo, or where there is none, one that is made for as long as it is needed."""
    with tempfile.TemporaryDirectory() as folder:
        if photo is None:
            photo = Path(folder) / "photo.jpg"
            make_photo(photo)
        yield photo


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("photo", nargs="?", type=Path)
    parser.add_argument("--way", choices=WAYS, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.way:
        measure(arguments.way, arguments.photo)
        return
    with given_or_made(arguments.photo) as photo:
        compare(photo)


if __name__ == "__main__":
    main()
