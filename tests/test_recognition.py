"""Whose face it is, with two public-domain portraits as two people."""

import sys
from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image, ImageEnhance, ImageOps

from tests.pictures import (
    ASTRONAUT_FACE,
    HOPPER_FACE,
    KnowingDetector,
    astronaut,
    decoded,
    encoded,
    gradient,
    head_at,
    hopper,
    people,
)
from turdify import recognition
from turdify.detection import load_detector
from turdify.errors import IncompletePhoto, NoSuchFace, RecognitionMissing, UnsupportedOption
from turdify.faces import Box, Face
from turdify.pipeline import Options, find_faces, read_reference, turdify
from turdify.recognition import (
    MAX_ENCODED,
    MIN_HEIGHT,
    STRICTNESS,
    Encodings,
    Gallery,
    People,
    distances,
    encode_faces,
    keep,
    matches,
    recognizable,
)

CAREFUL = STRICTNESS["careful"]

CHANGES: dict[str, Callable[[Image.Image], Image.Image]] = {
    "half the size": lambda image: image.reduce(2),
    "brighter": lambda image: ImageEnhance.Brightness(image).enhance(1.4),
    "darker": lambda image: ImageEnhance.Brightness(image).enhance(0.6),
    "as JPEG": lambda image: decoded(encoded(image, "JPEG", quality=40)),
    "gray": lambda image: image.convert("L"),
    "gray and transparent": lambda image: image.convert("LA"),
    "transparent": lambda image: image.convert("RGBA"),
}


@pytest.fixture(scope="module")
def her() -> Encodings:
    return encode_faces(astronaut(), [Face(ASTRONAUT_FACE)])


@pytest.fixture(scope="module")
def hers(her: Encodings) -> People:
    return People([her])


def kept(faces: list[Face]) -> list[bool]:
    return [face.kept for face in faces]


@pytest.mark.parametrize("name", CHANGES)
def test_a_person_is_kept_in_a_changed_photo_and_nobody_else(name: str, hers: People) -> None:
    image, (hoppers, astronauts) = people("hopper", "astronaut", height=160)
    changed = CHANGES[name](image)
    shrunk = changed.width / image.width
    faces = [Face(scaled(face.box, shrunk)) for face in (hoppers, astronauts)]
    found = keep(changed, faces, hers)
    assert kept(found) == [False, True]
    assert found[0] == faces[0]
    assert found[1].distance is not None
    assert found[1].distance < CAREFUL.max_distance


def scaled(box: Box, factor: float) -> Box:
    return Box(box.left * factor, box.upper * factor, box.right * factor, box.lower * factor)


def moved(box: Box, left: float, upper: float) -> Box:
    return Box(box.left + left, box.upper + upper, box.right + left, box.lower + upper)


def test_a_person_is_kept_in_a_mirrored_photo(hers: People) -> None:
    image, faces = people("hopper", "astronaut")
    assert kept(keep(ImageOps.mirror(image), faces, hers)) == [True, False]


@pytest.mark.parametrize("angle", [15, -15, 90, 180])
def test_a_person_who_leans_is_kept(angle: float, hers: People) -> None:
    ground = Image.new("RGB", (400, 400))
    face = head_at(ground, (200, 200), 120, angle)
    assert kept(keep(ground, [face], hers)) == [True]


def test_somebody_else_is_covered_though_alone(hers: People) -> None:
    faces = [Face(HOPPER_FACE)]
    assert keep(hopper(), faces, hers) == faces


def test_of_twins_none_is_kept_but_they_are_told_from_others(hers: People) -> None:
    image, faces = people("astronaut", "hopper", "astronaut")
    found = keep(image, faces, hers)
    assert kept(found) == [False, False, False]
    assert [face.distance is not None for face in found] == [True, False, True]


def test_a_small_face_is_covered_whosever_it_is(hers: People) -> None:
    image, faces = people("astronaut", height=MIN_HEIGHT - 1)
    assert kept(keep(image, faces, hers)) == [False]
    image, faces = people("astronaut", height=MIN_HEIGHT + 10)
    assert kept(keep(image, faces, hers)) == [True]


def test_a_face_at_the_photos_edge_or_as_large_as_the_photo_is_compared(her: Encodings) -> None:
    close = astronaut().crop((170, 50, 290, 200))
    box = moved(ASTRONAUT_FACE, -170, -50)
    assert distances([her], encode_faces(close, [Face(box)])) < CAREFUL.max_distance
    large = close.resize((close.width * 12, close.height * 12))
    assert distances([her], encode_faces(large, [Face(scaled(box, 12))])) < CAREFUL.max_distance


def test_no_faces_and_no_people_are_fine(hers: People) -> None:
    assert keep(gradient(), [], hers) == []
    assert encode_faces(gradient(), []).shape == (0, 128)
    assert kept(keep(astronaut(), [Face(ASTRONAUT_FACE)], People([]))) == [False]


def test_only_covers_who_is_meant_and_whoever_cannot_be_told_apart(her: Encodings) -> None:
    image, faces = people("hopper", "astronaut")
    small = head_at(image, (20, 20), MIN_HEIGHT - 10, who="hopper")
    found = keep(image, [*faces, small], People([her], only=True))
    assert kept(found) == [True, False, False]
    assert found[0].distance is not None
    assert found[0].distance >= CAREFUL.apart


def test_worth_comparing_are_the_largest_faces_that_are_in_the_photo() -> None:
    many = [Face(Box(0, 0, 40, MIN_HEIGHT + number)) for number in range(MAX_ENCODED + 3)]
    assert recognizable(many, (100, 200)) == list(range(3, MAX_ENCODED + 3))
    outside = [Face(Box(-90, 0, -10, 90)), Face(Box(10, 250, 90, 350)), Face(Box(60, 160, 120, 220))]
    assert recognizable(outside, (100, 200)) == [2]


@pytest.mark.parametrize(
    ("apart", "expected"),
    [
        ([[0.2, 0.7]], {0: 0}),
        ([[0.7, 0.2]], {1: 0}),
        ([[0.46, 0.7]], {}),
        ([[0.2, 0.27]], {}),
        ([[0.2, 0.29]], {0: 0}),
        ([[0.2, 0.7], [0.7, 0.3]], {0: 0, 1: 1}),
        ([[0.2, 0.7], [0.3, 0.7]], {0: 0}),
        ([[0.4]], {0: 0}),
        ([[]], {}),
    ],
    ids=str,
)
def test_a_person_is_the_nearest_face_if_it_is_near_and_clearly_nearer_than_the_next(
    apart: list[list[float]], expected: dict[int, int]
) -> None:
    assert matches(np.array(apart), CAREFUL) == expected


def test_several_pictures_of_a_person_count_together() -> None:
    pictures = np.zeros((2, 128))
    pictures[1, 0] = 0.4
    face = np.zeros((1, 128))
    assert distances([pictures], face) == pytest.approx(np.array([[0.2]]))


def test_the_levels_of_strictness_are_in_order() -> None:
    levels = [(level.max_distance, -level.margin, -level.apart) for level in STRICTNESS.values()]
    assert levels == sorted(levels)


def test_encodings_do_not_show_where_options_are_printed(hers: People) -> None:
    assert "encodings" not in repr(Options(people=hers))


@pytest.mark.parametrize("name", ["centerface", "dlib"])
def test_everyone_but_me_in_a_real_photo_with_either_detector(name: str) -> None:
    detector = load_detector(name)
    her = read_reference(encoded(astronaut().crop((0, 0, 512, 300)), "PNG"), detector=detector)
    image, (_, face) = people("hopper", "astronaut", height=150)
    result = turdify(encoded(image, "PNG"), Options(people=People([her])), detector=detector)
    assert (len(result.faces), len(result.kept)) == (1, 1)
    assert result.kept[0].box.center == pytest.approx(face.box.center, abs=20)
    changed = (np.asarray(decoded(result.data)) != np.asarray(image)).any(axis=2)
    assert changed[:, : image.width // 2].any()
    assert not changed[:, image.width // 2 :].any()


def test_a_batch_in_which_one_photo_lacks_the_person(hers: People) -> None:
    photos = [people("hopper", "astronaut"), people("hopper", height=130), people("astronaut", height=140)]
    detector = KnowingDetector(*photos)
    found = [find_faces(encoded(image, "PNG"), Options(people=hers), detector=detector) for image, _ in photos]
    assert [(len(one.faces), len(one.kept)) for one in found] == [(1, 1), (1, 0), (0, 1)]


def test_faces_that_are_given_are_not_also_looked_for(hers: People, jpeg: bytes) -> None:
    with pytest.raises(UnsupportedOption):
        turdify(jpeg, Options(people=hers), faces=[])


def test_a_given_face_that_is_kept_stays_uncovered() -> None:
    faces = [Face(Box(4, 4, 20, 24)), Face(Box(34, 4, 50, 24), kept=True)]
    result = turdify(encoded(gradient(), "PNG"), faces=faces)
    assert ([face.box for face in result.faces], result.kept) == ([faces[0].box], faces[1:])
    same = turdify(encoded(gradient(), "PNG"), faces=faces[:1])
    assert same.data == result.data


def test_a_reference_shows_one_face_or_a_box_tells_which() -> None:
    image, faces = people("hopper", "astronaut")
    data, detector = encoded(image, "PNG"), KnowingDetector((image, faces))
    with pytest.raises(NoSuchFace, match="There are 2 faces in it"):
        read_reference(data, detector=detector)
    with pytest.raises(NoSuchFace, match="There is no face in it"):
        read_reference(data, detector=detector, box=Box(0, 0, 5, 5))
    reference = read_reference(data, detector=detector, box=faces[1].box)
    assert kept(keep(image, faces, People([reference]))) == [False, True]


def test_a_reference_without_a_face_that_can_be_compared_is_refused() -> None:
    image, faces = people("astronaut", height=MIN_HEIGHT - 5)
    for found in ([], faces):
        with pytest.raises(NoSuchFace, match="no face in it that is large enough"):
            read_reference(encoded(image, "PNG"), detector=KnowingDetector((image, found)))


def test_a_reference_passes_the_limits_of_a_photo(jpeg: bytes) -> None:
    with pytest.raises(IncompletePhoto):
        read_reference(jpeg[: len(jpeg) // 2])


def test_the_same_person_has_the_same_number_in_every_photo() -> None:
    gallery = Gallery()
    first = people("astronaut", "hopper")
    assert gallery.numbers(*first) == [0, 1]
    assert gallery.numbers(*people("hopper", "astronaut", height=100)) == [1, 0]
    assert gallery.numbers(*people("hopper", height=90)) == [1]


def test_faces_that_cannot_be_told_stay_apart() -> None:
    gallery = Gallery()
    image, faces = people("astronaut", "astronaut", height=MIN_HEIGHT - 5)
    assert gallery.numbers(image, faces) == [0, 1]
    assert gallery.numbers(*people("astronaut", "astronaut")) == [2, 3]
    assert gallery.numbers(Image.new("RGB", (9, 9)), []) == []


def test_who_is_in_several_photos_gets_the_same_emoji() -> None:
    photos = [people("astronaut", "hopper"), people("hopper", height=140)]
    gallery, detector, mixed = Gallery(), KnowingDetector(*photos), Options(emoji="mixed")
    emoji = []
    for image, _ in photos:
        result = turdify(encoded(image, "PNG"), mixed, detector=detector, gallery=gallery)
        emoji.append([face.emoji for face in result.faces])
    assert emoji[0][0] != emoji[0][1] == emoji[1][0]


def test_without_its_packages_recognition_says_what_it_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "face_recognition_models", None)
    recognition.face_recognition.cache_clear()
    with pytest.raises(RecognitionMissing, match="needs the packages face_recognition and dlib"):
        encode_faces(astronaut(), [Face(ASTRONAUT_FACE)])
    recognition.face_recognition.cache_clear()
