"""deploy/certbot.sh and nginx with a real certificate authority: certbot, and Pebble instead of Let's Encrypt.

On loopback, without containers. Needs apt install certbot pebble nginx-light.
"""

import json
import os
import shutil
import signal
import socket
import ssl
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.request import urlopen

import pytest

from deploy.loopback import NGINX, front_door, is_open
from tests.conftest import ROOT
from tests.serving import eventually, free_address

NEEDED = ("certbot", "pebble", "pebble-challtestsrv", "openssl")
pytestmark = [
    pytest.mark.skipif(
        NGINX is None or not all(map(shutil.which, NEEDED)), reason="needs apt install certbot pebble nginx-light"
    ),
    pytest.mark.skipif(os.getuid() != 0, reason="hands certificates to nginx's user, as root"),
]

DOMAIN = "turdify.test"


@dataclass(frozen=True)
class Home:
    """nginx's two addresses, the authority's, the certificate that the authority itself has, and all files."""

    http: str
    https: str
    directory: str
    roots: str
    trusted: Path
    folder: Path

    @contextmanager
    def certbot(self, *more: str) -> Iterator[None]:
        """The service, as compose runs it but for its folders and its authority."""
        script = (ROOT / "deploy" / "certbot.sh").read_text()
        script = script.replace("/srv/", f"{self.folder}/").replace("/etc/letsencrypt", f"{self.folder}/letsencrypt")
        (self.folder / "certbot.sh").write_text(script)
        folders = [f"--{kind}-dir={self.folder / 'letsencrypt'}" for kind in ("config", "work", "logs")]
        told = ["--webroot", "--webroot-path", f"{self.folder}/challenges", "--server", self.directory, *folders, *more]
        environment = os.environ | {
            "TURDIFY_DOMAIN": DOMAIN,
            "TURDIFY_EMAIL": f"somebody@{DOMAIN}",
            "REQUESTS_CA_BUNDLE": str(self.trusted),
        }
        command = ["sh", str(self.folder / "certbot.sh"), *told]
        with (self.folder / "certbot.log").open("w") as log:
            process = subprocess.Popen(command, env=environment, stdout=log, stderr=log, start_new_session=True)
            try:
                yield
                process.terminate()
                assert process.wait(60) == 0, "it ends when compose stops it"
            finally:
                with suppress(ProcessLookupError):  # its sleep, too
                    os.killpg(process.pid, signal.SIGKILL)
                process.wait()

    def serial(self) -> str:
        """Of the certificate that is served, which whoever trusts the authority believes is the domain's."""
        authority = ssl.create_default_context(cafile=str(self.trusted))
        with urlopen(f"{self.roots}/roots/0", context=authority) as answer:  # noqa: S310  our own
            context = ssl.create_default_context(cadata=answer.read().decode())
        host, port = self.https.split(":")
        with (
            socket.create_connection((host, int(port)), timeout=60) as connection,
            context.wrap_socket(connection, server_hostname=DOMAIN) as encrypted,
        ):
            told = encrypted.getpeercert()
        assert told
        return str(told["serialNumber"])

    def log(self) -> str:
        return (self.folder / "certbot.log").read_text()


@contextmanager
def program(addresses: Sequence[str], *command: str, **environment: str) -> Iterator[None]:
    """It runs, once it listens at all of them."""
    process = subprocess.Popen(command, env=os.environ | environment, stdout=subprocess.DEVNULL)
    try:
        assert eventually(lambda: process.poll() is not None or all(map(is_open, addresses)))
        assert process.poll() is None
        yield
    finally:
        process.terminate()
        process.wait(60)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    """Names are looked up at a server for which every name is this machine's."""
    folder = tmp_path_factory.mktemp("home")
    http, https, names, names_managed, authority, roots, app = (free_address() for _ in range(7))
    for name in ("challenges", "certificates"):
        (folder / name).mkdir()
    (folder / "address.conf").write_text(f"map '' $address {{ default https://{DOMAIN}:{https.split(':')[1]}; }}")
    make = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 1 -subj /CN=localhost"
    names_of_it = "-addext subjectAltName=DNS:localhost,IP:127.0.0.1 -keyout key.pem -out own.pem"
    subprocess.run([*make.split(), *names_of_it.split()], cwd=folder, check=True, capture_output=True)
    pebble = {
        "listenAddress": authority,
        "managementListenAddress": roots,
        "certificate": str(folder / "own.pem"),
        "privateKey": str(folder / "key.pem"),
        "httpPort": int(http.split(":")[1]),
        "tlsPort": int(https.split(":")[1]),
        "ocspResponderURL": "",
        "externalAccountBindingRequired": False,
    }
    (folder / "pebble.json").write_text(json.dumps({"pebble": pebble}))
    resolver = ["-dns01", names, "-management", names_managed, "-defaultIPv6", ""]
    with ExitStack() as running:
        others = [part for kind in ("http01", "https01", "tlsalpn01") for part in (f"-{kind}", "")]
        running.enter_context(program([names, names_managed], "pebble-challtestsrv", *resolver, *others))
        told = ["-config", str(folder / "pebble.json"), "-dnsserver", names]
        running.enter_context(program([authority, roots], "pebble", *told, PEBBLE_VA_NOSLEEP="1"))
        running.enter_context(front_door(folder, http, app, tls=https))
        yield Home(http, https, f"https://{authority}/dir", f"https://{roots}", folder / "own.pem", folder)


def get_the_first(home: Home) -> None:
    """Certificate, unless it is there."""
    pem = home.folder / "certificates" / "turdify.pem"
    if not pem.exists():
        with home.certbot():
            assert eventually(pem.exists), home.log()


def test_a_real_authority_gives_a_certificate_which_nginx_serves_and_renews(home: Home) -> None:
    """What is asked for once is kept until it is due; a renewed one is served without a word to nginx."""
    pem = home.folder / "certificates" / "turdify.pem"
    with pytest.raises(ssl.SSLError):
        home.serial()
    get_the_first(home)
    first = home.serial()
    assert (pem.stat().st_uid, pem.stat().st_mode & 0o777) == (101, 0o600)
    with home.certbot():
        assert eventually(lambda: "not yet due for renewal" in home.log()), home.log()
    assert home.serial() == first
    with home.certbot("--force-renewal"):
        assert eventually(lambda: home.serial() != first), home.log()


def test_without_a_certificate_it_says_so_and_keeps_the_one_that_is_there(home: Home) -> None:
    get_the_first(home)
    before = home.serial()
    with home.certbot("--force-renewal", "--server", "https://127.0.0.1:1/dir"):
        assert eventually(lambda: "No certificate. Trying again in 12 hours" in home.log()), home.log()
    assert home.serial() == before
