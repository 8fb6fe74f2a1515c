"""An id for each request, and one line a photo in the log: never a name, an address, a hash or a query."""

import json
import logging
import sys
import time

from flask import Flask, Response, request

from turdify.errors import new_request_id
from turdify.pipeline import Found, Result
from turdify.web.work import Work, current_work

ID = "turdify.id"
LOGGER = logging.getLogger("turdify.photos")


def request_id() -> str:
    """The current request's, by which its answer and its line in the log find each other."""
    made: str = request.environ.setdefault(ID, new_request_id())
    return made


def register(app: Flask, as_json: bool) -> None:
    """Each answer gets the header X-Request-ID, and each photo its line, in JSON or as words."""
    if not LOGGER.handlers:
        LOGGER.addHandler(logging.StreamHandler(sys.stdout))
        LOGGER.setLevel(logging.INFO)

    def tell(response: Response) -> Response:
        response.headers["X-Request-ID"] = request_id()
        if work := current_work():
            LOGGER.info(line(request_id(), response.status_code, work, as_json))
        return response

    app.after_request(tell)


def line(id: str, status: int, work: Work, as_json: bool) -> str:
    told = {"time": time.strftime("%Y-%m-%dT%H:%M:%S%z"), "id": id, "status": status, **told_of(work.outcome)}
    told |= {f"{stage}_ms": round(1000 * seconds) for stage, seconds in work.seconds.items()}
    return json.dumps(told) if as_json else "photo " + " ".join(f"{name}={value}" for name, value in told.items())


def told_of(outcome: Found | Result | None) -> dict[str, object]:
    """What is known of a photo that was covered, or whose faces were found; nothing of one that wasn't."""
    if outcome is None:
        return {}
    width, height = outcome.size
    format = {"format": outcome.format} if isinstance(outcome, Result) else {}
    return {**format, "megapixels": round(width * height / 10**6, 1), "faces": len(outcome.faces)}
