"""What a crowd gets of the real stack, gunicorn behind nginx, while some of it is hostile and some of it leaves.

    .venv-test/bin/python -m bench.crowd [REQUESTS]

Fifty clients send photos of several sizes as fast as they are answered, each from an address of its own; a tenth is
hostile, and a tenth of the clients hangs up. Meanwhile somebody asks for /healthz and the page. Printed are the
answers, how long those two took, the memory, and how the work compares to as many processes that do nothing else,
measured before and after: that of the photos, and that of photos and hostile files that were answered. It fails if
anything else than an intended status was seen, or an answer was lost. The server has half of the
cores, a worker each, and so have those processes; clients and nginx have the other half, as they would be elsewhere.
Needs nginx; 2,000 requests are the default.
"""

import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path

from bench.load import cpu_seconds, peak_megabytes, worker_processes
from deploy.loopback import FROM, REAL_IP, front_door
from tests.hostile import HOSTILE
from tests.pictures import encoded, group
from tests.serving import free_address, serving

CLIENTS = 50
INTENDED = {200, 413, 415, 422, 429, 503}
LEFT = 0
CORES = sorted(os.sched_getaffinity(0))
SERVERS, CLIENTS_CORES = CORES[len(CORES) // 2 :], CORES[: len(CORES) // 2] or CORES
WORKERS = len(SERVERS)
PINNED = ("taskset", "--cpu-list", ",".join(map(str, SERVERS)))

# Kinds of photos and how often each is sent.
PHOTOS = {
    "0.3 MP": (encoded(group(3)[0].resize((640, 480)), "JPEG"), 60),
    "2 MP": (encoded(group(8)[0].resize((1600, 1200)), "JPEG"), 16),
    "12 MP": (encoded(group(12)[0].resize((4000, 3000)), "JPEG"), 4),
}
SENT = {kind: [data] for kind, (data, _) in PHOTOS.items()} | {"hostile": [data for data, _ in HOSTILE.values()]}
LOOP = """
import json, sys, time
from contextlib import suppress
from turdify.detection import load_detector
from turdify.errors import TurdifyError
from turdify.pipeline import Options, turdify
detector, options = load_detector("centerface", 1), Options(format="same")
files = [sys.stdin.buffer.read(size) for size in json.loads(sys.argv[1])]

def work():
    for data in files:
        with suppress(TurdifyError):
            turdify(data, options, detector=detector)

work()
start, cpu, count = time.perf_counter(), time.process_time(), 0
while count < 3 or time.perf_counter() - start < 3:
    work()
    count += len(files)
print((time.perf_counter() - start) / count, (time.process_time() - cpu) / count)
"""


@dataclass
class Seen:
    """What all clients saw together."""

    statuses: Counter[int] = field(default_factory=Counter)
    done: Counter[str] = field(default_factory=Counter)
    lost: list[str] = field(default_factory=list)
    probes: dict[str, list[float]] = field(default_factory=lambda: {"/healthz": [], "/": []})


def loop_seconds(files: list[bytes]) -> tuple[float, float]:
    """What a file takes, and of CPU, in as many processes as there are workers, each on its own in a loop."""
    command = [*PINNED, sys.executable, "-c", LOOP, json.dumps([len(data) for data in files])]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    processes = [subprocess.Popen(command, **pipes) for _ in range(WORKERS)]  # type: ignore[call-overload]
    with ThreadPoolExecutor(WORKERS) as pool:
        said = list(pool.map(lambda process: process.communicate(b"".join(files))[0], processes))
    seconds, cpu = zip(*(map(float, text.split()) for text in said), strict=True)
    return statistics.mean(seconds), statistics.mean(cpu)


def loops() -> dict[str, tuple[float, float]]:
    return {kind: loop_seconds(files) for kind, files in SENT.items()}


def cpu_of_all(parent: int) -> float:
    """The CPU seconds of a server's workers, those that have ended included."""
    ended = Path(f"/proc/{parent}/stat").read_text().rpartition(")")[2].split()[13:15]
    return sum(map(int, ended)) / os.sysconf("SC_CLK_TCK") + sum(map(cpu_seconds, worker_processes(parent)))


def client(address: str, number: int, count: int, seen: Seen) -> None:
    chance = random.Random(number)  # noqa: S311  not a secret
    visitor = f"192.0.2.{number}"
    for _ in range(count):
        if chance.random() < 0.1:
            data, kind = chance.choice(list(HOSTILE.values()))[0], "hostile"
        else:
            (kind,) = chance.choices(list(PHOTOS), [often for _, often in PHOTOS.values()])
            data = PHOTOS[kind][0]
        leaves = chance.random() < 0.1
        try:
            status = send(address, data, visitor, leaves)
        except OSError as error:
            seen.lost.append(f"{kind}: {error!r}")
            continue
        seen.statuses[status] += 1
        if status in (200, 413, 415, 422):
            seen.done[kind] += 1
        elif status in (429, 503):
            time.sleep(1)  # a little of what Retry-After says


def send(address: str, data: bytes, visitor: str, leaves: bool) -> int:
    """The status; LEFT where the client hung up before."""
    field = b"Content-Disposition: form-data; name="
    body = b'--b\r\n%b"format"\r\n\r\nsame\r\n--b\r\n%b"my_file"; filename="x"\r\n\r\n%b\r\n--b--\r\n' % (
        field,
        field,
        data,
    )
    with closing(HTTPConnection(address, timeout=200)) as connection:
        connection.request(
            "POST", "/turdify/", body, {"Content-Type": "multipart/form-data; boundary=b", FROM: visitor}
        )
        if leaves:
            time.sleep(0.1)
            return LEFT
        response = connection.getresponse()
        response.read()
        return response.status


def probe(address: str, seen: Seen, over: threading.Event) -> None:
    while not over.wait(0.1):
        for path, times in seen.probes.items():
            start = time.perf_counter()
            with closing(HTTPConnection(address, timeout=60)) as connection:
                connection.request("GET", path)
                response = connection.getresponse()
                response.read()
                if response.status != 200:
                    seen.lost.append(f"{path}: {response.status}")
            times.append(time.perf_counter() - start)


def main() -> None:
    requests = int((sys.argv[1:2] or ["2000"])[0])
    before = loops()
    os.sched_setaffinity(0, CLIENTS_CORES)
    seen, over = Seen(), threading.Event()
    settings = {"TURDIFY_WORKERS": str(WORKERS), "TURDIFY_THREADS": "1", "TURDIFY_PROXIES": "1"}
    with tempfile.TemporaryDirectory() as name, serving(Path(name), *PINNED, settings=settings) as server:
        front, address = Path(name) / "front", free_address()
        front.mkdir()
        with front_door(front, address, server.address.removeprefix("http://"), REAL_IP):
            prober = threading.Thread(target=probe, args=(address, seen, over))
            prober.start()
            start, used = time.perf_counter(), -cpu_of_all(server.process.pid)
            with ThreadPoolExecutor(CLIENTS) as pool:
                for number in range(CLIENTS):
                    pool.submit(client, address, number, requests // CLIENTS, seen)
            seconds = time.perf_counter() - start
            used += cpu_of_all(server.process.pid)
            over.set()
            prober.join()
            peaks = [peak_megabytes(worker) for worker in worker_processes(server.process.pid)]
    os.sched_setaffinity(0, CORES)
    after = loops()
    alone = {kind: [(a + b) / 2 for a, b in zip(before[kind], after[kind], strict=True)] for kind in SENT}
    left = seen.statuses.pop(LEFT, 0)
    answers = dict(sorted(seen.statuses.items()))
    print(f"{requests} requests of {CLIENTS} clients in {seconds:.0f} s; {left} left; {answers}")
    for path, times in seen.probes.items():
        median, p99 = statistics.median(times), sorted(times)[int(len(times) * 0.99)]
        print(f"{path}: median {median:.3f} s, p99 {p99:.3f} s, {len(times)} times")
    for kind, (loop, _) in alone.items():
        print(f"alone, {kind} takes {loop:.3f} s ({before[kind][0]:.3f} before, {after[kind][0]:.3f} after)")
    for told, kinds in (("photos", list(PHOTOS)), ("photos and hostile files", list(SENT))):
        work, cpu = (sum(alone[kind][i] * seen.done[kind] for kind in kinds) for i in (0, 1))
        share = work / (WORKERS * seconds)
        print(f"{told}: {share:.2f} of what {WORKERS} processes in a loop do, {cpu / used:.2f} of {used:.0f} CPU s")
    print(f"MB a worker at most: {', '.join(f'{peak:.0f}' for peak in peaks)}")
    strange = {status: count for status, count in seen.statuses.items() if status not in INTENDED}
    if strange or seen.lost:
        sys.exit(f"not intended: {strange}; lost: {seen.lost[:10]}")


if __name__ == "__main__":
    main()
