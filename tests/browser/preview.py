"""A preview of tilted faces beside what is saved of it."""

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import FloatRect, Page

from tests.browser.steps import saved_picture
from tests.pictures import decoded
from turdify.faces import Box, Face

TILTED = [Face(Box(60, 90, 120, 170), 25.0), Face(Box(250, 300, 400, 480), -40.0), Face(Box(420, 60, 452, 99), 100.0)]


def same_as_saved(page: Page) -> tuple[Image.Image, Image.Image]:
    """That each cover is in the preview where it is in the saved picture, to the pixel; both of them."""
    page.keyboard.press("Escape")
    page.evaluate("document.activeElement.blur()")
    corner = "{position: 'fixed', left: 0, top: 0, width: '512px', height: '512px', zIndex: 1}"
    page.locator("#stage").evaluate(f"stage => Object.assign(stage.style, {corner})")
    shown: FloatRect = {"x": 0, "y": 0, "width": 512, "height": 512}
    assert page.locator("#turds").bounding_box() == shown, "a pixel of the photo is one on the screen"
    page.evaluate(
        "Promise.all([...document.querySelectorAll('.turd img:not([hidden])')].map((image) => image.decode()))"
    )
    preview = decoded(page.screenshot(clip=shown))
    result = saved_picture(page)
    for number, (one, other) in enumerate(zip(extents(preview), extents(result), strict=True)):
        assert one == pytest.approx(other, abs=1.01), f"cover {number}"
    return preview, result


def extents(picture: Image.Image) -> list[tuple[int, int, int, int]]:
    """The boxes round what isn't the blue ground, in each part of the picture that has one cover."""
    parts = [(20, 40, 200, 230), (210, 250, 480, 511), (400, 30, 490, 130), (60, 300, 230, 511)]
    blue = np.asarray(picture.convert("RGB")).astype(int)
    differs = np.abs(blue - (0, 120, 255)).max(axis=2) > 100
    boxes = [Image.fromarray(differs).crop(part).getbbox() for part in parts]
    assert all(boxes)
    return [box for box in boxes if box]
