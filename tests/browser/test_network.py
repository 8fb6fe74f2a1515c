"""What comes late, or not at all, or from somebody else: nothing untrue is said, and nothing else is held up."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, Request, Route, expect

from tests.browser.conftest import Opener
from tests.browser.steps import alerts, button, choose, photo, saved, says, tap_photo, turds
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
