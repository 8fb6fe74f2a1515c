"""What gunicorn's configuration hands on to the workers."""

import os
import re
import runpy
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from gunicorn.config import Config

from tests.conftest import ROOT


@pytest.fixture(autouse=True)
def a_quick_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("turdify.pace.sample_seconds", lambda *_: 0.1)


COUNTS = "PROMETHEUS_MULTIPROC_DIR"


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


def test_a_reload_makes_no_other_key() -> None:
    """Pages that are open could not be sent any more, and wrong passwords would be forgotten."""
    assert handed_on()["TURDIFY_SECRET_KEY"] == handed_on()["TURDIFY_SECRET_KEY"]


def test_the_workers_learn_their_threads_and_the_largest_photo(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("WORKERS", "THREADS", "MAX_PIXELS"):
        monkeypatch.setenv(f"TURDIFY_{name}", "7")
    assert configuration()["workers"] == 7
    assert handed_on()["TURDIFY_THREADS"] == handed_on()["TURDIFY_MAX_PIXELS"] == "7"


def test_a_value_that_cannot_be_stops_the_start_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TURDIFY_WORKERS", "many")
    with pytest.raises(SystemExit, match="TURDIFY_WORKERS must be a whole number from 1 to 256, not 'many'"):
        configuration()


# Of every variable that can be wrong, a value that is.
WRONG = {
    "TURDIFY_BIND": "127.0.0.1:many",
    "TURDIFY_DETECTOR": "haar",
    "TURDIFY_HOSTS": "*.example.org",
    "TURDIFY_LOG": "xml",
    "TURDIFY_MAX_BYTES": "25MB",
    "TURDIFY_MAX_PIXELS": "0",
    "TURDIFY_METRICS_BIND": "127.0.0.1:99999",
    "TURDIFY_PASSWORD": "short",
    "TURDIFY_PEOPLE_PIXELS": "9" * 5000,
    "TURDIFY_PHOTO_BYTES": "1GB",
    "TURDIFY_PROXIES": "all",
    "TURDIFY_QUEUE": "-1",
    "TURDIFY_THREADS": "0",
    "TURDIFY_TIMEOUT_S": "1.5",
    "TURDIFY_WAIT_S": "soon",
    "TURDIFY_WORKERS": "257",
}


def test_all_variables_that_can_be_wrong_are_tried() -> None:
    reference = (ROOT / "docs" / "reference.md").read_text()
    assert set(re.findall(r"^\| `(TURDIFY_\w+)`", reference, re.MULTILINE)) - set(WRONG) == {
        "TURDIFY_ADDRESS",
        "TURDIFY_SECRET_KEY",
    }


@pytest.mark.parametrize("name", WRONG)
@pytest.mark.parametrize("start", ["gunicorn", "turdify serve"])
def test_a_server_that_is_set_wrongly_does_not_start_and_says_nothing_but_why(start: str, name: str) -> None:
    environment = os.environ | {"TURDIFY_BIND": "127.0.0.1:0", name: WRONG[name]}
    command = [sys.executable, "-m", *start.split()]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert re.fullmatch(rf"{name} must be [^\n]+\.\n", done.stderr)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ("--certfile own.pem --keyfile key.pem", "turdify leaves HTTPS to a server in front of it; .*"),
        ("-b 127.0.0.1:99999", "turdify can't listen at 127.0.0.1:99999: .*65535.*"),
        ("-b fd://99", "turdify can't listen at fd://99: .*Bad file descriptor"),
        ("-b unix:pyproject.toml", "turdify can't listen at unix:pyproject.toml: .*is not a socket"),
        ("-k sync", "turdify has its own worker_class; .*"),
        ("--threads 2", "turdify has its own threads; .*"),
        ("--workers 0", "turdify has its own workers; .* TURDIFY_WORKERS .*"),
        ("--preload", "turdify has its own preload_app; .*"),
        ("-b 127.0.0.1:0", "TURDIFY_METRICS_BIND goes with TURDIFY_BIND.*"),
    ],
)
def test_a_server_whose_options_cannot_be_starts_not_and_says_why_in_a_line(options: str, told: str) -> None:
    environment = os.environ | {
        "TURDIFY_BIND": "127.0.0.1:0",
        "TURDIFY_MAX_PIXELS": "1000000",
        "TURDIFY_TIMEOUT_S": "60",
    }
    if "METRICS" in told:
        environment["TURDIFY_METRICS_BIND"] = "127.0.0.1:1"
    command = [sys.executable, "-m", "gunicorn", *options.split()]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False)
    started, last = done.stderr.splitlines()
    assert (done.returncode, "Starting gunicorn" in started) == (1, True)
    assert re.fullmatch(told, last)


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


def listening_at(address: str) -> SimpleNamespace:
    """What gunicorn hands on of itself."""
    settings = Config()
    settings.set("bind", address)
    return SimpleNamespace(cfg=settings)


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
    configuration()["when_ready"](listening_at("0.0.0.0:8000"))
    assert f"turdify is at {told}" in capsys.readouterr().out


def test_the_log_says_where_it_listens_if_an_option_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    configuration()["when_ready"](listening_at("127.0.0.1:9000"))
    assert "turdify is at http://127.0.0.1:9000 (Ctrl+C" in capsys.readouterr().out


def test_what_is_counted_is_kept_once_it_listens_and_until_it_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that couldn't start, again and again, left a folder in memory each time."""
    monkeypatch.setenv("TURDIFY_METRICS_BIND", "127.0.0.1:9000")
    settings = configuration()
    assert COUNTS not in os.environ
    settings["when_ready"](listening_at("127.0.0.1:8000"))
    folder = Path(os.environ[COUNTS])
    assert folder.is_dir()
    settings["on_exit"](None)
    assert not folder.exists()


@pytest.mark.parametrize(("address", "warned"), [("http://localhost:80", True), ("https://turdify.example.org", False)])
def test_a_password_without_https_is_warned_of(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], address: str, warned: bool
) -> None:
    monkeypatch.setenv("TURDIFY_ADDRESS", address)
    monkeypatch.setenv("TURDIFY_PASSWORD", "open sesame")
    configuration()["when_ready"](listening_at("0.0.0.0:8000"))
    log = capsys.readouterr().out
    assert ("Without HTTPS" in log) == warned
    assert "sesame" not in log
