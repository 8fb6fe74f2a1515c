"""Fingers on the screen, as Chromium's own tools put them there."""

import time

from playwright.sync_api import Page

from tests.browser.steps import turds

Point = tuple[float, float]


class Fingers:
    """All that touch the page."""

    def __init__(self, page: Page) -> None:
        self.session = page.context.new_cdp_session(page)

    def touch(self, kind: str, *points: Point, at: float | None = None) -> None:
        """`at` is in seconds since the epoch, or now."""
        event = {"type": kind, "touchPoints": [{"x": x, "y": y} for x, y in points]}
        self.session.send("Input.dispatchTouchEvent", event if at is None else event | {"timestamp": at})

    def swipe(self, page: Page, start: Point, by: Point, steps: int = 8) -> None:
        self.touch("touchStart", start)
        for step in range(1, steps + 1):
            self.touch("touchMove", (start[0] + by[0] * step / steps, start[1] + by[1] * step / steps))
            page.wait_for_timeout(16)
        self.touch("touchEnd")


def middle(page: Page, number: int, part: str = "") -> Point:
    """Of a cover or a part of it, on the screen."""
    turd = turds(page).nth(number)
    box = (turd.locator(part) if part else turd).bounding_box()
    assert box
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def double_tap(page: Page, place: Point) -> None:
    """A tenth of a second apart, as the page is told, however much else the machine has to do."""
    fingers, now = Fingers(page), time.time()
    for at in (now, now + 0.1):
        fingers.touch("touchStart", place, at=at)
        fingers.touch("touchEnd", at=at + 0.02)
