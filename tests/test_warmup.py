"""A worker that can't find faces never starts."""

import pytest

from tests.conftest import ROOT
from tests.pictures import FakeDetector
from turdify.detection import DETECTORS, load_detector
from turdify.settings import Settings
from turdify.web import create_app
from turdify.web.warmup import warm_up

SAMPLE = ROOT / "static" / "sample.jpg"


@pytest.mark.parametrize("name", DETECTORS)
def test_every_detector_finds_faces_in_the_sample(name: str) -> None:
    detector = load_detector(name)
    assert warm_up(detector, SAMPLE) is detector


def test_a_detector_that_finds_none_is_refused() -> None:
    with pytest.raises(RuntimeError, match=r"finds no face in sample.jpg"):
        warm_up(FakeDetector(), SAMPLE)


def test_the_app_does_not_start_with_a_blind_detector(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("turdify.web.load_detector", lambda name, threads: FakeDetector())
    with pytest.raises(RuntimeError, match="finds no face"):
        create_app(Settings())
