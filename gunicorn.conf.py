"""How gunicorn serves turdify; scripts/serve starts it."""

import os
import secrets

wsgi_app = "wsgi:app"
bind = os.environ.get("TURDIFY_BIND", "0.0.0.0:8000")

# Made here, in the parent, so that all workers sign forms with the same key.
os.environ.setdefault("TURDIFY_SECRET_KEY", secrets.token_hex(32))

# Plain workers: the parent can kill one that a hostile photo keeps busy, which it can't do to a thread. Each loads
# its own detector after the fork (ONNX Runtime's threads don't survive one).
workers = 2
worker_class = "sync"
timeout = 30
graceful_timeout = 35
max_requests = 500  # what fragmentation has taken goes back to the machine
max_requests_jitter = 50

# Nothing is written to a disk.
worker_tmp_dir = "/dev/shm"  # noqa: S108  memory, not a disk
control_socket_disable = True


def when_ready(server: object) -> None:
    print(f"turdify is at http://{bind.replace('0.0.0.0', 'localhost')} (Ctrl+C stops it)", flush=True)  # noqa: S104
