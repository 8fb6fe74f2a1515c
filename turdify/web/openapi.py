"""What the endpoint takes and answers, as OpenAPI 3.1 (spec.openapis.org), made of the tables that it obeys."""

from typing import Any

from turdify import __version__
from turdify.covers import CHOICES, DEFAULT, DEFAULT_SIZE, FACE_CHOICES, MAX_SIZE, MIN_SIZE
from turdify.detection import NORMAL, SENSITIVITIES
from turdify.errors import TurdifyError
from turdify.faces import MAX_COORDINATE, MAX_FACES, SHAPES
from turdify.photo import MEDIA_TYPES
from turdify.pipeline import OUTPUT_FORMATS, Options
from turdify.recognition import DEFAULT_STRICTNESS, STRICTNESS
from turdify.web.headers import HEADERS
from turdify.web.people import MAX_REFERENCES
from turdify.web.requests import MAX_TURN

Json = dict[str, Any]

FILE: Json = {"type": "string", "contentMediaType": "application/octet-stream"}
COORDINATE: Json = {"type": "number", "minimum": -MAX_COORDINATE, "maximum": MAX_COORDINATE}
POINT: Json = {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2}
EXTENT: Json = {"type": "integer", "minimum": 1}

# When each error comes; the codes beside those of TurdifyError are of failures.py.
ERRORS = {
    400: "It isn't HTTP, or the host name is none of the server's.",
    401: "This server has a password, and it wasn't sent or is another.",
    403: "Another website's page made a browser send this.",
    408: "The photo took too long to arrive.",
    413: "The photo, or the form, is too large.",
    415: "The file is not a picture of a kind that is read.",
    422: "A field is missing or can't be understood, or the picture is damaged or has too many pixels.",
    429: "Too many photos or wrong passwords came from one address; Retry-After says when to try again.",
    500: "A fault of ours; the server's log has the reference in the answer.",
    501: "The packages that recognize people are not installed.",
    503: "Too many photos wait, or this one took too long; Retry-After says when to try again.",
}
OTHER_CODES = {
    400: ["bad_request"],
    403: ["forbidden"],
    408: ["request_timeout"],
    413: ["form_too_large"],
    429: ["too_many_requests"],
    500: ["internal_server_error"],
    503: ["service_unavailable"],
}

SCHEMAS: Json = {
    "Error": {
        "type": "object",
        "required": ["detail", "code"],
        "properties": {
            "detail": {"type": "string", "description": "What happened and what to do, in the reader's language."},
            "code": {"type": "string", "description": "The same in every language and version."},
            "request_id": {"type": "string", "description": "By which the server's log names the request."},
            "waiting": {"type": "integer", "minimum": 0, "description": "How many photos wait, where too many do."},
        },
    },
    "Face": {
        "type": "object",
        "description": "In pixels of the upright photo, beyond whose edges it may reach.",
        "required": ["box"],
        "additionalProperties": False,
        "properties": {
            "box": {
                "type": "array",
                "items": COORDINATE,
                "minItems": 4,
                "maxItems": 4,
                "description": "left, upper, right, lower",
            },
            "angle": {**COORDINATE, "description": "The head's tilt in degrees, counter-clockwise."},
            "shape": {"enum": list(SHAPES), "description": "What a mask covers: a box to its corners."},
            "emoji": {"enum": [*FACE_CHOICES, "mixed", None], "description": "What covers it."},
            "score": {"type": ["number", "null"], "description": "The detector's confidence."},
            "kept": {"type": "boolean", "description": "Whether it stays uncovered."},
            "distance": {
                "type": ["number", "null"],
                "description": "How near it is to the person's, 0 to 1, if it is kept or is too like another.",
            },
        },
    },
    "Found": {
        "type": "object",
        "required": ["width", "height", "faces"],
        "properties": {
            "width": EXTENT,
            "height": EXTENT,
            "faces": {"type": "array", "items": {"$ref": "#/components/schemas/Face"}},
        },
    },
    "Fit": {
        "type": "object",
        "description": "The ellipse that a face goes into, in pixels of the picture as it is drawn with.",
        "required": ["width", "center", "radii"],
        "properties": {"width": EXTENT, "center": POINT, "radii": POINT},
    },
}

TURN: Json = {"type": "integer", "minimum": 1, "maximum": MAX_TURN}
BEFORE: Json = {"schema": {"type": "object", "properties": {"before": {"type": ["integer", "null"], "minimum": 0}}}}
STATUS: Json = {"application/json": {"schema": {"type": "object", "properties": {"status": {"enum": ["ok", "ready"]}}}}}
OPEN: Json = {"security": []}  # needs no password
ANY_OBJECT: Json = {"schema": {"type": "object"}}

# Headers of every answer, and those of some.
ALL_HEADERS = (*HEADERS, "Cache-Control")
COUNT: Json = {"type": "integer", "minimum": 0}
NOTICE = "X-Turdify-Notice"
RETRY_AFTER = "Retry-After"
NAMED_HEADERS: Json = {
    "X-Turdify-Faces": {"description": "How many faces are covered.", "schema": COUNT},
    "X-Turdify-Kept": {"description": "How many faces stay uncovered, as was asked for.", "schema": COUNT},
    "Content-Disposition": {"description": "A name for the result.", "schema": {"type": "string"}},
    RETRY_AFTER: {"description": "In how many seconds to try again.", "schema": COUNT},
    NOTICE: {"description": "What else is to be said, as of an animation.", "schema": {"type": "string"}},
}

RESULT_HEADERS = [name for name in NAMED_HEADERS if name != RETRY_AFTER]
FILES: Json = {"type": "array", "items": FILE, "maxItems": MAX_REFERENCES}
PEOPLE: Json = {
    "keep": {**FILES, "description": "Photos of people who stay uncovered."},
    "only": {**FILES, "description": "Photos of those who alone are covered; either these or keep."},
    "keep_box": {
        "type": "array",
        "items": {"type": "string", "contentMediaType": "application/json"},
        "description": "For each of these photos the box that says whose face is meant, or nothing.",
    },
    "strictness": {
        "enum": list(STRICTNESS),
        "default": DEFAULT_STRICTNESS,
        "description": "How sure it must be who somebody is.",
    },
}


def document(options: Options, protected: bool) -> Json:
    """The whole description; `options` holds the server's limits, `protected` is whether it has a password."""
    limit = f"At most {options.max_bytes / 2**20:g} MB and {options.max_pixels / 1e6:g} megapixels."
    photo = {**FILE, "description": f"JPEG, PNG, WebP, HEIC, AVIF or GIF. {limit}"}
    emoji = {"enum": list(CHOICES), "default": DEFAULT, "description": "What covers the faces."}
    picture = {**FILE, "description": "A PNG or WebP of your own that covers the faces instead."}
    size = {
        "type": "number",
        "minimum": MIN_SIZE,
        "maximum": MAX_SIZE,
        "default": DEFAULT_SIZE,
        "description": "How large covers are, in percent of what just holds a face.",
    }
    format = {
        "enum": list(OUTPUT_FORMATS),
        "default": "png",
        "description": "The result's kind; \"same\" is the photo's.",
    }
    faces = {
        "type": "string",
        "contentMediaType": "application/json",
        "contentSchema": {"type": "array", "maxItems": MAX_FACES, "items": {"$ref": "#/components/schemas/Face"}},
        "description": "The faces to cover, as /faces/ tells them, instead of those that are found.",
    }
    sensitivity = {"enum": list(SENSITIVITIES), "default": NORMAL, "description": "High misses the fewest faces."}
    choices = {"format": format, "emoji": emoji, "size": size, "picture": picture, "sensitivity": sensitivity}
    turn = {**TURN, "description": "Any number, by which /waiting tells how many photos are before this one."}
    common = {"my_file": photo} | choices | PEOPLE | {"turn": turn}
    covered: Json = {media_type: {} for media_type in MEDIA_TYPES.values()} | {"application/json": schema("Found")}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "turdify",
            "version": __version__,
            "summary": "Puts a turd on every face in a photo.",
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": "/"}],
        "paths": {
            "/turdify/": {
                "post": operation(
                    "cover",
                    "Cover every face in a photo. Who accepts only JSON is told the faces, as by /faces/.",
                    answer("The covered photo.", covered, *RESULT_HEADERS),
                    form(common | {"faces": faces}, "my_file"),
                )
            },
            "/faces/": {
                "post": operation(
                    "findFaces",
                    "Tell where the faces are.",
                    answer("The photo's size and its faces.", {"application/json": schema("Found")}, NOTICE),
                    form(common, "my_file"),
                )
            },
            "/picture/": {
                "post": operation(
                    "fitPicture",
                    "Tell where a face goes in a picture of your own.",
                    answer("The ellipse for the face.", {"application/json": schema("Fit")}),
                    form({"picture": picture}, "picture"),
                )
            },
            "/waiting": {
                "get": operation(
                    "waiting",
                    "Tell how many photos are before one that was sent with a turn; null unless it waits.",
                    answer("How many.", {"application/json": BEFORE}),
                    query={"turn": TURN},
                )
            },
            "/healthz": {"get": operation("health", "Whether the server lives.", answer("It does.", STATUS)) | OPEN},
            "/readyz": {"get": operation("ready", "Whether it takes photos.", answer("It does.", STATUS)) | OPEN},
            "/openapi.json": {
                "get": operation("describe", "This description.", answer("It.", {"application/json": ANY_OBJECT}))
            },
        },
        "components": {
            "schemas": SCHEMAS,
            "headers": {name: {"schema": {"type": "string"}} for name in ALL_HEADERS} | NAMED_HEADERS,
            "securitySchemes": {"password": {"type": "http", "scheme": "basic"}} if protected else {},
        },
        "security": [{"password": []}] if protected else [],
    }


def schema(name: str) -> Json:
    return {"schema": {"$ref": f"#/components/schemas/{name}"}}


def form(fields: Json, required: str) -> Json:
    """A body of these fields."""
    shape = {"type": "object", "required": [required], "properties": fields}
    return {"required": True, "content": {"multipart/form-data": {"schema": shape}}}


def answer(description: str, content: Json, *headers: str) -> Json:
    references = {name: {"$ref": f"#/components/headers/{name}"} for name in (*headers, *ALL_HEADERS)}
    return {"description": description, "content": content, "headers": references}


def operation(name: str, summary: str, success: Json, body: Json | None = None, query: Json | None = None) -> Json:
    """What has a body can be refused in all ways, what has none only fail, or not be understood if there is a query."""
    fewer = [400, 401, 403, *([422] if query else []), 429, 500, 503]
    statuses = ERRORS if body else {status: ERRORS[status] for status in fewer}
    errors = {str(status): error(status, when) for status, when in sorted(statuses.items())}
    language = {
        "name": "Accept-Language",
        "in": "header",
        "description": "The language of an error's detail.",
        "schema": {"type": "string"},
    }
    asked = [{"name": field, "in": "query", "schema": kind} for field, kind in (query or {}).items()]
    described = {
        "operationId": name,
        "summary": summary,
        "parameters": [language, *asked],
        "responses": {"200": success} | errors,
    }
    return described | {"requestBody": body} if body else described


def error(status: int, when: str) -> Json:
    codes = sorted(kind.code for kind in TurdifyError.__subclasses__() if kind.status == status)
    told = ", ".join([*codes, *OTHER_CODES.get(status, [])])
    headers = [RETRY_AFTER] if status in (429, 503) else []
    return answer(f"{when} The code is one of: {told}.", {"application/json": schema("Error")}, *headers)
