"""The headers that every answer carries."""

from urllib.parse import urlsplit

from flask import Flask, Response, abort, request

# Nothing is loaded but our own scripts, style and pictures, and photos that are in the page or chosen in it; nobody may
# frame us.
CONTENT_SECURITY_POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "worker-src 'self'",
        "style-src 'self'",
        "img-src 'self' blob: data:",
        "connect-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    ]
)

# The script that takes what a phone's gallery shares with the page.
SERVICE_WORKER = "/shared.js"

# For static files, whose addresses change with their content.
FOREVER = "public, max-age=31536000, immutable"

HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def register(app: Flask) -> None:
    app.after_request(add_headers)


def add_headers(response: Response) -> Response:
    response.headers.update(HEADERS)
    fixed = request.endpoint == "static" and response.status_code in (200, 304)
    if request.path.endswith(SERVICE_WORKER):
        response.headers["Service-Worker-Allowed"] = "/"  # from where it lies it would only serve its own folder
    response.headers["Cache-Control"] = FOREVER if fixed else "no-store"
    return response


def refuse_other_sites() -> None:
    """403 for what the page of another site makes a browser send. Programs send neither header."""
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    if site is None:
        site = "same-origin" if origin is None or host_of(origin) == request.host else "cross-site"
    if site not in ("same-origin", "none"):  # none: the person's own doing, as a share from the gallery is
        abort(403)


def host_of(origin: str) -> str | None:
    """The host and port of an origin; None where it makes no sense."""
    try:
        return urlsplit(origin).netloc.lower()
    except ValueError:
        return None
