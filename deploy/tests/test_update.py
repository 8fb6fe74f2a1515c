"""scripts/update on a stack that runs from a clone of its own, as its owner has it.

.venv-test/bin/pytest -n0 deploy/tests/test_update.py
"""

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.tests.stack import (
    ADDRESS,
    ENVIRONMENT,
    GUIDE,
    IMAGE,
    NAME,
    PORT,
    curl,
    docker,
    overridden,
    taken,
)
from tests.conftest import ROOT
from tests.pictures import hopper_file
from tests.serving import eventually


def run(folder: Path, *command: str) -> str:
    project = {
        "COMPOSE_PROJECT_NAME": f"{NAME}-update",
        "COMPOSE_FILE": f"docker-compose.yml:{folder.parent / 'override.yml'}",
        "TURDIFY_PORT": PORT,
    }
    environment = ENVIRONMENT | project
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The files of this checkout, in a folder of their own, served from there with a key of its own."""
    folder = tmp_path_factory.mktemp("clone") / "turdify"
    for name in run(ROOT, "git", "ls-files", "-z").rstrip("\0").split("\0"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, folder / name)
    (make_a_key,) = re.findall(r'^echo "TURDIFY_SECRET_KEY.*$', GUIDE, re.MULTILINE)
    run(folder, "sh", "-ec", make_a_key)
    # Built of the same files, it would be the same image as any other, which is then no old one.
    overridden(folder.parent, {"web": {"build": {"labels": {"of": NAME}}}})
    try:
        run(folder, "docker", "compose", "up", "--detach", "--build", "--wait")
        yield folder
    finally:
        run(folder, "docker", "compose", "down", "--volumes", "--timeout", "5")
        docker("image", "rm", "--force", IMAGE)


def test_a_page_that_was_open_outlives_a_restart(clone: Path, tmp_path: Path) -> None:
    cookies = str(tmp_path / "cookies")
    token = re.search(r'name="csrf_token"[^>]* value="([^"]+)"', curl("-c", cookies, ADDRESS)[1])
    assert token
    run(clone, "docker", "compose", "restart", "web")
    assert eventually(lambda: curl(f"{ADDRESS}/healthz")[0] == 200)
    form = ["-F", f"csrf_token={token[1]}", "-F", f"photo=@{hopper_file()}"]
    assert "1 face covered" in taken("-b", cookies, *form, ADDRESS)[1]


def test_what_was_changed_shows_after_an_update_and_nothing_old_is_left(clone: Path) -> None:
    headers, page = clone / "deploy" / "nginx" / "headers.conf", clone / "templates" / "page.html"
    headers.write_text(headers.read_text() + 'add_header X-Changed "by its owner" always;\n')
    page.write_text(page.read_text().replace("<main>", '<main data-changed="too">'))
    old = docker("image", "inspect", "--format", "{{.Id}}", IMAGE).strip()
    run(clone, "scripts/update", "--local")
    assert '<main data-changed="too">' in curl(f"{ADDRESS}/")[1]
    assert "X-Changed: by its owner" in curl("-X", "TRACE", ADDRESS)[1], "what nginx answers by itself"
    assert old not in docker("image", "ls", "--all", "--quiet", "--no-trunc").split()
