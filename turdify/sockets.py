"""What a connection tells of the other side, and how it is ended."""

import select
import socket
import time
from contextlib import suppress

# How long a reset is waited for: its way in a home's network.
REPLY_MS = 10

# The seconds between two looks at what came by a Unix socket: twenty looks a second take next to nothing.
UNIX_PAUSE_S = 0.05

# How long and how much of what nobody reads any more is taken in, so that its sender gets to read the answer.
LINGER_S, LINGER_BYTES = 10, 64 * 2**20


def peek(connection: socket.socket, size: int) -> bytes:
    """What came and wasn't read, at most so many bytes of it."""
    with suppress(BlockingIOError):
        return connection.recv(size, socket.MSG_PEEK | socket.MSG_DONTWAIT)
    return b""


def wake_beyond(connection: socket.socket, size: int) -> None:
    """Whoever waits for the connection is woken once more than so many bytes are there, or no more will come.

    Where any unread byte wakes, as at a Unix socket, that is a little later, so that nobody looks without end.
    """
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, size + 1)
    if size and connection.family == socket.AF_UNIX:
        time.sleep(UNIX_PAUSE_S)


def sends_no_more(connection: socket.socket) -> bool:
    """Whether the other side has closed it, at least for its own sending."""
    return bool(seen(connection, select.POLLRDHUP))


def has_urgent_data(connection: socket.socket) -> bool:
    """Whether some came, as it does from no client of HTTP. Nothing is read beyond it, so it wakes without end."""
    return bool(seen(connection, select.POLLPRI) & select.POLLPRI)


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


def linger(connection: socket.socket) -> None:
    """Let the client read its answer: closed while it still sends, the connection would be reset (RFC 9112, 9.6).

    gunicorn does so too, but in the thread that takes new connections, and no longer than 64 kB.
    """
    deadline, received = time.monotonic() + LINGER_S, 0
    with suppress(OSError):
        connection.shutdown(socket.SHUT_WR)
        while received < LINGER_BYTES and (left := deadline - time.monotonic()) > 0:
            connection.settimeout(left)
            data = connection.recv(2**16)
            if not data:
                break
            received += len(data)


def end(connection: socket.socket) -> None:
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
