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


@pytest.mark.parametrize(
    "origin", ["http://[", "null", "http://evil.example", "localhost", "http://localhost.evil.example"]
)
def test_an_origin_that_is_not_ours_or_makes_no_sense_is_refused(client: FlaskClient, origin: str) -> None:
    assert client.post("/turdify/", headers={"Origin": origin}).status_code == 403


def test_a_host_is_the_same_in_any_case(client: FlaskClient) -> None:
    fields = {"my_file": FileStorage(io.BytesIO(PHOTO), "photo")}
    headers = {"Host": "Pi.local:8000", "Origin": "http://pi.local:8000"}
    assert send(client, "/turdify/", fields, headers).status_code == 200
