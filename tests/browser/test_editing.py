"""Mending a cover that is there: by buttons and by keyboard."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Opener, Shot, on_desktop
from tests.browser.steps import button, center_of, choose, photo, says, turds, turned, width_of
from tests.browser.touch import middle


def test_buttons_make_a_turd_bigger_and_smaller_and_take_it_away_and_undo_brings_it_back(covered: Page) -> None:
    turd = turds(covered).first
    width = width_of(turd)
    turd.click()
    button(covered, "Bigger").click()
    assert width_of(turd) == pytest.approx(1.1 * width, rel=0.01)
    button(covered, "Smaller").click()
    assert width_of(turd) == pytest.approx(width, rel=0.01)
    button(covered, "Remove").click()
    says(covered, "Cover removed.")
    expect(turds(covered)).to_have_count(2)
    button(covered, "Undo").click()
    expect(turds(covered)).to_have_count(3)
    button(covered, "Redo").click()
    expect(turds(covered)).to_have_count(2)
    button(covered, "Start over").click()
    expect(turds(covered)).to_have_count(3)


@on_desktop
def test_undo_lets_go_of_the_selected_turd_as_numbers_may_change(covered: Page) -> None:
    turds(covered).first.click()
    button(covered, "Remove").click()
    turds(covered).first.click()
    button(covered, "Undo").click()
    expect(button(covered, "Remove")).to_be_hidden()


def test_everything_can_be_done_by_keyboard(opened: Opener, shot: Shot) -> None:
    page = opened("desktop")
    choose(page, photo())
    says(page, "3 faces covered")
    while not page.evaluate("document.activeElement.classList.contains('turd')"):
        page.keyboard.press("Tab")
    turd = turds(page).first
    expect(turd).to_be_focused()
    shot(page, "focus")
    (x, y), width = center_of(turd), width_of(turd)
    for key in ("ArrowRight", "ArrowDown", "+", "]", "ArrowDown"):
        page.keyboard.press(key)
    assert center_of(turd) == pytest.approx((x + 5.12, y + 10.24), abs=0.5)
    assert width_of(turd) == pytest.approx(1.1 * width, rel=0.02)
    assert turned(page, 0) == pytest.approx(10)
    page.keyboard.press("Enter")
    expect(button(page, "Bigger")).to_be_visible()
    page.keyboard.press("Escape")
    expect(button(page, "Bigger")).to_be_hidden()
    page.keyboard.press("Delete")
    expect(turds(page)).to_have_count(2)
    expect(turds(page).first).to_be_focused()
    page.keyboard.press("Control+z")
    expect(turds(page)).to_have_count(3)
    page.keyboard.press("Control+Shift+z")
    expect(turds(page)).to_have_count(2)
    button(page, "Add a cover").focus()
    page.keyboard.press("Enter")
    expect(turds(page)).to_have_count(3)
    expect(turds(page).last).to_be_focused()


def test_the_original_can_be_shown_and_covered_again(covered: Page) -> None:
    button(covered, "Show original").click()
    expect(turds(covered).first).to_be_hidden()
    tap_point = covered.locator("#stage").bounding_box()
    assert tap_point
    covered.mouse.click(tap_point["x"] + 30, tap_point["y"] + 30)
    button(covered, "Show covered").click()
    expect(turds(covered)).to_have_count(3)
    expect(turds(covered).first).to_be_visible()


def test_which_keys_mend_a_cover_is_said_while_they_do(opened: Opener) -> None:
    page = opened("desktop")
    choose(page, photo())
    says(page, "3 faces covered")
    hint, check = page.locator("#keys"), page.locator(".check")
    expect(hint).to_be_hidden()
    expect(check).to_be_visible()
    turds(page).first.click()
    expect(hint).to_be_visible()
    expect(check).to_be_hidden()
    button(page, "Bigger").click()
    before = center_of(turds(page).first)
    page.keyboard.press("ArrowRight")
    says(page, "Cover 1 of 3 moved.")
    assert center_of(turds(page).first)[0] > before[0]
    page.keyboard.press("Escape")
    button(page, "Download").focus()
    expect(hint).to_be_hidden()
    page.keyboard.press("Delete")
    expect(turds(page)).to_have_count(3)
    turds(page).last.focus()
    page.keyboard.press("Shift+Tab")
    expect(turds(page).nth(1)).to_be_focused()
    expect(hint).to_be_visible()
    page.keyboard.press("Delete")
    expect(turds(page)).to_have_count(2)


def test_keys_are_not_spoken_of_where_there_are_only_fingers(opened: Opener) -> None:
    page = opened("phone", viewport={"width": 1180, "height": 820})
    choose(page, photo())
    says(page, "3 faces covered")
    page.touchscreen.tap(*middle(page, 0))
    expect(button(page, "Bigger")).to_be_visible()
    expect(page.locator("#keys")).to_be_hidden()
    expect(page.locator(".check")).to_be_visible()
    button(page, "Keep just here").tap()
    page.wait_for_timeout(350)  # or the next tap would be the second of two
    page.touchscreen.tap(*middle(page, 0))
    expect(page.locator("#keys")).to_have_text("This face shows. Choose a cover to hide it.")
    expect(page.locator("#keys")).to_be_visible()
