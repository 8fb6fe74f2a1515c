"""As many photos at once as there are slots, over all processes; the rest wait, but not too many and not too long."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Barrier

import pytest

from turdify.slots import Crew, Full, Slots, shared_file


@pytest.fixture(autouse=True)
def own_file() -> None:
    shared_file.cache_clear()


@contextmanager
def in_another_process(slots: Slots) -> Iterator[subprocess.Popen[bytes]]:
    """A process that shares the slots and holds one."""
    holding = f"""
import time
from turdify import slots
slots.shared_file = lambda: {slots.file}
with slots.Slots({slots.count}, {slots.queue}, {slots.wait_s}).slot():
    time.sleep(60)
"""
    process = subprocess.Popen([sys.executable, "-c", holding], pass_fds=[slots.file])
    try:
        wait_until(lambda: slots.working() == 1)
        yield process
    finally:
        process.kill()
        process.wait()


def wait_until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_never_more_at_once_than_there_are_slots() -> None:
    slots, at_once, two = Slots(2, queue=20, wait_s=60), [], Barrier(2)

    def work(_: int) -> None:
        with slots.slot():
            two.wait(60)
            at_once.append(slots.working())

    with ThreadPoolExecutor(12) as pool:
        list(pool.map(work, range(12)))
    assert len(at_once) == 12
    assert max(at_once) == 2
    assert (slots.working(), slots.waiting()) == (0, 0)


def test_a_full_queue_is_told_at_once_with_how_many_wait() -> None:
    slots = Slots(1, queue=2, wait_s=60)
    with ThreadPoolExecutor(2) as pool, slots.slot():
        waiting = [pool.submit(lambda: slots.slot().__enter__()) for _ in range(2)]
        wait_until(lambda: slots.waiting() == 2)
        start = time.monotonic()
        with pytest.raises(Full) as full, slots.slot():
            pass
        assert full.value.waiting == 2
        assert time.monotonic() - start < 6, "a tenth of the wait"
        slots.wait_s = 0
        for future in waiting:
            assert isinstance(future.exception(60), Full)


def test_who_waits_by_a_number_is_told_how_many_are_before_them() -> None:
    slots = Slots(1, queue=4, wait_s=60)
    with ThreadPoolExecutor(3) as pool, slots.slot(turn=5):
        waiting = []
        for turn in (7, 0, 9):
            waiting.append(pool.submit(slots.slot(turn=turn).__enter__))
            wait_until(lambda: slots.waiting() == len(waiting))
        assert [slots.before(turn) for turn in (7, 9)] == [1, 3]
        assert [slots.before(turn) for turn in (0, 5, 8)] == [None, None, None]
        slots.wait_s = 0
        for future in waiting:
            assert isinstance(future.exception(60), Full)
        assert slots.before(9) is None


def test_the_wait_ends() -> None:
    slots = Slots(1, queue=1, wait_s=0.2)
    with slots.slot():
        start = time.monotonic()
        with pytest.raises(Full), slots.slot():
            pass
    assert 0.2 <= time.monotonic() - start < 10


def test_who_left_the_queue_leaves_its_place() -> None:
    def gone() -> None:
        raise ConnectionError

    slots = Slots(1, queue=1, wait_s=5)
    with slots.slot(), pytest.raises(ConnectionError), slots.slot(gone):
        pass
    assert slots.waiting() == 0


def test_without_a_queue_who_finds_no_slot_is_told_so() -> None:
    slots = Slots(1, queue=0, wait_s=5)
    with slots.slot(), pytest.raises(Full), slots.slot():
        pass


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_slot_is_free_again_as_soon_as_its_process_is_gone(number: signal.Signals) -> None:
    slots = Slots(1, queue=0, wait_s=0)
    with in_another_process(slots) as process:
        with pytest.raises(Full), slots.slot():
            pass
        process.send_signal(number)
        process.wait()
        with slots.slot():
            assert slots.working() == 1


def test_a_stopped_process_only_keeps_its_own_slot() -> None:
    slots = Slots(2, queue=1, wait_s=60)
    with in_another_process(slots) as process:
        process.send_signal(signal.SIGSTOP)
        for _ in range(3):
            with slots.slot():
                assert slots.working() == 2


def test_who_is_to_be_replaced_leaves_only_where_all_others_are_there() -> None:
    first, second, third = Crew(2), Crew(2), Crew(2)
    first.join()
    assert not first.leave()
    second.join()
    assert first.leave()
    assert not second.leave(), "for whom nobody is there yet"
    third.join()
    assert second.leave()
    os.close(third.place)
