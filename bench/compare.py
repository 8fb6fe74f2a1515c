"""What a photo costs: turdify beside the original app, deface, and what nobody can do without.

    .venv-test/bin/python -m bench.compare [FOLDER] [--megapixels 12]... [--deface PYTHON]

Without a folder of photos, some are made: of 1, 3, 12, 24 and 48 megapixels, with 1, 5 and 30 faces, small and large.
For each, every way works in a process of its own, once to warm up and then five times; printed are the medians, the
process's peak memory with all that it imports, and the faces that were found. The ways take turns by photo, so that a
busy moment of the machine hits them alike. The limit is what any way must do: decode the photo, look at it once, and
encode it as it was. All have huge pages, as the server has. deface needs an environment of its own, by its Python;
--replacewith img is how it covers.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from itertools import product
from pathlib import Path

from bench.photos import Kind, make_photo
from turdify.heap import ask_for_huge_pages, keep_little_freed_memory

RUNS = 5
MEGAPIXELS = (1, 3, 12, 24, 48)
FACES = (1, 5, 30)

# What covers a photo, and says how many faces it found, if it tells.
Way = Callable[[bytes], int | None]


@dataclass(frozen=True)
class Cost:
    """Seconds as they pass, seconds of cores, MB at most, and faces."""

    seconds: float
    cpu: float
    memory: float
    faces: int | None

    def __add__(self, other: "Cost") -> "Cost":
        faces = other.faces if self.faces is None else self.faces
        return Cost(self.seconds + other.seconds, self.cpu + other.cpu, max(self.memory, other.memory), faces)


def original() -> Way:
    """Save the upload as PNG, load that, find by HOG upsampled once, paste an emoji on each face, save as PNG."""
    import numpy as np
    from PIL import Image

    from turdify.covers.artwork import load_artwork
    from turdify.detection.dlib_hog import import_face_recognition

    face_recognition = import_face_recognition()
    emoji = load_artwork("turd").decode()

    def run(data: bytes) -> int:
        upload = BytesIO()
        Image.open(BytesIO(data)).save(upload, "PNG")
        photo = Image.open(upload).convert("RGB")
        found = face_recognition.face_locations(np.array(photo), 1)
        for top, right, bottom, left in found:
            cover = emoji.resize((right - left, bottom - top))
            photo.paste(cover, (left, top), cover)
        photo.save(BytesIO(), "PNG")
        return len(found)

    return run


def decoding() -> Way:
    from PIL import Image

    def run(data: bytes) -> None:
        Image.open(BytesIO(data)).load()

    return run


def looking() -> Way:
    """One look at 1600 pixels, with the photo already there."""
    from PIL import Image

    from turdify.detection.centerface import CenterFace

    detector, kept = CenterFace(), dict[bytes, Image.Image]()

    def run(data: bytes) -> None:
        if data not in kept:
            kept[data] = Image.open(BytesIO(data))
            kept[data].load()
        detector._look(kept[data], {min(1.0, 1600 / max(kept[data].size)): 0.35})

    return run


def encoding() -> Way:
    from PIL import Image

    kept = dict[bytes, Image.Image]()

    def run(data: bytes) -> None:
        if data not in kept:
            kept[data] = Image.open(BytesIO(data))
            kept[data].load()
        kept[data].save(BytesIO(), "JPEG", quality="keep")

    return run


def function(format: str) -> Callable[[], Way]:
    def prepared() -> Way:
        from turdify.detection import load_detector
        from turdify.pipeline import Options, turdify

        detector, options = load_detector(), Options("png" if format == "png" else "same")
        return lambda data: len(turdify(data, options, detector=detector).faces)

    return prepared


def endpoint() -> Way:
    """As the server does, but for gunicorn's part: form, upload and answer in process."""
    from turdify.web import create_app

    client = create_app().test_client()

    def run(data: bytes) -> None:
        answer = client.post("/turdify/", data={"format": "same", "my_file": (BytesIO(data), "photo.jpg")})
        if answer.status_code != 200:
            sys.exit(answer.get_data(as_text=True))

    return run


WAYS: dict[str, Callable[[], Way]] = {
    "the original app's steps": original,
    "limit: decode": decoding,
    "limit: one look": looking,
    "limit: encode": encoding,
    "turdify()": function("same"),
    "turdify(), to PNG": function("png"),
    "the endpoint": endpoint,
}
LIMIT = [way for way in WAYS if way.startswith("limit")]


def measure(way: str, photo: Path) -> None:
    """In a process of its own, print the costs of one photo once it is warm."""
    keep_little_freed_memory()
    run, data = WAYS[way](), photo.read_bytes()
    faces, seconds, cpu = run(data), list[float](), list[float]()
    for _ in range(RUNS):
        start, used = time.perf_counter(), time.process_time()
        run(data)
        seconds.append(time.perf_counter() - start)
        cpu.append(time.process_time() - used)
    print(json.dumps([statistics.median(seconds), statistics.median(cpu), peak_megabytes(), faces]))


def peak_megabytes() -> float:
    """Of this process; what getrusage says includes the process that started it, until this one was loaded."""
    (line,) = (line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


def measured(way: str, photo: Path) -> Cost:
    command = [sys.executable, "-m", "bench.compare", str(photo), "--way", way]
    printed = subprocess.run(command, capture_output=True, check=True).stdout
    return Cost(*json.loads(printed.splitlines()[-1]))  # the endpoint logs its photos before that


# deface as a library, in its own environment: what its command does to a photo, without starting anew for each.
DEFACE = """
import json, resource, statistics, sys, time
import imageio.v2
from deface.centerface import CenterFace
from deface.deface import anonymize_frame
photo, result, cover, runs = *sys.argv[1:4], int(sys.argv[4])
detector, cover, costs = CenterFace(), imageio.v2.imread(cover), []
for _ in range(1 + runs):
    start, used = time.perf_counter(), time.process_time()
    frame = imageio.v2.imread(photo)
    found, _ = detector(frame, threshold=0.2)
    anonymize_frame(found, frame, 1.3, "img", True, False, cover, 20)
    imageio.v2.imsave(result, frame)
    costs.append((time.perf_counter() - start, time.process_time() - used))
seconds, cpu = map(statistics.median, zip(*costs[1:]))
print(json.dumps([seconds, cpu, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, len(found)]))
"""
TURD = Path(__file__).parent.parent / "turdify" / "covers" / "pictures" / "turd.png"


def of_deface(python: Path, photo: Path) -> Cost:
    """deface's own steps with its own choices: the photo's full size, faces from a score of .2, a picture on each."""
    with tempfile.TemporaryDirectory() as folder:
        command = [str(python), "-c", DEFACE, str(photo), f"{folder}/deface.jpg", str(TURD), str(RUNS)]
        printed = subprocess.run(command, capture_output=True, check=True).stdout
        return Cost(*json.loads(printed.splitlines()[-1]))  # its network tells its shapes before that


def of_program(command: list[str], photos: int) -> Cost:
    """A program's cost for each of its photos, its start shared among them; the median of the runs, once it is warm."""
    costs = []
    for _ in range(1 + RUNS):
        timed = [sys.executable, "-c", TIMED, *command]
        seconds, cpu, peak = json.loads(subprocess.run(timed, capture_output=True, check=True).stdout.splitlines()[-1])
        costs.append((seconds / photos, cpu / photos, peak))
    seconds, cpu, peak = map(statistics.median, zip(*costs[1:], strict=True))
    return Cost(seconds, cpu, peak, None)


# What a program takes with its children, in a process that has had no other.
TIMED = """
import json, resource, subprocess, sys, time
start = time.perf_counter()
subprocess.run(sys.argv[1:], check=True, capture_output=True)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps([time.perf_counter() - start, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024]))
"""


def programs(photos: list[Path], deface: Path | None) -> Iterator[tuple[str, Cost]]:
    """The command lines, over all photos at once."""
    with tempfile.TemporaryDirectory() as folder:
        turdify = [str(Path(sys.executable).with_name("turdify")), "--force", "--quiet", "-o", folder + "/"]
        yield "turdify over all", of_program([*turdify, *map(str, photos)], len(photos))
        if deface is not None:
            options = ["--replacewith", "img", "--replaceimg", str(TURD), "-o", f"{folder}/deface.jpg"]
            one = of_program([str(deface.with_name("deface")), str(photos[0]), *options], 1)
            yield f"deface, {photos[0].stem} alone", one


def compare(photos: list[Path], deface: Path | None) -> None:
    print("| photo | way | s | CPU s | MB | faces |\n|---|---|---|---|---|---|")
    ratios, parts_of_deface = [], list[float]()
    for photo in photos:
        costs = {way: measured(way, photo) for way in WAYS}
        costs["limit: sum"] = costs[LIMIT[0]] + costs[LIMIT[1]] + costs[LIMIT[2]]
        if deface is not None:
            costs["deface, as a library"] = of_deface(deface, photo)
            parts_of_deface.append(costs["turdify()"].cpu / costs["deface, as a library"].cpu)
        for way, cost in costs.items():
            show(photo.stem, way, cost)
        ours, theirs, least = costs["turdify()"], costs["the original app's steps"], costs["limit: sum"]
        ratios.append((theirs.seconds / ours.seconds, ours.cpu / least.cpu, ours.memory / theirs.memory))
    for way, cost in programs(photos, deface):
        show("", way, cost)
    texts = "times as fast as the original", "times the limit's CPU", "of the original's memory"
    for text, values in zip(texts, zip(*ratios, strict=True), strict=True):
        print(f"\nturdify(): {min(values):.2f} to {max(values):.2f} {text}")
    if parts_of_deface:
        print(f"\nturdify(): {min(parts_of_deface):.2f} to {max(parts_of_deface):.2f} of deface's CPU")


def show(photo: str, way: str, cost: Cost) -> None:
    faces = "" if cost.faces is None else cost.faces
    print(f"| {photo} | {way} | {cost.seconds:.3f} | {cost.cpu:.3f} | {cost.memory:.0f} | {faces} |", flush=True)


@contextmanager
def photos_of(folder: Path | None, megapixels: list[int]) -> Iterator[list[Path]]:
    if folder is not None:
        yield sorted(path for path in folder.iterdir() if path.suffix.lower() in (".jpg", ".jpeg"))
        return
    with tempfile.TemporaryDirectory() as made:
        paths = []
        for size, faces, large in product(megapixels or MEGAPIXELS, FACES, (False, True)):
            kind = Kind(size, faces, large)
            paths.append(Path(made) / f"{kind}.jpg")
            make_photo(paths[-1], kind)
        yield paths


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path)
    parser.add_argument("--megapixels", type=int, action="append", help="only these sizes of made photos")
    parser.add_argument("--deface", type=Path, help="the Python of an environment in which deface is installed")
    parser.add_argument("--way", choices=WAYS, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.way:
        measure(arguments.way, arguments.folder)
        return
    ask_for_huge_pages()
    with photos_of(arguments.folder, arguments.megapixels or []) as photos:
        compare(photos, arguments.deface)


if __name__ == "__main__":
    main()
