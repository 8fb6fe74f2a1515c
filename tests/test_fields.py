"""The endpoint's fields: nothing that is sent in them is passed over."""

import io
import json

import pytest
from flask.testing import FlaskClient
from werkzeug.datastructures import FileStorage

from tests.pictures import PURPLE
from tests.web import call, send


def test_faces_may_come_as_a_file_as_javascript_and_curl_send_json(client: FlaskClient, jpeg: bytes) -> None:
    text = '[{"box": [20, 30, 60, 80]}, {"box": [200, 300, 260, 380]}]'
    expected = call(client, "/turdify/", jpeg, faces=text)
    for encoding in ("utf-8", "utf-8-sig", "utf-16"):
        answer = call(client, "/turdify/", jpeg, faces=named(text.encode(encoding), "blob"))
        assert answer.headers["X-Turdify-Faces"] == "2"
        assert answer.data == expected.data
    assert call(client, "/turdify/", jpeg, faces=named(b" " * 300_000, "blob")).status_code == 413


@pytest.mark.parametrize(
    ("field", "sent"),
    [
        ("my_file", [b"another photo"]),
        ("faces", ["[]", '[{"box": [20, 30, 60, 80]}]']),
        ("faces", [b"[]", '[{"box": [20, 30, 60, 80]}]']),
        ("emoji", ["cat", "dog"]),
        ("picture", [PURPLE, PURPLE]),
        ("picture", ["text"]),
    ],
)
def test_nothing_that_is_sent_is_passed_over(
    client: FlaskClient, jpeg: bytes, field: str, sent: list[str | bytes]
) -> None:
    parts = [named(value, "a.png") if isinstance(value, bytes) else value for value in sent]
    photo = named(jpeg, "a.jpg")
    fields = {"my_file": [photo, *parts]} if field == "my_file" else {"my_file": photo, field: parts}
    answer = send(client, "/turdify/", fields)
    assert answer.status_code == 422
    assert answer.json is not None
    assert field in answer.json["detail"]


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("/turdify/", "emojii"),
        ("/turdify/", "face"),
        ("/turdify/", "Format"),
        ("/faces/", "faces"),
        ("/picture/", "my_file"),
    ],
)
@pytest.mark.parametrize("is_file", [True, False])
def test_a_field_of_another_name_is_not_passed_over(
    client: FlaskClient, jpeg: bytes, path: str, field: str, is_file: bool
) -> None:
    own = {"picture": named(PURPLE, "a.png")} if path == "/picture/" else {"my_file": named(jpeg, "a.jpg")}
    answer = send(client, path, {**own, field: named(b"cat", "a") if is_file else "cat"})
    assert answer.status_code == 422
    assert answer.json is not None
    assert answer.json["detail"].startswith(f"Unknown field '{field}'. The fields are {next(iter(own))}, ")


def test_who_wants_only_json_is_not_told_other_faces_than_those_that_were_sent(
    client: FlaskClient, jpeg: bytes
) -> None:
    fields = {"my_file": named(jpeg, "a.jpg"), "faces": "[]"}
    assert send(client, "/turdify/", fields, {"Accept": "application/json"}).status_code == 422


def test_what_is_set_in_the_address_is_not_passed_over(client: FlaskClient, jpeg: bytes) -> None:
    answer = call(client, "/turdify/?format=jpeg", jpeg)
    assert answer.status_code == 422
    assert answer.json is not None
    assert answer.json["detail"] == "The field format is in the address: send it in the form, as the photo."
    assert call(client, "/turdify/?time=12345", jpeg).status_code == 200, "as those add who want no cached answer"


def test_an_unknown_field_that_is_left_empty_is_none(client: FlaskClient, jpeg: bytes) -> None:
    assert call(client, "/turdify/", jpeg, submit="").status_code == 200


def test_the_same_said_twice_is_said(client: FlaskClient, jpeg: bytes) -> None:
    assert call(client, "/turdify/", jpeg, format=["jpeg", "", "jpeg"]).mimetype == "image/jpeg"


def named(data: bytes, name: str) -> FileStorage:
    return FileStorage(io.BytesIO(data), name)


def test_faces_beside_the_photo_are_not_counted_as_covered(client: FlaskClient, jpeg: bytes) -> None:
    boxes = ([500, 500, 520, 520], [512, 0, 600, 90], [-90, 0, 0, 90], [0, -9, 9, 0], [900, 900, 999, 999])
    answer = call(client, "/turdify/", jpeg, faces=json.dumps([{"box": box} for box in boxes]))
    assert answer.headers["X-Turdify-Faces"] == "1"
