"""Where the command line writes: wholly or not at all, and never in place of what isn't a plain file."""

import os
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tests.pictures import astronaut, decoded, encoded
from turdify.cli.files import write

DATA = b"\xff" * 300_000


@pytest.fixture
def photo(tmp_path: Path, jpeg: bytes) -> Path:
    (tmp_path / "beach.jpg").write_bytes(jpeg)
    return tmp_path / "beach.jpg"


def shell(program: str, folder: Path, **environment: str) -> "subprocess.CompletedProcess[bytes]":
    """The program, in which turdify is our own; no faces are looked for, which saves time."""
    (folder / "none.json").write_text("[]")
    turdify = f"{sys.executable} -m turdify --faces none.json"
    command = ["bash", "-c", program.replace("TURDIFY", turdify)]
    return subprocess.run(command, cwd=folder, capture_output=True, check=False, env=dict(os.environ) | environment)


def test_a_link_stays_and_its_target_is_written(tmp_path: Path) -> None:
    (tmp_path / "target.jpg").write_bytes(b"old")
    (tmp_path / "link.jpg").symlink_to("target.jpg")
    (tmp_path / "dangling.jpg").symlink_to("new.jpg")
    with pytest.raises(FileExistsError):
        write(tmp_path / "link.jpg", DATA, force=False)
    write(tmp_path / "link.jpg", DATA, force=True)
    write(tmp_path / "dangling.jpg", DATA, force=False)
    assert (tmp_path / "link.jpg").is_symlink()
    assert (tmp_path / "dangling.jpg").is_symlink()
    assert (tmp_path / "target.jpg").read_bytes() == (tmp_path / "new.jpg").read_bytes() == DATA


def test_a_result_that_came_meanwhile_is_not_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another command's, while this one puts its own onto the disk."""
    monkeypatch.setattr("turdify.cli.files.os.fsync", lambda _: (tmp_path / "new.jpg").write_bytes(b"another's"))
    with pytest.raises(FileExistsError) as refused:
        write(tmp_path / "new.jpg", DATA, force=False)
    assert refused.value.filename == str(tmp_path / "new.jpg")
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"new.jpg": b"another's"}


@pytest.fixture
def card(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder as on a memory card, where files have one name only."""

    def refuse(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr("turdify.cli.files.os.O_TMPFILE", 1 << 30)
    monkeypatch.setattr("turdify.cli.files.os.link", refuse)
    return tmp_path


def test_where_files_have_one_name_only_results_are_written_too(card: Path) -> None:
    write(card / "new.jpg", DATA, force=False)
    assert [path.read_bytes() for path in card.iterdir()] == [DATA]


def test_nor_is_a_result_that_came_meanwhile_replaced_there(card: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    test_a_result_that_came_meanwhile_is_not_replaced(card, monkeypatch)


def test_a_file_that_is_replaced_keeps_its_mode_and_a_new_one_has_the_usual(tmp_path: Path) -> None:
    (tmp_path / "old.jpg").write_bytes(b"old")
    (tmp_path / "old.jpg").chmod(0o604)
    for name in ("old.jpg", "new.jpg"):
        write(tmp_path / name, DATA, force=True)
    (tmp_path / "usual").touch()
    modes = [stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("old.jpg", "new.jpg", "usual")]
    assert modes == [0o604, modes[2], modes[2]]


def test_a_pipe_is_written_into(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.jpg")
    read: list[bytes] = []
    reader = threading.Thread(target=lambda: read.append((tmp_path / "pipe.jpg").read_bytes()))
    reader.start()
    write(tmp_path / "pipe.jpg", DATA, force=False)
    reader.join()
    assert read == [DATA]
    assert (tmp_path / "pipe.jpg").is_fifo()


def test_where_files_need_a_name_nothing_else_is_left_either(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a file system that knows no files without names."""
    monkeypatch.setattr("turdify.cli.files.os.O_TMPFILE", 1 << 30)
    write(tmp_path / "new.jpg", DATA, force=False)
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [DATA]


@pytest.mark.parametrize("output", ["-", "/dev/stdout", "/dev/fd/1"])
def test_standard_output_is_written_into_by_any_name(photo: Path, output: str) -> None:
    done = shell(f"TURDIFY beach.jpg -o {output} > out.jpg", photo.parent)
    assert done.returncode == 0, done.stderr
    assert decoded((photo.parent / "out.jpg").read_bytes()).size == (512, 512)
    assert shell(f"TURDIFY beach.jpg -o {output} | wc -c", photo.parent).stdout != b"0\n"


def test_a_device_is_written_into(photo: Path) -> None:
    assert shell("TURDIFY beach.jpg -o /dev/null && test -c /dev/null", photo.parent).returncode == 0
    full = shell("TURDIFY beach.jpg -o /dev/full", photo.parent)
    assert (full.returncode, full.stderr) == (
        1,
        b"beach.jpg: The result can't be written as /dev/full: No space left on device.\n",
    )


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_part_of_a_result_is_a_failure(photo: Path, unbuffered: str) -> None:
    """A file may grow to 64 kB in this shell."""
    program = "ulimit -f 64; trap '' XFSZ; TURDIFY beach.jpg --format png -o - > out.png"
    done = shell(program, photo.parent, PYTHONUNBUFFERED=unbuffered)
    assert (done.returncode, done.stderr) == (
        1,
        b"beach.jpg: The result can't be written to standard output: File too large.\n",
    )


def test_a_reader_that_leaves_is_a_failure_without_a_trace(photo: Path) -> None:
    photo.write_bytes(encoded(astronaut(), "PNG"))
    done = shell("set -o pipefail; TURDIFY beach.jpg -o - | head -c 10", photo.parent)
    assert (done.returncode, done.stderr) == (
        1,
        b"beach.jpg: The result can't be written to standard output: Broken pipe.\n",
    )


def test_who_prints_to_nobody_ends(photo: Path) -> None:
    done = shell("TURDIFY --json beach.jpg > /dev/full", photo.parent)
    assert done.returncode == 1
    assert b"can't be told any more" in done.stderr
    assert b"Traceback" not in done.stderr


def test_help_that_fills_a_disk_is_a_failure_without_a_trace(photo: Path) -> None:
    done = shell("TURDIFY --help > /dev/full", photo.parent)
    assert (done.returncode, done.stderr) == (1, b"That can't be done: No space left on device.\n")


@pytest.mark.parametrize("option", ["--faces", "--picture"])
def test_a_file_without_an_end_is_read_no_further_than_a_photo(photo: Path, option: str) -> None:
    done = shell(f"ulimit -v 4000000; timeout 60 TURDIFY {option} /dev/zero beach.jpg", photo.parent)
    assert done.returncode == 2
    assert b"Error: --picture: That photo is larger" in done.stderr or b"not valid JSON" in done.stderr


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_closed_streams_cost_nothing_but_what_they_would_carry(photo: Path, closed: str) -> None:
    assert shell(f"TURDIFY beach.jpg -o out.jpg {closed}", photo.parent).returncode == 0
    assert decoded((photo.parent / "out.jpg").read_bytes()).size == (512, 512)


def test_a_closed_stream_that_is_needed_is_named(photo: Path) -> None:
    assert b"Standard input is closed." in shell("TURDIFY - -o out.jpg <&-", photo.parent).stderr
    assert b"Standard output is closed." in shell("TURDIFY beach.jpg -o - >&-", photo.parent).stderr


def test_a_folder_that_is_missing_is_blamed(photo: Path) -> None:
    done = shell("TURDIFY beach.jpg -o no-such-folder/x.jpg", photo.parent)
    assert (done.returncode, done.stderr) == (1, b"beach.jpg: There is no folder no-such-folder for the result.\n")


def test_what_is_wrong_with_the_result_is_not_told_of_the_photo(photo: Path) -> None:
    """A process substitution's result would lie in /dev/fd, and a file is where a folder of the tree should be."""
    done = shell("TURDIFY <(cat beach.jpg)", photo.parent)
    assert done.returncode == 1
    assert b": The result can't be written as /dev/fd/" in done.stderr
    (photo.parent / "in" / "day 1").mkdir(parents=True)
    photo.rename(photo.parent / "in" / "day 1" / "beach.jpg")
    (photo.parent / "out").mkdir()
    (photo.parent / "out" / "day 1").touch()
    done = subprocess.run(
        [sys.executable, "-m", "turdify", "in", "-o", "out"], cwd=photo.parent, capture_output=True, check=False
    )
    assert done.stderr == b"in/day 1/beach.jpg: The folder out/day 1 can't be made: File exists.\n"


@pytest.mark.parametrize("options", ["--size nan", "--size inf", "--quiet --verbose", "--jobs 0"])
def test_what_makes_no_sense_is_refused(photo: Path, options: str) -> None:
    assert shell(f"TURDIFY beach.jpg {options}", photo.parent).returncode == 2


@pytest.mark.parametrize("options", ["--format jpg", "--format JPEG", "-o x.jfif", "-f -o x.jpe"])
def test_jpeg_has_many_names(photo: Path, options: str) -> None:
    photo.write_bytes(encoded(astronaut(), "PNG"))
    assert shell(f"TURDIFY beach.jpg {options}", photo.parent).returncode == 0
    (result,) = (path for path in photo.parent.iterdir() if path.name.startswith(("x.", "beach-")))
    assert decoded(result.read_bytes()).format == "JPEG"
