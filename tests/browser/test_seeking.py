"""Who is kept in every photo is looked for: by what picture, where, and what is said if that fails."""

import json
from collections.abc import Callable

import numpy as np
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import THREE_FACES, Opener, on_desktop
from tests.browser.people import FACES, ME, keep, kept, recognizes
from tests.browser.steps import alerts, button, choose, photo, png, says, turds, wait_until
from tests.pictures import FakeDetector, astronaut, decoded
from turdify.faces import Box, Face


def test_where_nobody_is_recognized_everybody_is_covered_and_the_page_says_so(opened: Opener) -> None:
    page = opened("phone")
    choose(page, photo("a.jpg"), photo("b.jpg"))
    says(page, "2 of 2 done")
    asked = recognizes(page)
    keep(page, 1, ME)
    button(page, "Next photo").click()
    says(page, "3 faces covered. If one of them is you, tap it.")
    assert len(asked) == 2  # whether the face can be recognized, and the other photo


@on_desktop
def test_a_server_that_can_not_recognize_people_says_so_and_the_face_is_kept_by_hand(covered: Page) -> None:
    recognizes(covered, status=501, detail="pip install")
    keep(covered, 1, ME)
    alerts(covered, "You are kept just here. This server can't recognize people.")
    expect(kept(covered)).to_have_count(1)


@on_desktop
def test_a_face_that_is_too_small_to_be_recognized_is_kept_just_here_and_that_is_said(covered: Page) -> None:
    recognizes(covered, status=422, detail="The photo of person 1 can't be used. There is no face in it.")
    keep(covered, 1, ME)
    alerts(covered, "You are kept just here. The photo of person 1 can't be used. There is no face in it.")


def test_a_photo_that_could_not_be_looked_through_stays_covered_and_is_looked_through_on_request(
    opened: Opener,
) -> None:
    page = opened("phone")
    choose(page, photo("a.jpg"), photo("b.jpg", quality=100))
    says(page, "2 of 2 done")
    recognizes(page, 1)

    def lose_what_is_large(route: Route) -> None:
        if len(route.request.post_data_buffer or b"") > 200_000:
            route.abort("internetdisconnected")
        else:
            route.fallback()

    page.route("**/faces/", lose_what_is_large)
    keep(page, 1, ME)
    alerts(page, "You were not looked for in b.jpg: everybody is covered. No connection.")
    page.unroute_all()
    recognizes(page, 1)
    button(page, "Next photo").click()
    expect(kept(page)).to_have_count(0)
    button(page, "Try again").click()
    says(page, "2 faces covered, 1 kept.")
    expect(page.get_by_role("alert")).to_be_hidden()


def ask_slowly(page: Page, status: int = 200) -> Callable[[], None]:
    """Say "This is me" of the first face; gives what lets the server answer whether it can recognize them."""
    recognizes(page, 0, status=status, detail="There is no face in it.")
    held: list[Route] = []
    page.route("**/faces/", lambda route: held.append(route), times=1)
    with page.expect_request("**/faces/"):
        keep(page, 0, ME)

    def answer() -> None:
        with page.expect_response("**/faces/"):
            held[0].fallback()

    return answer


@on_desktop
def test_who_is_kept_just_here_is_said_with_the_photo_where_another_is_looked_at_by_then(page: Page) -> None:
    choose(page, photo("a.jpg"), photo("b.jpg"))
    says(page, "2 of 2 done")
    answer = ask_slowly(page, status=422)
    button(page, "Next photo").click()
    answer()
    alerts(page, "a.jpg: You are kept just here. There is no face in it.")


@on_desktop
def test_who_took_back_that_it_is_them_before_the_server_answered_is_not_looked_for(covered: Page) -> None:
    answer = ask_slowly(covered)
    button(covered, "Undo").click()
    answer()
    says(covered, "3 faces covered.")
    covered.go_back()
    expect(covered.locator("#sample")).to_be_visible()
    expect(covered.get_by_role("checkbox", name="Everyone but me")).to_be_hidden()


@on_desktop
def test_nothing_is_left_to_try_again_where_somebody_was_looked_for_with_the_faces(page: Page) -> None:
    recognizes(page, 1)
    choose(page, photo("a.jpg"))
    says(page, "3 faces covered")
    keep(page, 1, ME)
    expect(button(page, "Remember me in this browser")).to_be_visible()
    page.route("**/faces/", lose_who_is_sought)
    choose(page, photo("b.jpg"))
    alerts(page, "You were not looked for in b.jpg: everybody is covered.")
    page.unroute("**/faces/", lose_who_is_sought)
    page.locator("#sensitivity").select_option("high")
    says(page, "2 faces covered, 1 kept.")
    expect(button(page, "Try again")).to_be_hidden()


def lose_who_is_sought(route: Route) -> None:
    if b'name="keep"' in (route.request.post_data_buffer or b""):
        route.abort("internetdisconnected")
    else:
        route.fallback()


def held_search(page: Page) -> Route:
    """Another photo, once its faces are found; the request that looks in it for who is kept is held back."""
    expect(button(page, "Remember me in this browser")).to_be_visible()
    held: list[Route] = []
    page.route("**/faces/", lambda route: held.append(route) if len(held) < 2 else route.fallback())
    choose(page, photo("b.jpg"))
    wait_until(page, lambda: len(held) == 1)
    held[0].fallback()
    wait_until(page, lambda: len(held) == 2)
    return held[1]


@on_desktop
def test_faces_that_come_while_somebody_is_looked_for_are_looked_at_too(page: Page, finds: FakeDetector) -> None:
    recognizes(page, 3)
    choose(page, photo("a.jpg"))
    says(page, "3 faces covered")
    keep(page, 1, ME)
    search = held_search(page)
    finds.faces = FACES
    page.locator("#sensitivity").select_option("high")
    says(page, "4 faces covered")
    search.fulfill(json={"faces": [face.as_dict() for face in THREE_FACES], "width": 512, "height": 512})
    says(page, "3 faces covered, 1 kept.")


@on_desktop
def test_a_face_that_shows_beside_its_cover_is_told_though_somebody_was_recognized_there(page: Page) -> None:
    """Until they say that it is them, what is saved has the cover where it is."""
    recognizes(page, 0)
    choose(page, photo("a.jpg"))
    says(page, "3 faces covered")
    keep(page, 1, ME)
    search = held_search(page)
    turds(page).first.click()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("-")
    expect(page.locator("#bare")).to_be_visible()
    search.fallback()
    expect(page.get_by_role("button", name="Perhaps you, 1 of 3")).to_be_visible()
    expect(page.locator("#bare")).to_have_text("1 face that was found is not covered any more.")


def test_the_server_draws_what_nobody_is_sure_of_covered(opened: Opener) -> None:
    page = opened("desktop")
    script = """async () => {
        const address = new URL("photo.js", document.querySelector("script[type=module]").src).href;
        const { Photo } = await import(address);
        const photo = new Photo(new File([], "a.jpg"));
        photo.found([{ box: [0, 0, 9, 9], angle: 0 }], { size: [9, 9], choice: "turd", sensitivity: "normal" });
        photo.recognize([{ box: [0, 0, 9, 9], angle: 0, kept: true }], [{}]);
        const before = await photo.covered(async (faces) => faces, "");
        photo.settle(photo.unsure, true);
        return [before, await photo.covered(async (faces) => faces, "")].map((faces) => JSON.parse(faces)[0].kept);
    }"""
    assert page.evaluate(script) == [False, True]


@on_desktop
def test_who_is_kept_in_every_photo_is_looked_for_in_those_that_are_chosen_later(page: Page) -> None:
    choose(page, photo("first.jpg"))
    says(page, "3 faces covered")
    asked = recognizes(page, 2)
    keep(page, 1, ME)
    expect(button(page, "Remember me in this browser")).to_be_visible()
    choose(page, photo("later.jpg"))
    says(page, "2 faces covered, 1 kept.")
    expect(page.get_by_role("button", name="Perhaps you, 3 of 3")).to_be_visible()
    assert len(asked) == 2
    button(page, "Undo").click()
    says(page, "3 faces covered.")
    expect(kept(page)).to_have_count(0)


def test_the_reference_is_the_face_with_some_room_and_no_larger_than_needed(
    opened: Opener, finds: FakeDetector
) -> None:
    page = opened("desktop")
    finds.faces = [Face(Box(700, 500, 1000, 900))]
    picture = astronaut().resize((1500, 1500))
    choose(page, png(picture))
    says(page, "1 face covered")
    asked = recognizes(page)
    turds(page).first.click()
    button(page, ME).click()
    expect(button(page, "Remember me in this browser")).to_be_visible()
    sent = asked[0].partition(b'name="keep"')[2]
    reference = decoded(sent[sent.index(b"\xff\xd8\xff") :])
    assert reference.format == "JPEG"
    assert max(reference.size) == 600
    box = Box(*json.loads(sent.partition(b'name="keep_box"\r\n\r\n')[2].partition(b"\r\n")[0]))
    assert box.height == 200
    expected = picture.crop((700, 500, 1000, 900)).resize((30, 40))
    part = reference.crop((round(box.left), round(box.upper), round(box.right), round(box.lower))).resize((30, 40))
    assert np.abs(np.asarray(expected).astype(int) - np.asarray(part).astype(int)).mean() < 10


def test_who_is_kept_stays_so_where_faces_are_looked_for_once_more(opened: Opener, finds: FakeDetector) -> None:
    page = opened("desktop")
    choose(page, photo())
    says(page, "3 faces covered")
    recognizes(page)
    keep(page, 0, ME)
    keep(page, 1)
    says(page, "1 face covered, 2 kept.")
    finds.faces = FACES
    page.locator("#sensitivity").select_option("high")
    says(page, "2 faces covered, 2 kept.")
    expect(page.get_by_role("button", name="Kept, 1 of 4")).to_be_visible()
    expect(page.get_by_role("button", name="Kept, 2 of 4")).to_be_visible()
