"""What is counted, for Prometheus, over all of a server's processes.

Under gunicorn each process counts in a file of its own in memory (PROMETHEUS_MULTIPROC_DIR, made by gunicorn.conf.py),
named by a number that no other living process has: so there are no more files than there ever were processes at once,
and what a process counted stays when it goes.
"""

import json
import os
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import Flask, Response
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest, values
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.multiprocess import MultiProcessCollector

from turdify.errors import for_programs, new_request_id, status_code
from turdify.slots import Slots, own_number
from turdify.web.headers import HEADERS
from turdify.web.work import current_work

# From a hundredth of a second to the longest that a photo may take.
SECONDS = (0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 120)


class Metrics:
    """The counters of one app."""

    def __init__(self, slots: Slots) -> None:
        self.folder = os.environ.get("PROMETHEUS_MULTIPROC_DIR")
        if self.folder:
            values.ValueClass = shared_value()
        self.slots = slots
        self.registry = CollectorRegistry()
        own: dict[str, Any] = {"registry": self.registry}
        self.requests = Counter("turdify_requests", "Answers, by status.", ["status"], **own)
        self.refusals = Counter(
            "turdify_refusals", "Photos and requests that were refused, by reason.", ["reason"], **own
        )
        self.photos = Counter("turdify_photos", "Photos that were covered, or whose faces were found.", **own)
        self.faces = Counter("turdify_faces", "Faces in them.", **own)
        self.pixels = Counter("turdify_pixels", "Pixels in them.", **own)
        self.seconds = Histogram("turdify_stage_seconds", "How long stages took.", ["stage"], buckets=SECONDS, **own)

    def register(self, app: Flask) -> None:
        def count(response: Response) -> Response:
            self.requests.labels(response.status_code).inc()
            if work := current_work():
                for stage, seconds in work.seconds.items():
                    self.seconds.labels(stage).observe(seconds)
                if work.outcome:
                    self.photos.inc()
                    self.faces.inc(len(work.outcome.faces))
                    self.pixels.inc(work.outcome.size[0] * work.outcome.size[1])
            return response

        app.after_request(count)
        app.extensions["turdify.metrics"] = self

    def refused(self, reason: object) -> None:
        self.refusals.labels(type(reason).__name__).inc()

    def told(self) -> Response:
        """In Prometheus' text format."""
        registry = CollectorRegistry() if self.folder else self.registry
        if self.folder:
            MultiProcessCollector(registry, self.folder)  # type: ignore[no-untyped-call]
        return Response(generate_latest(registry) + generate_latest(Live(self.slots)), content_type=CONTENT_TYPE_LATEST)

    def beside(self, wsgi_app: WSGIApplication, port: str) -> WSGIApplication:
        """/metrics and nothing else at the port, by whatever name of a host; everywhere else what there was."""

        def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
            if environ["SERVER_PORT"] != port:
                return wsgi_app(environ, start_response)
            id = new_request_id()
            response = self.told() if environ["PATH_INFO"] == "/metrics" else nothing_else(id)
            response.headers.update({**HEADERS, "Cache-Control": "no-store", "X-Request-ID": id})
            return response(environ, start_response)

        return answer


def nothing_else(id: str) -> Response:
    said = for_programs("There is nothing here but /metrics.", status_code(404), id)
    return Response(json.dumps(said), 404, content_type="application/json")


class Live:
    """What is seen rather than counted: how many wait and how many are worked on."""

    def __init__(self, slots: Slots) -> None:
        self.slots = slots

    def collect(self) -> Iterator[GaugeMetricFamily]:
        yield GaugeMetricFamily("turdify_waiting", "Photos that wait for a slot.", self.slots.waiting())
        yield GaugeMetricFamily("turdify_working", "Photos that are worked on.", self.slots.working())


@cache
def shared_value() -> type:
    kind: type = values.MultiProcessValue(own_number)  # type: ignore[no-untyped-call]
    return kind
