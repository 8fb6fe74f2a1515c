"""What a photo costs a server, by stage, and how many photos gunicorn does at full load.

    .venv-test/bin/python -m bench.load [PHOTO.jpg]

Without a photo, one of 12 MP is made. The stages give freed memory back as the server does, and servers with
one worker and with two take turns, so that a busy moment of the machine hits both. Each worker has two
clients, so that it never waits for a photo; they take a little of the same cores. Printed is each one's best round.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.request import Request, urlopen

from bench.photos import given_or_made
from tests.serving import serving
from turdify.covers import cover_faces
from turdify.detection import load_detector
from turdify.heap import keep_little_freed_memory
from turdify.photo import encode, read_photo

RUNS = 7
ROUNDS = 2
PHOTOS_A_WORKER = 8


def cpu_seconds_by_stage(data: bytes) -> dict[str, float]:
    """Of all threads together, once warm; the least of RUNS, as a busy machine adds to it."""
    keep_little_freed_memory()
    detector = load_detector()
    stages: dict[str, list[float]] = {}

    @contextmanager
    def timed(stage: str) -> Iterator[None]:
        start = time.process_time()
        yield
        stages.setdefault(stage, []).append(time.process_time() - start)

    for _ in range(1 + RUNS):
        with timed("read"):
            photo = read_photo(data)
        with timed("find"):
            faces = detector.find_faces(photo.image)
        with timed("cover"):
            cover_faces(photo.image, faces)
        with timed("write JPEG"):
            encode(photo, "jpeg")
        with timed("write PNG"):
            encode(photo, "png")
    return {stage: min(seconds[1:]) for stage, seconds in stages.items()}


def post(address: str, data: bytes, format: str) -> bytes:
    """Send a photo as curl does; the answer."""
    field = "Content-Disposition: form-data; name="
    body = f'--b\r\n{field}"format"\r\n\r\n{format}\r\n--b\r\n{field}"my_file"; filename="photo"\r\n\r\n'.encode()
    headers = {"Content-Type": "multipart/form-data; boundary=b"}
    with urlopen(Request(f"{address}/turdify/", body + data + b"\r\n--b--\r\n", headers)) as answer:
        covered: bytes = answer.read()
    return covered


def worker_processes(parent: int) -> list[Path]:
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    return [Path("/proc") / child for child in children]


def cpu_seconds(process: Path) -> float:
    after_name = (process / "stat").read_text().rpartition(")")[2].split()
    return (int(after_name[11]) + int(after_name[12])) / os.sysconf("SC_CLK_TCK")


def peak_megabytes(process: Path) -> float:
    """What the process took at most; proc(5) gives kB."""
    (line,) = (line for line in (process / "status").read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


@dataclass(frozen=True, order=True)
class Load:
    """What a server did: photos a second, CPU seconds a photo, MB a worker at most, MB an answer."""

    photos: float
    cpu: float
    memory: float
    answer: float


def load(workers: int, data: bytes, format: str) -> Load:
    count = PHOTOS_A_WORKER * workers
    settings = {"TURDIFY_WORKERS": str(workers)}
    with (
        tempfile.TemporaryDirectory() as folder,
        serving(Path(folder), settings=settings) as server,
        ThreadPoolExecutor(2 * workers) as clients,
    ):
        address = server.address
        list(clients.map(lambda _: len(post(address, data, format)), range(3 * workers)))  # until all are warm
        processes = worker_processes(server.process.pid)
        before, start = sum(map(cpu_seconds, processes)), time.perf_counter()
        sizes = list(clients.map(lambda _: len(post(address, data, format)), range(count)))
        seconds, used = time.perf_counter() - start, sum(map(cpu_seconds, processes)) - before
        memory = max(map(peak_megabytes, processes))
    return Load(count / seconds, used / count, memory, statistics.mean(sizes) / 1e6)


def compare(photo: Path) -> None:
    command = [sys.executable, "-m", "bench.load", str(photo), "--stages"]
    stages = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    data = photo.read_bytes()
    print(f"a photo of {len(data) / 1e6:.1f} MB, CPU s:", ", ".join(f"{stage} {s:.2f}" for stage, s in stages.items()))
    for format in ("same", "png"):
        rounds = [[load(workers, data, format) for workers in (1, 2)] for _ in range(ROUNDS)]
        for workers, loads in enumerate(zip(*rounds, strict=True), 1):
            best = max(loads)
            print(
                f"{format:4}  {workers} workers  {best.photos:5.2f} photos/s  {best.cpu:5.2f} CPU s a photo  "
                f"{best.memory:4.0f} MB a worker  {best.answer:4.1f} MB an answer"
            )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("photo", nargs="?", type=Path)
    parser.add_argument("--stages", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.stages:
        print(json.dumps(cpu_seconds_by_stage(arguments.photo.read_bytes())))
        return
    with given_or_made(arguments.photo) as photo:
        compare(photo)


if __name__ == "__main__":
    main()
