"""The web service: a page for people, an endpoint for programs."""

import hashlib
import mimetypes
import os
import secrets
from pathlib import Path
from typing import Any

from flask import Flask, request
from flask.ctx import RequestContext
from flask.sessions import SecureCookieSessionInterface
from flask_babel import Babel
from werkzeug.middleware.proxy_fix import ProxyFix

from turdify.detection import Detector, load_detector
from turdify.machine import QUEUED_BYTES
from turdify.memory import Allowance
from turdify.pace import SAMPLE
from turdify.pipeline import Options
from turdify.settings import Settings
from turdify.shipped import shipped
from turdify.slots import Slots
from turdify.web import access, api, compression, documents, failures, headers, health, log, page, uploads
from turdify.web.metrics import Metrics
from turdify.web.texts import LANGUAGES
from turdify.web.uploads import Budget, InMemoryRequest
from turdify.web.warmup import small, warm_up
from turdify.web.work import Workplace

STATIC = shipped("static")

mimetypes.add_type("application/manifest+json", ".webmanifest")  # not everywhere known

# For all fields but the photo. Werkzeug counts its 64 KiB read buffer too, so less than twice that refuses photos.
MAX_FIELDS_BYTES = 256 * 2**10
MAX_FORM_PARTS = 40  # ten reference photos with a box each, and every other field twice

# By which a health check calls us. No page of somebody else's can have these names, so they are no way in.
OWN_HOSTS = ("localhost", "127.0.0.1")


class Sessions(SecureCookieSessionInterface):
    """The cookie of the page's form; one that was set over HTTPS never travels without it."""

    def get_cookie_secure(self, app: Flask) -> bool:
        return request.is_secure


class Turdify(Flask):
    request_class = InMemoryRequest
    session_interface = Sessions()

    def request_context(self, environ: dict[str, Any]) -> RequestContext:
        """A host is the same in any case: browsers send its name in lower case, other programs as it was typed."""
        if "HTTP_HOST" in environ:
            environ["HTTP_HOST"] = environ["HTTP_HOST"].lower()
        return super().request_context(environ)


def create_app(settings: Settings | None = None, detector: Detector | None = None) -> Flask:
    """The WSGI application. Without settings, they come from the environment; without a detector, they name it.

    Raises RuntimeError if the detector that they name finds no face in the sample photo.
    """
    settings = settings or Settings.from_environment(os.environ)
    app = Turdify(
        __name__,
        template_folder=str(shipped("templates")),
        static_folder=str(STATIC),
        static_url_path=f"/static/{fingerprint(STATIC)}",
    )
    app.config.update(
        SECRET_KEY=settings.secret_key or secrets.token_hex(32),
        MAX_CONTENT_LENGTH=settings.max_bytes + MAX_FIELDS_BYTES,
        MAX_FORM_MEMORY_SIZE=MAX_FIELDS_BYTES,
        MAX_FORM_PARTS=MAX_FORM_PARTS,
        SESSION_COOKIE_SAMESITE="Lax",
        WTF_CSRF_TIME_LIMIT=None,  # a page left open overnight still works
        TRUSTED_HOSTS=[*settings.hosts, *OWN_HOSTS] if settings.hosts else None,
    )
    if settings.proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=settings.proxies, x_proto=settings.proxies)  # type: ignore[method-assign]
    detector = detector or warm_up(load_detector(settings.detector, settings.threads), SAMPLE)
    options = Options(max_bytes=settings.max_bytes, max_pixels=settings.max_pixels)
    slots = Slots(settings.workers, settings.queue, settings.wait_s)
    workplace = Workplace(slots, settings.timeout_s, Allowance(settings.photo_bytes))
    access.register(app, settings.password)
    uploads.register(app, Budget(app.config["MAX_CONTENT_LENGTH"] + QUEUED_BYTES), slots)
    app.register_blueprint(page.blueprint(options, detector, workplace))
    app.register_blueprint(api.blueprint(options, detector, workplace, settings.people_pixels))
    app.register_blueprint(documents.blueprint(options, protected=bool(settings.password)))
    app.register_blueprint(health.blueprint(detector, small(SAMPLE), slots))
    metrics = Metrics(slots)
    failures.register(app, settings.max_bytes, metrics)
    headers.register(app)
    log.register(app, as_json=settings.log == "json")
    metrics.register(app)
    if settings.metrics_port:
        app.wsgi_app = metrics.beside(app.wsgi_app, settings.metrics_port)  # type: ignore[method-assign,assignment]
    compression.register(app)
    Babel(app, locale_selector=preferred_language)
    return app


def fingerprint(folder: Path) -> str:
    """Twelve hexadecimal digits that change with any file in the folder.

    In the addresses of static files they let browsers keep these forever. One for all, rather than one a file, leaves
    the addresses valid by which scripts and styles name each other.
    """
    digest = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        digest.update(f"{path.relative_to(folder)}\0{path.stat().st_size}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def preferred_language() -> str:
    """The first of the reader's languages that we know; nl-BE is nl."""
    wanted = (tag.split("-")[0].lower() for tag, quality in request.accept_languages if quality)
    return next((language for language in wanted if language in LANGUAGES), LANGUAGES[0])
