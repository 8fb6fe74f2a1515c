"""Scripts' imports point one way: settings <- state <- what asks, draws, shows and saves <- page."""

import re
from pathlib import Path

import pytest

from tests.conftest import ROOT

SCRIPTS = sorted((ROOT / "static").glob("*.js"))

# What each script may import.
ALLOWED: dict[str, set[str]] = {
    "settings": set(),
    "zip": set(),
    "alike": set(),
    "copier": {"alike"},  # a worker's: it has no page
    "copy": {"settings"},
    "request": {"settings"},
    "placement": {"settings"},
    "state": {"settings"},
    "photo": {"placement", "settings"},
    "asking": {"settings", "state"},
    "areas": {"placement"},
    "gestures": set(),
    "loupe": {"placement"},
    "turds": {"placement", "settings"},
    "viewport": set(),
    "editor": {"areas", "gestures", "loupe", "placement", "settings", "state", "turds", "viewport"},
    "view": {"settings", "state"},
    "photos": {"asking", "copy", "photo", "placement", "request", "settings", "state"},
    "confirming": {"settings", "state"},
    "saving": {"asking", "confirming", "request", "settings", "state", "zip"},
    "page": {"editor", "photos", "saving", "state", "view"},
}


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.name)
def test_a_script_imports_only_from_those_below_it(script: Path) -> None:
    text = script.read_text()
    imported = re.findall(r'^import .* from "\./(\w+)\.js";$', text, re.MULTILINE)
    assert len(imported) == len(re.findall(r"^\s*import\b", text, re.MULTILINE))
    assert set(imported) <= ALLOWED[script.stem]
