"""The real thing: gunicorn with its own configuration, and what the README tells a newcomer to type."""

import html
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest
from playwright._impl._driver import compute_driver_executable

from tests.conftest import ROOT
from tests.pictures import decoded, group, hopper_file
from tests.serving import Server, serving, workers


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("server")) as server:
        yield server


def documented(start: str) -> list[str]:
    """The commands in the README and the reference that start so."""
    documents = [ROOT / "README.md", ROOT / "docs" / "reference.md"]
    text = "\n".join(document.read_text() for document in documents)
    return re.findall(rf"^{re.escape(start)}.*$", text, re.MULTILINE)


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """What the documents speak of: group.jpg, three faces, beach.jpg, one, and a holiday of both."""
    picture, _ = group(3)
    picture.save(tmp_path / "group.jpg")
    (tmp_path / "beach.jpg").write_bytes(hopper_file().read_bytes())
    for name in ("me.jpg", "party-1.jpg", "her/1.jpg"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes((tmp_path / "beach.jpg").read_bytes())
    (tmp_path / "holiday").mkdir()
    for name in ("group.jpg", "beach.jpg"):
        (tmp_path / "holiday" / name).write_bytes((tmp_path / name).read_bytes())
    return tmp_path


def run(command: str, folder: Path) -> bytes:
    return subprocess.run(["/bin/sh", "-ec", command], cwd=folder, check=True, capture_output=True).stdout


@pytest.mark.parametrize("command", documented("curl"))
def test_the_documents_curl_lines_work(server: Server, photos: Path, command: str) -> None:
    said = run(command.replace("http://localhost:8000", server.address), photos)
    if "/faces/" in command:
        assert len(json.loads(said)["faces"]) == 3
    else:
        result = decoded((photos / command.split("> ")[1]).read_bytes())
        assert (result.format, result.size) == (
            "JPEG" if "format=same" in command else "PNG",
            decoded((photos / "group.jpg").read_bytes()).size,
        )


@pytest.mark.parametrize("command", documented(".venv/bin/turdify"))
def test_the_documents_command_lines_work(photos: Path, command: str) -> None:
    said = run(command.replace(".venv/bin", str(Path(sys.executable).parent)), photos)
    if "--json" in command:
        assert len(json.loads(said)["faces"]) == 1
    else:
        covered = "covered.jpg" if ">" in command else "beach-turdified.jpg"
        covered = "party-1-turdified.jpg" if "party" in command else covered
        covered = f"covered/{covered}" if "covered/" in command else covered
        assert decoded((photos / covered).read_bytes()).size == decoded((photos / "beach.jpg").read_bytes()).size


def test_the_commands_of_the_server_are_told_once() -> None:
    said = run(f"{sys.executable} -m turdify serve --help", ROOT).decode()
    assert said.startswith("Usage: turdify serve [OPTIONS]...\n")


def test_the_documents_have_commands_to_run() -> None:
    assert (len(documented("curl")), len(documented(".venv/bin/turdify"))) == (5, 6)


@pytest.mark.parametrize("language", ["sh", "python", "mjs"])
def test_the_examples_of_docs_work_word_by_word(server: Server, photos: Path, language: str) -> None:
    """JavaScript in the Node that Playwright brings."""
    with urlopen(f"{server.address}/docs") as page:  # noqa: S310  our own
        found = re.search(rf'<code class="{language}">(.*?)</code>', page.read().decode(), re.DOTALL)
    assert found
    (photos / f"example.{language}").write_text(html.unescape(found[1]))
    program = {"sh": "/bin/sh", "python": sys.executable, "mjs": compute_driver_executable()[0]}[language]
    done = subprocess.run([program, f"example.{language}"], cwd=photos, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout == ("" if language == "sh" else "3 faces\n")
    (result,) = photos.glob("turdified.*")
    assert decoded(result.read_bytes()).size == decoded((photos / "group.jpg").read_bytes()).size


def curl(*arguments: str, cwd: Path | None = None) -> str:
    command = ["curl", "-sS", "-i", *arguments]
    return subprocess.run(command, cwd=cwd, check=True, capture_output=True).stdout.decode("utf-8", "replace")


def test_a_form_opened_at_one_worker_is_accepted_by_all(server: Server, tmp_path: Path) -> None:
    cookies = str(tmp_path / "cookies")
    page = curl("-c", cookies, server.address)
    token = re.search(r'name="csrf_token"[^>]* value="([^"]+)"', page)
    assert token
    fields = ["-F", f"csrf_token={token[1]}", "-F", f"photo=@{hopper_file()}"]
    for _ in range(6):
        assert "1 face covered" in curl("-b", cookies, *fields, server.address)


def test_a_body_beyond_the_limit_gets_its_answer(server: Server, tmp_path: Path) -> None:
    (tmp_path / "big.jpg").write_bytes(b"\0" * (40 * 2**20))
    answer = curl("-H", "Expect:", "-F", "my_file=@big.jpg", f"{server.address}/turdify/", cwd=tmp_path)
    assert "413" in answer.splitlines()[0]
    assert '"detail":"That photo is larger than 25 MB. Please choose a smaller one."' in answer


def test_no_photo_is_written_and_no_name_is_logged(server: Server, tmp_path: Path) -> None:
    (tmp_path / "very-private-name.jpg").write_bytes(hopper_file().read_bytes() + b"\0" * 3_000_000)
    (tmp_path / "very-private-name.txt").write_text("no photo")
    for name in ("very-private-name.jpg", "very-private-name.txt"):
        curl("-F", f"my_file=@{name}", f"{server.address}/turdify/", cwd=tmp_path)
    assert list(server.temporary.rglob("*")) == []
    assert "very-private-name" not in server.log.read_text()


def test_the_service_connects_to_nowhere(tmp_path: Path) -> None:
    if shutil.which("strace") is None and "CI" not in os.environ:
        pytest.skip("needs strace, to see every system call: apt install strace")
    trace = tmp_path / "trace"
    tracer = ["strace", "--daemonize", "--follow-forks", "--trace=connect,sendto,sendmsg,sendmmsg", f"--output={trace}"]
    with serving(tmp_path, *tracer) as server:
        answer = curl("-F", f"my_file=@{hopper_file()}", f"{server.address}/turdify/")
        assert "X-Turdify-Faces: 1" in answer
    calls = trace.read_text()
    assert "HTTP/1.1 200" in calls, "the answer to curl shows that the trace sees what is sent"
    assert "connect(" not in calls
    assert "AF_INET" not in calls


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_an_upload_in_progress_is_in_no_file(server: Server) -> None:
    """Half an upload of several MB is sent; then no process of the server has a file open that is not its own."""
    host, port = server.address.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port))) as connection:
        head = (
            "POST /turdify/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9000000\r\n"
            "Content-Type: multipart/form-data; boundary=b\r\n\r\n"
            '--b\r\nContent-Disposition: form-data; name="my_file"; filename="x.jpg"\r\n\r\n'
        )
        connection.sendall(head.encode() + b"\xff\xd8" * 2_000_000)
        time.sleep(0.5)
        assert open_files(server)
        assert [path for path in open_files(server) if "deleted" in path or "/tmp" in path] == []  # noqa: S108


def open_files(server: Server) -> list[str]:
    """What the server's processes have open, but for gunicorn's heartbeat and the slots, in memory, and its log."""
    in_memory = ("/dev/shm/", "/memfd:turdify-slots")  # noqa: S108
    links = [link for worker in workers(server) for link in Path(f"/proc/{worker}/fd").iterdir()]
    return [path for path in map(target, links) if not path.startswith(in_memory) and not path.endswith("/log")]


def target(link: Path) -> str:
    try:
        return os.readlink(link)
    except FileNotFoundError:
        return "closed meanwhile"
