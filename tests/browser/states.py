"""Each state that the page can be in, and how one gets there."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.conftest import THREE_FACES
from tests.browser.steps import alerts, button, choose, photo, says, slow_network, text_file, turds
from tests.pictures import FakeDetector

State = Callable[[Page], None]


def empty(page: Page) -> None:
    expect(page.locator("#sample")).to_be_visible()


def busy(page: Page) -> None:
    choose(page, photo())
    says(page, "Sniffing out faces…")


def in_line(page: Page) -> None:
    page.route("**/waiting?*", lambda route: route.fulfill(json={"before": 3}))
    choose(page, photo())
    says(page, "Busy toilet: 3 photos before yours.")


def result(page: Page) -> None:
    choose(page, photo())
    says(page, "3 faces covered")


def selected(page: Page) -> None:
    result(page)
    turds(page).first.click()
    expect(button(page, "Done")).to_be_visible()


def kept(page: Page) -> None:
    selected(page)
    button(page, "Keep just here").click()
    says(page, "1 kept")
    turds(page).first.click()
    expect(button(page, "Cover again")).to_be_visible()


def uncovered(page: Page) -> None:
    selected(page)
    button(page, "Remove").click()
    expect(page.locator("#bare")).to_be_visible()


def asked(page: Page) -> None:
    uncovered(page)
    button(page, "Download").click()
    expect(page.get_by_role("dialog")).to_be_visible()


def original(page: Page) -> None:
    result(page)
    button(page, "Show original").click()


def drawing(page: Page) -> None:
    result(page)
    button(page, "Add a box").click()
    says(page, "Drag over what is to be hidden.")


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


def several(page: Page) -> None:
    choose(page, photo("a.jpg"), photo("b.jpg"))
    says(page, "2 of 2 done")


def batch(page: Page) -> None:
    choose(page, photo("a.jpg"), photo("b.jpg"), text_file("c.txt", "text/plain"))
    says(page, "2 of 3 done · 1 failed")


def saving(page: Page) -> None:
    choose(page, photo(quality=100))
    says(page, "3 faces covered")
    slow_network(page, bytes_a_second=1000)
    button(page, "Download").click()
    expect(button(page, "Cancel")).to_be_visible()


STATES: list[State] = [
    empty,
    busy,
    in_line,
    result,
    selected,
    kept,
    uncovered,
    asked,
    original,
    drawing,
    no_face,
    error,
    offline,
    several,
    batch,
    saving,
]


def reach(page: Page, state: State, finds: FakeDetector) -> None:
    finds.faces = [] if state is no_face else list(THREE_FACES)
    finds.delay = 60 if state in (busy, in_line) else 0
    state(page)
