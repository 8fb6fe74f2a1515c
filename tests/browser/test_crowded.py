"""While others' photos are worked on, on a server as it runs at home: the page opens, and says how long it takes."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Opener
from tests.browser.steps import alerts, choose, photo, says
from tests.pictures import encoded, gradient
from tests.serving import BODY, PHOTO, Server, ask, busy, let_go, serving, under_way

# What opens while photos are worked on: a promise of the page's, where nothing else keeps the machine busy.
SOON_S = 2


def seconds_to_open(page: Page) -> float:
    start = time.monotonic()
    page.reload()
    return time.monotonic() - start


@pytest.fixture(scope="module")
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One that takes so many seconds for a photo, one at a time; or the real one."""
    folder = tmp_path_factory.mktemp("server")
    with busy(folder, request.param, WORKERS=1, QUEUE=2) if request.param else serving(folder) as server:
        yield server


@pytest.fixture
def site(server: Server) -> str:
    return server.address


four_seconds = pytest.mark.parametrize("server", [4], indirect=True)


@pytest.mark.alone
@four_seconds
def test_with_every_slot_taken_the_page_opens_and_says_how_many_are_before_ones_photo(
    opened: Opener, server: Server
) -> None:
    page = opened("phone")
    with under_way(server, 1) as photos:
        assert seconds_to_open(page) < SOON_S
        choose(page, photo())
        says(page, "Busy toilet: 1 photo before yours.")
        assert not photos[0].done()
        let_go(server)
        says(page, "Sniffing out faces…")
    says(page, "No face found")


@four_seconds
def test_whoever_finds_no_place_is_told_how_many_wait(opened: Opener, server: Server) -> None:
    page = opened("desktop")
    with under_way(server, 3):
        choose(page, photo())
        alerts(page, "Busy toilet. Try again in a few seconds. 2 photos are waiting.")


@pytest.mark.alone
@pytest.mark.parametrize("server", [None], indirect=True, ids=["real"])
def test_the_page_opens_while_faces_are_found_on_every_core(opened: Opener, server: Server) -> None:
    page = opened("desktop")
    large = BODY.replace(PHOTO, encoded(gradient((4000, 3000)), "JPEG"))
    with ThreadPoolExecutor(8) as pool:
        photos = [pool.submit(ask, server, "POST", "/turdify/", large) for _ in range(8)]
        time.sleep(0.5)
        assert seconds_to_open(page) < SOON_S
        assert not all(photo.done() for photo in photos)
        assert {photo.result().status for photo in photos} <= {200, 503}, "a busy machine may refuse some"
