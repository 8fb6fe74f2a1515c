"""What people get while the server is busy, and when something goes wrong with it: always an answer."""

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import ExitStack, closing
from http.client import HTTPResponse
from pathlib import Path
from resource import RLIMIT_NOFILE, prlimit

import pytest

from tests.conftest import ROOT
from tests.serving import (
    BODY,
    HEADERS,
    Server,
    ask,
    busy,
    connected,
    eventually,
    free_address,
    hold,
    let_go,
    post,
    serving,
    under_way,
    workers,
)
from turdify.machine import MAX_BODIES, QUEUE


def test_the_page_and_health_answer_while_every_slot_is_taken(tmp_path: Path) -> None:
    with busy(tmp_path, 0, WORKERS=2) as server, under_way(server, 3) as photos:
        for path in ("/", "/healthz", "/", "/healthz"):
            assert ask(server, "GET", path).status == 200
        assert not any(photo.done() for photo in photos)
        let_go(server)
        assert {photo.result().status for photo in photos} == {200}


def test_of_more_connections_than_files_are_left_some_wait(tmp_path: Path) -> None:
    """And photos that are let in find the file that each needs to wait for its turn."""
    with busy(tmp_path, 0.2, WORKERS=1) as server, ExitStack() as connections:
        (worker,) = workers(server)
        prlimit(worker, RLIMIT_NOFILE, (1024, 1024))
        photos = [connections.enter_context(closing(connected(server.address))) for _ in range(1 + QUEUE)]
        for photo in photos:
            photo.putrequest("POST", "/faces/")
            for header in (*HEADERS.items(), ("Content-Length", str(len(BODY)))):
                photo.putheader(*header)
            photo.endheaders()
        for _ in range(1020):
            slow = connections.enter_context(closing(connected(server.address)))
            slow.send(b"GET / HTTP/1.1\r\n")
        time.sleep(1)
        for photo in photos:
            photo.send(BODY)
        assert {photo.getresponse().status for photo in photos} == {200}


def test_whoever_finds_the_queue_full_is_told_how_many_wait_and_when_to_come_back(tmp_path: Path) -> None:
    with busy(tmp_path, 0, WORKERS=1, QUEUE=2) as server, under_way(server, 3) as photos:
        refused = post(server)
        assert refused.status == 503
        assert refused.seconds < 10, "at once rather than after a wait"
        assert int(refused.headers["Retry-After"]) > 0
        assert refused.json["waiting"] == 2
        assert "Many photos" in str(refused.json["detail"])
        let_go(server)
        assert {photo.result().status for photo in photos} == {200}


def test_the_longest_queue_can_be_reached(tmp_path: Path) -> None:
    longest = MAX_BODIES - 1
    with busy(tmp_path, 0, WORKERS=1, QUEUE=longest) as server, ExitStack() as connections:
        connections.callback(let_go, server)
        hold(server)
        for turn in range(1, longest + 2):
            connection = connections.enter_context(closing(connected(server.address)))
            field = f'--b\r\nContent-Disposition: form-data; name="turn"\r\n\r\n{turn}\r\n'
            connection.request("POST", "/faces/", field.encode() + BODY, HEADERS)
        told = [f"/waiting?turn={turn}" for turn in range(1, longest + 2)]
        assert eventually(lambda: longest in [ask(server, "GET", path).json["before"] for path in told])


def test_a_queue_that_could_never_be_reached_is_refused_at_the_start() -> None:
    environment = os.environ | {"TURDIFY_WORKERS": "2", "TURDIFY_QUEUE": "95", "TURDIFY_BIND": free_address()}
    environment |= {"TURDIFY_MAX_PIXELS": "1000000", "TURDIFY_TIMEOUT_S": "60"}
    command = [Path(sys.executable).with_name("gunicorn")]
    process = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60)
    assert process.returncode != 0
    assert process.stderr.strip() == "TURDIFY_QUEUE must be a whole number from 0 to 94, not '95'."


def test_whoever_waits_too_long_is_told_so(tmp_path: Path) -> None:
    with busy(tmp_path, 0, WORKERS=1, WAIT_S=1) as server, under_way(server, 1) as photos:
        refused = post(server)
        assert refused.status == 503
        assert refused.seconds >= 1
        assert "Retry-After" in refused.headers
        assert not photos[0].done()


def test_the_photos_of_clients_that_left_are_not_worked_on(tmp_path: Path) -> None:
    with busy(tmp_path, 0, WORKERS=1) as server, under_way(server, 1):
        leaving = [connected(server.address) for _ in range(12)]
        for connection in leaving:
            connection.request("POST", "/faces/", BODY, HEADERS)
        assert eventually(lambda: server.at_once() == 13)
        for connection in leaving:
            connection.close()
        assert eventually(lambda: server.at_once() == 1)


@pytest.mark.parametrize("version", ["HTTP/1.0", "HTTP/1.1"])
def test_who_only_sends_no_more_still_gets_an_answer(tmp_path: Path, version: str) -> None:
    """As `nc -N` does: while it waits for its turn, and while it is worked on."""
    head = "".join(f"{name}: {value}\r\n" for name, value in {**HEADERS, "Content-Length": len(BODY)}.items())
    sent = f"POST /faces/ {version}\r\nHost: pi\r\n{head}Connection: close\r\n\r\n".encode() + BODY
    with busy(tmp_path, 0.5, WORKERS=1) as server, ExitStack() as connections:
        host, port = server.address.removeprefix("http://").split(":")
        address = (host, int(port))
        clients = [connections.enter_context(socket.create_connection(address, timeout=30)) for _ in range(2)]
        for client in clients:
            client.sendall(sent)
            client.shutdown(socket.SHUT_WR)
        for client in clients:
            response = HTTPResponse(client)
            response.begin()
            assert (response.status, b'"faces"' in response.read()) == (200, True)


def test_slow_senders_keep_nobody_waiting(tmp_path: Path) -> None:
    with busy(tmp_path, 0, WORKERS=1, QUEUE=0) as server, ExitStack() as open_until_then:
        for _ in range(10):
            connection = open_until_then.enter_context(closing(connected(server.address)))
            connection.putrequest("POST", "/faces/")
            for name, value in {**HEADERS, "Content-Length": "9000000"}.items():
                connection.putheader(name, value)
            connection.endheaders(BODY[:100])
        assert post(server).status == 200


def test_a_photo_that_takes_too_long_is_answered_in_the_apps_words(tmp_path: Path) -> None:
    with busy(tmp_path, 2, WORKERS=1, TIMEOUT_S=1) as server:
        for path, field, start in (("/turdify/", b"my_file", b"{"), ("/share", b"photo", b"<!doc")):
            answer = ask(server, "POST", path, BODY.replace(b"my_file", field))
            assert answer.status == 503
            assert "Retry-After" in answer.headers
            assert b"took too long" in answer.body
            assert answer.body.startswith(start)


def test_a_stage_that_never_ends_is_ended_with_its_process_and_everybody_in_it_is_answered(tmp_path: Path) -> None:
    with busy(tmp_path, 0, WORKERS=1, TIMEOUT_S=1) as server:
        (before,) = workers(server)
        hold(server)
        answer = post(server)
        let_go(server)
        assert answer.status == 503
        assert "Retry-After" in answer.headers
        assert "took too long" in str(answer.json["detail"])
        assert eventually(lambda: workers(server) not in ([], [before]))
        assert eventually(lambda: ask(server, "GET", "/healthz").status == 200)


def test_a_killed_workers_slot_is_free_at_once(tmp_path: Path) -> None:
    """There is no queue: a slot that was still taken would have a photo refused."""
    with busy(tmp_path, 0, WORKERS=2, QUEUE=0) as server:
        with under_way(server, 2):
            assert post(server).status == 503
            for worker in workers(server):
                os.kill(worker, signal.SIGKILL)
        assert eventually(lambda: answers(server))
        with under_way(server, 2) as photos:
            let_go(server)
            assert {photo.result().status for photo in photos} == {200}


def answers(server: Server) -> bool:
    try:
        return ask(server, "GET", "/healthz").status == 200
    except OSError:
        return False


def test_a_server_that_is_told_to_stop_finishes_what_it_has(tmp_path: Path) -> None:
    with busy(tmp_path, 1, WORKERS=1) as server, under_way(server, 3) as photos:
        server.process.terminate()
        let_go(server)
        assert [photo.result().status for photo in photos] == [200] * 3
        server.process.wait(60)


def test_a_reload_loses_no_photo(tmp_path: Path) -> None:
    with busy(tmp_path, 1, WORKERS=1) as server, under_way(server, 3) as photos:
        server.process.send_signal(signal.SIGHUP)
        let_go(server)
        time.sleep(1)
        later = [post(server) for _ in range(2)]
        assert {answer.status for answer in (*later, *(photo.result() for photo in photos))} == {200}


def test_a_stopped_worker_holds_up_only_what_it_has(tmp_path: Path) -> None:
    with busy(tmp_path, 0.2, WORKERS=2) as server:
        stopped = workers(server)[0]
        os.kill(stopped, signal.SIGSTOP)
        try:
            assert [post(server).status for _ in range(5)] == [200] * 5
        finally:
            os.kill(stopped, signal.SIGCONT)


FULL = """
mount -t tmpfs -o size=8k none "$HOME"
cat /dev/zero > "$HOME/full" 2>/dev/null || true
mount -o remount,ro "$HOME"
exec "$@"
"""


@pytest.mark.skipif(os.getuid() != 0, reason="mounts a file system, as root only may")
def test_a_full_and_read_only_home_and_temporary_folder_change_nothing(tmp_path: Path) -> None:
    wrapper = ["unshare", "--mount", "sh", "-ec", FULL, "sh"]
    settings = {"DETECTOR_SECONDS": "0", "TURDIFY_MAX_PIXELS": "1000000", "TURDIFY_TIMEOUT_S": "60"}
    with serving(tmp_path, *wrapper, app="tests.slow:app", settings=settings) as server:
        large = BODY.replace(b"\r\n--b--", b"\0" * 2**21 + b"\r\n--b--")
        assert ask(server, "POST", "/turdify/", large).status == 200
