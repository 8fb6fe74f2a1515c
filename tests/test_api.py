"""The endpoint for programs, as the original app published it."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image

from tests.hostile import HOSTILE
from tests.pictures import FakeDetector, astronaut, decoded, encoded
from tests.web import call
from turdify.geometry import Box, Face
from turdify.pipeline import Options, turdify


def test_a_photo_comes_back_covered_as_png(client: FlaskClient, jpeg: bytes, detector: FakeDetector) -> None:
    answer = call(client, "/turdify/", jpeg)
    assert answer.status_code == 200
    assert answer.mimetype == "image/png"
    assert answer.data == turdify(jpeg, Options(format="png"), detector=detector).data


def test_the_number_of_faces_is_in_a_header(client: FlaskClient, jpeg: bytes, detector: FakeDetector) -> None:
    detector.faces = [Face(Box(10, 10, 20, 20)), Face(Box(50, 50, 60, 60)), Face(Box(90, 90, 99, 99))]
    assert call(client, "/turdify/", jpeg).headers["X-Turdify-Faces"] == "3"


@pytest.mark.parametrize(("format", "written"), [("png", "PNG"), ("jpeg", "JPEG"), ("webp", "WEBP"), ("same", "WEBP")])
def test_another_format_can_be_asked_for(client: FlaskClient, format: str, written: str) -> None:
    answer = call(client, "/turdify/", encoded(astronaut(), "WEBP"), format=format)
    assert decoded(answer.data).format == written
    assert answer.mimetype == Image.MIME[written]


def test_an_unknown_format_is_named(client: FlaskClient, jpeg: bytes) -> None:
    answer = call(client, "/turdify/", jpeg, format="bmp")
    assert answer.status_code == 422
    assert answer.json == {"detail": "Unknown format 'bmp'. Choose one of same, png, jpeg, webp."}


def test_what_is_not_a_picture_gets_the_original_apps_answer(client: FlaskClient) -> None:
    answer = call(client, "/turdify/", b"I am not a photo.")
    assert answer.status_code == 415
    assert answer.json == {"detail": "Unsupported Media Type: File is not recognized as an image"}


def test_faces_are_told_with_the_photos_size(client: FlaskClient, jpeg: bytes, detector: FakeDetector) -> None:
    detector.faces = [Face(Box(10, 20, 30, 44), angle=12.34, score=0.5)]
    answer = call(client, "/faces/", jpeg)
    assert answer.status_code == 200
    assert answer.json == {
        "width": 512,
        "height": 512,
        "faces": [{"box": [10, 20, 30, 44], "angle": 12.3, "score": 0.5}],
    }


def test_health_is_ok(client: FlaskClient) -> None:
    assert client.get("/healthz").status_code == 200


@pytest.mark.parametrize("beyond_newlines", [0, 70_000, 600_000])
def test_a_large_photo_of_any_bytes_is_taken(client: FlaskClient, jpeg: bytes, beyond_newlines: int) -> None:
    """Werkzeug looks for line ends in what it buffers."""
    assert call(client, "/turdify/", jpeg + b"x" * beyond_newlines + b"\n" * 200_000).status_code == 200


@pytest.mark.parametrize("path", ["/turdify", "/faces"])
def test_the_last_slash_may_be_missing(client: FlaskClient, path: str, jpeg: bytes) -> None:
    assert call(client, path, jpeg).status_code == 200


def error(answer_json: object) -> str:
    """The one shape of an error: an object of one text."""
    assert isinstance(answer_json, dict)
    assert list(answer_json) == ["detail"]
    assert isinstance(answer_json["detail"], str)
    return answer_json["detail"]


@pytest.mark.parametrize("path", ["/turdify/", "/faces/"])
@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_gets_its_status_and_one_detail(client: FlaskClient, name: str, path: str) -> None:
    data, status = HOSTILE[name]
    answer = call(client, path, data)
    assert answer.status_code == status
    assert error(answer.json)


@pytest.mark.parametrize("path", ["/turdify/", "/faces/"])
@pytest.mark.parametrize("body", [{}, {"photo": "x"}, {"my_file": "text"}], ids=str)
def test_a_missing_field_is_named(client: FlaskClient, path: str, body: dict[str, str]) -> None:
    answer = client.post(path, data=body)
    assert answer.status_code == 422
    assert "my_file" in error(answer.json)


def test_a_body_beyond_the_limit_is_refused_before_it_is_read(client: FlaskClient) -> None:
    answer = call(client, "/turdify/", b"\0" * (3 * 2**20))
    assert answer.status_code == 413
    assert error(answer.json) == "That photo is larger than 1 MB. Please choose a smaller one."


def test_a_form_of_many_fields_is_refused(client: FlaskClient, jpeg: bytes) -> None:
    answer = call(client, "/turdify/", jpeg, **{f"field{i}": "x" for i in range(50)})
    assert answer.status_code == 413
    assert error(answer.json) == "The form has too many fields, or too large ones."


@pytest.mark.parametrize(("path", "allowed"), [("/turdify/", "POST"), ("/faces/", "POST")])
def test_a_wrong_method_is_told_the_right_one(client: FlaskClient, path: str, allowed: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 405
    assert allowed in answer.headers["Allow"]
    assert error(answer.json) == "Method Not Allowed"


def test_an_unknown_address_below_the_endpoint_is_answered_in_json(client: FlaskClient) -> None:
    answer = client.get("/turdify/nothing")
    assert answer.status_code == 404
    assert error(answer.json) == "Not Found"


def test_the_inside_of_the_program_never_shows(
    app: Flask, jpeg: bytes, detector: FakeDetector, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: object) -> list[Face]:
        raise RuntimeError("secret inside")

    monkeypatch.setattr(detector, "find_faces", fail)
    answer = call(app.test_client(), "/turdify/", jpeg)
    assert answer.status_code == 500
    assert "secret" not in error(answer.json)
