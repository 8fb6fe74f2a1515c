"""scripts/update on a stack that runs from a clone of its own, as its owner has it.

.venv-test/bin/pytest -n0 deploy/tests/test_update.py
"""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.tests.stack import ADDRESS, NAME, PORT, curl
from tests.conftest import ROOT

ENVIRONMENT = os.environ | {"COMPOSE_PROJECT_NAME": f"{NAME}-update", "TURDIFY_PORT": str(PORT)}


def run(folder: Path, *command: str) -> str:
    done = subprocess.run(command, cwd=folder, env=ENVIRONMENT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture
def clone(tmp_path: Path) -> Iterator[Path]:
    """The files of this checkout, in a folder of their own, served from there."""
    folder = tmp_path / "turdify"
    for name in run(ROOT, "git", "ls-files", "-z").rstrip("\0").split("\0"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, folder / name)
    try:
        run(folder, "docker", "compose", "up", "--detach", "--build", "--wait")
        yield folder
    finally:
        run(folder, "docker", "compose", "down", "--volumes", "--timeout", "5")


def test_what_was_changed_shows_after_an_update_and_nothing_old_is_left(clone: Path) -> None:
    headers, page = clone / "deploy" / "nginx" / "headers.conf", clone / "templates" / "page.html"
    headers.write_text(headers.read_text() + 'add_header X-Changed "by its owner" always;\n')
    page.write_text(page.read_text().replace("<main>", '<main data-changed="too">'))
    unused = set(run(clone, "docker", "images", "--quiet", "--filter", "dangling=true").split())
    run(clone, "scripts/update", "--local")
    assert '<main data-changed="too">' in curl(f"{ADDRESS}/")[1]
    assert "X-Changed: by its owner" in curl("-X", "TRACE", ADDRESS)[1], "what nginx answers by itself"
    assert set(run(clone, "docker", "images", "--quiet", "--filter", "dangling=true").split()) <= unused
