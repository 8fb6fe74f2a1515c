"""Choosing photos, the way to the result, and what goes wrong on it."""

import threading
from itertools import pairwise
from pathlib import Path

import pytest
from playwright.sync_api import FilePayload, Page, Route, expect

from tests.browser.conftest import Opener, Shot, on_desktop
from tests.browser.steps import alerts, button, choose, natural_size, photo, says, slow_network, text_file, turds
from tests.pictures import FakeDetector


def test_a_chosen_photo_is_covered_without_another_click(page: Page, shot: Shot) -> None:
    shot(page, "empty")
    choose(page, photo())
    says(page, "3 faces covered. Missed one? Tap it.")
    expect(turds(page)).to_have_count(3)
    expect(page.locator("#file")).to_contain_text("beach.jpg, 0.")
    assert natural_size(page) == [512, 512]
    shot(page, "result")


@on_desktop
def test_one_face_is_told_in_the_singular(page: Page, finds: FakeDetector) -> None:
    finds.faces = finds.faces[:1]
    choose(page, photo())
    says(page, "1 face covered.")


def test_the_sample_photo_can_be_tried(page: Page) -> None:
    page.get_by_text("Try it with a sample photo").click()
    says(page, "3 faces covered")
    expect(page.locator("#file")).to_contain_text("sample.jpg")


def test_touch_screens_offer_the_camera_beside_the_gallery(opened: Opener) -> None:
    phone, desktop = opened("phone"), opened("desktop")
    expect(phone.get_by_label("Take a photo")).to_be_attached()
    assert phone.locator("#camera").get_attribute("capture") == "environment"
    assert phone.locator("#photo").get_attribute("capture") is None
    expect(phone.get_by_text("Take a photo")).to_be_visible()
    expect(desktop.get_by_text("Take a photo")).to_be_hidden()


def test_a_photo_is_seen_at_once_and_the_upload_is_told(opened: Opener, finds: FakeDetector, shot: Shot) -> None:
    page = opened("desktop")
    slow_network(page, bytes_a_second=30_000)
    page.evaluate(
        """() => {
            window.seen = [];
            const progress = document.querySelector("#busy progress");
            const note = () => window.seen.push([progress.value, document.getElementById("status").textContent]);
            new MutationObserver(note).observe(document.getElementById("status"), {childList: true});
        }"""
    )
    choose(page, photo(quality=100))
    expect(page.locator("#original")).to_be_visible()
    says(page, "Uploading…")
    shot(page, "uploading")
    says(page, "3 faces covered")
    percentages = [value for value, words in page.evaluate("window.seen") if words.startswith("Uploading")]
    assert len(percentages) >= 2
    assert all(earlier < later for earlier, later in pairwise(percentages))


@on_desktop
def test_a_photo_that_takes_long_says_so_and_can_be_canceled_and_tried_again(
    page: Page, finds: FakeDetector, shot: Shot
) -> None:
    finds.delay = 60
    choose(page, photo())
    says(page, "Sniffing out faces…")
    shot(page, "sniffing")
    button(page, "Cancel").click()
    alerts(page, "Canceled. Your photo is still here; the server kept nothing.")
    expect(page.locator("#original")).to_be_visible()
    shot(page, "canceled")
    finds.delay = 0
    button(page, "Try again").click()
    says(page, "3 faces covered")
    expect(page.get_by_role("alert")).to_be_hidden()


def test_without_a_connection_the_photo_is_kept(page: Page, shot: Shot) -> None:
    page.context.set_offline(True)
    choose(page, photo())
    alerts(page, "No connection. Your photo is still here.")
    shot(page, "offline")
    page.context.set_offline(False)
    button(page, "Try again").click()
    says(page, "3 faces covered")


@pytest.mark.parametrize("status", [429, 503])
def test_a_busy_server_is_told_and_can_be_tried_again(opened: Opener, status: int) -> None:
    page = opened("phone")
    busy = {"status": status, "headers": {"Retry-After": "1"}, "body": "{}"}
    page.route("**/faces/", lambda route: route.fulfill(**busy), times=1)
    choose(page, photo())
    alerts(page, "Busy toilet. Try again in a few seconds.")
    button(page, "Try again").click()
    says(page, "3 faces covered")


def test_a_fault_of_the_server_is_told_with_its_reference(
    opened: Opener, finds: FakeDetector, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: object) -> None:
        raise RuntimeError("secret inside")

    page = opened("desktop")
    with monkeypatch.context() as patch:
        patch.setattr(finds, "find_faces", fail)
        choose(page, photo())
        alerts(page, "Something clogged on our side (ref ")
    expect(page.get_by_text("secret")).to_have_count(0)
    button(page, "Try again").click()
    says(page, "3 faces covered")


def test_what_is_no_photo_is_refused_before_it_is_sent_and_the_result_stays(page: Page, shot: Shot) -> None:
    choose(page, photo())
    says(page, "3 faces covered")
    choose(page, text_file("notes.txt", "text/plain"))
    alerts(page, "That file isn't a photo we can read. Try JPEG, PNG, WebP or HEIC.")
    expect(turds(page)).to_have_count(3)
    shot(page, "refused")


def test_a_text_that_is_called_a_photo_is_refused_where_another_can_be_chosen(page: Page) -> None:
    choose(page, text_file("notes.jpg", "image/jpeg"))
    alerts(page, "That file isn't a photo we can read. Try JPEG, PNG, WebP or HEIC.")
    expect(page.locator("#work")).to_be_hidden()
    expect(page.locator("#photo")).to_be_focused()
    expect(page.get_by_role("button", name="Bring back")).to_be_hidden()
    choose(page, photo())
    says(page, "3 faces covered")


def test_what_is_wrong_with_a_file_is_seen_from_where_it_was_chosen(opened: Opener) -> None:
    page = opened("phone", viewport={"width": 320, "height": 568})
    page.locator("#sample").scroll_into_view_if_needed()
    expect(page.locator("h1.welcome")).not_to_be_in_viewport()
    choose(page, text_file("notes.txt", "text/plain"))
    expect(page.get_by_role("alert")).to_be_in_viewport(ratio=1)


@on_desktop
def test_a_photo_that_is_too_large_is_refused_before_it_is_sent(page: Page, tmp_path: Path) -> None:
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    large = tmp_path / "large.jpg"
    large.write_bytes(b"\xff\xd8" * 3 * 2**20)
    page.locator("#photo").set_input_files(large)
    alerts(page, "That photo is 6 MB; the limit is 5 MB.")
    assert sent == []


@pytest.mark.parametrize("way", ["drop", "paste"])
def test_photos_can_be_dropped_and_pasted(opened: Opener, way: str) -> None:
    page = opened("desktop")
    give(page, way, photo("one.jpg"))
    says(page, "3 faces covered")
    give(page, way, text_file("notes.txt", "text/plain"))
    alerts(page, "That file isn't a photo we can read.")
    expect(turds(page)).to_have_count(3)


def give(page: Page, way: str, file: FilePayload) -> None:
    """An event as the browser makes it for files that are dropped or pasted."""
    page.evaluate(
        """([way, name, type, bytes]) => {
            const data = new DataTransfer();
            data.items.add(new File([new Uint8Array(bytes)], name, {type}));
            const options = {bubbles: true, cancelable: true, dataTransfer: data, clipboardData: data};
            const event = way === "drop" ? new DragEvent("drop", options) : new ClipboardEvent("paste", options);
            document.querySelector("main").dispatchEvent(event);
        }""",
        [way, file["name"], file["mimeType"], list(file["buffer"])],
    )


@pytest.mark.parametrize(("format", "kind"), [("HEIF", "image/jpeg"), ("GIF", "image/png")])
def test_what_the_browser_may_show_otherwise_is_shown_as_the_server_reads_it(
    opened: Opener, format: str, kind: str
) -> None:
    page = opened("desktop")
    with page.expect_response("**/turdify/") as answer:
        choose(page, photo(f"beach.{format.lower()}", format))
    assert answer.value.headers["content-type"] == kind
    assert answer.value.headers["x-turdify-faces"] == "0"
    says(page, "3 faces covered")
    expect(page.locator("#original")).to_be_visible()
    assert natural_size(page) == [512, 512]


def test_dutch_readers_are_spoken_to_in_dutch(opened: Opener, finds: FakeDetector, shot: Shot) -> None:
    page = opened("phone", locale="nl-NL")
    shot(page, "empty")
    finds.faces = finds.faces[:1]
    choose(page, photo())
    says(page, "1 gezicht bedekt. Eén gemist? Tik erop.")
    shot(page, "result")


def test_a_new_choice_ends_the_one_before(opened: Opener, finds: FakeDetector) -> None:
    page = opened("desktop")
    held = threading.Event()

    def hold(route: Route) -> None:
        held.set()

    page.route("**/faces/", hold, times=1)
    with page.expect_request("**/faces/"):
        choose(page, photo("first.jpg"))
    expect(page.locator("#file")).to_contain_text("first.jpg")
    choose(page, photo("second.jpg"))
    says(page, "3 faces covered")
    expect(page.locator("#file")).to_contain_text("second.jpg")
    assert held.is_set()
    expect(page.get_by_role("alert")).to_be_hidden()
