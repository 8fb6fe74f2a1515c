"""gunicorn with its own configuration, for the tests of the real thing."""

import json
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from tests.conftest import ROOT
from tests.pictures import encoded, gradient


@dataclass(frozen=True)
class Server:
    address: str
    process: subprocess.Popen[bytes]
    temporary: Path
    log: Path
    metrics: str

    def at_once(self) -> int:
        """How many photos it works on or has waiting; it needs TURDIFY_METRICS_BIND."""
        told = ask(self, "GET", "/metrics", address=self.metrics).body.decode()
        return sum(map(int, re.findall(r"^turdify_w(?:aiting|orking) (\d+)\.0$", told, re.MULTILINE)))


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
        yield Server(f"http://{bind}", process, temporary, log, f"http://{environment.get('TURDIFY_METRICS_BIND')}")
    finally:
        process.terminate()
        process.wait(60)


# Sockets that are bound and don't listen: beside each a server may, and its port is given to nobody else meanwhile.
kept: list[socket.socket] = []


def free_address() -> str:
    """Free for a server that sets SO_REUSEADDR, as all of ours do, for as long as this process lives."""
    kept.append(socket.socket())
    kept[-1].setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    kept[-1].bind(("127.0.0.1", 0))
    return f"127.0.0.1:{kept[-1].getsockname()[1]}"


def wait_until_healthy(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(600):  # a machine may have more to do
        assert process.poll() is None, log.read_text()
        try:
            with urlopen(f"{address}/healthz"):  # noqa: S310  our own
                return
        except URLError:
            time.sleep(0.2)
    raise AssertionError(log.read_text())


def form(photo: bytes) -> bytes:
    """A body that sends the photo, with HEADERS."""
    return b'--b\r\nContent-Disposition: form-data; name="my_file"; filename="x"\r\n\r\n' + photo + b"\r\n--b--\r\n"


PHOTO = encoded(gradient(), "JPEG")
BODY = form(PHOTO)
HEADERS = {"Content-Type": "multipart/form-data; boundary=b"}


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes
    seconds: float

    @property
    def json(self) -> dict[str, object]:
        said = json.loads(self.body)
        assert isinstance(said, dict)
        return said


@contextmanager
def busy(folder: Path, seconds: float, **settings: int) -> Iterator[Server]:
    """A server that takes so many seconds for a photo, and longer while it is held."""
    settings = {"MAX_PIXELS": 1_000_000, "TIMEOUT_S": 60, "WAIT_S": 60} | settings
    variables = {f"TURDIFY_{name}": str(value) for name, value in settings.items()}
    variables |= {"TURDIFY_METRICS_BIND": free_address(), "DETECTOR_SECONDS": str(seconds)}
    with serving(folder, app="tests.slow:app", settings=variables) as server:
        yield server


def hold(server: Server) -> None:
    """From here on a busy server is done with no photo."""
    (server.temporary / "hold").touch()


def let_go(server: Server) -> None:
    (server.temporary / "hold").unlink(missing_ok=True)


@contextmanager
def under_way(server: Server, count: int) -> Iterator[list[Future[Answer]]]:
    """So many photos, which a busy server has and keeps until it is let go, at the latest in the end."""
    with ThreadPoolExecutor(count) as pool:
        hold(server)
        try:
            photos = [pool.submit(post, server) for _ in range(count)]
            assert eventually(lambda: server.at_once() == count)
            yield photos
        finally:
            let_go(server)


def connected(address: str) -> HTTPConnection:
    return HTTPConnection(address.removeprefix("http://"), timeout=120)


def ask(
    server: Server,
    method: str,
    path: str,
    body: bytes = b"",
    headers: Mapping[str, str] = HEADERS,
    address: str | None = None,
) -> Answer:
    start = time.monotonic()
    with closing(connected(address or server.address)) as connection:
        connection.request(method, path, body, headers)
        response = connection.getresponse()
        said = response.read()
        return Answer(response.status, dict(response.getheaders()), said, time.monotonic() - start)


def post(server: Server, path: str = "/faces/") -> Answer:
    return ask(server, "POST", path, BODY)


def workers(server: Server) -> list[int]:
    """Their process ids."""
    parent = server.process.pid
    return [int(child) for child in Path(f"/proc/{parent}/task/{parent}/children").read_text().split()]


def eventually(holds: Callable[[], bool]) -> bool:
    """Whether it holds now or within five minutes: a machine may be slow, and have more to do."""
    deadline = time.monotonic() + 300
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True
