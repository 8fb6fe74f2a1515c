"""A photo that wants more memory than it may take is refused, and its process goes on."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.pictures import encoded, gradient
from tests.serving import ask, form, serving, workers

# Each photo with ever more memory, until it is enough: by then it failed wherever memory is asked for.
PROGRAM = """
import resource, sys
from tests.pictures import FakeDetector
from turdify.errors import TurdifyError
from turdify.faces import Box, Face
from turdify.memory import multiply_once, private_bytes
from turdify.pipeline import Options, turdify

def attempt(megabytes):
    resource.setrlimit(resource.RLIMIT_DATA, (private_bytes() + megabytes * 2**20, resource.RLIM_INFINITY))
    try:
        turdify(data, Options(format=sys.argv[1]), detector=detector)
    except (MemoryError, TurdifyError):
        return False
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    return True

multiply_once()
data, detector = sys.stdin.buffer.read(), FakeDetector([Face(Box(100, 100, 1000, 1200))])
print(next(tried for tried, megabytes in enumerate(range(0, 400, 6)) if attempt(megabytes)))
"""

PHOTOS: dict[str, dict[str, object]] = {
    "JPEG": {},
    "JPEG, progressive": {"progressive": True},
    "PNG": {},
    "WEBP": {},
    "WEBP, lossless": {"lossless": True, "quality": 0},
    "HEIF": {},
    "AVIF": {"speed": 10},
    "GIF": {},
    "TIFF": {"compression": "tiff_lzw"},
    "BMP": {},
}


@pytest.mark.parametrize(("kind", "format"), [*((kind, "png") for kind in PHOTOS), ("JPEG", "webp"), ("JPEG", "jpeg")])
def test_wherever_memory_runs_out_it_is_an_error_and_the_process_goes_on(kind: str, format: str) -> None:
    data = encoded(gradient((1200, 1400)), kind.split(",")[0], **PHOTOS[kind])
    command = [sys.executable, "-c", PROGRAM, format]
    done = subprocess.run(command, input=data, capture_output=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr.decode()
    assert int(done.stdout) > 0


FINDING = """
import resource
from turdify.detection import load_detector
from turdify.memory import private_bytes
from turdify.pace import SAMPLE
from turdify.photo import read_photo
detector, image = load_detector("centerface", 1), read_photo(SAMPLE.read_bytes()).image
for megabytes in (1, 10, 30):
    resource.setrlimit(resource.RLIMIT_DATA, (private_bytes() + megabytes * 2**20, resource.RLIM_INFINITY))
    try:
        detector.find_faces(image)
    except MemoryError:
        print("refused")
    resource.setrlimit(resource.RLIMIT_DATA, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
print(len(detector.find_faces(image)))
"""


def test_a_network_without_memory_is_an_error_and_finds_faces_later() -> None:
    said = subprocess.run([sys.executable, "-c", FINDING], capture_output=True, check=True, text=True).stdout.split()
    assert "refused" in said
    assert said[-1] == "2"


def test_each_photo_that_is_worked_on_may_take_so_much() -> None:
    program = """
from turdify.memory import Allowance
allowance = Allowance(100_000_000)
def possible(size):
    try:
        bytearray(size)
    except MemoryError:
        return False
    return True
print(possible(90_000_000), possible(250_000_000))
with allowance.photo(), allowance.photo():
    print(possible(250_000_000), possible(350_000_000))
print(possible(90_000_000), possible(250_000_000))
"""
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, text=True).stdout
    assert said.split() == ["True", "False", "True", "False", "True", "False"]


def test_a_photo_that_takes_too_much_memory_is_refused_and_its_worker_lives(tmp_path: Path) -> None:
    settings = {"TURDIFY_WORKERS": "1", "TURDIFY_TIMEOUT_S": "60", "TURDIFY_MAX_PIXELS": "60000000"}
    large = encoded(gradient((7000, 8000)), "JPEG")
    with serving(tmp_path, settings=settings | {"TURDIFY_PHOTO_BYTES": "60000000"}) as server:
        before = workers(server)
        refused = ask(server, "POST", "/faces/", form(large))
        assert (refused.status, refused.json["code"]) == (422, "too_much_memory")
        assert ask(server, "POST", "/turdify/", form(encoded(gradient(), "JPEG"))).status == 200
        assert workers(server) == before
