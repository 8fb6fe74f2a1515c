"""For everybody: axe in every state, targets for fingers, narrow screens, and less motion."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from tests.browser.conftest import PROFILES, Contexts, Opener, opening, wait_for_answers
from tests.browser.states import STATES, State, reach
from tests.browser.steps import choose, complains_of_nothing, photo, saved, says, turds
from tests.pictures import FakeDetector


@pytest.fixture(scope="module", params=STATES, ids=lambda state: state.__name__)
def state(
    request: pytest.FixtureRequest, chromium: Browser, contexts: Contexts, service: tuple[str, FakeDetector]
) -> Iterator[Page]:
    """A phone's page in every state that it has, for all tests that only look at it."""
    site, detector = service
    with opening(chromium, contexts, site) as open_page:
        page = open_page("phone")
        reach(page, request.param, detector)
        yield page
    detector.delay = 0
    wait_for_answers()


def test_axe_finds_nothing_to_complain_about(state: Page) -> None:
    complains_of_nothing(state)


@pytest.mark.parametrize("wanted", STATES, ids=lambda state: state.__name__)
def test_nor_does_it_on_a_desktop(opened: Opener, finds: FakeDetector, wanted: State) -> None:
    page = opened("desktop")
    reach(page, wanted, finds)
    complains_of_nothing(page)


def test_on_a_phone_every_target_is_large_enough_for_a_finger(state: Page) -> None:
    small = state.locator("a, button, summary, select, input:not([type=hidden])").evaluate_all(
        """elements => elements
            .filter((element) => element.checkVisibility({visibilityProperty: true}))
            .map((element) => [element.outerHTML.slice(0, 100), element.getBoundingClientRect()])
            .filter(([, {width, height}]) => width && height && (width < 44 || height < 44))
            .map(([html, {width, height}]) => [html, width, height])"""
    )
    assert small == []


def test_a_narrow_phone_never_scrolls_sideways(state: Page) -> None:
    state.set_viewport_size({"width": 320, "height": 640})
    width = state.evaluate("document.documentElement.scrollWidth")
    state.set_viewport_size(PROFILES["phone"]["viewport"])
    assert width == 320


@pytest.mark.parametrize("language", ["nl", "de", "fr", "es"])
def test_on_a_narrow_phone_every_text_fits_in_every_language(opened: Opener, language: str) -> None:
    page = opened("phone", viewport={"width": 320, "height": 640}, locale=language)
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    assert cut_off(page) == []
    choose(page, photo())
    says(page, "3 ")
    assert cut_off(page) == []
    turds(page).first.click()
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    assert cut_off(page) == []


# Where there is least room: a small phone, and one that lies on its side.
LEAST: list[ViewportSize] = [{"width": 320, "height": 568}, {"width": 844, "height": 390}]


def test_no_control_lies_under_another_where_there_is_least_room(state: Page) -> None:
    for size in LEAST:
        state.set_viewport_size(size)
        under = lying_under(state)
        state.set_viewport_size(PROFILES["phone"]["viewport"])
        assert under == [], size


# A small phone on its side, and a desktop whose page is four times as large.
@pytest.mark.parametrize("size", [{"width": 568, "height": 320}, {"width": 320, "height": 256}])
def test_where_a_window_is_too_low_for_both_the_photo_is_scrolled_to(opened: Opener, size: ViewportSize) -> None:
    page = opened("desktop", viewport=size)
    choose(page, photo())
    says(page, "3 faces covered")
    page.locator("#stage").scroll_into_view_if_needed()
    hidden = """stage => {
        const { left, top, width, height } = stage.getBoundingClientRect();
        const places = [0.1, 0.3, 0.5, 0.7, 0.9].map((part) => [left + part * width, top + part * height]);
        return places.filter(([x, y]) => !stage.contains(document.elementFromPoint(x, y)));
    }"""
    assert page.locator("#stage").evaluate(hidden) == []
    saved(page)
    says(page, "Done: beach-turdified.jpg")


@pytest.mark.parametrize("language", ["en", "nl", "de", "fr", "es"])
def test_nor_does_one_with_several_photos_in_any_language(opened: Opener, finds: FakeDetector, language: str) -> None:
    page = opened("phone", viewport=LEAST[0], locale=language)
    page.add_init_script("navigator.canShare = () => true")
    page.reload()
    choose(page, photo("a.jpg"), photo("b.jpg"))
    expect(page.locator("#download-all")).to_be_enabled()
    nobody_lies_under_another(page, "result")
    turds(page).first.click()
    nobody_lies_under_another(page, "selected")
    page.locator("#keep").click()
    turds(page).first.click()
    nobody_lies_under_another(page, "kept")
    page.locator("#done").click()
    turds(page).last.click()
    page.locator("[data-edit=remove]").click()
    nobody_lies_under_another(page, "uncovered")
    finds.faces, finds.delay = [], 60
    choose(page, photo("c.jpg"), photo("d.jpg"))
    expect(page.locator("#cancel")).to_be_visible()
    nobody_lies_under_another(page, "busy")
    finds.delay = 0
    expect(page.locator("#anyway")).to_be_visible()
    nobody_lies_under_another(page, "no face")


def nobody_lies_under_another(page: Page, when: str) -> None:
    for size in LEAST:
        page.set_viewport_size(size)
        assert lying_under(page) == [], (when, size)
    page.set_viewport_size(LEAST[0])


def lying_under(page: Page) -> list[str]:
    """The controls, but for those that are scrolled out of what they are in, that something else is hit instead of."""
    page.evaluate("scrollTo(0, 0)")
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    return list(
        page.evaluate(
            """() => {
                const scrolled = (element, {left, top, right, bottom}) => {
                    for (let around = element; (around = around.parentElement) && around !== document.body; ) {
                        if (getComputedStyle(around).overflowX === "visible") continue;
                        const box = around.getBoundingClientRect();
                        if (left < box.left || right > box.right || top < box.top || bottom > box.bottom) {
                            return !around.matches(".dock, .view, .covers");
                        }
                    }
                    return bottom > innerHeight && !document.body.matches(".working");
                };
                const shown = ["dialog[open]", ".working #work", "body"].map((part) => document.querySelector(part));
                const controls = "button:not(.turd), input:not([type=file]), select, #file, .level";
                return [...shown.find(Boolean).querySelectorAll(controls)]
                    .filter((control) => control.checkVisibility({visibilityProperty: true}))
                    .map((control) => [control, control.getBoundingClientRect()])
                    .filter(([control, box]) => box.width && box.height && !scrolled(control, box))
                    .filter(([control, {left, top, width, height}]) =>
                        [[0.5, 0.5], [0.2, 0.2], [0.8, 0.2], [0.2, 0.8], [0.8, 0.8]].some(([across, down]) => {
                            const hit = document.elementFromPoint(left + across * width, top + down * height);
                            return !hit || (!control.contains(hit) && !control.closest("label")?.contains(hit));
                        }))
                    .map(([control]) => control.id || control.getAttribute("aria-label") || control.value);
            }"""
        )
    )


def cut_off(page: Page) -> list[str]:
    """The labels and buttons that are smaller than what they say."""
    return list(
        page.evaluate(
            """() => [...document.querySelectorAll(".choice, button:not(.turd), .status, .notice, .batch span")]
                .filter((element) => element.getClientRects().length)
                .filter(({scrollWidth, clientWidth, scrollHeight, clientHeight}) =>
                    scrollWidth > clientWidth + 1 || scrollHeight > clientHeight + 1)
                .map((element) => element.textContent.trim())"""
        )
    )


@pytest.mark.parametrize("language", ["en", "nl", "de", "fr", "es"])
@pytest.mark.parametrize(
    ("profile", "sizes"),
    [("phone", [(320, 568), (320, 700), (390, 844), (844, 390)]), ("desktop", [(1280, 800)])],
    ids=["phone", "desktop"],
)
def test_without_faces_and_with_several_photos_nothing_is_too_wide_or_cut_off(
    opened: Opener, finds: FakeDetector, profile: str, sizes: list[tuple[int, int]], language: str
) -> None:
    finds.faces = []
    page = opened(profile, script="navigator.canShare = () => true", locale=language)
    choose(page, photo("a.jpg"), photo("b.jpg"))
    expect(page.locator("#status")).to_contain_text(re.compile(r"2 \w+ 2 .* · 2 "))
    expect(page.locator("#anyway")).to_be_visible()
    for width, height in sizes:
        page.set_viewport_size({"width": width, "height": height})
        page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        assert page.evaluate("document.documentElement.scrollWidth") == width
        assert cut_off(page) == []


def test_the_focus_is_never_lost(opened: Opener, finds: FakeDetector) -> None:
    page = opened("desktop")
    finds.faces = finds.faces[:1]
    choose(page, photo())
    says(page, "1 face covered")
    steps = {"Add a cover": "2 in total", "Undo": "1 face covered", "Redo": "2 faces covered", "Download": "Done:"}
    for name, words in steps.items():
        page.get_by_role("button", name=name, exact=True).focus()
        page.keyboard.press("Enter")
        says(page, words)
        assert page.evaluate("document.activeElement !== document.body"), name


def test_the_focus_stays_with_the_cover_that_was_mended(opened: Opener) -> None:
    page = opened("desktop")
    choose(page, photo())
    says(page, "3 faces covered")
    for name in ("Done", "Keep just here", "Cover again"):
        turds(page).nth(1).focus()
        page.keyboard.press("Enter")
        page.get_by_role("button", name=name, exact=True).focus()
        page.keyboard.press("Enter")
        expect(page.locator("#tools")).to_be_hidden()
        expect(turds(page).nth(1)).to_be_focused()
    page.get_by_role("button", name="Add a box").focus()
    page.keyboard.press("Enter")
    expect(turds(page).last).to_be_focused()
    before = turds(page).last.bounding_box()
    page.keyboard.press("ArrowRight")
    assert turds(page).last.bounding_box() != before


def test_tab_leads_from_a_selected_cover_past_the_others_to_what_can_be_done_with_it(opened: Opener) -> None:
    page = opened("desktop")
    choose(page, photo())
    says(page, "3 faces covered")
    turds(page).first.focus()
    page.keyboard.press("Enter")
    for name in ("Zoom out", "Zoom in", "Whole photo", "Done"):
        page.keyboard.press("Tab")
        expect(page.get_by_role("button", name=name, exact=True)).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(turds(page).nth(1)).to_be_focused()


def test_what_is_done_once_more_is_told_once_more(opened: Opener) -> None:
    page = opened("desktop")
    choose(page, photo())
    says(page, "3 faces covered")
    page.evaluate(
        """() => {
            const status = document.getElementById("status");
            window.told = [];
            new MutationObserver(() => told.push(status.textContent.trim())).observe(status, {childList: true});
        }"""
    )
    turds(page).first.focus()
    for key in ("+", "+", "+", "["):
        page.keyboard.press(key)
    assert page.evaluate("told") == [*3 * ["Cover 1 of 3 resized."], "Cover 1 of 3 turned."]


def test_who_wants_less_motion_gets_none(opened: Opener) -> None:
    page = opened("desktop", reduced_motion="reduce")
    choose(page, photo())
    says(page, "3 faces covered")
    assert page.evaluate("document.getAnimations().length") == 0


def test_the_photo_and_its_name_are_read_out_where_the_work_begins(opened: Opener) -> None:
    page = opened("desktop")
    choose(page, photo())
    expect(page.locator("#file")).to_be_focused()
    says(page, "3 faces covered")
    expect(page.get_by_role("img", name="Your photo with 3 faces covered")).to_be_attached()
    expect(page.get_by_role("button", name="Turd, 1 of 3")).to_be_attached()
