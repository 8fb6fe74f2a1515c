"""The front door's limits, with this machine's nginx on loopback. Needs nginx (apt install nginx-light)."""

import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from deploy.loopback import FROM, NGINX, REAL_IP, front_door
from deploy.tests.stack import GUIDE
from deploy.tests.uploads import held
from tests.conftest import ROOT
from tests.serving import BODY, Answer, Server, ask, busy, eventually, free_address
from turdify.web import STATIC, fingerprint

pytestmark = pytest.mark.skipif(NGINX is None, reason="needs nginx: apt install nginx-light")

HELD_BYTES = 24 * 2**20


class Door:
    """nginx in front of a server that covers photos at once."""

    def __init__(self, server: Server, address: str, pid: int, log: Path) -> None:
        self.server, self.address, self.pid, self.log = server, address, pid, log

    def ask(self, method: str, path: str, visitor: str = "127.0.0.1", body: bytes = b"") -> Answer:
        headers = {"Content-Type": "multipart/form-data; boundary=b", FROM: visitor}
        return ask(self.server, method, path, body, headers, address=f"http://{self.address}")

    @contextmanager
    def held(self, visitor: str, sent: int = 0) -> Iterator[int]:
        """An upload of which so much is sent: 100 if nginx holds it, otherwise the status with which it is refused."""
        with held(self.address, HELD_BYTES + 1, sent, f"{FROM}: {visitor}\r\n") as (_, status):
            yield status

    def memory(self) -> int:
        """The bytes that nginx's processes hold."""
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()
        status = "".join(Path(f"/proc/{process}/status").read_text() for process in (*children, self.pid))
        return sum(int(kilobytes) * 1024 for kilobytes in re.findall(r"RssAnon:\s+(\d+)", status))


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    folder = tmp_path_factory.mktemp("door")
    (folder / "app").mkdir()
    with busy(folder / "app", 0, WORKERS=1) as server:
        listen = free_address()
        with front_door(folder, listen, server.address.removeprefix("http://"), REAL_IP) as pid:
            yield Door(server, listen, pid, folder / "nginx.log")


@pytest.mark.parametrize(
    ("method", "path", "size", "status", "code"),
    [("GET", "/metrics", 0, 404, "not_found"), ("POST", "/faces/", 27 * 2**20, 413, "photo_too_large")],
)
def test_what_it_refuses_has_a_code(door: Door, method: str, path: str, size: int, status: int, code: str) -> None:
    refused = door.ask(method, path, "192.0.2.99", bytes(size))
    assert (refused.status, refused.json["code"]) == (status, code)


@pytest.mark.parametrize(
    ("visitors", "expected"),
    [
        (["192.0.2.1"] * 9, 3),
        ([f"2001:db8:1:1::{i:x}" for i in range(1, 10)], 3),
        ([f"2001:db8:1:{i:x}::1" for i in range(1, 10)], 0),
        ([f"192.0.2.{i}" for i in range(1, 16)], 3),
    ],
    ids=["one address", "one IPv6 network", "several IPv6 networks", "all together"],
)
def test_uploads_that_are_held_are_few_for_each_visitor_and_for_all(
    door: Door, visitors: list[str], expected: int
) -> None:
    with ExitStack() as stack:
        statuses = [stack.enter_context(door.held(visitor)) for visitor in visitors]
        assert sorted(statuses) == [100] * (len(visitors) - expected) + [429] * expected
        assert door.ask("GET", "/").status == 200


def test_thirty_large_uploads_that_are_held_take_no_more_than_the_container_may(door: Door) -> None:
    compose = (ROOT / "docker-compose.yml").read_text()
    limit = re.search(r"nginx-memory (\d+)m", compose)
    assert limit
    with ExitStack() as stack:
        for number in range(30):
            stack.enter_context(door.held(f"198.51.100.{number}", HELD_BYTES))
        assert eventually(lambda: door.memory() > 5 * HELD_BYTES), "some are held"
        assert door.memory() < int(limit[1]) * 2**20


def test_static_files_are_there_under_their_hash_alone(door: Door) -> None:
    hashed = fingerprint(STATIC)
    right = door.ask("GET", f"/static/{hashed}/page.js")
    assert (right.status, right.headers["Cache-Control"]) == (200, "public, max-age=31536000, immutable")
    wrong = door.ask("GET", "/static/0123456789ab/page.js")
    assert (wrong.status, wrong.headers["Cache-Control"]) == (404, "no-store")


@pytest.mark.parametrize("path", ["/readyz", "/metrics"])
def test_what_is_for_those_who_run_it_is_not_there(door: Door, path: str) -> None:
    assert door.ask("GET", path).status == 404


def test_what_nginx_refuses_has_an_id_that_is_in_its_log(door: Door) -> None:
    answer = door.ask("POST", "/faces/", "203.0.113.7", b"\0" * (27 * 2**20))
    assert answer.status == 413
    id = answer.headers["X-Request-ID"]
    assert answer.json["request_id"] == id
    assert eventually(lambda: re.search(rf" POST /faces/ 413 .* {id}$", door.log.read_text(), re.MULTILINE) is not None)


def test_an_answer_of_the_app_keeps_its_id(door: Door) -> None:
    answer = door.ask("POST", "/faces/", "203.0.113.8", BODY)
    assert answer.status == 200
    assert eventually(lambda: answer.headers["X-Request-ID"] in door.log.read_text())


def test_the_log_names_no_visitor(door: Door) -> None:
    """After all of the above."""
    answer = door.ask("POST", "/faces/", "203.0.113.9", BODY)
    assert eventually(lambda: answer.headers["X-Request-ID"] in door.log.read_text())
    log = door.log.read_text()
    assert " POST /faces/ 200 " in log
    assert not re.search(r"192\.0\.2|198\.51|203\.0|2001:db8", log)


def test_only_addresses_that_are_allowed_may_come(tmp_path: Path) -> None:
    (line,) = re.findall(r"^echo '(allow .*)' > deploy/nginx/access.conf$", GUIDE, re.MULTILINE)
    (tmp_path / "nginx").mkdir()
    (tmp_path / "nginx" / "access.conf").write_text(line)
    (tmp_path / "app").mkdir()
    with busy(tmp_path / "app", 0, WORKERS=1) as server:
        listen = free_address()
        with front_door(tmp_path, listen, server.address.removeprefix("http://"), REAL_IP) as pid:
            door = Door(server, listen, pid, tmp_path / "nginx.log")
            assert door.ask("GET", "/", "192.168.1.7").status == 200
            refused = door.ask("GET", "/openapi.json", "192.0.2.7")
    assert refused.status == 403
    assert refused.json["code"] == "forbidden"
