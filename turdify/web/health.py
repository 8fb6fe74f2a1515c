"""What those who run the service ask it: whether it lives, whether it can take a photo, and what it did."""

from flask import Blueprint, Response, abort, jsonify, request
from PIL import Image

from turdify.detection import Detector
from turdify.errors import Busy
from turdify.slots import Slots
from turdify.web.metrics import Metrics


def blueprint(detector: Detector, sample: Image.Image, slots: Slots, metrics: Metrics, metrics_port: str) -> Blueprint:
    """`sample` shows a face; /metrics is answered at `metrics_port` only, and nowhere if that is empty."""
    health = Blueprint("health", __name__)

    @health.get("/healthz")
    def alive() -> Response:
        """Whatever is being worked on."""
        return jsonify(status="ok")

    @health.get("/readyz")
    def ready() -> Response:
        """Whether faces are found, and a photo would be taken. Raises Busy if not."""
        if slots.working() == slots.count and (waiting := slots.waiting()) >= slots.queue:
            raise Busy(waiting)
        if not detector.find_faces(sample):
            abort(500)
        return jsonify(status="ready")

    @health.get("/metrics")
    def counted() -> Response:
        if not metrics_port or request.environ.get("SERVER_PORT") != metrics_port:
            abort(404)
        return metrics.told()

    return health
