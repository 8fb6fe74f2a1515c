"""Whether we stand behind a proxy that speaks HTTPS for us, and who may say so."""

import pytest

from tests.pictures import FakeDetector
from turdify.settings import Settings
from turdify.web import create_app


@pytest.mark.parametrize(
    ("proxies", "forwarded", "secure"),
    [
        (0, "https", False),
        (1, "https", True),
        (1, "http", False),
        (1, "https, http", False),
        (2, "https, http", True),
        (1, "", False),
    ],
)
def test_the_cookie_is_secure_where_a_trusted_proxy_took_https(proxies: int, forwarded: str, secure: bool) -> None:
    client = create_app(Settings(proxies=proxies), FakeDetector()).test_client()
    (cookie,) = client.get("/", headers={"X-Forwarded-Proto": forwarded}).headers.getlist("Set-Cookie")
    assert ("Secure" in cookie) == secure


def test_the_cookie_is_secure_where_we_speak_https_ourselves() -> None:
    (cookie,) = (
        create_app(Settings(), FakeDetector())
        .test_client()
        .get("/", base_url="https://pi")
        .headers.getlist("Set-Cookie")
    )
    assert "Secure" in cookie
