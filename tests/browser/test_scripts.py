"""Scripts' imports point one way: settings <- state <- what asks, draws, shows and saves <- page."""

import re
from pathlib import Path

import pytest

from tests.conftest import ROOT

SCRIPTS = sorted((ROOT / "static").glob("*.js"))

# What each script may import.
ALLOWED: dict[str, set[str]] = {
    "settings": set(),
    "begin": set(),
    "zip": set(),
    "swipe": set(),
    "paging": set(),
    "fading": set(),
    "receiving": set(),
    "shared": set(),  # a service worker
    "memory": set(),
    "alike": set(),
    "copier": {"alike"},  # a worker's: it has no page
    "copy": {"settings"},
    "request": {"settings"},
    "numbers": {"settings"},
    "placement": {"numbers", "settings"},
    "state": {"settings"},
    "photo": {"numbers", "placement", "settings"},
    "asking": {"request", "settings", "state"},
    "areas": {"placement"},
    "crops": {"placement"},
    "people": {"memory", "settings", "state"},
    "identifying": {"crops", "request", "settings", "state"},
    "keeping": {"asking", "crops", "people", "placement", "request", "settings", "state"},
    "gestures": set(),
    "loupe": {"placement"},
    "mosaic": {"placement", "settings"},
    "turds": {"mosaic", "numbers", "placement", "settings"},
    "viewport": set(),
    "taps": {"gestures"},
    "editor": {"areas", "gestures", "loupe", "placement", "settings", "state", "taps", "turds", "viewport"},
    "boxing": {"settings", "state"},
    "view": {"fading", "numbers", "settings", "state"},
    "photos": {"asking", "copy", "photo", "placement", "request", "settings", "state"},
    "artwork": {"memory", "photos", "request", "settings", "state"},
    "confirming": {"settings", "state"},
    "saving": {"asking", "confirming", "identifying", "request", "settings", "state", "zip"},
    "page": {
        "artwork",
        "boxing",
        "editor",
        "fading",
        "identifying",
        "keeping",
        "paging",
        "people",
        "photos",
        "receiving",
        "saving",
        "settings",
        "state",
        "swipe",
        "view",
    },
}


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.name)
def test_a_script_imports_only_from_those_below_it(script: Path) -> None:
    text = script.read_text()
    imported = re.findall(r'^import [^"]* from "\./(\w+)\.js";$', text, re.MULTILINE)
    assert len(imported) == len(re.findall(r"^\s*import\b", text, re.MULTILINE))
    assert set(imported) <= ALLOWED[script.stem]
