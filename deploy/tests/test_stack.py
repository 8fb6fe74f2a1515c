"""docker compose up, and what must hold of the running stack. Needs a Docker engine; not part of scripts/test.

.venv-test/bin/pytest -n0 deploy/tests
"""

import json
import re
import select
import socket
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from deploy.tests.stack import ADDRESS, HOST, PORT, Stack, curl, running, taken
from deploy.tests.uploads import held
from tests.conftest import ROOT
from tests.pictures import decoded, group, hopper_file
from tests.serving import eventually
from turdify.web import STATIC, api, fingerprint

HASHED = f"{ADDRESS}/static/{fingerprint(STATIC)}"


@pytest.fixture(scope="module", autouse=True)
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with running(tmp_path_factory.mktemp("stack")) as stack:
        yield stack


def test_the_page_covers_a_photo_and_offers_the_download(tmp_path: Path) -> None:
    cookies = str(tmp_path / "cookies")
    _, page = curl("-c", cookies, ADDRESS)
    token = re.search(r'name="csrf_token"[^>]* value="([^"]+)"', page)
    assert token
    fields = ["-F", f"csrf_token={token[1]}", "-F", f"photo=@{hopper_file()};filename=beach.jpg"]
    status, answer = taken("-b", cookies, *fields, ADDRESS)
    assert status == 200
    assert "1 face covered" in answer
    assert 'download="beach-turdified.jpg"' in answer


def test_the_readmes_curl_line_works(tmp_path: Path) -> None:
    group(3)[0].save(tmp_path / "group.jpg")
    line = re.search(r"^curl.*$", (ROOT / "README.md").read_text(), re.MULTILINE)
    assert line
    command = line[0].replace("http://localhost:8000", ADDRESS)

    def run() -> bytes:
        subprocess.run(["/bin/sh", "-ec", command], cwd=tmp_path, check=True, capture_output=True)
        return (tmp_path / "group.png").read_bytes()

    assert eventually(lambda: b"Those were many photos" not in run())
    assert decoded((tmp_path / "group.png").read_bytes()).format == "PNG"


def test_what_is_no_photo_gets_the_endpoints_answer(tmp_path: Path) -> None:
    (tmp_path / "notes.jpg").write_text("I am not a photo.")
    status, answer = taken("-F", "my_file=@notes.jpg", f"{ADDRESS}/turdify/", cwd=tmp_path)
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
    status, answer = taken("-F", "my_file=@large.jpg", f"{ADDRESS}/turdify/", cwd=tmp_path)
    assert status == 200
    assert "X-Turdify-Faces: 1" in answer


def test_every_security_header_comes_once() -> None:
    _, answer = curl(ADDRESS)
    head = answer.split("\r\n\r\n")[0].lower()
    for name in ("content-security-policy", "x-content-type-options", "x-frame-options", "referrer-policy"):
        assert head.count(f"\r\n{name}:") == 1
    assert "cache-control: no-store" in head


@pytest.mark.parametrize(("name", "compressed"), [("page.js", True), ("turdify.css", True), ("sample.jpg", False)])
def test_static_text_is_compressed_and_pictures_are_not(name: str, compressed: bool) -> None:
    status, answer = curl("-H", "Accept-Encoding: gzip", "-o", "/dev/null", "-D", "-", f"{HASHED}/{name}")
    assert status == 200
    assert ("\r\nContent-Encoding: gzip" in answer) == compressed
    assert "\r\nCache-Control: public, max-age=31536000, immutable" in answer


def test_the_page_speaks_dutch_to_who_prefers_it() -> None:
    _, page = curl("-H", "Accept-Language: nl", ADDRESS)
    assert '<html lang="nl">' in page
    assert "Leg er een drol op." in page


def test_all_that_the_page_links_to_is_there() -> None:
    _, page = curl(ADDRESS)
    links = re.findall(r'(?:href|src)="(/static/[^"]+)"', page)
    assert links
    assert [link for link in links if curl(ADDRESS + link)[0] != 200] == []


@pytest.mark.parametrize("path", ["/static/", "/static/page.js", "/static/0123456789ab/page.js"])
def test_what_is_under_static_without_its_hash_is_not_there(path: str) -> None:
    status, answer = curl(ADDRESS + path)
    assert status == 404
    assert "\r\nCross-Origin-Opener-Policy: same-origin\r\n" in answer, "the app's header, not one of nginx's"


@pytest.mark.parametrize("path", ["/none.js", "/covers", "/../../%2e%2e/etc/nginx/nginx.conf", "/..%2f..%2fetc/passwd"])
def test_what_is_no_static_file_is_refused(path: str) -> None:
    assert curl("--path-as-is", HASHED + path)[0] in (400, 404)


@pytest.mark.parametrize("service", ["web", "nginx"])
def test_nothing_runs_as_root_or_can_gain_rights_or_write(stack: Stack, service: str) -> None:
    assert stack.inside(service, "id", "-u").strip() != "0"
    status = stack.inside(service, "cat", "/proc/1/status")
    assert re.search(r"^CapEff:\s+0+$", status, re.MULTILINE)
    assert re.search(r"^NoNewPrivs:\s+1$", status, re.MULTILINE)
    for folder in ("/", "/srv", "/var", "/etc", "/home"):
        tried = stack.inside(service, "sh", "-c", f"touch {folder}/x 2>&1 || true")
        assert "Read-only file system" in tried or "Permission denied" in tried


def test_photos_leave_no_file_and_no_name(stack: Stack, tmp_path: Path) -> None:
    stack.inside("web", "sh", "-c", "touch /tmp/before")
    stack.inside("nginx", "sh", "-c", "touch /tmp/before")
    (tmp_path / "private-name.jpg").write_bytes(hopper_file().read_bytes() + b"\0" * (8 * 2**20))
    for _ in range(3):
        assert taken("-F", "my_file=@private-name.jpg", f"{ADDRESS}/turdify/", cwd=tmp_path)[0] == 200
    for service in ("web", "nginx"):
        newer = stack.inside(
            service, "sh", "-c", "find / -xdev -newer /tmp/before -type f 2>/dev/null; find /tmp -type f"
        )
        assert set(newer.split()) <= {"/tmp/before", "/tmp/nginx.pid", "/tmp/address.conf"}
    assert "private-name" not in stack.compose("logs")


def test_too_many_photos_at_once_are_refused_and_soon_taken_again() -> None:
    post = ["-F", f"my_file=@{hopper_file()}", f"{ADDRESS}/faces/"]
    refusal = refused_of_many(*post)
    assert "Retry-After: 5" in refusal
    assert json.loads(refusal.split("\r\n\r\n")[-1])["detail"].startswith("Those were many photos")
    page = refused_of_many("-F", f"photo=@{hopper_file()}", ADDRESS)
    assert '<p role="alert">Those were many photos at once.' in page
    assert taken(*post)[0] == 200


def refused_of_many(*arguments: str) -> str:
    """What one is told of twenty at once, of which nginx takes others."""
    answers: list[tuple[int, str]] = []

    def are_taken_in_part() -> bool:
        with ThreadPoolExecutor(20) as pool:
            answers[:] = pool.map(lambda _: curl(*arguments), range(20))
        return {status == 429 for status, _ in answers} == {True, False}

    assert eventually(are_taken_in_part)
    return dict(answers)[429]


def test_killed_workers_are_replaced(stack: Stack) -> None:
    workers = stack.inside("web", "sh", "-c", "cat /proc/1/task/1/children; kill -KILL $(cat /proc/1/task/1/children)")
    reaped = "was sent SIGKILL"
    assert eventually(lambda: stack.compose("logs", "web").count(reaped) == len(workers.split()))
    assert taken("-F", f"my_file=@{hopper_file()}", f"{ADDRESS}/faces/")[0] == 200


def test_slow_senders_keep_nobody_waiting() -> None:
    """More half-sent photos than there are workers, and yet the page comes."""
    with ExitStack() as stack:
        slow = [stack.enter_context(half_sent()) for _ in range(5)]
        assert curl(ADDRESS)[0] == 200
        assert select.select(slow, [], [], 0)[0] == [], "all of them are held until then"
        assert [connection.recv(1) for connection in slow] == [b""] * 5


@contextmanager
def half_sent() -> Iterator[socket.socket]:
    """The connection of a photo of which nginx has one half and waits for the other."""
    for _ in range(300):  # it lets one in every second
        with held(HOST, 9_000_000, 4_500_000) as (connection, status):
            if status == 100:
                yield connection
                return
        time.sleep(0.5)
    raise AssertionError(status)


def test_a_forged_address_buys_no_photos() -> None:
    def post(number: int) -> list[str]:
        return ["-H", f"X-Forwarded-For: 192.0.2.{number}", "-F", "my_file=nothing", f"{ADDRESS}/faces/"]

    assert taken(*post(0))[0] == 422
    with ThreadPoolExecutor(4) as pool:  # fewer than one visitor may have under way
        statuses = set(pool.map(lambda number: curl(*post(number))[0], range(1, 61)))
    assert 429 in statuses
    assert statuses <= {422, 429}


def answer_to(request: bytes) -> str:
    with socket.create_connection(("127.0.0.1", int(PORT)), timeout=60) as connection:
        connection.sendall(request)
        return b"".join(iter(lambda: connection.recv(65536), b"")).decode()


@pytest.mark.parametrize(
    ("request_line", "status"),
    [("GET / HTTP/1.1\r\nX: " + "x" * 40000, 400), ("GET / HTTP/1.1\r\nHost: a b", 400), ("NO SENSE", 400)]
    + [(f"GET {path} HTTP/1.1\r\nX: " + "x" * 40000, 400) for path in api.PATHS]
    + [(f"GET /{'x' * 40000} HTTP/1.1", 414), ("GET / HTTP/9.9", 505)],
    ids=lambda value: str(value)[:30],
)
def test_what_nginx_itself_refuses_is_told_like_any_error(request_line: str, status: int) -> None:
    head, body = answer_to(f"{request_line}\r\nConnection: close\r\n\r\n".encode()).split("\r\n\r\n", 1)
    assert head.startswith(f"HTTP/1.1 {status} ")
    assert head.count("\r\nX-Content-Type-Options: nosniff\r\n") == 1
    assert ('{"detail": "Your browser sent' in body) == request_line.startswith(tuple(f"GET {p} " for p in api.PATHS))
    assert "Your browser sent something we don" in body
    assert "nginx" not in body


def test_without_the_app_nginx_says_so_in_the_endpoints_shape_and_on_a_page(stack: Stack) -> None:
    with without_the_app(stack):
        for path in ("/", *sorted(set(api.PATHS) - {"/readyz", "/metrics"})):
            status, answer = curl(ADDRESS + path)
            assert status == 503
            assert "Retry-After: 5" in answer
            assert "Strict-Transport-Security" not in answer
            if path == "/":
                assert '<p role="alert">We can\'t take your photo right now' in answer
            else:
                assert json.loads(answer.split("\r\n\r\n")[-1])["detail"].startswith("We can't take your photo")


@contextmanager
def without_the_app(stack: Stack) -> Iterator[None]:
    stack.compose("stop", "--timeout", "5", "web")
    try:
        yield
    finally:
        stack.compose("start", "web")
        assert eventually(lambda: curl(ADDRESS)[0] == 200)


def test_the_log_says_where_the_page_is_and_not_where_the_container_listens(stack: Stack) -> None:
    assert f"turdify is at http://localhost:{PORT}\n" in stack.compose("logs", "--no-log-prefix", "web")


def test_the_logs_name_no_visitor(stack: Stack) -> None:
    """After all of the above: photos, refusals, failures. The only addresses are those of the replicas."""
    post = ["-F", f"my_file=@{hopper_file()}", f"{ADDRESS}/turdify/"]
    assert taken(*post)[0] == 200
    refused_of_many(*post)
    with without_the_app(stack):
        curl(ADDRESS)
    expected = (" POST /turdify/ 200 ", " POST /turdify/ 429 ", " GET / 503 ")
    assert eventually(lambda: all(line in stack.compose("logs", "--no-log-prefix", "nginx") for line in expected))
    logs = stack.compose("logs", "--no-log-prefix", "nginx")
    assert [line for line in logs.splitlines() if re.search(r"\d+\.\d+\.\d+\.\d+(?!\d*:8000)", line)] == []
