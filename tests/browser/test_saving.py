"""What comes out: the download, the zip, sharing; and the page without scripts."""

import io
import json
import re
import subprocess
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Download, Page, Route, expect

from tests.browser.conftest import THREE_FACES, Opener, Shot, on_desktop
from tests.browser.steps import (
    alerts,
    button,
    center_of,
    choose,
    photo,
    png,
    saved,
    saved_picture,
    says,
    slow_network,
    tap_photo,
    text_file,
    turds,
)
from tests.pictures import FakeDetector, astronaut, decoded
from turdify.faces import Box


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


def test_cancelling_while_all_are_saved_saves_none_of_them(opened: Opener) -> None:
    page = opened("desktop")
    choose(page, photo("one.jpg", quality=100), photo("two.jpg", quality=100))
    says(page, "2 of 2 done")
    saved(page, "Download this one")  # so that it is drawn already
    came: list[Download] = []
    page.on("download", lambda download: came.append(download))
    slow_network(page, bytes_a_second=10_000)
    button(page, "Download all (.zip)").click()
    button(page, "Cancel").click()
    alerts(page, "Canceled.")
    assert came == []
    expect(button(page, "Download all (.zip)")).to_be_enabled()


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


@on_desktop
def test_of_several_photos_a_bad_one_does_not_stop_the_rest_and_the_zip_has_all_others(page: Page, shot: Shot) -> None:
    broken = photo("broken.jpg")
    broken["buffer"] = broken["buffer"][:5000]
    choose(page, photo(), photo(), broken, photo("lake.png", "PNG"), photo("noël.webp", "WEBP"))
    says(page, "4 of 5 done · 1 failed")
    expect(page.locator("#batch li")).to_have_count(5)
    shot(page, "batch")
    name, data = saved(page, "Download all (.zip)")
    assert name == "turdified.zip"
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == [
            "beach-turdified.jpg",
            "beach-turdified (2).jpg",
            "lake-turdified.png",
            "noël-turdified.webp",
        ]
        assert [decoded(archive.read(name)).format for name in archive.namelist()] == ["JPEG", "JPEG", "PNG", "WEBP"]
    page.get_by_role("button", name="broken.jpg").click()
    alerts(page, "A part of that photo is missing.")


@on_desktop
def test_of_several_photos_those_without_faces_are_told_and_left_out(page: Page, finds: FakeDetector) -> None:
    choose(page, photo("one.jpg"))
    says(page, "3 faces covered")
    finds.faces = []
    choose(page, photo("one.jpg"), photo("two.jpg"))
    says(page, "2 of 2 done · 2 without faces")
    expect(button(page, "Download all (.zip)")).to_be_disabled()
    tap_photo(page, 100, 100)
    with zipfile.ZipFile(io.BytesIO(saved(page, "Download all (.zip)")[1])) as archive:
        assert archive.namelist() == ["one-turdified.jpg"]
    says(page, "1 of 2 photos saved.")


@contextmanager
def being_saved(page: Page, name: str = "Download") -> Iterator[Callable[[], Download]]:
    """Press the button of that name; it is answered after what is done meanwhile, and what comes is to be had then."""
    held: list[Route] = []
    page.route("**/turdify/", lambda route: held.append(route), times=1)
    with page.expect_download() as download:
        with page.expect_request("**/turdify/"):
            button(page, name).click()
        yield lambda: download.value
        while not held:
            page.wait_for_timeout(10)
        held[0].continue_()


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


@pytest.mark.parametrize("faces", [1, 3])
def test_what_loses_a_cover_while_others_are_saved_is_left_out_of_the_zip(
    opened: Opener, finds: FakeDetector, faces: int
) -> None:
    """One that has none left, and one that shows a face which nobody was asked about."""
    page = opened("desktop")
    finds.faces = finds.faces[:faces]
    choose(page, photo("one.jpg"), photo("two.jpg"))
    says(page, "2 of 2 done")
    with being_saved(page, "Download all (.zip)") as download:
        page.get_by_role("button", name="two.jpg").click()
        turds(page).first.focus()
        page.keyboard.press("Delete")
    with zipfile.ZipFile(download().path()) as archive:
        assert archive.namelist() == ["one-turdified.jpg"]
    says(page, "1 of 2 photos saved.")


def test_a_picture_of_ones_own_that_is_chosen_while_another_is_saved_is_on_what_is_saved_next(opened: Opener) -> None:
    page = opened("desktop")
    choose(page, photo())
    says(page, "3 faces covered")
    own = page.locator("#own img")
    first, second = (png(Image.new("RGBA", (200, 200), (*color, 255))) for color in ((160, 0, 200), (0, 160, 0)))
    page.locator("#picture").set_input_files([first])
    expect(own).to_have_attribute("src", re.compile("^blob:"))
    before = own.get_attribute("src")
    with being_saved(page):
        page.locator("#picture").set_input_files([second])
        expect(own).not_to_have_attribute("src", before or "")
    says(page, "Done: beach-turdified.jpg")
    assert saved_picture(page).getpixel((95, 195)) == pytest.approx((0, 160, 0), abs=4)


def test_a_photo_that_is_saved_keeps_its_name_while_another_is_looked_at(opened: Opener) -> None:
    page = opened("desktop")
    choose(page, photo("one.jpg"), photo("two.jpg"))
    says(page, "2 of 2 done")
    with being_saved(page, "Download this one") as download:
        page.get_by_role("button", name="two.jpg").click()
    assert download().suggested_filename == "one-turdified.jpg"


@on_desktop
def test_of_several_photos_that_were_canceled_all_can_be_tried_again(page: Page, finds: FakeDetector) -> None:
    finds.delay = 60
    choose(page, photo("one.jpg"), photo("two.jpg"), photo("three.jpg"))
    button(page, "Cancel").click()
    says(page, "3 failed")
    finds.delay = 0
    button(page, "Try again").click()
    says(page, "3 of 3 done")


def test_trying_one_again_while_others_are_under_way_asks_for_none_twice(opened: Opener) -> None:
    page = opened("desktop")
    asked: list[Route] = []

    def fail_the_first_and_hold_the_second(route: Route) -> None:
        asked.append(route)
        if len(asked) == 1:
            route.fulfill(status=500, body="{}")
        elif len(asked) > 2:
            route.continue_()

    page.route("**/faces/", fail_the_first_and_hold_the_second)
    choose(page, photo("one.jpg"), photo("two.jpg"), photo("three.jpg"))
    page.locator("#batch button", has_text="failed").click()  # two are asked about at once: either may be the first
    button(page, "Try again").click()
    says(page, "2 of 3 done")
    asked[1].continue_()
    says(page, "3 of 3 done")
    page.wait_for_timeout(500)
    assert len(asked) == 4


@on_desktop
def test_a_file_that_is_no_photo_is_one_failed_of_several(page: Page) -> None:
    choose(page, photo(), text_file("notes.txt", "text/plain"))
    says(page, "1 of 2 done · 1 failed")


def test_more_photos_than_twenty_are_not_taken(opened: Opener) -> None:
    page = opened("desktop")
    choose(page, *[photo(f"{number}.jpg") for number in range(22)])
    alerts(page, "Only the first 20 photos are used.")
    expect(page.locator("#batch li")).to_have_count(20)
    says(page, "20 of 20 done")


@on_desktop
def test_as_many_photos_are_asked_about_as_the_server_works_on_and_another_is_on_its_way(page: Page) -> None:
    at_once = page.evaluate("JSON.parse(document.getElementById('for-scripts').textContent).photosAtOnce")
    assert at_once == 2, "one worker, and one more"
    held: list[Route] = []
    page.route("**/faces/", lambda route: held.append(route))  # it takes no built-in function
    choose(page, *[photo(f"{number}.jpg") for number in range(4)])
    for count in range(4):
        expected = min(count + at_once, 4)
        for _ in range(100):
            page.wait_for_timeout(100)
            if len(held) == expected:
                break
        page.wait_for_timeout(200)
        assert len(held) == expected
        held[count].continue_()
    says(page, "4 of 4 done")


def test_of_several_photos_a_busy_server_is_waited_for(opened: Opener) -> None:
    page = opened("desktop")
    page.route("**/faces/", lambda route: route.fulfill(status=429, headers={"Retry-After": "5"}, body="{}"), times=2)
    choose(page, photo("one.jpg"), photo("two.jpg"))
    says(page, "Busy toilet. Waiting a moment…")
    says(page, "2 of 2 done")


def test_of_several_photos_all_get_the_cover_that_is_chosen_for_every_face(opened: Opener) -> None:
    page = opened("desktop")
    choose(page, photo("one.jpg"), photo("two.jpg"))
    says(page, "2 of 2 done")
    page.get_by_label("Ghost").check()
    page.get_by_role("button", name="two.jpg").click()
    expect(turds(page).first).to_have_attribute("aria-label", "Ghost, 1 of 3")


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


@pytest.mark.parametrize("profile", ["desktop", "phone"])
def test_without_scripts_the_form_does_it(opened: Opener, shot: Shot, profile: str) -> None:
    page = opened(profile, java_script_enabled=False)
    choose(page, photo())
    page.get_by_role("radio", name="Cat").check()
    shot(page, "form")
    button(page, "Turdify it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("3 faces covered")
    expect(page.get_by_role("img", name="Your photo with 3 faces covered")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download").click()
    assert download.value.suggested_filename == "beach-turdified.jpg"
    assert decoded(Path(download.value.path()).read_bytes()).size == (512, 512)
    shot(page, "result")


@pytest.mark.parametrize("profile", ["desktop", "phone"])
def test_of_photos_that_are_shared_without_scripts_the_first_is_covered_and_the_others_are_told(
    opened: Opener, shot: Shot, profile: str
) -> None:
    page = opened(profile, java_script_enabled=False)
    page.locator("#form").evaluate("form => form.action = '/share'")  # where the gallery sends them
    page.locator("#photo").evaluate("input => input.multiple = true")
    choose(page, photo("one.jpg"), photo("two.jpg"), photo("three.jpg"))
    button(page, "Turdify it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("3 faces covered")
    expect(page.get_by_role("link", name="Download")).to_have_attribute("download", "one-turdified.jpg")
    expect(page.get_by_text("2 more photos were shared. Without scripts only the first is covered.")).to_be_visible()
    assert page.url.endswith("/share")
    shot(page, "shared")


def test_the_command_that_the_page_shows_works(opened: Opener, tmp_path: Path) -> None:
    page = opened("desktop")
    page.get_by_text("For programs").click()
    astronaut().save(tmp_path / "photo.jpg")
    command = page.locator("pre").inner_text()
    subprocess.run(["/bin/sh", "-ec", command], cwd=tmp_path, check=True, capture_output=True)
    assert decoded((tmp_path / "turdified.png").read_bytes()).format == "PNG"


def test_programs_are_told_the_faces_that_the_page_shows(opened: Opener, site: str) -> None:
    page = opened("desktop")
    choose(page, photo())
    says(page, "3 faces covered")
    told = page.request.post(
        f"{site}/turdify/", multipart={"my_file": photo()}, headers={"Accept": "application/json"}
    ).json()
    assert (told["width"], told["height"]) == (512, 512)
    for turd, face in zip(turds(page).all(), told["faces"], strict=True):
        assert center_of(turd) == pytest.approx(Box(*face["box"]).center, abs=0.5)


@on_desktop
def test_the_cookie_is_the_forms_own(page: Page) -> None:
    choose(page, photo())
    says(page, "3 faces covered")
    (cookie,) = page.context.cookies()
    assert (cookie["name"], cookie["httpOnly"], cookie["sameSite"]) == ("session", True, "Lax")


def test_the_app_can_be_installed_and_takes_shared_photos(opened: Opener) -> None:
    page = opened("phone")
    manifest = page.context.new_cdp_session(page).send("Page.getAppManifest")
    assert manifest["errors"] == []
    told = json.loads(manifest["data"])
    assert told["share_target"]["params"]["files"][0]["name"] == "photo"
    for icon in told["icons"]:
        answer = page.request.get(manifest["url"].rsplit("/", 1)[0] + "/" + icon["src"])
        assert f"{decoded(answer.body()).width}x{decoded(answer.body()).height}" == icon["sizes"]
