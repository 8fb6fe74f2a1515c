"""What the page sends, and how soon it has a result, for a JPEG of 12 megapixels and 4 MB at 1.5 Mbit/s.

    .venv-test/bin/python -m bench.upload

Needs Chromium, as tests/browser does. Run in two checkouts to compare them.
"""

import threading
import time
from collections.abc import Iterable
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

import numpy as np
from PIL import Image
from playwright.sync_api import FilePayload, sync_playwright
from werkzeug.serving import WSGIRequestHandler, make_server

from tests.browser.conftest import ARGUMENTS, chromium_program
from tests.browser.steps import slow_network
from tests.pictures import encoded, group
from turdify.web import create_app

BITS_A_SECOND = 1_500_000


def photo() -> bytes:
    """Forty-eight heads, with the noise of a phone's sensor: 4000x3000."""
    image = group(48)[0].resize((4000, 3000), Image.Resampling.BICUBIC)
    noise = np.random.default_rng(1).normal(0, 7, (3000, 4000, 1))
    noisy = np.clip(np.asarray(image) + noise, 0, 255).astype(np.uint8)
    return encoded(Image.fromarray(noisy), "JPEG", quality=90)


class Counted:
    """A WSGI app, and the bytes of the bodies that were sent to it, by path."""

    def __init__(self, app: WSGIApplication) -> None:
        self.app = app
        self.sent: list[str] = []

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] == "POST":
            self.sent.append(f"{environ['PATH_INFO']} {int(environ['CONTENT_LENGTH']):,} bytes")
        return self.app(environ, start_response)


def main() -> None:
    data = photo()
    app = Counted(create_app())
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_program(), args=ARGUMENTS)
        page = browser.new_page()
        page.set_default_timeout(60_000)
        page.goto(f"http://127.0.0.1:{server.server_port}")
        slow_network(page, bytes_a_second=BITS_A_SECOND // 8)
        page.locator("#photo").set_input_files([FilePayload(name="beach.jpg", mimeType="image/jpeg", buffer=data)])
        start = time.perf_counter()
        page.locator("#download:enabled").wait_for()
        result = time.perf_counter() - start
        with page.expect_download():
            page.locator("#download").click()
        later = time.perf_counter() - start - result
        print(f"{len(data):,} bytes: a result after {result:.1f} s, saved {later:.1f} s later")
        print("sent:", *app.sent, sep="\n  ")
    server.shutdown()


class Quiet(WSGIRequestHandler):
    def log_request(self, *_: object) -> None:
        pass


if __name__ == "__main__":
    main()
