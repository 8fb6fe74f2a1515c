"""Fingers on the screen, as Chromium's own tools put them there."""

from playwright.sync_api import Page

from tests.browser.steps import turds

Point = tuple[float, float]


class Fingers:
    """All that touch the page."""

    def __init__(self, page: Page) -> None:
        self.session = page.context.new_cdp_session(page)

    def touch(self, kind: str, *points: Point) -> None:
        fingers = [{"x": x, "y": y} for x, y in points]
        self.session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": fingers})

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
    page.touchscreen.tap(*place)
    page.touchscreen.tap(*place)
