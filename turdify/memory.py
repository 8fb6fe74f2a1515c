"""How much memory a process may take: what it takes at rest, and so much for each photo that it works on.

What wants more fails, and is refused with an error, before the kernel ends some process for lack of memory.
"""

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock

import numpy as np

# Beside photos, after the start: stacks of the threads that only watch the time (turdify/worker.py), caches.
SPARE_BYTES = 64 * 2**20

PROCESS_STATUS = Path("/proc/self/status")


class Allowance:
    """`each` bytes for a photo, and for one where there is none; 0 limits nothing."""

    def __init__(self, each: int) -> None:
        self.each, self.photos, self.lock = each, 0, Lock()
        if each:
            multiply_once()
            self.at_rest = private_bytes() + SPARE_BYTES
            self.change(0)

    @contextmanager
    def photo(self) -> Iterator[None]:
        """One photo more, as long as this lasts."""
        if not self.each:
            yield
            return
        self.change(1)
        try:
            yield
        finally:
            self.change(-1)

    def change(self, count: int) -> None:
        """So many photos more, and the process's limit with them; a hard limit of the system's stays."""
        with self.lock:
            self.photos += count
            limit = self.at_rest + self.each * max(1, self.photos)
            _, hard = resource.getrlimit(resource.RLIMIT_DATA)
            soft = limit if hard == resource.RLIM_INFINITY else min(limit, hard)
            resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))


@contextmanager
def bounded(each: int) -> Iterator[None]:
    """What this process does may take so many bytes at once, as long as this lasts; only Linux tells what it has."""
    if not PROCESS_STATUS.exists():
        yield
        return
    before = resource.getrlimit(resource.RLIMIT_DATA)
    Allowance(each)
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, before)


def multiply_once() -> None:
    """NumPy's OpenBLAS takes its memory at the first large product, and where it gets none it ends the process."""
    np.ones((50_000, 5), np.float32) @ np.ones(5, np.float32)


def private_bytes() -> int:
    """What RLIMIT_DATA counts of this process: memory of its own that it may write to, touched or not."""
    lines = PROCESS_STATUS.read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmData:")) * 1024
