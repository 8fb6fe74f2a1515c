"""The endpoint for programs, as the original app published it, and what goes with it."""

from dataclasses import replace

from flask import Blueprint, Response, jsonify, request

from turdify.detection import Detector
from turdify.errors import PhotoMissing
from turdify.photo import MEDIA_TYPES, SUFFIXES
from turdify.pipeline import FIRST_ONLY, Found, Options, Result, find_faces, turdify
from turdify.web.headers import refuse_other_sites
from turdify.web.people import requested_people
from turdify.web.requests import (
    refuse_unknown_fields,
    requested_faces,
    requested_options,
    requested_picture,
    requested_turn,
    uploaded_file,
)
from turdify.web.schemas import COVER_FIELDS, FIND_FIELDS, FIT_FIELDS
from turdify.web.work import Workplace

# Where answers are for programs.
PATHS = ("/turdify", "/faces", "/picture", "/waiting", "/healthz", "/readyz", "/metrics", "/openapi.json")


def blueprint(options: Options, detector: Detector, workplace: Workplace, people_pixels: int) -> Blueprint:
    api = Blueprint("api", __name__)
    api.before_request(refuse_other_sites)

    @api.post("/turdify/", strict_slashes=False)
    def cover() -> Response:
        """The field my_file, covered, as PNG or what the field format names; its faces, to whom accepts only JSON."""
        if accepts_only_json():
            return find()
        refuse_unknown_fields(COVER_FIELDS)
        with workplace.photo() as work:
            wanted = with_people(requested_options(options, default_format="png"))
            faces = requested_faces()
            result = turdify(uploaded_file(), wanted, faces=faces, detector=detector, begin=work.begin)
            work.outcome = result
        response = Response(result.data, mimetype=MEDIA_TYPES[result.format])
        response.headers["X-Turdify-Faces"] = str(len(result.faces))
        response.headers["X-Turdify-Kept"] = str(len(result.kept))
        response.headers["Content-Disposition"] = f"inline; filename=turdified{SUFFIXES[result.format]}"
        return with_notice(response, result)

    @api.post("/faces/", endpoint="faces", strict_slashes=False)
    def find() -> Response:
        """Where the faces in my_file are, in pixels of the upright photo."""
        refuse_unknown_fields(FIND_FIELDS)
        with workplace.photo() as work:
            wanted = with_people(requested_options(options, default_format="png"))
            found = find_faces(uploaded_file(), wanted, detector=detector, begin=work.begin)
            work.outcome = found
        width, height = found.size
        answer = jsonify(width=width, height=height, faces=[face.as_dict() for face in found.faces + found.kept])
        return with_notice(answer, found)

    @api.post("/picture/", strict_slashes=False)
    def picture() -> Response:
        """Where a face goes in the field picture, in its pixels after it was shrunk to be drawn with."""
        refuse_unknown_fields(FIT_FIELDS)
        with workplace.photo():
            artwork = requested_picture(options)
        if artwork is None:
            raise PhotoMissing("The field picture is missing: send a PNG or WebP in it, as multipart/form-data.")
        return jsonify(width=artwork.size[0], center=artwork.face.center, radii=artwork.face.radii)

    @api.get("/waiting")
    def waiting() -> Response:
        """How many photos are before the one that was sent with this turn; null unless it waits."""
        return jsonify(before=workplace.slots.before(requested_turn(request.args)))

    def with_people(wanted: Options) -> Options:
        """Looking for people takes so long that photos may have to be smaller."""
        smaller = replace(wanted, max_pixels=min(wanted.max_pixels, people_pixels))
        people = requested_people(smaller, detector)
        return replace(smaller, people=people) if people else wanted

    return api


def with_notice(response: Response, photo: Found | Result) -> Response:
    if photo.animated:
        response.headers["X-Turdify-Notice"] = FIRST_ONLY
    return response


def accepts_only_json() -> bool:
    """Whether no picture of ours will do; many clients name JSON first in whatever they send, and take all else too."""
    accepted = request.accept_mimetypes
    with_charset = (quality for kind, quality in accepted if kind.startswith("application/json;"))
    json = accepted["application/json"] or max(with_charset, default=0)
    return json > 0 and not any(accepted[media_type] for media_type in MEDIA_TYPES.values())
