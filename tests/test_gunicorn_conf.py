"""How many photos a machine works on at once."""

import os
import runpy
from typing import Any

import pytest

from tests.conftest import ROOT

GB = 2**30


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """The configuration changes it."""
    monkeypatch.setenv("TURDIFY_SECRET_KEY", "")


def settings() -> dict[str, Any]:
    return runpy.run_path(str(ROOT / "gunicorn.conf.py"))


@pytest.mark.parametrize(
    ("memory", "cores", "workers"),
    [(GB // 2, 4, 1), (GB, 4, 1), (2 * GB, 4, 3), (4 * GB, 4, 4), (64 * GB, 2, 2), (1500 * 2**20, 4, 2)],
)
def test_workers_follow_cores_and_memory(memory: int, cores: int, workers: int) -> None:
    assert settings()["affordable_workers"](memory, cores) == workers


def test_the_number_of_workers_can_be_set() -> None:
    wanted_workers = settings()["wanted_workers"]
    assert wanted_workers("7") == 7
    assert 1 <= wanted_workers("") <= (os.cpu_count() or 1)


@pytest.mark.parametrize("setting", ["0", "-1", "many", "1.5"])
def test_a_number_of_workers_that_cannot_be_is_refused_by_name(setting: str) -> None:
    with pytest.raises(SystemExit, match=f"TURDIFY_WORKERS must be a whole number, at least 1, not '{setting}'"):
        settings()["wanted_workers"](setting)


def test_the_workers_are_left_one_secret_key_unless_there_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    for given in ("", "s3cret"):
        monkeypatch.setenv("TURDIFY_SECRET_KEY", given)
        settings()
        assert os.environ["TURDIFY_SECRET_KEY"] == given or len(os.environ["TURDIFY_SECRET_KEY"]) == 64
        assert os.environ["TURDIFY_SECRET_KEY"]
