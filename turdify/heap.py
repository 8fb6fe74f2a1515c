"""How glibc's malloc takes memory from the machine and gives it back. Elsewhere nothing happens here."""

import ctypes
import os
import sys
from contextlib import suppress
from pathlib import Path

# glibc's M_TRIM_THRESHOLD and M_ARENA_MAX, from its malloc.h; the freed bytes that it may keep, and in how many places:
# by itself it makes one for each thread, up to eight a core.
TRIM_THRESHOLD, ARENA_MAX = -1, -8
KEPT_BYTES, ARENAS = 64 * 2**20, 2

# glibc reads its tunables only as a program starts; this one is madvise(MADV_HUGEPAGE) for what malloc maps.
TUNABLES = "GLIBC_TUNABLES"
HUGE = "glibc.malloc.hugetlb=1"

# Where Linux says how large a huge page is. On arm64 one may have 32 or 512 MB, which a small photo would take whole.
HUGE_PAGE = Path("/sys/kernel/mm/transparent_hugepage/hpage_pmd_size")
HUGE_PAGE_BYTES = 2 * 2**20

# The number by which Linux tells whether a program may do more than whoever started it, from its auxvec.h.
AT_SECURE = 23


def keep_little_freed_memory() -> None:
    """From now on what a photo took goes back to the machine, in this process and those that it forks.

    By itself glibc keeps ever larger blocks for later: a 12-megapixel photo takes 430 to 440 MB rather than 380.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:  # it is glibc's alone
        mallopt(TRIM_THRESHOLD, KEPT_BYTES)
        mallopt(ARENA_MAX, ARENAS)


def ask_for_huge_pages() -> bool:
    """Let the programs that this one starts from now on have huge pages, if the machine's are small enough.

    What is always given back has to be got anew for each photo, and page by page that takes a quarter of its CPU time.
    Returns whether this changed what they will get.
    """
    tunables = os.environ.get(TUNABLES, "")
    if "glibc.malloc.hugetlb" in tunables or not has_small_huge_pages() or is_privileged():
        return False
    os.environ[TUNABLES] = f"{tunables}:{HUGE}".removeprefix(":")
    return True


def has_small_huge_pages() -> bool:
    """Whether the machine has huge pages, of HUGE_PAGE_BYTES at most."""
    try:
        return 0 < int(HUGE_PAGE.read_text()) <= HUGE_PAGE_BYTES
    except (OSError, ValueError):
        return False


def is_privileged() -> bool:
    """Whether Python may do more than whoever started it, as after `setcap`: then glibc takes no tunables from them.

    Whoever asked for huge pages and started anew would find that it has none, again and again.
    """
    return bool(ctypes.CDLL(None).getauxval(AT_SECURE))


def restart_with_huge_pages() -> None:
    """Start this program anew, with the same arguments, where it doesn't have huge pages yet and may."""
    if ask_for_huge_pages():
        with suppress(OSError):  # it goes on without
            os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])  # noqa: S606  it is ourselves
