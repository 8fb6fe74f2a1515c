"""Several photos at once: one goes from one to the next, and saves one or all."""

import io
import zipfile

import pytest
from playwright.sync_api import Download, Page, Route, expect

from tests.browser.conftest import Opener, Shot, on_desktop
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
    text_file,
    turds,
)
from tests.browser.test_saving import MISSED
from tests.browser.touch import Fingers
from tests.pictures import FakeDetector, astronaut, decoded

SHARE = """(photos) => {
    const form = Object.assign(document.createElement("form"), {
        method: "POST", action: "/share", enctype: "multipart/form-data"
    });
    const input = Object.assign(document.createElement("input"), {type: "file", name: "photo", multiple: true});
    const data = new DataTransfer();
    for (const [name, bytes] of photos) {
        data.items.add(new File([new Uint8Array(bytes)], name, {type: "image/jpeg"}));
    }
    input.files = data.files;
    form.append(input);
    document.body.append(form);
    form.submit();
}"""


CONTROLLED = """() => navigator.serviceWorker.controller
    ? true : new Promise((resolve) => navigator.serviceWorker.addEventListener("controllerchange", () => resolve(true)))
"""


@pytest.fixture
def installed(opened: Opener) -> Page:
    page = opened("phone", service_workers="allow")
    page.evaluate(CONTROLLED)
    return page


def share(page: Page, *names: str) -> None:
    """As the gallery does."""
    page.evaluate(SHARE, [[name, list(photo()["buffer"])] for name in names])


def test_photos_that_the_gallery_shares_are_all_opened(installed: Page) -> None:
    share(installed, "one.jpg", "two.jpg")
    says(installed, "2 of 2 done")
    expect(installed.locator("#batch li")).to_have_count(2)
    installed.go_back()
    expect(installed.locator("#sample")).to_be_visible()


def test_what_is_shared_with_two_tabs_at_once_gets_to_both(installed: Page, opened: Opener) -> None:
    other = opened("phone", service_workers="allow")
    held: list[Route] = []
    installed.route("**/page.js", lambda route: held.append(route))
    share(installed, "one.jpg")
    expect(installed.locator("#sample")).to_be_attached()
    share(other, "two.jpg")
    expect(other.locator("#file")).to_contain_text("two.jpg")
    held[0].continue_()
    expect(installed.locator("#file")).to_contain_text("one.jpg")


def test_what_was_shared_and_did_not_get_here_is_asked_for_again(installed: Page, site: str) -> None:
    """As the browser had ended the worker that held it, or the page is opened once more."""
    installed.goto(f"{site}/?shared=7")
    alerts(installed, "What was shared did not get here. Please share it once more.")
    choose(installed, photo())
    says(installed, "3 faces covered")


def test_those_without_a_face_can_be_marked_as_right_and_are_in_the_zip(opened: Opener, finds: FakeDetector) -> None:
    finds.faces = []
    page = opened("desktop")
    choose(page, photo("one.jpg"), photo("two.jpg"))
    says(page, "2 of 2 done · 2 without faces")
    button(page, "Nobody in it").first.click()
    says(page, "2 of 2 done · 1 without faces")
    with zipfile.ZipFile(io.BytesIO(saved(page, "Download all (.zip)")[1])) as archive:
        assert archive.namelist() == ["one-turdified.jpg"]


@pytest.fixture
def several_photos(page: Page) -> Page:
    choose(page, photo("one.jpg"), photo("two.jpg"), photo("three.jpg"))
    says(page, "3 of 3 done")
    return page


def test_one_goes_from_photo_to_photo_by_buttons_and_arrow_keys(several_photos: Page) -> None:
    name = several_photos.locator("#file")
    button(several_photos, "Next photo").click()
    expect(name).to_contain_text("two.jpg")
    several_photos.keyboard.press("ArrowRight")
    expect(name).to_contain_text("three.jpg")
    expect(button(several_photos, "Next photo")).to_be_disabled()
    button(several_photos, "Previous photo").click()
    expect(name).to_contain_text("two.jpg")
    several_photos.locator("#file").focus()
    several_photos.keyboard.press("ArrowLeft")
    expect(name).to_contain_text("one.jpg")


def test_a_swipe_across_leads_to_the_next_photo(opened: Opener) -> None:
    page = opened("phone")
    choose(page, photo("one.jpg"), photo("two.jpg"))
    says(page, "2 of 2 done")
    stage = page.locator("#stage").bounding_box()
    assert stage
    x, y = stage["x"] + stage["width"] - 30, stage["y"] + stage["height"] - 30
    fingers = Fingers(page)
    fingers.touch("touchStart", (x, y))
    for step in range(1, 9):
        fingers.touch("touchMove", (x - 25 * step, y))
    fingers.touch("touchEnd")
    expect(page.locator("#file")).to_contain_text("two.jpg")
    expect(turds(page)).to_have_count(3)


@on_desktop
def test_which_download_is_which_is_said(several_photos: Page) -> None:
    assert saved(several_photos, "Download this one")[0] == "one-turdified.jpg"
    assert saved(several_photos, "Download all (.zip)")[0] == "turdified.zip"


@on_desktop
def test_neither_do_names_in_the_zip(page: Page) -> None:
    choose(page, photo("ab\u202egpj.\u0007ex\u200be.jpg"), photo("ab gpj. ex\u2066 e.jpg"), photo("\u200f.jpg"))
    says(page, "3 of 3 done")
    with zipfile.ZipFile(io.BytesIO(saved(page, "Download all (.zip)")[1])) as archive:
        names = archive.namelist()
    assert names == ["ab gpj. ex e-turdified.jpg", "ab gpj. ex e-turdified (2).jpg", "photo-turdified.jpg"]


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


def test_what_is_covered_while_others_are_saved_is_covered_in_the_zip(opened: Opener) -> None:
    page = opened("desktop")
    choose(page, photo("one.jpg"), photo("two.jpg"))
    says(page, "2 of 2 done")
    saved(page, "Download this one")  # so that it is drawn already
    with being_saved(page, "Download all (.zip)") as download:
        tap_photo(page, 250, 400)
    with zipfile.ZipFile(download().path()) as archive:
        assert are_covered([MISSED], astronaut(), archive.read("one-turdified.jpg")) == [True]
    says(page, "2 of 2 photos saved.")


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
        for _ in range(600):  # a machine may have more to do
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
