"""How gunicorn serves turdify; scripts/serve starts it."""

import os
import secrets

from turdify.machine import keep_little_freed_memory, plan, this_machine

wsgi_app = "wsgi:app"
bind = os.environ.get("TURDIFY_BIND", "0.0.0.0:8000")
forwarded_allow_ips = ""  # the app knows whom to believe: TURDIFY_PROXIES

keep_little_freed_memory()
machine = this_machine()
try:
    chosen = plan(machine, os.environ)
except ValueError as error:
    raise SystemExit(str(error)) from error

# What the workers read beside the rest of the environment; settled here, in the parent, so that it is the same for all.
raw_env = [
    f"TURDIFY_MAX_PIXELS={chosen.max_pixels}",
    f"TURDIFY_SECRET_KEY={os.environ.get('TURDIFY_SECRET_KEY') or secrets.token_hex(32)}",
    f"TURDIFY_THREADS={chosen.threads}",
]

# Plain workers: the parent can kill one that a hostile photo keeps busy, which it can't do to a thread. Each loads
# its own detector after the fork (ONNX Runtime's threads don't survive one).
workers = chosen.workers
worker_class = "sync"
timeout = 30
graceful_timeout = 35
max_requests = 500  # what fragmentation has taken goes back to the machine
max_requests_jitter = 50

# Nothing is written to a disk.
worker_tmp_dir = "/dev/shm"  # noqa: S108  memory, not a disk
control_socket_disable = True


def when_ready(server: object) -> None:
    address = bind.replace("0.0.0.0", "localhost")  # noqa: S104
    print(f"turdify is at http://{address} (Ctrl+C stops it)")
    print(f"{chosen}, for {machine}", flush=True)
