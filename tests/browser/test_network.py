"""What comes late, or not at all, or from somebody else: nothing untrue is said, and nothing else is held up."""

import re
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, Request, Route, expect

from tests.browser.conftest import Opener
from tests.browser.steps import alerts, button, choose, photo, png, saved, says, tap_photo, turds
from tests.pictures import FakeDetector


@pytest.fixture
def covered(opened: Opener) -> Page:
    page = opened("desktop")
    choose(page, photo())
    says(page, "3 faces covered")
    return page


def test_one_look_at_a_time_is_taken_at_who_is_before_a_photo_and_none_once_it_is_answered(
    opened: Opener, finds: FakeDetector
) -> None:
    page = opened("desktop")
    looks: list[Route] = []
    ended: list[Request] = []
    page.on("requestfailed", lambda request: ended.append(request))
    page.route("**/waiting?*", lambda route: looks.append(route))  # which never is
    finds.delay = 60
    choose(page, photo())
    says(page, "Sniffing out faces…")
    page.wait_for_timeout(4500)
    assert len(looks) == 1
    finds.delay = 0
    says(page, "3 faces covered")
    page.wait_for_timeout(100)
    assert [request.url for request in ended] == [looks[0].request.url]


def test_a_photo_that_was_deleted_since_it_was_chosen_is_not_taken_for_a_lost_connection(
    opened: Opener, tmp_path: Path
) -> None:
    page = opened("desktop")
    file = tmp_path / "beach.jpg"
    file.write_bytes(photo()["buffer"])
    page.locator("#photo").set_input_files(file)
    says(page, "3 faces covered")
    tap_photo(page, 250, 400)
    file.unlink()
    button(page, "Download").click()
    alerts(page, "That photo was changed, moved or deleted since it was chosen.")
    expect(turds(page)).to_have_count(4)


def test_what_is_no_picture_is_not_saved_as_one(covered: Page) -> None:
    """As a hotel's page in which one is to log in."""
    login = {"status": 200, "content_type": "text/html", "body": "<p>Log in</p>"}
    covered.route("**/turdify/", lambda route: route.fulfill(**login), times=1)
    button(covered, "Download").click()
    alerts(covered, "Something clogged on our side.")
    assert saved(covered)[0] == "beach-turdified.jpg"


def test_where_a_script_does_not_get_here_the_form_does_it(opened: Opener) -> None:
    page = opened("desktop")
    page.route("**/zip.js", lambda route: route.abort("internetdisconnected"))
    page.reload()
    expect(button(page, "Turdify it")).to_be_visible()
    choose(page, photo())
    button(page, "Turdify it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("3 faces covered")


def choose_own(page: Page, color: str) -> None:
    page.locator("#picture").set_input_files([png(Image.new("RGBA", (200, 200), color))])


def tile(page: Page) -> Locator:
    return page.locator("#own img")


def color_of(image: Locator) -> list[int]:
    """Of a picture's first pixel."""
    color: list[int] = image.evaluate(
        """async image => {
            await image.decode();
            const context = new OffscreenCanvas(1, 1).getContext("2d");
            context.drawImage(image, 0, 0);
            return [...context.getImageData(0, 0, 1, 1).data].slice(0, 3);
        }"""
    )
    return color


def test_of_two_pictures_of_ones_own_the_one_that_was_chosen_last_is_taken(covered: Page) -> None:
    held: list[Route] = []
    covered.route("**/picture/", lambda route: held.append(route), times=1)
    with covered.expect_request("**/picture/"):
        choose_own(covered, "purple")
    choose_own(covered, "lime")
    expect(tile(covered)).to_have_attribute("src", re.compile("^blob:"))
    with covered.expect_response("**/picture/"):
        held[0].continue_()
    covered.wait_for_timeout(300)
    assert color_of(tile(covered)) == [0, 255, 0]


def test_a_picture_that_was_chosen_for_one_face_is_put_on_no_other_when_it_comes_late(covered: Page) -> None:
    held: list[Route] = []
    covered.route("**/picture/", lambda route: held.append(route))
    turds(covered).nth(1).click()
    with covered.expect_request("**/picture/"):
        choose_own(covered, "purple")
    button(covered, "Done").click()
    held[0].continue_()
    expect(turds(covered).nth(1)).to_have_accessible_name("Your own, 2 of 3")
    expect(turds(covered).first).to_have_accessible_name("Turd, 1 of 3")
    turds(covered).nth(2).click()
    with covered.expect_request("**/picture/"):
        choose_own(covered, "lime")
    button(covered, "Remove").click()
    with covered.expect_response("**/picture/"):
        held[1].continue_()
    covered.wait_for_timeout(300)
    expect(turds(covered).first).to_have_accessible_name("Turd, 1 of 2")


def test_the_same_picture_can_be_chosen_again_after_it_failed(covered: Page) -> None:
    covered.route("**/picture/", lambda route: route.abort("internetdisconnected"))
    choose_own(covered, "purple")
    alerts(covered, "No connection.")
    assert covered.locator("#picture").input_value() == ""


HOLD_COPIER = """
    const { postMessage } = Worker.prototype;
    window.jobs = [];
    Worker.prototype.postMessage = function (job, ports) {
        if (job.toAsk) postMessage.call(this, job, ports);
        else jobs.push(() => postMessage.call(this, job, ports));
    };
"""


def test_a_photo_that_is_made_smaller_while_another_is_looked_at_says_nothing_there(
    opened: Opener, finds: FakeDetector
) -> None:
    page = opened("desktop", script=HOLD_COPIER)
    large = photo("large.jpg")
    large["buffer"] += bytes(5 * 2**20)
    choose(page, large, photo("small.jpg"))
    page.get_by_role("button", name="large.jpg").click()
    for _ in range(2):
        button(page, "Make it smaller").click()
    page.get_by_role("button", name="small.jpg").click()
    says(page, "3 faces covered")
    page.evaluate("jobs.forEach((job) => job())")
    says(page, "2 of 2 done")
    says(page, "3 faces covered")
    page.get_by_role("button", name="large.jpg").click()
    says(page, "3 faces covered")
    expect(button(page, "Undo")).to_be_disabled()
