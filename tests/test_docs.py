"""What the documents say is so."""

import re
import tomllib
from typing import Any

import pytest
import yaml

from tests.conftest import ROOT
from turdify import __version__
from turdify.cli import main

DOCUMENTS = sorted(str(path.relative_to(ROOT)) for path in [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
REFERENCE = (ROOT / "docs" / "reference.md").read_text()


class Compose(yaml.SafeLoader):  # type: ignore[misc]
    """Knows docker compose's own tag for what is taken away."""


Compose.add_constructor("!reset", lambda *_: None)


def test_every_variable_is_in_the_reference_and_the_other_way_round() -> None:
    code = "".join(path.read_text() for path in [*(ROOT / "turdify").rglob("*.py"), ROOT / "gunicorn.conf.py"])
    assert set(re.findall(r'"(TURDIFY_\w+)"', code)) == set(re.findall(r"^\| `(TURDIFY_\w+)`", REFERENCE, re.MULTILINE))


def test_compose_hands_every_variable_on_but_those_that_follow_from_the_stack() -> None:
    passed = yaml.load((ROOT / "docker-compose.yml").read_text(), Compose)["services"]["web"]["environment"]  # noqa: S506
    given = {variable.partition("=")[0] for variable in passed if "=" in variable}
    assert given == {"TURDIFY_ADDRESS", "TURDIFY_PROXIES"}
    variables = set(re.findall(r"^\| `(TURDIFY_\w+)`", REFERENCE, re.MULTILINE))
    assert {variable.partition("=")[0] for variable in passed} == variables - {"TURDIFY_BIND"}


def test_every_test_that_a_promise_names_is_there() -> None:
    named = re.findall(r"`(test_\w+)`", (ROOT / "docs" / "limits.md").read_text())
    files = [*(ROOT / "tests").rglob("test_*.py"), *(ROOT / "deploy" / "tests").glob("test_*.py")]
    there = {name for file in files for name in re.findall(r"^def (test_\w+)", file.read_text(), re.MULTILINE)}
    assert len(named) > 40
    assert set(named) - there == set()


def test_every_promise_names_a_test() -> None:
    rows = re.findall(r"^\|(?!---| promise ).*\|$", (ROOT / "docs" / "limits.md").read_text(), re.MULTILINE)
    assert len(rows) > 20
    assert [row for row in rows if "`test_" not in row.split("|")[3]] == []


# Those that only add to a service of another file have nothing of their own to limit.
SERVICES = [
    pytest.param(service, id=f"{file.name} {name}")
    for file in sorted(ROOT.glob("docker-compose*.yml"))
    for name, service in yaml.load(file.read_text(), Compose)["services"].items()  # noqa: S506  a SafeLoader
    if "restart" in service
]


@pytest.mark.parametrize("service", SERVICES)
def test_no_container_may_swap(service: dict[str, Any]) -> None:
    assert service["mem_limit"]
    assert service["memswap_limit"] == service["mem_limit"]


@pytest.mark.parametrize("service", SERVICES)
def test_no_containers_log_can_fill_the_disk(service: dict[str, Any]) -> None:
    logging = service["logging"]
    assert logging["driver"] in ("local", "json-file"), "others know no such limits"
    assert set(logging["options"]) == {"max-size", "max-file"}


def test_every_option_of_the_command_line_is_in_the_reference() -> None:
    options = {option for parameter in main.params for option in parameter.opts if option.startswith("--")}
    assert options - {"--version"} == set(re.findall(r"`(--[\w-]+)(?: PATH| FILE| L,U,R,D)?`", REFERENCE)) - {
        "--version"
    }


def test_the_changelog_is_about_this_version() -> None:
    newest = re.search(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert newest
    assert newest[1] == __version__


@pytest.mark.parametrize("document", DOCUMENTS)
def test_links_within_the_project_lead_somewhere(document: str) -> None:
    path = ROOT / document
    links = re.findall(r"\]\(([^)#:]+)\)", path.read_text())
    assert [link for link in links if not (path.parent / link).exists()] == []


def test_the_locks_hold_every_dependency_with_hashes() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    served = project["project"]["dependencies"] + project["project"]["optional-dependencies"]["recognition"]
    groups = {"requirements.txt": served, "requirements-dev.txt": served + project["dependency-groups"]["dev"]}
    for lock, wanted in groups.items():
        text = (ROOT / lock).read_text()
        pinned = set(re.findall(r"^([\w-]+)==", text, re.MULTILINE))
        assert {re.split(r"[<>=;]", requirement)[0] for requirement in wanted} <= pinned
        assert not re.search(r"==[^\n]*(?<!\\)\n(?!    --hash)", text), f"{lock} pins something without a hash"


def test_the_two_locks_pin_the_same_versions() -> None:
    served, tested = (
        set(re.findall(r"^(\S+==\S+)", (ROOT / lock).read_text(), re.MULTILINE))
        for lock in ("requirements.txt", "requirements-dev.txt")
    )
    assert served <= tested
