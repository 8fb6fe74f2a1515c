"""The command line on whole folders: what it takes, what it passes over, what it calls results, and what it says."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.command import run, tree
from tests.pictures import FakeDetector, astronaut, encoded
from turdify.cli.covering import Outcome
from turdify.cli.names import Task

pytestmark = pytest.mark.usefixtures("fake")


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


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Path]:
    """What is in it may be as deep as it likes: pytest would fail to remove that."""
    yield tmp_path
    subprocess.run(["/bin/rm", "-r", *tmp_path.iterdir()], check=True)


def test_folders_may_be_as_deep_as_the_system_has_them(place: Path, jpeg: bytes) -> None:
    """Deeper than Python's functions may call themselves."""
    photo = place.joinpath("holiday", *"d" * 1200, "beach.jpg")
    for folder in reversed(photo.parents):
        folder.mkdir(exist_ok=True)
    photo.write_bytes(jpeg)
    result = run(place / "holiday", "-o", place / "covered")
    assert (result.exit_code, result.exception, "1 face" in result.stderr) == (0, None, True)
    assert place.joinpath("covered", *"d" * 1200, "beach-turdified.jpg").exists()


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
