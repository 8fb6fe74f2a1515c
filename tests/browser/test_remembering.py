"""The browser remembers who is kept if that is wanted, and forgets them here and everywhere."""

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import Opener, Shot, on_desktop
from tests.browser.people import ME, asks, keep, kept, recognized_in_second, recognizes
from tests.browser.steps import alerts, button, choose, complains_of_nothing, photo, says, turds, wait_until
from tests.browser.storage import HOLD_STORAGE, REFUSALS, let_storage_fail


def test_who_is_remembered_is_offered_after_a_reload_and_forgotten_on_request(covered: Page, shot: Shot) -> None:
    asked = recognizes(covered, 0)
    keep(covered, 0, ME)
    says(covered, "2 faces covered, 1 kept.")
    expect(button(covered, ME)).to_be_hidden()  # it is known already
    button(covered, "Remember me in this browser").click()
    says(covered, "You are remembered in this browser.")
    covered.reload()
    everyone = covered.get_by_role("checkbox", name="Everyone but me")
    expect(everyone).not_to_be_checked()
    expect(covered.get_by_role("img", name="You")).to_be_visible()
    choose(covered, photo("first.jpg"))
    says(covered, "3 faces covered. Missed one?")
    covered.go_back()
    everyone.check()
    shot(covered, "everyone-but-me")
    complains_of_nothing(covered)
    before = len(asked)
    choose(covered, photo("second.jpg"))
    says(covered, "2 faces covered, 1 kept.")
    assert len(asked) == before + 1
    expect(covered.get_by_role("button", name="Perhaps you, 1 of 3")).to_be_visible()
    turds(covered).first.click()
    button(covered, "Forget me").click()
    says(covered, "You are forgotten.")
    expect(kept(covered)).to_have_count(0)
    covered.reload()
    expect(covered.locator("#photo")).to_be_attached()
    expect(everyone).to_be_hidden()


@on_desktop
@pytest.mark.parametrize("how", REFUSALS)
@pytest.mark.parametrize(
    ("act", "pressed", "refused", "untrue"),
    [
        ("put", "Remember me in this browser", "remember", "You are remembered"),
        ("delete", "Forget me", "forget", "forgotten"),
    ],
)
def test_where_the_browser_cannot_remember_or_forget_who_is_kept_it_is_said(
    covered: Page, act: str, pressed: str, refused: str, untrue: str, how: str
) -> None:
    recognizes(covered, 0)
    keep(covered, 0, ME)
    let_storage_fail(covered, act, how)
    button(covered, pressed).click()
    alerts(covered, f"This browser doesn't let us {refused} that.")
    expect(covered.get_by_role("status")).not_to_contain_text(untrue)
    expect(button(covered, "Remember me in this browser")).to_be_visible(visible=act == "put")


@on_desktop
def test_it_is_told_that_somebody_is_forgotten_when_the_browser_is_done_with_it(covered: Page) -> None:
    recognizes(covered, 0)
    keep(covered, 0, ME)
    button(covered, "Remember me in this browser").click()
    says(covered, "You are remembered in this browser.")
    covered.evaluate(HOLD_STORAGE)
    button(covered, "Forget me").click()
    expect(button(covered, "Forget me")).to_be_hidden()
    covered.wait_for_timeout(300)
    expect(covered.get_by_role("status")).not_to_contain_text("You are forgotten.")
    covered.evaluate("() => { window.held = false; }")
    says(covered, "You are forgotten.")
    covered.reload()
    expect(covered.locator("#sample")).to_be_visible()
    expect(covered.get_by_role("checkbox", name="Everyone but me")).to_be_hidden()


def test_nobody_is_remembered_unless_it_is_asked_for(opened: Opener) -> None:
    page = opened("desktop")
    choose(page, photo())
    says(page, "3 faces covered")
    recognizes(page, 0)
    keep(page, 0, ME)
    expect(button(page, "Remember me in this browser")).to_be_visible()
    page.reload()
    expect(page.locator("#sample")).to_be_visible()
    expect(page.get_by_role("checkbox", name="Everyone but me")).to_be_hidden()


def test_who_is_forgotten_is_forgotten_in_photos_that_were_closed(opened: Opener) -> None:
    page = opened()
    recognized_in_second(page)
    page.go_back()
    button(page, "Forget me").click()
    button(page, "Bring back two.jpg").click()
    says(page, "3 faces covered")
    expect(page.get_by_role("button", name="Perhaps you")).to_have_count(0)


@on_desktop
def test_who_is_forgotten_is_not_brought_back_by_undo_or_redo(page: Page) -> None:
    recognized_in_second(page)
    button(page, "Is this you?").click()
    asks(page).get_by_role("button", name="Cancel").click()
    turds(page).first.click()
    button(page, "Bigger").click()
    button(page, "Undo").click()
    turds(page).nth(1).click()
    button(page, "Forget me").click()
    says(page, "You are forgotten.")
    expect(button(page, "Is this you?")).to_be_hidden()
    expect(button(page, "Undo")).to_be_disabled()  # it was recognized in the only step so far
    button(page, "Redo").click()
    expect(turds(page)).to_have_count(3)
    expect(page.get_by_role("button", name="Perhaps you")).to_have_count(0)
    expect(kept(page)).to_have_count(0)
    assert page.locator("img[alt=You], #you-list canvas").count() == 0


@on_desktop
def test_who_is_forgotten_is_not_looked_for_any_more(page: Page) -> None:
    asked: list[Route] = []
    choose(page, photo("one.jpg"), photo("two.jpg"))
    says(page, "2 of 2 done")
    recognizes(page, 0)

    def answer_first(route: Route) -> None:
        asked.append(route)
        if len(asked) == 1:
            route.fallback()

    page.route("**/faces/", answer_first)
    keep(page, 0, ME)
    expect(button(page, "Forget me")).to_be_visible()
    wait_until(page, lambda: len(asked) == 2)
    with page.expect_event("requestfailed"):
        button(page, "Forget me").click()
    says(page, "You are forgotten.")
    expect(page.locator("#notice")).to_be_hidden()
    expect(page.locator("#retry")).to_be_hidden()
    assert len(asked) == 2  # the second was on its way, and never answered


@on_desktop
def test_who_is_forgotten_while_the_server_is_asked_is_not_kept_after_that(covered: Page) -> None:
    recognizes(covered, 0)
    keep(covered, 0, ME)
    expect(button(covered, "Forget me")).to_be_visible()
    asked: list[Route] = []
    covered.route("**/faces/", lambda route: asked.append(route))
    keep(covered, 1, ME)
    wait_until(covered, lambda: len(asked) == 1)
    turds(covered).first.click()
    button(covered, "Forget me").click()
    says(covered, "You are forgotten.")
    with covered.expect_response("**/faces/"):
        asked[0].fallback()
    covered.wait_for_function("() => new Promise((done) => setTimeout(() => done(true), 300))")
    expect(covered.get_by_role("button", name="Forget me")).to_have_count(0)
    expect(covered.locator("#everyone")).to_be_hidden()


@on_desktop
def test_the_face_that_was_kept_by_hand_stays_so_when_its_picture_is_forgotten(page: Page) -> None:
    recognized_in_second(page)
    button(page, "Is this you?").click()
    asks(page).get_by_role("button", name="Yes", exact=True).click()
    turds(page).nth(1).click()
    button(page, "Forget me").click()
    expect(page.get_by_role("button", name="Kept, 2 of 3")).to_be_visible()
    button(page, "Undo").click()  # not to the question, which nobody could answer
    expect(page.get_by_role("button", name="Perhaps you")).to_have_count(0)
    expect(page.get_by_role("img", name="You", exact=True)).to_have_count(0)
