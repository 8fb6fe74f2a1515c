"""The endpoint for programs, as the original app published it, and what goes with it."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

from flask import Blueprint, Response, jsonify, request

from turdify.artwork import DEFAULT, Artwork, artwork_from
from turdify.covering import DEFAULT_SIZE, MAX_SIZE, MIN_SIZE
from turdify.detection import Detector
from turdify.errors import PhotoMissing, UnsupportedOption
from turdify.faces import read_faces
from turdify.geometry import Face
from turdify.photo import FORMATS, MEDIA_TYPES, SUFFIXES
from turdify.pipeline import EMOJI, Options, OutputFormat, find_faces, turdify
from turdify.web.headers import refuse_other_sites

# Where answers are for programs.
PATHS = ("/turdify", "/faces", "/picture", "/healthz")

OUTPUT_FORMATS: tuple[OutputFormat, ...] = ("same", *FORMATS)

Choice = TypeVar("Choice", bound=str)


def blueprint(options: Options, detector: Detector) -> Blueprint:
    api = Blueprint("api", __name__)
    api.before_request(refuse_other_sites)

    @api.post("/turdify/", strict_slashes=False)
    def cover() -> Response:
        """The field my_file, covered, as PNG or what the field format names; its faces, to whom accepts only JSON."""
        if request.accept_mimetypes.best_match(["image/png", "application/json"]) == "application/json":
            return faces()
        wanted = replace(
            options,
            format=requested_choice("format", OUTPUT_FORMATS, "png"),
            emoji=requested_choice("emoji", EMOJI, DEFAULT),
            picture=requested_picture(options),
            size=requested_size(),
        )
        result = turdify(uploaded_file(), wanted, faces=requested_faces(), detector=detector)
        response = Response(result.data, mimetype=MEDIA_TYPES[result.format])
        response.headers["X-Turdify-Faces"] = str(len(result.faces))
        response.headers["Content-Disposition"] = f"inline; filename=turdified{SUFFIXES[result.format]}"
        return response

    @api.post("/faces/", strict_slashes=False)
    def faces() -> Response:
        """Where the faces in my_file are, in pixels of the upright photo."""
        wanted = replace(options, emoji=requested_choice("emoji", EMOJI, DEFAULT), picture=requested_picture(options))
        found = find_faces(uploaded_file(), wanted, detector=detector)
        width, height = found.size
        return jsonify(width=width, height=height, faces=[face.as_dict() for face in found.faces])

    @api.post("/picture/", strict_slashes=False)
    def picture() -> Response:
        """Where a face goes in the field picture, in its pixels after it was shrunk to be drawn with."""
        artwork = requested_picture(options)
        if artwork is None:
            raise PhotoMissing("The field picture is missing: send a PNG or WebP in it, as multipart/form-data.")
        return jsonify(width=artwork.decode().width, center=artwork.face.center, radii=artwork.face.radii)

    @api.get("/healthz")
    def health() -> Response:
        return jsonify(status="ok")

    return api


def uploaded_file() -> bytes:
    if "my_file" not in request.files:
        raise PhotoMissing("The field my_file is missing: send the photo in it, as multipart/form-data.")
    data: bytes = request.files["my_file"].read()
    return data


def requested_choice(field: str, choices: Sequence[Choice], default: Choice) -> Choice:
    """The field's value, which is one of the choices, or the default where it isn't sent."""
    name = request.form.get(field, default)
    for choice in choices:
        if choice == name:
            return choice
    raise UnsupportedOption(f"Unknown {field} {name!r}. Choose one of {', '.join(choices)}.")


def requested_faces() -> list[Face] | None:
    """The faces to cover, where the client names them."""
    faces = request.form.get("faces")
    return None if faces is None else read_faces(faces)


def requested_picture(options: Options) -> Artwork | None:
    """The picture to cover faces with, where the client sends one; its limits are a photo's."""
    file = request.files.get("picture")
    if not (file and file.filename):
        return None
    return artwork_from(file.read(), max_bytes=options.max_bytes, max_pixels=options.max_pixels)


def requested_size() -> float:
    text = request.form.get("size", str(DEFAULT_SIZE))
    try:
        size = float(text)
    except ValueError:
        size = 0
    if not MIN_SIZE <= size <= MAX_SIZE:
        raise UnsupportedOption(f"Unknown size {text!r}. Choose a number of percent from {MIN_SIZE} to {MAX_SIZE}.")
    return size
