"""Every text that people read is there in every language."""

import io
import re
from collections.abc import Sequence

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po
from flask_babel import ngettext

from tests.conftest import ROOT
from tests.pictures import FakeDetector
from turdify.covers import CHOICES, OWN
from turdify.web import create_app
from turdify.web.texts import LANGUAGES, emoji_labels, plural

FOLDER = ROOT / "turdify" / "web" / "translations"
TRANSLATED = LANGUAGES[1:]  # the first is the one that we write in

# The keywords of scripts/translate, beside Babel's own.
KEYWORDS: dict[str, tuple[int, int] | None] = {"ngettext": (1, 2), "plural": (1, 2)}
KEYWORDS |= dict.fromkeys(("_", "gettext", "lazy_gettext", "__init__", "UnsupportedOption"))


def catalog(language: str) -> Catalog:
    with (FOLDER / language / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return read_po(file, locale=language)


def compiled(po: Catalog) -> Catalog:
    buffer = io.BytesIO()
    write_mo(buffer, po)
    buffer.seek(0)
    return read_mo(buffer)


def texts(po: Catalog) -> dict[object, object]:
    return {hashable(message.id): hashable(message.string) for message in po if message.id}


def hashable(text: str | Sequence[str] | None) -> str | tuple[str, ...]:
    return text if isinstance(text, str) else tuple(text or ())


def in_the_code() -> set[object]:
    methods = [("turdify/**.py", "python"), ("templates/**.html", "jinja2")]
    return {message for _, _, message, _, _ in extract_from_dir(ROOT, methods, keywords=KEYWORDS)}


@pytest.mark.parametrize("language", TRANSLATED)
def test_what_is_translated_is_what_the_code_says(language: str) -> None:
    assert set(texts(catalog(language))) == in_the_code()


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_text_is_translated_and_keeps_its_placeholders(language: str) -> None:
    for original, translated in texts(catalog(language)).items():
        for one, other in zip(forms(original), forms(translated), strict=True):
            assert other
            assert placeholders(other) == placeholders(one)


@pytest.mark.parametrize("language", TRANSLATED)
def test_no_text_is_much_longer_than_it_is_in_english(language: str) -> None:
    for original, translated in texts(catalog(language)).items():
        for one, other in zip(forms(original), forms(translated), strict=True):
            assert len(other) <= 1.5 * len(one) + 12, other


def test_french_has_no_plural_of_nothing() -> None:
    with create_app(detector=FakeDetector()).test_request_context(headers={"Accept-Language": "fr"}):
        assert ngettext("%(num)d face covered", "%(num)d faces covered", 0) == "0 visage caché"


def forms(text: object) -> tuple[str, ...]:
    return text if isinstance(text, tuple) else (str(text),)


def placeholders(text: str) -> set[str]:
    return set(re.findall(r"\{\w+\}|%\(\w+\)\w", text))


@pytest.mark.parametrize("language", TRANSLATED)
def test_what_the_server_reads_is_compiled_from_what_is_written(language: str) -> None:
    with (FOLDER / language / "LC_MESSAGES" / "messages.mo").open("rb") as file:
        assert texts(read_mo(file)) == texts(compiled(catalog(language)))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_image_keeps_what_babel_knows_of_the_language(language: str) -> None:
    assert f"! -name {language}.dat" in (ROOT / "Dockerfile").read_text()


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_cover_has_a_name_for_people_in_every_language(language: str) -> None:
    with create_app(detector=FakeDetector()).test_request_context(headers={"Accept-Language": language}):
        assert list(emoji_labels()) == [*CHOICES, OWN]


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", {"one": "{count} face", "other": "{count} faces"}),
        ("nl", {"one": "{count} gezicht", "other": "{count} gezichten"}),
        ("de", {"one": "{count} Gesicht", "other": "{count} Gesichter"}),
        ("fr", {"one": "{count} visage", "other": "{count} visages"}),
        ("es", {"one": "{count} cara", "other": "{count} caras"}),
    ],
)
def test_plurals_have_the_forms_of_the_language(language: str, expected: dict[str, str]) -> None:
    with create_app(detector=FakeDetector()).test_request_context(headers={"Accept-Language": language}):
        assert plural("{count} face", "{count} faces") == expected
