"""Without scripts the form does it; and what else browsers and programs find on the page."""

import json
import subprocess
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Opener, Shot, on_desktop
from tests.browser.steps import button, center_of, choose, photo, says, turds
from tests.pictures import astronaut, decoded
from turdify.faces import Box


@pytest.mark.parametrize("profile", ["desktop", "phone"])
def test_without_scripts_the_form_does_it(opened: Opener, shot: Shot, profile: str) -> None:
    page = opened(profile, java_script_enabled=False)
    choose(page, photo())
    page.get_by_role("radio", name="Cat").check()
    shot(page, "form")
    button(page, "Turdify it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("3 faces covered")
    expect(page.get_by_role("img", name="Your photo with 3 faces covered")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download").click()
    assert download.value.suggested_filename == "beach-turdified.jpg"
    assert decoded(Path(download.value.path()).read_bytes()).size == (512, 512)
    shot(page, "result")


@pytest.mark.parametrize("profile", ["desktop", "phone"])
def test_of_photos_that_are_shared_without_scripts_the_first_is_covered_and_the_others_are_told(
    opened: Opener, shot: Shot, profile: str
) -> None:
    page = opened(profile, java_script_enabled=False)
    page.locator("#form").evaluate("form => form.action = '/share'")  # where the gallery sends them
    page.locator("#photo").evaluate("input => input.multiple = true")
    choose(page, photo("one.jpg"), photo("two.jpg"), photo("three.jpg"))
    button(page, "Turdify it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("3 faces covered")
    expect(page.get_by_role("link", name="Download")).to_have_attribute("download", "one-turdified.jpg")
    expect(page.get_by_text("2 more photos were shared. Without scripts only the first is covered.")).to_be_visible()
    assert page.url.endswith("/share")
    shot(page, "shared")


def test_the_command_that_the_page_shows_works(opened: Opener, tmp_path: Path) -> None:
    page = opened("desktop")
    page.get_by_text("For programs").click()
    astronaut().save(tmp_path / "photo.jpg")
    command = page.locator("pre").inner_text()
    subprocess.run(["/bin/sh", "-ec", command], cwd=tmp_path, check=True, capture_output=True)
    assert decoded((tmp_path / "turdified.png").read_bytes()).format == "PNG"


def test_programs_are_told_the_faces_that_the_page_shows(opened: Opener, site: str) -> None:
    page = opened("desktop")
    choose(page, photo())
    says(page, "3 faces covered")
    told = page.request.post(
        f"{site}/turdify/", multipart={"my_file": photo()}, headers={"Accept": "application/json"}
    ).json()
    assert (told["width"], told["height"]) == (512, 512)
    for turd, face in zip(turds(page).all(), told["faces"], strict=True):
        assert center_of(turd) == pytest.approx(Box(*face["box"]).center, abs=0.5)


@on_desktop
def test_the_cookie_is_the_forms_own(page: Page) -> None:
    choose(page, photo())
    says(page, "3 faces covered")
    (cookie,) = page.context.cookies()
    assert (cookie["name"], cookie["httpOnly"], cookie["sameSite"]) == ("session", True, "Lax")


def test_the_app_can_be_installed_and_takes_shared_photos(opened: Opener) -> None:
    page = opened("phone")
    manifest = page.context.new_cdp_session(page).send("Page.getAppManifest")
    assert manifest["errors"] == []
    told = json.loads(manifest["data"])
    assert told["share_target"]["params"]["files"][0]["name"] == "photo"
    for icon in told["icons"]:
        answer = page.request.get(manifest["url"].rsplit("/", 1)[0] + "/" + icon["src"])
        assert f"{decoded(answer.body()).width}x{decoded(answer.body()).height}" == icon["sizes"]
