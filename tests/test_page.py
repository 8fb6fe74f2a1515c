"""The page, as a browser without JavaScript uses it."""

import gzip
import io
import json
import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse

from tests.hostile import HOSTILE
from tests.pictures import PURPLE, FakeDetector, decoded, encoded, gradient
from tests.web import field, post_photo, send, shown
from turdify.covers import PICTURES
from turdify.detection import SENSITIVITIES
from turdify.faces import Box, Face
from turdify.pipeline import Options, read_artwork, turdify
from turdify.settings import Settings
from turdify.web import create_app, fingerprint
from turdify.web.page import download_name


def test_the_page_has_one_form_with_a_file_field_and_a_token(client: FlaskClient) -> None:
    page = client.get("/")
    assert page.status_code == 200
    assert page.text.count("<form") == page.text.count('name="photo"') == 1
    assert 'enctype="multipart/form-data"' in page.text
    assert field(page, r'name="csrf_token"[^>]* value="([^"]+)"')


def test_the_page_is_ones_own_though_it_was_made_for_somebody_else(app: Flask, jpeg: bytes) -> None:
    """It is kept; but for the token, the language and the address, everybody gets the same."""
    tokens = set()
    for visitor, language in ((app.test_client(), language) for language in ("en", "nl") * 2):
        for host in ("pi.local", "turdify.test"):
            page = visitor.get("/", base_url=f"http://{host}", headers={"Accept-Language": language})
            assert f'<html lang="{language}">' in page.text
            assert f'content="http://{host}/"' in page.text
        tokens.add(field(page, r'name="csrf_token"[^>]* value="([^"]+)"'))
        assert shown(post_photo(visitor, jpeg)).size == (512, 512)
    assert len(tokens) == 4


def test_a_photo_comes_back_covered_in_the_page(client: FlaskClient, jpeg: bytes, detector: FakeDetector) -> None:
    page = post_photo(client, jpeg)
    assert page.status_code == 200
    assert shown(page) == decoded(turdify(jpeg, detector=detector).data)


@pytest.mark.parametrize(("count", "words"), [(0, "No face found"), (1, "1 face covered"), (3, "3 faces covered")])
def test_the_page_says_how_many_faces_were_covered(
    client: FlaskClient, jpeg: bytes, detector: FakeDetector, count: int, words: str
) -> None:
    detector.faces = [Face(Box(50 * i, 10, 50 * i + 20, 40)) for i in range(count)]
    assert field(post_photo(client, jpeg), r"<h1[^>]*>([^<]+)</h1>") == words


def test_a_photo_without_faces_is_no_silent_pass(client: FlaskClient, jpeg: bytes, detector: FakeDetector) -> None:
    detector.faces = []
    page = post_photo(client, jpeg)
    assert "Nothing is covered." in page.text
    assert field(page, r"download=[^>]*>([^<]+)<") == "Download anyway"


@pytest.mark.parametrize(
    ("name", "format", "download"),
    [
        ("beach.jpg", "JPEG", "beach-turdified.jpg"),
        ("IMG_0001.HEIC", "HEIF", "IMG_0001-turdified.jpg"),
        ("Oma's fête (1).png", "PNG", "Oma's fête (1)-turdified.png"),
    ],
)
def test_the_download_is_named_after_the_upload(client: FlaskClient, name: str, format: str, download: str) -> None:
    page = post_photo(client, encoded(gradient(), format), name)
    assert field(page, r'download="([^"]+)"') == download


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../etc/passwd", "passwd-turdified.png"),
        ("C:\\photos\\beach.jpg", "beach-turdified.png"),
        ('"><script>alert(1)</script>.jpg', "script-turdified.png"),
        ("....", "photo-turdified.png"),
        ("", "photo-turdified.png"),
        ("a\0b\r\nc.jpg", "abc-turdified.png"),
        ("x" * 300 + ".jpg", "x" * 100 + "-turdified.png"),
    ],
)
def test_a_hostile_name_becomes_a_harmless_one(name: str, safe: str) -> None:
    assert download_name(name, ".png") == safe


def test_the_download_is_the_picture_that_is_shown(client: FlaskClient, jpeg: bytes) -> None:
    page = post_photo(client, jpeg)
    assert field(page, r'<img class="photo" src="([^"]+)"') == field(page, r'<a class="button" href="([^"]+)"')


def test_sending_the_form_without_a_photo_asks_for_one(client: FlaskClient) -> None:
    page = post_photo(client, b"", name="")
    assert page.status_code == 422
    assert field(page, r'role="alert">([^<]+)<') == "No photo was sent. Please choose one."


def test_a_form_without_its_token_is_refused(client: FlaskClient, jpeg: bytes) -> None:
    page = client.post("/", data={"photo": (io.BytesIO(jpeg), "beach.jpg")})
    assert page.status_code == 422
    assert "This page was open for too long" in page.text
    assert "data:image" not in page.text


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_not_a_photo_is_explained_on_the_page(client: FlaskClient, name: str) -> None:
    data, status = HOSTILE[name]
    page = post_photo(client, data)
    assert page.status_code == status
    assert field(page, r'role="alert">([^<]+)<').endswith(".")
    assert "<form" in page.text


def test_an_address_that_does_not_exist_is_answered_with_the_page(client: FlaskClient) -> None:
    page = client.get("/nothing")
    assert page.status_code == 404
    assert "There is nothing here." in page.text
    assert "<form" in page.text


def test_the_inside_of_the_program_never_shows(
    app: Flask, jpeg: bytes, detector: FakeDetector, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: object) -> list[Face]:
        raise RuntimeError("secret inside")

    monkeypatch.setattr(detector, "find_faces", fail)
    page = post_photo(app.test_client(), jpeg)
    assert page.status_code == 500
    assert "secret inside" not in page.text
    assert field(page, r"Something clogged on our side \(ref (\w+)\)") in caplog.text


def test_nothing_is_loaded_from_elsewhere_and_nothing_runs_inline(client: FlaskClient, jpeg: bytes) -> None:
    for page in (client.get("/"), post_photo(client, jpeg)):
        assert not re.search(r'(src|href|action)="(https?:)?//', page.text)
        assert re.findall(r"<script[^>]*>", page.text) == [
            '<script type="application/json" id="for-scripts">',
            f'<script src="{url(page, "begin.js")}">',
            f'<script type="module" src="{url(page, "page.js")}">',
        ]
        assert not re.search(r"\son\w+=|style=|javascript:", page.text)
        policy = page.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "script-src 'self';" in policy
        assert "img-src 'self' blob: data:" in policy
        assert "unsafe" not in policy


def test_every_answer_carries_the_security_headers_and_is_not_cached(client: FlaskClient, jpeg: bytes) -> None:
    answers = [
        client.get("/"),
        post_photo(client, jpeg),
        client.get("/nothing"),
        client.post("/turdify/"),
        client.get("/healthz"),
    ]
    for answer in answers:
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["X-Frame-Options"] == "DENY"
        assert answer.headers["Referrer-Policy"] == "no-referrer"


def test_the_only_cookie_is_the_forms_own(client: FlaskClient) -> None:
    (cookie,) = client.get("/").headers.getlist("Set-Cookie")
    assert cookie.startswith("session=")
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def url(page: TestResponse, name: str) -> str:
    return field(page, rf'(?:src|href)="(/static/[0-9a-f]{{12}}/{re.escape(name)})"')


def test_static_files_are_there_and_may_be_kept_forever(client: FlaskClient) -> None:
    addresses = re.findall(r'(?:src|href)="(/static/[^"]+)"', client.get("/").text)
    assert addresses
    for address in addresses:
        with client.get(address) as answer:
            assert answer.status_code == 200
            assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"


def test_a_static_file_that_is_not_there_is_not_kept(client: FlaskClient) -> None:
    answer = client.get(url(client.get("/"), "page.js") + "x")
    assert answer.status_code == 404
    assert answer.headers["Cache-Control"] == "no-store"


def test_the_address_of_static_files_changes_with_any_of_them(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "a.js").write_text("1")
    seen = {fingerprint(tmp_path)}
    for name, text in (("a.js", "2"), ("b.js", ""), ("c.js", "")):
        (tmp_path / "folder" / name).write_text(text)
        seen.add(fingerprint(tmp_path))
    assert len(seen) == 4
    assert all(re.fullmatch("[0-9a-f]{12}", name) for name in seen)


def test_a_photo_shared_from_a_phones_gallery_is_covered_without_a_token(client: FlaskClient, jpeg: bytes) -> None:
    shared = {"photo": FileStorage(io.BytesIO(jpeg), "beach.jpg")}
    page = send(client, "/share", shared, {"Sec-Fetch-Site": "none"})
    assert field(page, r"<h1[^>]*>([^<]+)</h1>") == "1 face covered"
    assert shown(page).size == (512, 512)
    assert send(client, "/share", {}, {"Sec-Fetch-Site": "none"}).status_code == 422


FOREIGN = [
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
]


@pytest.mark.parametrize("path", ["/share", "/turdify/", "/faces/"])
@pytest.mark.parametrize("headers", FOREIGN, ids=str)
def test_no_other_website_can_make_a_browser_post(
    client: FlaskClient, jpeg: bytes, path: str, headers: dict[str, str]
) -> None:
    name = "photo" if path == "/share" else "my_file"
    for sent, status in ((headers, 403), ({"Origin": "http://localhost"}, 200)):
        assert send(client, path, {name: FileStorage(io.BytesIO(jpeg), "beach.jpg")}, sent).status_code == status


def test_another_cover_can_be_chosen_in_the_form(client: FlaskClient, jpeg: bytes, detector: FakeDetector) -> None:
    page = post_photo(client, jpeg, emoji=PICTURES[-1])
    assert shown(page) == decoded(turdify(jpeg, Options(emoji=PICTURES[-1]), detector=detector).data)
    assert post_photo(client, jpeg, emoji="rose").status_code == 422


def test_a_picture_of_ones_own_covers_the_faces(client: FlaskClient, jpeg: bytes, detector: FakeDetector) -> None:
    page = post_photo(client, jpeg, picture=FileStorage(io.BytesIO(PURPLE), "own.png"))
    assert shown(page) == decoded(turdify(jpeg, Options(picture=read_artwork(PURPLE)), detector=detector).data)
    assert post_photo(client, jpeg, picture=FileStorage(io.BytesIO(b"no picture"), "own.png")).status_code == 415


def test_the_page_speaks_dutch_to_who_prefers_it(client: FlaskClient, jpeg: bytes, detector: FakeDetector) -> None:
    dutch = {"Accept-Language": "da-DK, nl-BE;q=0.9, en;q=0.5, de;q=0"}
    assert '<html lang="en">' in client.get("/", headers={"Accept-Language": "de;q=0"}).text
    page = client.get("/", headers=dutch)
    assert '<html lang="nl">' in page.text
    assert "Kies foto" in page.text
    assert "Choose photos" not in page.text
    answer = send(client, "/faces/", {"my_file": FileStorage(io.BytesIO(b"\xff\xd8\xff broken"), "x")}, dutch)
    assert "foto" in answer.text


def test_an_upload_of_any_size_stays_in_memory(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, jpeg: bytes
) -> None:
    """Werkzeug would make a temporary file for this one, and can't where there is no such folder."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "missing"))
    big = encoded(Image.effect_noise((990, 1000), 90), "PNG")
    assert 900_000 < len(big) < 2**20
    assert post_photo(client, big).status_code == 200


@pytest.mark.parametrize("name", ["page.js", "turdify.css", "covers/turd.svg"])
def test_static_texts_are_compressed_for_who_understands_that(client: FlaskClient, name: str) -> None:
    address = url(client.get("/"), name)
    with client.get(address) as plain, client.get(address, headers={"Accept-Encoding": "gzip"}) as packed:
        assert "Content-Encoding" not in plain.headers
        assert packed.headers["Content-Encoding"] == "gzip"
        assert gzip.decompress(packed.data) == plain.data
        assert len(packed.data) < len(plain.data)
        assert "Accept-Encoding" in packed.headers["Vary"]
        assert "Accept-Encoding" in plain.headers["Vary"]


def test_the_page_with_its_secret_is_not_compressed(client: FlaskClient) -> None:
    assert "Content-Encoding" not in client.get("/", headers={"Accept-Encoding": "gzip"}).headers


@pytest.mark.parametrize(("workers", "at_once"), [(1, 2), (2, 3), (4, 5), (16, 5)])
def test_scripts_ask_about_as_many_photos_as_are_worked_on_and_one_more(workers: int, at_once: int) -> None:
    page = create_app(Settings(workers=workers), FakeDetector()).test_client().get("/")
    assert json.loads(field(page, r'id="for-scripts">([^<]+)<'))["photosAtOnce"] == at_once


@pytest.mark.parametrize("sensitivity", SENSITIVITIES)
def test_how_sure_it_must_be_of_faces_can_be_chosen_in_the_form(
    client: FlaskClient, jpeg: bytes, detector: FakeDetector, sensitivity: str
) -> None:
    post_photo(client, jpeg, sensitivity=sensitivity)
    assert detector.sensitivity == sensitivity
    assert f'<option value="{sensitivity}"' in client.get("/").text
    assert post_photo(client, jpeg, sensitivity="extreme").status_code == 422
