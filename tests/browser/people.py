"""Who is kept on the page: what the server says of them, and what is shown."""

import json

from playwright.sync_api import Locator, Page, Route

from tests.browser.conftest import THREE_FACES
from tests.browser.steps import are_covered, button, choose, photo, saved, says, turds
from tests.pictures import astronaut
from turdify.faces import Box, Face

FACES = [*THREE_FACES, Face(Box(200, 350, 260, 430))]  # the last one is found by who looks closely


def recognizes(page: Page, *numbers: int, status: int = 200, detail: str = "") -> list[bytes]:
    """The server finds the faces of these numbers to be those of whoever is looked for. Gives what it is sent."""
    asked: list[bytes] = []

    def answer(route: Route) -> None:
        sent = route.request.post_data_buffer or b""
        if b'name="keep"' not in sent:
            route.continue_()
            return
        asked.append(sent)
        faces = [face.as_dict() | {"kept": number in numbers} for number, face in enumerate(FACES)]
        told = {"faces": faces, "width": 512, "height": 512} if status == 200 else {"detail": detail}
        route.fulfill(status=status, body=json.dumps(told))

    page.route("**/faces/", answer)
    return asked


def keep(page: Page, number: int, name: str = "Keep just here") -> None:
    turds(page).nth(number).click()
    button(page, name).click()


ME = "This is me: keep in every photo"


def kept(page: Page) -> Locator:
    return page.locator(".turd.kept")


def asks(page: Page) -> Locator:
    return page.get_by_role("dialog", name="Is this you?")


def changed(page: Page, name: str = "Download") -> list[bool]:
    """Which of THREE_FACES are covered in what that button saves."""
    return are_covered(THREE_FACES, astronaut(), saved(page, name)[1])


def open_second(page: Page) -> None:
    button(page, "Next photo").click()
    says(page, "2 faces covered, 1 kept.")


def recognized_in_second(page: Page) -> None:
    """Somebody is kept in every photo, and perhaps the second face of the second one, which is open, is theirs."""
    recognizes(page, 1)
    choose(page, photo("one.jpg"), photo("two.jpg"))
    says(page, "2 of 2 done")
    keep(page, 0, ME)
    open_second(page)
