"""What is worked on at once, and how large, on machines from the smallest Pi up."""

import os
from pathlib import Path

import pytest

from turdify import detection, photo
from turdify.machine import (
    LONGEST_S,
    LOOKING,
    MB,
    MOST_BYTES,
    MOST_PIXELS,
    NEEDS,
    PACE,
    PARENT_BYTES,
    RECOGNITION_BYTES,
    SHORTEST_S,
    Machine,
    Plan,
    in_time,
    longest_s,
    need,
    photo_bytes,
    plan,
    this_machine,
)


@pytest.mark.parametrize(
    ("cores", "memory", "expected"),
    [
        (4, 300, Plan(1, 4, 1_000_000)),
        (4, 690, Plan(1, 4, 25_000_000)),  # a Pi of 1 GB, without what its system takes
        (4, 1740, Plan(2, 2, 37_000_000)),  # of 2 GB
        (4, 3720, Plan(4, 1, 41_000_000)),  # of 4 GB
        (4, 64_000, Plan(4, 1, 65_000_000)),
        (1, 64_000, Plan(1, 1, 65_000_000)),
    ],
)
def test_workers_threads_and_pixels_follow_cores_and_memory(cores: int, memory: int, expected: Plan) -> None:
    assert plan(Machine(cores, memory * MB), {}) == expected


@pytest.mark.parametrize("detector", NEEDS)
@pytest.mark.parametrize("memory", range(700, 9000, 300))
def test_the_largest_photos_fit_all_at_once(memory: int, detector: str) -> None:
    chosen = plan(Machine(4, memory * MB), {"TURDIFY_DETECTOR": detector})
    assert PARENT_BYTES + chosen.workers * need(detector, chosen.max_pixels) <= memory * MB


def test_each_choice_can_be_made_by_a_variable() -> None:
    pi = Machine(4, 1740 * MB)
    assert plan(pi, {"TURDIFY_WORKERS": "1"}) == Plan(1, 4, 65_000_000)
    assert plan(pi, {"TURDIFY_MAX_PIXELS": "60000000"}) == Plan(1, 4, 60_000_000)
    assert plan(pi, {"TURDIFY_THREADS": "3"}) == Plan(2, 3, 37_000_000)


@pytest.mark.parametrize("name", ["TURDIFY_WORKERS", "TURDIFY_THREADS", "TURDIFY_MAX_PIXELS", "TURDIFY_DETECTOR"])
@pytest.mark.parametrize("value", ["", "0", "-1", "many", "1.5", "999999999999"])
def test_a_value_that_cannot_be_is_refused_by_name(name: str, value: str) -> None:
    with pytest.raises(ValueError, match=f"{name} must be .*, not '{value}'"):
        plan(Machine(4, 1740 * MB), {name: value})


@pytest.mark.parametrize("detector", PACE)
@pytest.mark.parametrize("sample_s", [0.05, 0.2, 0.5, 1, 1.5])
def test_every_photo_that_is_let_in_is_done_in_half_its_time(detector: str, sample_s: float) -> None:
    chosen = in_time(Plan(4, 1, 45_000_000), {"TURDIFY_DETECTOR": detector}, sample_s)
    fixed, each = PACE[detector]
    assert sample_s * (fixed + each * chosen.max_pixels / 10**6) <= chosen.timeout_s / 2
    assert SHORTEST_S <= chosen.timeout_s <= LONGEST_S


def test_a_slow_machine_gets_more_time_and_a_very_slow_one_smaller_photos() -> None:
    limits = [in_time(Plan(1, 4, 45_000_000), {}, sample_s) for sample_s in (0.1, 0.4, 2)]
    assert [(limit.max_pixels // 10**6, limit.timeout_s) for limit in limits] == [(45, 30), (45, 82), (10, 120)]


def test_what_is_told_of_time_and_pixels_stays() -> None:
    told = {"TURDIFY_TIMEOUT_S": "50", "TURDIFY_MAX_PIXELS": "60000000"}
    chosen = in_time(Plan(1, 4, 60_000_000), told, 5)
    assert (chosen.max_pixels, chosen.timeout_s) == (60_000_000, 50)


@pytest.mark.parametrize("detector", PACE)
@pytest.mark.parametrize("sample_s", [0.05, 0.2, 0.4])
def test_people_are_looked_for_in_photos_in_which_that_is_done_in_time(detector: str, sample_s: float) -> None:
    chosen = in_time(Plan(4, 1, 45_000_000), {"TURDIFY_DETECTOR": detector}, sample_s)
    (fixed, each), (people_fixed, people_each) = PACE[detector], LOOKING[detector]
    megapixels = chosen.people_pixels / 10**6
    assert 1 < megapixels <= 45
    seconds = sample_s * (fixed + people_fixed + (each + people_each) * megapixels)
    assert seconds <= chosen.timeout_s


def test_what_recognizes_people_has_its_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    with_it = need("centerface", 10**7)
    monkeypatch.setattr("turdify.machine.find_spec", lambda _: None)
    assert need("centerface", 10**7) == with_it - RECOGNITION_BYTES


def test_a_photo_may_take_what_the_worst_does_or_what_is_told() -> None:
    chosen = Plan(1, 1, 20_000_000)
    assert photo_bytes(chosen, {}) == need("centerface", 20_000_000)
    assert photo_bytes(chosen, {"TURDIFY_PHOTO_BYTES": "7"}) == 7
    with pytest.raises(ValueError, match="TURDIFY_PHOTO_BYTES must be"):
        photo_bytes(chosen, {"TURDIFY_PHOTO_BYTES": "0"})


def test_who_stops_the_server_waits_for_the_last_answer() -> None:
    assert longest_s(Plan(1, 4, 60_000_000, 50), {"TURDIFY_WAIT_S": "7"}) > 57


def test_it_knows_every_detector_and_the_apps_own_limits() -> None:
    assert set(NEEDS) == set(PACE) == set(detection.DETECTORS)
    assert (MOST_BYTES, MOST_PIXELS) == (photo.MAX_BYTES, photo.MAX_PIXELS)


def test_a_plan_is_told_in_words() -> None:
    pi = Machine(4, 690 * MB)
    assert str(pi) == "4 cores and 690 MB"
    assert str(plan(pi, {})) == "1 worker, 4 threads each, photos of up to 25 megapixels, 60 seconds for each"


CGROUPS = {
    "2": {"memory.max": "700000000\n", "cpu.max": "100000 100000\n"},
    "1": {
        "memory/memory.limit_in_bytes": "700000000\n",
        "cpu/cpu.cfs_quota_us": "100000\n",
        "cpu/cpu.cfs_period_us": "100000\n",
    },
    "2, a part of a core": {"memory.max": "700000000\n", "cpu.max": "25000 100000\n"},
}

UNLIMITED = {
    "none": {},
    "2": {"memory.max": "max\n", "cpu.max": "max 100000\n"},
    "1": {
        "memory/memory.limit_in_bytes": "9223372036854771712\n",
        "cpu/cpu.cfs_quota_us": "-1\n",
        "cpu/cpu.cfs_period_us": "100000\n",
    },
}


def cgroups(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text)
    return folder


@pytest.mark.parametrize("version", CGROUPS)
def test_a_container_may_have_what_its_cgroup_says(tmp_path: Path, version: str) -> None:
    assert this_machine(cgroups(tmp_path, CGROUPS[version])) == Machine(1, 700 * MB)


@pytest.mark.parametrize("version", UNLIMITED)
def test_without_limits_it_is_the_cores_that_we_may_run_on_and_nearly_all_memory(tmp_path: Path, version: str) -> None:
    machine = this_machine(cgroups(tmp_path, UNLIMITED[version]))
    assert machine.cores == len(os.sched_getaffinity(0))
    assert 0 < machine.memory < os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def test_cores_that_we_may_not_run_on_do_not_count(tmp_path: Path) -> None:
    allowed = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(allowed)})
    try:
        assert this_machine(tmp_path).cores == 1
    finally:
        os.sched_setaffinity(0, allowed)
