"""What a machine affords: how many photos at once, on how many threads each, and how large they may be."""

import math
import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path

from turdify.environment import one_of, whole_number

MB = 10**6

# What a Pi's system, Docker and nginx take, and what gunicorn's parent does.
SYSTEM_BYTES = 250 * MB
PARENT_BYTES = 30 * MB

# What the uploads of those who wait for their turn may take in each worker, beside what is worked on.
QUEUED_BYTES = 32 * MB

# What a worker comes to take for the worst photo of any kind: the greatest of these (bytes, bytes a pixel), uploads of
# 25 MB and answers included. Measured by bench/memory.py, with a little to spare. CenterFace's first is finding faces
# in a picture with transparency, its second is decoding a WebP; dlib looks at a photo twice as wide and high.
NEEDS = {
    "centerface": [(270 * MB, 8), (150 * MB, 16)],
    "dlib": [(200 * MB, 54)],
}

# What face_recognition and its models come to take in a worker, once somebody asks for people; measured: 65 MB.
RECOGNITION_BYTES = 70 * MB

# turdify.photo's MAX_BYTES and MAX_PIXELS, whose import would start NumPy's threads in gunicorn's parent, where they
# don't belong.
MOST_BYTES = 25 * 2**20
MOST_PIXELS = 65_000_000

# Where Pillow itself refuses a picture, whatever is set: twice its MAX_IMAGE_PIXELS.
PIXELS_LIMIT = 178_956_970
PHOTO_BYTES_LIMIT = 2**40
WORKERS_LIMIT = THREADS_LIMIT = 256

# How many photos may wait for their turn and how long, how long one may be worked on, and what a stage that overruns
# gets to end by itself. In seconds: browsers and proxies wait for a minute and more, people less.
QUEUE = 16
WAIT_S, TIMEOUT_S, SECONDS_LIMIT = 20, 60, 600
GRACE_S = 5

# A photo gets twice the seconds that the worst one of the allowed size takes, within these; where that is not enough,
# photos have to be smaller.
SHORTEST_S, LONGEST_S = 30, 120

# What that worst one takes, in times of the sample photo: (to find faces where there are none, each million pixels).
# Measured by bench/pace.py, with a little to spare.
PACE = {"centerface": (8, 2.1), "dlib": (2, 2.4)}

# What looking for people adds to that, by bench/pace.py: ten reference photos, and the encodings of their faces and of
# sixty in the photo; and for each million of the reference photos' own pixels, which together are at most a photo's.
LOOKING = {"centerface": (160, 0.5), "dlib": (40, 2.4)}

# So many threads of a worker may be busy with requests that have a body. A photo that is worked on or waits takes one.
MAX_BODIES = 48

# Phones make photos of 12 and, the newer ones, of 24 million unless they are told otherwise. As many workers as can
# hold one of these; with what is left over, the limit of all becomes larger.
COMMON_PIXELS = 24_000_000

# Where Linux says what a container may have of the memory (cgroups 2 and 1).
CGROUPS = Path("/sys/fs/cgroup")
MEMORY_LIMITS = ("memory.max", "memory/memory.limit_in_bytes")


@dataclass(frozen=True)
class Machine:
    """The cores and the bytes of memory that are ours to use."""

    cores: int
    memory: int

    def __str__(self) -> str:
        return f"{count(self.cores, 'core')} and {self.memory // MB} MB"


@dataclass(frozen=True)
class Plan:
    """Photos at once, threads for each, and the largest photo in pixels, so that the worst ones fit all at once.

    `timeout_s` is the seconds that each may be worked on, `people_pixels` the largest in which people are looked for.
    """

    workers: int
    threads: int
    max_pixels: int
    timeout_s: int = TIMEOUT_S
    people_pixels: int = MOST_PIXELS

    def __str__(self) -> str:
        workers, threads = count(self.workers, "worker"), count(self.threads, "thread")
        megapixels = f"{self.max_pixels / 10**6:g} megapixels"
        return f"{workers}, {threads} each, photos of up to {megapixels}, {self.timeout_s} seconds for each"


def count(number: int, noun: str) -> str:
    return f"{number} {noun}" + ("" if number == 1 else "s")


def this_machine(cgroups: Path = CGROUPS) -> Machine:
    """All of the machine but what its system needs, or what a container may have of it."""
    physical = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    limits = [int(text) for name in MEMORY_LIMITS if (text := read(cgroups / name)).isdigit()]
    ours = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1  # Linux's, others'
    cores = min(ours, quota(cgroups))
    return Machine(max(1, int(cores)), min([physical - SYSTEM_BYTES, *limits]))


def quota(cgroups: Path) -> float:
    """The cores' worth of time that a container may have; infinite where nothing limits it."""
    allowed, period = [
        *read(cgroups / "cpu.max").split(),
        read(cgroups / "cpu" / "cpu.cfs_quota_us"),
        read(cgroups / "cpu" / "cpu.cfs_period_us"),
    ][:2]
    return int(allowed) / int(period) if allowed.isdigit() and period.isdigit() else float("inf")


def read(path: Path) -> str:
    """A file's text; empty where there is no such file."""
    return path.read_text().strip() if path.exists() else ""


def plan(machine: Machine, environment: Mapping[str, str]) -> Plan:
    """What the environment says, and for the rest what is right for the machine; there is always a plan.

    Raises ValueError, naming the variable, for a value that can't be used.
    """
    detector = one_of(environment, "TURDIFY_DETECTOR", NEEDS, "centerface")
    memory = machine.memory - PARENT_BYTES
    wanted_pixels = whole_number(environment, "TURDIFY_MAX_PIXELS", COMMON_PIXELS, 1, PIXELS_LIMIT)
    affordable_workers = max(1, min(machine.cores, memory // need(detector, wanted_pixels)))
    workers = whole_number(environment, "TURDIFY_WORKERS", affordable_workers, 1, WORKERS_LIMIT)
    return Plan(
        workers,
        whole_number(environment, "TURDIFY_THREADS", max(1, machine.cores // workers), 1, THREADS_LIMIT),
        whole_number(
            environment, "TURDIFY_MAX_PIXELS", affordable_pixels(detector, memory // workers), 1, PIXELS_LIMIT
        ),
        whole_number(environment, "TURDIFY_TIMEOUT_S", TIMEOUT_S, 1, SECONDS_LIMIT),
        whole_number(environment, "TURDIFY_PEOPLE_PIXELS", MOST_PIXELS, 1, PIXELS_LIMIT),
    )


def is_told(environment: Mapping[str, str]) -> bool:
    """Whether the environment says all that in_time would."""
    return "TURDIFY_TIMEOUT_S" in environment and "TURDIFY_MAX_PIXELS" in environment


def in_time(chosen: Plan, environment: Mapping[str, str], sample_s: float) -> Plan:
    """The plan, with a time limit, and as few pixels, that every photo which is let in is done in half the time.

    One in which people are looked for may take all of it. `sample_s` is what the sample photo takes when all workers
    are busy. What the environment says stays. Raises ValueError as plan does.
    """
    detector = one_of(environment, "TURDIFY_DETECTOR", PACE, "centerface")
    fixed, each = PACE[detector]
    worst_s = sample_s * (fixed + each * chosen.max_pixels / 10**6)
    enough_s = min(max(SHORTEST_S, math.ceil(2 * worst_s)), LONGEST_S)
    timeout_s = whole_number(environment, "TURDIFY_TIMEOUT_S", enough_s, 1, SECONDS_LIMIT)
    pixels = min(chosen.max_pixels, whole_millions((timeout_s / 2 / sample_s - fixed) / each))
    max_pixels = whole_number(environment, "TURDIFY_MAX_PIXELS", pixels, 1, PIXELS_LIMIT)
    people_fixed, people_each = LOOKING[detector]
    with_people = whole_millions((timeout_s / sample_s - fixed - people_fixed) / (each + people_each))
    people_pixels = whole_number(environment, "TURDIFY_PEOPLE_PIXELS", with_people, 1, PIXELS_LIMIT)
    return replace(chosen, max_pixels=max_pixels, timeout_s=timeout_s, people_pixels=min(max_pixels, people_pixels))


def longest_s(chosen: Plan, environment: Mapping[str, str]) -> int:
    """The seconds until every photo that was let in has its answer. Raises ValueError as plan does."""
    return whole_number(environment, "TURDIFY_WAIT_S", WAIT_S, 0, SECONDS_LIMIT) + chosen.timeout_s + GRACE_S


def queue(workers: int, environment: Mapping[str, str]) -> int:
    """How many photos may wait: no more than there are threads for. Raises ValueError as plan does."""
    return whole_number(environment, "TURDIFY_QUEUE", QUEUE, 0, workers * (MAX_BODIES - 1))


def photo_bytes(chosen: Plan, environment: Mapping[str, str]) -> int:
    """The bytes that a photo may take: what the worst of the allowed size does. Raises ValueError as plan does."""
    detector = one_of(environment, "TURDIFY_DETECTOR", NEEDS, "centerface")
    return whole_number(environment, "TURDIFY_PHOTO_BYTES", need(detector, chosen.max_pixels), 1, PHOTO_BYTES_LIMIT)


def need(detector: str, pixels: int) -> int:
    """The bytes that a worker takes for the worst photo of so many pixels, and for the uploads that wait meanwhile."""
    return beside_photos() + max(fixed + pixels * each for fixed, each in NEEDS[detector])


def beside_photos() -> int:
    """The bytes for uploads that wait, and for recognizing people where that can be done."""
    return QUEUED_BYTES + (RECOGNITION_BYTES if find_spec("face_recognition") else 0)


def affordable_pixels(detector: str, memory: int) -> int:
    """The most pixels that so many bytes hold, in whole millions: at least one, at most what is ever taken."""
    pixels = min((memory - beside_photos() - fixed) / each for fixed, each in NEEDS[detector])
    return min(MOST_PIXELS, whole_millions(pixels / 10**6))


def whole_millions(megapixels: float) -> int:
    """At least one."""
    return max(1, int(megapixels)) * 10**6
