"""A browser, and the service behind it with a detector that finds what a test tells it to.

TURDIFY_CHROMIUM names the browser's program, where it isn't on the PATH; TURDIFY_SCREENSHOTS a folder that gets a
picture of every state.
"""

import os
import re
import select
import shutil
import threading
from collections.abc import Callable, Iterator, Set
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from werkzeug.serving import WSGIRequestHandler, make_server

from tests.browser.steps import choose, photo, says
from tests.pictures import FakeDetector
from tests.serving import eventually
from turdify.faces import Box, Face
from turdify.settings import Settings
from turdify.web import create_app

# Nothing but the page: Chromium's own services would ask hosts elsewhere.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]

PROFILES: dict[str, dict[str, Any]] = {
    "desktop": {"viewport": {"width": 1280, "height": 800}},
    "phone": {"viewport": {"width": 412, "height": 839}, "has_touch": True, "is_mobile": True},
}

THREE_FACES = [Face(Box(60 + 130 * i, 150, 130 + 130 * i, 240), angle=-10.0 * i, score=0.9) for i in range(3)]


expect.set_options(timeout=15_000)  # a machine may have more to do


def chromium_program() -> str | None:
    """The shell first: the same engine without a browser's window round it, for some two fifths of the CPU seconds."""
    return os.environ.get("TURDIFY_CHROMIUM") or shutil.which("chromium-headless-shell") or shutil.which("chromium")


def needed(program: str | None, package: str) -> str:
    if program is None:
        assert "CI" not in os.environ, f"there is no {package} to test the page with"
        pytest.skip(f"the page is not tested: needs Chromium (apt install {package}, or TURDIFY_CHROMIUM)")
    return program


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    program = needed(chromium_program(), "chromium-headless-shell")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def service() -> Iterator[tuple[str, FakeDetector]]:
    detector = FakeDetector()
    with served(create_app(Settings(secret_key="tests", max_bytes=5 * 2**20), detector)) as address:
        yield address, detector


class Handler(WSGIRequestHandler):
    """Its thread has another name until something is asked for: browsers connect beforehand, perhaps for nothing."""

    def handle(self) -> None:
        thread = threading.current_thread()
        name, thread.name = thread.name, "connected"
        select.select([self.connection], [], [])
        thread.name = name
        super().handle()


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """The app's address, as long as this lasts."""
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


@pytest.fixture
def site(service: tuple[str, FakeDetector]) -> str:
    return service[0]


@pytest.fixture
def finds(service: tuple[str, FakeDetector]) -> Iterator[FakeDetector]:
    """The detector behind the site; it finds THREE_FACES until a test says otherwise."""
    detector = service[1]
    detector.faces, detector.delay = list(THREE_FACES), 0
    before = set(threading.enumerate())  # a page that is several tests' may still send
    yield detector
    detector.delay = 0
    wait_for_answers(before)


def wait_for_answers(but: Set[threading.Thread] = frozenset()) -> None:
    """Those of a page that is closed too: the slots and the log of this process are other tests' as well."""
    assert eventually(lambda: not any("process_request" in thread.name for thread in {*threading.enumerate()} - but))


Opener = Callable[..., Page]
Contexts = dict[str, BrowserContext]
Shot = Callable[[Page, str], None]


@pytest.fixture(scope="session")
def contexts() -> Contexts:
    """One for each profile and its options, which pages share one after the other: with what is cached, and no more."""
    return {}


@pytest.fixture
def opened(chromium: Browser, contexts: Contexts, site: str, finds: FakeDetector) -> Iterator[Opener]:
    """Opens the page with a profile's name, a script that runs before its own, and options of Playwright's."""
    with opening(chromium, contexts, site) as open_page:
        yield open_page


@contextmanager
def opening(chromium: Browser, contexts: Contexts, site: str) -> Iterator[Opener]:
    """What opens the page. At the end nothing may have been fetched from elsewhere, nothing gone wrong in a script, and
    nothing been against the content security policy.
    """
    pages: list[Page] = []
    problems: list[str] = []

    def open_page(profile: str = "desktop", script: str = "", **options: Any) -> Page:
        wanted = PROFILES[profile] | {"locale": "en-US", "service_workers": "block"} | options
        if (context := contexts.get(str(wanted))) is None:
            context = contexts[str(wanted)] = chromium.new_context(**wanted)
        page = context.new_page()
        pages.append(page)
        page.set_default_timeout(30_000)
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("console", lambda said: problems.append(said.text) if is_problem(said.type, said.text) else None)
        page.on("request", lambda request: problems.append(request.url) if is_elsewhere(request.url, site) else None)
        if script:
            page.add_init_script(script)
        page.goto(site)
        return page

    yield open_page
    for page in pages:
        leave_nothing(page, site)
    assert problems == []


def leave_nothing(page: Page, site: str) -> None:
    """Close a page whose context goes on; cookies and all that scripts can keep go with it."""
    page.context.set_offline(False)
    page.context.new_cdp_session(page).send("Storage.clearDataForOrigin", {"origin": site, "storageTypes": "all"})
    page.close()


def is_problem(kind: str, text: str) -> bool:
    """Errors, but for the browser's own remarks that an answer was not 200, and of what a test took away."""
    expected = ("the server responded", "net::ERR_INTERNET_DISC", "net::ERR_FILE_NOT_FOUND")
    return kind == "error" and not text.startswith(tuple(f"Failed to load resource: {words}" for words in expected))


def is_elsewhere(url: str, site: str) -> bool:
    return not url.startswith((f"{site}/", "blob:", "data:"))


@pytest.fixture(params=list(PROFILES))
def page(request: pytest.FixtureRequest, opened: Opener) -> Page:
    """The page on a desktop, and on a phone."""
    return opened(request.param)


# For tests of what depends neither on the window nor on fingers.
on_desktop = pytest.mark.parametrize("page", ["desktop"], indirect=True)


@pytest.fixture
def covered(page: Page) -> Page:
    """The page with a photo, 512x512, three faces of 70x90."""
    choose(page, photo())
    says(page, "3 faces covered")
    return page


@pytest.fixture
def shot(request: pytest.FixtureRequest) -> Shot:
    """Keeps a picture of the page in TURDIFY_SCREENSHOTS, if that is set."""

    def take(page: Page, name: str) -> None:
        if folder := os.environ.get("TURDIFY_SCREENSHOTS"):
            profile = re.sub(r"\W+", "-", request.node.name).strip("-")
            page.screenshot(path=Path(folder) / f"{profile}-{name}.png", full_page=True)

    return take
