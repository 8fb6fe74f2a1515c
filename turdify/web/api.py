"""The endpoint for programs, as the original app published it, and what goes with it."""

from dataclasses import replace

from flask import Blueprint, Response, jsonify, request

from turdify.detection import Detector
from turdify.errors import PhotoMissing, UnsupportedOption
from turdify.photo import FORMATS, MEDIA_TYPES, SUFFIXES
from turdify.pipeline import Options, OutputFormat, find_faces, turdify

# Where answers are for programs.
PATHS = ("/turdify", "/faces", "/healthz")


def blueprint(options: Options, detector: Detector) -> Blueprint:
    api = Blueprint("api", __name__)

    @api.post("/turdify/", strict_slashes=False)
    def cover() -> Response:
        """The field my_file, covered, as PNG or what the field format names."""
        result = turdify(uploaded_file(), replace(options, format=requested_format()), detector=detector)
        response = Response(result.data, mimetype=MEDIA_TYPES[result.format])
        response.headers["X-Turdify-Faces"] = str(len(result.faces))
        response.headers["Content-Disposition"] = f"inline; filename=turdified{SUFFIXES[result.format]}"
        return response

    @api.post("/faces/", strict_slashes=False)
    def faces() -> Response:
        """Where the faces in my_file are, in pixels of the upright photo."""
        found = find_faces(uploaded_file(), options, detector=detector)
        width, height = found.size
        return jsonify(width=width, height=height, faces=[face.as_dict() for face in found.faces])

    @api.get("/healthz")
    def health() -> Response:
        return jsonify(status="ok")

    return api


def uploaded_file() -> bytes:
    if "my_file" not in request.files:
        raise PhotoMissing("The field my_file is missing: send the photo in it, as multipart/form-data.")
    data: bytes = request.files["my_file"].read()
    return data


def requested_format() -> OutputFormat:
    choices: tuple[OutputFormat, ...] = ("same", *FORMATS)
    name = request.form.get("format", "png")
    for choice in choices:
        if choice == name:
            return choice
    raise UnsupportedOption(f"Unknown format {name!r}. Choose one of {', '.join(choices)}.")
