"""What a request asks for, whether it comes from the page or from a program."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from json import detect_encoding
from typing import TypeVar

from flask import request
from werkzeug.exceptions import RequestEntityTooLarge

from turdify.covers import CHOICES, DEFAULT, DEFAULT_SIZE, FACE_CHOICES, MAX_SIZE, MIN_SIZE, OFFERED, Artwork
from turdify.detection import NORMAL, SENSITIVITIES
from turdify.errors import PhotoMissing, UnsupportedOption
from turdify.faces import Face, read_faces
from turdify.pipeline import OUTPUT_FORMATS, Options, OutputFormat, read_artwork, unknown_choice, unknown_size

# The largest whole number that JavaScript tells from the next.
MAX_TURN = 2**53 - 1

Choice = TypeVar("Choice", bound=str)


def requested_options(allowed: Options, default_format: OutputFormat) -> Options:
    """The options that the request names, within the limits of those that are allowed."""
    return replace(
        allowed,
        format=requested_choice("format", OUTPUT_FORMATS, default_format, {"jpg": "jpeg"}),
        emoji=requested_choice("emoji", CHOICES, DEFAULT),
        picture=requested_picture(allowed),
        size=requested_size(),
        sensitivity=requested_choice("sensitivity", tuple(SENSITIVITIES), NORMAL),
    )


def refuse_unknown_fields(known: Collection[str]) -> None:
    """Raises UnsupportedOption for a field that would be passed over: it has another name, or is in the address."""
    sent = [*request.files, *(name for name, value in request.form.items(multi=True) if value)]
    for name in sent:
        if name not in known:
            raise UnsupportedOption(f"Unknown field {name!r}. The fields are {', '.join(known)}.")
    for name in request.args:
        if name in known:
            raise UnsupportedOption(f"The field {name} is in the address: send it in the form, as the photo.")


def uploaded_file() -> bytes:
    photo = only_file("my_file")
    if photo is None:
        raise PhotoMissing("The field my_file is missing: send the photo in it, as multipart/form-data.")
    return photo


def only_file(field: str) -> bytes | None:
    """The file in the field; None where none is sent, or it was left empty, as forms do.

    Raises UnsupportedOption rather than pass over anything that is sent.
    """
    if request.form.get(field, "").strip():
        raise UnsupportedOption(f"The field {field} takes a file, not text: with curl, -F '{field}=@NAME'.")
    files = [(file.filename, file.read()) for file in request.files.getlist(field)]
    sent = [data for name, data in files if name or data]
    if len(sent) > 1:
        raise UnsupportedOption(f"There are {len(sent)} files in the field {field}. Send one at a time.")
    return sent[0] if sent else None


def requested_texts(field: str) -> list[str]:
    """The field's values. JSON comes as a file from JavaScript's Blob and curl's @, in UTF-16 from Windows' shell."""
    limit = request.max_form_memory_size or 0
    written = [file.read(limit + 1) for file in request.files.getlist(field)]
    if any(len(text) > limit for text in written):
        raise RequestEntityTooLarge
    return request.form.getlist(field) + [text.decode(detect_encoding(text), "replace") for text in written]


def requested_text(field: str) -> str | None:
    """The field's value; None where it isn't sent, or was left empty, as forms do."""
    texts = {text.strip() for text in requested_texts(field)} - {""}
    if len(texts) > 1:
        raise UnsupportedOption(f"The field {field} is sent {len(texts)} times, each time with something else.")
    return next(iter(texts), None)


def requested_choice(
    field: str, choices: Sequence[Choice], default: Choice, also: Mapping[str, Choice] | None = None
) -> Choice:
    """The field's value, which in any case is one of the choices or `also` means one, or the default."""
    name = requested_text(field)
    if name is None:
        return default
    for meant, choice in (*((choice, choice) for choice in choices), *(also or {}).items()):
        if meant == name.lower():
            return choice
    raise unknown_choice(field, name, choices)


def requested_faces() -> list[Face] | None:
    """The faces to cover, where the client names them."""
    faces = requested_text("faces")
    return None if faces is None else read_faces(faces, FACE_CHOICES, OFFERED)


def requested_picture(allowed: Options) -> Artwork | None:
    """The picture to cover faces with, where the client sends one; its limits are a photo's."""
    data = only_file("picture")
    if data is None:
        return None
    return read_artwork(data, max_bytes=allowed.max_bytes, max_pixels=allowed.max_pixels)


def requested_size() -> float:
    text = requested_text("size") or str(DEFAULT_SIZE)
    try:
        size = float(text)
    except ValueError:
        size = 0
    if not MIN_SIZE <= size <= MAX_SIZE:
        raise unknown_size(text)
    return size


def requested_turn(fields: Mapping[str, str]) -> int:
    """The number by which a client asks how long its photo has to wait; 0 where it names none."""
    text = fields.get("turn", "").strip() or "0"
    if not (re.fullmatch("[0-9]{1,16}", text) and int(text) <= MAX_TURN):
        raise UnsupportedOption(f"Unknown turn {text!r}. Choose a whole number from 1 to {MAX_TURN}.")
    return int(text)
