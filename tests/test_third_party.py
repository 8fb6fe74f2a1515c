"""The notices name all that is installed with turdify."""

import importlib.machinery
import importlib.util
import re
from types import ModuleType

import pytest

from tests.conftest import ROOT


@pytest.fixture(scope="module")
def script() -> ModuleType:
    loader = importlib.machinery.SourceFileLoader("third_party", str(ROOT / "scripts" / "third-party"))
    spec = importlib.util.spec_from_loader("third_party", loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module


def test_the_notices_name_every_package_that_is_installed_and_no_other(script: ModuleType) -> None:
    notices = (ROOT / "THIRD-PARTY.md").read_text().partition(script.HEAD)[2]
    told = re.findall(r"^\| (\S+) \|", notices, re.MULTILINE)
    assert told == script.packages(), "run .venv-test/bin/python scripts/third-party"


def test_the_notices_name_every_library_in_a_wheel_with_its_license(script: ModuleType) -> None:
    notices = (ROOT / "THIRD-PARTY.md").read_text()
    brought = [library for package in script.packages() for library in script.libraries_of(package)]
    assert len(brought) > 10
    assert [library for library in brought if library not in notices] == []


def test_a_library_whose_license_nobody_looked_up_is_not_passed_over(
    script: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(script.LIBRARIES, "libwebp")
    with pytest.raises(SystemExit, match="libwebp"):
        script.libraries_of("pillow")


def test_a_package_whose_license_nobody_looked_up_is_not_passed_over(
    script: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(script.PACKAGES, "blinker")
    with pytest.raises(SystemExit, match="blinker"):
        script.license_of("blinker")
