"""Everyone but me, from the command line."""

import json
from pathlib import Path

import pytest

from tests.command import run
from tests.pictures import KnowingDetector, decoded, encoded, people

GROUP = people("hopper", "astronaut")
HER = people("astronaut", height=130)
HER_AGAIN = people("astronaut", height=100)
HIM = people("hopper", height=110)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "her").mkdir()
    pictures = {"group": GROUP, "alone": HIM, "me": HER, "her/one": HER, "her/two": HER_AGAIN}
    for name, (image, _) in pictures.items():
        (tmp_path / f"{name}.png").write_bytes(encoded(image, "PNG"))
    (tmp_path / "her" / ".hidden").write_text("no photo")
    (tmp_path / "empty").mkdir()
    return tmp_path


@pytest.fixture(autouse=True)
def knowing(monkeypatch: pytest.MonkeyPatch) -> None:
    detector = KnowingDetector(GROUP, HER, HER_AGAIN, HIM)
    monkeypatch.setattr("turdify.cli.load_detector", lambda name, threads: detector)


@pytest.mark.parametrize("reference", ["me.png", "her"])
def test_who_is_in_a_photo_or_a_folder_of_photos_is_kept(folder: Path, reference: str) -> None:
    result = run("--keep", folder / reference, folder / "group.png", folder / "alone.png")
    assert result.exit_code == 0
    lines = result.stderr.splitlines()
    assert f"{folder}/group.png: 1 covered, 1 kept -> {folder}/group-turdified.png" in lines
    assert f"{folder}/alone.png: 1 face -> {folder}/alone-turdified.png" in lines
    written, half = decoded((folder / "group-turdified.png").read_bytes()), GROUP[0].width // 2
    assert written.crop((half, 0, *written.size)).tobytes() == GROUP[0].crop((half, 0, *written.size)).tobytes()


def test_what_is_no_photo_of_somebody_is_passed_over_and_told(folder: Path) -> None:
    """What Windows leaves in folders, results of an earlier command, and a folder in the folder."""
    (folder / "her" / "Thumbs.db").write_text("no photo")
    (folder / "her" / "more").mkdir()
    (folder / "her" / "one-turdified.png").write_bytes(encoded(HIM[0], "PNG"))
    result = run("--keep", folder / "her", folder / "group.png")
    assert (result.exit_code, "group.png: 1 covered, 1 kept" in result.stderr) == (0, True)
    told = "Passed over: 1 within the folder, 1 not a photo (.db), 1 made by turdify."
    assert f"--keep {folder}/her: {told}" in result.stderr


def test_of_several_faces_in_a_reference_one_can_be_said_to_be_meant(folder: Path) -> None:
    """Her half of the group, so that he is covered."""
    width, height = GROUP[0].size
    half = f"[{width / 2}, 0, {width}, {height}]"
    people = "--keep", folder / "group.png", "--keep-box", half, "--keep", folder / "me.png", "--keep-box", ""
    for keep in (people[:4], people):
        said = run("--dry-run", *keep, folder / "group.png").stderr
        assert "group.png: 1 covered, 1 kept" in said
    assert "alone.png: 1 face\n" in run("--dry-run", *people[:4], folder / "alone.png").stderr


def test_several_people_can_be_kept_and_even_quietly_it_says_so(folder: Path) -> None:
    result = run("--quiet", "--keep", folder / "me.png", "--keep", folder / "alone.png", folder / "group.png")
    assert "group.png: 0 covered, 2 kept" in result.stderr


def test_the_summary_says_how_many_were_kept_in_which_photo(folder: Path) -> None:
    """Also where nobody else is there, which is no photo without a face."""
    photos = folder / "group.png", folder / "her" / "two.png", folder / "alone.png"
    said = run("--dry-run", "--jobs", "1", "--keep", folder / "me.png", *photos).stderr
    assert "3 photos: 3 with faces, 0 without, 0 failed.\n" in said
    assert said.endswith(f"(look whether it is them): {folder}/group.png (1), {folder}/her/two.png (1)\n")


def test_only_covers_who_is_in_the_photo(folder: Path) -> None:
    result = run("--json", "--dry-run", "--only", folder / "me.png", folder / "group.png")
    covered, kept = json.loads(result.stdout)["faces"]
    assert covered["box"][0] > kept["box"][0]
    assert kept["kept"] is True


def test_how_sure_it_must_be_has_three_names(folder: Path) -> None:
    for level in ("careful", "balanced", "lenient"):
        result = run("--dry-run", "--strictness", level, "--keep", folder / "me.png", folder / "group.png")
        assert "1 covered, 1 kept" in result.stderr
    assert run("--strictness", "0.6", folder / "group.png").exit_code == 2


@pytest.mark.parametrize(("emoji", "expected"), [("turd", ["turd", "smiley"]), ("numbers", ["number-1", "number-2"])])
def test_by_person_gives_somebody_the_same_emoji_in_every_photo(folder: Path, emoji: str, expected: list[str]) -> None:
    photos = folder / "alone.png", folder / "group.png", folder / "me.png"
    result = run("--json", "--by-person", "--emoji", emoji, *photos)
    alone, group, me = [[face["emoji"] for face in json.loads(line)["faces"]] for line in result.stdout.splitlines()]
    assert group == [*alone, *me] == expected
    planned = run("--json", "--by-person", "--emoji", emoji, "--dry-run", *photos)
    assert [json.loads(line)["faces"] for line in planned.stdout.splitlines()] == [
        json.loads(line)["faces"] for line in result.stdout.splitlines()
    ]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (
            ["--keep", "group.png"],
            "--keep group.png: There are 2 faces in it. Say which one is meant, or crop it. (--keep-box",
        ),
        (["--keep", "group.png", "--keep-box", "0,0,9,9"], "--keep group.png: There is no face in it"),
        (["--keep", "me.png", "--keep-box", "9,9,0,0"], "is not LEFT,UPPER,RIGHT,LOWER"),
        (["--keep", "me.png", "--keep-box", "left"], "is not LEFT,UPPER,RIGHT,LOWER"),
        (["--keep", "me.png", "--keep-box", "", "--keep-box", ""], "--keep-box once for each"),
        (["--keep-box", "0,0,9,9"], "--keep-box once for each"),
        (["--keep", "her", "--keep-box", "0,0,9,9"], "so it has no --keep-box"),
        (["--only", "empty"], "--only empty: there is no photo in this folder."),
        (["--keep", "nowhere.png"], "nowhere.png"),
        (["--keep", "notes.txt"], "--keep notes.txt: That file isn't a photo we can read."),
        (["--keep", "me.png", "--only", "me.png"], "Only one of --keep, --only and --faces"),
        (["--keep", "me.png", "--faces", "notes.txt"], "Only one of --keep, --only and --faces"),
        (["--by-person", "--emoji", "blur"], "--by-person chooses the emoji"),
        (["--by-person", "--picture", "me.png"], "--by-person chooses the emoji"),
    ],
    ids=str,
)
def test_what_cannot_be_meant_is_refused_before_anything_is_written(
    folder: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], words: str
) -> None:
    monkeypatch.chdir(folder)
    (folder / "notes.txt").write_text("[]")
    result = run(*arguments, "group.png")
    assert result.exit_code == 2
    assert words in " ".join(result.stderr.replace("│", " ").split())
    assert not (folder / "group-turdified.png").exists()
