"""The connection that a request came by, below what WSGI shows of it."""

import select
import socket
from contextlib import suppress

from flask import Response, request

# Where gunicorn and Flask's own server put it; the tests' client has none.
CONNECTIONS = ("gunicorn.socket", "werkzeug.socket")

# How long a reset is waited for: its way in a home's network.
REPLY_MS = 10


def connection() -> socket.socket | None:
    """The current request's."""
    return next((request.environ[name] for name in CONNECTIONS if name in request.environ), None)


def sends_no_more(connection: socket.socket) -> bool:
    """Whether the other side has closed it, at least for its own sending."""
    return bool(seen(connection, select.POLLRDHUP))


def is_gone(connection: socket.socket) -> bool:
    """Whether the other side is known to receive nothing any more."""
    return bool(seen(connection, 0) & (select.POLLHUP | select.POLLERR))


def ask_whether_there(connection: socket.socket) -> None:
    """Send what every client of HTTP/1.1 passes over (RFC 9110, 15.2); who has gone resets the connection at once."""
    with suppress(OSError):
        connection.send(b"HTTP/1.1 100 Continue\r\n\r\n", socket.MSG_DONTWAIT)
        seen(connection, 0, REPLY_MS)


def seen(connection: socket.socket, events: int, wait_ms: int = 0) -> int:
    """Which of poll(2)'s events there are; those of a broken connection always count."""
    poll = select.poll()
    poll.register(connection, events)
    return next((found for _, found in poll.poll(wait_ms)), 0)


def stop_receiving(connection: socket.socket) -> None:
    """Whoever waits for more of it in another thread is told that there is none; it can still be answered."""
    with suppress(OSError):  # it may be closed by now
        connection.shutdown(socket.SHUT_RD)


def send_last(connection: socket.socket, answer: Response) -> None:
    """Answer past the server, which has nothing to say on the connection any more."""
    answer.headers["Connection"] = "close"
    head = f"HTTP/1.1 {answer.status}\r\n" + "".join(f"{name}: {value}\r\n" for name, value in answer.headers)
    with suppress(OSError):  # nobody may wait for it
        connection.settimeout(1)
        connection.sendall(f"{head}\r\n".encode("latin-1") + answer.get_data())
        connection.shutdown(socket.SHUT_RDWR)
