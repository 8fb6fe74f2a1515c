"""What people send, kept in memory while it arrives and until its answer is there, and not too much of it at once."""

import io
import socket
from threading import Lock, Timer
from typing import IO

from flask import Flask, Request, Response, request
from werkzeug.exceptions import BadRequest, ClientDisconnected, RequestTimeout
from werkzeug.formparser import FormDataParser

from turdify.errors import Busy, UnreadableForm
from turdify.slots import Slots
from turdify.sockets import stop_receiving
from turdify.web.connections import connection

# The seconds that a body may take to arrive: 25 MB at 3.5 Mbit/s.
RECEIVE_S = 60


class InMemoryRequest(Request):
    """Uploads stay in memory: by default those over 500 kB would go to a temporary file, and a photo never may.

    A form that can't be read is an error: by default it would be an empty one, of which all is missing.
    """

    def make_form_data_parser(self) -> FormDataParser:
        parser = super().make_form_data_parser()
        parser.silent = False
        return parser

    def _load_form_data(self) -> None:
        try:
            super()._load_form_data()
        except ValueError as error:
            raise UnreadableForm from error

    def _get_file_stream(
        self,
        total_content_length: int | None,
        content_type: str | None,
        filename: str | None = None,
        content_length: int | None = None,
    ) -> IO[bytes]:
        return io.BytesIO()


class Budget:
    """The bytes that all requests of this process may hold together."""

    def __init__(self, size: int) -> None:
        self.left = size
        self.lock = Lock()

    def take(self, size: int) -> bool:
        """Whether there were so many left; then they are taken."""
        with self.lock:
            enough = size <= max(self.left, 0)
            self.left -= size if enough else 0
        return enough

    def owe(self, size: int) -> None:
        """Taken whether there are so many left or not: nothing more is taken in until they are given back."""
        with self.lock:
            self.left -= size

    def give_back(self, size: int) -> None:
        with self.lock:
            self.left += size


class Upload:
    """A request's body as it arrives, in the place of WSGI's input stream: taken from the budget, and in time."""

    def __init__(self, stream: IO[bytes], declared: int | None, budget: Budget, slots: Slots) -> None:
        self.stream, self.declared, self.budget, self.slots = stream, declared, budget, slots
        self.received = 0
        self.timer: Timer | None = None
        self.late = False

    def read(self, size: int = -1) -> bytes:
        """Raises Busy where the budget is used up, and werkzeug's errors for what comes too late or isn't HTTP."""
        self.start()
        try:
            data = self.stream.read(size)
        except Exception as error:  # the server's own types, for broken chunks and for bodies that end too early
            raise (RequestTimeout if self.late else BadRequest) from error
        if not data and self.declared is not None and self.received < self.declared:
            raise RequestTimeout if self.late else ClientDisconnected
        if not self.budget.take(len(data)):
            raise Busy(self.slots.waiting())
        self.received += len(data)
        return data

    def start(self) -> None:
        arriving = connection()
        if self.timer is None and arriving:
            self.timer = Timer(RECEIVE_S, self.stop, [arriving])
            self.timer.daemon = True
            self.timer.start()

    def stop(self, arriving: socket.socket) -> None:
        self.late = True
        stop_receiving(arriving)

    def arrived(self) -> None:
        """Nothing more is waited for."""
        if self.timer:
            self.timer.cancel()

    def forget(self) -> None:
        self.arrived()
        self.budget.give_back(self.received)
        self.received = 0


def register(app: Flask, budget: Budget, slots: Slots) -> None:
    def count() -> None:
        stream = request.environ["wsgi.input"]
        request.environ["wsgi.input"] = Upload(stream, request.content_length, budget, slots)

    def forget(_: BaseException | None) -> None:
        if upload := current():
            upload.forget()

    def count_answer(response: Response) -> Response:
        """An answer that is read slowly takes memory too."""
        size = response.calculate_content_length() or 0
        budget.owe(size)
        response.call_on_close(lambda: budget.give_back(size))
        return response

    app.before_request(count)
    app.after_request(count_answer)
    app.teardown_request(forget)


def current() -> Upload | None:
    """The current request's; None where it was refused before it was looked at."""
    stream = request.environ["wsgi.input"]
    return stream if isinstance(stream, Upload) else None


def receive() -> None:
    """Take in all of the current request's body."""
    _ = request.files
    if upload := current():
        upload.arrived()


def received() -> int:
    """The bytes of it that came so far."""
    upload = current()
    return upload.received if upload else 0
