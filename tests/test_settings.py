import re

import pytest

from turdify.settings import Settings


def test_an_empty_environment_gives_the_defaults() -> None:
    expected = Settings("centerface", 25 * 2**20, 65_000_000, "", 0, 0, 1, 16, 20, 60, (), "plain", "")
    assert Settings.from_environment({}) == expected


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
        "TURDIFY_PASSWORD": "open sesame",
        "UNRELATED": "x",
    }
    hosts = ("pi.local", "turdify.example.org")
    expected = Settings("dlib", 1000, 2000, "s3cret", 1, 3, 4, 5, 6, 7, hosts, "json", "9000", password="open sesame")
    assert Settings.from_environment(environment) == expected


@pytest.mark.parametrize(
    ("name", "value"),
    [
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
    ],
)
def test_a_value_that_cannot_be_used_is_refused_by_name(name: str, value: str) -> None:
    with pytest.raises(ValueError, match=f"{name} must be .*{re.escape(value)}"):
        Settings.from_environment({name: value})


def test_a_short_password_is_refused_and_not_told() -> None:
    with pytest.raises(ValueError, match="TURDIFY_PASSWORD must be of at least 8 characters") as refused:
        Settings.from_environment({"TURDIFY_PASSWORD": "s3cret"})
    assert "s3cret" not in str(refused.value)


def test_what_is_secret_is_never_printed() -> None:
    assert "s3cret" not in repr(Settings(secret_key="s3cret", password="s3cret"))
