"""The endpoint's description of itself, as OpenAPI 3.1 (spec.openapis.org)."""

from turdify import __version__
from turdify.errors import TurdifyError
from turdify.photo import MEDIA_TYPES
from turdify.pipeline import Options
from turdify.web.headers import HEADERS
from turdify.web.schemas import (
    ANY_OBJECT,
    BEFORE,
    COUNT,
    FACES,
    PICTURE,
    SCHEMAS,
    STATUS,
    TURN,
    Json,
    photo_fields,
    schema,
)

# When each error comes; the codes beside those of TurdifyError are of failures.py.
ERRORS = {
    400: "It isn't HTTP, or the host name is none of the server's.",
    401: "This server has a password, and it wasn't sent or is another.",
    403: "Another website's page made a browser send this.",
    408: "The photo took too long to arrive.",
    413: "The photo, or the form, is too large.",
    415: "The file is not a picture of a kind that is read.",
    422: "A field is missing, unknown or can't be understood, or the picture is damaged or has too many pixels.",
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

OPEN: Json = {"security": []}  # needs no password

# Headers of every answer, and those of some.
ALL_HEADERS = (*HEADERS, "Cache-Control")
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


def document(options: Options, protected: bool) -> Json:
    """The whole description; `options` holds the server's limits, `protected` is whether it has a password."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "turdify",
            "version": __version__,
            "summary": "Puts a turd on every face in a photo.",
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": "/"}],
        "paths": paths(options),
        "components": {
            "schemas": SCHEMAS,
            "headers": {name: {"schema": {"type": "string"}} for name in ALL_HEADERS} | NAMED_HEADERS,
            "securitySchemes": {"password": {"type": "http", "scheme": "basic"}} if protected else {},
        },
        "security": [{"password": []}] if protected else [],
    }


def paths(options: Options) -> Json:
    """What can be done at each address."""
    common = photo_fields(options)
    covered: Json = {media_type: {} for media_type in MEDIA_TYPES.values()} | {"application/json": schema("Found")}
    return {
        "/turdify/": {
            "post": operation(
                "cover",
                "Cover every face in a photo. Who accepts only JSON is told the faces, as by /faces/.",
                answer("The covered photo.", covered, *RESULT_HEADERS),
                form(common | {"faces": FACES}, "my_file"),
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
                form({"picture": PICTURE, "turn": TURN}, "picture"),
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
    }


def form(fields: Json, required: str) -> Json:
    """A body of these fields."""
    shape = {"type": "object", "required": [required], "additionalProperties": False, "properties": fields}
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
    """An answer of that status, and the codes that it may have."""
    codes = sorted(kind.code for kind in TurdifyError.__subclasses__() if kind.status == status)
    told = ", ".join([*codes, *OTHER_CODES.get(status, [])])
    headers = [RETRY_AFTER] if status in (429, 503) else []
    return answer(f"{when} The code is one of: {told}.", {"application/json": schema("Error")}, *headers)
