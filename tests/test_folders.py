"""The command line on whole folders: what it takes, what it passes over, what it calls results, and what it says."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from tests.pictures import FakeDetector, astronaut, decoded, encoded, gradient
from turdify.cli import main
from turdify.cli.arguments import Arguments
from turdify.cli.covering import Job, Outcome
from turdify.cli.names import Task
from turdify.cli.workers import Hands
from turdify.errors import TooManyPixels
from turdify.machine import Machine


@pytest.fixture
def holiday(tmp_path: Path, jpeg: bytes) -> Path:
    """Photos in a folder and one below it, among other things."""
    folder = tmp_path / "holiday"
    (folder / "day 2").mkdir(parents=True)
    (folder / "beach.jpg").write_bytes(jpeg)
    (folder / "day 2" / "beach.jpg").write_bytes(jpeg)
    (folder / "day 2" / "forest.png").write_bytes(encoded(astronaut(), "PNG"))
    (folder / "broken.jpg").write_text("I am not a photo.")
    (folder / "notes.txt").write_text("Lovely.")
    (folder / ".hidden.jpg").write_bytes(jpeg)
    return folder


@pytest.fixture(autouse=True)
def fake(monkeypatch: pytest.MonkeyPatch, detector: FakeDetector) -> FakeDetector:
    """In this process, which others would not know of."""
    monkeypatch.setattr("turdify.cli.load_detector", lambda name, threads: detector)
    monkeypatch.setenv("TURDIFY_WORKERS", "1")
    return detector


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def tree(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_a_photo_that_came_later_is_not_done_by_the_result_of_another_of_its_name(holiday: Path, jpeg: bytes) -> None:
    """Which it would be numbered before, as a phone's HEIC is beside a JPEG, and older than the result."""
    older = time.time() - 10
    os.utime(holiday / "beach.jpg", (older, older))
    arguments = holiday / "beach.heic", holiday / "beach.jpg", "--skip-done"
    run(holiday / "beach.jpg")
    time.sleep(0.02)  # file systems tell hundredths
    (holiday / "beach.heic").write_bytes(jpeg)
    os.utime(holiday / "beach.heic", (older, older))
    told = run(*arguments)
    assert told.exit_code == 1
    assert f"{holiday}/beach.heic: {holiday}/beach-turdified.jpg exists" in told.stderr
    assert run(*arguments, "--force").exit_code == 0
    assert "2 done already" in run(*arguments).stderr


# Root may look everywhere, unless it has put that down.
AS_OTHERS = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"] if os.geteuid() == 0 else []


def test_what_may_not_be_looked_at_fails_alone(holiday: Path, tmp_path: Path) -> None:
    """A folder whose files can be listed and no more."""
    shut = holiday / "day 2"
    (shut / "night").mkdir()
    shut.chmod(0o444)
    paths = [str(path) for path in (holiday, shut / "beach.jpg", "-o", tmp_path / "covered")]
    command = [*AS_OTHERS, sys.executable, "-m", "turdify", *paths, "-j1"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    shut.chmod(0o755)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    for name in ("beach.jpg", "forest.png", "night"):
        assert f"{shut / name}: Permission denied.\n" in done.stderr
    assert tree(tmp_path / "covered") == ["beach-turdified.jpg"]


@pytest.mark.parametrize("long", [["{}.jpg"], ["-o", "{}.jpg"], ["-o", "{}/"], ["--suffix", "{}", "--skip-done"]])
def test_a_name_that_no_file_can_have_is_told(long: list[str], holiday: Path) -> None:
    result = run(holiday / "beach.jpg", *(text.format("x" * 300) for text in long))
    assert result.exit_code in (1, 2)
    assert "File name too long" in result.stderr


def test_a_folder_is_walked_and_its_tree_kept(holiday: Path, tmp_path: Path) -> None:
    result = run(holiday, "-o", tmp_path / "covered")
    assert result.exit_code == 1, "broken.jpg is broken"
    assert tree(tmp_path / "covered") == [
        "beach-turdified.jpg",
        "day 2/beach-turdified.jpg",
        "day 2/forest-turdified.png",
    ]


def test_folders_within_a_folder_can_be_left_out(holiday: Path, tmp_path: Path) -> None:
    result = run(holiday, "-o", tmp_path / "covered", "--no-recursive")
    assert tree(tmp_path / "covered") == ["beach-turdified.jpg"]
    assert "1 within the folder" in result.stderr


def test_what_is_passed_over_is_told_in_one_line_and_by_name_if_asked(holiday: Path, tmp_path: Path) -> None:
    result = run(holiday, "-o", tmp_path / "covered")
    assert result.stderr.splitlines()[0] == "Passed over: 1 hidden, 1 not a photo (.txt)."
    verbose = run(holiday, "-o", tmp_path / "covered", "--verbose").stderr
    assert f"{holiday}/notes.txt: passed over, not a photo (.txt)" in verbose


def test_results_are_never_taken_for_photos(holiday: Path) -> None:
    run(holiday)
    once = tree(holiday)
    again = run("--force", holiday, *sorted(holiday.glob("*.jpg")))
    assert tree(holiday) == once
    assert "made by turdify" in again.stderr


def test_results_in_the_folder_that_is_walked_are_no_photos_whatever_they_are_called(holiday: Path) -> None:
    for _ in range(2):
        result = run("--force", holiday, "-o", holiday / "covered", "--suffix", "")
        assert tree(holiday / "covered") == ["beach.jpg", "day 2/beach.jpg", "day 2/forest.png"]
    assert "1 where the results go" in result.stderr


def test_results_of_one_name_get_numbers_which_stay(tmp_path: Path, jpeg: bytes) -> None:
    for name in ("IMG_1.HEIC", "IMG_1.JPG", "img_1.jpg"):
        (tmp_path / name).write_bytes(jpeg)
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "IMG_1.jpg").write_bytes(jpeg)
    for options in ([], ["--force"]):
        assert run(*sorted(tmp_path.glob("*.*")), tmp_path / "other", "-o", tmp_path / "out", *options).exit_code == 0
        assert tree(tmp_path / "out") == [
            "IMG_1-turdified-2.jpg",
            "IMG_1-turdified-4.jpg",
            "IMG_1-turdified.jpg",
            "img_1-turdified-3.jpg",
        ]


@pytest.mark.parametrize("letter", ["a", "é", "😀"])
def test_a_name_too_long_for_a_result_is_shortened_the_same_way_each_time(
    tmp_path: Path, jpeg: bytes, letter: str
) -> None:
    longest = letter * (251 // len(letter.encode()))
    for name in (longest, longest[:-1] + "b"):
        (tmp_path / f"{name}.jpg").write_bytes(jpeg)
    for _ in range(2):
        result = run(tmp_path, "-o", tmp_path / "out", "--force", "--format", "webp")
        assert (result.exit_code, len(tree(tmp_path / "out"))) == (0, 2)
    assert "2 done already" in run(tmp_path, "-o", tmp_path / "out", "--skip-done").stderr


def test_what_is_done_is_passed_over_unless_the_photo_is_newer(holiday: Path, tmp_path: Path, jpeg: bytes) -> None:
    (holiday / "broken.jpg").unlink()
    arguments = holiday, "-o", tmp_path / "covered", "--skip-done", "--force", "--json"
    assert len(run(*arguments).stdout.splitlines()) == 3
    assert run(*arguments).stdout == ""
    (holiday / "beach.jpg").write_bytes(jpeg)
    later = time.time_ns() + 10**9
    os.utime(holiday / "beach.jpg", ns=(later, later))
    assert [json.loads(line)["path"] for line in run(*arguments).stdout.splitlines()] == [f"{holiday}/beach.jpg"]


def test_a_photo_that_is_named_twice_is_done_once(holiday: Path, tmp_path: Path) -> None:
    result = run(holiday / "beach.jpg", holiday / "beach.jpg", "-o", tmp_path / "covered")
    assert (result.exit_code, tree(tmp_path / "covered")) == (0, ["beach-turdified.jpg"])
    assert "1 named twice" in result.stderr


def test_the_summary_names_what_has_no_face_and_what_failed(holiday: Path, fake: FakeDetector) -> None:
    fake.faces = []
    last = run("--dry-run", holiday / "beach.jpg", holiday / "broken.jpg").stderr.splitlines()[-3:]
    assert last == [
        "2 photos: 0 with faces, 1 without, 1 failed.",
        f"Without a face (look at them, one may have been missed): {holiday}/beach.jpg",
        f"Failed: {holiday}/broken.jpg",
    ]


def test_programs_are_told_of_failures_too(holiday: Path) -> None:
    rows = [json.loads(line) for line in run("--json", "--dry-run", holiday).stdout.splitlines()]
    failed = [row for row in rows if "error" in row]
    assert [(row["path"], row["error"][:32]) for row in failed] == [
        (f"{holiday}/broken.jpg", "That file isn't a photo we can r")
    ]


def test_neither_links_to_folders_nor_pipes_are_followed(holiday: Path) -> None:
    (holiday / "loop").symlink_to(holiday)
    os.mkfifo(holiday / "pipe.jpg")
    result = run("--dry-run", holiday)
    assert "1 behind a link" in result.stderr
    assert "1 not a plain file" in result.stderr


def test_a_fault_of_ours_does_not_end_the_others(holiday: Path, monkeypatch: pytest.MonkeyPatch, jpeg: bytes) -> None:
    monkeypatch.setattr("turdify.cli.covering.turdify", lambda *_, **__: 1 / 0)
    result = run(holiday / "beach.jpg", holiday / "day 2" / "beach.jpg")
    assert result.exit_code == 1
    assert result.stderr.count("A fault of turdify's own: ZeroDivisionError; --verbose tells more.\n") == 2
    verbose = run(holiday / "beach.jpg", "--verbose").stderr.splitlines()
    assert verbose[1] == "Traceback (most recent call last):"
    assert verbose[-1] == "ZeroDivisionError: division by zero"


def test_who_stops_it_is_told_how_many_are_done_and_failed(holiday: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from turdify.cli.covering import process

    def stopped(task: Task, *rest: Any) -> Outcome:
        if task.path.name == "forest.png":
            raise KeyboardInterrupt
        return process(task, *rest)

    monkeypatch.setattr("turdify.cli.process", stopped)
    result = run(holiday, "--dry-run")
    assert result.exit_code == 130
    last = "Stopped: 2 of 4 photos are done, 1 failed; --skip-done goes on from here."
    assert result.stderr.splitlines()[-1] == last


def test_an_empty_suffix_would_overwrite_photos(holiday: Path) -> None:
    result = run("--suffix", "", holiday / "beach.jpg")
    assert result.exit_code == 2
    assert "--suffix" in result.stderr


def test_with_an_empty_suffix_no_result_is_among_the_photos(tmp_path: Path, jpeg: bytes) -> None:
    """a.heic's would be a.jpg, which is a photo that --force would have gone."""
    for name in ("a.heic", "a.jpg"):
        (tmp_path / name).write_bytes(jpeg + name.encode())
    (tmp_path / "link").symlink_to(tmp_path)
    for output in (tmp_path, tmp_path / "link"):
        result = run("--suffix", "", "--force", tmp_path / "a.heic", tmp_path / "a.jpg", "-o", output)
        assert (result.exit_code, "no result may be in a folder of the photos" in result.stderr) == (2, True)
    assert (tmp_path / "a.jpg").read_bytes() == jpeg + b"a.jpg"
    assert run("--suffix", "", tmp_path / "a.heic", "-o", f"{tmp_path}/out/").exit_code == 0


def test_a_result_older_than_its_photo_is_not_done(tmp_path: Path) -> None:
    for name in ("a.jpg", "a-turdified.webp"):
        (tmp_path / name).touch()
    task = Task(tmp_path / "a.jpg", tmp_path / "a-turdified", complete=False)
    os.utime(tmp_path / "a.jpg", (1000, 1000))
    assert task.is_done
    os.utime(tmp_path / "a-turdified.webp", (900, 900))
    assert not task.is_done


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
