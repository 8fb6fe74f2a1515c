"""What people do on the page, and what they see."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, Literal
from weakref import WeakKeyDictionary

import numpy as np
from axe_playwright_python.base import AXE_SCRIPT, AxeResults
from PIL import Image
from playwright.sync_api import CDPSession, Download, FilePayload, Locator, Page, Route, expect

from tests.pictures import astronaut, decoded, encoded
from turdify.faces import Face

# What Axe looks for in each scheme; they differ in nothing but colors.
RULES: dict[Literal["dark", "light"], dict[str, Any]] = {
    "dark": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]},
    "light": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]},
}


def photo(name: str = "beach.jpg", format: str = "JPEG", **parameters: Any) -> FilePayload:
    """A file to choose: 512x512."""
    return FilePayload(name=name, mimeType=f"image/{format.lower()}", buffer=portrait(format, **parameters))


@cache
def portrait(format: str, **parameters: Any) -> bytes:
    return encoded(astronaut(), format, **parameters)


def text_file(name: str, kind: str) -> FilePayload:
    return FilePayload(name=name, mimeType=kind, buffer=b"I am not a photo.")


def choose(page: Page, *files: FilePayload) -> None:
    page.locator("#photo").set_input_files(list(files))


def says(page: Page, words: str) -> None:
    expect(page.get_by_role("status")).to_contain_text(words)


def alerts(page: Page, words: str) -> None:
    expect(page.get_by_role("alert")).to_contain_text(words)


def complains_of_nothing(page: Page) -> None:
    """Axe doesn't, of the page as it is, in either scheme."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    for scheme, rules in RULES.items():
        page.emulate_media(color_scheme=scheme)
        options = {"runOnly": rules, "resultTypes": ["violations"]}
        found = AxeResults(page.evaluate("options => axe.run(options)", options))
        assert found.violations_count == 0, f"{scheme}: {found.generate_report()}"


def turds(page: Page) -> Locator:
    return page.locator(".turd")


def lengthen(page: Page) -> None:
    """So that the page scrolls, as it does where a window is too low for it: by 400 pixels."""
    page.evaluate("document.body.style.paddingBottom = '400px'")
    assert page.evaluate("document.documentElement.scrollHeight - innerHeight") >= 400


def button(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=name, exact=True)


# What one session slows down, another can't make fast again.
networks: WeakKeyDictionary[Page, CDPSession] = WeakKeyDictionary()


def slow_network(page: Page, bytes_a_second: int) -> None:
    """For what is sent from here on; -1 is as fast as before."""
    conditions = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": bytes_a_second}
    if page not in networks:
        networks[page] = page.context.new_cdp_session(page)
    networks[page].send("Network.emulateNetworkConditions", conditions)


def saved(page: Page, name: str = "Download") -> tuple[str, bytes]:
    """Press the button; the name and the content of the file that comes down."""
    with page.expect_download() as download:
        button(page, name).click()
    return download.value.suggested_filename, Path(download.value.path()).read_bytes()


def saved_picture(page: Page) -> Image.Image:
    return decoded(saved(page)[1])


def are_covered(faces: Sequence[Face], before: Image.Image, data: bytes) -> list[bool]:
    """Which of a picture's faces are, in what was saved of it."""
    one, other = (np.asarray(picture.convert("RGB")).astype(int) for picture in (before, decoded(data)))
    parts = [face.box.pixels(before.size) for face in faces]
    return [bool(np.abs(one - other)[top:bottom, left:right].mean() > 10) for left, top, right, bottom in parts]


def tap_photo(page: Page, x: float, y: float) -> None:
    """At a pixel of the 512x512 photo."""
    box = page.locator("#turds").bounding_box()
    assert box
    page.locator("#turds").click(position={"x": x * box["width"] / 512, "y": y * box["height"] / 512})


def center_of(turd: Locator) -> tuple[float, float]:
    """In pixels of the 512x512 photo."""
    stage = turd.page.locator("#turds").bounding_box()
    box = turd.bounding_box()
    assert stage
    assert box
    zoom = 512 / stage["width"]
    x, y = box["x"] + box["width"] / 2 - stage["x"], box["y"] + box["height"] / 2 - stage["y"]
    return x * zoom, y * zoom


def width_of(turd: Locator) -> float:
    box = turd.bounding_box()
    assert box
    return box["width"]


def natural_size(page: Page) -> list[int]:
    """Of the photo under the turds, as the browser shows it."""
    size: list[int] = page.locator("#original").evaluate(
        "async image => { await image.decode(); return [image.naturalWidth, image.naturalHeight]; }"
    )
    return size


def png(image: Image.Image) -> FilePayload:
    return FilePayload(name="made.png", mimeType="image/png", buffer=encoded(image, "PNG"))


def turned(page: Page, number: int) -> float:
    """Degrees clockwise."""
    style = turds(page).nth(number).locator("img").evaluate("picture => picture.style.transform")
    return float(str(style).removeprefix("rotate(").removesuffix("deg)"))


def shown_covers(page: Page) -> list[str]:
    sources = [picture.get_attribute("src") or "" for picture in turds(page).locator("img").all()]
    return [source.rsplit("/", 1)[-1].removesuffix(".svg") for source in sources]


def in_sight(locator: Locator) -> bool:
    """Whether all of it is in the window, and nothing lies over its middle."""
    return bool(
        locator.evaluate(
            """element => {
                const {left, top, right, bottom} = element.getBoundingClientRect();
                const inside = left >= 0 && top >= 0 && right <= innerWidth && bottom <= innerHeight;
                const hit = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
                return inside && right > left && (element.contains(hit) || hit?.contains(element));
            }"""
        )
    )


@contextmanager
def being_saved(page: Page, name: str = "Download") -> Iterator[Callable[[], Download]]:
    """Press the button of that name; it is answered after what is done meanwhile, and what comes is to be had then."""
    held: list[Route] = []
    page.route("**/turdify/", lambda route: held.append(route), times=1)
    with page.expect_download() as download:
        with page.expect_request("**/turdify/"):
            button(page, name).click()
        yield lambda: download.value
        while not held:
            page.wait_for_timeout(10)
        held[0].continue_()


def wait_until(page: Page, is_so: Callable[[], bool]) -> None:
    for _ in range(600):  # a machine may have more to do
        if is_so():
            return
        page.wait_for_timeout(100)
    raise AssertionError("it never was")
