"""Smaller copies: faces are asked for with one, the photo itself goes up once, and what is too large can be shrunk."""

import json
import re
import struct
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import FilePayload, Page, expect

from tests.browser.conftest import Opener
from tests.browser.steps import alerts, button, choose, natural_size, png, saved, saved_picture, says, turds
from tests.pictures import FakeDetector, decoded, encoded
from turdify.faces import Box, Face

MAGENTA = (255, 0, 255)


@pytest.fixture
def magenta(finds: FakeDetector, monkeypatch: pytest.MonkeyPatch) -> None:
    """The detector takes what is magenta for a face."""

    def find_faces(image: Image.Image, _sensitivity: str) -> list[Face]:
        box = Image.fromarray(is_magenta(image)).getbbox()
        return [Face(Box(*map(float, box)))] if box else []

    monkeypatch.setattr(finds, "find_faces", find_faces)


def is_magenta(image: Image.Image) -> np.ndarray[Any, Any]:
    return np.asarray(np.abs(np.asarray(image.convert("RGB")).astype(np.int16) - MAGENTA).max(axis=2) < 70)


def with_a_face(
    size: tuple[int, int] = (2000, 600), box: tuple[int, int, int, int] = (300, 200, 500, 460)
) -> Image.Image:
    image = Image.new("RGB", size, (20, 90, 60))
    image.paste(MAGENTA, box)
    return image


@cache
def noise(size: tuple[int, int]) -> Image.Image:
    """Coarse and fine, so that it has as many bytes a pixel as a photo."""
    levels = np.random.default_rng(1)
    rough = levels.integers(0, 255, (size[1] // 20, size[0] // 20, 3), dtype=np.uint8)
    fine = levels.integers(0, 14, (size[1], size[0], 1), dtype=np.uint8)
    smooth = np.asarray(Image.fromarray(rough).resize(size, Image.Resampling.BICUBIC))
    return Image.fromarray(smooth // 2 + 64 + fine)


RECORD = """
    window.sent = [];
    const send = XMLHttpRequest.prototype.send;
    XMLHttpRequest.prototype.send = function (form) {
        const bytes = [...form.values()].reduce((sum, value) => sum + (value.size ?? value.length), 0);
        const note = () => window.sent.push([this.responseURL.split("/").at(-2), bytes, form.get("faces")]);
        this.addEventListener("load", note);
        send.call(this, form);
    };
"""


@pytest.fixture
def page(opened: Opener) -> Page:
    return opened("desktop", script=RECORD)


def sent(page: Page) -> list[tuple[str, int]]:
    """What was sent: the address's last word, and the bytes."""
    return [(where, size) for where, size, _ in page.evaluate("window.sent")]


def turned(orientation: int) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = orientation
    return exif.tobytes()


def file(data: bytes, name: str = "beach.jpg", kind: str = "image/jpeg") -> FilePayload:
    return FilePayload(name=name, mimeType=kind, buffer=data)


def test_faces_are_asked_for_with_an_eighth_of_the_bytes_and_the_photo_goes_up_once(page: Page) -> None:
    image = noise((4000, 3000))
    data = encoded(image, "JPEG", quality=92)
    choose(page, file(data))
    says(page, "3 faces covered")
    ((where, size),) = sent(page)
    assert where == "faces"
    assert size < len(data) / 8
    assert decoded(saved(page)[1]).size == (4000, 3000)
    assert [where for where, _ in sent(page)] == ["faces", "turdify"]
    assert len(data) < sent(page)[1][1] < len(data) + 1000


# How each is encoded without taking its time.
QUICKLY: dict[str, dict[str, int]] = {"JPEG": {}, "PNG": {"compress_level": 1}, "WEBP": {"method": 0}}


@pytest.mark.usefixtures("magenta")
@pytest.mark.parametrize("format", QUICKLY)
def test_faces_that_are_found_in_a_copy_are_covered_in_the_photo_however_it_lies(opened: Opener, format: str) -> None:
    page = opened("desktop")
    for orientation in range(1, 9):
        data = encoded(with_a_face(), format, exif=turned(orientation), **QUICKLY[format])
        choose(page, file(data, f"{orientation}", f"image/{format.lower()}"))
        expect(page.locator("#file")).to_contain_text(f"{orientation},")
        says(page, "1 face covered")
        assert natural_size(page) == ([2000, 600] if orientation < 5 else [600, 2000])
        result = decoded(saved(page)[1])
        assert is_magenta(result).sum() < 0.35 * 200 * 260, f"{orientation}: only the corners that an ellipse leaves"


@pytest.mark.usefixtures("magenta")
def test_boxes_are_exact_to_a_pixel_of_the_copy(page: Page) -> None:
    choose(page, png(with_a_face((3997, 2003), (1200, 700, 1404, 1000))))
    says(page, "1 face covered")
    saved(page)
    (face,) = json.loads(page.evaluate("window.sent.at(-1)[2]"))
    assert face["box"] == pytest.approx([1200, 700, 1404, 1000], abs=2.5)


def with_second_exif(jpeg: bytes) -> bytes:
    other = turned(6)
    return jpeg[:2] + b"\xff\xe1" + struct.pack(">H", len(other) + 2) + other + jpeg[2:]


def with_broken_exif(jpeg: bytes) -> bytes:
    return jpeg.replace(b"Exif\0\0MM\0*", b"Exif\0\0MM\0+").replace(b"Exif\0\0II*\0", b"Exif\0\0II+\0")


def with_long_orientation(jpeg: bytes) -> bytes:
    little, big = b"\x12\x01\x03\x00", b"\x01\x12\x00\x03"
    return jpeg.replace(little, b"\x12\x01\x04\x00").replace(big, b"\x01\x12\x00\x04")


@pytest.mark.usefixtures("magenta")
@pytest.mark.parametrize("oddity", [with_second_exif, with_broken_exif, with_long_orientation])
def test_where_readers_may_differ_the_server_alone_reads_the_photo(
    page: Page, oddity: Callable[[bytes], bytes]
) -> None:
    plain = encoded(with_a_face(), "JPEG", exif=turned(3))
    odd = oddity(plain)
    assert odd != plain
    choose(page, file(odd))
    says(page, "1 face covered")
    assert [where for where, _ in sent(page)] == ["turdify", "faces"], "as the server reads it, and what is in that"
    assert is_magenta(saved_picture(page)).sum() < 0.35 * 200 * 260


@pytest.mark.usefixtures("magenta")
def test_a_face_under_transparent_pixels_is_found_as_the_server_finds_it(opened: Opener) -> None:
    page = opened("desktop")
    image = with_a_face()
    image.putalpha(0)
    choose(page, png(image))
    says(page, "1 face covered")


def test_what_the_browser_cannot_show_goes_up_twice_and_not_thrice(page: Page) -> None:
    data = encoded(noise((800, 600)), "HEIF", quality=90)
    choose(page, file(data, "beach.heic", "image/heic"))
    says(page, "3 faces covered")
    saved(page)
    assert sum(size > len(data) for _, size in sent(page)) == 2


def test_a_photo_that_is_cut_off_is_told_before_anybody_edits_it(opened: Opener) -> None:
    page = opened("desktop")
    data = encoded(with_a_face(), "JPEG")
    choose(page, file(data[: len(data) // 2]))
    alerts(page, "A part of that photo is missing.")


def test_a_photo_that_is_too_large_is_made_smaller_if_somebody_agrees(
    page: Page, shot: Callable[[Page, str], None]
) -> None:
    large = encoded(noise((2400, 1800)), "PNG", compress_level=1)
    choose(page, file(large, "beach.png", "image/png"))
    alerts(page, "the limit is 5 MB.")
    shot(page, "too-large")
    assert sent(page) == []
    button(page, "Make it smaller").click()
    says(page, "3 faces covered")
    name, data = saved(page)
    assert name == "beach-turdified.jpg"
    assert min(decoded(data).size) > 1000
    assert max(size for _, size in sent(page)) < 5.1 * 2**20


@pytest.fixture
def few_pixels(opened: Opener) -> Page:
    """A page whose server takes a megapixel at most."""
    page = opened("desktop")
    page.route(
        page.url,
        lambda route: route.fulfill(
            response=(answer := route.fetch()), body=re.sub(r'"maxPixels": \d+', '"maxPixels": 1000000', answer.text())
        ),
    )
    page.reload()
    return page


def test_a_photo_of_too_many_pixels_is_made_smaller_if_somebody_agrees(few_pixels: Page) -> None:
    choose(few_pixels, png(with_a_face((2000, 1500))))
    alerts(few_pixels, "That photo has too many pixels; the limit is 1 megapixels.")
    button(few_pixels, "Make it smaller").click()
    says(few_pixels, "3 faces covered")
    width, height = saved_picture(few_pixels).size
    assert 0.95e6 < width * height <= 1e6


def test_without_workers_the_whole_photo_is_sent(opened: Opener) -> None:
    page = opened("desktop", script="delete window.Worker")
    choose(page, file(encoded(with_a_face(), "JPEG")))
    says(page, "3 faces covered")
    expect(turds(page)).to_have_count(3)
