"""Imports point one way: errors, faces <- photo, detection, covers <- recognition <- pipeline <- web, cli <- wsgi."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

CORE = {"covers", "detection", "errors", "faces", "photo", "recognition"}

# What each room may import of turdify; its own modules are always allowed.
ALLOWED: dict[str, set[str]] = {
    "__init__": {"errors", "faces", "pipeline"},
    "__main__": {"cli", "heap", "interrupts"},
    "interrupts": set(),
    "errors": set(),
    "faces": {"errors"},
    "environment": set(),
    "machine": {"environment"},
    "pace": {"detection", "interrupts", "pipeline", "shipped"},
    "slots": set(),
    "heap": set(),
    "memory": set(),
    "sockets": set(),
    "worker": {"errors", "machine", "slots", "sockets"},
    "photo": {"errors"},
    "detection": {"errors", "faces"},
    "recognition": {"detection", "faces"},
    "covers": {"errors", "faces"},
    "pipeline": CORE,
    "settings": {"environment", "machine"},
    "shipped": set(),
    "web": CORE | {"__init__", "machine", "memory", "pace", "pipeline", "settings", "shipped", "slots", "sockets"},
    "cli": CORE | {"__init__", "heap", "interrupts", "machine", "memory", "pipeline", "settings", "shipped"},
}
SHELLS = {
    "web": {"flask", "flask_babel", "flask_wtf", "prometheus_client", "werkzeug", "wtforms"},
    "worker": {"gunicorn"},
    "cli": {"click", "tqdm"},
}
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


def test_only_recognition_takes_it_from_there() -> None:
    helper = "turdify.detection.dlib_hog"
    users = {module.stem for module in MODULES if helper in imported(module) and room(module) != "detection"}
    assert users == {"recognition"}


def test_serving_does_not_load_dlibs_models() -> None:
    program = "import sys, wsgi; sys.exit('face_recognition' in sys.modules or 'dlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=False).returncode == 0


def test_gunicorns_parent_is_without_numpys_threads() -> None:
    modules = sorted(
        set(re.findall(r"^from (turdify\.\w+) import", (ROOT / "gunicorn.conf.py").read_text(), re.MULTILINE))
    )
    assert "turdify.settings" in modules
    program = f"import sys, {', '.join(modules)}; sys.exit('numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=False).returncode == 0


def test_no_constant_or_class_has_the_name_of_another_one() -> None:
    defined = [name for module in MODULES for name in defined_names(ast.parse(module.read_text()))]
    assert sorted(set(defined)) == sorted(defined)


def defined_names(module: ast.Module) -> list[str]:
    """The classes and constants that a module makes itself; __all__ and the like are every module's own."""
    names = []
    for node in module.body:
        if isinstance(node, ast.ClassDef):
            names.append(node.name)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names += [name.id for target in targets for name in ast.walk(target) if isinstance(name, ast.Name)]
    return [name for name in names if not name.startswith("__")]
