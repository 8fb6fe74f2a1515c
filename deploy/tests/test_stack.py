"""docker compose up, and what must hold of the running stack. Needs a Docker engine; not part of scripts/test.

.venv-test/bin/pytest -n0 deploy/tests
"""

import json
import re
import socket
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from deploy.tests.stack import ADDRESS, PORT, Stack, curl, eventually, running
from tests.conftest import ROOT
from tests.pictures import decoded, group, hopper_file
from turdify.web import STATIC, api, fingerprint

HASHED = f"{ADDRESS}/static/{fingerprint(STATIC)}"


@pytest.fixture(scope="module", autouse=True)
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with running(tmp_path_factory.mktemp("stack")) as stack:
        yield stack


@pytest.fixture
def within_the_rate() -> None:
    """nginx takes a photo every second and ten more at once."""
    time.sleep(2.1)


@pytest.fixture
def after_a_rest() -> None:
    """All of the ten may be sent at once again."""
    time.sleep(12.1)


def at_once(count: int, *arguments: str) -> list[tuple[int, str]]:
    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(lambda _: curl(*arguments), range(count)))


@pytest.mark.usefixtures("within_the_rate")
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


@pytest.mark.usefixtures("within_the_rate")
def test_the_readmes_curl_line_works(tmp_path: Path) -> None:
    group(3)[0].save(tmp_path / "group.jpg")
    line = re.search(r"^curl.*$", (ROOT / "README.md").read_text(), re.MULTILINE)
    assert line
    command = line[0].replace("http://localhost:8000", ADDRESS)
    subprocess.run(["/bin/sh", "-ec", command], cwd=tmp_path, check=True, capture_output=True)
    assert decoded((tmp_path / "group.png").read_bytes()).format == "PNG"


@pytest.mark.usefixtures("within_the_rate")
def test_what_is_no_photo_gets_the_endpoints_answer(tmp_path: Path) -> None:
    (tmp_path / "notes.jpg").write_text("I am not a photo.")
    status, answer = curl("-F", "my_file=@notes.jpg", f"{ADDRESS}/turdify/", cwd=tmp_path)
    assert status == 415
    assert "File is not recognized as an image" in answer


@pytest.mark.parametrize(("path", "kind"), [("/turdify/", "application/json"), ("/", "text/html")])
@pytest.mark.usefixtures("within_the_rate")
def test_a_body_beyond_the_limit_is_refused_by_nginx_in_the_words_of_the_app(
    tmp_path: Path, path: str, kind: str
) -> None:
    (tmp_path / "big.jpg").write_bytes(b"\0" * (40 * 2**20))
    status, answer = curl("-H", "Expect:", "-F", "my_file=@big.jpg", ADDRESS + path, cwd=tmp_path)
    assert status == 413
    assert f"Content-Type: {kind}" in answer
    assert "That photo is larger than 25 MB. Please choose a smaller one." in answer


@pytest.mark.usefixtures("within_the_rate")
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
        assert curl("-F", "my_file=@private-name.jpg", f"{ADDRESS}/turdify/", cwd=tmp_path)[0] == 200
    for service in ("web", "nginx"):
        newer = stack.inside(
            service, "sh", "-c", "find / -xdev -newer /tmp/before -type f 2>/dev/null; find /tmp -type f"
        )
        assert set(newer.split()) <= {"/tmp/before", "/tmp/nginx.pid", "/tmp/address.conf"}
    assert "private-name" not in stack.compose("logs")


def test_too_many_photos_at_once_are_refused_and_soon_taken_again() -> None:
    post = ["-F", f"my_file=@{hopper_file()}", f"{ADDRESS}/faces/"]
    answers = at_once(20, *post)
    refused = [answer for status, answer in answers if status == 429]
    assert 1 <= len(refused) < len(answers)
    assert "Retry-After: 5" in refused[0]
    assert json.loads(refused[0].split("\r\n\r\n")[-1])["detail"].startswith("Those were many photos")
    pages = [page for status, page in at_once(20, "-F", f"photo=@{hopper_file()}", ADDRESS) if status == 429]
    assert '<p role="alert">Those were many photos at once.' in pages[0]
    time.sleep(10)
    assert curl(*post)[0] == 200


@pytest.mark.usefixtures("within_the_rate")
def test_killed_workers_are_replaced(stack: Stack) -> None:
    killer = (
        "import os; [os.kill(int(p), 9) for p in os.listdir('/proc')"
        " if p.isdigit() and 1 != int(p) != os.getpid() and b'gunicorn' in open(f'/proc/{p}/cmdline', 'rb').read()]"
    )
    stack.inside("web", "python", "-c", killer)
    assert eventually(lambda: "was sent SIGKILL" in stack.compose("logs", "web"))
    time.sleep(2)
    assert curl("-F", f"my_file=@{hopper_file()}", f"{ADDRESS}/faces/")[0] == 200


@pytest.mark.usefixtures("after_a_rest")
def test_slow_senders_keep_nobody_waiting() -> None:
    """More half-sent photos than there are workers, and yet the page comes."""
    half = b"POST /turdify/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9000000\r\n\r\nhalf"
    slow = [socket.create_connection(("127.0.0.1", PORT)) for _ in range(5)]
    try:
        for connection in slow:
            connection.sendall(half)
        assert curl("--max-time", "5", ADDRESS)[0] == 200
        time.sleep(11)
        assert [connection.recv(1) for connection in slow] == [b""] * 5
    finally:
        for connection in slow:
            connection.close()


@pytest.mark.usefixtures("after_a_rest")
def test_a_forged_address_buys_no_photos() -> None:
    def post(number: int) -> int:
        return curl("-H", f"X-Forwarded-For: 192.0.2.{number}", "-F", "my_file=nothing", f"{ADDRESS}/faces/")[0]

    with ThreadPoolExecutor(20) as pool:
        assert set(pool.map(post, range(20))) == {422, 429}


def answer_to(request: bytes) -> str:
    with socket.create_connection(("127.0.0.1", PORT), timeout=10) as connection:
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
    stack.compose("stop", "--timeout", "5", "web")
    try:
        for path in ("/", *sorted(set(api.PATHS) - {"/readyz", "/metrics"})):
            status, answer = curl(ADDRESS + path)
            assert status == 503
            assert "Retry-After: 5" in answer
            assert "Strict-Transport-Security" not in answer
            if path == "/":
                assert '<p role="alert">We can\'t take your photo right now' in answer
            else:
                assert json.loads(answer.split("\r\n\r\n")[-1])["detail"].startswith("We can't take your photo")
    finally:
        stack.compose("start", "web")


def test_the_log_says_where_the_page_is_and_not_where_the_container_listens(stack: Stack) -> None:
    assert f"turdify is at http://localhost:{PORT}\n" in stack.compose("logs", "--no-log-prefix", "web")


def test_the_logs_name_no_visitor(stack: Stack) -> None:
    """After all of the above: photos, refusals, failures. The only addresses are those of the replicas."""
    logs = stack.compose("logs", "--no-log-prefix", "nginx")
    assert " POST /turdify/ 200 " in logs
    assert " 429 " in logs
    assert " 503 " in logs
    assert [line for line in logs.splitlines() if re.search(r"\d+\.\d+\.\d+\.\d+(?!\d*:8000)", line)] == []
