"""Headers are written by whoever calls: none can be hostile enough for a fault of ours."""

import io

import pytest
from flask.testing import FlaskClient
from werkzeug.datastructures import FileStorage

from tests.pictures import encoded, gradient
from tests.web import send

PHOTO = encoded(gradient((8, 8)), "PNG")

NONSENSE = [
    "http://[",
    "[",
    "http://]:x",
    "\u00ff\u00fe",
    "\t",
    "a" * 8000,
    ",;=,;=",
    "%00%ff",
    "1" * 400,
    "*;q=nan, */;q=-1",
]
HEADERS = [
    *["Accept", "Accept-Encoding", "Accept-Language", "Authorization", "Cache-Control", "Cookie", "Date", "Forwarded"],
    *["Host", "If-Match", "If-Modified-Since", "If-None-Match", "If-Range", "Origin", "Range", "Referer"],
    *["Sec-Fetch-Site", "User-Agent", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Request-ID"],
]


@pytest.mark.parametrize("name", HEADERS)
def test_no_header_causes_a_fault(client: FlaskClient, name: str) -> None:
    for value in NONSENSE:
        assert client.get("/", headers={name: value}).status_code < 500
        fields = {"my_file": FileStorage(io.BytesIO(PHOTO), "photo")}
        assert send(client, "/turdify/", fields, {name: value}).status_code < 500


def test_a_host_that_cannot_be_is_refused_in_the_one_shape_of_errors(client: FlaskClient) -> None:
    answer = client.get("/", headers={"Host": "a" * 8000})
    assert answer.status_code == 400
    assert answer.json


@pytest.mark.parametrize("value", ["multipart/form-data", "multipart/form-data; boundary=", "x", "application/json"])
def test_no_content_type_causes_a_fault(client: FlaskClient, value: str) -> None:
    answer = client.post("/turdify/", data=b"--b\r\n", content_type=value)
    assert answer.status_code == 422


@pytest.mark.parametrize("path", ["/turdify/", "/faces/", "/", "/share"])
@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("multipart/form-data", b"--b\r\n"),
        (
            "multipart/form-data; boundary=b",
            b'--b\r\nContent-Disposition: form-data; name="my_file"; filename="x"\r\n\r\nx',
        ),
        ("multipart/form-data; boundary=b", b"--b\r\nno header\r\n\r\nx\r\n--b--\r\n"),
        ("multipart/form-data; boundary=b", b"x" * 10),
        ("application/x-www-form-urlencoded", b"format=\xff"),
    ],
)
def test_a_form_that_cannot_be_read_is_not_taken_for_an_empty_one(
    client: FlaskClient, path: str, kind: str, body: bytes
) -> None:
    answer = client.post(path, data=body, content_type=kind)
    assert answer.status_code == 422
    assert "That form is broken" in answer.text


@pytest.mark.parametrize(
    "origin", ["http://[", "null", "http://evil.example", "localhost", "http://localhost.evil.example"]
)
def test_an_origin_that_is_not_ours_or_makes_no_sense_is_refused(client: FlaskClient, origin: str) -> None:
    assert client.post("/turdify/", headers={"Origin": origin}).status_code == 403


def test_a_host_is_the_same_in_any_case(client: FlaskClient) -> None:
    fields = {"my_file": FileStorage(io.BytesIO(PHOTO), "photo")}
    headers = {"Host": "Pi.local:8000", "Origin": "http://pi.local:8000"}
    assert send(client, "/turdify/", fields, headers).status_code == 200
