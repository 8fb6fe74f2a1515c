"""A certificate of one's own, made as docs/deploy.md says, with this machine's openssl and its nginx on loopback."""

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.loopback import NGINX, front_door
from deploy.tests.stack import ENVIRONMENT, GUIDE, curl
from tests.conftest import ROOT
from tests.serving import busy, free_address

pytestmark = pytest.mark.skipif(NGINX is None, reason="needs nginx: apt install nginx-light")

NAME = "pi.local"
STAND_INS = {"hostname": "echo pi", "sudo": 'test "$1" = chown', "docker": 'test "$1 $2" = "compose up"'}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the commands of the guide were run, on a machine called pi."""
    folder = tmp_path_factory.mktemp("own")
    programs = folder / "programs"
    programs.mkdir()
    for name, line in STAND_INS.items():
        (programs / name).write_text(f"#!/bin/sh\n{line}\n")
        (programs / name).chmod(0o755)
    commands = re.search(r"### With HTTPS, and a certificate.*?```sh\n(.*?)```", GUIDE, re.DOTALL)
    assert commands
    path = f"{programs}:{os.environ['PATH']}"
    run(folder, "sh", "-ec", commands[1], PATH=path)
    return folder


@pytest.fixture(scope="module")
def served(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """The addresses of HTTP and of HTTPS."""
    http, https = free_address(), free_address()
    port = https.rpartition(":")[2]
    (folder / "address.conf").write_text(f"map '' $address {{ default https://{NAME}:{port}; }}")
    with (
        busy(tmp_path_factory.mktemp("app"), 0, WORKERS=1) as server,
        front_door(folder, http, server.address.removeprefix("http://"), tls=https),
    ):
        yield http, f"https://{NAME}:{port}"


def run(folder: Path, *command: str, **environment: str) -> str:
    done = subprocess.run(
        command, cwd=folder, env=os.environ | environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def trusting(folder: Path, https: str) -> list[str]:
    port = https.rpartition(":")[2]
    return ["--resolve", f"{NAME}:{port}:127.0.0.1", "--cacert", str(folder / "certificates" / "authority.crt")]


def test_who_trusts_the_authority_gets_the_page_over_https(folder: Path, served: tuple[str, str]) -> None:
    http, https = served
    status, page = curl(*trusting(folder, https), https)
    assert status == 200
    assert "Put a turd on it." in page
    assert f"\r\nLocation: {https}/\r\n" in curl(f"http://{http}/")[1]


def test_who_does_not_is_warned(served: tuple[str, str]) -> None:
    https = served[1]
    with pytest.raises(subprocess.CalledProcessError, match="exit status 60"):
        curl("--resolve", f"{NAME}:{https.rpartition(':')[2]}:127.0.0.1", https)


def test_phones_get_the_authority_over_http_and_nothing_else_of_the_folder(
    folder: Path, served: tuple[str, str]
) -> None:
    http = served[0]
    status, answer = curl(f"http://{http}/authority.crt")
    assert status == 200
    assert "\r\nContent-Type: application/x-x509-ca-cert\r\n" in answer
    assert answer.endswith((folder / "certificates" / "authority.crt").read_text())
    for name in ("authority.key", "turdify.pem"):
        assert curl(f"http://{http}/{name}")[0] == 301


def test_keys_are_their_owners_alone(folder: Path) -> None:
    for name in ("authority.key", "turdify.pem"):
        assert (folder / "certificates" / name).stat().st_mode & 0o777 == 0o600
    assert not (folder / "certificates" / "turdify.key").exists()


def test_the_authority_can_vouch_for_no_other_name(folder: Path) -> None:
    new = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "/dev/null"]
    run(folder, "openssl", "req", *new, "-subj", "/CN=bank", "-addext", "subjectAltName=DNS:bank.example", "-out", "x")
    by = ["-CA", "certificates/authority.crt", "-CAkey", "certificates/authority.key"]
    run(folder, "openssl", "x509", "-req", "-in", "x", *by, "-copy_extensions", "copy", "-out", "bank.crt")
    command = ["openssl", "verify", "-CAfile", "certificates/authority.crt", "bank.crt"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert "permitted subtree violation" in done.stderr


def test_phones_take_it(folder: Path) -> None:
    """Apple's terms: a name in subjectAltName, for servers, at most 825 days."""
    said = run(folder, "openssl", "x509", "-in", "certificates/turdify.crt", "-noout", "-text")
    assert f"DNS:{NAME}" in said
    assert "TLS Web Server Authentication" in said
    assert "CA:TRUE" not in said
    assert "X509v3 Name Constraints: critical" in run(
        folder, "openssl", "x509", "-in", "certificates/authority.crt", "-noout", "-text"
    )
    command = ["openssl", "x509", "-in", "certificates/turdify.crt", "-noout", "-checkend", str(825 * 86400)]
    assert subprocess.run(command, cwd=folder, capture_output=True, check=False).returncode == 1, "it ends before"


def test_compose_mounts_it(folder: Path) -> None:
    command = ["docker", "compose", "--env-file", str(folder / ".env"), "config"]
    said = subprocess.run(command, cwd=ROOT, env=ENVIRONMENT, capture_output=True, text=True, check=True).stdout
    assert "TURDIFY_ADDRESS: https://pi.local:443" in said
    assert "target: /srv/certificates" in said
