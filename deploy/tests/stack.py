"""A compose project of its own for a test module."""

import json
import os
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.conftest import ROOT
from tests.serving import free_address

# A project, an image and ports of this run's own: others may run beside it.
NAME = f"turdify-test-{os.getpid()}"
IMAGE = f"turdify:test-{os.getpid()}"
HOST = free_address()
ADDRESS = f"http://{HOST}"
PORT, TLS_PORT = (address.rpartition(":")[2] for address in (HOST, free_address()))

# What this machine's owner has set for a stack of theirs is not the tests'.
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith(("COMPOSE_", "TURDIFY_"))}

# That a machine has much to do makes no container unhealthy.
PATIENT = {"healthcheck": {"start_period": "600s", "timeout": "60s", "retries": 10}}

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
    project = {
        "COMPOSE_PROJECT_NAME": NAME,
        "COMPOSE_FILE": ":".join(["docker-compose.yml", *files, str(overridden(folder, override or {}))]),
        "COMPOSE_DISABLE_ENV_FILE": "1",
        "TURDIFY_PORT": PORT,
        "TURDIFY_TLS_PORT": TLS_PORT,
    }
    stack = Stack(ENVIRONMENT | project | dict(settings or {}))
    try:
        stack.compose("up", "--detach", "--build", "--wait", *up)
        yield stack
    finally:
        stack.compose("down", "--volumes", "--timeout", "5")
        docker("image", "rm", "--force", IMAGE)


def overridden(folder: Path, services: Mapping[str, Any]) -> Path:
    """A compose file in the folder with what is the tests' own, and more of each service."""
    own: dict[str, Any] = {"web": PATIENT | {"image": IMAGE}, "nginx": PATIENT}
    file = folder / "override.yml"
    file.write_text(json.dumps({"services": own | {name: own.get(name, {}) | services[name] for name in services}}))
    return file


def docker(*arguments: str) -> str:
    command = ["docker", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def curl(*arguments: str, cwd: Path | None = None) -> tuple[int, str]:
    """The status, and everything: headers and body."""
    command = ["curl", "-s", "-i", "-m", "300", "-w", "\n%{http_code}", *arguments]
    said = subprocess.run(command, cwd=cwd, check=True, capture_output=True).stdout.decode("utf-8", "replace")
    answer, status = said.rsplit("\n", 1)
    return int(status), answer


def taken(*arguments: str, cwd: Path | None = None) -> tuple[int, str]:
    """As `curl`, once nginx lets it in: it takes a photo every second, and ten more at once."""
    for _ in range(300):
        status, answer = curl(*arguments, cwd=cwd)
        if status != 429:
            break
        time.sleep(0.5)
    return status, answer
