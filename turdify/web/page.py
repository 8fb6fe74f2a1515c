"""The page for people: choose a photo, see it covered, download it.

This is what it does without scripts; with them, static/ uses the endpoint instead.
"""

import base64
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import PurePath
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_wtf.csrf import generate_csrf

from turdify.covers import DEFAULT_SIZE, MAX_SIZE, MIN_SIZE, NAMES, SIDE, SOFT_EDGE, SOLID_SHARE, Artwork, load_cover
from turdify.covers.masks import MOSAIC_SQUARES
from turdify.covers.numbers import DRAWN
from turdify.detection import NORMAL, Detector
from turdify.faces import MAX_BOX, MAX_FACES
from turdify.photo import FORMATS, MEDIA_TYPES, SUFFIXES
from turdify.pipeline import Options, Result, turdify
from turdify.web.forms import PhotoForm
from turdify.web.headers import refuse_other_sites
from turdify.web.people import MAX_REFERENCES
from turdify.web.requests import requested_options
from turdify.web.texts import emoji_labels, language, script_texts
from turdify.web.work import Workplace

TEMPLATE = "page.html"
PLACEHOLDER = "{csrf_token}"  # where each request's is put into a page that was rendered for another one
KEPT_PAGES = 16  # rendered ones, of some 26 kB each
MAX_STEM_LENGTH = 100
MAX_PHOTOS = 20  # at once, where scripts run
ON_ITS_WAY = 1  # a photo, while the server finds faces in as many others as it works on
PHOTOS_AT_ONCE = 5  # at most: browsers open six connections, and one is for all else


@dataclass(frozen=True)
class Covered:
    """A result as the page shows it: a data URI, so that nothing has to be kept for a second request."""

    uri: str
    name: str
    size: tuple[int, int]
    count: int
    others: int  # that were sent too


def blueprint(options: Options, detector: Detector, workplace: Workplace) -> Blueprint:
    page = Blueprint("page", __name__)

    @page.app_context_processor
    def context() -> dict[str, Any]:
        """What every rendering of the template needs."""
        return {
            "max_megabytes": f"{options.max_bytes / 2**20:g}",
            "for_scripts": for_scripts(options, min(workplace.slots.count + ON_ITS_WAY, PHOTOS_AT_ONCE)),
        }

    @page.get("/")
    def index() -> str:
        return empty_page(language(), request.root_url).replace(PLACEHOLDER, generate_csrf())

    @lru_cache(KEPT_PAGES)
    def empty_page(_language: str, _address: str) -> str:
        """The page as everybody gets it who comes under that address and reads that language, but for the token."""
        return render_template(TEMPLATE, form=PhotoForm()).replace(generate_csrf(), PLACEHOLDER)

    @page.post("/")
    def cover() -> ResponseReturnValue:
        return answer(PhotoForm())

    @page.post("/share")
    def share() -> ResponseReturnValue:
        """A photo that a phone's gallery hands to the installed app (static/turdify.webmanifest); it has no token."""
        refuse_other_sites()
        return answer(PhotoForm(meta={"csrf": False}))

    def answer(form: PhotoForm) -> ResponseReturnValue:
        if not form.validate():
            return render_error(form_error(form)), 422
        upload = form.photo.data
        with workplace.photo() as work:
            wanted = requested_options(options, default_format="same")
            result = turdify(upload.read(), wanted, detector=detector, begin=work.begin)
            work.outcome = result
        others = len(request.files.getlist("photo")) - 1
        shown = covered(result, upload.filename, others)
        return render_template(TEMPLATE, form=PhotoForm(formdata=None), covered=shown)

    return page


def render_error(message: str) -> str:
    return render_template(TEMPLATE, form=PhotoForm(formdata=None), error=message)


def form_error(form: PhotoForm) -> str:
    if "csrf_token" in form.errors:
        return str(
            gettext(
                "This page was open for too long, or your browser blocks its cookie. Please choose your photo again."
            )
        )
    if "photo" in form.errors:
        return str(form.photo.errors[0])
    return str(gettext("Your browser sent something we don't understand. Please try again."))


def for_scripts(options: Options, photos_at_once: int) -> dict[str, Any]:
    """What the scripts in static/ have to know, so that it shows what placement.place does and says what we say."""
    covers = {name: load_cover(name) for name in NAMES}
    artworks = {name: cover for name, cover in covers.items() if isinstance(cover, Artwork)}
    return {
        "language": language(),
        "texts": script_texts(),
        "emoji": emoji_labels(),
        "names": list(artworks),
        "covers": {
            name: {
                "url": url_for("static", filename=f"covers/{name}.svg"),
                "size": SIDE,
                "center": artwork.face.center,
                "radii": artwork.face.radii,
            }
            for name, artwork in artworks.items()
        },
        "numbers": DRAWN,
        "masks": [name for name in covers if name not in artworks],
        "solidShare": SOLID_SHARE,
        "mosaicSquares": MOSAIC_SQUARES,
        "size": DEFAULT_SIZE,
        "sizes": [MIN_SIZE, MAX_SIZE],
        "formats": sorted(FORMATS),
        "sensitivity": NORMAL,
        "softEdge": SOFT_EDGE,
        "maxBytes": options.max_bytes,
        "maxPixels": options.max_pixels,
        "maxFaces": MAX_FACES,
        "maxBox": MAX_BOX,
        "maxPhotos": MAX_PHOTOS,
        "photosAtOnce": photos_at_once,
        "maxPeople": MAX_REFERENCES,
        "suffixes": {MEDIA_TYPES[format]: suffix for format, suffix in SUFFIXES.items()},
        "sample": url_for("static", filename="sample.jpg"),
        "find": url_for("api.faces"),
        "fit": url_for("api.picture"),
        "cover": url_for("api.cover"),
        "waiting": url_for("api.waiting"),
    }


def covered(result: Result, filename: str, others: int) -> Covered:
    encoded = base64.b64encode(result.data).decode("ascii")
    return Covered(
        uri=f"data:{MEDIA_TYPES[result.format]};base64,{encoded}",
        name=download_name(filename, SUFFIXES[result.format]),
        size=result.size,
        count=len(result.faces),
        others=others,
    )


def download_name(filename: str, suffix: str) -> str:
    """beach.heic becomes beach-turdified.jpg; of a hostile name only letters, digits and harmless signs remain."""
    stem = PurePath(filename.replace("\\", "/")).stem
    safe = re.sub(r"[^\w \-.()+&',!]", "", stem).strip(". ")[:MAX_STEM_LENGTH]
    return f"{safe or 'photo'}-turdified{suffix}"
