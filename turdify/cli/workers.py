"""Photos in several processes at once, each with a detector of its own."""

import signal
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from multiprocessing.resource_tracker import ensure_running

from turdify.cli.covering import Failure, Job, Outcome, process
from turdify.cli.files import temporary_file
from turdify.cli.names import Task
from turdify.detection import load_detector
from turdify.heap import ask_for_huge_pages, keep_little_freed_memory
from turdify.interrupts import held_back, let_through
from turdify.memory import bounded

LOST = "The process that worked on it was ended, perhaps as memory ran short. Try it with --jobs 1."


@dataclass(frozen=True)
class Spawned:
    """A process, and our end of the line to it: tasks go, outcomes come."""

    process: SpawnProcess
    line: Connection


@dataclass(frozen=True)
class Hands:
    """What a worker has: the detector of this name, on so many threads, and so much memory for a photo.

    `photo_bytes` is the most that a photo may take, whatever is in it; `max_pixels` is how large any photo may be
    without taking more.
    """

    detector: str
    threads: int
    photo_bytes: int
    max_pixels: int


def at_once(tasks: Iterable[Task], job: Job, hands: Hands, jobs: int) -> Iterator[tuple[Task, Outcome]]:
    """The outcome of every task, as they come; at most `jobs` photos are in memory.

    A process that ends costs the one photo that it had. Whoever stops asking ends all of them at once.
    """
    waiting, idle = deque(tasks), list[Spawned]()
    busy: dict[Connection, tuple[Spawned, Task]] = {}
    try:
        while waiting or busy:
            while waiting and len(busy) < jobs:
                worker, task = idle.pop() if idle else start(job, hands), waiting.popleft()
                with suppress(BrokenPipeError):  # it has ended, which is noticed below
                    worker.line.send(task)
                busy[worker.line] = worker, task
            for line in wait(list(busy)):
                worker, task = busy.pop(line)  # type: ignore[call-overload]  # it is one of those that were asked for
                try:
                    outcome: Outcome = worker.line.recv()
                except (EOFError, ConnectionResetError):
                    end(worker, task)
                    outcome = Failure(task.path, LOST)
                else:
                    idle.append(worker)
                yield task, outcome
    finally:
        for worker, task in busy.values():
            end(worker, task)
        for worker in idle:
            end(worker)


def start(job: Job, hands: Hands) -> Spawned:
    """A new process rather than a copy of this one, whose threads would be missing in it."""
    context = get_context("spawn")
    ours, theirs = context.Pipe()
    ask_for_huge_pages()
    worker = context.Process(target=work, args=(theirs, job, hands), daemon=True)
    ensure_running()  # or multiprocessing would do so meanwhile, and let Ctrl+C through
    with held_back():
        worker.start()
    theirs.close()
    return Spawned(worker, ours)


def work(line: Connection, job: Job, hands: Hands) -> None:
    """In the process: do what comes, until nothing can come any more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for the parent, which ends us
    let_through()
    keep_little_freed_memory()
    detector = load_detector(hands.detector, hands.threads)
    with bounded(hands.photo_bytes), suppress(EOFError, BrokenPipeError):  # the parent has ended
        while True:
            line.send(process(line.recv(), job, detector))


def end(worker: Spawned, task: Task | None = None) -> None:
    """At once, and what it leaves of the task's result is removed."""
    worker.process.kill()
    worker.process.join()
    worker.line.close()
    if task is not None and worker.process.pid is not None:
        temporary_file(task.target.resolve().parent, worker.process.pid).unlink(missing_ok=True)
