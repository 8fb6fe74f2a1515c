"""What programs can ask for: /openapi.json for them, /docs for who writes them."""

from flask import Blueprint, Response, jsonify, render_template

from turdify.pipeline import Options
from turdify.web.openapi import document


def blueprint(options: Options, protected: bool) -> Blueprint:
    documents = Blueprint("documents", __name__)
    description = document(options, protected)

    @documents.get("/openapi.json")
    def openapi() -> Response:
        return jsonify(description)

    @documents.get("/docs", strict_slashes=False)
    def docs() -> str:
        return render_template("docs.html", description=description, fields=fields(description))

    return documents


def fields(description: dict[str, object]) -> dict[str, object]:
    """The fields of /turdify/, which has all that there are, by their names."""
    body = description["paths"]["/turdify/"]["post"]["requestBody"]  # type: ignore[index]
    properties: dict[str, object] = body["content"]["multipart/form-data"]["schema"]["properties"]
    return properties
