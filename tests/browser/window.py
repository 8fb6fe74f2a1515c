"""Where a photo's points and covers are in its window."""

from playwright.sync_api import Page

from tests.browser.touch import Point


def scale(page: Page, width: int = 512) -> float:
    """CSS pixels for each pixel of the photo."""
    box = page.locator("#turds").bounding_box()
    assert box
    return box["width"] / width


def on_screen(page: Page, point: Point, width: int = 512) -> Point:
    box = page.locator("#turds").bounding_box()
    assert box
    zoom = box["width"] / width
    return box["x"] + point[0] * zoom, box["y"] + point[1] * zoom


def in_photo(page: Page, point: Point, width: int = 512) -> Point:
    box = page.locator("#turds").bounding_box()
    assert box
    zoom = box["width"] / width
    return (point[0] - box["x"]) / zoom, (point[1] - box["y"]) / zoom


def stage_middle(page: Page) -> Point:
    box = page.locator("#stage").bounding_box()
    assert box
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def boxes(page: Page, width: int = 512) -> list[float]:
    """Where all covers are, in the photo."""
    places = page.evaluate(
        """() => {
            const photo = document.querySelector("#turds").getBoundingClientRect();
            const boxes = [...document.querySelectorAll(".turd")].map((turd) => turd.getBoundingClientRect());
            return boxes.flatMap(({x, y, width, height}) =>
                [(x + width / 2 - photo.x) / photo.width, (y + height / 2 - photo.y) / photo.width]);
        }"""
    )
    return [width * place for place in places]
