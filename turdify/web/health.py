"""What those who run the service ask it: whether it lives, and whether it can take a photo."""

from flask import Blueprint, Response, abort, jsonify
from PIL import Image

from turdify.detection import Detector
from turdify.errors import Busy
from turdify.slots import Slots


def blueprint(detector: Detector, sample: Image.Image, slots: Slots) -> Blueprint:
    """`sample` shows a face."""
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

    return health
