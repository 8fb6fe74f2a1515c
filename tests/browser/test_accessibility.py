"""For everybody: axe in every state, targets for fingers, narrow screens, and less motion."""

from collections.abc import Iterator
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import PROFILES, THREE_FACES, Contexts, Opener, opening
from tests.browser.steps import alerts, choose, photo, says, slow_network, text_file, turds
from tests.pictures import FakeDetector

RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}

Scheme = Literal["light", "dark"]
SCHEMES: list[Scheme] = ["light", "dark"]


def empty(page: Page) -> None:
    expect(page.locator("#sample")).to_be_visible()


def sniffing(page: Page) -> None:
    choose(page, photo())
    says(page, "Sniffing out faces…")


def result(page: Page) -> None:
    choose(page, photo())
    says(page, "3 faces covered")


def selected(page: Page) -> None:
    result(page)
    turds(page).first.click()


def original(page: Page) -> None:
    result(page)
    page.locator("#show").click()


def no_face(page: Page) -> None:
    choose(page, photo())
    says(page, "No face found")


def error(page: Page) -> None:
    choose(page, text_file("notes.jpg", "image/jpeg"))
    alerts(page, "That file isn't a photo")


def offline(page: Page) -> None:
    page.context.set_offline(True)
    choose(page, photo())
    alerts(page, "No connection.")
    page.context.set_offline(False)


def batch(page: Page) -> None:
    choose(page, photo("a.jpg"), photo("b.jpg"), text_file("c.txt", "text/plain"))
    says(page, "2 of 3 done · 1 failed")


def saving(page: Page) -> None:
    result(page)
    slow_network(page, bytes_a_second=1000)
    page.locator("#download").click()
    expect(page.locator("#stop")).to_be_visible()


STATES = [empty, sniffing, result, saving, selected, original, no_face, error, offline, batch]


@pytest.fixture(scope="module", params=STATES, ids=lambda state: state.__name__)
def state(
    request: pytest.FixtureRequest, chromium: Browser, contexts: Contexts, service: tuple[str, FakeDetector]
) -> Iterator[Page]:
    """A phone's page in every state that it has, for all tests that only look at it."""
    site, detector = service
    detector.faces = [] if request.param is no_face else list(THREE_FACES)
    detector.delay = 60 if request.param is sniffing else 0
    with opening(chromium, contexts, site) as open_page:
        page = open_page("phone")
        request.param(page)
        yield page
        detector.delay = 0


@pytest.mark.parametrize("scheme", SCHEMES)
def test_axe_finds_nothing_to_complain_about(state: Page, scheme: Scheme) -> None:
    state.emulate_media(color_scheme=scheme)
    found = Axe().run(state, options=RULES)
    assert found.violations_count == 0, found.generate_report()


def test_on_a_phone_every_target_is_large_enough_for_a_finger(state: Page) -> None:
    small = state.locator("a, button, summary, input:not([type=hidden])").evaluate_all(
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


def cut_off(page: Page) -> list[str]:
    """The labels and buttons that are smaller than what they say."""
    return list(
        page.evaluate(
            """() => [...document.querySelectorAll(".choice, button:not(.turd), .status")]
                .filter((element) => element.getClientRects().length)
                .filter(({scrollWidth, clientWidth, scrollHeight, clientHeight}) =>
                    scrollWidth > clientWidth + 1 || scrollHeight > clientHeight + 1)
                .map((element) => element.textContent.trim())"""
        )
    )


def test_without_faces_and_with_several_photos_nothing_is_too_wide(opened: Opener, finds: FakeDetector) -> None:
    finds.faces = []
    for language in ("en-US", "nl-NL", "de-DE", "fr-FR", "es-ES"):
        page = opened("phone", viewport={"width": 320, "height": 640}, locale=language)
        page.add_init_script("navigator.canShare = () => true")
        page.reload()
        choose(page, photo("a.jpg"), photo("b.jpg"))
        says(page, "2")
        expect(page.locator("#anyway")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") == 320


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
