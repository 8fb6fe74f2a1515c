"""Static texts are sent compressed, each compressed once."""

import gzip
from functools import lru_cache

from flask import Flask, Response, request

# What isn't compressed in itself.
TYPES = ("text/javascript", "text/css", "image/svg+xml")
KEPT = 100  # files, of a few kB each


def register(app: Flask) -> None:
    app.after_request(compress)


def compress(response: Response) -> Response:
    """Answers other than static files are left as they are: what mixes a secret with a guess must not be compressed."""
    if request.endpoint != "static" or response.status_code != 200 or response.mimetype not in TYPES:
        return response
    response.vary.add("Accept-Encoding")
    if request.accept_encodings["gzip"]:
        response.direct_passthrough = False
        response.set_data(compressed(response.get_data()))
        response.content_encoding = "gzip"
    return response


@lru_cache(KEPT)
def compressed(data: bytes) -> bytes:
    return gzip.compress(data, mtime=0)
