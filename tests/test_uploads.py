"""Bodies arrive in memory: not too much of them at once, and in time."""

import io
import socket

import pytest
from flask.testing import FlaskClient
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from tests.pictures import FakeDetector, encoded, gradient
from tests.web import call
from turdify.settings import Settings
from turdify.web import create_app
from turdify.web.uploads import Budget

PHOTO = encoded(gradient((8, 8)), "PNG")


def test_what_is_given_back_can_be_taken_again() -> None:
    budget = Budget(10)
    assert budget.take(8)
    assert not budget.take(3)
    budget.give_back(8)
    assert budget.take(10)


def test_answers_that_are_still_read_count_too() -> None:
    budget = Budget(10)
    budget.owe(30)
    assert budget.take(0)
    assert not budget.take(1)
    budget.give_back(30)
    assert budget.take(10)


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    """Of a server that has 200 kB for all bodies together."""
    settings = Settings(max_bytes=2**20)
    app = create_app(settings, FakeDetector())
    small = 200_000 - app.config["MAX_CONTENT_LENGTH"]
    monkeypatch.setattr("turdify.web.QUEUED_BYTES", small)
    return create_app(settings, FakeDetector()).test_client()


def test_a_body_for_which_there_is_no_memory_is_told_to_come_back(client: FlaskClient) -> None:
    answer = call(client, "/faces/", PHOTO + b"\0" * 300_000)
    assert answer.status_code == 503
    assert "Retry-After" in answer.headers
    for _ in range(5):  # and what others had is given back
        with call(client, "/faces/", PHOTO + b"\0" * 100_000) as taken:
            assert taken.status_code == 200


def post_in_part(client: FlaskClient, share: float, closed: bool) -> int:
    """The status of a photo of which only a share comes, on a connection that is closed then or just silent."""
    boundary, body = encode_multipart({"my_file": FileStorage(io.BytesIO(PHOTO * 100), "x")})
    ours, theirs = socket.socketpair()
    with ours, theirs, ours.makefile("rb") as stream:
        theirs.sendall(body[: int(len(body) * share)])
        if closed:
            theirs.close()
        head = {"CONTENT_LENGTH": str(len(body)), "CONTENT_TYPE": f"multipart/form-data; boundary={boundary}"}
        server = {"werkzeug.socket": ours, "wsgi.input": stream, "wsgi.input_terminated": True}
        return client.post("/faces/", environ_overrides=head | server).status_code


def test_a_body_that_comes_too_slowly_is_told_so(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("turdify.web.uploads.RECEIVE_S", 0.2)
    assert post_in_part(client, 0.5, closed=False) == 408


def test_a_body_that_ends_too_early_is_the_clients_fault(client: FlaskClient) -> None:
    assert post_in_part(client, 0.5, closed=True) == 400


def test_a_photo_whose_client_left_is_not_worked_on(client: FlaskClient) -> None:
    assert post_in_part(client, 1, closed=True) == 499
