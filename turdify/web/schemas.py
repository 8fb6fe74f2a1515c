"""The shapes of what the endpoint takes and answers, as JSON Schema, made of the tables that it obeys."""

from typing import Any

from turdify.covers import CHOICES, DEFAULT, DEFAULT_SIZE, MAX_SIZE, MIN_SIZE, NAMES, NUMBER_PATTERN, OWN
from turdify.detection import NORMAL, SENSITIVITIES
from turdify.faces import MAX_COORDINATE, MAX_FACES, SHAPES
from turdify.pipeline import OUTPUT_FORMATS, Options
from turdify.recognition import DEFAULT_STRICTNESS, STRICTNESS
from turdify.web.people import MAX_REFERENCES
from turdify.web.requests import MAX_TURN

Json = dict[str, Any]

FILE: Json = {"type": "string", "contentMediaType": "application/octet-stream"}
COORDINATE: Json = {"type": "number", "minimum": -MAX_COORDINATE, "maximum": MAX_COORDINATE}
POINT: Json = {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2}
EXTENT: Json = {"type": "integer", "minimum": 1}
COUNT: Json = {"type": "integer", "minimum": 0}
TURN: Json = {"type": "integer", "minimum": 1, "maximum": MAX_TURN}
ANY_OBJECT: Json = {"schema": {"type": "object"}}
STATUS: Json = {"application/json": {"schema": {"type": "object", "properties": {"status": {"enum": ["ok", "ready"]}}}}}
BEFORE: Json = {"schema": {"type": "object", "properties": {"before": {"type": ["integer", "null"], "minimum": 0}}}}

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
            "emoji": {
                "anyOf": [{"enum": [*NAMES, OWN, None]}, {"type": "string", "pattern": NUMBER_PATTERN}],
                "description": "What covers it.",
            },
            "score": {"type": ["number", "null"], "description": "The detector's confidence."},
            "kept": {"type": "boolean", "description": "Whether it stays uncovered."},
            "distance": {
                "type": ["number", "null"],
                "description": "How far from the person's, 0 to 1, if it is kept, or isn't as another is too like it.",
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

PICTURE: Json = {**FILE, "description": "A PNG or WebP of your own that covers the faces instead."}
FACES: Json = {
    "type": "string",
    "contentMediaType": "application/json",
    "contentSchema": {"type": "array", "maxItems": MAX_FACES, "items": {"$ref": "#/components/schemas/Face"}},
    "description": "The faces to cover, as /faces/ tells them, instead of those that are found.",
}
CHOICE: Json = {
    "format": {
        "enum": list(OUTPUT_FORMATS),
        "default": "png",
        "description": "The result's kind; \"same\" is the photo's.",
    },
    "emoji": {"enum": list(CHOICES), "default": DEFAULT, "description": "What covers the faces."},
    "size": {
        "type": "number",
        "minimum": MIN_SIZE,
        "maximum": MAX_SIZE,
        "default": DEFAULT_SIZE,
        "description": "How large covers are, in percent of what just holds a face.",
    },
    "picture": PICTURE,
    "sensitivity": {"enum": list(SENSITIVITIES), "default": NORMAL, "description": "High misses the fewest faces."},
}
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

# The fields of each endpoint, by name; whatever else is sent is refused.
FIND_FIELDS = ("my_file", *CHOICE, *PEOPLE, "turn")
COVER_FIELDS = (*FIND_FIELDS, "faces")
FIT_FIELDS = ("picture", "turn")


def photo_fields(options: Options) -> Json:
    """The fields of a form with a photo, by name; `options` holds the server's limits."""
    limit = f"At most {options.max_bytes / 2**20:g} MB and {options.max_pixels / 1e6:g} megapixels."
    photo = {**FILE, "description": f"JPEG, PNG, WebP, HEIC, AVIF, GIF, BMP or TIFF. {limit}"}
    turn = {**TURN, "description": "Any number, by which /waiting tells how many photos are before this one."}
    return {"my_file": photo} | CHOICE | PEOPLE | {"turn": turn}


def schema(name: str) -> Json:
    """Content of that shape."""
    return {"schema": {"$ref": f"#/components/schemas/{name}"}}
