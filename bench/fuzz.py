"""Whether damaged files keep what is promised of any bytes whatever (tests/fuzz.py).

    .venv-test/bin/python -m bench.fuzz COUNT [--first NUMBER]

Tries the mutants from NUMBER on (tests/mutants.py), in two processes, each of which may take so much memory and no
more. Printed are the number of each fault and what it is, and at the end how often each outcome was had; now and then
it is told how far it is, so that one may go on from there. The exit status is 1 if there was a fault.
"""

import argparse
import resource
import signal
import sys
import traceback
from collections import Counter
from multiprocessing import Process, SimpleQueue, Value
from multiprocessing.sharedctypes import Synchronized

from tests.fuzz import check
from tests.mutants import mutant

PROCESSES = 2
MAX_MEMORY = 3 * 2**30  # addresses, of which libraries and threads reserve more than they use
DEADLINE_S = 20  # of a core; decoders don't return to Python, where an exception would be raised
EVERY = 5000

Report = tuple[int, str, str]  # a number, what became of it, and what is to be printed


def try_each(numbers: range, at: "Synchronized[int]", reports: "SimpleQueue[Report]") -> None:
    """Try one after the other. The process ends where a mutant takes it too long, or makes it crash."""
    resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY, MAX_MEMORY))
    for number in numbers:
        at.value = number
        signal.setitimer(signal.ITIMER_PROF, DEADLINE_S)  # whose signal ends the process
        name, data = mutant(number)
        try:
            reports.put((number, check(data), ""))
        except Exception:  # whatever it is, it must not be
            reports.put((number, "FAULT", f"{number} ({name}): {traceback.format_exc()}"))


def try_all(numbers: range, reports: "SimpleQueue[Report]") -> None:
    """Try all, in new processes after those that ended."""
    at = Value("q", numbers.start - numbers.step)
    while numbers:
        process = Process(target=try_each, args=(numbers, at, reports))
        process.start()
        process.join()
        if process.exitcode == 0:
            return
        reports.put((at.value, "FAULT", f"{at.value} ({mutant(at.value)[0]}): ended by {process.exitcode}"))
        numbers = range(at.value + numbers.step, numbers.stop, numbers.step)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("count", type=int)
    parser.add_argument("--first", type=int, default=0)
    arguments = parser.parse_args()
    numbers = range(arguments.first, arguments.first + arguments.count)
    reports: SimpleQueue[Report] = SimpleQueue()
    for share in range(PROCESSES):
        Process(target=try_all, args=(numbers[share::PROCESSES], reports)).start()
    outcomes: Counter[str] = Counter()
    for done in range(1, len(numbers) + 1):
        number, outcome, text = reports.get()
        outcomes[outcome] += 1
        if text:
            print(text, flush=True)
        if done % EVERY == 0:
            print(f"{done} of {len(numbers)}, at {number}", file=sys.stderr, flush=True)
    print(", ".join(f"{outcome}: {count}" for outcome, count in outcomes.most_common()))
    sys.exit(outcomes["FAULT"] > 0)


if __name__ == "__main__":
    main()
