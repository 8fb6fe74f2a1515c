"""Everyone but me with the real thing: the detector and the recognition that people have."""

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, FilePayload, Page, expect

from tests.browser.conftest import Shot, on_desktop, opening, served
from tests.browser.people import ME, asks, kept
from tests.browser.steps import are_covered, button, choose, saved, says, turds
from tests.pictures import encoded, people
from tests.serving import serving
from turdify.recognition import face_recognition
from turdify.settings import Settings
from turdify.web import create_app


@pytest.fixture(scope="module")
def recognizing() -> Iterator[str]:
    face_recognition()  # its models take seconds to load
    with served(create_app(Settings(secret_key="tests"))) as address:
        yield address


@pytest.fixture
def site(recognizing: str) -> str:
    return recognizing


def group(name: str, *who: str, height: int = 120) -> FilePayload:
    return FilePayload(name=name, mimeType="image/png", buffer=encoded(people(*who, height=height)[0], "PNG"))


def keep_the_second(page: Page) -> None:
    """By tapping the middle of the astronaut's face, right of the other."""
    boxes = [turd.bounding_box() for turd in turds(page).all()]
    number = max(range(len(boxes)), key=lambda index: (boxes[index] or {"x": 0.0})["x"])
    turds(page).nth(number).click()
    button(page, ME).click()


@on_desktop
def test_in_a_batch_who_says_who_she_is_stays_uncovered_where_she_is_and_all_others_are_covered(page: Page) -> None:
    choose(
        page,
        group("both.png", "hopper", "astronaut"),
        group("without.png", "hopper"),
        group("with.png", "astronaut", "hopper", height=140),
    )
    says(page, "3 of 3 done")
    keep_the_second(page)
    rows = page.locator("#batch li")
    expect(rows.nth(0)).to_contain_text("1 kept, 1 covered")
    expect(rows.nth(2)).to_contain_text("1 kept, 1 covered", timeout=60_000)
    expect(rows.nth(1)).to_contain_text("1 face")
    button(page, "Next photo").click()
    says(page, "1 face covered. If that is you, tap it.")
    button(page, "Next photo").click()
    expect(page.get_by_role("button", name="Perhaps you")).to_have_count(1)
    button(page, "Download this one").click()
    with page.expect_download() as download:
        asks(page).get_by_role("button", name="Yes", exact=True).click()
    picture, faces = people("astronaut", "hopper", height=140)
    assert are_covered(faces, picture, download.value.path().read_bytes()) == [False, True]


@on_desktop
def test_of_twins_none_is_kept_and_the_page_asks_which_one_it_is(page: Page, shot: Shot) -> None:
    choose(page, group("both.png", "hopper", "astronaut"), group("twins.png", "astronaut", "astronaut"))
    says(page, "2 of 2 done")
    keep_the_second(page)
    button(page, "Next photo").click()
    expect(page.get_by_role("button", name="Perhaps you")).to_have_count(2, timeout=60_000)
    says(page, "2 faces covered. More than one looks like you: which? Tap it.")
    expect(kept(page)).to_have_count(0)
    shot(page, "twins")
    picture, faces = people("astronaut", "astronaut")
    assert are_covered(faces, picture, saved(page, "Download this one")[1]) == [True, True]
    turds(page).first.click()
    button(page, "Keep just here").click()
    says(page, "1 face covered, 1 kept.")
    assert sorted(are_covered(faces, picture, saved(page, "Download this one")[1])) == [False, True]


def test_two_people_at_one_worker_at_once_get_what_is_theirs(chromium: Browser, tmp_path: Path) -> None:
    """Of the same photos: one keeps Hopper, the other the astronaut, each looked for in a second photo."""
    photos = group("both.png", "hopper", "astronaut"), group("again.png", "astronaut", "hopper", height=140)
    with (
        serving(tmp_path, settings={"TURDIFY_WORKERS": "1"}) as server,
        opening(chromium, {}, server.address) as open_page,
    ):
        pages = [open_page("desktop", locale=locale) for locale in ("en-US", "en-GB")]
        for page in pages:
            choose(page, *photos)
        for page in pages:
            says(page, "2 of 2 done")
        for page, emoji in zip(pages, ("Frog", "Pumpkin"), strict=True):
            page.get_by_role("radio", name=emoji).check()
            in_order = sorted(turds(page).all(), key=lambda turd: (turd.bounding_box() or {"x": 0.0})["x"])
            in_order[pages.index(page)].click()
            button(page, ME).click()
        for page in pages:
            expect(page.locator("#batch li").nth(1)).to_contain_text("1 kept, 1 covered", timeout=60_000)
            button(page, "Download all (.zip)").click()
        with pages[0].expect_download() as one, pages[1].expect_download() as other:
            for page in pages:
                asks(page).get_by_role("button", name="Yes", exact=True).click()
        archives = [zipfile.ZipFile(io.BytesIO(download.value.path().read_bytes())) for download in (one, other)]
    first, second = people("hopper", "astronaut"), people("astronaut", "hopper", height=140)
    hopper, astronaut = (
        [
            are_covered(faces, picture, archive.read(f"{name}-turdified.png"))
            for name, (picture, faces) in (("both", first), ("again", second))
        ]
        for archive in archives
    )
    assert hopper == [[False, True], [True, False]]
    assert astronaut == [[True, False], [False, True]]
