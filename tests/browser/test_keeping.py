"""Everyone but me, on the page: who is kept uncovered by hand, or is recognized and then confirmed."""

import re

import pytest
from playwright.sync_api import Download, Page, expect

from tests.browser.conftest import Opener, Shot, on_desktop
from tests.browser.people import ME, asks, changed, keep, kept, open_second, recognizes
from tests.browser.steps import button, choose, complains_of_nothing, photo, says, tap_photo, turds
from tests.browser.test_accessibility import cut_off


def test_a_face_is_kept_just_here_by_hand_and_only_it_shows_in_what_is_saved(covered: Page, shot: Shot) -> None:
    asked = recognizes(covered)
    keep(covered, 1)
    says(covered, "2 faces covered, 1 kept.")
    expect(kept(covered)).to_have_count(1)
    expect(covered.get_by_role("button", name="Kept, 2 of 3")).to_be_visible()
    shot(covered, "kept")
    assert changed(covered) == [True, False, True]
    assert asked == []


@on_desktop
def test_who_is_kept_can_be_covered_again_and_undone(covered: Page) -> None:
    keep(covered, 1)
    keep(covered, 1, "Cover again")
    says(covered, "3 faces covered.")
    expect(kept(covered)).to_have_count(0)
    button(covered, "Undo").click()
    says(covered, "2 faces covered, 1 kept.")
    button(covered, "Start over").click()
    says(covered, "3 faces covered.")
    assert changed(covered) == [True, True, True]


def test_who_is_kept_can_not_be_moved_or_removed_by_keys_and_gets_a_cover_with_an_emoji(opened: Opener) -> None:
    page = opened("desktop")
    choose(page, photo())
    says(page, "3 faces covered")
    keep(page, 0)
    turds(page).first.click()
    expect(button(page, "Bigger")).to_be_hidden()
    expect(button(page, "Cover again")).to_be_visible()
    turds(page).first.focus()
    page.keyboard.press("Delete")
    page.keyboard.press("ArrowLeft")
    expect(kept(page)).to_have_count(1)
    expect(page.get_by_role("radio", checked=True)).to_have_count(0)
    expect(page.locator("#keys")).to_have_text("This face shows. Choose a cover to hide it.")
    expect(turds(page).first).to_have_accessible_description("")
    page.get_by_role("radio", name="Cat").check()
    says(page, "3 faces covered.")
    expect(page.locator("#keys")).to_contain_text("Arrow keys move it")
    expect(turds(page).first).to_have_accessible_description(re.compile("Arrow keys move it"))
    expect(page.get_by_role("radio", name="Cat")).to_be_checked()
    expect(kept(page)).to_have_count(0)


@on_desktop
def test_who_is_kept_by_hand_is_not_said_to_show_by_mistake_but_whose_cover_is_removed_is(covered: Page) -> None:
    keep(covered, 1)
    turds(covered).first.click()
    button(covered, "Remove").click()
    says(covered, "1 face that was found is not covered any more.")
    button(covered, "Undo: cover it again").click()
    says(covered, "2 faces covered, 1 kept.")


def test_a_cover_that_is_added_counts_without_who_is_kept(opened: Opener) -> None:
    page = opened("desktop")
    choose(page, photo())
    says(page, "3 faces covered")
    keep(page, 1)
    tap_photo(page, 250, 400)
    says(page, "Cover added. 3 in total.")


def test_a_box_is_nobody_who_could_be_kept(opened: Opener) -> None:
    page = opened("desktop")
    choose(page, photo())
    says(page, "3 faces covered")
    button(page, "Add a box").focus()
    page.keyboard.press("Enter")
    expect(button(page, "Remove")).to_be_visible()
    expect(button(page, "Keep just here")).to_be_hidden()
    expect(button(page, ME)).to_be_hidden()


@pytest.fixture
def recognized(page: Page) -> Page:
    """Two photos of three faces: one is me in the first, which was said, and in the second, which was recognized."""
    choose(page, photo("a.jpg"), photo("b.jpg"))
    says(page, "2 of 2 done")
    recognizes(page, 1)
    keep(page, 1, ME)
    expect(page.locator("#batch li").nth(1)).to_contain_text("1 kept, 2 covered")
    return page


def test_who_was_recognized_is_confirmed_before_all_are_saved(recognized: Page, shot: Shot) -> None:
    button(recognized, "Download all (.zip)").click()
    expect(asks(recognized)).to_contain_text("b.jpg")
    expect(asks(recognized)).not_to_contain_text("a.jpg")
    expect(asks(recognized).get_by_role("img")).to_have_count(2)
    shot(recognized, "asked")
    complains_of_nothing(recognized)
    with recognized.expect_download() as download:
        asks(recognized).get_by_role("button", name="Yes", exact=True).click()
    assert download.value.suggested_filename == "turdified.zip"
    with recognized.expect_download():
        button(recognized, "Download all (.zip)").click()  # and isn't asked again


@on_desktop
def test_nothing_is_saved_without_an_answer(recognized: Page) -> None:
    downloads: list[Download] = []
    recognized.on("download", lambda download: downloads.append(download))
    button(recognized, "Download all (.zip)").click()
    expect(asks(recognized)).to_be_visible()
    recognized.keyboard.press("Escape")
    expect(asks(recognized)).to_be_hidden()
    button(recognized, "Download all (.zip)").click()
    asks(recognized).get_by_role("button", name="Cancel").click()
    expect(asks(recognized)).to_be_hidden()
    says(recognized, "kept")
    assert downloads == []


@on_desktop
def test_who_says_no_gets_that_face_covered(recognized: Page) -> None:
    open_second(recognized)
    expect(recognized.get_by_role("button", name="Perhaps you, 2 of 3")).to_be_visible()
    button(recognized, "Is this you?").click()
    asks(recognized).get_by_role("button", name="No", exact=True).click()
    expect(kept(recognized)).to_have_count(0)
    expect(button(recognized, "Is this you?")).to_be_hidden()
    assert changed(recognized, "Download this one") == [True, True, True]


@on_desktop
def test_who_says_yes_keeps_that_face_alone(recognized: Page) -> None:
    open_second(recognized)
    button(recognized, "Is this you?").click()
    asks(recognized).get_by_role("button", name="Yes", exact=True).click()
    expect(recognized.get_by_role("button", name="Kept, 2 of 3")).to_be_visible()
    assert changed(recognized, "Download this one") == [True, False, True]


def test_all_are_confirmed_at_once(opened: Opener, shot: Shot) -> None:
    page = opened("phone", color_scheme="dark")
    choose(page, photo("a.jpg"), photo("b.jpg"), photo("c.jpg"))
    says(page, "3 of 3 done")
    recognizes(page, 0, 2)
    keep(page, 1, ME)
    expect(page.locator("#batch li").nth(2)).to_contain_text("2 kept, 1 covered")
    button(page, "Is this you?").click()
    expect(asks(page).get_by_role("listitem")).to_have_count(4)
    shot(page, "asked-of-all")
    complains_of_nothing(page)
    asks(page).get_by_role("button", name="Yes to all").click()
    expect(asks(page)).to_be_hidden()
    expect(button(page, "Is this you?")).to_be_hidden()
    expect(button(page, "Download this one")).to_be_focused()


@pytest.mark.parametrize("language", ["en", "nl", "de", "fr", "es"])
def test_on_a_narrow_phone_all_of_it_fits_in_every_language(opened: Opener, language: str) -> None:
    page = opened("phone", viewport={"width": 320, "height": 640}, locale=language)
    choose(page, photo("a.jpg"), photo("b.jpg"))
    expect(page.locator("#download-all")).to_be_enabled()
    recognizes(page, 1)
    turds(page).nth(1).click()
    assert cut_off(page) == []
    page.locator("#keep-all").click()
    expect(page.locator("#identify")).to_be_visible()
    assert cut_off(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    page.locator("#identify").click()
    assert cut_off(page) == []
    dialog = page.locator("#you")
    assert dialog.evaluate("({ scrollWidth, clientWidth }) => scrollWidth - clientWidth") == 0
    page.keyboard.press("Escape")
    page.go_back()
    expect(page.locator("#everyone")).to_be_visible()
    assert cut_off(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") == 320
