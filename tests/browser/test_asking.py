"""While the page asks something, what is behind the question stays; and no more is saved than was agreed to."""

import base64

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import on_desktop
from tests.browser.people import ME, asks, keep, recognizes
from tests.browser.steps import alerts, button, choose, photo, saved, says, turds
from tests.browser.test_uncovering import move_away
from tests.pictures import FakeDetector

pytestmark = on_desktop

# What the page gets where somebody drops or pastes a file.
DROPPED = """base64 => {
  const data = Uint8Array.from(atob(base64), letter => letter.charCodeAt(0));
  const dataTransfer = new DataTransfer();
  dataTransfer.items.add(new File([data], "other.jpg", { type: "image/jpeg" }));
  document.dispatchEvent(new DragEvent("drop", { dataTransfer, cancelable: true }));
  document.dispatchEvent(new ClipboardEvent("paste", { clipboardData: dataTransfer }));
}"""
FAIL_ONCE = """() => {
  const { decode } = Image.prototype;
  Image.prototype.decode = () => {
    Image.prototype.decode = decode;
    return Promise.reject(new DOMException("too large", "EncodingError"));
  };
}"""
COVER = "Perhaps you"


def question(page: Page) -> Locator:
    return page.locator("#sure")


@pytest.fixture
def asking(page: Page) -> Page:
    """The page with two photos, asking whether the first may be saved though a face shows."""
    choose(page, photo("one.jpg"), photo("two.jpg"))
    says(page, "2 of 2 done")
    turds(page).nth(1).click()
    button(page, "Bigger").click()
    button(page, "Done").click()
    button(page, "Undo").click()
    move_away(page)
    button(page, "Done").click()
    button(page, "Download this one").click()
    expect(question(page)).to_be_visible()
    return page


@pytest.fixture
def recognized(page: Page) -> Page:
    """The page with two photos, the second one open: somebody is kept in both, and was recognized in it."""
    recognizes(page, 1)
    choose(page, photo("one.jpg"), photo("two.jpg"))
    says(page, "2 of 2 done")
    keep(page, 0, ME)
    button(page, "Next photo").click()
    expect(page.get_by_role("button", name=COVER)).to_have_count(1)
    return page


def saved_anyway(page: Page) -> str:
    with page.expect_download() as download:
        question(page).get_by_role("button", name="Save anyway").click()
    return download.value.suggested_filename


def test_keys_turn_to_no_other_photo_and_take_nothing_back(asking: Page) -> None:
    asking.evaluate("document.activeElement.blur()")
    for key in ("ArrowRight", "Control+z", "Control+z"):
        asking.keyboard.press(key)
    expect(asking.locator("#file")).to_contain_text("one.jpg")
    expect(asking.locator("#redo")).to_be_disabled()
    assert saved_anyway(asking) == "one-turdified.jpg"


def test_a_photo_that_is_dropped_or_pasted_is_not_saved_for_the_one_that_was_asked_about(
    asking: Page, finds: FakeDetector
) -> None:
    finds.delay = 60
    asking.evaluate(DROPPED, base64.b64encode(photo()["buffer"]).decode())
    expect(asking.locator("#file")).to_contain_text("one.jpg")
    assert saved_anyway(asking) == "one-turdified.jpg"


def test_back_ends_the_question_too(asking: Page) -> None:
    asking.go_back()
    expect(asking.locator("#work")).to_be_hidden()
    expect(question(asking)).to_be_hidden()


def test_back_ends_the_question_who_somebody_is(recognized: Page) -> None:
    button(recognized, "Download this one").click()
    expect(asks(recognized)).to_be_visible()
    recognized.go_back()
    expect(recognized.locator("#work")).to_be_hidden()
    expect(asks(recognized)).to_be_hidden()


def test_of_a_face_that_cannot_be_shown_it_is_said_and_it_is_asked_again(recognized: Page) -> None:
    recognized.evaluate(FAIL_ONCE)
    button(recognized, "Download this one").click()
    alerts(recognized, "clogged")
    button(recognized, "Download this one").click()
    expect(asks(recognized)).to_be_visible()


def test_smaller_covers_that_bare_more_than_was_agreed_to_are_asked_about(page: Page) -> None:
    choose(page, photo())
    says(page, "3 faces covered")
    page.get_by_label("Size").fill("200")
    turds(page).first.click()
    button(page, "Remove").click()
    turds(page).first.click()
    for _ in range(3):
        button(page, "Move left").click()
    button(page, "Done").click()
    for words, size in (("1 face that was", "200"), ("2 faces that were", "100")):
        page.get_by_label("Size").fill(size)
        button(page, "Download").click()
        expect(question(page)).to_contain_text(words)
        assert saved_anyway(page) == "beach-turdified.jpg"
    assert saved(page)[0] == "beach-turdified.jpg"


def recognized_often(page: Page) -> Locator:
    """What is asked before six photos are saved, in five of which somebody was recognized."""
    recognizes(page, 1)
    choose(page, *(photo(f"{number}.jpg") for number in range(6)))
    says(page, "6 of 6 done")
    keep(page, 0, ME)
    expect(page.locator("#batch li").nth(5)).to_contain_text("1 kept")
    button(page, "Done").click()
    button(page, "Download all (.zip)").click()
    return asks(page)


def test_a_double_click_on_yes_answers_for_one_face_alone(page: Page) -> None:
    question = recognized_often(page)
    question.get_by_role("button", name="Yes", exact=True).first.dblclick()
    page.wait_for_timeout(300)
    expect(question.get_by_role("listitem")).to_have_count(4)


def test_a_held_enter_answers_for_one_face_alone(page: Page) -> None:
    question = recognized_often(page)
    question.get_by_role("button", name="Yes", exact=True).first.focus()
    for _ in range(3):  # without a key up in between
        page.keyboard.down("Enter")
    page.keyboard.up("Enter")
    page.wait_for_timeout(300)
    expect(question.get_by_role("listitem")).to_have_count(4)
