"""The connection that a request came by, below what WSGI shows of it."""

import socket
from contextlib import suppress

from flask import Response, request

# Where gunicorn and Flask's own server put it; the tests' client has none.
CONNECTIONS = ("gunicorn.socket", "werkzeug.socket")


def connection() -> socket.socket | None:
    """The current request's."""
    return next((request.environ[name] for name in CONNECTIONS if name in request.environ), None)


def send_last(connection: socket.socket, answer: Response) -> None:
    """Answer past the server, which has nothing to say on the connection any more."""
    answer.headers["Connection"] = "close"
    head = f"HTTP/1.1 {answer.status}\r\n" + "".join(f"{name}: {value}\r\n" for name, value in answer.headers)
    with suppress(OSError):  # nobody may wait for it
        connection.settimeout(1)
        connection.sendall(f"{head}\r\n".encode("latin-1") + answer.get_data())
        connection.shutdown(socket.SHUT_RDWR)
