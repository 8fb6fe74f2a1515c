"""A browser that has the password gets all of the page, and covers photos."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import THREE_FACES, Opener, served
from tests.browser.steps import choose, photo, saved, says
from tests.pictures import FakeDetector
from turdify.settings import Settings
from turdify.web import create_app

PASSWORD = "open sesame"  # noqa: S105  of these tests


@pytest.fixture
def site() -> Iterator[str]:
    """A service that has a password."""
    with served(create_app(Settings(password=PASSWORD), FakeDetector(THREE_FACES))) as address:
        yield address


@pytest.fixture
def let_in(opened: Opener) -> Page:
    return opened(http_credentials={"username": "me", "password": PASSWORD}, service_workers="allow")


def test_a_photo_is_covered_and_saved(let_in: Page) -> None:
    refused = []
    let_in.on("response", lambda answer: refused.append(answer.url) if answer.status == 401 else None)
    choose(let_in, photo())
    says(let_in, "3 faces covered.")
    assert saved(let_in)[1]
    assert refused == []


def test_it_can_be_installed(let_in: Page) -> None:
    """Browsers ask for the manifest without the password, unless they are told to use it."""
    manifest = let_in.context.new_cdp_session(let_in).send("Page.getAppManifest")
    assert '"turdify"' in manifest["data"]
    let_in.wait_for_function("navigator.serviceWorker.ready.then(() => true)")  # which an evaluate would for ever
