"""Several photos at once: one goes from one to the next, and saves one or all."""

import io
import zipfile

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Opener, on_desktop
from tests.browser.steps import button, choose, photo, saved, says, turds
from tests.browser.touch import Fingers
from tests.pictures import FakeDetector


def test_photos_that_the_gallery_shares_are_all_opened(opened: Opener) -> None:
    page = opened("phone", service_workers="allow")
    page.evaluate("navigator.serviceWorker.ready")
    page.wait_for_function("navigator.serviceWorker.controller")
    page.evaluate(
        """photos => {
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
        }""",
        [[name, list(photo()["buffer"])] for name in ("one.jpg", "two.jpg")],
    )
    says(page, "2 of 2 done")
    expect(page.locator("#batch li")).to_have_count(2)
    page.go_back()
    expect(page.locator("#sample")).to_be_visible()


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
