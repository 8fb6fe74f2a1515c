"""The image for arm64 at work, elsewhere under emulation: slow, but the Pi's own programs. Not part of scripts/test.

.ci/arm64 && .venv-test/bin/pytest -n0 -rs deploy/tests/test_arm64.py
"""

import json
import subprocess
import time
from collections.abc import Iterator

import pytest

from deploy.tests.stack import ADDRESS, HOST, NAME
from tests.pictures import decoded, encoded, hopper_file
from turdify.detection import DETECTORS
from turdify.pipeline import Options, find_faces

IMAGE = "turdify:arm64"
CONTAINER = f"{NAME}-arm64"
SECONDS = 1200  # under emulation everything takes 20 times as long


def docker(*arguments: str, data: bytes = b"") -> str:
    command = ["docker", *arguments]
    return subprocess.run(command, input=data, capture_output=True, check=True, timeout=SECONDS).stdout.decode()


@pytest.fixture(scope="module", autouse=True)
def container() -> Iterator[str]:
    """One that serves, with the command line tool at hand."""
    # The processor of a Raspberry Pi 4, where one is emulated.
    machine = ["--platform=linux/arm64", "--env=QEMU_CPU=cortex-a72"]
    settings = ["--env=TURDIFY_WORKERS=1", "--env=GUNICORN_CMD_ARGS=--timeout=600", f"--publish={HOST}:8000"]
    kept = ["--name", CONTAINER, "--pull=never", "--no-healthcheck"]
    command = ["docker", "run", "--detach", *kept, *machine, *settings, IMAGE]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode or "aarch64" not in docker("exec", CONTAINER, "uname", "-m"):
            pytest.skip(f"no arm64 here, .ci/arm64 makes it possible: {done.stderr.strip()}")
        wait_until_healthy()
        yield CONTAINER
    finally:
        docker("rm", "--force", CONTAINER)


def wait_until_healthy() -> None:
    command, deadline = ["curl", "-sf", "-m", "60", f"{ADDRESS}/healthz"], time.monotonic() + SECONDS
    while subprocess.run(command, capture_output=True, check=False).returncode:
        assert docker("ps", "--quiet", "--filter", f"name={CONTAINER}"), docker("logs", CONTAINER)
        assert time.monotonic() < deadline, docker("logs", CONTAINER)
        time.sleep(1)


@pytest.mark.parametrize("detector", DETECTORS)
def test_it_finds_the_faces_that_other_machines_find(container: str, detector: str) -> None:
    photo = hopper_file().read_bytes()
    command = ["python3", "-m", "turdify", "--detector", detector, "--json", "--dry-run", "-"]
    found = json.loads(docker("exec", "--interactive", container, *command, data=photo))["faces"]
    expected = find_faces(photo, Options(), detector=DETECTORS[detector](0)).faces
    assert len(found) == len(expected) == 1
    assert found[0]["box"] == pytest.approx(expected[0].as_dict()["box"], abs=2)


def test_it_serves_covered_photos(container: str) -> None:
    post = ["curl", "-sS", "-m", str(SECONDS), "-F", f"my_file=@{hopper_file()}", f"{ADDRESS}/turdify/"]
    covered = decoded(subprocess.run(post, capture_output=True, check=True).stdout)
    assert (covered.format, covered.size) == ("PNG", (512, 600))
    assert find_faces(encoded(covered, "PNG")).faces == []
