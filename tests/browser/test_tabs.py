"""Two tabs of the page in one browser, which remembers for both."""

import pytest
from PIL import Image
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import THREE_FACES, Opener
from tests.browser.people import ME, asks, keep, open_second, recognizes
from tests.browser.steps import are_covered, button, choose, photo, png, saved, says, wait_until
from tests.browser.storage import HOLD_STORAGE
from tests.pictures import astronaut


@pytest.fixture
def tabs(opened: Opener) -> tuple[Page, Page]:
    return opened(), opened()


def remembers(page: Page, number: int = 0) -> None:
    """That tab has the face of that number remembered."""
    recognizes(page, number)
    choose(page, photo("me.jpg"))
    says(page, "3 faces covered")
    keep(page, number, ME)
    button(page, "Remember me in this browser").click()
    says(page, "You are remembered in this browser.")


def keeps_who_is_remembered(page: Page) -> None:
    """That tab has recognized them in a photo, and nobody has confirmed it yet."""
    page.get_by_role("checkbox", name="Everyone but me").check()
    recognizes(page, 1)
    choose(page, photo("later.jpg"))
    says(page, "2 faces covered, 1 kept.")


def picture(color: str = "purple") -> Image.Image:
    """Somebody's own cover."""
    return Image.new("RGBA", (200, 200), color)


def test_who_is_remembered_in_one_tab_is_offered_in_the_other(tabs: tuple[Page, Page]) -> None:
    one, other = tabs
    remembers(one)
    expect(other.get_by_role("checkbox", name="Everyone but me")).not_to_be_checked()
    expect(other.get_by_role("img", name="You", exact=True)).to_have_count(1)
    expect(button(other, "Remember me in this browser")).to_be_hidden()


def test_who_is_forgotten_in_one_tab_is_not_kept_in_the_other(tabs: tuple[Page, Page]) -> None:
    one, other = tabs
    remembers(one)
    keeps_who_is_remembered(other)
    button(other, "Is this you?").click()
    expect(asks(other)).to_be_visible()
    button(one, "Forget me").click()
    says(one, "You are forgotten.")
    says(other, "You are forgotten.")
    expect(asks(other)).to_be_hidden()
    expect(other.locator(".turd.kept")).to_have_count(0)
    assert are_covered(THREE_FACES, astronaut(), saved(other)[1]) == [True, True, True]
    other.go_back()
    expect(other.get_by_role("checkbox", name="Everyone but me")).to_be_hidden()


HOLD_PICTURES = """() => {
    const { decode } = Image.prototype;
    window.held = [];
    Image.prototype.decode = async function () {
        await new Promise((resolve) => held.push(resolve));
        return decode.call(this);
    };
}"""


def test_nobody_is_asked_about_who_is_forgotten_in_another_tab_while_that_is_prepared(tabs: tuple[Page, Page]) -> None:
    one, other = tabs
    remembers(one)
    keeps_who_is_remembered(other)
    other.evaluate(HOLD_PICTURES)
    button(other, "Is this you?").click()
    button(one, "Forget me").click()
    says(other, "You are forgotten.")
    other.evaluate("held.forEach((release) => release())")
    other.wait_for_timeout(300)
    expect(asks(other)).to_be_hidden()


def test_who_is_kept_in_one_tab_alone_stays_so_where_another_forgets(tabs: tuple[Page, Page]) -> None:
    one, other = tabs
    remembers(one)
    recognizes(other, 1)
    choose(other, photo("one.jpg"), photo("two.jpg"))
    says(other, "2 of 2 done")
    keep(other, 1, ME)
    open_second(other)
    held: list[Route] = []
    other.route("**/faces/", lambda route: held.append(route), times=1)
    button(one, "Forget me").click()
    says(other, "You are forgotten.")
    wait_until(other, lambda: len(held) == 1)
    held[0].fallback()  # from here on it is told whom it looks for
    says(other, "2 faces covered, 1 kept.")
    expect(other.get_by_role("button", name="Perhaps you, 2 of 3")).to_be_visible()


def test_who_is_remembered_in_both_tabs_is_so_afterwards(tabs: tuple[Page, Page]) -> None:
    one, other = tabs
    recognizes(other, 1)
    choose(other, photo("other.jpg"))
    says(other, "3 faces covered")
    keep(other, 1, ME)
    says(other, "2 faces covered, 1 kept.")
    remembers(one)
    button(other, "Remember me in this browser").click()
    says(other, "You are remembered in this browser.")
    one.reload()
    expect(one.get_by_role("img", name="You", exact=True)).to_have_count(2)


def test_who_is_added_while_another_is_being_remembered_is_remembered_too(opened: Opener) -> None:
    page = opened()
    recognizes(page, 0)
    choose(page, photo())
    says(page, "3 faces covered")
    keep(page, 0, ME)
    expect(button(page, "Remember me in this browser")).to_be_visible()
    page.evaluate(HOLD_STORAGE)
    button(page, "Remember me in this browser").click()
    keep(page, 1, ME)
    says(page, "1 face covered, 2 kept.")
    page.evaluate("() => { window.held = false; }")
    says(page, "You are remembered in this browser.")
    page.reload()
    expect(page.get_by_role("img", name="You", exact=True)).to_have_count(2)


def test_a_picture_that_is_remembered_or_forgotten_in_one_tab_is_so_in_the_other(tabs: tuple[Page, Page]) -> None:
    one, other = tabs
    choose(one, photo())
    says(one, "3 faces covered")
    one.locator("#picture").set_input_files([png(picture())])
    button(one, "Remember my picture").click()
    says(one, "Your picture is remembered")
    choose(other, photo())
    says(other, "3 faces covered")
    other.get_by_role("radio", name="Your own").check()
    button(other, "Forget my picture").click()
    says(other, "Your picture is forgotten")
    expect(button(one, "Remember my picture")).to_be_visible()
    expect(button(one, "Forget my picture")).to_be_hidden()


def test_a_picture_is_not_said_to_be_remembered_where_another_tab_has_one_remembered(tabs: tuple[Page, Page]) -> None:
    for page, color in zip(tabs, ("purple", "green"), strict=True):
        choose(page, photo())
        says(page, "3 faces covered")
        page.locator("#picture").set_input_files([png(picture(color))])
        button(page, "Remember my picture").click()
        says(page, "Your picture is remembered")
    expect(button(tabs[0], "Remember my picture")).to_be_visible()
    expect(button(tabs[1], "Forget my picture")).to_be_visible()
