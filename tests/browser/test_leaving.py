"""Whatever leads away from a photo that was edited loses nothing: a reload, Back, the logo, another photo."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Opener, on_desktop
from tests.browser.steps import alerts, button, choose, photo, saved, says, tap_photo, text_file, turds
from tests.pictures import FakeDetector


@pytest.fixture
def edited(covered: Page) -> Page:
    tap_photo(covered, 250, 400)
    says(covered, "4 in total")
    return covered


def chosen_in_turn(page: Page, count: int) -> Iterator[int]:
    """So many photos one after the other, each once its faces are covered."""
    for number in range(count):
        choose(page, photo(f"{number}.jpg"))
        expect(page.locator("#file")).to_contain_text(f"{number}.jpg")
        says(page, "3 faces covered")
        yield number


def enlarge_first(page: Page) -> None:
    turds(page).first.click()
    button(page, "Bigger").click()


def asked_to_stay(page: Page) -> bool:
    """Whether a reload asks first; it is answered with yes."""
    asked: list[str] = []

    def accept(dialog: object) -> None:
        asked.append(dialog.type)  # type: ignore[attr-defined]
        dialog.accept()  # type: ignore[attr-defined]

    page.on("dialog", accept)
    page.reload()
    return asked == ["beforeunload"]


@on_desktop
def test_a_reload_asks_where_something_was_edited(edited: Page) -> None:
    assert asked_to_stay(edited)


@on_desktop
def test_a_reload_asks_while_faces_are_looked_for_once_more(edited: Page, finds: FakeDetector) -> None:
    button(edited, "Done").click()
    finds.delay = 60
    edited.locator("#sensitivity").select_option("high")
    expect(edited.locator("#busy")).to_be_visible()
    assert asked_to_stay(edited)


@on_desktop
def test_a_reload_asks_while_a_photo_is_being_saved(covered: Page) -> None:
    covered.route("**/turdify/", lambda route: None)  # it is never answered
    with covered.expect_request("**/turdify/"):
        button(covered, "Download").click()
    assert asked_to_stay(covered)


@on_desktop
def test_a_reload_does_not_ask_where_all_is_saved(edited: Page) -> None:
    saved(edited)
    says(edited, "Done:")
    assert not asked_to_stay(edited)


def test_a_long_name_makes_a_narrow_phone_no_wider(opened: Opener) -> None:
    page = opened("phone", viewport={"width": 320, "height": 568})
    name = f"Screenshot_2026-11-26-05-06-41-123_{'com.example_' * 4}.jpg"
    overflow = "element => element.scrollWidth - element.clientWidth"
    choose(page, photo(name))
    says(page, "3 faces covered")
    saved(page)
    says(page, "Done: Screenshot")
    assert page.get_by_role("status").evaluate(overflow) == 0
    enlarge_first(page)
    page.go_back()
    button(page, f"Bring back {name}").click()
    expect(page.locator("#file")).to_contain_text(name)
    page.go_back()
    script = """async (name) => {
        const of = (file) => import(new URL(file, document.querySelector("script[type=module]").src).href);
        const [{ update }, { say }] = await Promise.all(["state.js", "settings.js"].map(of));
        update({ notice: say("lost", { name, count: 10 }) });
    }"""
    page.evaluate(script, name)
    alerts(page, "is gone")
    assert page.locator("#notice").evaluate(overflow) == 0
    assert page.evaluate("document.documentElement.scrollWidth") == 320


def test_back_closes_the_photo_and_not_the_site_and_it_can_be_had_back(edited: Page, shot: Callable[..., None]) -> None:
    edited.go_back()
    expect(edited.locator("#sample")).to_be_visible()
    shot(edited, "closed")
    button(edited, "Bring back beach.jpg").click()
    expect(turds(edited)).to_have_count(4)
    edited.go_back()
    expect(edited.locator("#sample")).to_be_visible()
    edited.go_forward()
    expect(turds(edited)).to_have_count(4)


HOLD_COPIES = """
    const { postMessage } = Worker.prototype;
    window.jobs = [];
    Worker.prototype.postMessage = function (...job) { jobs.push(() => postMessage.apply(this, job)); };
"""


def test_who_comes_back_before_a_photo_was_sent_has_not_canceled_it(opened: Opener) -> None:
    page = opened("desktop", script=HOLD_COPIES)
    choose(page, photo())
    expect(page.locator("#busy")).to_be_visible()
    page.go_back()
    expect(page.locator("#sample")).to_be_visible()
    page.go_forward()
    expect(page.locator("#file")).to_contain_text("beach.jpg")
    page.evaluate("jobs.splice(0).forEach((job) => job())")
    says(page, "3 faces covered")
    expect(page.get_by_role("alert")).to_be_hidden()


@on_desktop
def test_the_logo_closes_the_photo_as_back_does(edited: Page) -> None:
    edited.get_by_role("link", name="turdify").click()
    expect(edited.locator("#sample")).to_be_visible()
    button(edited, "Bring back beach.jpg").click()
    expect(turds(edited)).to_have_count(4)


@on_desktop
def test_another_photo_can_be_undone(edited: Page, shot: Callable[..., None]) -> None:
    with edited.expect_file_chooser() as chooser:
        button(edited, "Another photo").click()
    chooser.value.set_files([photo("lake.jpg")])
    expect(edited.locator("#file")).to_contain_text("lake.jpg")
    says(edited, "3 faces covered")
    shot(edited, "another")
    button(edited, "Bring it back").click()
    expect(edited.locator("#file")).to_contain_text("beach.jpg")
    expect(turds(edited)).to_have_count(4)


def broken() -> bytes:
    return photo()["buffer"][:5000]


@on_desktop
def test_a_bad_second_file_does_not_replace_the_photo_that_is_edited(edited: Page) -> None:
    for data, words in ((b"I am not a photo.", "isn't a photo"), (broken(), "A part of that photo is missing.")):
        bad = text_file("bad.jpg", "image/jpeg")
        bad["buffer"] = data
        choose(edited, bad)
        alerts(edited, words)
        expect(edited.locator("#file")).to_contain_text("beach.jpg")
        expect(turds(edited)).to_have_count(4)
        expect(button(edited, "Undo")).to_be_enabled()


@on_desktop
def test_what_was_edited_is_not_lost_by_bringing_others_back_from_beside_it(page: Page) -> None:
    choose(page, photo("before.jpg"))
    says(page, "3 faces covered")
    choose(page, photo("one.jpg"), photo("two.jpg"))
    says(page, "2 of 2 done")
    expect(button(page, "Bring it back")).to_be_visible()
    button(page, "Next photo").click()
    turds(page).nth(1).click()
    button(page, "Bigger").click()
    button(page, "Done").click()
    button(page, "Previous photo").click()
    expect(page.locator("#file")).to_contain_text("one.jpg")
    expect(button(page, "Bring it back")).to_be_hidden()


@on_desktop
def test_what_was_edited_one_after_the_other_can_all_be_had_back(edited: Page) -> None:
    choose(edited, photo("lake.jpg"))
    expect(edited.locator("#file")).to_contain_text("lake.jpg")
    says(edited, "3 faces covered")
    turds(edited).first.click()
    button(edited, "Remove").click()
    choose(edited, photo("hill.jpg"))
    expect(edited.locator("#file")).to_contain_text("hill.jpg")
    says(edited, "3 faces covered")
    edited.go_back()
    expect(button(edited, "Bring back lake.jpg")).to_be_visible()
    button(edited, "Bring back beach.jpg").click()
    expect(turds(edited)).to_have_count(4)
    edited.go_back()
    button(edited, "Bring back lake.jpg").click()
    expect(turds(edited)).to_have_count(2)
    assert asked_to_stay(edited)


@on_desktop
def test_what_was_edited_outlasts_photos_in_between_that_were_not(edited: Page) -> None:
    for name in ("one.jpg", "two.jpg"):
        choose(edited, photo(name))
        says(edited, "3 faces covered")
    for name in ("one.jpg", "beach.jpg"):
        button(edited, "Bring it back").click()
        expect(edited.locator("#file")).to_contain_text(name)
    expect(turds(edited)).to_have_count(4)


@on_desktop
def test_a_bad_file_brings_back_what_was_looked_at_and_nothing_that_was_closed(edited: Page) -> None:
    bad = text_file("bad.jpg", "image/jpeg")
    bad["buffer"] = broken()
    choose(edited, photo("lake.jpg"))
    expect(edited.locator("#file")).to_contain_text("lake.jpg")
    says(edited, "3 faces covered")
    choose(edited, bad)
    alerts(edited, "A part of that photo is missing.")
    expect(edited.locator("#file")).to_contain_text("lake.jpg")
    edited.go_back()
    choose(edited, bad)
    alerts(edited, "A part of that photo is missing.")
    expect(edited.locator("#file")).to_contain_text("bad.jpg")
    edited.go_back()
    button(edited, "Bring back beach.jpg").click()
    expect(turds(edited)).to_have_count(4)


@on_desktop
def test_of_many_that_were_edited_the_last_ten_are_kept_and_it_is_said_of_others(page: Page) -> None:
    for number in chosen_in_turn(page, 12):
        expect(page.locator("#notice")).to_have_text(
            "Only the last 10 are kept: what was done to 0.jpg is gone." if number == 11 else ""
        )
        enlarge_first(page)
    page.go_back()
    alerts(page, "what was done to 1.jpg is gone.")
    expect(page.get_by_role("button", name="Bring back")).to_have_count(10)
    button(page, "Bring back 2.jpg").click()
    expect(button(page, "Undo")).to_be_enabled()


@on_desktop
def test_what_was_not_edited_takes_the_place_of_nothing_that_was(page: Page) -> None:
    for number in chosen_in_turn(page, 12):
        if number < 10:
            enlarge_first(page)
    expect(page.locator("#notice")).to_have_text("")
    page.go_back()
    for number in (*range(10), 11):
        expect(button(page, f"Bring back {number}.jpg")).to_be_visible()
    expect(page.get_by_role("button", name="Bring back")).to_have_count(11)


@on_desktop
def test_who_comes_back_from_another_site_is_shown_what_is_done_to_photos_then(page: Page, site: str) -> None:
    choose(page, photo())
    says(page, "3 faces covered")
    page.get_by_label("Size").fill("200")
    page.get_by_label("Save as").select_option("png")
    page.goto("about:blank")
    page.goto(site)
    page.go_back()
    page.go_back()
    choose(page, photo())
    says(page, "3 faces covered")
    expect(page.get_by_label("Size")).to_have_value("120")
    expect(page.get_by_label("Save as")).to_have_value("same")
