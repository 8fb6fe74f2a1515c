"""A photo's turn: it waits for a slot, its stages are timed, and it is dropped once nobody waits for its answer.

Between stages it is seen whether its time is up. A stage that doesn't end at all ends with the process: whoever has a
photo in there is answered first, the slots are free at once, and gunicorn starts another.
"""

import os
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Timer

from flask import copy_current_request_context, current_app, request

from turdify.errors import Busy, TookTooLong
from turdify.machine import GRACE_S
from turdify.memory import Allowance
from turdify.pipeline import Found, Result, Stage
from turdify.slots import Full, Slots
from turdify.sockets import ask_whether_there, is_gone, sends_no_more
from turdify.web.connections import connection, send_last
from turdify.web.requests import requested_turn
from turdify.web.uploads import receive

# Where a request's environ has it.
WORK = "turdify.work"


class Gone(Exception):
    """The client left before its answer was there."""


@dataclass
class Work:
    """One photo under way. `seconds` is how long it waited, and how long each stage took that has ended.

    A client that sends no more (`nc -N`) may still wait; it is asked once, if it `can_be_asked`.
    """

    connection: socket.socket | None
    timeout_s: float
    can_be_asked: bool = False
    seconds: dict[str, float] = field(default_factory=dict)
    stage: str = "wait"
    since: float = field(default_factory=time.monotonic)
    deadline: float = float("inf")
    outcome: Found | Result | None = None

    def begin(self, stage: Stage) -> None:
        """What turdify() tells of its stages. Raises Gone and TookTooLong."""
        self.next(stage)
        self.check()

    def check(self) -> None:
        if self.connection and self.has_left(self.connection):
            raise Gone
        if time.monotonic() > self.deadline:
            raise TookTooLong

    def has_left(self, connection: socket.socket) -> bool:
        if self.can_be_asked and sends_no_more(connection):
            self.can_be_asked = False
            ask_whether_there(connection)
        return is_gone(connection)

    def next(self, stage: str) -> None:
        now = time.monotonic()
        self.seconds[self.stage] = now - self.since
        self.stage, self.since = stage, now

    def got_slot(self) -> None:
        self.deadline = time.monotonic() + self.timeout_s


class Workplace:
    """Where photos are worked on, one a slot, each for at most `timeout_s` seconds and within its `allowance`."""

    def __init__(self, slots: Slots, timeout_s: float, allowance: Allowance) -> None:
        self.slots, self.timeout_s, self.allowance = slots, timeout_s, allowance
        self.late: dict[int, Callable[[], None]] = {}  # what answers the clients of the photos that are under way

    @contextmanager
    def photo(self) -> Iterator[Work]:
        """A slot for the photo of the current request, whose body is received first.

        Raises Busy, Gone, and what requested_turn raises.
        """
        receive()
        turn = requested_turn(request.form)
        can_be_asked = request.environ["SERVER_PROTOCOL"] == "HTTP/1.1"  # HTTP/1.0 knows no answer before the answer
        work = request.environ[WORK] = Work(connection(), self.timeout_s, can_be_asked)
        try:
            with self.slots.slot(work.check, turn), self.allowance.photo(), self.watched(work):
                work.got_slot()
                yield work
        except Full as full:
            raise Busy(full.waiting) from full
        finally:
            work.next("done")

    @contextmanager
    def watched(self, work: Work) -> Iterator[None]:
        """The process ends if this doesn't; only under gunicorn, which starts another."""
        if "gunicorn.socket" not in request.environ:
            yield
            return
        overrun = Timer(self.timeout_s + GRACE_S, self.end)
        overrun.daemon = True
        overrun.start()
        self.late[id(work)] = copy_current_request_context(answer_late)
        try:
            yield
        finally:
            overrun.cancel()
            self.late.pop(id(work))

    def end(self) -> None:
        for answer in list(self.late.values()):
            answer()
        os._exit(1)


def current_work() -> Work | None:
    """The current request's photo; None where there was none to work on."""
    work: Work | None = request.environ.get(WORK)
    return work


def answer_late() -> None:
    """What the app says of a photo that took too long, past the view that is still busy with it."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    answer = app.process_response(app.make_response(app.handle_user_exception(TookTooLong())))
    if waiting := connection():
        send_last(waiting, answer)
