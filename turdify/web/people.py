"""Who is to stay uncovered, or alone to be covered, as a request says it with photos of these people."""

import json

from flask import request
from werkzeug.datastructures import FileStorage

from turdify.detection import Detector
from turdify.errors import InvalidFaces, TurdifyError, UnsupportedOption, UnusableReference
from turdify.faces import Box, read_box
from turdify.pipeline import Options, read_reference
from turdify.recognition import DEFAULT_STRICTNESS, STRICTNESS, Encodings, People
from turdify.web.requests import requested_choice, requested_texts

MAX_REFERENCES = 10


def requested_people(allowed: Options, detector: Detector) -> People | None:
    """The people whom the request names; None where it names none.

    All reference photos together may have as many pixels as one photo, so that they take no more time.
    """
    strictness = requested_choice("strictness", list(STRICTNESS), DEFAULT_STRICTNESS)
    kept, only = uploads("keep"), uploads("only")
    if kept and only:
        raise UnsupportedOption("Either keep says who stays uncovered, or only says who is covered: not both.")
    references = kept or only
    boxes = requested_boxes(len(references))
    if not references:
        return None
    share = allowed.max_pixels // len(references)
    encodings = [
        read(number, file, box, detector, allowed.max_bytes, share)
        for number, (file, box) in enumerate(zip(references, boxes, strict=True), start=1)
    ]
    return People(encodings, bool(only), strictness)


def uploads(field: str) -> list[FileStorage]:
    """The photos in the field; those left empty, as a form sends them, count for nothing."""
    if request.form.get(field):
        raise UnsupportedOption(f"The field {field} takes photos of people, as files.")
    files = [file for file in request.files.getlist(field) if file.filename]
    if len(files) > MAX_REFERENCES:
        raise UnsupportedOption(
            f"There are {len(files)} photos in the field {field}; at most {MAX_REFERENCES} are read."
        )
    return files


def requested_boxes(count: int) -> list[Box | None]:
    """One for each of so many reference photos, as the fields keep_box say; none where they are empty."""
    texts = requested_texts("keep_box") or [""] * count
    if len(texts) != count:
        raise InvalidFaces(
            f"Send keep_box once for each photo in keep or only, empty where a photo shows one face: "
            f"there are {len(texts)} for {count}."
        )
    return [requested_box(text, number) if text.strip() else None for number, text in enumerate(texts, start=1)]


def requested_box(text: str, number: int) -> Box:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InvalidFaces(f"keep_box {number} is not valid JSON.") from error
    return read_box(value, f"keep_box {number}")


def read(
    number: int, file: FileStorage, box: Box | None, detector: Detector, max_bytes: int, max_pixels: int
) -> Encodings:
    try:
        return read_reference(file.read(), box=box, detector=detector, max_bytes=max_bytes, max_pixels=max_pixels)
    except TurdifyError as error:
        if error.status >= 500:  # ours, not the photo's
            raise
        raise UnusableReference(number, error) from error
