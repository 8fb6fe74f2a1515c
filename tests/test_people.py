"""Everyone but me, as programs ask for it."""

import io
import json
import logging
import sys
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse

from tests.pictures import KnowingDetector, decoded, encoded, people
from tests.web import call
from turdify import recognition
from turdify.errors import NoSuchFace, UnusableReference
from turdify.faces import Box, Face
from turdify.settings import Settings
from turdify.web import create_app
from turdify.web.failures import turdify_error
from turdify.web.people import MAX_REFERENCES

GROUP, GROUP_FACES = people("hopper", "astronaut")
GROUP_FACES = [Face(Box(*face.as_dict()["box"])) for face in GROUP_FACES]  # rounded, as they are told
HER, HER_FACES = people("astronaut", height=130)
HIM, HIM_FACES = people("hopper", height=110)
NOBODY = encoded(GROUP.crop((0, 0, 30, 20)), "PNG")


@pytest.fixture
def client() -> FlaskClient:
    return client_of(1_000_000)


def client_of(people_pixels: int) -> FlaskClient:
    detector = KnowingDetector(
        (GROUP, GROUP_FACES), (HER, HER_FACES), (HIM, HIM_FACES), (GROUP.crop((0, 0, 30, 20)), [])
    )
    settings = Settings(max_bytes=2**20, max_pixels=1_000_000, secret_key="tests", people_pixels=people_pixels)
    return create_app(settings, detector).test_client()


def upload(data: bytes) -> FileStorage:
    return FileStorage(io.BytesIO(data), "me.png")


def photo(image: Any) -> FileStorage:
    return upload(encoded(image, "PNG"))


def ask(client: FlaskClient, path: str = "/faces/", **fields: Any) -> TestResponse:
    return call(client, path, encoded(GROUP, "PNG"), **fields)


def error(answer: TestResponse) -> str:
    assert answer.status_code == 422
    assert answer.json is not None
    assert answer.json.keys() == {"detail", "code", "request_id"}
    return str(answer.json["detail"])


def test_who_is_in_a_reference_photo_is_told_to_be_kept(client: FlaskClient) -> None:
    answer = ask(client, keep=photo(HER))
    assert answer.status_code == 200
    assert answer.json is not None
    covered, kept = answer.json["faces"]
    assert covered.keys() == {"box", "angle", "emoji", "score"}
    assert kept.keys() == {"box", "angle", "emoji", "score", "kept", "distance"}
    assert kept["kept"] is True
    assert 0 <= kept["distance"] <= 0.45
    assert Box(*kept["box"]).center == pytest.approx(GROUP_FACES[1].box.center, abs=1)


def test_the_photo_comes_back_with_that_face_uncovered(client: FlaskClient) -> None:
    answer = ask(client, "/turdify/", keep=photo(HER))
    assert (answer.headers["X-Turdify-Faces"], answer.headers["X-Turdify-Kept"]) == ("1", "1")
    result = decoded(answer.data)
    half = GROUP.width // 2
    assert result.crop((half, 0, *GROUP.size)).tobytes() == GROUP.crop((half, 0, *GROUP.size)).tobytes()
    assert result.crop((0, 0, half, GROUP.height)).tobytes() != GROUP.crop((0, 0, half, GROUP.height)).tobytes()


def test_without_references_nobody_is_kept(client: FlaskClient) -> None:
    answer = ask(client, "/turdify/")
    assert (answer.headers["X-Turdify-Faces"], answer.headers["X-Turdify-Kept"]) == ("2", "0")


def test_several_people_can_be_kept(client: FlaskClient) -> None:
    answer = ask(client, "/turdify/", keep=[photo(HER), photo(HIM)])
    assert (answer.headers["X-Turdify-Faces"], answer.headers["X-Turdify-Kept"]) == ("0", "2")


def test_only_is_the_other_way_round(client: FlaskClient) -> None:
    answer = ask(client, only=photo(HER))
    assert answer.json is not None
    covered, kept = answer.json["faces"]
    assert Box(*covered["box"]).center == pytest.approx(GROUP_FACES[1].box.center, abs=1)
    assert kept["kept"] is True


def test_what_was_told_can_be_confirmed_or_taken_back_and_sent(client: FlaskClient) -> None:
    told = ask(client, keep=photo(HER)).json
    assert told is not None
    confirmed = ask(client, "/turdify/", faces=json.dumps(told))
    assert confirmed.data == ask(client, "/turdify/", keep=photo(HER)).data
    told["faces"][1]["kept"] = False
    denied = ask(client, "/turdify/", faces=json.dumps(told))
    assert (denied.headers["X-Turdify-Faces"], denied.headers["X-Turdify-Kept"]) == ("2", "0")


def test_a_reference_with_several_faces_needs_a_box(client: FlaskClient) -> None:
    refused = error(ask(client, keep=photo(GROUP)))
    assert refused.startswith("The photo of person 1 can't be used. There are 2 faces in it.")
    box = GROUP_FACES[1].box
    text = json.dumps([box.left, box.upper, box.right, box.lower])
    for sent in (text, upload(text.encode())):
        answer = ask(client, keep=photo(GROUP), keep_box=sent)
        assert answer.json is not None
        assert [face.get("kept") for face in answer.json["faces"]] == [None, True]


def test_each_reference_has_a_box_of_its_own(client: FlaskClient) -> None:
    box = json.dumps([0, 0, GROUP.width // 2, GROUP.height])
    answer = ask(client, "/turdify/", keep=[photo(HER), photo(GROUP)], keep_box=["", box])
    assert answer.headers["X-Turdify-Kept"] == "2"


def test_of_several_references_the_bad_one_is_named_with_the_reason(client: FlaskClient) -> None:
    reasons = {
        NOBODY: "There is no face in it",
        encoded(GROUP, "PNG"): "There are 2 faces in it",
        b"I am not a photo.": "isn't a photo",
        encoded(HER, "PNG")[:-500]: "is missing",
    }
    for data, reason in reasons.items():
        refused = error(ask(client, keep=[photo(HER), upload(data)]))
        assert refused.startswith("The photo of person 2 can't be used. ")
        assert reason in refused


def test_a_photo_in_which_looking_for_people_would_take_too_long_is_refused_only_then() -> None:
    width, height = GROUP.size
    client = client_of(width * height - 1)
    assert "too many pixels" in error(ask(client, keep=photo(HER)))
    assert ask(client).status_code == 200


def test_references_together_have_a_photos_pixels(client: FlaskClient) -> None:
    large = upload(encoded(HER.resize((800, 800)), "PNG"))
    assert "too many pixels (max 0.5 MP)" in error(ask(client, keep=[photo(HER), large]))


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"keep": "me"}, "as files"),
        ({"only": "me"}, "as files"),
        ({"strictness": "reckless"}, "Unknown strictness 'reckless'. Choose one of careful, balanced, lenient."),
        ({"keep_box": "[0, 0, 9, 9]"}, "there are 1 for 0"),
    ],
    ids=str,
)
def test_what_cannot_be_meant_is_explained(client: FlaskClient, fields: dict[str, str], words: str) -> None:
    assert words in error(ask(client, **fields))


@pytest.mark.parametrize(
    ("box", "words"),
    [
        ("here", "keep_box 1 is not valid JSON"),
        ("[1, 2, 3]", "four numbers"),
        ("[9, 9, 0, 0]", "empty"),
        ("{}", "four"),
    ],
)
def test_a_box_that_makes_no_sense_is_explained(client: FlaskClient, box: str, words: str) -> None:
    assert words in error(ask(client, keep=photo(HER), keep_box=box))


def test_keep_and_only_exclude_each_other_and_both_exclude_faces(client: FlaskClient) -> None:
    assert "not both" in error(ask(client, keep=photo(HER), only=photo(HIM)))
    assert "leave out keep" in error(ask(client, "/turdify/", keep=photo(HER), faces="[]"))


def test_there_is_a_limit_to_references(client: FlaskClient) -> None:
    many = [photo(HER) for _ in range(MAX_REFERENCES + 1)]
    assert f"at most {MAX_REFERENCES}" in error(ask(client, keep=many))


def test_a_field_that_a_browser_sends_empty_counts_for_nothing(client: FlaskClient) -> None:
    answer = ask(client, "/turdify/", keep=FileStorage(io.BytesIO(b""), ""), only="")
    assert (answer.status_code, answer.headers["X-Turdify-Kept"]) == (200, "0")


def test_kept_must_be_true_or_false(client: FlaskClient) -> None:
    faces = '[{"box": [0, 0, 9, 9], "kept": "yes"}]'
    assert '"kept" of face 1' in error(ask(client, "/turdify/", faces=faces))


def test_the_reason_is_told_in_the_readers_language(app: Flask) -> None:
    with app.test_request_context("/faces/", headers={"Accept-Language": "nl"}):
        answer = turdify_error(UnusableReference(2, NoSuchFace(0)))
    assert answer.json is not None
    assert answer.json["detail"] == (
        "De foto van persoon 2 is niet bruikbaar. Er staat geen gezicht op dat groot genoeg is om te herkennen."
    )


def test_nothing_of_an_encoding_is_told_or_logged(client: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    encoding = recognition.encode_faces(HER, HER_FACES)[0]
    answer = ask(client, keep=photo(HER))
    told = answer.text + str(answer.headers) + caplog.text
    assert not any(f"{abs(number):.3f}" in told for number in encoding)


def test_without_the_packages_the_answer_says_what_is_needed(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    recognition.face_recognition.cache_clear()
    monkeypatch.setitem(sys.modules, "face_recognition_models", None)
    answer = ask(client, keep=photo(HER))
    recognition.face_recognition.cache_clear()
    assert answer.status_code == 501
    assert answer.json is not None
    assert answer.json["detail"].startswith("Recognizing people needs the packages")


def test_a_face_that_is_kept_can_be_sent_without_its_distance(client: FlaskClient) -> None:
    answer = ask(client, "/turdify/", faces='[{"box": [0, 0, 9, 9], "kept": true}]')
    assert answer.headers["X-Turdify-Kept"] == "1"
    assert decoded(answer.data).tobytes() == GROUP.tobytes()
