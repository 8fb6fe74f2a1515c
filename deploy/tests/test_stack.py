"""docker compose up, and what must hold of the running stack. Needs a Docker engine; not part of scripts/test.

.venv-test/bin/pytest -n0 deploy/tests
"""

import json
import os
import re
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.pictures import decoded, group, hopper_file

PORT = "18080"
ADDRESS = f"http://127.0.0.1:{PORT}"
ENVIRONMENT = os.environ | {"TURDIFY_PORT": PORT, "COMPOSE_PROJECT_NAME": "turdify-test"}


def compose(*arguments: str) -> str:
    command = ["docker", "compose", *arguments]
    done = subprocess.run(command, cwd=ROOT, env=ENVIRONMENT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def inside(service: str, *command: str) -> str:
    return compose("exec", "-T", service, *command)


def curl(*arguments: str, cwd: Path | None = None) -> tuple[int, str]:
    """The status, and everything: headers and body."""
    command = ["curl", "-s", "-i", "-w", "\n%{http_code}", *arguments]
    said = subprocess.run(command, cwd=cwd, check=True, capture_output=True).stdout.decode("utf-8", "replace")
    answer, status = said.rsplit("\n", 1)
    return int(status), answer


@pytest.fixture(scope="module", autouse=True)
def stack() -> Iterator[None]:
    compose("up", "--detach", "--build", "--wait")
    try:
        yield
    finally:
        compose("down", "--volumes", "--timeout", "5")


@pytest.fixture(autouse=True)
def within_the_rate() -> None:
    """nginx takes a photo every two seconds and five more at once."""
    time.sleep(2.1)


def test_the_page_covers_a_photo_and_offers_the_download(tmp_path: Path) -> None:
    cookies = str(tmp_path / "cookies")
    _, page = curl("-c", cookies, ADDRESS)
    token = re.search(r'name="csrf_token"[^>]* value="([^"]+)"', page)
    assert token
    fields = ["-F", f"csrf_token={token[1]}", "-F", f"photo=@{hopper_file()};filename=beach.jpg"]
    status, answer = curl("-b", cookies, *fields, ADDRESS)
    assert status == 200
    assert "1 face covered" in answer
    assert 'download="beach-turdified.jpg"' in answer


def test_the_readmes_curl_line_works(tmp_path: Path) -> None:
    group(3)[0].save(tmp_path / "group.jpg")
    line = re.search(r"^curl.*$", (ROOT / "README.md").read_text(), re.MULTILINE)
    assert line
    command = line[0].replace("http://localhost:8000", ADDRESS)
    subprocess.run(["/bin/sh", "-ec", command], cwd=tmp_path, check=True, capture_output=True)
    assert decoded((tmp_path / "group.png").read_bytes()).format == "PNG"


def test_what_is_no_photo_gets_the_endpoints_answer(tmp_path: Path) -> None:
    (tmp_path / "notes.jpg").write_text("I am not a photo.")
    status, answer = curl("-F", "my_file=@notes.jpg", f"{ADDRESS}/turdify/", cwd=tmp_path)
    assert status == 415
    assert "File is not recognized as an image" in answer


@pytest.mark.parametrize(("path", "kind"), [("/turdify/", "application/json"), ("/", "text/html")])
def test_a_body_beyond_the_limit_is_refused_by_nginx_in_the_words_of_the_app(
    tmp_path: Path, path: str, kind: str
) -> None:
    (tmp_path / "big.jpg").write_bytes(b"\0" * (40 * 2**20))
    status, answer = curl("-H", "Expect:", "-F", "my_file=@big.jpg", ADDRESS + path, cwd=tmp_path)
    assert status == 413
    assert f"Content-Type: {kind}" in answer
    assert "That photo is larger than 25 MB. Please choose a smaller one." in answer


def test_a_photo_of_nearly_the_limit_is_taken(tmp_path: Path) -> None:
    (tmp_path / "large.jpg").write_bytes(hopper_file().read_bytes() + b"\0" * (24 * 2**20))
    status, answer = curl("-F", "my_file=@large.jpg", f"{ADDRESS}/turdify/", cwd=tmp_path)
    assert status == 200
    assert "X-Turdify-Faces: 1" in answer


def test_every_security_header_comes_once() -> None:
    _, answer = curl(ADDRESS)
    head = answer.split("\r\n\r\n")[0].lower()
    for name in ("content-security-policy", "x-content-type-options", "x-frame-options", "referrer-policy"):
        assert head.count(f"\r\n{name}:") == 1
    assert "cache-control: no-store" in head


def test_static_files_come_from_nginx_and_may_be_cached() -> None:
    status, answer = curl(f"{ADDRESS}/static/turdify.css")
    assert status == 200
    assert "Cache-Control: max-age=3600" in answer


@pytest.mark.parametrize("service", ["web", "nginx"])
def test_nothing_runs_as_root_or_can_gain_rights_or_write(service: str) -> None:
    assert inside(service, "id", "-u").strip() != "0"
    status = inside(service, "cat", "/proc/1/status")
    assert re.search(r"^CapEff:\s+0+$", status, re.MULTILINE)
    assert re.search(r"^NoNewPrivs:\s+1$", status, re.MULTILINE)
    for folder in ("/", "/srv", "/var", "/etc", "/home"):
        tried = inside(service, "sh", "-c", f"touch {folder}/x 2>&1 || true")
        assert "Read-only file system" in tried or "Permission denied" in tried


def test_photos_leave_no_file_and_no_name(tmp_path: Path) -> None:
    inside("web", "sh", "-c", "touch /tmp/before")
    inside("nginx", "sh", "-c", "touch /tmp/before")
    (tmp_path / "private-name.jpg").write_bytes(hopper_file().read_bytes() + b"\0" * (8 * 2**20))
    for _ in range(3):
        assert curl("-F", "my_file=@private-name.jpg", f"{ADDRESS}/turdify/", cwd=tmp_path)[0] == 200
    for service in ("web", "nginx"):
        newer = inside(service, "sh", "-c", "find / -xdev -newer /tmp/before -type f 2>/dev/null; find /tmp -type f")
        assert set(newer.split()) <= {"/tmp/before", "/tmp/nginx.pid"}
    assert "private-name" not in compose("logs")


def test_too_many_photos_at_once_are_refused_and_soon_taken_again() -> None:
    post = ["-F", f"my_file=@{hopper_file()}", f"{ADDRESS}/faces/"]
    answers = [curl(*post) for _ in range(9)]
    refused = [answer for status, answer in answers if status == 429]
    assert 1 <= len(refused) < len(answers)
    assert "Retry-After: 5" in refused[0]
    assert json.loads(refused[0].split("\r\n\r\n")[-1])["detail"]
    time.sleep(10)
    assert curl(*post)[0] == 200


def test_killed_workers_are_replaced() -> None:
    killer = (
        "import os; [os.kill(int(p), 9) for p in os.listdir('/proc')"
        " if p.isdigit() and 1 != int(p) != os.getpid() and b'gunicorn' in open(f'/proc/{p}/cmdline', 'rb').read()]"
    )
    inside("web", "python", "-c", killer)
    assert "was sent SIGKILL" in compose("logs", "web")
    time.sleep(2)
    assert curl("-F", f"my_file=@{hopper_file()}", f"{ADDRESS}/faces/")[0] == 200


def test_without_the_app_nginx_says_so_in_the_endpoints_shape_and_on_a_page() -> None:
    compose("stop", "--timeout", "5", "web")
    try:
        for path, kind in (("/healthz", "application/json"), ("/", "text/html")):
            status, answer = curl(ADDRESS + path)
            assert status == 503
            assert "Retry-After: 5" in answer
            assert f"Content-Type: {kind}" in answer
    finally:
        compose("start", "web")
