"""What whoever runs turdify may set, read from the environment once at the start."""

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache

from turdify.environment import one_of, whole_number
from turdify.machine import (
    MOST_BYTES,
    MOST_PIXELS,
    NEEDS,
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

BYTES_LIMIT = 2**30

PORTS_LIMIT = 2**16 - 1

# What gunicorn also listens on: Unix sockets, and what is open already.
PORTLESS = ("unix:", "fd://")

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

    detector: str = "centerface"
    max_bytes: int = MOST_BYTES
    max_pixels: int = MOST_PIXELS
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
    people_pixels: int = MOST_PIXELS
    password: str = field(default="", repr=False)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "Settings":
        """Raises ValueError, naming the variable, for a value that can't be used."""
        workers = whole_number(environment, "TURDIFY_WORKERS", cls.workers, 1, WORKERS_LIMIT)
        return cls(
            detector=one_of(environment, "TURDIFY_DETECTOR", NEEDS, cls.detector),
            max_bytes=whole_number(environment, "TURDIFY_MAX_BYTES", cls.max_bytes, 1, BYTES_LIMIT),
            max_pixels=whole_number(environment, "TURDIFY_MAX_PIXELS", cls.max_pixels, 1, PIXELS_LIMIT),
            secret_key=environment.get("TURDIFY_SECRET_KEY", ""),
            proxies=whole_number(environment, "TURDIFY_PROXIES", cls.proxies, 0, PROXIES_LIMIT),
            threads=whole_number(environment, "TURDIFY_THREADS", cls.threads, 1, THREADS_LIMIT),
            workers=workers,
            queue=queue(workers, environment),
            wait_s=whole_number(environment, "TURDIFY_WAIT_S", cls.wait_s, 0, SECONDS_LIMIT),
            timeout_s=whole_number(environment, "TURDIFY_TIMEOUT_S", cls.timeout_s, 1, SECONDS_LIMIT),
            hosts=hosts(environment),
            log=one_of(environment, "TURDIFY_LOG", LOGS, cls.log),
            metrics_port=metrics_port(environment),
            photo_bytes=whole_number(environment, "TURDIFY_PHOTO_BYTES", cls.photo_bytes, 1, PHOTO_BYTES_LIMIT),
            people_pixels=whole_number(environment, "TURDIFY_PEOPLE_PIXELS", cls.people_pixels, 1, PIXELS_LIMIT),
            password=password(environment),
        )


def listening_address(environment: Mapping[str, str], name: str, default: str = "") -> str:
    """Where to listen, as gunicorn understands it, or the default where it isn't set."""
    text = environment.get(name, default)
    _, colon, port = text.removeprefix("tcp://").rpartition(":")
    is_port = colon and port.isascii() and port.isdigit() and len(port) <= 5 and int(port) <= PORTS_LIMIT
    if text and not (is_port or text.startswith(PORTLESS)):
        raise ValueError(f"{name} must be an address with a port, as 127.0.0.1:8000, not {text!r}.")
    return text


def metrics_port(environment: Mapping[str, str]) -> str:
    """The port of TURDIFY_METRICS_BIND, by which its requests are told from others; "" where that isn't set."""
    text = listening_address(environment, "TURDIFY_METRICS_BIND")
    if text.startswith(PORTLESS):
        raise ValueError(f"TURDIFY_METRICS_BIND must be an address with a port, as 127.0.0.1:9000, not {text!r}.")
    return text.rpartition(":")[2]


@cache
def made_key() -> str:
    """A key for as long as this process lives: pages that are open outlive a reload, and so do counted guesses."""
    return secrets.token_hex(32)


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
