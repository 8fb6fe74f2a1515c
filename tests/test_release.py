"""What a release needs: a version that code, changelog and tag agree on, and workflows that run what is tested here."""

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.conftest import ROOT
from turdify import __version__

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))


def release(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    program = [sys.executable, str(folder / "scripts" / "release"), *arguments]
    return subprocess.run(program, capture_output=True, text=True, check=False)


@pytest.fixture
def released(tmp_path: Path) -> Path:
    """A copy of what a release is made of, with a date in its changelog."""
    for name in ("scripts/release", "turdify/__init__.py", "CHANGELOG.md"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    changelog = tmp_path / "CHANGELOG.md"
    section = re.compile(rf"^## {re.escape(__version__)} \(.*\)$", re.MULTILINE)
    changelog.write_text(section.sub(f"## {__version__} (2027-01-31)", changelog.read_text()))
    return tmp_path


def test_a_tag_of_the_version_with_a_date_may_be_released(released: Path) -> None:
    documented = re.findall(r"^ *scripts/release (.+)$", (ROOT / "docs" / "release.md").read_text(), re.MULTILINE)
    assert documented == [f"--check v{__version__}"]
    answer = release(released, *documented[0].split())
    assert (answer.returncode, answer.stderr) == (0, "")


def test_another_tag_is_refused(released: Path) -> None:
    answer = release(released, "--check", "v99.0.0")
    assert answer.returncode == 1
    assert __version__ in answer.stderr


def test_a_version_without_a_date_is_not_released(released: Path) -> None:
    changelog = released / "CHANGELOG.md"
    changelog.write_text(changelog.read_text().replace("(2027-01-31)", "(unreleased)"))
    assert "no date" in release(released, "--check", f"v{__version__}").stderr


def test_the_notes_are_what_the_changelog_says_of_that_version_alone(released: Path) -> None:
    with (released / "CHANGELOG.md").open("a") as changelog:
        changelog.write("\n## 0.0.1 (2020-01-01)\n\n- The first.\n")
    notes = release(released, "--notes", f"v{__version__}").stdout
    assert notes.startswith("- ")
    assert "The first." not in notes
    assert release(released, "--notes", "v0.0.1").stdout == "- The first.\n"


def jobs(workflow: Path) -> dict[str, Any]:
    parsed: dict[str, Any] = yaml.safe_load(workflow.read_text())
    found: dict[str, Any] = parsed["jobs"]
    return found


def test_ci_runs_what_is_run_here_and_a_release_waits_for_it() -> None:
    folder = ROOT / ".github" / "workflows"
    assert any("bash .ci/run" in step.get("run", "") for step in jobs(folder / "ci.yml")["run"]["steps"])
    assert jobs(folder / "release.yml")["test"]["uses"] == "./.github/workflows/ci.yml"
    assert jobs(folder / "release.yml")["image"]["needs"] == "test"


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.name)
def test_a_workflow_may_only_read_unless_a_job_says_what_it_writes(workflow: Path) -> None:
    assert yaml.safe_load(workflow.read_text())["permissions"] == {"contents": "read"}
