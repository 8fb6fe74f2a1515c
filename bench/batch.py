"""How a holiday is done: 200 made photos in folders, five broken, by one job and by two, stopped half way and resumed.

    .venv-test/bin/python -m bench.batch [COUNT]

One job, two, and as many as the machine's plan has, take turns. Printed are the seconds and the cores' seconds, how
many times as fast as one job the others are, and the most memory that their processes held together early and late in
the run; it fails if a resumed run lacks a result.
"""

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from PIL import Image

from tests.pictures import group
from turdify.heap import ask_for_huge_pages

ROUNDS = 2
ONE, TWO, PLANNED = ["--jobs=1"], ["--jobs=2"], list[str]()
BROKEN = 5


def make(folder: Path, count: int) -> None:
    """Photos of 3 megapixels with twelve faces, ten in a folder; the last of some folders are cut off."""
    people, _ = group(12, height=150)
    photo = Image.new("RGB", (2000, 1500), (120, 140, 160))
    photo.paste(people.crop((0, 0, 2000, people.height)), (0, 400))
    noise = Image.merge("RGB", [Image.effect_noise(photo.size, 12)] * 3)
    photo = Image.blend(photo, noise, 0.35)
    for number in range(count):
        path = folder / f"day {number // 10}" / f"{number:03}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        photo.save(path, quality=85)
        if number % (count // BROKEN) == 7:
            path.write_bytes(path.read_bytes()[:50_000])


def command(photos: Path, output: Path, jobs: list[str]) -> list[str]:
    return [sys.executable, "-m", "turdify", str(photos), "-o", str(output), "--skip-done", "--json", *jobs]


def timed(photos: Path, output: Path, jobs: list[str]) -> tuple[float, float, list[float]]:
    """The seconds, the cores' seconds, and the MB of all processes together, ten times a second."""
    start, before = time.perf_counter(), os.times()
    held: list[float] = []
    with subprocess.Popen(command(photos, output, jobs), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as run:
        done = threading.Event()

        def watch() -> None:
            while not done.wait(0.1):
                held.append(megabytes(run.pid))

        watcher = threading.Thread(target=watch)
        watcher.start()
        run.wait()
        done.set()
        watcher.join()
    after = os.times()
    cores = after.children_user + after.children_system - before.children_user - before.children_system
    return time.perf_counter() - start, cores, held


def megabytes(process: int) -> float:
    """What a process and those that it started hold."""
    try:
        children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
        pages = [int(Path(f"/proc/{pid}/statm").read_text().split()[1]) for pid in (process, *children)]
    except OSError:  # it has just ended
        return 0
    return sum(pages) * os.sysconf("SC_PAGE_SIZE") / 10**6


def stopped_and_resumed(photos: Path, output: Path, ending: signal.Signals, count: int) -> str:
    """Stop the run when half of it is done, then let it go on; what is there afterwards."""
    with subprocess.Popen(
        command(photos, output, TWO), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    ) as run:
        while len(results(output)) < count // 2 and run.poll() is None:
            time.sleep(0.02)
        os.killpg(run.pid, ending) if ending == signal.SIGINT else run.kill()
    time.sleep(2)  # what was begun by a process whose parent was killed is finished
    half = results(output)
    for path in half:
        with Image.open(path) as image:
            image.load()
    if len(half) > 3 * count // 4:
        sys.exit(f"{ending.name} did not stop it: {len(half)} results")
    resumed = subprocess.run(command(photos, output, TWO), capture_output=True, text=True, check=False)
    rows = [json.loads(line) for line in resumed.stdout.splitlines()]
    failed = [row for row in rows if "error" in row]
    if (len(results(output)), len(failed), len(rows)) != (count - BROKEN, BROKEN, count - len(half)):
        sys.exit(f"{ending.name}: {len(results(output))} results, {len(failed)} failed, {len(rows)} resumed")
    return f"{ending.name}: {len(half)} whole results, {len(rows)} resumed, {len(failed)} broken photos told"


def results(output: Path) -> list[Path]:
    return [path for path in output.rglob("*") if path.is_file()]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("count", nargs="?", type=int, default=200)
    count = parser.parse_args().count
    signal.signal(signal.SIGINT, signal.default_int_handler)  # in the background of a shell it would pass nobody on
    ask_for_huge_pages()  # workers have them; one job alone needs no worker, and would lack them
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        make(folder / "photos", count)
        seconds: dict[str, list[float]] = {}
        for turn in range(ROUNDS):
            for jobs in (ONE, TWO, PLANNED):
                name = " ".join(jobs) or "planned"
                took, cores, held = timed(folder / "photos", folder / f"out {name} {turn}", jobs)
                seconds.setdefault(name, []).append(took)
                early, late = max(held[: len(held) // 2]), max(held[len(held) // 2 :])
                print(f"{name:8}: {took:6.1f} s, {cores:6.1f} of the cores, {early:.0f} MB early, {late:.0f} late")
        one, *others = [(name, min(took)) for name, took in seconds.items()]
        for name, took in others:
            print(f"{name} is {one[1] / took:.2f} times as fast as {one[0]}.")
        for ending in (signal.SIGINT, signal.SIGKILL):
            print(stopped_and_resumed(folder / "photos", folder / ending.name, ending, count))


if __name__ == "__main__":
    main()
