"""The page for people: choose a photo, see it covered, download it."""

import base64
import re
from dataclasses import dataclass
from pathlib import PurePath

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from turdify.detection import Detector
from turdify.photo import MEDIA_TYPES, SUFFIXES
from turdify.pipeline import Options, Result, turdify
from turdify.web.forms import PhotoForm

TEMPLATE = "page.html"
MAX_STEM_LENGTH = 100


@dataclass(frozen=True)
class Covered:
    """A result as the page shows it: a data URI, so that nothing has to be kept for a second request."""

    uri: str
    name: str
    size: tuple[int, int]
    count: int


def blueprint(options: Options, detector: Detector) -> Blueprint:
    page = Blueprint("page", __name__)
    page.app_context_processor(lambda: {"max_megabytes": f"{options.max_bytes / 2**20:g}"})

    @page.get("/")
    def index() -> str:
        return render_template(TEMPLATE, form=PhotoForm())

    @page.post("/")
    def cover() -> ResponseReturnValue:
        form = PhotoForm()
        if not form.validate():
            return render_error(form_error(form)), 422
        upload = form.photo.data
        result = turdify(upload.read(), options, detector=detector)
        return render_template(TEMPLATE, form=form, covered=covered(result, upload.filename))

    return page


def render_error(message: str) -> str:
    return render_template(TEMPLATE, form=PhotoForm(formdata=None), error=message)


def form_error(form: PhotoForm) -> str:
    if form.csrf_token.errors:
        return "This page was open for too long, or your browser blocks its cookie. Please choose your photo again."
    return str(form.photo.errors[0])


def covered(result: Result, filename: str) -> Covered:
    encoded = base64.b64encode(result.data).decode("ascii")
    return Covered(
        uri=f"data:{MEDIA_TYPES[result.format]};base64,{encoded}",
        name=download_name(filename, SUFFIXES[result.format]),
        size=result.size,
        count=len(result.faces),
    )


def download_name(filename: str, suffix: str) -> str:
    """beach.heic becomes beach-turdified.jpg; of a hostile name only letters, digits and harmless signs remain."""
    stem = PurePath(filename.replace("\\", "/")).stem
    safe = re.sub(r"[^\w \-.()+&',!]", "", stem).strip(". ")[:MAX_STEM_LENGTH]
    return f"{safe or 'photo'}-turdified{suffix}"
