"""The endpoint's own description, and that it keeps to it."""

import io
import re
from typing import Any

import pytest
import schemathesis
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from openapi_spec_validator import validate
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from werkzeug.datastructures import FileStorage

from tests.hostile import HOSTILE
from tests.pictures import PURPLE, FakeDetector, astronaut, encoded
from tests.web import send
from turdify.errors import TurdifyError
from turdify.settings import Settings
from turdify.web import create_app
from turdify.web.openapi import ERRORS
from turdify.web.schemas import SCHEMAS

CHECKS = [
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
]
ALL = list(HealthCheck)
APP = create_app(Settings(max_bytes=2**20, max_pixels=1_000_000, secret_key="tests"), FakeDetector())
OPENAPI = schemathesis.openapi.from_wsgi("/openapi.json", APP)

# What the fields hold beside what schemathesis makes up, so that it comes past the first of them.
FILES = [encoded(astronaut(), "JPEG"), PURPLE, b"", b"\xff\xd8\xff", *(data for data, _ in HOSTILE.values())]


@pytest.fixture
def description(client: FlaskClient) -> dict[str, Any]:
    answer = client.get("/openapi.json")
    assert answer.mimetype == "application/json"
    assert isinstance(answer.json, dict)
    return answer.json


def test_it_is_openapi(description: dict[str, Any]) -> None:
    assert description["openapi"] == "3.1.0"
    validate(description)


def test_it_has_every_address_that_is_for_programs(app: Flask, description: dict[str, Any]) -> None:
    rules = {
        (rule.rule, method.lower())
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if rule.endpoint.startswith(("api.", "health.")) or rule.endpoint == "documents.openapi"
    }
    assert {(path, method) for path, item in description["paths"].items() for method in item} == rules


def test_it_has_every_code_of_an_error(description: dict[str, Any]) -> None:
    responses = description["paths"]["/turdify/"]["post"]["responses"]
    for kind in TurdifyError.__subclasses__():
        assert kind.code in responses[str(kind.status)]["description"]
    assert set(map(str, ERRORS)) | {"200"} == set(responses)


def test_it_describes_all_that_an_error_tells(client: FlaskClient) -> None:
    refused = send(client, "/faces/", {}).json
    assert isinstance(refused, dict)
    assert set(refused) | {"waiting"} == set(SCHEMAS["Error"]["properties"])


def test_its_limits_are_the_servers(description: dict[str, Any]) -> None:
    fields = description["paths"]["/turdify/"]["post"]["requestBody"]["content"]["multipart/form-data"]["schema"]
    assert "At most 1 MB and 1 megapixels." in fields["properties"]["my_file"]["description"]


@pytest.mark.parametrize("path", ["/turdify/", "/faces/", "/picture/"])
def test_it_has_every_field_and_no_other(client: FlaskClient, description: dict[str, Any], path: str) -> None:
    fields = description["paths"][path]["post"]["requestBody"]["content"]["multipart/form-data"]["schema"]
    refused = send(client, path, {"unknown": "x"}).json
    assert isinstance(refused, dict)
    told = refused["detail"].removeprefix("Unknown field 'unknown'. The fields are ").removesuffix(".")
    assert set(told.split(", ")) == set(fields["properties"])
    assert fields["additionalProperties"] is False


def test_faces_are_described_as_they_are_told(client: FlaskClient, jpeg: bytes, description: dict[str, Any]) -> None:
    told = send(client, "/faces/", {"my_file": FileStorage(io.BytesIO(jpeg), "photo")}).json
    assert isinstance(told, dict)
    assert set(told) == set(SCHEMAS["Found"]["required"])
    assert set(told["faces"][0]) == set(SCHEMAS["Face"]["properties"]) - {
        "kept",
        "distance",
        "shape",
    }  # not kept, no box


def test_docs_show_all_of_it_and_load_nothing_from_elsewhere(client: FlaskClient, description: dict[str, Any]) -> None:
    page = client.get("/docs").text
    for path in description["paths"]:
        assert f"{path}</code></h2>" in page
    assert "<script" not in page
    loaded = re.findall(r'<(?:link|img)[^>]* (?:href|src)="([^"]+)"', page)
    assert loaded
    assert all(
        client.get(address, buffered=True).status_code == 200 and address.startswith("/static/") for address in loaded
    )


def test_the_form_of_docs_gets_a_covered_photo(client: FlaskClient, jpeg: bytes) -> None:
    page = client.get("/docs").text
    names = re.findall(r'<(?:input|select)[^>]* name="(\w+)"', page)
    fields = dict(re.findall(r'<select name="(\w+)">.*?<option selected>(\w+)', page, re.DOTALL))
    answer = send(client, "/turdify/", fields | {"size": "120", "my_file": FileStorage(io.BytesIO(jpeg), "photo")})
    assert sorted(names) == sorted([*fields, "size", "my_file"])
    assert (answer.status_code, answer.mimetype) == (200, "image/png")


@OPENAPI.parametrize()
@settings(max_examples=15, deadline=None, derandomize=True, phases=[Phase.generate], suppress_health_check=ALL)
def test_no_answer_is_other_than_described(case: "schemathesis.Case[Any]") -> None:
    case.call_and_validate(checks=CHECKS)


@pytest.mark.parametrize("path", ["/turdify/", "/faces/", "/picture/"])
def test_nor_is_one_to_real_and_hostile_pictures(path: str) -> None:
    operation = OPENAPI[path]["POST"]
    client = APP.test_client()
    described = client.get("/openapi.json").json["paths"][path]["post"]["responses"]  # type: ignore[index]

    @given(
        files=st.fixed_dictionaries(
            {}, optional={"my_file": st.sampled_from(FILES), "picture": st.sampled_from(FILES)}
        ),
        fields=st.fixed_dictionaries(
            {},
            optional={
                "format": st.sampled_from(["png", "webp", "bmp", ""]),
                "emoji": st.sampled_from(["turd", "blur", "nobody"]),
                "size": st.sampled_from(["100", "nan", "x"]),
                "faces": st.sampled_from(["[]", '[{"box": [1, 2, 30, 40]}]', "{", '[{"box": [1, 2, 3]}]']),
            },
        ),
        accept=st.sampled_from(["*/*", "application/json"]),
    )
    @settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=ALL)
    def answered(files: dict[str, bytes], fields: dict[str, str], accept: str) -> None:
        sent = fields | {name: FileStorage(io.BytesIO(data), name) for name, data in files.items()}
        answer = send(client, path, sent, {"Accept": accept})
        assert str(answer.status_code) in described
        operation.validate_response(answer)

    answered()
