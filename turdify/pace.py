"""How fast the machine is: the seconds that the sample photo takes when every worker is busy.

python -m turdify.pace DETECTOR: measure them once, on one thread, as all but finding faces is. In a process of its own,
as gunicorn's parent is no place for the detector's threads.
"""

import signal
import subprocess
import sys
import time
from functools import cache

from turdify.interrupts import end_silently, held_back
from turdify.shipped import shipped

SAMPLE = shipped("static") / "sample.jpg"
RUNS = 3


@cache  # a reload must not measure beside its own photos
def sample_seconds(detector: str, workers: int) -> float:
    """Of the slowest of so many at once. Raises RuntimeError where it can't be measured, and says why."""
    command = [sys.executable, "-m", __name__, detector]
    with held_back():
        processes = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(workers)]  # noqa: S603
    said = [process.communicate()[0] for process in processes]
    if any(process.returncode for process in processes):
        raise RuntimeError("The sample photo can't be covered. The reason is above.")
    return max(map(float, said))


def measure(detector_name: str) -> float:
    """The seconds that this process takes, once warm."""
    from turdify.detection import load_detector
    from turdify.pipeline import Options, turdify

    detector, data = load_detector(detector_name, 1), SAMPLE.read_bytes()
    seconds = []
    for _ in range(1 + RUNS):
        start = time.perf_counter()
        turdify(data, Options(format="png"), detector=detector)
        seconds.append(time.perf_counter() - start)
    return sorted(seconds[1:])[RUNS // 2]


if __name__ == "__main__":
    end_silently()
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # and if nobody waits for the answer any more
    print(measure(sys.argv[1]))
