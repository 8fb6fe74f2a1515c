"""How sure it must be of faces is chosen on the page, also for photos that are open, which lose nothing by it."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import THREE_FACES, Opener, on_desktop
from tests.browser.steps import (
    alerts,
    button,
    center_of,
    choose,
    photo,
    saved_picture,
    says,
    shown_covers,
    tap_photo,
    turds,
)
from tests.browser.test_uncovering import MEND, ONE
from tests.pictures import FakeDetector, astronaut
from tests.serving import eventually
from turdify.faces import Box, Face
from turdify.web.texts import LANGUAGES

DOUBTFUL = Face(Box(400, 400, 450, 470), score=0.25)
SURE = "Only sure ones"
ALL = "Everything that may be a face"


def sensitivity(page: Page) -> Locator:
    return page.get_by_label("Find faces")


def chosen(page: Page) -> str:
    return str(sensitivity(page).locator("option:checked").inner_text())


@on_desktop
def test_more_faces_can_be_looked_for_and_that_be_undone(covered: Page, finds: FakeDetector) -> None:
    assert (finds.sensitivity, chosen(covered)) == ("normal", "Normal")
    finds.faces = [*THREE_FACES, DOUBTFUL]
    sensitivity(covered).select_option(ALL)
    says(covered, "4 faces covered")
    assert (finds.sensitivity, chosen(covered)) == ("high", ALL)
    assert center_of(turds(covered).last) == pytest.approx(DOUBTFUL.box.center, abs=2)
    button(covered, "Undo").click()
    expect(turds(covered)).to_have_count(3)
    assert chosen(covered) == "Normal"
    button(covered, "Redo").click()
    expect(turds(covered)).to_have_count(4)
    assert chosen(covered) == ALL
    expect(button(covered, "Download")).to_be_enabled()


@on_desktop
def test_what_was_placed_by_hand_stays_and_what_was_dressed_stays_so(covered: Page, finds: FakeDetector) -> None:
    tap_photo(covered, 250, 400)
    turds(covered).nth(1).click()
    covered.get_by_role("radio", name="Cat").check()
    turds(covered).nth(2).click()
    covered.keyboard.press("ArrowUp")
    moved = center_of(turds(covered).nth(2))
    button(covered, "Done").click()
    finds.faces = [*THREE_FACES[1:], DOUBTFUL]
    sensitivity(covered).select_option(ALL)
    says(covered, "4 faces covered")
    assert shown_covers(covered) == ["cat", "turd", "turd", "turd"]
    places = [center_of(turd) for turd in turds(covered).all()]
    expected = [THREE_FACES[1].box.center, DOUBTFUL.box.center, moved, (250, 400)]
    assert places == [pytest.approx(place, abs=2) for place in expected]
    says(covered, ONE)  # which wasn't found again, and no other


@on_desktop
def test_a_cover_that_was_moved_off_its_face_stays_and_the_face_is_covered_again(covered: Page) -> None:
    turds(covered).first.click()
    for _ in range(12):
        button(covered, "Move down").click()
    expect(covered.locator("#bare")).to_be_visible()
    moved = center_of(turds(covered).first)
    button(covered, "Done").click()
    sensitivity(covered).select_option(ALL)
    expect(turds(covered)).to_have_count(4)
    assert center_of(turds(covered).last) == pytest.approx(moved, abs=2)
    expect(covered.locator("#bare")).to_be_hidden()


@on_desktop
def test_start_over_leads_to_what_was_found_last(covered: Page, finds: FakeDetector) -> None:
    finds.faces = THREE_FACES[:2]
    sensitivity(covered).select_option(SURE)
    says(covered, "2 faces covered")
    tap_photo(covered, 250, 400)
    says(covered, "3 in total")
    button(covered, "Done").click()
    button(covered, "Start over").click()
    expect(turds(covered)).to_have_count(2)
    assert chosen(covered) == SURE
    says(covered, ONE)


@on_desktop
def test_a_face_that_only_counts_as_one_when_all_are_looked_for_is_saved_covered(
    covered: Page, finds: FakeDetector
) -> None:
    finds.faces = [*THREE_FACES, DOUBTFUL]
    sensitivity(covered).select_option(ALL)
    says(covered, "4 faces covered")
    place = (425, 435)
    before, after = astronaut().getpixel(place), saved_picture(covered).convert("RGB").getpixel(place)
    assert isinstance(before, tuple)
    assert isinstance(after, tuple)
    assert max(abs(one - other) for one, other in zip(before, after, strict=True)) > 30


def test_faces_that_are_not_found_again_are_said_to_show_and_are_covered_by_the_button_beside(
    covered: Page, finds: FakeDetector
) -> None:
    finds.faces = THREE_FACES[:1]
    sensitivity(covered).select_option(SURE)
    says(covered, "2 faces that were found are not covered any more.")
    button(covered, MEND).click()
    expect(turds(covered)).to_have_count(3)
    assert chosen(covered) == "Normal"
    expect(covered.locator("#bare")).to_be_hidden()


@on_desktop
def test_faces_that_are_not_found_again_are_told_of_every_photo_and_asked_about_before_they_are_saved(
    page: Page, finds: FakeDetector
) -> None:
    choose(page, photo("a.jpg"), photo("b.jpg"))
    says(page, "2 of 2 done")
    finds.faces = THREE_FACES[:2]
    sensitivity(page).select_option(SURE)
    says(page, "2 of 2 done · 2 faces not covered")
    for number in range(2):
        expect(page.locator("#batch li").nth(number)).to_contain_text("1 face not covered")
    button(page, "Download all (.zip)").click()
    dialog = page.get_by_role("dialog", name="2 faces that were found are not covered any more.")
    dialog.get_by_role("button", name="Cover again").click()
    for number in range(2):
        expect(page.locator("#batch [aria-current]").nth(number)).to_have_text(re.compile("3 faces$"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_that_faces_show_in_a_photo_of_several_is_said_in_the_room_that_there_is(
    opened: Opener, finds: FakeDetector, language: str
) -> None:
    page = opened("desktop", locale=language)
    choose(page, photo("a.jpg"), photo("b.jpg"))
    expect(page.locator("#download-all")).to_be_enabled()
    rows = page.locator("#batch [aria-current]")
    before, words = rows.last.bounding_box(), rows.last.inner_text()
    finds.faces = THREE_FACES[:1]
    page.locator("#sensitivity").select_option("low")
    expect(page.locator("#bare")).to_be_visible()
    expect(page.locator("#download-all")).to_be_enabled()
    assert rows.last.inner_text() != words
    assert rows.last.bounding_box() == before


@on_desktop
def test_who_is_kept_stays_so_where_they_are_not_found_again(page: Page, finds: FakeDetector) -> None:
    choose(page, photo())
    says(page, "3 faces covered")
    turds(page).last.click()
    button(page, "Keep just here").click()
    finds.faces = THREE_FACES[:2]
    sensitivity(page).select_option(SURE)
    expect(sensitivity(page)).to_have_value("low")
    says(page, "2 faces covered, 1 kept.")
    expect(page.locator("#bare")).to_be_hidden()
    finds.faces = [*THREE_FACES]
    sensitivity(page).select_option(ALL)
    expect(page.locator("#busy")).to_be_hidden()
    expect(turds(page)).to_have_count(3)
    says(page, "2 faces covered, 1 kept.")


@on_desktop
def test_it_holds_for_every_photo_that_is_open_and_for_those_that_follow(page: Page, finds: FakeDetector) -> None:
    choose(page, photo("a.jpg"), photo("b.jpg"))
    says(page, "2 of 2 done")
    finds.faces = [*THREE_FACES, DOUBTFUL]
    sensitivity(page).select_option(ALL)
    says(page, "4 faces covered")
    button(page, "Next photo").click()
    says(page, "4 faces covered")
    assert chosen(page) == ALL
    finds.sensitivity = ""
    choose(page, photo("c.jpg"))
    expect(page.locator("#file")).to_contain_text("c.jpg")
    says(page, "4 faces covered")
    assert (finds.sensitivity, chosen(page)) == ("high", ALL)


@on_desktop
def test_it_may_be_chosen_before_any_photo_and_while_one_is_looked_at(page: Page, finds: FakeDetector) -> None:
    sensitivity(page).select_option(SURE)
    finds.delay = 60
    choose(page, photo())
    says(page, "Sniffing out faces…")
    assert eventually(lambda: finds.sensitivity == "low")
    assert chosen(page) == SURE
    sensitivity(page).select_option(ALL)
    finds.delay = 0
    says(page, "3 faces covered")
    assert (finds.sensitivity, chosen(page)) == ("high", ALL)


@on_desktop
def test_where_it_fails_the_covers_stay_and_it_is_said(covered: Page) -> None:
    covered.context.set_offline(True)
    sensitivity(covered).select_option(ALL)
    alerts(covered, "No connection. Your photo is still here.")
    expect(turds(covered)).to_have_count(3)
    assert chosen(covered) == "Normal"
    expect(button(covered, "Download")).to_be_enabled()
    covered.context.set_offline(False)
    sensitivity(covered).select_option(ALL)
    says(covered, "3 faces covered")
    assert chosen(covered) == ALL


@pytest.mark.parametrize("profile", ["desktop", "phone"])
def test_without_scripts_it_is_in_the_form(opened: Opener, finds: FakeDetector, profile: str) -> None:
    page = opened(profile, java_script_enabled=False)
    choose(page, photo())
    sensitivity(page).select_option(ALL)
    button(page, "Turdify it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("3 faces covered")
    assert finds.sensitivity == "high"


@on_desktop
def test_whose_face_is_selected_is_not_mistaken_for_another_that_was_found_meanwhile(
    page: Page, finds: FakeDetector
) -> None:
    choose(page, photo())
    says(page, "3 faces covered")
    finds.delay, finds.faces = 60, [finds.faces[2], finds.faces[0]]
    for wanted in (SURE, ALL):  # the first answer is waited for, and not enough
        sensitivity(page).select_option(wanted)
    turds(page).nth(1).click()
    finds.delay = 0
    expect(turds(page)).to_have_count(2)
    expect(page.locator(".turd[aria-pressed=true]")).to_have_count(0)
