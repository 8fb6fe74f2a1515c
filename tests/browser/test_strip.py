"""The strip of covers: what it shows is what the faces wear, and there is more to come."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Opener, Shot, on_desktop
from tests.browser.steps import button, choose, in_sight, photo, says, shown_covers, turds
from turdify.covers import PICTURES


def test_a_cover_is_chosen_for_all_faces_or_for_the_one_that_is_selected(covered: Page, shot: Shot) -> None:
    covered.get_by_label("Clown").check()
    assert shown_covers(covered) == ["clown"] * 3
    turds(covered).nth(1).click()
    expect(covered.get_by_text("For this face")).to_be_visible()
    covered.get_by_label("Ghost").check()
    assert shown_covers(covered) == ["clown", "ghost", "clown"]
    expect(turds(covered).nth(1)).to_have_attribute("aria-label", "Ghost, 2 of 3")
    turds(covered).nth(1).click()
    covered.get_by_label("Mixed").check()
    assert shown_covers(covered) == list(PICTURES[:3])
    shot(covered, "mixed")


@on_desktop
def test_the_strip_shows_what_is_true_after_undo_and_a_tap_on_any_cover_applies_it(covered: Page) -> None:
    covered.get_by_role("radio", name="Clown").check()
    button(covered, "Undo").click()
    assert shown_covers(covered) == ["turd"] * 3
    expect(covered.get_by_role("radio", name="Turd")).to_be_checked()
    button(covered, "Redo").click()
    expect(covered.get_by_role("radio", name="Clown")).to_be_checked()
    turds(covered).first.click()
    covered.get_by_role("radio", name="Ghost").check()
    button(covered, "Done").click()
    covered.get_by_role("radio", name="Clown").click()
    assert shown_covers(covered) == ["clown"] * 3
    button(covered, "Start over").click()
    expect(covered.get_by_role("radio", name="Turd")).to_be_checked()


@on_desktop
def test_what_is_mixed_can_be_mixed_again(covered: Page) -> None:
    covered.get_by_role("radio", name="Mixed").check()
    before = shown_covers(covered)
    covered.get_by_role("radio", name="Mixed").click()
    after = shown_covers(covered)
    assert len(set(after)) == 3
    assert all(one != other for one, other in zip(before, after, strict=True))


@on_desktop
def test_what_was_chosen_one_by_one_is_no_mixture(covered: Page) -> None:
    turds(covered).first.click()
    covered.get_by_role("radio", name="Gray").check()
    button(covered, "Done").click()
    expect(covered.get_by_role("radio", name="Turd")).to_be_checked()
    covered.get_by_role("radio", name="Mixed").check()
    assert shown_covers(covered) == list(PICTURES[:3])
    button(covered, "Undo").click()
    expect(covered.get_by_role("radio", name="Turd")).to_be_checked()
    button(covered, "Redo").click()
    expect(covered.get_by_role("radio", name="Mixed")).to_be_checked()


@on_desktop
def test_a_masked_first_face_keeps_none_from_being_mixed_again(covered: Page) -> None:
    covered.get_by_role("radio", name="Mixed").check()
    turds(covered).first.click()
    covered.get_by_role("radio", name="Gray").check()
    button(covered, "Done").click()
    covered.get_by_role("radio", name="Mixed").click()
    after = shown_covers(covered)
    assert len(set(after)) == 3
    assert all(one != other for one, other in zip(after, PICTURES, strict=False))


@pytest.mark.parametrize("width", [600, 1280])
def test_where_the_strip_is_longer_than_the_window_arrows_lead_along_it(opened: Opener, width: int) -> None:
    page = opened("desktop", viewport={"width": width, "height": 800})
    choose(page, photo())
    says(page, "3 faces covered")
    back, on = button(page, "Covers before these"), button(page, "More covers")
    expect(back).to_be_hidden()
    if width == 1280:
        expect(on).to_be_hidden()
        return
    expect(on).to_be_visible()
    seen = []
    for _ in range(10):
        seen += [choice.inner_text() for choice in page.locator(".choice").all() if in_sight(choice)]
        if on.is_hidden():
            break
        scroll(page, on)
    expect(on).to_be_hidden()
    expect(back).to_be_visible()
    assert set(seen) == {choice.inner_text() for choice in page.locator(".choice").all() if choice.is_visible()}
    while back.is_visible():
        scroll(page, back)
    expect(on).to_be_visible()


def scroll(page: Page, arrow: Locator) -> None:
    """The strip, by an arrow, until it has gone and stood still for ten frames."""
    before = page.locator("#choices").evaluate("list => list.scrollLeft")
    arrow.click()
    page.wait_for_function("before => document.getElementById('choices').scrollLeft !== before", arg=before)
    page.locator("#choices").evaluate(
        """async (list) => {
            for (let frames = 0, before = null; frames < 10; frames += 1) {
                await new Promise(requestAnimationFrame);
                if (list.scrollLeft !== before) frames = 0;
                before = list.scrollLeft;
            }
        }"""
    )


CUT = """axis => [...document.querySelectorAll(".choice")]
    .filter((tile) => tile.getClientRects().length)
    .map((tile) => {
        const list = document.getElementById(axis === "x" ? "choices" : "strip-here");
        const [start, end] = axis === "x" ? ["left", "right"] : ["top", "bottom"];
        const [{[start]: from, [end]: to}, seen] = [tile.getBoundingClientRect(), list.getBoundingClientRect()];
        return (Math.min(to, seen[end]) - from) / (to - from);
    })
    .filter((share) => 0 < share && share < 0.99)"""


@pytest.mark.parametrize("language", ["en", "nl", "de", "fr", "es"])
def test_beside_the_photo_whole_rows_of_covers_are_seen_or_half_of_one(opened: Opener, language: str) -> None:
    page = opened("desktop", locale=language)
    choose(page, photo())
    expect(page.locator("#download")).to_be_enabled()
    covers = page.locator("#strip-here")
    for width, height in ((1024, 700), (1280, 800), (1440, 900), (1920, 1080)):
        page.set_viewport_size({"width": width, "height": height})
        page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        covers.evaluate("list => list.scrollTo(0, 0)")
        shares = page.evaluate(CUT, "y")
        assert all(0.35 < share < 0.85 for share in shares), (width, shares)
        expect(page.locator("#strip-here.beyond")).to_have_count(1 if shares else 0)
        covers.evaluate("list => list.scrollTo(0, list.scrollHeight)")
        expect(page.locator("#strip-here.beyond")).to_have_count(0)


@pytest.mark.parametrize("width", [320, 360, 375, 390, 412, 430])
def test_on_a_phone_a_cut_tile_shows_that_there_are_more_covers(opened: Opener, width: int) -> None:
    page = opened("phone", viewport={"width": width, "height": 839})
    choose(page, photo())
    says(page, "3 faces covered")
    [share] = page.evaluate(CUT, "x")
    assert 0.3 < share < 0.7
    expect(page.locator("#choices")).to_have_class(re.compile("beyond"))
    assert cut_off_words(page) == []


def cut_off_words(page: Page) -> list[str]:
    """The names of covers that take more lines than they have words."""
    return list(
        page.locator(".choice > span:last-child").evaluate_all(
            """names => names.filter((name) => {
                const line = parseFloat(getComputedStyle(name).lineHeight);
                return name.getBoundingClientRect().height > line * name.textContent.trim().split(" ").length + 1;
            }).map((name) => name.textContent)"""
        )
    )


def test_fingers_need_no_arrows(opened: Opener) -> None:
    page = opened("phone")
    choose(page, photo())
    says(page, "3 faces covered")
    assert page.evaluate(
        "(({scrollWidth, clientWidth}) => scrollWidth > clientWidth)(document.querySelector('.choices'))"
    )
    expect(button(page, "More covers")).to_be_hidden()


def test_the_cover_that_is_chosen_is_in_sight_whatever_chose_it(page: Page) -> None:
    choose(page, photo())
    says(page, "3 faces covered")
    for name, chosen in (("Gray", "Gray"), ("Undo", "Turd"), ("Redo", "Gray")):
        if name == chosen:
            page.get_by_role("radio", name=name).check()
        else:
            button(page, name).click()
        tile = page.get_by_role("radio", name=chosen)
        expect(tile).to_be_checked()
        expect(tile).to_be_in_viewport(ratio=1)
    page.go_back()
    expect(page.locator("#strip-for")).to_have_text("Covered with")
    page.wait_for_function(
        """list => {
            const tile = list.querySelector(":checked").parentElement.getBoundingClientRect();
            const sight = list.getBoundingClientRect();
            return tile.left >= sight.left - 1 && tile.right <= sight.right + 1;
        }""",
        arg=page.locator("#choices").element_handle(),
    )
