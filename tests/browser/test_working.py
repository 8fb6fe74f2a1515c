"""What people do next works: nothing jumps, everything is in sight, and nothing is lost without a word."""

import re
from collections.abc import Callable

import pytest
from PIL import Image
from playwright.sync_api import FilePayload, Page, ViewportSize, expect

from tests.browser.conftest import PROFILES, Opener, on_desktop
from tests.browser.states import STATES, State, asked, empty, error, offline, reach, uncovered
from tests.browser.steps import alerts, button, choose, in_sight, photo, saved, says, shown_covers, text_file, turds
from tests.pictures import FakeDetector, decoded, encoded

SIZES = {"desktop": [(1280, 800), (1366, 768)], "phone": [(844, 390), (320, 568)]}

# Where it is said what happens, if that isn't the status.
SAID: dict[State, str] = {offline: "#notice", uncovered: "#bare"}

SHIFTS = """
    window.shifts = [];
    new PerformanceObserver((list) => window.shifts.push(...list.getEntries().map(({value, sources}) => [
        value, ...sources.map(({node}) => node?.id || node?.className || node?.nodeName)
    ]))).observe({type: "layout-shift", buffered: true});
"""


@pytest.mark.parametrize("profile", list(PROFILES))
def test_nothing_jumps_from_the_choice_to_the_download(opened: Opener, finds: FakeDetector, profile: str) -> None:
    finds.delay = 60
    page = opened(profile, script=SHIFTS)
    choose(page, photo())
    says(page, "Sniffing out faces…")
    finds.delay = 0
    says(page, "3 faces covered")
    stage = page.locator("#stage").bounding_box()
    turds(page).first.click()
    assert page.locator("#stage").bounding_box() == stage
    button(page, "Bigger").click()
    button(page, "Done").click()
    page.get_by_role("radio", name="Cat").check()
    button(page, "Undo").click()
    saved(page)
    says(page, "Done: beach-turdified.jpg")
    assert page.locator("#stage").bounding_box() == stage
    shifts = page.evaluate("window.shifts")
    assert sum(value for value, *_ in shifts) <= 0.05, shifts


@pytest.mark.parametrize("profile", list(SIZES))
@pytest.mark.parametrize(
    "state", [state for state in STATES if state not in (empty, asked, error)], ids=lambda state: state.__name__
)
def test_download_and_what_is_said_are_in_sight_in_every_state(
    opened: Opener, finds: FakeDetector, state: State, profile: str
) -> None:
    first, *others = (ViewportSize(width=width, height=height) for width, height in SIZES[profile])
    page = opened(profile, viewport=first)
    reach(page, state, finds)
    all_in_sight(page, SAID.get(state, "#status"))
    for size in others:
        page.set_viewport_size(size)
        page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        all_in_sight(page, SAID.get(state, "#status"))


def all_in_sight(page: Page, said: str) -> None:
    assert in_sight(page.locator("#download"))
    assert in_sight(button(page, "Undo"))
    assert in_sight(page.locator(said))
    answers = [answer for answer in page.locator(".answers button").all() if answer.is_visible()]
    assert all(in_sight(answer) for answer in answers)
    stage = page.locator("#stage").bounding_box()
    assert stage
    assert min(stage["width"], stage["height"]) > 90


def test_on_a_desktop_all_that_can_be_chosen_for_every_face_is_in_sight_in_every_language(opened: Opener) -> None:
    for language in ("en", "nl", "de", "fr", "es"):
        page = opened("desktop", locale=language)
        choose(page, photo())
        expect(turds(page)).to_have_count(3)
        for name in ("#add", "#box", "#show", "#reset", "#copy", "#size", "#sensitivity", "#format"):
            assert in_sight(page.locator(name)) or page.locator(name).is_hidden(), (language, name)


def test_what_failed_is_said_beside_the_button_that_was_pressed(covered: Page) -> None:
    covered.context.set_offline(True)
    button(covered, "Download").click()
    alerts(covered, "No connection. Your photo is still here.")
    assert in_sight(covered.get_by_role("alert"))


@on_desktop
def test_there_are_two_ways_out_of_one_face(covered: Page) -> None:
    for way in ("Done", "Escape"):
        turds(covered).nth(1).click()
        expect(covered.get_by_text("For this face")).to_be_visible()
        if way == "Done":
            button(covered, "Done").click()
        else:
            button(covered, "Download").focus()
            covered.keyboard.press("Escape")
        expect(covered.get_by_text("For every face")).to_be_visible()
    covered.get_by_role("radio", name="Cat").check()
    assert shown_covers(covered) == ["cat"] * 3


def test_the_empty_page_shows_what_turdify_does(page: Page) -> None:
    slider = page.get_by_label("Before and after")
    slider.fill("20")
    cut = "document.querySelector('.after').computedStyleMap().get('clip-path').toString()"
    assert "20%" in page.evaluate(cut)
    assert page.locator("#sample img").evaluate("image => image.naturalWidth") > 0
    picture = page.locator("meta[property='og:image']").get_attribute("content")
    assert picture
    assert decoded(page.request.get(picture).body()).size == (1200, 630)


@pytest.mark.parametrize("size", [(1024, 600), (1280, 800), (768, 1024), (390, 844), (320, 568)])
def test_what_it_does_and_where_photos_are_chosen_are_seen_at_once(opened: Opener, size: tuple[int, int]) -> None:
    page = opened("desktop", viewport={"width": size[0], "height": size[1]})
    expect(page.locator("#compare")).to_be_in_viewport(ratio=1)
    expect(page.locator("#photo")).to_be_in_viewport(ratio=1)
    assert page.evaluate("document.documentElement.scrollWidth") == size[0]


def test_the_page_is_no_heavier_than_140_kb(opened: Opener) -> None:
    page = opened("phone", service_workers="block")
    weight = page.evaluate(
        """() => [...performance.getEntriesByType("resource"), ...performance.getEntriesByType("navigation")]
            .reduce((sum, {encodedBodySize}) => sum + encodedBodySize, 0)"""
    )
    assert weight <= 140_000


@on_desktop
def test_an_animation_says_that_only_its_first_picture_is_used(page: Page) -> None:
    frames = [Image.new("RGB", (200, 200), color) for color in ((0, 0, 250), (250, 0, 0))]
    for format in ("GIF", "WEBP", "PNG"):
        data = encoded(frames[0], format, save_all=True, append_images=frames[1:])
        choose(page, FilePayload(name="a", mimeType=f"image/{format.lower()}", buffer=data))
        expect(page.locator("#file")).to_contain_text("a,")
        says(page, "Only the first picture of this animation is used.")
        choose(page, photo())
        expect(page.get_by_role("status")).not_to_contain_text("animation")


@on_desktop
def test_red_is_for_what_went_wrong(page: Page, finds: FakeDetector) -> None:
    finds.delay = 60
    choose(page, photo())
    button(page, "Cancel").click()
    alerts(page, "Canceled.")
    expect(page.get_by_role("alert")).to_have_class(re.compile("calm"))
    choose(page, text_file("notes.txt", "text/plain"))
    alerts(page, "isn't a photo")
    expect(page.get_by_role("alert")).not_to_have_class(re.compile("calm"))


def test_with_forced_colors_swatches_and_what_is_chosen_can_be_told(opened: Opener, shot: Callable[..., None]) -> None:
    page = opened("desktop", forced_colors="active")
    choose(page, photo())
    says(page, "3 faces covered")
    shot(page, "forced")
    chosen, other = (page.locator(f".choice:has([value={name}])") for name in ("turd", "cat"))
    outline = "element => getComputedStyle(element).outlineStyle"
    assert (chosen.evaluate(outline), other.evaluate(outline)) == ("solid", "none")
    gray = page.locator(".mask.solid").evaluate("element => getComputedStyle(element).backgroundColor")
    assert gray == "rgb(128, 128, 128)"


def test_where_there_is_no_photo_to_see_there_is_nothing_to_zoom(page: Page) -> None:
    choose(page, text_file("notes.jpg", "image/jpeg"), photo())
    alerts(page, "isn't a photo")
    expect(page.locator(".zoom")).to_be_hidden()
    expect(page.locator("#batch img").first).to_have_css("visibility", "hidden")
    expect(page.locator("#batch img").last).to_have_css("visibility", "visible")


def test_where_nothing_is_covered_all_that_is_said_of_it_can_be_read(opened: Opener, finds: FakeDetector) -> None:
    page = opened("phone", viewport={"width": 390, "height": 844}, locale="de")
    choose(page, photo())
    expect(turds(page)).to_have_count(3)
    finds.faces = []
    choose(page, photo("a.jpg"), photo("b.jpg"))
    expect(page.locator("#anyway")).to_be_visible()
    expect(page.locator("#return")).to_be_hidden()
    assert page.locator("#status").evaluate("({scrollHeight, clientHeight}) => scrollHeight - clientHeight") <= 1
