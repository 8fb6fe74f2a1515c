"""gunicorn with its own configuration, for the tests of the real thing."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from tests.conftest import ROOT


@dataclass(frozen=True)
class Server:
    address: str
    process: subprocess.Popen[bytes]
    temporary: Path
    log: Path


@contextmanager
def serving(
    folder: Path, *wrapper: str, app: str = "wsgi:app", settings: Mapping[str, str] | None = None
) -> Iterator[Server]:
    """gunicorn on a free port, with a folder of its own for temporary files and home."""
    temporary, log = folder / "tmp", folder / "log"
    temporary.mkdir()
    bind = free_address()
    # Without CI, which keeps ONNX Runtime from calling home, as it must not do at home either.
    inherited = {name: value for name, value in os.environ.items() if name != "CI"}
    environment = inherited | {"TURDIFY_BIND": bind, "TMPDIR": str(temporary), "HOME": str(temporary)}
    environment |= settings or {}
    with log.open("wb") as output:
        gunicorn = Path(sys.executable).with_name("gunicorn")
        process = subprocess.Popen([*wrapper, gunicorn, app], cwd=ROOT, env=environment, stdout=output, stderr=output)
    try:
        wait_until_healthy(f"http://{bind}", process, log)
        yield Server(f"http://{bind}", process, temporary, log)
    finally:
        process.terminate()
        process.wait(60)


def free_address() -> str:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{free.getsockname()[1]}"


def wait_until_healthy(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(150):
        assert process.poll() is None, log.read_text()
        try:
            with urlopen(f"{address}/healthz"):  # noqa: S310  our own
                return
        except URLError:
            time.sleep(0.2)
    raise AssertionError(log.read_text())
