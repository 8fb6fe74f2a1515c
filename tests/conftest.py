from pathlib import Path

import pytest

from tests.pictures import ASTRONAUT_FACE, FakeDetector, astronaut, encoded
from turdify.detection import load_detector
from turdify.detection.centerface import CenterFace
from turdify.geometry import Face

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
