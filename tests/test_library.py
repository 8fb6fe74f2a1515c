"""turdify as other people's programs import it."""

import inspect
import json
import pickle
import pydoc
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import turdify
from tests.conftest import ROOT
from tests.pictures import PURPLE, FakeDetector, group
from turdify import errors
from turdify.pipeline import read_reference

EXAMPLES = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "python.md").read_text(), re.DOTALL)


@pytest.mark.parametrize("example", EXAMPLES)
def test_the_examples_work(example: str, tmp_path: Path) -> None:
    picture, _ = group(3)
    picture.save(tmp_path / "group.jpg")
    (tmp_path / "own.png").write_bytes(PURPLE)
    done = subprocess.run([sys.executable, "-c", example], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    if "print(len(" in example:
        assert done.stdout.startswith("3 jpeg ")
    if "error.code" in example:
        assert done.stdout.startswith("not_a_photo That file isn't a photo")


def test_the_document_has_examples() -> None:
    assert len(EXAMPLES) == 4


@pytest.mark.parametrize("name", turdify.__all__)
def test_what_is_public_is_there_and_says_what_it_is(name: str) -> None:
    assert getattr(turdify, name).__doc__


def test_nothing_else_is_there() -> None:
    with pytest.raises(AttributeError, match="nonsense"):
        turdify.nonsense  # type: ignore[attr-defined]  # noqa: B018


@pytest.mark.parametrize(
    ("option", "told"),
    [
        ({"size": 50}, "Choose a number of percent from 100 to 200"),
        ({"size": float("nan")}, "Unknown size 'nan'"),
        ({"size": "150"}, "Unknown size '150'"),
        ({"size": None}, "Unknown size 'None'"),
        ({"emoji": "rose"}, "Unknown emoji 'rose'. Choose one of turd, "),
        ({"format": "gif"}, "Unknown format 'gif'. Choose one of same, png, jpeg, webp."),
        ({"sensitivity": "most"}, "Unknown sensitivity 'most'. Choose one of low, normal, high."),
    ],
)
def test_what_cannot_be_chosen_is_refused_before_a_photo_is_read(option: dict[str, Any], told: str) -> None:
    with pytest.raises(turdify.TurdifyError, match=told):
        turdify.Options(**option)


@pytest.mark.parametrize("option", [{"picture": PURPLE}, {"picture": "own.png"}, {"people": ["me.jpg"]}])
def test_a_picture_that_is_not_read_yet_is_refused_rather_than_cover_nothing(option: dict[str, Any]) -> None:
    with pytest.raises(TypeError, match=r"as read_artwork reads it, not as|as People\(...\), not as"):
        turdify.Options(**option)


@pytest.mark.parametrize("limit", [{"max_bytes": None}, {"max_pixels": "9"}, {"max_pixels": float("nan")}])
def test_a_limit_that_is_none_is_not_blamed_on_the_photo(limit: dict[str, Any]) -> None:
    with pytest.raises(TypeError, match="is a number, not"):
        turdify.Options(**limit)


ERRORS = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, errors.TurdifyError)]


@pytest.mark.parametrize("kind", ERRORS)
def test_an_error_comes_back_from_another_process_as_it_was(kind: type[errors.TurdifyError]) -> None:
    """multiprocessing waits for ever for one that doesn't."""
    arguments: Any = {"number": 2, "reason": errors.NoSuchFace(3), "template": "{what} happened.", "what": "It"}
    takes = inspect.signature(kind).parameters
    raised = kind(**{name: arguments.get(name, 7) for name in takes if name != "values"})
    told = pickle.loads(pickle.dumps(raised))  # noqa: S301  our own
    assert (type(told), str(told), str(vars(told))) == (kind, str(raised), str(vars(raised)))


@pytest.mark.parametrize("photo", ["group.jpg", Path("group.jpg"), None])
def test_a_path_is_no_photo_and_called_no_damaged_one(photo: Any) -> None:
    with pytest.raises(TypeError, match="as the bytes of its file"):
        turdify.find_faces(photo)


@pytest.mark.parametrize("wrong", [{"emoji": "zzz"}, {"score": float("nan")}, {"shape": "round"}])
def test_a_face_that_is_wrong_is_an_error_of_ours(wrong: dict[str, Any], jpeg: bytes) -> None:
    with pytest.raises(turdify.TurdifyError, match="face 2"):
        turdify.turdify(jpeg, faces=[turdify.Face(turdify.Box(0, 0, 9, 9), **fields) for fields in ({}, wrong)])


NOWHERE = float("nan")


@pytest.mark.parametrize(
    "found",
    [
        "face",
        turdify.Face((1, 2, 3, 4)),  # type: ignore[arg-type]
        turdify.Face(turdify.Box(90, 10, 60, 70)),
        turdify.Face(turdify.Box(10, 10, 60, NOWHERE)),
        turdify.Face(turdify.Box(10, 10, 60, 70), angle=NOWHERE),
        turdify.Face(turdify.Box(10, 10, 60, 70), emoji="rose"),
        turdify.Face(turdify.Box(10, 10, 60, 70), shape="round"),  # type: ignore[arg-type]
    ],
    ids=str,
)
@pytest.mark.parametrize("work", [turdify.turdify, turdify.find_faces, read_reference])
def test_what_a_detector_of_ones_own_finds_is_checked(work: Any, found: Any, jpeg: bytes) -> None:
    """Where the sides of its box were swapped, or one was no number, nothing was covered and nothing said."""
    with pytest.raises(turdify.TurdifyError, match=r"[Ff]ace 2"):
        work(jpeg, detector=FakeDetector([turdify.Face(turdify.Box(0, 0, 9, 9)), found]))


def test_a_detector_may_find_faces_one_by_one_and_in_numpys_numbers(jpeg: bytes) -> None:
    box, half = turdify.Box(*np.array([10, 10, 60, 70], np.float32)), np.array([0.5], np.float32)

    class Finder:
        def find_faces(self, *_: Any) -> Iterator[turdify.Face]:
            yield turdify.Face(box, angle=half[0], score=half[0])

    found = turdify.find_faces(jpeg, detector=Finder())  # type: ignore[arg-type]
    assert json.dumps([face.as_dict() for face in found.faces])


FORKING = """
import multiprocessing, sys
from pathlib import Path
from turdify import turdify

photo = Path("group.jpg").read_bytes()
if "used" in sys.argv:
    turdify(photo)
with multiprocessing.get_context("fork").Pool(1) as pool:
    print(len(pool.apply(turdify, [photo]).faces))
"""


@pytest.mark.parametrize("argument", ["", "used"])
def test_a_process_that_lacks_the_threads_of_its_parent_says_so(argument: str, tmp_path: Path) -> None:
    """It waited for them for ever."""
    group(2)[0].save(tmp_path / "group.jpg")
    command = [sys.executable, "-c", FORKING, argument]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    assert (done.stdout, "get_context('spawn')" in done.stderr) == (("", True) if argument else ("2\n", False))


@pytest.mark.parametrize("kind", [bytearray, memoryview])
def test_bytes_may_be_of_every_kind(kind: type, jpeg: bytes) -> None:
    assert turdify.turdify(kind(jpeg), faces=[]).data == turdify.turdify(jpeg, faces=[]).data


def test_help_tells_what_is_public() -> None:
    assert set(turdify.__all__) <= set(dir(turdify))
    assert "Cover every face in a photo" in pydoc.render_doc(turdify)


@pytest.mark.parametrize("module", ["turdify", "turdify.machine", "turdify.shipped"])
def test_importing_it_starts_no_threads(module: str) -> None:
    """What gunicorn's parent imports."""
    heavy = "{'numpy', 'PIL', 'onnxruntime', 'flask'}"
    program = (
        f"import sys, {module}; sys.exit(str({heavy} & sys.modules.keys()) if {heavy} & sys.modules.keys() else 0)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_every_package_is_packed() -> None:
    """And three folders that are none in a checkout."""
    packed = set(tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["packages"])
    packages = {".".join(path.parent.relative_to(ROOT).parts) for path in (ROOT / "turdify").rglob("__init__.py")}
    assert packed - packages == {"turdify.serving", "turdify.static", "turdify.templates"}
    assert packages <= packed


def test_every_file_that_is_no_program_is_packed() -> None:
    data = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["package-data"]
    folders = {ROOT.joinpath(*package.split(".")): patterns for package, patterns in data.items()}
    packed = {path for folder, patterns in folders.items() for pattern in patterns for path in folder.glob(pattern)}
    files = {path for path in (ROOT / "turdify").rglob("*") if path.is_file() and path.suffix not in (".py", ".pyc")}
    assert files <= packed


def test_it_says_that_it_is_typed() -> None:
    assert (ROOT / "turdify" / "py.typed").exists()


def test_without_the_extra_the_detector_says_what_it_lacks(tmp_path: Path) -> None:
    """As if face_recognition were not installed."""
    (tmp_path / "photo.jpg").touch()
    program = "import sys; sys.modules['face_recognition_models'] = None; from turdify.cli import main; main()"
    command = [sys.executable, "-c", program, "--detector", "dlib", "photo.jpg"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "pip install 'turdify[recognition]'" in " ".join(done.stderr.split())
