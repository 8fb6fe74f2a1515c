"""What whoever runs turdify may set, read from the environment once at the start."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from turdify.detection import DEFAULT_DETECTOR, DETECTORS
from turdify.environment import one_of, whole_number
from turdify.machine import (
    PHOTO_BYTES_LIMIT,
    PIXELS_LIMIT,
    QUEUE,
    SECONDS_LIMIT,
    THREADS_LIMIT,
    TIMEOUT_S,
    WAIT_S,
    WORKERS_LIMIT,
    queue,
)
from turdify.photo import MAX_BYTES, MAX_PIXELS

BYTES_LIMIT = 2**30

# More proxies in a row than anybody has.
PROXIES_LIMIT = 10

LOGS = ("plain", "json")

# In characters: of fewer, guesses find too many.
SHORTEST_PASSWORD = 8


@dataclass(frozen=True)
class Settings:
    """The variables TURDIFY_DETECTOR, TURDIFY_MAX_BYTES and so on.

    Without a secret key the app makes one when it starts, and forms opened before that have to be opened again.
    `proxies` is how many stand in front of us, each adding to X-Forwarded-For and X-Forwarded-Proto;
    `threads` is how many find the faces in one photo, 0 for one a core. `workers` photos are worked on at once, each
    for at most `timeout_s` seconds, and `queue` wait for that, at most `wait_s` seconds. `hosts` are the names by which
    we may be called, any if there are none; `log` is how a photo's line in the log is written. `photo_bytes` of memory
    are for each photo, 0 for as many as it takes; one in which people are looked for has at most `people_pixels`.
    Whoever comes needs the password, if there is one.
    """

    detector: str = DEFAULT_DETECTOR
    max_bytes: int = MAX_BYTES
    max_pixels: int = MAX_PIXELS
    secret_key: str = field(default="", repr=False)
    proxies: int = 0
    threads: int = 0
    workers: int = 1
    queue: int = QUEUE
    wait_s: int = WAIT_S
    timeout_s: int = TIMEOUT_S
    hosts: tuple[str, ...] = ()
    log: str = LOGS[0]
    metrics_port: str = ""
    photo_bytes: int = 0
    people_pixels: int = MAX_PIXELS
    password: str = field(default="", repr=False)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "Settings":
        """Raises ValueError, naming the variable, for a value that can't be used."""
        workers = whole_number(environment, "TURDIFY_WORKERS", 1, 1, WORKERS_LIMIT)
        return cls(
            one_of(environment, "TURDIFY_DETECTOR", DETECTORS, DEFAULT_DETECTOR),
            whole_number(environment, "TURDIFY_MAX_BYTES", MAX_BYTES, 1, BYTES_LIMIT),
            whole_number(environment, "TURDIFY_MAX_PIXELS", MAX_PIXELS, 1, PIXELS_LIMIT),
            environment.get("TURDIFY_SECRET_KEY", ""),
            whole_number(environment, "TURDIFY_PROXIES", 0, 0, PROXIES_LIMIT),
            whole_number(environment, "TURDIFY_THREADS", 0, 1, THREADS_LIMIT),
            workers,
            queue(workers, environment),
            whole_number(environment, "TURDIFY_WAIT_S", WAIT_S, 0, SECONDS_LIMIT),
            whole_number(environment, "TURDIFY_TIMEOUT_S", TIMEOUT_S, 1, SECONDS_LIMIT),
            hosts(environment),
            one_of(environment, "TURDIFY_LOG", LOGS, LOGS[0]),
            environment.get("TURDIFY_METRICS_BIND", "").rpartition(":")[2],
            whole_number(environment, "TURDIFY_PHOTO_BYTES", 0, 1, PHOTO_BYTES_LIMIT),
            whole_number(environment, "TURDIFY_PEOPLE_PIXELS", MAX_PIXELS, 1, PIXELS_LIMIT),
            password(environment),
        )


def hosts(environment: Mapping[str, str]) -> tuple[str, ...]:
    """Names of hosts, in lower case, as browsers send them."""
    names = environment.get("TURDIFY_HOSTS", "").lower().replace(",", " ").split()
    for name in names:
        if not re.fullmatch(r"\.?[\w-]+(\.[\w-]+)*", name):
            raise ValueError(
                f"TURDIFY_HOSTS must be names of hosts, as pi.local, or .example.org for all below it, not {name!r}."
            )
    return tuple(names)


def password(environment: Mapping[str, str]) -> str:
    """The password, which the error doesn't tell."""
    text = environment.get("TURDIFY_PASSWORD", "")
    if 0 < len(text) < SHORTEST_PASSWORD:
        raise ValueError(f"TURDIFY_PASSWORD must be of at least {SHORTEST_PASSWORD} characters.")
    return text
