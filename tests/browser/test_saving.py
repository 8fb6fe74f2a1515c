"""What comes out of one photo: the download, its name and format, sharing."""

import json
import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.conftest import THREE_FACES, Opener, Shot, on_desktop
from tests.browser.steps import (
    alerts,
    are_covered,
    being_saved,
    button,
    choose,
    photo,
    saved,
    says,
    slow_network,
    tap_photo,
    turds,
)
from tests.pictures import FakeDetector, astronaut, decoded
from turdify.faces import Box, Face


def with_gps() -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112] = 6
    exif.get_ifd(0x8825)[1] = "N"
    return exif


@pytest.mark.parametrize(("format", "suffix"), [("JPEG", "jpg"), ("PNG", "png"), ("WEBP", "webp")])
def test_the_download_is_of_the_same_kind_and_size_and_tells_nothing_else(
    opened: Opener, format: str, suffix: str
) -> None:
    page = opened("desktop")
    choose(page, photo(f"beach.{suffix}", format, exif=with_gps().tobytes()))
    says(page, "3 faces covered")
    name, data = saved(page)
    assert name == f"beach-turdified.{suffix}"
    result = decoded(data)
    assert (result.format, result.size) == (format, (512, 512))
    assert not result.getexif()


@on_desktop
def test_the_faces_are_covered_in_the_download_and_nothing_else_is(page: Page) -> None:
    choose(page, photo())
    says(page, "3 faces covered")
    before = np.asarray(decoded(photo()["buffer"])).astype(int)
    difference = np.abs(np.asarray(decoded(saved(page)[1])).astype(int) - before).max(axis=2)
    for face in THREE_FACES:
        x, y = map(round, face.box.center)
        assert difference[y - 5 : y + 5, x - 5 : x + 5].max() > 40
    assert difference[330:].mean() < 1
    assert difference[330:].max() < 30


def test_saving_twice_asks_the_server_once_and_after_an_edit_again(opened: Opener) -> None:
    page = opened("desktop")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if request.url.endswith("/turdify/") else None)
    choose(page, photo())
    first = saved(page)[1]
    assert saved(page)[1] == first
    assert len(asked) == 1
    tap_photo(page, 100, 400)
    assert saved(page)[1] != first
    assert len(asked) == 2


@on_desktop
def test_a_download_that_fails_says_why_and_works_again_later(page: Page) -> None:
    choose(page, photo())
    says(page, "3 faces covered")
    page.context.set_offline(True)
    button(page, "Download").click()
    alerts(page, "No connection. Your photo is still here.")
    expect(turds(page)).to_have_count(3)
    page.context.set_offline(False)
    assert decoded(saved(page)[1]).size == (512, 512)
    expect(page.get_by_role("alert")).to_be_hidden()


def test_a_download_that_takes_long_tells_how_far_it_is_and_can_be_canceled(page: Page, shot: Shot) -> None:
    choose(page, photo(quality=100))
    says(page, "3 faces covered")
    slow_network(page, bytes_a_second=10_000)
    button(page, "Download").click()
    expect(page.get_by_role("status")).to_have_text(re.compile(r"Uploading… [1-9]0%"))
    expect(page.get_by_role("progressbar")).to_have_attribute("value", re.compile(r"\d+"))
    expect(button(page, "Download")).to_be_disabled()
    shot(page, "saving")
    button(page, "Cancel").click()
    alerts(page, "Canceled. Your photo is still here; the server kept nothing.")
    expect(turds(page)).to_have_count(3)
    slow_network(page, bytes_a_second=-1)
    assert decoded(saved(page)[1]).size == (512, 512)
    expect(page.get_by_role("alert")).to_be_hidden()


def test_a_download_that_takes_long_leaves_the_keyboard_where_it_was(opened: Opener) -> None:
    page = opened("desktop")
    choose(page, photo())
    says(page, "3 faces covered")
    with being_saved(page):
        expect(button(page, "Cancel")).to_be_focused()
    expect(button(page, "Download")).to_be_focused()


def test_other_photos_can_be_chosen_while_one_is_saved(opened: Opener) -> None:
    page = opened("desktop")
    choose(page, photo())
    says(page, "3 faces covered")
    page.route("**/turdify/", lambda route: None, times=1)  # it is never answered
    button(page, "Download").click()
    expect(button(page, "Cancel")).to_be_visible()
    choose(page, photo("lake.jpg"))
    says(page, "3 faces covered")
    expect(page.get_by_role("alert")).to_be_hidden()
    assert saved(page)[0] == "lake-turdified.jpg"


def test_what_loses_its_last_cover_while_it_is_saved_is_not_saved_again(opened: Opener, finds: FakeDetector) -> None:
    page = opened("desktop")
    finds.faces = finds.faces[:1]
    choose(page, photo())
    says(page, "1 face covered")
    with being_saved(page):
        turds(page).first.focus()
        page.keyboard.press("Delete")
    says(page, "Done: beach-turdified.jpg")
    expect(button(page, "Download")).to_be_disabled()


MISSED = Face(Box(235, 380, 265, 420))  # which somebody covers by hand


def test_what_is_covered_while_it_is_saved_is_covered_in_what_is_saved(opened: Opener) -> None:
    page = opened("desktop")
    choose(page, photo())
    says(page, "3 faces covered")
    with being_saved(page) as download:
        tap_photo(page, 250, 400)
    assert are_covered([MISSED], astronaut(), Path(download().path()).read_bytes()) == [True]
    page.reload()  # which doesn't ask: all is saved
    expect(page.locator("#sample")).to_be_visible()


def test_covers_that_are_made_larger_while_a_photo_is_saved_are_so_in_what_is_saved(opened: Opener) -> None:
    page = opened("desktop")
    choose(page, photo())
    says(page, "3 faces covered")
    with being_saved(page) as download:
        page.get_by_label("Size").fill("200")
    assert Path(download().path()).read_bytes() == saved(page)[1]


SHARE = """
    window.shared = [];
    navigator.canShare = ({files}) => files.length > 0;
    navigator.share = async ({files}) => {
        if (window.refuses) throw new DOMException("no", window.refuses);
        window.shared.push(files.map(({name, type, size}) => ({name, type, size})));
    };
"""


def test_sharing_passes_the_covered_photo_on(opened: Opener) -> None:
    page = opened("phone", script=SHARE)
    choose(page, photo())
    says(page, "3 faces covered")
    button(page, "Share").click()
    expect(page.get_by_role("status")).to_have_text("")
    ((shared,),) = page.evaluate("window.shared")
    assert (shared["name"], shared["type"]) == ("beach-turdified.jpg", "image/jpeg")
    assert shared["size"] == len(saved(page)[1])


@pytest.mark.parametrize(("error", "words"), [("AbortError", ""), ("NotAllowedError", "Ready. Tap Share once more.")])
def test_a_share_that_is_broken_off_says_nothing_and_one_that_needs_a_tap_asks_for_it(
    opened: Opener, error: str, words: str
) -> None:
    page = opened("phone", script=SHARE)
    page.evaluate(f"window.refuses = {json.dumps(error)}")
    choose(page, photo())
    says(page, "3 faces covered")
    button(page, "Share").click()
    expect(page.get_by_role("status")).to_have_text(words)
    expect(page.get_by_role("alert")).to_be_hidden()


def test_where_nothing_can_be_shared_there_is_no_button_for_it(opened: Opener) -> None:
    page = opened("desktop", script="navigator.canShare = undefined")
    choose(page, photo())
    says(page, "3 faces covered")
    expect(button(page, "Share")).to_be_hidden()


@on_desktop
def test_the_format_to_save_can_be_chosen(covered: Page) -> None:
    for name in ("PNG", "WEBP", "JPEG"):
        covered.get_by_label("Save as").select_option(name.lower())
        assert decoded(saved(covered)[1]).format == name


def test_the_result_can_be_copied_and_a_picture_pasted(opened: Opener, site: str) -> None:
    page = opened("desktop", permissions=["clipboard-read", "clipboard-write"])
    choose(page, photo())
    says(page, "3 faces covered")
    button(page, "Copy picture").click()
    says(page, "Copied. It can be pasted now.")
    page.go_back()
    button(page, "Paste a picture").click()
    says(page, "3 faces covered")
    expect(page.locator("#file")).to_contain_text("photo.png")


@pytest.mark.parametrize("error", ["NotAllowedError", "DataError"])
def test_where_the_browser_does_not_let_us_paste_it_is_said(opened: Opener, error: str) -> None:
    script = f"navigator.clipboard.read = () => Promise.reject(new DOMException('', '{error}'));"
    page = opened("desktop", script=script)
    button(page, "Paste a picture").click()
    alerts(page, "This browser doesn't let us paste. Please choose the photo.")


@on_desktop
def test_names_of_downloads_hold_nothing_invisible(covered: Page) -> None:
    choose(covered, photo("ab\u202egpj.\u0007ex\u200be.jpg"))
    says(covered, "3 faces covered")
    assert saved(covered)[0] == "ab gpj. ex e-turdified.jpg"
