"""A browser that has the password gets all of the page, and covers photos."""

import threading
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page
from werkzeug.serving import make_server

from tests.browser.conftest import THREE_FACES
from tests.browser.steps import choose, photo, says
from tests.pictures import FakeDetector
from turdify.settings import Settings
from turdify.web import create_app

PASSWORD = "open sesame"  # noqa: S105  of these tests


@pytest.fixture
def closed() -> Iterator[str]:
    """The address of a service that has a password."""
    server = make_server(
        "127.0.0.1", 0, create_app(Settings(password=PASSWORD), FakeDetector(THREE_FACES)), threaded=True
    )
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


@pytest.fixture
def let_in(chromium: Browser, closed: str) -> Iterator[Page]:
    context = chromium.new_context(http_credentials={"username": "me", "password": PASSWORD}, locale="en-US")
    page = context.new_page()
    page.goto(closed)
    yield page
    context.close()


def test_a_photo_is_covered_and_saved(let_in: Page) -> None:
    refused = []
    let_in.on("response", lambda answer: refused.append(answer.url) if answer.status == 401 else None)
    choose(let_in, photo())
    says(let_in, "3 faces covered.")
    with let_in.expect_download() as download:
        let_in.get_by_role("button", name="Download", exact=True).click()
    assert download.value.path().stat().st_size > 0
    assert refused == []


def test_it_can_be_installed(let_in: Page) -> None:
    """Browsers ask for the manifest without the password, unless they are told to use it."""
    manifest = let_in.context.new_cdp_session(let_in).send("Page.getAppManifest")
    assert '"turdify"' in manifest["data"]
    assert let_in.evaluate("navigator.serviceWorker.ready.then(() => true)")
