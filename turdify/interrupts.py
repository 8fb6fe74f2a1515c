"""Ctrl+C, and what else ends a program: at once, except where what it does has to be told or tidied up first."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from typing import NoReturn

# The exit status, as shells have it: 128 and SIGINT's number.
INTERRUPTED = 130

ENDED_BY = (signal.SIGINT, signal.SIGQUIT, signal.SIGTERM)


def hold_interrupts() -> None:
    """Until end_at_interrupts, which may be called by a program that takes this one's place."""
    signal.pthread_sigmask(signal.SIG_BLOCK, ENDED_BY)


def end_at_interrupts() -> None:
    """From now on, and now if one was held; unless whoever started this program has Ctrl+C ignored."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, end_at_once)
    let_through()


def let_through() -> None:
    """What was held."""
    signal.pthread_sigmask(signal.SIG_UNBLOCK, ENDED_BY)


@contextmanager
def interruptible() -> Iterator[None]:
    """Within it the first Ctrl+C raises KeyboardInterrupt, where any would have ended the program."""
    if signal.getsignal(signal.SIGINT) is not end_at_once:
        yield
        return
    signal.signal(signal.SIGINT, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, end_at_once)


@contextmanager
def held_back() -> Iterator[None]:
    """Within it Ctrl+C does nothing yet, neither here nor in a program that is started, until that one lets it through.

    A mask alone holds it in the new program only: here it would come by a thread of some library.
    """
    handler, held = signal.getsignal(signal.SIGINT), list[int]()
    if callable(handler):
        signal.signal(signal.SIGINT, lambda number, _: held.append(number))
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        if callable(handler):
            signal.signal(signal.SIGINT, handler)
            if held:
                signal.raise_signal(signal.SIGINT)


def end_silently() -> None:
    """From now on, and now if one was held: whoever started this program tells of it."""
    for number in ENDED_BY:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, signal.SIG_DFL)
    let_through()


@cache
def start_forks_anew() -> None:
    """What this process forks from now on ends silently, until it has handlers of its own: ours would answer for it."""
    os.register_at_fork(before=hold_interrupts, after_in_parent=let_through, after_in_child=end_silently)


def end_at_once(*_: object) -> NoReturn:
    """An exception would become whatever is made of it by modules that are being loaded, and by what is ending."""
    with suppress(OSError):
        os.write(2, b"Stopped.\n")
    os._exit(INTERRUPTED)


def interrupt(*_: object) -> NoReturn:
    signal.signal(signal.SIGINT, end_at_once)
    raise KeyboardInterrupt
