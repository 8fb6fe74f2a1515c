"""HTTPS with docker-compose.tls.yml. Of it, only certbot is a stand-in, which signs its certificates itself."""

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from deploy.tests.stack import ADDRESS, ENVIRONMENT, GUIDE, TLS_PORT, Stack, curl, running
from tests.conftest import ROOT
from tests.pictures import hopper_file
from tests.serving import eventually
from turdify import __version__

DOMAIN = "turdify.test"
HTTPS = f"https://{DOMAIN}:{TLS_PORT}"
RESOLVED = ["--resolve", f"{DOMAIN}:{TLS_PORT}:127.0.0.1"]

# Like certbot it has its challenge looked at over HTTP before there is a certificate; told to, it fails.
CERTBOT = r"""#!/bin/sh
set -eu
test ! -e /etc/letsencrypt/fail
case "$*" in "certonly "*" --webroot --webroot-path /srv/challenges") ;; *) exit 2 ;; esac
umask 022
mkdir -p /srv/challenges/.well-known/acme-challenge
echo proof >/srv/challenges/.well-known/acme-challenge/token
test "$(curl -sf http://nginx:8080/.well-known/acme-challenge/token)" = proof
mkdir -p /etc/letsencrypt/live/turdify
cd /etc/letsencrypt/live/turdify
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 1 -subj "/CN=$TURDIFY_DOMAIN" \
  -addext "subjectAltName=DNS:$TURDIFY_DOMAIN" -keyout privkey.pem -out fullchain.pem 2>/dev/null
"""


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The first time: web and nginx run, a certificate was never asked for."""
    folder = tmp_path_factory.mktemp("tls")
    (folder / "certbot").write_text(CERTBOT)
    (folder / "certbot").chmod(0o755)
    stand_in = {
        "image": "nginxinc/nginx-unprivileged:stable",  # has openssl and curl
        "user": "0",
        "volumes": [f"{folder / 'certbot'}:/usr/local/bin/certbot:ro"],
    }
    settings = {"TURDIFY_DOMAIN": DOMAIN, "TURDIFY_EMAIL": "somebody@turdify.test"}
    files, override = ["docker-compose.tls.yml"], {"certbot": stand_in}
    with running(folder, "web", "nginx", files=files, override=override, settings=settings) as stack:
        yield stack


@pytest.fixture(scope="module")
def certified(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Stack:
    """Once certbot has run."""
    stack.compose("up", "--detach", "--wait", "certbot")
    assert eventually(lambda: "turdify.pem" in stack.inside("certbot", "ls", "/srv/certificates"))
    return stack


@pytest.fixture
def trusted(certified: Stack, tmp_path: Path) -> list[str]:
    """The arguments with which curl knows the domain and believes in its certificate."""
    authority = tmp_path / "authority.pem"
    authority.write_text(certified.inside("certbot", "cat", "/etc/letsencrypt/live/turdify/fullchain.pem"))
    return [*RESOLVED, "--cacert", str(authority)]


def serial() -> str:
    """Of the certificate that is served."""
    command = ["openssl", "s_client", "-connect", f"127.0.0.1:{TLS_PORT}", "-servername", DOMAIN]
    said = subprocess.run(command, input="", check=True, capture_output=True, text=True).stdout
    command = ["openssl", "x509", "-noout", "-serial"]
    return subprocess.run(command, input=said, check=True, capture_output=True, text=True).stdout


def test_http_leads_to_https_before_there_is_a_certificate(stack: Stack) -> None:
    for called in (DOMAIN, "pi.local"):
        status, answer = curl("-H", f"Host: {called}", f"{ADDRESS}/some/page?with=query")
        assert status == 301
        assert f"\r\nLocation: {HTTPS}/some/page?with=query\r\n" in answer, "the port of the page, not nginx's own"
    assert "Strict-Transport-Security" not in answer
    with pytest.raises(subprocess.CalledProcessError, match="exit status 35"):  # the handshake failed
        curl(*RESOLVED, "--insecure", HTTPS)


def test_the_log_says_where_the_page_is(stack: Stack) -> None:
    assert f"turdify is at {HTTPS}\n" in stack.compose("logs", "--no-log-prefix", "web")


def test_the_page_comes_over_https(trusted: list[str]) -> None:
    status, answer = curl(*trusted, HTTPS)
    assert status == 200
    assert answer.startswith("HTTP/2 200")
    assert "Put a turd on it." in answer


def test_http_still_leads_to_https_and_shows_the_challenge(certified: Stack) -> None:
    assert curl(ADDRESS)[0] == 301
    status, answer = curl(f"{ADDRESS}/.well-known/acme-challenge/token")
    assert status == 200
    assert answer.endswith("proof\n")


@pytest.mark.parametrize("path", ["/", "/healthz", "/static/0123456789ab/covers/turd.svg", "/static/0123456789ab/none"])
def test_browsers_are_told_once_to_stay_with_https(trusted: list[str], path: str) -> None:
    _, answer = curl(*trusted, HTTPS + path)
    assert answer.count("\r\nstrict-transport-security: max-age=15768000\r\n") == 1


def test_a_photo_is_covered_over_https(trusted: list[str], tmp_path: Path) -> None:
    cookies = str(tmp_path / "cookies")
    _, page = curl(*trusted, "-c", cookies, HTTPS)
    token = re.search(r'name="csrf_token"[^>]* value="([^"]+)"', page)
    assert token
    fields = ["-F", f"csrf_token={token[1]}", "-F", f"photo=@{hopper_file()}"]
    assert "1 face covered" in curl(*trusted, "-b", cookies, *fields, HTTPS)[1]


def test_the_cookie_never_leaves_https(trusted: list[str]) -> None:
    _, page = curl(*trusted, HTTPS)
    cookie = re.search(r"^set-cookie: (session=.*)\r$", page, re.MULTILINE)
    assert cookie
    assert {"Secure", "HttpOnly", "SameSite=Lax"} <= set(cookie[1].split("; "))


@pytest.mark.parametrize("version", ["1.2", "1.3"])
def test_modern_tls_is_spoken(trusted: list[str], version: str) -> None:
    assert curl(*trusted, f"--tlsv{version}", "--tls-max", version, HTTPS)[0] == 200


@pytest.mark.parametrize("version", ["1.0", "1.1"])
def test_old_tls_is_refused(trusted: list[str], version: str) -> None:
    old = ["--ciphers", "DEFAULT@SECLEVEL=0", f"--tlsv{version}", "--tls-max", version]
    with pytest.raises(subprocess.CalledProcessError) as caught:
        curl(*trusted, "-S", *old, HTTPS)
    assert b"alert protocol version" in caught.value.stderr


def test_a_renewed_certificate_is_served_without_a_restart(certified: Stack) -> None:
    before = serial()
    certified.compose("restart", "--timeout", "1", "certbot")
    assert eventually(lambda: serial() != before)


def test_a_failed_renewal_leaves_the_certificate_and_says_what_to_do(certified: Stack) -> None:
    before = serial()
    certified.inside("certbot", "touch", "/etc/letsencrypt/fail")
    try:
        certified.compose("restart", "--timeout", "1", "certbot")
        assert eventually(lambda: "docker compose restart certbot" in certified.compose("logs", "certbot"))
    finally:
        certified.inside("certbot", "rm", "/etc/letsencrypt/fail")
    assert serial() == before
    assert "restarting" not in certified.compose("ps", "certbot")


def test_the_key_is_nginxs_alone_and_nothing_else_of_certbots(certified: Stack) -> None:
    listed = certified.inside("nginx", "ls", "-ln", "/srv/certificates")
    assert re.search(r"^-r?w?------- 1 101 \d+ .* turdify\.pem$", listed, re.MULTILINE)
    assert "Read-only" in certified.inside("nginx", "sh", "-c", "touch /srv/certificates/x 2>&1 || true")
    assert "No such file" in certified.inside("nginx", "sh", "-c", "ls /etc/letsencrypt 2>&1 || true")


def test_certbot_can_only_give_files_away(certified: Stack) -> None:
    status = certified.inside("certbot", "cat", "/proc/1/status")
    assert re.search(r"^CapEff:\s+0*1$", status, re.MULTILINE)  # CAP_CHOWN
    assert re.search(r"^NoNewPrivs:\s+1$", status, re.MULTILINE)
    assert "Read-only" in certified.inside("certbot", "sh", "-c", "touch /srv/x 2>&1 || true")


def configured(environment_file: Path) -> dict[str, Any]:
    """The services that docker compose makes of such an .env."""
    command = ["docker", "compose", "--env-file", str(environment_file), "config", "--format", "json"]
    said = subprocess.run(command, cwd=ROOT, env=ENVIRONMENT, check=True, capture_output=True, text=True).stdout
    services: dict[str, Any] = json.loads(said)["services"]
    return services


def guide_writes(folder: Path, kind: str) -> Path:
    """The .env that docs/deploy.md has one write for docker-compose.KIND.yml."""
    write_settings = re.search(rf"cat >> .env <<END\n *COMPOSE_FILE=\S*{kind}.*?\n *END\n", GUIDE, re.DOTALL)
    assert write_settings
    subprocess.run(["/bin/sh", "-ec", dedent("   " + write_settings[0])], cwd=folder, check=True)
    return folder / ".env"


def test_the_guides_files_are_understood(tmp_path: Path) -> None:
    """.env, and docker-compose.dns.yml."""
    extra = re.search(r"```yaml\n(.*?)```", GUIDE, re.DOTALL)
    assert extra
    (tmp_path / "dns.yml").write_text(extra[1])
    settings = guide_writes(tmp_path, "tls")
    settings.write_text(settings.read_text().replace(".tls.yml", f".tls.yml:{tmp_path / 'dns.yml'}"))
    certbot = configured(settings)["certbot"]
    assert certbot["environment"] == {"TURDIFY_DOMAIN": "turdify.example.org", "TURDIFY_EMAIL": "you@example.org"}
    assert certbot["image"] == "certbot/dns-cloudflare"
    assert certbot["command"] == ["--dns-cloudflare", "--dns-cloudflare-credentials", "/srv/cloudflare.ini"]


def test_a_published_image_is_run_and_nothing_is_built(tmp_path: Path) -> None:
    web = configured(guide_writes(tmp_path, "image"))["web"]
    assert web["image"] == f"ghcr.io/OWNER/turdify:{__version__}"
    assert "build" not in web
