"""What gunicorn's configuration hands on to the workers."""

import os
import runpy
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT


@pytest.fixture(autouse=True)
def a_quick_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("turdify.pace.sample_seconds", lambda *_: 0.1)


def configuration() -> dict[str, Any]:
    return runpy.run_path(str(ROOT / "gunicorn.conf.py"))


def handed_on() -> dict[str, str]:
    return dict(line.split("=", 1) for line in configuration()["raw_env"])


@pytest.mark.parametrize(("given", "length"), [(None, 64), ("", 64), ("s3cret", 6)])
def test_the_workers_share_one_secret_key(monkeypatch: pytest.MonkeyPatch, given: str | None, length: int) -> None:
    if given is not None:
        monkeypatch.setenv("TURDIFY_SECRET_KEY", given)
    key = handed_on()["TURDIFY_SECRET_KEY"]
    assert len(key) == length
    assert given in ("", None, key)


def test_the_workers_learn_their_threads_and_the_largest_photo(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("WORKERS", "THREADS", "MAX_PIXELS"):
        monkeypatch.setenv(f"TURDIFY_{name}", "7")
    assert configuration()["workers"] == 7
    assert handed_on()["TURDIFY_THREADS"] == handed_on()["TURDIFY_MAX_PIXELS"] == "7"


def test_a_value_that_cannot_be_stops_the_start_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TURDIFY_WORKERS", "many")
    with pytest.raises(SystemExit, match="TURDIFY_WORKERS must be a whole number from 1 to 256, not 'many'"):
        configuration()


def test_a_slow_machine_takes_smaller_photos(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("turdify.pace.sample_seconds", lambda *_: 2)
    assert int(handed_on()["TURDIFY_MAX_PIXELS"]) <= 20_000_000
    assert handed_on()["TURDIFY_TIMEOUT_S"] == "120"


DAMAGED_MODEL = """
from pathlib import Path
read_bytes = Path.read_bytes
Path.read_bytes = lambda path: b"" if path.name == "centerface.onnx" else read_bytes(path)
"""


def test_without_its_model_the_server_does_not_start_and_says_why(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(DAMAGED_MODEL)
    command = [sys.executable, "-m", "gunicorn"]
    environment = os.environ | {"PYTHONPATH": str(tmp_path), "TURDIFY_BIND": "127.0.0.1:0"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode != 0
    assert "centerface.onnx is not the file that turdify was measured with." in done.stderr


@pytest.mark.parametrize(
    ("address", "told"),
    [
        (None, "http://localhost:8000 (Ctrl+C stops it)\n"),
        ("http://localhost:80", "http://localhost\n"),
        ("http://localhost:8080", "http://localhost:8080\n"),
        ("https://turdify.example.org:443", "https://turdify.example.org\n"),
        ("https://turdify.example.org:8443", "https://turdify.example.org:8443\n"),
    ],
)
def test_the_log_says_where_people_open_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], address: str | None, told: str
) -> None:
    if address:
        monkeypatch.setenv("TURDIFY_ADDRESS", address)
    configuration()["when_ready"](None)
    assert f"turdify is at {told}" in capsys.readouterr().out


@pytest.mark.parametrize(("address", "warned"), [("http://localhost:80", True), ("https://turdify.example.org", False)])
def test_a_password_without_https_is_warned_of(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], address: str, warned: bool
) -> None:
    monkeypatch.setenv("TURDIFY_ADDRESS", address)
    monkeypatch.setenv("TURDIFY_PASSWORD", "open sesame")
    configuration()["when_ready"](None)
    log = capsys.readouterr().out
    assert ("Without HTTPS" in log) == warned
    assert "sesame" not in log
