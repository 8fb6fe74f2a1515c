import fcntl
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.pictures import ASTRONAUT_FACE, FakeDetector, astronaut, encoded
from turdify.detection import load_detector
from turdify.detection.centerface import CenterFace
from turdify.faces import Face
from turdify.settings import Settings
from turdify.web import create_app

ROOT = Path(__file__).parent.parent

# What a shell runs in the background ignores Ctrl+C, and so would all that tests start.
if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def centerface() -> CenterFace:
    detector = load_detector("centerface", threads=1)  # more would wait for each other, as tests have all cores
    assert isinstance(detector, CenterFace)
    return detector


@pytest.fixture
def detector() -> FakeDetector:
    return FakeDetector([Face(ASTRONAUT_FACE, angle=-3, score=0.9)])


@pytest.fixture(scope="session")
def jpeg() -> bytes:
    """The astronaut, one face."""
    return encoded(astronaut(), "JPEG", quality=85)


@pytest.fixture
def app(detector: FakeDetector) -> Flask:
    return create_app(Settings(max_bytes=2**20, max_pixels=1_000_000, secret_key="tests"), detector)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch, detector: FakeDetector) -> FakeDetector:
    """What the command line finds faces with, in this process, which others would not know of."""
    monkeypatch.setattr("turdify.cli.load_detector", lambda name, threads: detector)
    monkeypatch.setenv("TURDIFY_WORKERS", "1")
    return detector


@pytest.fixture(autouse=True)
def own_environment() -> Iterator[None]:
    """What a test sets there, or what it calls does, is not the next one's."""
    before = dict(os.environ)
    yield
    for name in os.environ.keys() - before.keys():
        del os.environ[name]
    os.environ.update(before)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Those that run alone come last, when hardly anybody has to wait for them."""
    items.sort(key=is_alone)


def is_alone(test: pytest.Item) -> bool:
    return test.get_closest_marker("alone") is not None


@pytest.fixture(autouse=True)
def company(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[None]:
    """No other test of this run beside one that is marked `alone`: whoever comes next waits at the gate."""
    own = tmp_path_factory.getbasetemp()
    folder = own if worker_id == "master" else own.parent  # which all of a run's processes have
    with (folder / "gate").open("w") as gate, (folder / "room").open("w") as room:
        fcntl.flock(gate, fcntl.LOCK_EX)
        fcntl.flock(room, fcntl.LOCK_EX if is_alone(request.node) else fcntl.LOCK_SH)
        if not is_alone(request.node):
            fcntl.flock(gate, fcntl.LOCK_UN)
        yield
