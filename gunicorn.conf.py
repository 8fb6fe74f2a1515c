"""How gunicorn serves turdify; scripts/serve starts it."""

import os
import secrets
from pathlib import Path

# What a worker may come to take: 430 MB for a 12 MP photo (measured), more for larger ones.
WORKER_BYTES = 700 * 10**6

# Where Linux says how much memory there is for us: all of it, or what a container may take (cgroups 2 and 1).
MEMORY_LIMITS = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")


def memory_bytes() -> int:
    sizes = [os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")]
    for limit in map(Path, MEMORY_LIMITS):
        if limit.exists() and (text := limit.read_text().strip()).isdigit():
            sizes.append(int(text))
    return min(sizes)


def affordable_workers(memory: int, cores: int) -> int:
    """One a core, as far as the memory goes: a 1 GB Pi gets one, a 4 GB Pi four."""
    return max(1, min(cores, memory // WORKER_BYTES))


def wanted_workers(setting: str) -> int:
    """As many as are set, or else as many as the machine affords."""
    if not setting:
        return affordable_workers(memory_bytes(), os.cpu_count() or 1)
    if not (setting.isascii() and setting.isdigit() and int(setting)):
        raise SystemExit(f"TURDIFY_WORKERS must be a whole number, at least 1, not {setting!r}.")
    return int(setting)


wsgi_app = "wsgi:app"
bind = os.environ.get("TURDIFY_BIND", "0.0.0.0:8000")

# Made here, in the parent, so that all workers sign forms with the same key.
os.environ["TURDIFY_SECRET_KEY"] = os.environ.get("TURDIFY_SECRET_KEY") or secrets.token_hex(32)

# Plain workers: the parent can kill one that a hostile photo keeps busy, which it can't do to a thread. Each loads
# its own detector after the fork (ONNX Runtime's threads don't survive one).
workers = wanted_workers(os.environ.get("TURDIFY_WORKERS", ""))
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
    print(f"turdify is at http://{address}, workers: {workers} (Ctrl+C stops it)", flush=True)
