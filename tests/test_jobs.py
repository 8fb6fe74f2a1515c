"""The command line on many photos at once, in processes that may be killed or have too little memory."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.command import run, tree
from tests.pictures import FakeDetector, astronaut, decoded, encoded, gradient
from turdify.cli.arguments import Arguments
from turdify.cli.covering import Job, Outcome
from turdify.cli.names import Task
from turdify.cli.workers import Hands
from turdify.errors import TooManyPixels
from turdify.machine import Machine

pytestmark = pytest.mark.usefixtures("fake")


@pytest.mark.parametrize(
    ("typed", "told", "photos", "expected"),
    [
        ([], {}, 9, (4, 1)),
        ([], {}, 2, (2, 2)),
        ([], {}, 1, (1, 4)),
        ([], {"TURDIFY_WORKERS": "1"}, 9, (1, 4)),
        (["--jobs=1"], {}, 9, (1, 1)),
        (["--jobs=2"], {}, 9, (2, 1)),
        (["--jobs=8"], {}, 9, (8, 1)),
        (["--jobs=8"], {}, 3, (3, 1)),
        (["--jobs=2", "--by-person"], {}, 9, (1, 1)),
        (["--jobs=2"], {"TURDIFY_THREADS": "3", "TURDIFY_WORKERS": "1"}, 9, (2, 3)),
    ],
    ids=str,
)
def test_a_job_has_a_core_and_who_asks_for_none_has_all(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    typed: list[str],
    told: dict[str, str],
    photos: int,
    expected: tuple[int, int],
) -> None:
    """On a machine of four cores: how many processes there are, and on how many threads each finds faces."""
    used: list[tuple[int, int]] = []

    def load(name: str, threads: int) -> FakeDetector:
        used.append((1, threads))
        return FakeDetector()

    def at_once(tasks: list[Task], job: Job, hands: Hands, jobs: int) -> Iterator[tuple[Task, Outcome]]:
        used.extend([(jobs, hands.threads)] if tasks else [])
        return iter([])

    monkeypatch.setattr("turdify.cli.load_detector", load)
    monkeypatch.setattr("turdify.cli.at_once", at_once)
    monkeypatch.setattr("turdify.cli.this_machine", lambda: Machine(4, 10**11))
    monkeypatch.delenv("TURDIFY_WORKERS")
    for name, value in told.items():
        monkeypatch.setenv(name, value)
    for number in range(photos):
        (tmp_path / f"{number}.jpg").touch()
    run(tmp_path, *typed)
    assert used == [expected]


# In processes, with the real detector.
@pytest.fixture
def many(tmp_path: Path) -> Path:
    """Twelve small photos in folders, two of them broken."""
    for number in range(12):
        path = tmp_path / "many" / str(number % 3) / f"{number}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(encoded(astronaut(), "JPEG"))
        if number in (4, 8):
            path.write_bytes(path.read_bytes()[:5000])
    return tmp_path / "many"


def start(folder: Path, *options: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "turdify", str(folder), "-o", str(folder.parent / "out"), "--skip-done", *options]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True)


@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGKILL], ids=str)
def test_a_killed_run_leaves_whole_results_and_can_be_resumed(many: Path, ending: signal.Signals, jobs: int) -> None:
    out = many.parent / "out"
    process = start(many, f"--jobs={jobs}")
    while len(tree(out)) < 3:
        assert process.poll() is None
        time.sleep(0.01)
    if ending == signal.SIGINT:
        os.killpg(process.pid, ending)  # as a terminal does
    else:
        process.kill()
    _, said = process.communicate(timeout=120)
    if ending == signal.SIGINT:
        assert process.returncode == 130
        assert "--skip-done goes on from here" in said
        assert "Traceback" not in said
    done = tree(out)
    assert 3 <= len(done) < 10
    resumed = start(many, f"--jobs={jobs}", "--json")
    told, _ = resumed.communicate(timeout=120)
    assert resumed.returncode == 1
    rows = [json.loads(line) for line in told.splitlines()]
    assert sorted(Path(row["path"]).name for row in rows if "error" in row) == ["4.jpg", "8.jpg"]
    assert len(tree(out)) == 10
    assert {decoded((out / name).read_bytes()).size for name in tree(out)} == {(512, 512)}
    assert not {Path(row["output"]).relative_to(out) for row in rows if "output" in row} & set(map(Path, done))


def test_photos_too_large_to_be_beside_others_are_done_alone(many: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As if the machine could hold only photos of 100,000 pixels two at a time; they have 262,144."""

    def afforded(arguments: Arguments, at_most: int) -> tuple[int, Hands]:
        return min(at_most, 2), Hands("centerface", 1, 10**9, 100_000)

    monkeypatch.setattr("turdify.cli.affordable", afforded)
    result = run(many / "0", "--json", "--dry-run", "--jobs", "2")
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    assert [len(row["faces"]) for row in rows] == [1, 1, 1, 1]
    assert TooManyPixels.code not in result.output


def test_a_process_that_is_killed_costs_its_one_photo(many: Path) -> None:
    process = start(many, "--jobs=2", "--json")
    out = many.parent / "out"
    while len(tree(out)) < 2:
        assert process.poll() is None
        time.sleep(0.01)
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    workers = [pid for pid in children if "spawn_main" in Path(f"/proc/{pid}/cmdline").read_text()]
    os.kill(int(workers[0]), signal.SIGKILL)
    told, _ = process.communicate(timeout=120)
    errors = [row["error"] for line in told.splitlines() if "error" in (row := json.loads(line))]
    assert len([error for error in errors if "was ended" in error]) == 1
    assert len(errors) == 3
    assert len(told.splitlines()) == 12


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_file_that_eats_memory_costs_no_more_than_itself(tmp_path: Path, jobs: int, jpeg: bytes) -> None:
    """A photo may take as much as these 50 megapixels don't fit into, by 64 MB that are left for all else."""
    photos = tmp_path / "in"
    photos.mkdir()
    for name in ("a.jpg", "c.jpg"):
        (photos / name).write_bytes(jpeg)
    (photos / "b.png").write_bytes(encoded(gradient((7000, 7100)), "PNG"))
    command = [sys.executable, "-m", "turdify", "in", "-o", "out", f"--jobs={jobs}", "--json"]
    environment = os.environ | {"TURDIFY_PHOTO_BYTES": "60000000"}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, tree(tmp_path / "out")) == (1, ["a-turdified.jpg", "c-turdified.jpg"])
    assert (
        done.stderr
        == "in/b.png: That photo takes more memory than there is. Please shrink it, or save it anew, first.\n"
    )


def test_a_single_photo_takes_no_more_memory_than_it_may(tmp_path: Path) -> None:
    (tmp_path / "b.png").write_bytes(encoded(gradient((7000, 7100)), "PNG"))
    command = [sys.executable, "-m", "turdify", "b.png"]
    environment = os.environ | {"TURDIFY_PHOTO_BYTES": "60000000"}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, "takes more memory than there is" in done.stderr) == (1, True)


def test_what_takes_too_much_memory_beside_others_is_done_alone(many: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As if two at a time could have a megabyte each."""

    def afforded(arguments: Arguments, at_most: int) -> tuple[int, Hands]:
        return min(at_most, 2), Hands("centerface", 1, 1 if at_most > 1 else 10**9, 10**8)

    monkeypatch.setattr("turdify.cli.affordable", afforded)
    (many / "0" / "large.png").write_bytes(encoded(gradient((7000, 5000)), "PNG"))
    rows = [json.loads(line) for line in run(many / "0", "--json", "--dry-run", "--jobs", "2").stdout.splitlines()]
    assert sorted(len(row["faces"]) for row in rows) == [0, 1, 1, 1, 1]
    assert Path(rows[-1]["path"]).name == "large.png"
