"""How gunicorn serves turdify; scripts/serve starts it."""

import os
import shutil
import sys
import tempfile
from functools import partial
from typing import Any

from turdify.heap import keep_little_freed_memory, restart_with_huge_pages
from turdify.interrupts import end_at_interrupts, hold_interrupts, start_forks_anew

if __name__ == "__config__":  # gunicorn's name for it; whoever else reads it goes on
    hold_interrupts()
    restart_with_huge_pages()
    end_at_interrupts()  # until gunicorn has handlers of its own
    start_forks_anew()

from turdify.machine import in_time, is_told, longest_s, photo_bytes, plan, this_machine
from turdify.pace import sample_seconds
from turdify.settings import Settings, listening_address, made_key
from turdify.slots import shared_file
from turdify.worker import Worker

MEMORY = "/dev/shm"  # noqa: S108  not a disk
COUNTS = "PROMETHEUS_MULTIPROC_DIR"  # where prometheus_client looks

wsgi_app = "wsgi:app"
forwarded_allow_ips = ""  # the app knows whom to believe: TURDIFY_PROXIES

keep_little_freed_memory()
machine = this_machine()
try:  # all that is set, in the parent: each worker would tell it once more, after a traceback
    address = listening_address(os.environ, "TURDIFY_BIND", "0.0.0.0:8000")
    metrics = listening_address(os.environ, "TURDIFY_METRICS_BIND")
    chosen = plan(machine, os.environ)
    detector = Settings.from_environment({**os.environ, "TURDIFY_WORKERS": str(chosen.workers)}).detector
    if not is_told(os.environ):
        chosen = in_time(chosen, os.environ, sample_seconds(detector, chosen.workers))
    graceful_timeout = longest_s(chosen, os.environ)
    allowed_bytes = photo_bytes(chosen, os.environ)
except (ValueError, RuntimeError) as error:
    raise SystemExit(str(error)) from error

bind = [address, metrics] if metrics else address

# What the workers read beside the rest of the environment; settled here, in the parent, so that it is the same for all.
raw_env = [
    f"TURDIFY_MAX_PIXELS={chosen.max_pixels}",
    f"TURDIFY_PEOPLE_PIXELS={chosen.people_pixels}",
    f"TURDIFY_PHOTO_BYTES={allowed_bytes}",
    f"TURDIFY_SECRET_KEY={os.environ.get('TURDIFY_SECRET_KEY') or made_key()}",
    f"TURDIFY_THREADS={chosen.threads}",
    f"TURDIFY_TIMEOUT_S={chosen.timeout_s}",
    f"TURDIFY_WORKERS={chosen.workers}",
]

# As many processes as photos at once, though any may take any: a photo needs a slot, and those are shared. Each loads
# its own detector after the fork (ONNX Runtime's threads don't survive one). Threads are for all else: uploads that
# arrive, photos that wait, the page, /healthz.
shared_file()
workers = chosen.workers
worker_class = Worker
threads = 64
worker_connections = 900  # a process may have 1024 files open: some are left for photos that wait, and for libraries
timeout = 30  # for a worker that says nothing at all; a photo's own time is TURDIFY_TIMEOUT_S
max_requests = 500  # what fragmentation has taken goes back to the machine, once nobody is connected
max_requests_jitter = 500  # not from all at once

# Nothing is written to a disk.
worker_tmp_dir = MEMORY
control_socket_disable = True


# Options that would take from turdify what its promises rest on.
OURS = {"worker_class": Worker, "threads": threads, "workers": workers, "preload_app": False}


def on_starting(server: Any) -> None:
    if server.cfg.is_ssl:  # turdify/worker.py looks at what comes before anybody could have deciphered it
        raise SystemExit("turdify leaves HTTPS to a server in front of it; docs/deploy.md says how, with nginx.")
    for name, value in OURS.items():
        if getattr(server.cfg, name) != value:
            raise SystemExit(f"turdify has its own {name}; leave it out. TURDIFY_WORKERS is how many photos at once.")
    if metrics and metrics not in server.cfg.bind:
        raise SystemExit("TURDIFY_METRICS_BIND goes with TURDIFY_BIND. Say by that where to listen, and not by --bind.")
    sys.excepthook = partial(tell_unbound, server.cfg.bind)


def tell_unbound(addresses: list[str], kind: type[BaseException], error: BaseException, *_: object) -> None:
    """What gunicorn can't listen at, in one line."""
    print(f"turdify can't listen at {' and '.join(addresses)}: {error}", file=sys.stderr)


def when_ready(server: Any) -> None:
    sys.excepthook = sys.__excepthook__
    if metrics and COUNTS not in os.environ:  # not before: a server that doesn't start leaves nothing
        os.environ[COUNTS] = tempfile.mkdtemp(prefix="turdify-metrics-", dir=MEMORY)
    told = os.environ.get("TURDIFY_ADDRESS")  # in a container, ours is nothing that anybody could open
    shown = told or f"http://{server.cfg.bind[0].replace('0.0.0.0', 'localhost')}"  # noqa: S104
    shown = shown.removesuffix(":443" if shown.startswith("https") else ":80")
    print(f"turdify is at {shown}" + ("" if told else " (Ctrl+C stops it)"))
    print(f"{chosen}, for {machine}")
    if not os.environ.get("TURDIFY_HOSTS"):
        print("It answers to every host name. TURDIFY_HOSTS says which are its own.")
    if os.environ.get("TURDIFY_PASSWORD") and not shown.startswith("https"):
        print("It asks for the password. Without HTTPS, whoever shares a network on the way can read it along.")
    sys.stdout.flush()


def on_exit(server: object) -> None:
    if os.path.basename(os.environ.get(COUNTS, "")).startswith("turdify-metrics-"):
        shutil.rmtree(os.environ[COUNTS], ignore_errors=True)
