"""The web service: a page for people, an endpoint for programs."""

import io
import os
import secrets
from pathlib import Path
from typing import IO

from flask import Flask, Request

from turdify.detection import Detector, load_detector
from turdify.pipeline import Options
from turdify.settings import Settings
from turdify.web import api, failures, headers, page

ROOT = Path(__file__).parent.parent.parent

# For all fields but the photo. Werkzeug counts its 64 KiB read buffer too, so less than twice that refuses photos.
MAX_FIELDS_BYTES = 256 * 2**10
MAX_FORM_PARTS = 10


class InMemoryRequest(Request):
    """Uploads stay in memory: by default those over 500 kB would go to a temporary file, and a photo never may."""

    def _get_file_stream(
        self,
        total_content_length: int | None,
        content_type: str | None,
        filename: str | None = None,
        content_length: int | None = None,
    ) -> IO[bytes]:
        return io.BytesIO()


class Turdify(Flask):
    request_class = InMemoryRequest


def create_app(settings: Settings | None = None, detector: Detector | None = None) -> Flask:
    """The WSGI application. Without settings, they come from the environment; without a detector, they name it."""
    settings = settings or Settings.from_environment(os.environ)
    app = Turdify(__name__, template_folder=str(ROOT / "templates"), static_folder=str(ROOT / "static"))
    app.config.update(
        SECRET_KEY=settings.secret_key or secrets.token_hex(32),
        MAX_CONTENT_LENGTH=settings.max_bytes + MAX_FIELDS_BYTES,
        MAX_FORM_MEMORY_SIZE=MAX_FIELDS_BYTES,
        MAX_FORM_PARTS=MAX_FORM_PARTS,
        SESSION_COOKIE_SAMESITE="Lax",
        WTF_CSRF_TIME_LIMIT=None,  # a page left open overnight still works
    )
    detector = detector or load_detector(settings.detector)
    options = Options(max_bytes=settings.max_bytes, max_pixels=settings.max_pixels)
    app.register_blueprint(page.blueprint(options, detector))
    app.register_blueprint(api.blueprint(options, detector))
    failures.register(app, settings.max_bytes)
    headers.register(app)
    return app
