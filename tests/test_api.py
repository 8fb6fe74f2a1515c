"""The endpoint for programs, as the original app published it."""

import io
import re

import numpy as np
import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image, ImageChops
from werkzeug.datastructures import FileStorage

from tests.hostile import HOSTILE
from tests.marked import INVALID
from tests.pictures import PURPLE, FakeDetector, astronaut, decoded, encoded, moving
from tests.web import call, send
from turdify.covers import MASKS
from turdify.faces import Box, Face
from turdify.pipeline import Options, turdify


def test_a_photo_comes_back_covered_as_png(client: FlaskClient, jpeg: bytes, detector: FakeDetector) -> None:
    answer = call(client, "/turdify/", jpeg)
    assert answer.status_code == 200
    assert answer.mimetype == "image/png"
    assert answer.data == turdify(jpeg, Options(format="png"), detector=detector).data


@pytest.mark.parametrize("path", ["/turdify/", "/faces/"])
def test_of_an_animation_it_is_said_that_only_the_first_picture_was_used(client: FlaskClient, path: str) -> None:
    assert call(client, path, moving("GIF")).headers["X-Turdify-Notice"].startswith("Only the first picture")
    assert "X-Turdify-Notice" not in call(client, path, encoded(astronaut(), "GIF")).headers


def test_the_number_of_faces_is_in_a_header(client: FlaskClient, jpeg: bytes, detector: FakeDetector) -> None:
    detector.faces = [Face(Box(10, 10, 20, 20)), Face(Box(50, 50, 60, 60)), Face(Box(90, 90, 99, 99))]
    assert call(client, "/turdify/", jpeg).headers["X-Turdify-Faces"] == "3"


@pytest.mark.parametrize(
    ("format", "written"),
    [
        *[("png", "PNG"), ("jpeg", "JPEG"), ("webp", "WEBP"), ("same", "WEBP")],
        *[("jpg", "JPEG"), ("JPEG", "JPEG"), ("JPG", "JPEG"), (" webp ", "WEBP"), ("", "PNG")],
    ],
)
def test_another_format_can_be_asked_for(client: FlaskClient, format: str, written: str) -> None:
    answer = call(client, "/turdify/", encoded(astronaut(), "WEBP"), format=format)
    assert decoded(answer.data).format == written
    assert answer.mimetype == Image.MIME[written]


def test_an_unknown_format_is_named(client: FlaskClient, jpeg: bytes) -> None:
    answer = call(client, "/turdify/", jpeg, format="bmp")
    assert answer.status_code == 422
    assert error(answer.json) == "Unknown format 'bmp'. Choose one of same, png, jpeg, webp."


def test_fields_that_a_form_leaves_empty_are_not_sent(client: FlaskClient, jpeg: bytes) -> None:
    empty = dict.fromkeys(("format", "emoji", "size", "faces"), "")
    assert call(client, "/turdify/", jpeg, **empty).data == call(client, "/turdify/", jpeg).data


def test_what_is_not_a_picture_gets_the_original_apps_answer(client: FlaskClient) -> None:
    answer = call(client, "/turdify/", b"I am not a photo.")
    assert answer.status_code == 415
    assert error(answer.json) == "Unsupported Media Type: File is not recognized as an image"
    assert answer.json
    assert answer.json["code"] == "not_a_photo"


def test_faces_are_told_with_the_photos_size(client: FlaskClient, jpeg: bytes, detector: FakeDetector) -> None:
    detector.faces = [Face(Box(10, 20, 30, 44), angle=12.34, score=0.5)]
    answer = call(client, "/faces/", jpeg)
    assert answer.status_code == 200
    assert answer.json == {
        "width": 512,
        "height": 512,
        "faces": [{"box": [10, 20, 30, 44], "angle": 12.3, "emoji": "turd", "score": 0.5}],
    }


@pytest.mark.parametrize(
    "accept",
    [
        *["application/json", "application/json; charset=utf-8", "application/json, text/plain"],
        "image/png;q=0, application/*",
    ],
)
def test_who_accepts_only_json_is_told_the_faces_by_the_endpoint_too(
    client: FlaskClient, jpeg: bytes, accept: str
) -> None:
    fields = {"my_file": FileStorage(io.BytesIO(jpeg), "photo")}
    answer = send(client, "/turdify/", fields, {"Accept": accept})
    assert answer.json == call(client, "/faces/", jpeg).json


@pytest.mark.parametrize(
    "accept",
    [
        "application/json, text/plain, */*",
        "application/json, image/*;q=0.1",
        "application/json;charset=utf-8;q=0",
        "text/html",
    ],
)
def test_who_accepts_a_picture_too_or_no_json_gets_the_picture(client: FlaskClient, jpeg: bytes, accept: str) -> None:
    fields = {"my_file": FileStorage(io.BytesIO(jpeg), "photo")}
    assert send(client, "/turdify/", fields, {"Accept": accept}).mimetype == "image/png"


def test_the_faces_that_were_told_can_be_sent_back(client: FlaskClient, jpeg: bytes, detector: FakeDetector) -> None:
    found = call(client, "/faces/", jpeg).text
    expected = call(client, "/turdify/", jpeg).data
    detector.faces = []
    answer = call(client, "/turdify/", jpeg, faces=found)
    assert answer.headers["X-Turdify-Faces"] == "1"
    assert answer.data == expected


def test_exactly_the_faces_that_are_sent_are_covered(client: FlaskClient, jpeg: bytes) -> None:
    result = decoded(call(client, "/turdify/", jpeg, faces='[{"box": [20, 30, 60, 80]}]').data)
    changed = ImageChops.difference(result, decoded(jpeg)).getbbox()
    assert changed
    assert Box(*changed).center == pytest.approx((40, 50), abs=8)
    assert changed[2] < 100
    none = decoded(call(client, "/turdify/", jpeg, faces="[]").data)
    assert ImageChops.difference(none, decoded(jpeg)).getbbox() is None


@pytest.mark.parametrize("name", INVALID)
def test_faces_that_make_no_sense_are_explained(client: FlaskClient, jpeg: bytes, name: str) -> None:
    text, words = INVALID[name]
    answer = call(client, "/turdify/", jpeg, faces=text)
    assert answer.status_code == 422
    assert words in error(answer.json)


@pytest.mark.parametrize("mask", MASKS)
def test_a_face_can_be_masked_instead(client: FlaskClient, jpeg: bytes, detector: FakeDetector, mask: str) -> None:
    expected = turdify(jpeg, Options(format="png", emoji=mask), detector=detector).data
    assert call(client, "/turdify/", jpeg, emoji=mask).data == expected
    assert expected != call(client, "/turdify/", jpeg).data


def test_a_picture_of_ones_own_covers_all_faces_or_those_that_want_it(client: FlaskClient, jpeg: bytes) -> None:
    def colors(**fields: str) -> list[object]:
        own = FileStorage(io.BytesIO(PURPLE), "own.png")
        result = decoded(call(client, "/turdify/", jpeg, picture=own, **fields).data)
        return [result.getpixel(point) for point in ((100, 300), (300, 300))]

    two = '[{"box": [70, 260, 130, 340]}, {"box": [270, 260, 330, 340], "emoji": "smiley"}]'
    purple = (160, 0, 200)
    assert colors(faces=two)[0] == purple != colors(faces=two)[1]
    assert colors(faces=two.replace("smiley", "picture")) == [purple, purple]


def test_a_picture_that_a_face_wants_has_to_be_there(client: FlaskClient, jpeg: bytes) -> None:
    answer = call(client, "/turdify/", jpeg, faces='[{"box": [0, 0, 9, 9], "emoji": "picture"}]')
    assert answer.status_code == 422
    assert "Send it as `picture`" in error(answer.json)


def test_where_a_face_goes_in_a_picture_of_ones_own_is_told(client: FlaskClient) -> None:
    answer = send(client, "/picture/", {"picture": FileStorage(io.BytesIO(PURPLE), "own.png")})
    assert answer.json == {"width": 60, "center": [30, 20], "radii": [29.5, 19.5]}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_picture_gets_the_same_answers_as_a_photo(client: FlaskClient, name: str) -> None:
    data, status = HOSTILE[name]
    answer = send(client, "/picture/", {"picture": FileStorage(io.BytesIO(data), "own.png")})
    assert answer.status_code == status
    assert error(answer.json)


def test_covers_can_be_larger(client: FlaskClient, jpeg: bytes) -> None:
    def changed(**fields: str) -> int:
        result = decoded(call(client, "/turdify/", jpeg, **fields).data)
        return int(np.count_nonzero(np.asarray(ImageChops.difference(result, decoded(jpeg)).convert("L"))))

    assert changed(size="100") < changed() == changed(size="120") < changed(size="200")


@pytest.mark.parametrize("size", ["99", "201", "nan", "inf", "large"])
def test_a_size_that_would_show_faces_or_makes_no_sense_is_named(client: FlaskClient, jpeg: bytes, size: str) -> None:
    answer = call(client, "/turdify/", jpeg, size=size)
    assert answer.status_code == 422
    assert repr(size) in error(answer.json)


@pytest.mark.parametrize("path", ["/turdify/", "/faces/"])
def test_an_unknown_emoji_is_named(client: FlaskClient, jpeg: bytes, path: str) -> None:
    answer = call(client, path, jpeg, emoji="rose")
    assert answer.status_code == 422
    assert error(answer.json).startswith("Unknown emoji 'rose'. Choose one of turd,")


def test_numbers_are_for_all_faces_or_for_one(client: FlaskClient, jpeg: bytes) -> None:
    told = call(client, "/faces/", jpeg, emoji="numbers").json
    assert told
    assert [face["emoji"] for face in told["faces"]] == ["number-1"]
    one = '[{"box": [10, 20, 60, 84], "emoji": "number-7"}]'
    seven, eight = (call(client, "/turdify/", jpeg, faces=faces).data for faces in (one, one.replace("7", "8")))
    assert seven != eight
    answer = call(client, "/turdify/", jpeg, faces=one.replace("7", "1000"))
    assert answer.status_code == 422
    assert error(answer.json).startswith("Unknown emoji 'number-1000' for face 1. Choose one of turd,")
    assert error(answer.json).endswith("picture, number-1 to number-999.")


@pytest.mark.parametrize("path", ["/turdify/", "/faces/"])
def test_the_detector_is_as_sensitive_as_is_asked_for(
    client: FlaskClient, jpeg: bytes, detector: FakeDetector, path: str
) -> None:
    assert call(client, path, jpeg).status_code == 200
    assert detector.sensitivity == "normal"
    assert call(client, path, jpeg, sensitivity="high").status_code == 200
    assert detector.sensitivity == "high"


def test_an_unknown_sensitivity_is_named(client: FlaskClient, jpeg: bytes) -> None:
    answer = call(client, "/faces/", jpeg, sensitivity="extreme")
    assert answer.status_code == 422
    assert error(answer.json) == "Unknown sensitivity 'extreme'. Choose one of low, normal, high."


def test_nobody_is_before_who_does_not_wait(client: FlaskClient, jpeg: bytes) -> None:
    assert call(client, "/faces/", jpeg, turn="7").status_code == 200
    assert client.get("/waiting?turn=7").json == {"before": None}


@pytest.mark.parametrize("turn", ["-1", "x", "1.5", str(2**53), "9" * 5000])
def test_a_turn_that_makes_no_sense_is_named(client: FlaskClient, jpeg: bytes, turn: str) -> None:
    for answer in (call(client, "/faces/", jpeg, turn=turn), client.get(f"/waiting?turn={turn}")):
        assert answer.status_code == 422
        assert isinstance(answer.json, dict)
        assert "Unknown turn" in answer.json["detail"]


@pytest.mark.parametrize("beyond_newlines", [0, 70_000, 600_000])
def test_a_large_photo_of_any_bytes_is_taken(client: FlaskClient, jpeg: bytes, beyond_newlines: int) -> None:
    """Werkzeug looks for line ends in what it buffers."""
    assert call(client, "/turdify/", jpeg + b"x" * beyond_newlines + b"\n" * 200_000).status_code == 200


@pytest.mark.parametrize("path", ["/turdify", "/faces"])
def test_the_last_slash_may_be_missing(client: FlaskClient, path: str, jpeg: bytes) -> None:
    assert call(client, path, jpeg).status_code == 200


def error(answer_json: object) -> str:
    """The one shape of an error: an object of a text, a code, and the request's id."""
    assert isinstance(answer_json, dict)
    assert sorted(answer_json) == ["code", "detail", "request_id"]
    assert re.fullmatch("[a-z_]+", answer_json["code"])
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
