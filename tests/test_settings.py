import re

import pytest

from turdify.detection import DEFAULT_DETECTOR
from turdify.settings import Settings, listening_address


def test_an_empty_environment_gives_the_defaults() -> None:
    assert Settings().detector == DEFAULT_DETECTOR
    assert (
        Settings.from_environment({})
        == Settings()
        == Settings(
            detector="centerface",
            max_bytes=25 * 2**20,
            max_pixels=65_000_000,
            secret_key="",
            proxies=0,
            threads=0,
            workers=1,
            queue=16,
            wait_s=20,
            timeout_s=60,
            hosts=(),
            log="plain",
            metrics_port="",
            photo_bytes=0,
            people_pixels=65_000_000,
            password="",
        )
    )


def test_every_variable_is_read() -> None:
    environment = {
        "TURDIFY_DETECTOR": "dlib",
        "TURDIFY_MAX_BYTES": "1000",
        "TURDIFY_MAX_PIXELS": "2000",
        "TURDIFY_SECRET_KEY": "s3cret",
        "TURDIFY_PROXIES": "1",
        "TURDIFY_THREADS": "3",
        "TURDIFY_WORKERS": "4",
        "TURDIFY_QUEUE": "5",
        "TURDIFY_WAIT_S": "6",
        "TURDIFY_TIMEOUT_S": "7",
        "TURDIFY_HOSTS": "Pi.local, turdify.example.org",
        "TURDIFY_LOG": "json",
        "TURDIFY_METRICS_BIND": "127.0.0.1:9000",
        "TURDIFY_PHOTO_BYTES": "8000",
        "TURDIFY_PEOPLE_PIXELS": "9000",
        "TURDIFY_PASSWORD": "open sesame",
        "UNRELATED": "x",
    }
    assert Settings.from_environment(environment) == Settings(
        detector="dlib",
        max_bytes=1000,
        max_pixels=2000,
        secret_key="s3cret",
        proxies=1,
        threads=3,
        workers=4,
        queue=5,
        wait_s=6,
        timeout_s=7,
        hosts=("pi.local", "turdify.example.org"),
        log="json",
        metrics_port="9000",
        photo_bytes=8000,
        people_pixels=9000,
        password="open sesame",
    )


REFUSED = [
    ("TURDIFY_DETECTOR", "haar"),
    ("TURDIFY_MAX_BYTES", ""),
    ("TURDIFY_MAX_BYTES", "25MB"),
    ("TURDIFY_MAX_PIXELS", "0"),
    ("TURDIFY_MAX_PIXELS", "-1"),
    ("TURDIFY_MAX_PIXELS", "999999999999"),
    ("TURDIFY_PROXIES", "-1"),
    ("TURDIFY_PROXIES", "all"),
    ("TURDIFY_QUEUE", "-1"),
    ("TURDIFY_QUEUE", "48"),
    ("TURDIFY_WAIT_S", "soon"),
    ("TURDIFY_TIMEOUT_S", "0"),
    ("TURDIFY_LOG", "xml"),
    ("TURDIFY_HOSTS", "https://turdify.example.org"),
    ("TURDIFY_HOSTS", "*.example.org"),
    ("TURDIFY_MAX_BYTES", "9" * 5000),
    ("TURDIFY_METRICS_BIND", "127.0.0.1"),
    ("TURDIFY_METRICS_BIND", "127.0.0.1:many"),
    ("TURDIFY_METRICS_BIND", "127.0.0.1:65536"),
    ("TURDIFY_METRICS_BIND", "8000"),
    ("TURDIFY_METRICS_BIND", "unix:/run/turdify.sock"),
    ("TURDIFY_METRICS_BIND", "fd://3"),
    ("TURDIFY_PEOPLE_PIXELS", "0"),
    ("TURDIFY_PHOTO_BYTES", "1GB"),
    ("TURDIFY_THREADS", "0"),
    ("TURDIFY_WORKERS", "257"),
]


@pytest.mark.parametrize(("name", "value"), REFUSED)
def test_a_value_that_cannot_be_used_is_refused_by_name(name: str, value: str) -> None:
    with pytest.raises(ValueError, match=f"{name} must be .*{re.escape(value)}"):
        Settings.from_environment({name: value})


def test_a_short_password_is_refused_and_not_told() -> None:
    with pytest.raises(ValueError, match="TURDIFY_PASSWORD must be of at least 8 characters") as refused:
        Settings.from_environment({"TURDIFY_PASSWORD": "s3cret"})
    assert "s3cret" not in str(refused.value)


def test_what_is_secret_is_never_printed() -> None:
    assert "s3cret" not in repr(Settings(secret_key="s3cret", password="s3cret"))


@pytest.mark.parametrize("text", ["127.0.0.1:8000", "[::1]:8000", ":80", "unix:/run/turdify.sock", "fd://3", ""])
def test_an_address_to_listen_on_is_taken_as_gunicorn_does(text: str) -> None:
    assert listening_address({"TURDIFY_BIND": text}, "TURDIFY_BIND") == text
