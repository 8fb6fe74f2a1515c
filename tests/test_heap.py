import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.pictures import decoded
from tests.serving import eventually, serving, workers
from turdify import heap
from turdify.heap import (
    HUGE,
    TUNABLES,
    ask_for_huge_pages,
    has_small_huge_pages,
    is_privileged,
    restart_with_huge_pages,
)

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="glibc's, and reads /proc")

# A block is freed, so that glibc keeps the next ones of its size; then four more, below one that stays.
KEEPING = """
from pathlib import Path
from turdify.heap import keep_little_freed_memory
{call}
block = bytearray(20_000_000)
del block
blocks = [bytearray(20_000_000) for _ in range(4)]
lid = bytearray(100_000)
del blocks
print(int(Path("/proc/self/statm").read_text().split()[1]) * 4096)
"""


def test_freed_memory_goes_back_to_the_machine() -> None:
    kept, returned = (
        int(subprocess.run([sys.executable, "-c", KEEPING.format(call=call)], check=True, capture_output=True).stdout)
        for call in ("", "keep_little_freed_memory()")
    )
    assert returned < kept - 50_000_000


# It says what it was called with and has, and how much memory is in huge pages.
RESTARTED = """
import json, os, sys
from pathlib import Path
from turdify.heap import restart_with_huge_pages
print("started", flush=True)
restart_with_huge_pages()
block = bytearray(40_000_000)
block[:] = b"x" * len(block)
lines = Path("/proc/self/smaps_rollup").read_text().splitlines()
huge = sum(int(line.split()[1]) for line in lines if line.startswith("AnonHugePages:"))
print(json.dumps([sys.argv[1:], os.environ["GLIBC_TUNABLES"], huge]))
"""


def restarted(environment: dict[str, str]) -> tuple[int, list[str], str, int]:
    """How often it started, its arguments, its tunables, and the kB that it has in huge pages."""
    command = [sys.executable, "-c", RESTARTED, "--one", "two words"]
    done = subprocess.run(command, env=os.environ | environment, check=True, capture_output=True, text=True)
    *starts, told = done.stdout.splitlines()
    return len(starts), *json.loads(told)


@pytest.mark.skipif(not has_small_huge_pages(), reason="the machine has no huge pages, or large ones")
def test_a_program_starts_anew_once_with_its_arguments_and_has_huge_pages() -> None:
    starts, arguments, tunables, huge = restarted({TUNABLES: ""})
    assert (starts, arguments, tunables) == (2, ["--one", "two words"], HUGE)
    assert huge > 30_000


def test_who_has_set_huge_pages_is_not_overruled() -> None:
    starts, _, tunables, huge = restarted({TUNABLES: "glibc.malloc.hugetlb=0"})
    assert (starts, tunables, huge) == (1, "glibc.malloc.hugetlb=0", 0)


@pytest.mark.parametrize(("size", "asked"), [("2097152", True), ("33554432", False), ("", False), (None, False)])
def test_huge_pages_are_asked_for_only_where_they_are_small(
    size: str | None, asked: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(heap, "HUGE_PAGE", tmp_path / "size")
    monkeypatch.setenv(TUNABLES, "glibc.malloc.check=1")
    if size is not None:
        heap.HUGE_PAGE.write_text(size)
    assert ask_for_huge_pages() == asked
    assert os.environ[TUNABLES] == "glibc.malloc.check=1" + (f":{HUGE}" if asked else "")


@pytest.mark.skipif(not has_small_huge_pages(), reason="the machine has no huge pages, or large ones")
@pytest.mark.parametrize("privileged", [True, False])
def test_a_python_with_capabilities_asks_for_none_as_it_would_ask_again_and_again(
    privileged: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """glibc takes its wish from it, so that it would start anew without end."""
    assert not is_privileged()
    monkeypatch.setattr(heap, "is_privileged", lambda: privileged)
    monkeypatch.setenv(TUNABLES, "")
    assert ask_for_huge_pages() != privileged


@pytest.mark.skipif(not has_small_huge_pages(), reason="the machine has no huge pages, or large ones")
def test_a_program_that_cannot_start_anew_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(TUNABLES, "")
    monkeypatch.setattr(sys, "executable", "/no/such/program")
    restart_with_huge_pages()
    assert os.environ[TUNABLES] == HUGE


@pytest.mark.skipif(not has_small_huge_pages(), reason="the machine has no huge pages, or large ones")
def test_the_command_line_has_huge_pages_and_reads_its_photo_all_the_same(jpeg: bytes) -> None:
    command = [sys.executable, "-m", "turdify", "-", "--format", "png"]
    environment = os.environ | {TUNABLES: ""}
    with subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        given = Path(f"/proc/{process.pid}/environ")
        assert eventually(lambda: f"{TUNABLES}={HUGE}".encode() in given.read_bytes().split(b"\0"))
        covered, _ = process.communicate(jpeg)
    assert (process.returncode, decoded(covered).size) == (0, (512, 512))


@pytest.mark.skipif(not has_small_huge_pages(), reason="the machine has no huge pages, or large ones")
def test_the_server_and_its_workers_have_huge_pages(tmp_path: Path) -> None:
    with serving(tmp_path, settings={TUNABLES: ""}) as server:
        processes = server.process.pid, *workers(server)
        given = [Path(f"/proc/{process}/environ").read_bytes().split(b"\0") for process in processes]
    assert len(given) > 1
    assert all(f"{TUNABLES}={HUGE}".encode() in variables for variables in given)
