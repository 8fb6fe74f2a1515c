"""What gunicorn itself would answer, in its own words or none, is answered in ours."""

import json
import os
import re
import signal
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from select import POLLIN, poll, select
from typing import Any

import pytest

from tests.conftest import ROOT
from tests.pictures import hopper_file
from tests.serving import Server, ask, eventually, post, serving, workers
from turdify.errors import STATUS_CODES, status_code
from turdify.machine import MAX_BODIES
from turdify.sockets import peek, wake_beyond
from turdify.worker import HEAD_S

HEAD = b"POST /turdify/ HTTP/1.1\r\nHost: pi\r\nContent-Type: multipart/form-data; boundary=b\r\n"
TOLD = {"TURDIFY_WORKERS": "1", "TURDIFY_MAX_PIXELS": "1000000", "TURDIFY_TIMEOUT_S": "60"}
# Whoever had to wait for somebody slow would wait for twice as long at least.
SOON_S = HEAD_S / 2
FIELD = b'--b\r\nContent-Disposition: form-data; name="my_file"; filename="x"\r\n\r\n'


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("worker"), settings=TOLD) as server:
        yield server


def connected(server: Server) -> socket.socket:
    host, port = server.address.removeprefix("http://").split(":")
    return socket.create_connection((host, int(port)), timeout=120)


def answer(server: Server, *parts: bytes) -> tuple[int, str, dict[str, object]]:
    """Status, head and JSON of what is said to these bytes, after which nothing more comes."""
    with connected(server) as connection:
        for part in parts:
            connection.sendall(part)
        return read(connection)


def read(connection: socket.socket) -> tuple[int, str, dict[str, object]]:
    head, body = b"".join(iter(lambda: connection.recv(65536), b"")).split(b"\r\n\r\n", 1)
    return int(head.split()[1]), head.decode(), json.loads(body)


@pytest.mark.parametrize(
    ("request_", "status", "code"),
    [
        (b"GET /turdify/?" + b"x" * 9000 + b" HTTP/1.1\r\n\r\n", 414, "request_uri_too_long"),
        (b"GET / HTTP/1.1\r\nX: " + b"x" * 9000 + b"\r\n\r\n", 431, "request_header_fields_too_large"),
        (
            b"GET / HTTP/1.1\r\n" + b"".join(b"X%d: y\r\n" % i for i in range(200)) + b"\r\n",
            431,
            "request_header_fields_too_large",
        ),
        (b"GET / HTTP/1.1\r\nExpect: the-impossible\r\n\r\n", 417, "expectation_failed"),
        (b"GET / HTTP/1.1\r\nTransfer-Encoding: rot13\r\n\r\n", 501, "not_implemented"),
        (b"GET / HTTP/9.9\r\n\r\n", 505, "http_version_not_supported"),
        (b"NO SENSE\r\n\r\n", 400, "bad_request"),
        (b"GET / HTTP/1.1\r\nNo colon\r\n\r\n", 400, "bad_request"),
        (b"GET / HTTP/1.1\r\nContent-Length: minus one\r\n\r\n", 400, "bad_request"),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 as TLS begins\r\n\r\n", 400, "bad_request"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_what_is_not_http_is_told_in_the_one_shape_of_errors(
    server: Server, request_: bytes, status: int, code: str
) -> None:
    said, head, body = answer(server, request_)
    assert (said, body["code"]) == (status, code)
    assert f"\r\nX-Request-ID: {body['request_id']}\r\n" in head
    assert eventually(lambda: f"request {body['request_id']} isn't HTTP" in server.log.read_text())
    assert "\r\nContent-Type: application/json" in head
    assert "\r\nCache-Control: no-store" in head
    assert str(body["detail"]).endswith(".")
    assert "gunicorn" not in head + json.dumps(body)


@pytest.mark.parametrize("chunks", [b"nonsense\r\n", b"5\r\nhelloXX"])
def test_broken_chunks_are_the_clients_fault(server: Server, chunks: bytes) -> None:
    status, _, body = answer(server, HEAD, b"Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n", chunks)
    assert status == 400
    assert "detail" in body


def chunked(data: bytes) -> bytes:
    pieces = [data[start : start + 2**20] for start in range(0, len(data), 2**20)]
    return b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"


def test_a_photo_may_come_in_chunks(server: Server) -> None:
    body = FIELD + hopper_file().read_bytes() + b"\r\n--b--\r\n"
    head = HEAD + b"Accept: application/json\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
    status, _, said = answer(server, head, chunked(body))
    assert status == 200
    assert said["width"] == 512


@pytest.mark.parametrize("declared", [True, False], ids=["declared", "chunked"])
def test_a_body_beyond_the_limit_is_told_the_limit_however_it_comes(server: Server, declared: bool) -> None:
    body = FIELD + b"\0" * (30 * 2**20) + b"\r\n--b--\r\n"
    if declared:
        sent = b"Connection: close\r\nContent-Length: %d\r\n\r\n" % len(body) + body
    else:
        sent = b"Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n" + chunked(body)
    status, _, said = answer(server, HEAD + sent)
    assert status == 413
    assert said["detail"] == "That photo is larger than 25 MB. Please choose a smaller one."


def test_a_head_that_takes_too_long_is_told_so_and_keeps_nobody_waiting(server: Server) -> None:
    slow = [connected(server) for _ in range(8)]
    start = time.monotonic()
    for connection in slow:
        connection.sendall(b"GET / HTTP/1.1\r\n")
    while time.monotonic() < start + 6:
        for connection in slow:
            connection.sendall(b"X: y\r\n")  # something always comes
        time.sleep(1)
    for connection in slow:
        status, head, said = read(connection)
        connection.close()
        assert (status, said["code"]) == (408, "request_timeout")
        assert f"\r\nX-Request-ID: {said['request_id']}\r\n" in head
        assert "too long" in str(said["detail"])
    assert time.monotonic() - start < 4 * HEAD_S, "all of them at the same time"


@pytest.mark.parametrize("count", [64, 140])
def test_slow_heads_take_no_thread(server: Server, count: int) -> None:
    with ExitStack() as connections:
        slow = [connections.enter_context(connected(server)) for _ in range(count)]
        for piece in (b"GET / HTTP/1.1\r\n", b"X: y\r\n", b"X"):
            for connection in slow:
                connection.sendall(piece)
            time.sleep(0.2)
            for path in ("/", "/healthz"):
                answered = ask(server, "GET", path)
                assert (answered.status, answered.seconds < SOON_S) == (200, True)
        for connection in slow:
            connection.sendall(b": y\r\nConnection: close\r\n\r\n")
        assert {connection.recv(12) for connection in slow} == {b"HTTP/1.1 200"}


def test_whoever_does_not_hang_up_takes_no_thread(server: Server) -> None:
    """Nor whoever still sends."""
    with ExitStack() as connections:
        for sent in (b"GET /healthz HTTP/1.1\r\nHost: pi\r\nConnection: close\r\n\r\n", b"NO SENSE\r\n\r\n"):
            slow = [connections.enter_context(connected(server)) for _ in range(70)]
            for connection in slow:
                connection.sendall(sent)
            assert all(connection.recv(5) == b"HTTP/" for connection in slow)
            health = ask(server, "GET", "/healthz")
            assert (health.status, health.seconds < SOON_S) == (200, True)


def test_a_head_may_come_in_pieces_again_and_again(server: Server) -> None:
    with connected(server) as connection:
        for _ in range(3):
            for piece in (
                b"\r\nGET /heal",
                b"thz HTTP/1.1\r",
                b"\nHost: pi\r\n\r",
                b"\nGET /heal",
                b"thz HTTP/1.1\r\n\r\n",
            ):
                connection.sendall(piece)
                time.sleep(0.05)
            said = b""
            while said.count(b'{"status":"ok"}') < 2:
                said += connection.recv(65536)
            assert said.count(b"HTTP/1.1 200") == 2


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 6000, 431),
        (b"GET /" + b"x" * 5000, 414),
        (b"GET /\r\n", 400),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400),
        (b"GET / HTTP/1.1\nHost: pi\n\n", 400),
    ],
    ids=["too long", "long line", "HTTP 0.9", "TLS", "bare LF"],
)
def test_a_head_that_is_none_is_told_so_before_it_ends(server: Server, head: bytes, status: int) -> None:
    """Whoever waited for its end would say 408."""
    assert answer(server, head)[0] == status


@pytest.mark.parametrize("head", [b"GET", b"GET / HTTP/1.1\r\nHost: pi\r\n", b"GET / HTTP/1.1\r\nHost: pi\r\n\r"])
def test_a_head_that_ends_too_early_is_told_so(server: Server, head: bytes) -> None:
    """Its connection stays readable, so that it could be looked at without end; who sent it was told nothing."""
    with connected(server) as connection:
        connection.sendall(head)
        time.sleep(0.2)
        connection.shutdown(socket.SHUT_WR)
        status, _, said = read(connection)
    assert (status, said["code"]) == (400, "bad_request")
    assert f"request {said['request_id']} has only a part of its head, 400" in server.log.read_text()


def test_urgent_data_in_half_a_head_is_no_reason_to_keep_looking(server: Server) -> None:
    """Nothing is read beyond it, so that it could be looked at without end."""
    with connected(server) as connection:
        connection.sendall(b"GET /healthz HT")
        connection.send(b"TP", socket.MSG_OOB)
        start = time.monotonic()
        status, _, said = read(connection)
        assert (status, said["code"]) == (400, "bad_request")
        assert time.monotonic() - start < SOON_S


def test_half_a_head_by_a_unix_socket_is_looked_at_now_and_then() -> None:
    """There any byte that wasn't read wakes whoever waits."""
    ours, theirs = socket.socketpair()
    readable, looks = poll(), 0
    with ours, theirs:
        readable.register(ours, POLLIN)
        theirs.sendall(b"GET / HTTP/1.1\r\n")
        start = time.monotonic()
        while time.monotonic() < start + 0.5 and readable.poll(30_000):
            wake_beyond(ours, len(peek(ours, 100)))
            looks += 1
    assert 0 < looks <= 10


def test_a_worker_is_replaced_once_nobody_is_connected_and_not_before(tmp_path: Path) -> None:
    """While it ended, nobody else would be answered until the slowest was."""
    with serving(tmp_path, settings=TOLD | {"GUNICORN_CMD_ARGS": "--max-requests 5 --max-requests-jitter 0"}) as server:
        (first,) = workers(server)
        with connected(server) as slow:
            slow.sendall(HEAD + b"Content-Length: 9000000\r\n\r\n" + FIELD)
            answers = [ask(server, "GET", "/healthz") for _ in range(20)]
            assert {(answer.status, answer.seconds < SOON_S) for answer in answers} == {(200, True)}
            assert workers(server) == [first]
        assert eventually(lambda: workers(server) != [first])
        assert ask(server, "GET", "/healthz").status == 200


def test_a_server_that_stops_waits_for_the_rest_of_a_head(tmp_path: Path) -> None:
    with serving(tmp_path, settings=TOLD) as server, connected(server) as connection:
        connection.sendall(b"GET /heal")
        time.sleep(0.2)
        server.process.terminate()
        for piece in (b"thz HTTP/1.1\r\n", b"Host: pi\r\n", b"\r\n"):
            time.sleep(0.2)
            connection.sendall(piece)
        status, head, said = read(connection)
        assert (status, said) == (200, {"status": "ok"})
        assert "\r\nConnection: close" in head


def test_a_server_that_stops_answers_all_who_reached_it_and_refuses_the_rest_at_once(tmp_path: Path) -> None:
    """Not only whom it had taken in; and nobody else waits for as long as the slowest does."""
    with serving(tmp_path, settings=TOLD) as server, connected(server) as slow, ExitStack() as connections:
        slow.sendall(b"GET /heal")
        (worker,) = workers(server)
        os.kill(worker, signal.SIGSTOP)
        reached = [connections.enter_context(connected(server)) for _ in range(5)]
        for connection in reached:
            connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: pi\r\n\r\n")
        server.process.terminate()
        os.kill(worker, signal.SIGCONT)
        assert [read(connection)[0] for connection in reached] == [200] * 5
        with pytest.raises(ConnectionRefusedError):
            connected(server).close()
        slow.sendall(b"thz HTTP/1.1\r\nHost: pi\r\n\r\n")
        assert read(slow)[0] == 200


def long_answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
    """An app whose answer has to be read within less than a second."""
    environ["gunicorn.socket"].setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, 200)
    start_response("200 OK", [])
    return [b"x" * (1 if environ["PATH_INFO"] == "/healthz" else 50_000_000)]


def test_an_answer_that_is_read_no_more_is_a_line_in_the_log_and_no_fault(tmp_path: Path) -> None:
    """As of a phone that leaves the network."""
    with serving(tmp_path, app="tests.test_worker:long_answer", settings=TOLD) as server, connected(server) as phone:
        phone.sendall(b"GET / HTTP/1.1\r\nHost: pi\r\n\r\n")
        assert eventually(lambda: "An answer was given up: Connection timed out." in server.log.read_text())
        assert "Traceback" not in server.log.read_text()


def test_a_connection_on_which_nothing_comes_takes_no_thread(server: Server) -> None:
    silent = [connected(server) for _ in range(70)]
    try:
        status, _, _ = answer(server, b"GET /healthz HTTP/1.1\r\nHost: pi\r\nConnection: close\r\n\r\n")
        assert status == 200
    finally:
        for connection in silent:
            connection.close()


def test_slow_bodies_leave_threads_for_the_page_and_more_are_told_to_come_back(server: Server) -> None:
    """Also those that are refused, and go on sending."""
    with ExitStack() as connections:
        slow = [connections.enter_context(connected(server)) for _ in range(140)]
        for connection in slow:
            connection.sendall(HEAD + b"Content-Length: 9000000\r\n\r\n" + FIELD)
        health = ask(server, "GET", "/healthz")
        assert (health.status, health.seconds < SOON_S) == (200, True)
        assert eventually(lambda: len(select(slow, [], [], 0)[0]) == 140 - MAX_BODIES)
        status, head, said = read(select(slow, [], [], 0)[0][0])
        assert (status, said["code"]) == (503, "service_unavailable")
        assert "\r\nRetry-After: 5" in head
        assert eventually(lambda: f"request {said['request_id']} " in server.log.read_text())
    assert eventually(lambda: post(server).status == 200)


def test_the_log_names_no_visitor_whatever_they_sent(server: Server) -> None:
    """After all of the above."""
    answer(server, b"GET / HTTP/1.1\r\nNo colon: but a secret\x00\r\n\r\n")
    log = Path(server.log).read_text()
    assert "isn't HTTP" in log
    assert "secret" not in log
    assert re.findall(r"127\.0\.0\.1(?!:\d+\b)", log) == []


def test_nginx_names_a_status_as_the_app_does() -> None:
    codes = (ROOT / "deploy" / "nginx" / "nginx.conf").read_text().split("map $status $code {")[1].split("}")[0]
    named = {int(status): code for status, code in re.findall(r"(\d+) (\w+);", codes)}
    assert {404, 414} <= set(named)
    for status in set(named) & set(STATUS_CODES):
        assert named[status] == status_code(status)


@pytest.mark.parametrize(("status", "code"), [(416, "bad_request"), (511, "internal_server_error")])
def test_a_rare_status_has_the_code_of_its_hundred(status: int, code: str) -> None:
    assert status_code(status) == code
