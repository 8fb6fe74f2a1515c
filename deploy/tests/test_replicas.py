"""docker compose up --scale web=3: the load is spread, and a replica's death costs only what it was working on."""

import re
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import pytest

from deploy.tests.stack import ADDRESS, NAME, Stack, curl, running
from tests.pictures import group, hopper_file


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    settings = {"TURDIFY_WORKERS": "1", "TURDIFY_SECRET_KEY": "the same for all replicas"}
    with running(tmp_path_factory.mktemp("replicas"), "--scale", "web=3", settings=settings) as stack:
        yield stack


def docker(*arguments: str) -> str:
    command = ["docker", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def replicas(stack: Stack) -> dict[str, str]:
    """Those that run: address to identifier."""
    running = stack.compose("ps", "--quiet", "web").split()
    address = "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}"
    return {docker("inspect", "--format", address, identifier).strip(): identifier for identifier in running}


def in_flight(replica: str) -> int:
    """How many requests a replica has: the connections to its port 8000 that are established, by Linux's table."""
    return len(re.findall(r":1F40 \S+ 01 ", docker("exec", replica, "cat", "/proc/net/tcp")))


def answered(stack: Stack, status: str = r"\d+", path: str = r"\S+") -> list[str]:
    """The replica that each request so far went to at last, by nginx's log."""
    logs = stack.compose("logs", "--no-log-prefix", "nginx")
    return re.findall(rf"^\S+ \w+ {path} {status} \S+ .*?([\d.]+):8000 \w+$", logs, re.MULTILINE)


def test_requests_are_spread_over_the_replicas(stack: Stack) -> None:
    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(lambda _: curl(ADDRESS)[0], range(60))) == {200}
    assert set(answered(stack, path="/")) == set(replicas(stack))
    assert len(replicas(stack)) == 3


def test_a_form_of_one_replica_is_taken_by_the_others(stack: Stack, tmp_path: Path) -> None:
    cookies = str(tmp_path / "cookies")
    _, page = curl("-c", cookies, ADDRESS)
    token = re.search(r'name="csrf_token"[^>]* value="([^"]+)"', page)
    assert token
    fields = ["-F", f"csrf_token={token[1]}", "-F", f"photo=@{hopper_file()}"]
    before = len(answered(stack, path="/"))
    for _ in range(8):
        assert "1 face covered" in curl("-b", cookies, *fields, ADDRESS)[1]
        time.sleep(2.1)
    assert len(set(answered(stack, path="/")[before:])) > 1


def test_a_killed_replica_takes_only_its_own_photos_with_it(stack: Stack, tmp_path: Path) -> None:
    group(3)[0].resize((4500, 1500)).save(tmp_path / "group.jpg")
    post = ["-F", f"my_file=@{tmp_path / 'group.jpg'}", f"{ADDRESS}/turdify/"]
    pages, done = [], Event()

    def look() -> None:
        while not done.is_set():
            pages.append(curl(ADDRESS)[0])

    running = replicas(stack)
    with ThreadPoolExecutor(11) as pool:
        looking = [pool.submit(look) for _ in range(2)]
        photos = [pool.submit(curl, *post) for _ in range(6)]
        time.sleep(0.5)  # all photos are sent, few are done
        at_stake = dict(zip(running, pool.map(in_flight, running.values()), strict=True))
        victim = max(at_stake, key=lambda address: at_stake[address])
        docker("kill", "--signal", "KILL", running[victim])
        statuses = [photo.result()[0] for photo in photos]
        time.sleep(2)
        done.set()
    assert [look.exception() for look in looking] == [None, None]
    assert set(pages) == {200}
    assert set(statuses) <= {200, 503}
    assert 1 <= statuses.count(503) <= at_stake[victim]
    assert set(answered(stack, status="503", path="/turdify/")) == {victim}


def test_nginx_finds_a_replica_that_joins(stack: Stack) -> None:
    stack.compose("up", "--detach", "--wait", "--no-recreate", "--scale", "web=4")
    before = len(answered(stack, path="/"))
    time.sleep(1)
    for _ in range(60):
        assert curl(ADDRESS)[0] == 200
    assert set(answered(stack, path="/")[before:]) == set(replicas(stack))
    assert len(replicas(stack)) == 4


def test_a_photo_that_a_replica_never_got_goes_to_another(stack: Stack) -> None:
    """Containers under the replicas' name at which nothing listens refuse half of the connections or so."""
    deaf = [
        "--network",
        f"{NAME}_default",
        "--network-alias",
        "web",
        "nginxinc/nginx-unprivileged:stable",
        "sleep",
        "600",
    ]
    refusing = [docker("run", "--rm", "--detach", *deaf).strip() for _ in range(3)]
    try:
        time.sleep(1)
        assert {curl(ADDRESS)[0] for _ in range(20)} == {200}
        for _ in range(20):
            assert curl("-F", f"my_file=@{hopper_file()}", f"{ADDRESS}/faces/")[0] == 200
            passed_on = re.search(r" POST /faces/ 200 \S+ [\d.]+:8000, ", stack.compose("logs", "nginx"))
            if passed_on:
                break
            time.sleep(2.1)
        assert passed_on
    finally:
        docker("rm", "--force", *refusing)
