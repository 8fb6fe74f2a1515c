"""Imports point one way: errors, geometry <- photo, detection, artwork, covering <- pipeline <- web, cli <- wsgi."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

CORE = {"artwork", "covering", "detection", "errors", "faces", "geometry", "masking", "photo"}

# What each room may import of turdify; its own modules are always allowed.
ALLOWED: dict[str, set[str]] = {
    "__init__": set(),
    "__main__": {"cli"},
    "errors": set(),
    "geometry": set(),
    "environment": set(),
    "machine": {"environment"},
    "photo": {"errors"},
    "detection": {"geometry"},
    "artwork": {"errors", "geometry", "photo"},
    "covering": {"artwork", "geometry"},
    "faces": {"artwork", "errors", "geometry", "masking"},
    "masking": {"covering", "geometry"},
    "pipeline": CORE,
    "settings": {"detection", "environment", "machine", "photo"},
    "web": CORE | {"pipeline", "settings"},
    "cli": CORE | {"__init__", "pipeline", "settings"},
}
SHELLS = {"web": {"flask", "flask_babel", "flask_wtf", "werkzeug", "wtforms"}, "cli": {"click"}}
MODULES = sorted((ROOT / "turdify").rglob("*.py"))


def room(module: Path) -> str:
    return module.relative_to(ROOT / "turdify").parts[0].removesuffix(".py")


def imported(module: Path) -> set[str]:
    """The dotted names that a module imports, wherever in it."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(module.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module} has a relative import"
            names.add(node.module or "")
            names |= {f"{node.module}.{alias.name}" for alias in node.names if node.module == "turdify"}
    return names


@pytest.mark.parametrize("module", MODULES, ids=lambda module: str(module.relative_to(ROOT)))
def test_a_module_imports_only_from_rooms_below_it(module: Path) -> None:
    rooms = {name.split(".")[1] for name in imported(module) if name.startswith("turdify.")}
    rooms = {name if name in ALLOWED else "__init__" for name in rooms}
    assert rooms <= ALLOWED[room(module)] | {room(module)}


@pytest.mark.parametrize("module", MODULES, ids=lambda module: str(module.relative_to(ROOT)))
def test_flask_and_click_stay_in_their_shells(module: Path) -> None:
    top_level = {name.split(".")[0] for name in imported(module)}
    for shell, packages in SHELLS.items():
        assert room(module) == shell or not top_level & packages


def test_only_the_dlib_detector_touches_face_recognition() -> None:
    users = {module.stem for module in MODULES if imported(module) & {"face_recognition", "dlib"}}
    assert users == {"dlib_hog"}


def test_serving_does_not_load_dlibs_models() -> None:
    program = "import sys, wsgi; sys.exit('face_recognition' in sys.modules or 'dlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=False).returncode == 0
