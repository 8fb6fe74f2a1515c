"""gunicorn's worker, taught turdify's manners: what it refuses itself is told as the app tells it, nobody who is slow
keeps a thread, and its log names no visitor."""

import json
import os
import socket
import threading
import time
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, suppress
from functools import partial
from http import HTTPStatus
from selectors import EVENT_READ
from threading import Barrier, Semaphore
from typing import Any, NoReturn

from gunicorn.http import errors
from gunicorn.workers.gthread import _DEFER, ThreadWorker

from turdify.errors import Busy, for_programs, new_request_id, status_code
from turdify.machine import MAX_BODIES
from turdify.slots import Crew
from turdify.sockets import end, has_urgent_data, linger, peek, sends_no_more, wake_beyond

# The seconds that the head of a request may take to arrive, and the bytes that it may have, as nginx has them.
HEAD_S, HEAD_BYTES = 10, 2**15

# The seconds after which an answer that nobody reads is given up, as nginx' send_timeout.
UNREAD_S = 30

# So many of a worker's threads may be busy with taking in the rest of what was answered before all of it came. Beside
# those and the ones for requests that have a body, gunicorn.conf.py has some for the page and /healthz.
MAX_LINGERING = 8

# A worker that has done its max_requests is replaced once nobody is connected to it and all others are there: while it
# ends, and the next one starts, it takes in nobody.
# Where there is always somebody, after so many times as many.
AT_LAST = 10

# The stack of a thread that only waits until something is too late.
TIMER_STACK_BYTES = 512 * 2**10

REFUSALS: Mapping[type[Exception], HTTPStatus] = {
    errors.LimitRequestLine: HTTPStatus.REQUEST_URI_TOO_LONG,
    errors.LimitRequestHeaders: HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
    errors.ExpectationFailed: HTTPStatus.EXPECTATION_FAILED,
    errors.UnsupportedTransferCoding: HTTPStatus.NOT_IMPLEMENTED,
    errors.InvalidHTTPVersion: HTTPStatus.HTTP_VERSION_NOT_SUPPORTED,
}
SENTENCES = {
    HTTPStatus.BAD_REQUEST: "Your browser sent something we don't understand. Please try again.",
    HTTPStatus.REQUEST_TIMEOUT: "Your request took too long to arrive. Please try again.",
    HTTPStatus.REQUEST_URI_TOO_LONG: "That address is too long.",
    HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE: "The headers of your request are too long.",
    HTTPStatus.EXPECTATION_FAILED: "We can't do what the header Expect asks for.",
    HTTPStatus.NOT_IMPLEMENTED: "We don't know the transfer coding of your request.",
    HTTPStatus.SERVICE_UNAVAILABLE: "We can't take your photo right now. Please try again in a few seconds.",
    HTTPStatus.HTTP_VERSION_NOT_SUPPORTED: "We speak HTTP 1.0 and 1.1.",
    HTTPStatus.INTERNAL_SERVER_ERROR: "Something clogged on our side. Please try again.",
}


class Worker(ThreadWorker):
    """One process of the server."""

    alive: bool  # until it is told to end
    booted: bool  # once the app is loaded
    max_requests: int  # gunicorn's, jitter included

    def init_process(self) -> None:
        self.bodies, self.lingering = Semaphore(MAX_BODIES), Semaphore(MAX_LINGERING)
        self.enough, self.max_requests = self.max_requests, AT_LAST * self.max_requests
        for listener in self.sockets:
            if listener.family in (socket.AF_INET, socket.AF_INET6):
                # A connection is handed to a thread once something came, and ends where nothing is read any more.
                listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_DEFER_ACCEPT, HEAD_S)
                listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, 1000 * UNREAD_S)
        super().init_process()

    def handle_exit(self, *told: Any) -> None:
        if not self.booted:  # nobody waits for an answer of it yet
            self.handle_quit()
        super().handle_exit(*told)

    def handle_quit(self, *_: Any) -> NoReturn:
        """At once. gunicorn's own raises SystemExit, which modules that are being loaded take for a fault of theirs;
        and it waits for itself if it is told again meanwhile, as by a terminal and then by the parent."""
        os._exit(0)

    def run(self) -> None:
        """What gunicorn calls once the app is loaded."""
        self.crew = Crew(self.cfg.workers)
        self.crew.join()
        super().run()

    def get_thread_pool(self) -> ThreadPoolExecutor:
        """All threads at once: their stacks, 8 MB each for hostile JSON, are then no memory that a photo takes."""
        pool: ThreadPoolExecutor = super().get_thread_pool()
        together = Barrier(self.cfg.threads + 1)
        for _ in range(self.cfg.threads):
            pool.submit(together.wait)
        together.wait()
        threading.stack_size(TIMER_STACK_BYTES)
        return pool

    def set_accept_enabled(self, enabled: bool) -> None:
        """What gunicorn calls with False, among other times, as it ends: whoever has reached us is then taken in, and
        nobody else, who would only wait for as long as the slowest. While it reloads, others listen there, too."""
        super().set_accept_enabled(enabled)
        while self.sockets and not (enabled or self.alive):
            listener, before = self.sockets.pop(), -1
            while before < self.nr_conns < self.worker_connections:
                before = self.nr_conns
                self.accept(listener)
            listener.close()

    def handle(self, conn: Any) -> Any:
        """A thread is for a request whose head is there. Until then its connection is among those that are watched."""
        conn.__dict__.setdefault("began", time.monotonic())
        ended = sends_no_more(conn.sock)  # first, or what comes meanwhile would be missing in the head
        come = peek(conn.sock, HEAD_BYTES)
        head = come if conn.parser is None else conn.parser.unreader.buf.getvalue() + come
        if not (self.is_whole(head) or (ended and not head.strip())):
            is_http = head[:1].isalpha() or head[:1] in (b"", b"\r")  # TLS, for one, isn't
            if not is_http or has_urgent_data(conn.sock):
                self.refuse_head(conn.sock, HTTPStatus.BAD_REQUEST, "isn't HTTP")
                return False
            if ended:
                self.refuse_head(conn.sock, HTTPStatus.BAD_REQUEST, "has only a part of its head")
                return False
            if len(head) < HEAD_BYTES:
                wake_beyond(conn.sock, len(come))
                return _DEFER
            self.refuse_head(conn.sock, HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "has too long a head")
            return False
        wake_beyond(conn.sock, 0)
        del conn.began
        conn.data_ready = True  # gunicorn needn't wait for it
        with ExitStack() as conn.held:
            kept = super().handle(conn)
            if not kept and take(self.lingering, conn.held):
                linger(conn.sock)
        if not kept:
            end(conn.sock)
        return kept

    def is_whole(self, head: bytes) -> bool:
        """Whether gunicorn waits for no more of it: all is there, or what is there is none of HTTP."""
        head = head.removeprefix(b"\r\n")  # one empty line may come first
        line, ended, _ = head.partition(b"\r\n")
        refused = b"\n" in line or (ended and line.count(b" ") < 2) or len(line) > self.cfg.limit_request_line + 2
        return bool(refused) or b"\r\n\r\n" in head

    def finish_request(self, conn: Any, fs: Future[Any]) -> None:
        """What is to be watched is so in a worker that ends, too; gunicorn would hang up on it."""
        if self.alive or fs.cancelled() or fs.exception() or fs.result() is not _DEFER:
            super().finish_request(conn, fs)
        else:
            conn.sock.setblocking(False)
            self.pending_conns.append(conn)
            self.poller.register(conn.sock, EVENT_READ, partial(self.on_pending_socket_readable, conn))

    def murder_pending(self) -> None:
        """What gunicorn calls in each round, once a second or more, to end connections whose head isn't there."""
        long_ago = time.monotonic() - HEAD_S
        for conn in [conn for conn in self.pending_conns if conn.began < long_ago]:
            self.pending_conns.remove(conn)
            with suppress(OSError, KeyError, ValueError):  # it isn't watched any more
                self.poller.unregister(conn.sock)
            self.nr_conns -= 1
            self.refuse_head(conn.sock, HTTPStatus.REQUEST_TIMEOUT, "took too long to arrive")
            conn.close()
        self.retire()

    def retire(self) -> None:
        """Make room for a new process, once this one has done enough and nobody is connected to it."""
        if self.alive and self.nr >= self.enough and self.nr_conns == 0 and self.crew.leave():
            self.alive = False

    def refuse_head(self, connection: socket.socket, status: HTTPStatus, why: str) -> None:
        self.refuse(connection, status, why)
        with suppress(OSError):
            connection.recv(HEAD_BYTES)  # closed with something unread, it would be reset
        end(connection)

    def handle_request(self, req: Any, conn: Any) -> Any:
        if not has_body(req) or take(self.bodies, conn.held):
            try:
                return super().handle_request(req, conn)
            except OSError as error:  # the connection's: the app's are answered by it. gunicorn would log where it was
                self.log.info("An answer was given up: %s.", error.strerror)
                return False
        self.refuse(conn.sock, HTTPStatus.SERVICE_UNAVAILABLE, f"is one of more than {MAX_BODIES} with a body")
        return False

    def handle_error(self, req: Any, client: socket.socket, addr: Any, exc: Exception) -> None:
        if isinstance(exc, errors.ParseException):
            status = REFUSALS.get(type(exc), HTTPStatus.BAD_REQUEST)
            self.refuse(client, status, f"isn't HTTP: {type(exc).__name__}")
        else:
            id = new_request_id()
            self.log.error("request %s", id, exc_info=exc)
            answer(client, HTTPStatus.INTERNAL_SERVER_ERROR, id)

    def refuse(self, connection: socket.socket, status: HTTPStatus, why: str) -> None:
        id = new_request_id()
        self.log.info("request %s %s, %d", id, why, status)
        answer(connection, status, id)


def has_body(req: Any) -> bool:
    return any(name in ("CONTENT-LENGTH", "TRANSFER-ENCODING") and value != "0" for name, value in req.headers)


def take(places: Semaphore, held: ExitStack) -> bool:
    """Whether there was a place; then it is taken, and given back when what is held ends."""
    taken = places.acquire(blocking=False)
    if taken:
        held.callback(places.release)
    return taken


def answer(connection: socket.socket, status: HTTPStatus, id: str) -> None:
    """To whoever sent it, as to programs: there is no page here to show. The log has the id."""
    body = json.dumps(for_programs(SENTENCES[status], status_code(status), id)).encode()
    head = [
        f"HTTP/1.1 {status.value} {status.phrase}",
        f"X-Request-ID: {id}",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
        "Cache-Control: no-store",
        "X-Content-Type-Options: nosniff",
        "Connection: close",
    ]
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        head.append(f"Retry-After: {Busy.retry_after_s}")
    with suppress(OSError):
        connection.sendall("\r\n".join([*head, "", ""]).encode() + body)
