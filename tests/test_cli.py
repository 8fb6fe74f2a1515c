"""The command line, run as a program would run it."""

import errno
import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from tests.command import run
from tests.marked import INVALID
from tests.pictures import PURPLE, FakeDetector, astronaut, decoded, encoded, moving
from tests.web import call, post_photo, shown
from turdify import __version__
from turdify.cli.files import read
from turdify.faces import Box, Face
from turdify.pipeline import FIRST_ONLY, Options, read_artwork, turdify

pytestmark = pytest.mark.usefixtures("fake")


@pytest.fixture
def folder(tmp_path: Path, jpeg: bytes) -> Path:
    (tmp_path / "beach.jpg").write_bytes(jpeg)
    (tmp_path / "forest.png").write_bytes(encoded(astronaut(), "PNG"))
    (tmp_path / "notes.jpg").write_text("I am not a photo.")
    return tmp_path


def test_the_result_lies_beside_the_photo(folder: Path, jpeg: bytes, fake: FakeDetector) -> None:
    result = run(folder / "beach.jpg")
    assert result.exit_code == 0
    assert (folder / "beach-turdified.jpg").read_bytes() == turdify(jpeg, detector=fake).data
    assert result.stderr == f"{folder}/beach.jpg: 1 face -> {folder}/beach-turdified.jpg\n"
    assert result.stdout == ""
    assert (folder / "beach.jpg").read_bytes() == jpeg


def test_a_photo_without_faces_is_said_to_have_none(folder: Path, fake: FakeDetector) -> None:
    fake.faces = []
    assert "no face found" in run(folder / "beach.jpg").stderr


def test_faces_beside_the_photo_are_not_said_to_be_covered(folder: Path) -> None:
    (folder / "faces.json").write_text('[{"box": [20, 30, 60, 80]}, {"box": [900, 900, 999, 999]}]')
    assert ": 1 face ->" in run("--faces", folder / "faces.json", folder / "beach.jpg").stderr


def test_of_an_animation_it_is_said_that_only_the_first_picture_was_used(folder: Path, fake: FakeDetector) -> None:
    fake.faces = [Face(Box(4, 4, 20, 20))]
    (folder / "dance.gif").write_bytes(moving("GIF"))
    said = run(folder / "dance.gif").stderr
    assert said == f"{folder}/dance.gif: 1 face -> {folder}/dance-turdified.png ({FIRST_ONLY})\n"
    answers = [json.loads(run("--dry-run", "--json", folder / name).stdout) for name in ("dance.gif", "beach.jpg")]
    assert [answer["animated"] for answer in answers] == [True, False]


def test_even_quietly_it_says_that_nothing_is_covered(folder: Path, fake: FakeDetector) -> None:
    assert run("--quiet", folder / "beach.jpg").stderr == ""
    fake.faces = []
    assert "no face found" in run("--quiet", "--force", folder / "beach.jpg").stderr


def test_an_output_file_can_be_named_and_its_suffix_is_the_format(folder: Path) -> None:
    assert run(folder / "beach.jpg", "-o", folder / "out.png").exit_code == 0
    assert decoded((folder / "out.png").read_bytes()).format == "PNG"


def test_the_format_option_decides_over_the_suffix(folder: Path) -> None:
    assert run(folder / "beach.jpg", "--format", "webp", "-o", folder / "out.png").exit_code == 0
    assert decoded((folder / "out.png").read_bytes()).format == "WEBP"


def test_the_format_changes_the_suffix(folder: Path) -> None:
    assert run(folder / "beach.jpg", "--format", "png").exit_code == 0
    assert decoded((folder / "beach-turdified.png").read_bytes()).format == "PNG"


def test_standard_input_goes_to_standard_output(jpeg: bytes, fake: FakeDetector) -> None:
    result = run("-", stdin=jpeg)
    assert result.exit_code == 0
    assert result.stdout_bytes == turdify(jpeg, detector=fake).data


def test_only_a_dash_is_standard_input(folder: Path, jpeg: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    (folder / "-").write_bytes(jpeg)
    assert run("./-", "-o", "out.jpg").exit_code == 0
    assert run("beach.jpg", "-o", "./-", "--force").stdout_bytes == b""
    assert (folder / "-").read_bytes() == (folder / "out.jpg").read_bytes()


def test_standard_input_can_go_to_a_file_and_a_file_to_standard_output(folder: Path, jpeg: bytes) -> None:
    assert run("-", "-o", folder / "out.jpg", stdin=jpeg).exit_code == 0
    assert (folder / "out.jpg").exists()
    assert decoded(run(folder / "beach.jpg", "-o", "-").stdout_bytes).size == (512, 512)


def test_json_tells_path_output_size_and_faces_a_line_each(folder: Path, fake: FakeDetector) -> None:
    fake.faces = [Face(Box(10, 20, 30, 44), angle=1.5, score=0.75)]
    result = run("--json", folder / "beach.jpg", folder / "forest.png")
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    assert [row["path"] for row in rows] == [f"{folder}/beach.jpg", f"{folder}/forest.png"]
    assert rows[0] == {
        "path": f"{folder}/beach.jpg",
        "output": f"{folder}/beach-turdified.jpg",
        "width": 512,
        "height": 512,
        "faces": [{"box": [10, 20, 30, 44], "angle": 1.5, "emoji": "turd", "score": 0.75}],
        "animated": False,
    }


def test_the_faces_that_json_prints_can_be_edited_and_given_back(folder: Path, fake: FakeDetector) -> None:
    (folder / "faces.json").write_text(run("--dry-run", "--json", folder / "beach.jpg").stdout)
    assert run(folder / "beach.jpg").exit_code == 0
    fake.faces = []
    assert run("--faces", folder / "faces.json", folder / "beach.jpg", "-o", folder / "same.jpg").exit_code == 0
    assert (folder / "same.jpg").read_bytes() == (folder / "beach-turdified.jpg").read_bytes()


@pytest.mark.parametrize("name", INVALID)
def test_faces_that_make_no_sense_are_explained(folder: Path, name: str) -> None:
    text, words = INVALID[name]
    (folder / "faces.json").write_text(text)
    result = run("--faces", folder / "faces.json", folder / "beach.jpg")
    assert result.exit_code == 2
    assert words in " ".join(result.stderr.split())


def test_cover_size_and_picture_can_be_chosen(folder: Path, jpeg: bytes, fake: FakeDetector) -> None:
    (folder / "own.png").write_bytes(PURPLE)
    wanted = {
        "--emoji=blur": Options(emoji="blur"),
        "--size=150": Options(size=150),
        f"--picture={folder}/own.png": Options(picture=read_artwork(PURPLE)),
    }
    for option, options in wanted.items():
        assert run(option, "--force", folder / "beach.jpg").exit_code == 0
        assert (folder / "beach-turdified.jpg").read_bytes() == turdify(jpeg, options, detector=fake).data


def test_the_sensitivity_can_be_chosen(folder: Path, fake: FakeDetector) -> None:
    assert run(folder / "beach.jpg", "--dry-run", "--sensitivity", "low").exit_code == 0
    assert fake.sensitivity == "low"


def test_a_picture_that_is_none_is_explained(folder: Path) -> None:
    result = run("--picture", folder / "notes.jpg", folder / "beach.jpg")
    assert result.exit_code == 2
    assert "--picture: That file isn't a photo we can read." in " ".join(result.stderr.split())


@pytest.mark.parametrize("arguments", [["forest.png"], ["--dry-run"]], ids=str)
def test_faces_are_for_one_photo_that_is_written(folder: Path, arguments: list[str]) -> None:
    (folder / "faces.json").write_text("[]")
    result = run("--faces", folder / "faces.json", folder / "beach.jpg", *arguments)
    assert result.exit_code == 2
    assert "--faces" in result.stderr


def test_a_dry_run_writes_nothing(folder: Path) -> None:
    before = sorted(folder.iterdir())
    result = run("--dry-run", "--json", folder / "beach.jpg")
    assert json.loads(result.stdout)["output"] is None
    assert len(json.loads(result.stdout)["faces"]) == 1
    assert sorted(folder.iterdir()) == before


def test_a_dry_run_makes_no_folder(folder: Path) -> None:
    assert run("--dry-run", folder / "beach.jpg", "-o", f"{folder}/new/").exit_code == 0
    assert not (folder / "new").exists()


def test_a_folders_suffix_is_no_format(folder: Path) -> None:
    run(folder / "beach.jpg", "-o", f"{folder}/new.webp/")
    assert decoded((folder / "new.webp" / "beach-turdified.jpg").read_bytes()).format == "JPEG"


def test_a_full_disk_loses_neither_the_photo_nor_leaves_half_a_result(folder: Path, jpeg: bytes) -> None:
    """Files may grow to 8 kB in this process; the result is larger."""
    program = "ulimit -f 8; trap '' XFSZ; exec \"$@\""
    for options in (["-o", "beach.jpg", "--force"], []):
        before = sorted(folder.iterdir())
        command = ["bash", "-c", program, "-", sys.executable, "-m", "turdify", "beach.jpg", *options]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        assert done.returncode == 1
        assert done.stderr.startswith("beach.jpg: The result can't be written as beach")
        assert done.stderr.endswith(".jpg: File too large.\n")
        assert (folder / "beach.jpg").read_bytes() == jpeg
        assert sorted(folder.iterdir()) == before


def test_on_a_terminal_the_reports_follow_the_progress_bar(folder: Path) -> None:
    """script gives the program a terminal."""
    program = shlex.join([sys.executable, "-m", "turdify", "beach.jpg", "forest.png", "notes.jpg"])
    command = ["script", "--quiet", "--return", "--command", program, "/dev/null"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    bar, _, rest = done.stdout.rpartition("100%")
    assert "#" in bar
    assert "beach.jpg: 1 face -> beach-turdified.jpg" in rest
    assert "notes.jpg: That file isn't a photo we can read." in rest
    assert done.returncode == 1


def test_of_many_photos_a_terminal_is_told_which_were_animations(folder: Path) -> None:
    still = encoded(astronaut().resize((160, 160)), "GIF")
    for number in range(21):
        (folder / f"{number}.gif").write_bytes(moving("GIF") if number == 9 else still)
    program = shlex.join([sys.executable, "-m", "turdify", *(f"{number}.gif" for number in range(21)), "--dry-run"])
    command = ["script", "--quiet", "--return", "--command", program, "/dev/null"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    assert f"9.gif: no face found ({FIRST_ONLY})" in done.stdout
    assert "10.gif: " not in done.stdout


def test_a_name_cannot_tell_a_terminal_what_to_do(folder: Path) -> None:
    """Nor is it shortened: it is written as it can be found."""
    name, shown = "\x1b[2J\x9bé\u202e\r\n", "\\x1b[2J\\x9bé\\u202e\\r\\n"
    (folder / f"{name}.jpg").write_bytes((folder / "beach.jpg").read_bytes())
    assert run("--dry-run", folder / f"{name}.jpg").stderr == f"{folder}/{shown}.jpg: 1 face\n"
    refused = run(folder / "beach.jpg", "-o", f"{folder / name}.jpg/").stderr
    assert f"{shown}.jpg is a file, not a folder." in refused
    assert "\x1b" not in refused
    row = json.loads(run("--dry-run", "--json", folder / f"{name}.jpg").stdout)
    assert row["path"] == f"{folder}/{name}.jpg"


def test_a_folder_for_results_that_is_a_file_is_called_so(folder: Path) -> None:
    result = run(folder / "beach.jpg", "-o", f"{folder}/notes.jpg/")
    assert "notes.jpg is a file, not a folder." in " ".join(result.stderr.split())


def test_a_file_that_exists_is_not_overwritten_unless_forced(folder: Path) -> None:
    output = folder / "beach-turdified.jpg"
    output.write_text("precious")
    refused = run(folder / "beach.jpg")
    assert refused.exit_code == 1
    assert "exists; use --force to overwrite it." in refused.stderr
    assert output.read_text() == "precious"
    assert run("--force", folder / "beach.jpg").exit_code == 0
    assert decoded(output.read_bytes()).format == "JPEG"


def test_one_bad_photo_is_reported_and_the_rest_go_on(folder: Path) -> None:
    result = run(folder / "notes.jpg", folder / "missing.jpg", folder / "beach.jpg", folder / "forest.png")
    assert result.exit_code == 1
    assert f"{folder}/notes.jpg: That file isn't a photo we can read." in result.stderr
    assert f"{folder}/missing.jpg: No such file or directory" in result.stderr
    assert "Traceback" not in result.stderr
    assert (folder / "beach-turdified.jpg").exists()
    assert (folder / "forest-turdified.png").exists()
    assert not (folder / "notes-turdified.jpg").exists()


def test_a_photo_that_may_not_be_read_is_one_that_failed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As whoever may not read forest.png; nobody keeps root from it."""

    def forbid(path: Path, max_bytes: int) -> bytes:
        if path.name == "forest.png":
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        return read(path, max_bytes)

    monkeypatch.setattr("turdify.cli.covering.read", forbid)
    monkeypatch.setattr(os, "access", lambda path, *_: "forest.png" not in str(path))
    result = run(folder / "forest.png", folder / "beach.jpg", "-o", folder / "out")
    assert result.exit_code == 1
    assert f"{folder}/forest.png: Permission denied.\n" in result.stderr
    assert (folder / "out" / "beach-turdified.jpg").exists()


def test_several_photos_go_to_a_folder_which_is_made(folder: Path) -> None:
    assert run(folder / "beach.jpg", folder / "forest.png", "-o", folder / "new" / "out").exit_code == 0
    assert sorted(p.name for p in (folder / "new" / "out").iterdir()) == ["beach-turdified.jpg", "forest-turdified.png"]


def test_an_output_that_ends_in_a_slash_is_a_folder(folder: Path) -> None:
    run(folder / "beach.jpg", "-o", f"{folder}/out/")
    assert (folder / "out" / "beach-turdified.jpg").exists()


def test_quiet_says_nothing_but_what_went_wrong(folder: Path) -> None:
    assert run("--quiet", folder / "beach.jpg").output == ""
    assert "isn't a photo" in run("--quiet", folder / "notes.jpg").stderr


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["beach.jpg", "forest.png", "-o", "-"],
        ["beach.jpg", "forest.png", "-o", "beach.jpg"],
        ["beach.jpg", "-o", "notes.jpg/out/"],
        ["-", "--json"],
        ["beach.jpg", "--json", "-o", "-"],
        ["beach.jpg", "-o", "out.gif"],
        ["-", "-"],
        ["-", "beach.jpg"],
        ["-", "--picture", "-"],
        ["beach.jpg", "--picture", "-", "--faces", "-"],
        [""],
        ["beach.jpg", "-o", ""],
        ["beach.jpg", "--format", "bmp"],
        ["beach.jpg", "--detector", "haar"],
    ],
    ids=" ".join,
)
def test_what_cannot_be_meant_is_refused_before_anything_is_done(
    folder: Path, arguments: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    before = sorted(folder.iterdir())
    result = run(*arguments)
    assert result.exit_code == 2
    assert "Usage:" in result.stderr
    assert sorted(folder.iterdir()) == before


def test_limits_come_from_the_environment(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TURDIFY_MAX_PIXELS", "1000")
    assert "has too many pixels" in run(folder / "beach.jpg").stderr
    monkeypatch.setenv("TURDIFY_MAX_PIXELS", "many")
    assert "TURDIFY_MAX_PIXELS must be a whole number" in run(folder / "beach.jpg").stderr


def test_the_detector_can_be_named_by_option_or_environment(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    loaded: list[str] = []

    def load(name: str, threads: int) -> FakeDetector:
        loaded.append(name)
        return FakeDetector()

    monkeypatch.setattr("turdify.cli.load_detector", load)
    run("--dry-run", folder / "beach.jpg")
    run("--dry-run", "--detector", "dlib", folder / "beach.jpg")
    monkeypatch.setenv("TURDIFY_DETECTOR", "dlib")
    run("--dry-run", folder / "beach.jpg")
    assert loaded == ["centerface", "dlib", "dlib"]


def test_it_is_a_module_too_and_finds_a_real_face(folder: Path) -> None:
    """A progress bar would need a terminal: here there is none, and nothing but the reports."""
    command = [sys.executable, "-m", "turdify", "--json", "-o", str(folder / "out"), "beach.jpg", "forest.png"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True, env=dict(os.environ))
    assert [len(json.loads(line)["faces"]) for line in done.stdout.splitlines()] == [1, 1]
    assert done.stderr == ""


def test_the_version_is_told() -> None:
    assert __version__ in run("--version").stdout


def test_page_endpoint_and_command_line_give_the_same_picture(folder: Path, jpeg: bytes, client: FlaskClient) -> None:
    run(folder / "beach.jpg")
    written = (folder / "beach-turdified.jpg").read_bytes()
    assert call(client, "/turdify/", jpeg, format="same").data == written
    assert shown(post_photo(client, jpeg)) == decoded(written)
