"""What a browser keeps of a result after the reader went on: nothing."""

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Route

from tests.browser.conftest import ARGUMENTS, needed
from tests.pictures import FakeDetector, hopper_file


@pytest.fixture
def keeping(chromium: Browser) -> Iterator[Page]:
    """A page in a Chromium with its back/forward cache, which Playwright switches off and the shell doesn't have."""
    browser = chromium.browser_type.launch(
        executable_path=needed(os.environ.get("TURDIFY_CHROMIUM") or shutil.which("chromium"), "chromium"),
        args=ARGUMENTS,
        ignore_default_args=["--disable-back-forward-cache"],
    )
    with browser.new_context() as context:
        yield context.new_page()
    browser.close()


def is_kept(page: Page, site: str) -> bool:
    """Whether the page that is open is there again, with what a script left in it, when the reader comes back."""
    page.evaluate("window.left = true")
    page.goto(f"{site}/healthz")
    page.evaluate("history.back()")
    page.wait_for_function("location.pathname !== '/healthz'")
    return bool(page.evaluate("Boolean(window.left)"))


def test_a_result_is_not_kept_for_going_back(keeping: Page, site: str, finds: FakeDetector) -> None:
    keeping.route("**/page.js", lambda route: route.abort())  # so the browser itself sends the form
    keeping.goto(site)
    keeping.locator("input[name=photo]").set_input_files(hopper_file())
    keeping.evaluate("document.forms[0].requestSubmit()")
    keeping.wait_for_selector("#result")
    assert not is_kept(keeping, site)


def test_a_page_without_our_header_would_be_kept(keeping: Page, site: str) -> None:
    """So the test above can fail."""

    def without_no_store(route: Route) -> None:
        answer = route.fetch()
        headers = {name: value for name, value in answer.headers.items() if name != "cache-control"}
        route.fulfill(response=answer, headers=headers)

    keeping.route(site + "/", without_no_store)
    keeping.goto(site)
    assert is_kept(keeping, site)
