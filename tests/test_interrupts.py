"""Ctrl+C, whenever it comes: one line, and nothing of Python's own."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.pictures import astronaut, encoded
from tests.serving import free_address
from turdify.interrupts import ENDED_BY


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    folder = tmp_path / "photos"
    folder.mkdir()
    for number in range(6):
        (folder / f"{number}.jpg").write_bytes(encoded(astronaut(), "JPEG"))
    return folder


def start(folder: Path, *options: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "turdify", str(folder), "-o", str(folder.parent / "out"), *options]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, process_group=0)


def wait_until(holds: Callable[[], bool], process: "subprocess.Popen[str]") -> None:
    while not holds():
        assert process.poll() is None
        time.sleep(0.001)


def has_child(process: "subprocess.Popen[str]", called: str) -> bool:
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    try:
        return any(called in Path(f"/proc/{child}/cmdline").read_text() for child in children)
    except FileNotFoundError:  # one that ended meanwhile
        return False


def interrupt(process: "subprocess.Popen[str]") -> None:
    """As a terminal does."""
    os.killpg(process.pid, signal.SIGINT)


def said(process: "subprocess.Popen[str]") -> tuple[int, list[str]]:
    """The exit status, and the lines that are about its end."""
    told, _ = process.communicate(timeout=120)
    return process.returncode, [line for line in told.splitlines() if "->" not in line]


@pytest.mark.parametrize("library", ["_multiarray_umath", "onnxruntime_pybind11_state"])
def test_while_python_loads_what_it_needs(photos: Path, library: str) -> None:
    process = start(photos)
    wait_until(lambda: library in Path(f"/proc/{process.pid}/maps").read_text(), process)
    interrupt(process)
    status, (line,) = said(process)
    assert (status, line[:7]) == (130, "Stopped")


@pytest.mark.parametrize("later_s", [0, 0.1, 0.3])
def test_while_other_processes_start(photos: Path, later_s: float) -> None:
    process = start(photos, "--jobs=2")
    wait_until(lambda: has_child(process, "spawn_main"), process)
    time.sleep(later_s)
    interrupt(process)
    status, (line,) = said(process)
    told = r"Stopped: [0-6] of 6 photos are done; --skip-done goes on from here\."  # some, on a quick machine
    assert status == 130
    assert re.fullmatch(told, line)


@pytest.mark.parametrize("jobs", [1, 2])
def test_twice(photos: Path, jobs: int) -> None:
    process = start(photos, f"--jobs={jobs}")
    wait_until((photos.parent / "out").exists, process)
    for _ in range(2):
        time.sleep(0.02)
        interrupt(process)
    status, lines = said(process)
    assert status in (130, -signal.SIGINT), "which shells call 130, too"
    assert lines
    assert [line for line in lines if not line.startswith("Stopped")] == []


@pytest.mark.parametrize("jobs", [1, 2])
def test_where_it_is_ignored(photos: Path, jobs: int) -> None:
    """As in a script's background."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        process = start(photos, f"--jobs={jobs}")
    finally:
        signal.signal(signal.SIGINT, before)
    while process.poll() is None:
        interrupt(process)
        time.sleep(0.05)
    status, (line,) = said(process)
    assert (status, line) == (0, "6 photos: 6 with faces, 0 without, 0 failed.")


FORKING = """
import os, signal, sys, time
from turdify.interrupts import start_forks_anew
for number in map(int, sys.argv[1:]):
    signal.signal(number, lambda *_: print("ours", flush=True))
start_forks_anew()
child = os.fork()
if not child:
    time.sleep(60)
    os._exit(0)
os.kill(child, int(sys.argv[1]))
print(os.waitpid(child, 0)[1])
os.kill(os.getpid(), int(sys.argv[1]))
"""


@pytest.mark.parametrize("number", ENDED_BY)
def test_a_process_that_was_just_forked_ends_by_what_its_parent_would_have_noted(number: signal.Signals) -> None:
    """gunicorn's workers have its handlers until they have their own, and lost what came meanwhile."""
    command = [sys.executable, "-c", FORKING, str(number.value)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=True)
    assert done.stdout.split() == [str(number.value), "ours"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_server_ends_that_has_just_started_its_workers(tmp_path: Path, number: signal.Signals) -> None:
    """One of them lost it, so that the server waited for that one as long as a photo may take."""
    log = tmp_path / "log"
    gunicorn = Path(sys.executable).with_name("gunicorn")
    environment = os.environ | {
        "TURDIFY_BIND": free_address(),
        "TURDIFY_MAX_PIXELS": "1000000",
        "TURDIFY_TIMEOUT_S": "60",
    }
    with log.open("wb") as output:
        process = subprocess.Popen(
            [gunicorn], cwd=ROOT, env=environment, stdout=output, stderr=output, text=True, process_group=0
        )
    wait_until(lambda: "Booting worker" in log.read_text(), process)
    if number == signal.SIGINT:
        interrupt(process)
    else:
        process.terminate()
    assert process.wait(60) == 0
    assert "Traceback" not in log.read_text()


def test_a_server_that_measures_how_fast_it_is(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "turdify", "serve"]
    environment = os.environ | {"TURDIFY_BIND": free_address()}
    process = subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, process_group=0
    )
    wait_until(lambda: has_child(process, "turdify.pace"), process)
    interrupt(process)
    assert said(process) == (130, ["Stopped."])
