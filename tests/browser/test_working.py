"""What people do next works: nothing jumps, everything is in sight, and nothing is lost without a word."""

import io
import re
import zipfile
from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image, ImageFilter, ImageOps
from playwright.sync_api import FilePayload, Locator, Page, ViewportSize, expect

from tests.browser.conftest import PROFILES, Opener, on_desktop
from tests.browser.states import STATES, State, asked, empty, error, offline, reach, uncovered
from tests.browser.steps import (
    alerts,
    button,
    choose,
    photo,
    png,
    saved,
    saved_picture,
    says,
    text_file,
    turds,
)
from tests.browser.test_editing import shown_covers
from tests.browser.test_keeping import let_storage_fail
from tests.browser.touch import Fingers
from tests.pictures import FakeDetector, astronaut, decoded, encoded
from turdify.covers import PICTURES
from turdify.faces import Box, Face

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


def in_sight(locator: Locator) -> bool:
    """Whether all of it is in the window, and nothing lies over its middle."""
    return bool(
        locator.evaluate(
            """element => {
                const {left, top, right, bottom} = element.getBoundingClientRect();
                const inside = left >= 0 && top >= 0 && right <= innerWidth && bottom <= innerHeight;
                const hit = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
                return inside && right > left && (element.contains(hit) || hit?.contains(element));
            }"""
        )
    )


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


def test_all_covers_can_be_made_larger_and_are_saved_so(opened: Opener) -> None:
    page = opened("desktop")
    choose(page, png(Image.new("RGB", (512, 512), (0, 120, 255))))
    says(page, "3 faces covered")
    widths = []
    for size in ("100", "200"):
        page.get_by_label("Size").fill(size)
        shown = turds(page).first.locator("img").bounding_box()
        stage = page.locator("#stage").bounding_box()
        assert shown
        assert stage
        left = np.asarray(decoded(saved(page)[1]).convert("RGB")).astype(int)[:, :150]
        covered = np.flatnonzero((np.abs(left - (0, 120, 255)).max(axis=2) > 100).any(axis=1))
        widths.append((shown["width"] * 512 / stage["width"], covered[-1] - covered[0]))
    (small, drawn_small), (large, drawn_large) = widths
    assert large == pytest.approx(2 * small, rel=0.02)
    assert drawn_large == pytest.approx(2 * drawn_small, rel=0.1)


@on_desktop
def test_the_format_to_save_can_be_chosen(covered: Page) -> None:
    for name in ("PNG", "WEBP", "JPEG"):
        covered.get_by_label("Save as").select_option(name.lower())
        assert decoded(saved(covered)[1]).format == name


def test_the_result_can_be_copied_and_a_picture_pasted(opened: Opener, site: str) -> None:
    page = opened("desktop", permissions=["clipboard-read", "clipboard-write"])
    choose(page, photo())
    says(page, "3 faces covered")
    button(page, "Copy picture").click()
    says(page, "Copied. It can be pasted now.")
    page.go_back()
    button(page, "Paste a picture").click()
    says(page, "3 faces covered")
    expect(page.locator("#file")).to_contain_text("photo.png")


@on_desktop
def test_where_the_browser_cannot_remember_a_picture_it_is_said(covered: Page) -> None:
    own = encoded(Image.new("RGB", (200, 200), (160, 0, 200)), "PNG")
    covered.locator("#picture").set_input_files([FilePayload(name="own.png", mimeType="image/png", buffer=own)])
    let_storage_fail(covered, "put", "at once")
    button(covered, "Remember my picture").click()
    alerts(covered, "This browser doesn't let us remember that.")


@on_desktop
def test_a_picture_of_ones_own_is_remembered_if_the_person_wants_that(covered: Page) -> None:
    own = encoded(Image.new("RGB", (200, 200), (160, 0, 200)), "HEIF")
    file = FilePayload(name="own.heic", mimeType="image/heic", buffer=own)
    covered.locator("#picture").set_input_files([file])
    expect(covered.get_by_role("radio", name="Your own")).to_be_checked()
    button(covered, "Remember my picture").click()
    says(covered, "remembered in this browser")
    saved(covered)
    says(covered, "Done:")
    covered.reload()
    covered.get_by_role("radio", name="Your own").check()
    choose(covered, photo())
    says(covered, "3 faces covered")
    assert decoded(saved(covered)[1]).getpixel((95, 195)) == pytest.approx((160, 0, 200), abs=6)
    button(covered, "Forget my picture").click()
    says(covered, "forgotten")
    saved(covered)
    covered.reload()
    expect(covered.get_by_role("radio", name="Your own")).to_be_hidden()


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
def test_names_of_downloads_hold_nothing_invisible(covered: Page) -> None:
    choose(covered, photo("ab\u202egpj.\u0007ex\u200be.jpg"))
    says(covered, "3 faces covered")
    assert saved(covered)[0] == "ab gpj. ex e-turdified.jpg"


@on_desktop
def test_neither_do_names_in_the_zip(page: Page) -> None:
    choose(page, photo("ab\u202egpj.\u0007ex\u200be.jpg"), photo("ab gpj. ex\u2066 e.jpg"), photo("\u200f.jpg"))
    says(page, "3 of 3 done")
    with zipfile.ZipFile(io.BytesIO(saved(page, "Download all (.zip)")[1])) as archive:
        names = archive.namelist()
    assert names == ["ab gpj. ex e-turdified.jpg", "ab gpj. ex e-turdified (2).jpg", "photo-turdified.jpg"]


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


def test_a_box_can_be_drawn_over_what_is_no_face_and_is_hidden_to_its_corners(page: Page, finds: FakeDetector) -> None:
    finds.faces = []
    checks = Image.fromarray(np.tile(np.array([[0, 255], [255, 0]], np.uint8), (256, 256)))
    for mask in ("Turd", "Gray", "Mosaic", "Blur"):
        choose(page, png(checks.convert("RGB")))
        says(page, "No face found")
        page.get_by_role("radio", name=mask).check()
        button(page, "Add a box").click()
        says(page, "Drag over what is to be hidden.")
        stage = page.locator("#turds").bounding_box()
        assert stage
        zoom = stage["width"] / 512
        page.mouse.move(stage["x"] + 100 * zoom, stage["y"] + 200 * zoom)
        page.mouse.down()
        page.mouse.move(stage["x"] + 300 * zoom, stage["y"] + 260 * zoom, steps=3)
        page.mouse.up()
        says(page, "Cover added. 1 in total.")
        expect(turds(page)).to_have_count(1)
        saved_levels = np.asarray(decoded(saved(page)[1]).convert("L")).astype(int)
        assert saved_levels[203:257, 103:297].std() < 20, mask
        assert saved_levels[:197].std() > 100, mask
        page.get_by_role("radio", name="Cat").check()
        expect(turds(page).first).to_have_attribute("aria-label", re.compile("Cat, 1 of 1"))


def test_a_second_finger_draws_no_box_and_one_that_is_given_up_is_none(opened: Opener) -> None:
    page = opened("phone")
    choose(page, photo())
    says(page, "3 faces covered")
    stage = page.locator("#turds").bounding_box()
    assert stage
    x, y = stage["x"] + 20, stage["y"] + 20
    fingers = Fingers(page)
    button(page, "Add a box").click()
    fingers.touch("touchStart", (x, y))
    fingers.touch("touchMove", (x + 60, y + 60))
    page.keyboard.press("Escape")
    fingers.touch("touchMove", (x + 80, y + 60))
    expect(page.locator("#frame")).to_be_hidden()
    fingers.touch("touchEnd")
    expect(turds(page)).to_have_count(3)
    button(page, "Add a box").click()
    fingers.touch("touchStart", (x, y))
    fingers.touch("touchStart", (x, y), (x + 200, y + 200))
    fingers.touch("touchMove", (x + 60, y + 60), (x + 250, y + 250))
    fingers.touch("touchEnd")
    expect(turds(page)).to_have_count(4)
    box = turds(page).last.locator(".veil").bounding_box()
    assert box
    assert box["width"] == pytest.approx(60, abs=1)


def test_a_box_can_be_added_by_keyboard(opened: Opener) -> None:
    page = opened("desktop")
    choose(page, photo())
    says(page, "3 faces covered")
    button(page, "Add a box").focus()
    page.keyboard.press("Enter")
    expect(turds(page)).to_have_count(4)
    expect(turds(page).last).to_have_attribute("aria-label", "Gray, 4 of 4")
    button(page, "Done").click()
    page.get_by_role("radio", name="Cat").check()
    expect(turds(page).last).to_have_attribute("aria-label", "Gray, 4 of 4")


def test_a_mosaic_looks_in_the_preview_as_it_is_saved(opened: Opener, finds: FakeDetector) -> None:
    page = opened("desktop", viewport={"width": 1400, "height": 1000})
    finds.faces = [Face(Box(180, 66, 274, 188))]
    choose(page, png(astronaut()))
    says(page, "1 face covered")
    for name in ("Mosaic", "Gray", "Mosaic"):
        page.get_by_role("radio", name=name).check()
    veil = page.locator(".veil.mosaic")
    expect(veil).to_have_css("image-rendering", "pixelated")
    stage = page.locator("#turds").bounding_box()
    assert stage
    assert stage["width"] == 512
    shown = decoded(page.screenshot(clip={"x": stage["x"], "y": stage["y"], "width": 512, "height": 512}))
    inside = (195, 90, 260, 165)
    preview, result = (
        np.asarray(picture.convert("RGB").crop(inside)).astype(int) for picture in (shown, saved_picture(page))
    )
    blurred = np.asarray(astronaut().crop(inside).filter(ImageFilter.GaussianBlur(12))).astype(int)
    assert np.abs(preview - result).mean() < 14
    assert len(np.unique(preview.reshape(-1, 3), axis=0)) < 200, "squares, and no smooth shades"
    assert len(np.unique(blurred.reshape(-1, 3), axis=0)) > 1000


@on_desktop
def test_a_mosaic_is_of_the_photo_that_is_looked_at(page: Page) -> None:
    choose(page, png(astronaut()), png(ImageOps.mirror(astronaut())))
    says(page, "2 of 2 done")
    page.get_by_role("radio", name="Mosaic").check()
    painted = "document.querySelector('.veil.mosaic')?.style.backgroundImage"
    seen = [page.evaluate(painted)]
    for way in ("Next photo", "Previous photo", "Next photo"):
        button(page, way).click()
        page.wait_for_function(f"before => {painted} && {painted} !== before", arg=seen[-1])
        seen.append(page.evaluate(painted))
    assert seen[:2] == seen[2:]


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
    seen = []
    for _ in range(10):
        seen += [choice.inner_text() for choice in page.locator(".choice").all() if in_sight(choice)]
        if on.is_hidden():
            break
        before = page.locator("#choices").evaluate("list => list.scrollLeft")
        on.click()
        page.wait_for_function("before => document.getElementById('choices').scrollLeft > before", arg=before)
        stands_still(page)
    expect(on).to_be_hidden()
    expect(back).to_be_visible()
    assert set(seen) == {choice.inner_text() for choice in page.locator(".choice").all() if choice.is_visible()}
    while back.is_visible():
        back.click()
        stands_still(page)
    expect(on).to_be_visible()


def stands_still(page: Page) -> None:
    """The strip, after it was scrolled, for ten frames."""
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
