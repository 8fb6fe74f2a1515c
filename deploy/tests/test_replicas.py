"""docker compose up --scale web=3: the load is spread, and a replica's death costs only what it was working on."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from subprocess import CalledProcessError
from threading import Event

import pytest

from deploy.tests.stack import ADDRESS, NAME, Stack, curl, docker, running, taken
from tests.pictures import hopper_file
from tests.serving import eventually

# gunicorn doesn't end a worker that a test has stopped.
OVERRIDE = {"web": {"environment": {"GUNICORN_CMD_ARGS": "--timeout=600"}}}


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    settings = {"TURDIFY_WORKERS": "1", "TURDIFY_SECRET_KEY": "the same for all replicas"}
    folder = tmp_path_factory.mktemp("replicas")
    with running(folder, "--scale", "web=3", override=OVERRIDE, settings=settings) as stack:
        yield stack


def replicas(stack: Stack) -> dict[str, str]:
    """Those that run: address to identifier."""
    running = stack.compose("ps", "--quiet", "web").split()
    address = "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}"
    return {docker("inspect", "--format", address, identifier).strip(): identifier for identifier in running}


def in_flight(replica: str) -> int:
    """How many requests nginx has sent to a replica: the connections to its port 8000, by Linux's table.

    Those that are established, and not from the container itself, which looks after its health.
    """
    return len(re.findall(r":1F40 (?!0100007F)\S+ 01 ", docker("exec", replica, "cat", "/proc/net/tcp")))


@contextmanager
def stopped(*running: str) -> Iterator[None]:
    """The workers of these replicas take what comes, and do nothing."""
    send = "kill -{} $(cat /proc/1/task/1/children)"
    try:
        for replica in running:
            docker("exec", replica, "sh", "-c", send.format("STOP"))
        yield
    finally:
        for replica in running:
            with suppress(CalledProcessError):  # killed meanwhile
                docker("exec", replica, "sh", "-c", send.format("CONT"))


def answered(stack: Stack, request: str, status: str = r"\d+") -> list[str]:
    """The replica that each such request so far went to at last, by nginx's log."""
    logs = stack.compose("logs", "--no-log-prefix", "nginx")
    return re.findall(rf"^\S+ {request} {status} \S+ .*?([\d.]+):8000 \w+$", logs, re.MULTILINE)


def test_requests_are_spread_over_the_replicas(stack: Stack) -> None:
    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(lambda _: curl(ADDRESS)[0], range(60))) == {200}
    assert eventually(lambda: set(answered(stack, "GET /")) == set(replicas(stack)))
    assert len(replicas(stack)) == 3


def test_a_form_of_one_replica_is_taken_by_the_others(stack: Stack, tmp_path: Path) -> None:
    cookies = str(tmp_path / "cookies")
    _, page = curl("-c", cookies, ADDRESS)
    token = re.search(r'name="csrf_token"[^>]* value="([^"]+)"', page)
    assert token
    fields = ["-F", f"csrf_token={token[1]}", "-F", f"photo=@{hopper_file()}"]

    def is_taken_by_another() -> bool:
        assert "1 face covered" in taken("-b", cookies, *fields, ADDRESS)[1]
        return len(set(answered(stack, "POST /"))) > 1

    assert eventually(is_taken_by_another)


def test_a_killed_replica_takes_only_its_own_photos_with_it(stack: Stack) -> None:
    post = ["-F", f"my_file=@{hopper_file()}", f"{ADDRESS}/turdify/"]
    pages, done = [], Event()

    def look() -> None:
        while not done.is_set():
            pages.append(curl(ADDRESS)[0])

    running = replicas(stack)
    with ThreadPoolExecutor(8) as pool, ExitStack() as last:
        last.callback(done.set)
        with stopped(*running.values()):
            photos = [pool.submit(taken, *post) for _ in range(6)]
            assert eventually(lambda: sum(map(in_flight, running.values())) == 6)
            at_stake = {address: in_flight(replica) for address, replica in running.items()}
            victim = max(at_stake, key=lambda address: at_stake[address])
            looking = [pool.submit(look) for _ in range(2)]
            docker("kill", "--signal", "KILL", running[victim])
        statuses = [photo.result()[0] for photo in photos]
        since = len(pages)
        looked = eventually(lambda: len(pages) > since + 20)
    assert [look.exception() for look in looking] == [None, None]
    assert looked
    assert set(pages) == {200}
    assert sorted(statuses) == [200] * (6 - at_stake[victim]) + [503] * at_stake[victim]
    assert eventually(lambda: answered(stack, "POST /turdify/", "503") == [victim] * at_stake[victim])


def test_nginx_finds_a_replica_that_joins(stack: Stack) -> None:
    stack.compose("up", "--detach", "--wait", "--no-recreate", "--scale", "web=4")
    before = len(answered(stack, "GET /"))

    def is_shown_by_all() -> bool:
        assert curl(ADDRESS)[0] == 200
        return set(answered(stack, "GET /")[before:]) == set(replicas(stack))

    assert eventually(is_shown_by_all)
    assert len(replicas(stack)) == 4


def test_a_photo_that_a_replica_never_got_goes_to_another(stack: Stack) -> None:
    """Containers under the replicas' name at which nothing listens refuse half of the connections or so."""
    image = "nginxinc/nginx-unprivileged:stable"
    deaf = ["--network", f"{NAME}_default", "--network-alias", "web", image, "sleep", "infinity"]
    with ExitStack() as refusing:
        for _ in range(3):
            container = docker("run", "--rm", "--detach", *deaf).strip()
            refusing.callback(docker, "rm", "--force", container)

        def is_passed_on() -> bool:
            assert taken("-F", f"my_file=@{hopper_file()}", f"{ADDRESS}/faces/")[0] == 200
            return bool(re.search(r" POST /faces/ 200 \S+ [\d.]+:8000, ", stack.compose("logs", "nginx")))

        assert eventually(is_passed_on)
        assert {curl(ADDRESS)[0] for _ in range(20)} == {200}
