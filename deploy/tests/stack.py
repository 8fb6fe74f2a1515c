"""A compose project of its own for a test module."""

import json
import os
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.conftest import ROOT

NAME = os.environ.get("COMPOSE_PROJECT_NAME", "turdify-test")
PORT = int(os.environ.get("TURDIFY_PORT", "18080"))
TLS_PORT = int(os.environ.get("TURDIFY_TLS_PORT", "18443"))
ADDRESS = f"http://127.0.0.1:{PORT}"

# Whose commands are run as they stand there.
GUIDE = (ROOT / "docs" / "deploy.md").read_text()


@dataclass(frozen=True)
class Stack:
    environment: dict[str, str]

    def compose(self, *arguments: str) -> str:
        """What `docker compose ARGUMENTS` says; it must succeed."""
        command = ["docker", "compose", *arguments]
        done = subprocess.run(command, cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def inside(self, service: str, *command: str) -> str:
        return self.compose("exec", "-T", service, *command)


@contextmanager
def running(
    folder: Path,
    *up: str,
    files: Sequence[str] = (),
    override: Mapping[str, Any] | None = None,
    settings: Mapping[str, str] | None = None,
) -> Iterator[Stack]:
    """`docker compose up UP` with more compose files, services overridden (in a file in `folder`), and variables."""
    (folder / "override.yml").write_text(json.dumps({"services": override or {}}))
    project = {
        "COMPOSE_PROJECT_NAME": NAME,
        "COMPOSE_FILE": ":".join(["docker-compose.yml", *files, str(folder / "override.yml")]),
        "TURDIFY_PORT": str(PORT),
        "TURDIFY_TLS_PORT": str(TLS_PORT),
    }
    stack = Stack(os.environ | project | dict(settings or {}))
    try:
        stack.compose("up", "--detach", "--build", "--wait", *up)
        yield stack
    finally:
        stack.compose("down", "--volumes", "--timeout", "5")


def curl(*arguments: str, cwd: Path | None = None) -> tuple[int, str]:
    """The status, and everything: headers and body."""
    command = ["curl", "-s", "-i", "-w", "\n%{http_code}", *arguments]
    said = subprocess.run(command, cwd=cwd, check=True, capture_output=True).stdout.decode("utf-8", "replace")
    answer, status = said.rsplit("\n", 1)
    return int(status), answer


def eventually(holds: Callable[[], bool]) -> bool:
    """Whether it holds now or within half a minute."""
    for _ in range(60):
        if holds():
            return True
        time.sleep(0.5)
    return False
