"""How many photos are worked on at once, and how many wait, over all processes of a server.

Places are locks on the bytes of a file in memory: open file description locks, which the kernel frees with whoever
holds them, however that one dies. The file itself tells who waits in which place, and since when.
"""

import fcntl
import os
import struct
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from itertools import count

# Where the bytes of those who wait begin, those of processes, of workers that are there, of who counts these, and what
# others keep there; no server has as many slots.
WAITING, NUMBERS, THERE, COUNTING, OTHERS = 2**20, 2**21, 3 * 2**20, 2**22 - 1, 2**22

# Who waits in a place: a number, and the clock's seconds, which all processes share.
ENTRY = struct.Struct("Qd")

# The seconds between two looks for a free slot: fewer with each second waited, so that who came first is served first
# nearly always, though somebody whose process is stopped holds up nobody.
LAZIEST_S, EAGEREST_S, EAGER_AFTER_S = 0.1, 0.005, 5


class Full(Exception):
    """No slot, and no place to wait or none became free in time; `waiting` is how many wait."""

    def __init__(self, waiting: int) -> None:
        self.waiting = waiting
        super().__init__(f"{waiting} wait")


@cache
def shared_file() -> int:
    """One file for this process and those that it forks from now on, in memory and without a name."""
    return os.memfd_create("turdify-slots")


@cache
def own_number() -> int:
    """The lowest number that no other living process which shares the file has; kept as long as this one lives."""
    locks = opened(shared_file())
    return next(number for number in count() if set_lock(locks, fcntl.F_WRLCK, NUMBERS + number, 1))


@contextmanager
def locked(place: int) -> Iterator[int]:
    """The file, opened, while nobody else has this byte of it locked; that is waited for."""
    locks = opened(shared_file())
    try:
        fcntl.fcntl(locks, fcntl.F_OFD_SETLKW, flock(fcntl.F_WRLCK, place, 1))
        yield locks
    finally:
        os.close(locks)


class Crew:
    """Which of `count` processes are there to work. Those that are to be replaced leave one at a time."""

    def __init__(self, count: int) -> None:
        self.most = 2 * count  # while a server reloads
        self.count = count

    def join(self) -> None:
        self.place = opened(shared_file())
        lock_one(self.place, THERE, self.most)

    def leave(self) -> bool:
        """Whether all are there; then this one isn't any more."""
        with locked(COUNTING) as file:
            all_there = sum(is_locked(file, THERE + place) for place in range(self.most)) >= self.count
            if all_there:
                os.close(self.place)
        return all_there


class Slots:
    """`count` slots, and a queue of `queue` for them, of at most `wait_s` seconds."""

    def __init__(self, count: int, queue: int, wait_s: float) -> None:
        self.count, self.queue, self.wait_s = count, queue, wait_s
        self.file = shared_file()

    @contextmanager
    def slot(self, still_wanted: Callable[[], None] = lambda: None, turn: int = 0) -> Iterator[None]:
        """Hold a slot, once one is free. Raises Full, and what `still_wanted` does, which is called while waiting.

        Meanwhile `before` tells how it goes for that `turn`, a number below 2**64; for 0 it doesn't.
        """
        locks = opened(self.file)
        try:
            if lock_one(locks, 0, self.count) is None:
                self.wait(locks, still_wanted, turn)
            yield
        finally:
            os.close(locks)  # and with it all that it holds

    def wait(self, locks: int, still_wanted: Callable[[], None], turn: int) -> None:
        """Lock a slot, and a place in the queue until then."""
        start = time.monotonic()
        place = lock_one(locks, WAITING, self.queue)
        if place is None:
            raise Full(self.waiting())
        os.pwrite(locks, ENTRY.pack(turn, start), place * ENTRY.size)
        while lock_one(locks, 0, self.count) is None:
            still_wanted()
            waited = time.monotonic() - start
            if waited > self.wait_s:
                raise Full(self.waiting())
            time.sleep(max(EAGEREST_S, LAZIEST_S * (1 - waited / EAGER_AFTER_S)))
        set_lock(locks, fcntl.F_UNLCK, WAITING, self.queue)

    def waiting(self) -> int:
        """How many wait for a slot."""
        return self.taken(WAITING, self.queue)

    def before(self, turn: int) -> int | None:
        """How many are worked on or came before the one of that turn; None unless it waits, and for 0."""
        if turn == 0:
            return None
        locks = opened(self.file)
        try:
            places = [place for place in range(self.queue) if is_locked(locks, WAITING + place)]
            entries = [os.pread(locks, ENTRY.size, place * ENTRY.size) for place in places]
        finally:
            os.close(locks)
        waiting = [ENTRY.unpack(entry) for entry in entries if len(entry) == ENTRY.size]
        own = next((since for number, since in waiting if number == turn), None)
        return None if own is None else self.working() + sum(since < own for _, since in waiting)

    def working(self) -> int:
        """How many slots are taken."""
        return self.taken(0, self.count)

    def taken(self, start: int, count: int) -> int:
        locks = opened(self.file)
        try:
            return sum(is_locked(locks, start + place) for place in range(count))
        finally:
            os.close(locks)


def opened(file: int) -> int:
    """The file, opened anew: its locks are this opening's own."""
    return os.open(f"/proc/self/fd/{file}", os.O_RDWR | os.O_CLOEXEC)


def lock_one(locks: int, start: int, count: int) -> int | None:
    """Lock one of `count` bytes from `start`; which one, or None where all are taken."""
    return next((place for place in range(count) if set_lock(locks, fcntl.F_WRLCK, start + place, 1)), None)


def set_lock(locks: int, kind: int, start: int, length: int) -> bool:
    """Lock or unlock bytes; False where somebody else has them."""
    try:
        fcntl.fcntl(locks, fcntl.F_OFD_SETLK, flock(kind, start, length))
    except BlockingIOError:
        return False
    return True


def is_locked(locks: int, place: int) -> bool:
    """Whether another opening of the file has the byte locked."""
    answer = fcntl.fcntl(locks, fcntl.F_OFD_GETLK, flock(fcntl.F_WRLCK, place, 1))
    return bool(struct.unpack_from("h", answer)[0] != fcntl.F_UNLCK)


def flock(kind: int, start: int, length: int) -> bytes:
    """struct flock of fcntl(2) on 64-bit Linux."""
    return struct.pack("hhqqi4x", kind, os.SEEK_SET, start, length, 0)
