"""Whether photos that go through uncovered look as a browser shows them.

    .venv-test/bin/python -m bench.fidelity FOLDER

Each file in the folder goes through turdify without a face, in its own format. What comes out and the file itself are
drawn by Chromium on canvases, which are sRGB, and compared in premultiplied alpha. Equal is every pixel; near is a peak
signal to noise ratio of 38 dB, which no eye tells apart. The 20 that are furthest off are listed, and what one of the
two refuses. Photos of more than 20 megapixels are not drawn.
"""

import argparse
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from playwright.sync_api import Page, sync_playwright

from tests.browser.canvas import shown
from tests.browser.conftest import ARGUMENTS, chromium_program
from turdify.errors import TurdifyError
from turdify.pipeline import turdify

NEAR = 38.0  # dB
WORST = 20
MAX_DRAWN = 20_000_000


def ratio(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> float:
    """Peak signal to noise ratio in dB of two pictures, (height, width, 4) RGBA; 0 for different sizes."""
    if one.shape != other.shape:
        return 0.0
    error = np.square(premultiplied(one) - premultiplied(other)).mean()
    return float(10 * np.log10(255**2 / error)) if error else np.inf


def premultiplied(pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    floats = pixels.astype(np.float32)
    floats[..., :3] *= floats[..., 3:] / 255
    return floats


def compare(page: Page, data: bytes) -> float | str:
    """The ratio in dB, or why there is none."""
    try:
        result = turdify(data, faces=[])
    except TurdifyError as error:
        return f"{'refused' if shown(page, data) is None else 'REFUSED, BUT SHOWN'}: {error.message}"
    width, height = result.size
    if width * height > MAX_DRAWN:
        return f"read, but too large to be compared ({width}x{height})"
    before, after = shown(page, data), shown(page, result.data)
    if before is None or after is None:
        return f"read, but not shown by the browser ({width}x{height})"
    return ratio(before, after)


def report(results: dict[str, float | str]) -> None:
    compared = {name: result for name, result in results.items() if not isinstance(result, str)}
    equal = sum(np.isinf(one) for one in compared.values())
    near = sum(NEAR <= one < np.inf for one in compared.values())
    off = len(compared) - equal - near
    print(f"{len(results)} files, {len(compared)} compared: {equal} equal, {near} near, {off} off")
    for name, one in sorted(compared.items(), key=lambda item: item[1])[:WORST]:
        print(f"{one:6.1f} dB  {name}")
    for name, reason in results.items():
        if isinstance(reason, str):
            print(f"           {name}: {reason}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_program(), args=ARGUMENTS)
        page = browser.new_page()
        report({path.name: compare(page, path.read_bytes()) for path in sorted(folder.iterdir()) if path.is_file()})
        browser.close()


if __name__ == "__main__":
    main()
