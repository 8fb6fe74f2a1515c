"""Uploads that stop half-way."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress


@contextmanager
def held(address: str, size: int, sent: int = 0, more: str = "") -> Iterator[tuple[socket.socket, int]]:
    """An upload of so many bytes, of which so many are sent if nginx wants them: the connection, and 100 if it does.

    Otherwise the status with which it is refused. `more` are headers. In the end nginx has let go of it.
    """
    host, port = address.split(":")
    head = f"POST /faces/ HTTP/1.1\r\nHost: pi\r\nContent-Length: {size}\r\nExpect: 100-continue\r\n{more}\r\n"
    with socket.create_connection((host, int(port)), timeout=60) as connection:
        connection.sendall(head.encode())
        status = int(connection.recv(4096).split()[1])
        if status == 100:
            connection.sendall(bytes(sent))
        yield connection, status
        with suppress(OSError):  # nginx has ended it meanwhile
            connection.shutdown(socket.SHUT_WR)
            while connection.recv(65536):
                pass
