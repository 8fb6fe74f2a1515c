"""What a release needs: a version that code, changelog and tag agree on, and workflows that run what is tested here."""

import os
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
    assert notes.startswith("### Covers\n\n- A photo in, ")
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


def test_the_image_is_published_under_the_version_that_the_guide_and_kubernetes_name() -> None:
    steps = jobs(ROOT / ".github" / "workflows" / "release.yml")["image"]["steps"]
    assert any(step.get("run", "").startswith('echo "VERSION=${GITHUB_REF_NAME#v}"') for step in steps)
    (tags,) = (step["with"]["tags"] for step in steps if "tags" in step.get("with", {}))
    assert tags.split() == ["${{", "env.IMAGE", "}}:${{", "env.VERSION", "}}", "${{", "env.IMAGE", "}}:latest"]
    guide = (ROOT / "docs" / "deploy.md").read_text()
    assert re.findall(r"ghcr.io/OWNER/turdify:(\S+)", guide) == [__version__]


# What scripts/pin asks; the digest is the image's name, counted.
REGISTRY = r"""#!/bin/sh
test "$1 $2 $3" = "buildx imagetools inspect" && test ! -e "$0.down" || { echo "no route to host" >&2; exit 1; }
echo "sha256:$(echo "$4" | sha256sum | cut -c1-64)"
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of what scripts/pin reads and writes, without digests, and a registry that it asks."""
    for file in [ROOT / "scripts" / "pin", ROOT / "Dockerfile", *ROOT.glob("docker-compose*.yml")]:
        copy = tmp_path / file.relative_to(ROOT)
        copy.parent.mkdir(exist_ok=True)
        copy.write_text(re.sub(r"@sha256:[0-9a-f]{64}", "", file.read_text()))
    (tmp_path / "docker").write_text(REGISTRY)
    (tmp_path / "docker").chmod(0o755)
    return tmp_path


def pin(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    program = [sys.executable, str(folder / "scripts" / "pin"), *arguments]
    environment = os.environ | {"PATH": f"{folder}:{os.environ['PATH']}"}
    return subprocess.run(program, env=environment, capture_output=True, text=True, check=False)


def test_a_release_is_made_of_pinned_images_only(checkout: Path) -> None:
    refused = pin(checkout, "--check")
    assert refused.returncode == 1
    assert "Dockerfile: python:" in refused.stderr
    assert pin(checkout).returncode == pin(checkout, "--check").returncode == 0
    assert any(step.get("run") == "scripts/pin --check" for step in jobs(WORKFLOWS[-1])["image"]["steps"])


def test_pinning_names_every_image_of_somebody_elses_and_changes_nothing_else(checkout: Path) -> None:
    before = {
        file.name: file.read_text() for file in checkout.glob("[Dd]ocker*") if file.is_file() and file.name != "docker"
    }
    assert pin(checkout).returncode == 0
    pinned = "".join((checkout / name).read_text() for name in before)
    images = set(re.findall(r"(\S+)@sha256:", pinned))
    assert {image.split(":")[0] for image in images} == {"python", "nginxinc/nginx-unprivileged", "certbot/certbot"}
    assert {name: re.sub(r"@sha256:\w{64}", "", (checkout / name).read_text()) for name in before} == before


def test_an_older_pin_is_renewed(checkout: Path) -> None:
    dockerfile = checkout / "Dockerfile"
    dockerfile.write_text(
        re.sub(r"^(FROM .*?python:\S+)", rf"\1@sha256:{'0' * 64}", dockerfile.read_text(), flags=re.M)
    )
    assert dockerfile.read_text().count("@sha256:000") == 2
    assert pin(checkout).returncode == 0
    assert "@sha256:000" not in dockerfile.read_text()
    assert dockerfile.read_text().count("@sha256:") == 2


def test_without_a_registry_no_digest_is_written(checkout: Path) -> None:
    (checkout / "docker.down").touch()
    before = (checkout / "Dockerfile").read_text()
    refused = pin(checkout)
    assert refused.returncode == 1
    assert "no route to host" in refused.stderr
    assert (checkout / "Dockerfile").read_text() == before


def test_dependabot_sees_every_image_and_asks_for_newer_ones() -> None:
    """It reads FROM, but no arguments in it."""
    froms = re.findall(r"^FROM .*", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    assert len(froms) == 2
    assert not [line for line in froms if "$" in line.replace("$BUILDPLATFORM", "")]
    configured = yaml.safe_load((ROOT / ".github" / "dependabot.yml").read_text())["updates"]
    assert {"docker", "docker-compose"} <= {update["package-ecosystem"] for update in configured}
