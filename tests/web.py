"""What a browser or curl does, for the tests of the web service."""

import html
import io
import re
from base64 import b64decode
from typing import Any

from flask.testing import FlaskClient
from PIL import Image
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from tests.pictures import decoded


def post_photo(client: FlaskClient, data: bytes, name: str = "beach.jpg", **fields: Any) -> TestResponse:
    """Open the page and send its form."""
    token = field(client.get("/"), r'name="csrf_token"[^>]* value="([^"]+)"')
    return send(client, "/", {"csrf_token": token, "photo": FileStorage(io.BytesIO(data), name), **fields})


def field(page: TestResponse, pattern: str) -> str:
    found = re.search(pattern, page.text)
    assert found, f"{pattern} is not in the page"
    return html.unescape(found[1])


def shown(page: TestResponse) -> Image.Image:
    """The picture in the page."""
    return decoded(b64decode(field(page, r'<img class="photo" src="data:image/\w+;base64,([^"]+)"')))


def call(client: FlaskClient, path: str, data: bytes, **fields: Any) -> TestResponse:
    """What `curl -F my_file=@photo` sends."""
    return send(client, path, {"my_file": FileStorage(io.BytesIO(data), "photo"), **fields})


def send(client: FlaskClient, path: str, fields: dict[str, Any], headers: dict[str, str] | None = None) -> TestResponse:
    """Encoded here, as the test client would make a temporary file of a large body."""
    boundary, body = encode_multipart(fields)
    content_type = f"multipart/form-data; boundary={boundary}"
    return client.post(path, data=body, content_type=content_type, headers=headers)
