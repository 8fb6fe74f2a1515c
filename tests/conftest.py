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


@pytest.fixture(scope="session")
def centerface() -> CenterFace:
    detector = load_detector("centerface")
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
