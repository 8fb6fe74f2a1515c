"""TURDIFY_PASSWORD: nothing without it, everything with it, and guessing is slow."""

import io
import json
import os
import time
from base64 import b64encode
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from openapi_spec_validator import validate
from werkzeug.datastructures import FileStorage

from tests.pictures import FakeDetector
from tests.serving import ask, serving
from tests.web import post_photo, send
from turdify.errors import PasswordNeeded
from turdify.settings import Settings
from turdify.slots import OTHERS, shared_file
from turdify.web import STATIC, create_app, fingerprint
from turdify.web.access import COUNTED, GUESSES, GUESSES_S, PLACES, Door, network

PASSWORD = "pässword: and a colon"  # noqa: S105  of these tests
STYLE = f"/static/{fingerprint(STATIC)}/turdify.css"
HOME = "192.0.2.1"


def authorization(password: str, user: str = "anybody") -> dict[str, str]:
    return {"Authorization": f"Basic {b64encode(f'{user}:{password}'.encode()).decode()}"}


RIGHT, WRONG = authorization(PASSWORD), authorization("pässword: and a comma")


@pytest.fixture(autouse=True)
def nobody_has_guessed() -> None:
    """Tests of one process share its file: one's guesses must not be counted as another's, in a place of both."""
    os.ftruncate(shared_file(), OTHERS)


@pytest.fixture
def client(detector: FakeDetector) -> FlaskClient:
    return create_app(Settings(proxies=1, password=PASSWORD), detector).test_client()


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", path) for path in ("/", STYLE, "/docs", "/openapi.json", "/waiting", "/none", "/healthz/none")]
    + [("POST", path) for path in ("/", "/share", "/turdify/", "/faces/", "/picture/")],
)
@pytest.mark.parametrize("headers", [{}, WRONG, {"Authorization": "Bearer x"}, {"Authorization": "Basic ///"}])
def test_nothing_is_there_without_the_password(
    client: FlaskClient, method: str, path: str, headers: dict[str, str]
) -> None:
    answer = client.open(path, method=method, headers=headers)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == 'Basic realm="turdify", charset="UTF-8"'
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("user", ["", "me", "ich"])
def test_with_it_everything_is_there_under_any_name(client: FlaskClient, user: str) -> None:
    for path in ("/", STYLE, "/docs", "/openapi.json"):
        assert client.get(path, headers=authorization(PASSWORD, user), buffered=True).status_code == 200


def test_a_photo_is_covered_for_who_has_it(client: FlaskClient, jpeg: bytes) -> None:
    client.environ_base["HTTP_AUTHORIZATION"] = RIGHT["Authorization"]
    assert "1 face covered" in post_photo(client, jpeg).text
    assert send(client, "/turdify/", {"my_file": FileStorage(io.BytesIO(jpeg), "photo")}).mimetype == "image/png"


def test_without_it_a_photo_is_not_looked_at(client: FlaskClient, detector: FakeDetector, jpeg: bytes) -> None:
    detector.faces.clear()  # found or not, nothing is told
    answer = send(client, "/faces/", {"my_file": FileStorage(io.BytesIO(jpeg), "photo")}, WRONG)
    assert answer.json
    assert set(answer.json) == {"detail", "code", "request_id"}


def test_health_checks_need_none(client: FlaskClient) -> None:
    assert [client.get(path).status_code for path in ("/healthz", "/readyz")] == [200, 200]


def test_programs_and_people_are_told_what_to_do(client: FlaskClient) -> None:
    told = client.post("/turdify/").json
    assert told
    assert told["code"] == "password_needed"
    assert told["detail"] == "Send this server's password by HTTP Basic authentication, under any user name."
    page = client.get("/", headers={"Accept-Language": "nl"}).text
    assert '<html lang="nl">' in page
    assert "wachtwoord" in page
    assert "/static/" not in page, "which this one may not have"


def guess(client: FlaskClient, address: str, headers: dict[str, str] = WRONG) -> int:
    return client.get("/", headers=headers | {"X-Forwarded-For": address}).status_code


def test_after_some_wrong_ones_not_even_the_right_one_is_looked_at(client: FlaskClient) -> None:
    assert [guess(client, HOME) for _ in range(GUESSES + 1)] == [401] * GUESSES + [429]
    answer = client.post("/turdify/", headers=RIGHT | {"X-Forwarded-For": HOME})
    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == str(GUESSES_S)
    assert json.loads(answer.data)["code"] == "too_many_guesses"
    assert guess(client, "192.0.2.2", RIGHT) == 200, "others' guesses are their own"


def test_a_network_of_ipv6_has_as_many_guesses_as_an_address(client: FlaskClient) -> None:
    assert [guess(client, f"2001:db8::{i:x}") for i in range(GUESSES + 1)][-1] == 429
    assert guess(client, "2001:db8:0:1::1") == 401


def test_a_server_that_listens_to_both_tells_addresses_of_ipv4_apart(client: FlaskClient) -> None:
    """Bound to [::], it sees them as addresses of one network of IPv6."""
    assert [guess(client, f"::ffff:{HOME}") for _ in range(GUESSES + 1)][-1] == 429
    assert guess(client, HOME) == 429
    assert guess(client, "::ffff:192.0.2.2", RIGHT) == 200


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        (HOME, HOME),
        (f"{HOME}:51234", HOME),
        (f"::ffff:{HOME}", HOME),
        (f"[::ffff:{HOME}]:443", HOME),
        ("2001:db8::1", "2001:db8::/64"),
        ("[2001:db8::1]", "2001:db8::/64"),
        ("[2001:db8::1]:443", "2001:db8::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("unknown", ""),
        ("_hidden:80", ""),
        ("[2001:db8::1", ""),
        ("", ""),
    ],
)
def test_an_address_is_counted_without_its_port(address: str, counted: str) -> None:
    assert network(address) == counted


def test_visitors_of_a_load_balancer_that_adds_their_ports_have_guesses_of_their_own(client: FlaskClient) -> None:
    assert [guess(client, f"{HOME}:{port}") for port in range(GUESSES + 1)][-1] == 429
    assert guess(client, "192.0.2.2:1", RIGHT) == 200


def test_who_sends_none_guesses_nothing(client: FlaskClient) -> None:
    assert {guess(client, HOME, {}) for _ in range(2 * GUESSES)} == {401}
    assert guess(client, HOME, RIGHT) == 200


def test_the_right_one_forgives_no_wrong_ones(client: FlaskClient) -> None:
    """Who lives behind the same address may go on, and whoever guesses there gains nothing by it."""
    statuses = [guess(client, HOME, headers) for _ in range(GUESSES) for headers in (WRONG, RIGHT)]
    assert statuses[:-1] == [401, 200] * (GUESSES - 1) + [401]
    assert guess(client, HOME) == 429


def test_a_minute_later_guesses_are_forgotten(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(GUESSES + 1):
        guess(client, HOME)
    later = time.monotonic() + GUESSES_S + 1
    monkeypatch.setattr("turdify.web.access.time.monotonic", lambda: later)
    assert guess(client, HOME, RIGHT) == 200


def test_guesses_are_counted_over_all_processes(tmp_path: Path) -> None:
    told = {"TURDIFY_WORKERS": "3", "TURDIFY_MAX_PIXELS": "1000000", "TURDIFY_TIMEOUT_S": "60"}
    with serving(tmp_path, settings=told | {"TURDIFY_PASSWORD": "long enough"}) as server:
        statuses = [ask(server, "GET", "/", headers=WRONG).status for _ in range(4 * GUESSES)]
    assert statuses == [401] * GUESSES + [429] * 3 * GUESSES


def test_guesses_from_everywhere_take_no_more_memory_than_they_may() -> None:
    door = Door(PASSWORD, "key")
    for number in range(2000):
        with pytest.raises(PasswordNeeded):
            door.check("guess", str(number))
    assert os.fstat(shared_file()).st_size <= OTHERS + PLACES * COUNTED.size


def test_where_an_address_is_counted_nobody_can_tell() -> None:
    """Or somebody could have it locked out from another."""
    places = {Door(PASSWORD, key).place(HOME) for key in ("one", "two", "three")}
    assert len(places) == 3


def test_openapi_says_that_there_is_one_and_is_itself_valid(client: FlaskClient) -> None:
    description = client.get("/openapi.json", headers=RIGHT).json
    assert description
    validate(description)
    ((name, scheme),) = description["components"]["securitySchemes"].items()
    assert (scheme["type"], scheme["scheme"]) == ("http", "basic")
    assert description["security"] == [{name: []}]
    assert description["paths"]["/healthz"]["get"]["security"] == []
    assert "curl --user" in client.get("/docs", headers=RIGHT).text


def test_a_server_without_one_asks_for_none(detector: FakeDetector) -> None:
    client = create_app(Settings(), detector).test_client()
    assert client.get("/").status_code == 200
    assert client.get("/openapi.json").json["security"] == []  # type: ignore[index]
