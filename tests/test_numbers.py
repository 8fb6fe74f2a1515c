"""Numbers as covers: how they look, and who gets which."""

import re
from itertools import product

import numpy as np
import pytest
import resvg_py
from PIL import Image, ImageChops

from tests.pictures import decoded, encoded, gradient, group
from tests.test_covers import inside
from turdify import Box, Face, Options, turdify
from turdify.covers import NUMBER_NAMES, NUMBER_PATTERN, assign, cover_face, cover_faces, load_cover
from turdify.covers.numbers import DISC, DRAWN, PARTS, drawing, load_part
from turdify.covers.placement import place


@pytest.mark.parametrize("part", PARTS)
def test_a_part_is_what_its_drawing_shows(part: str) -> None:
    artwork = load_part(part)
    width, height = artwork.size
    drawn = decoded(bytes(resvg_py.svg_to_bytes(svg_string=drawing(part), width=width, height=height)))
    assert np.asarray(ImageChops.difference(drawn, artwork.decode())).max() <= 8


def whole_drawing(digits: str) -> str:
    """A number as one drawing, as the page has it."""
    zoom, units = DRAWN["zooms"][len(digits) - 1], DRAWN["units"]
    strokes = [(digit, DRAWN["advance"] * (i - (len(digits) - 1) / 2), 0) for i, digit in enumerate(digits)]
    strokes += [("line", 0, DRAWN["below"])] if digits in ("6", "68") else []
    paths = (f'<path transform="translate({x} {y})" d="{DRAWN["strokes"][name]}"/>' for name, x, y in strokes)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {units} {units}">{DRAWN["disc"]}'
        f'<g {DRAWN["pen"]} transform="translate({units / 2} {units / 2}) scale({zoom})">{"".join(paths)}</g></svg>'
    )


@pytest.mark.parametrize(("digits", "height"), [("7", 1200), ("6", 300), ("12", 1200), ("68", 60), ("304", 700)])
def test_a_number_is_as_sharp_as_its_drawing(digits: str, height: int) -> None:
    """Against the drawing four times as large, or twice where that is large enough, averaged."""
    side, samples = round(1.3 * height), 4 if height < 1000 else 2
    face = Face(Box(0.15 * height + 7.3, 0.15 * height, 1.15 * height - 7.3, 1.15 * height))
    drawn = Image.new("RGB", (side, side), "gray")
    cover_face(drawn, face, load_cover(f"number-{digits}"))
    disc = load_part(DISC)
    width = round(samples * place(face, disc.face).scale * disc.size[0])
    picture = resvg_py.svg_to_bytes(svg_string=whole_drawing(digits), width=width, height=width)
    corner = samples * face.box.center[0] - width / 2, samples * face.box.center[1] - width / 2
    shift = (1, 0, -corner[0], 0, 1, -corner[1])
    size = samples * side, samples * side
    placed = (
        decoded(bytes(picture))
        .convert("RGBa")
        .transform(size, Image.Transform.AFFINE, shift, Image.Resampling.BILINEAR)
    )
    averaged = placed.reduce(samples).convert("RGBA")
    expected = Image.new("RGB", (side, side), "gray")
    expected.paste(averaged.convert("RGB"), mask=averaged)
    difference = np.asarray(drawn).astype(float) - np.asarray(expected)
    assert 10 * np.log10(255**2 / (difference**2).mean()) >= 38


@pytest.mark.parametrize("angle", [0, 35, 180])
@pytest.mark.parametrize("name", ["number-1", "number-68", "number-304"])
def test_a_number_hides_every_pixel_of_the_face(name: str, angle: float) -> None:
    box = Box(100, 80, 190, 200)
    black, white = Image.new("RGB", (300, 300), "black"), Image.new("RGB", (300, 300), "white")
    for ground in (black, white):
        cover_face(ground, Face(box, angle), load_cover(name))
    seen_through = (np.asarray(black) != np.asarray(white)).any(axis=2)
    assert not seen_through[inside(box, black.size, grown=1.15)].any()


def picture_of(name: str, angle: float = 0) -> Image.Image:
    image = Image.new("RGB", (200, 200), "gray")
    cover_face(image, Face(Box(50, 50, 150, 150), angle), load_cover(name))
    return image


def test_numbers_of_up_to_three_digits_look_different() -> None:
    numbers = [*range(1, 22), 111, 112, 121, 211, *range(301, 999, 41)]
    assert len({picture_of(f"number-{number}").tobytes() for number in numbers}) == len(numbers)


def test_no_number_is_another_upside_down() -> None:
    """The light falls from elsewhere then, so only what is dark counts."""
    confusable = [number for number in range(1, 1000) if set(str(number)) <= set("0689")]
    dark = {
        (number, angle): np.asarray(picture_of(f"number-{number}", angle).convert("L").crop((45, 45, 155, 155))) < 100
        for number, angle in product(confusable, (0, 180))
    }
    for one, other in product(confusable, confusable):
        if one != other and len(str(one)) == len(str(other)):
            assert np.count_nonzero(dark[one, 0] ^ dark[other, 180]) > 40, (one, other)


def test_five_hundred_large_numbers_hold_no_more_than_their_parts() -> None:
    image, box = Image.new("RGB", (200, 200)), Box(190, 0, 2190, 2000)
    cover_faces(image, [Face(box, emoji=name) for name in NUMBER_NAMES[:500]])
    held = [level.pixels.nbytes for part in PARTS for level in load_part(part).levels.values()]
    assert 0 < sum(held) < 22_000_000


@pytest.mark.parametrize(
    "name", ["number-0", "number-1000", "number-07", "number-7\n", "number-٣", "number-", "numbers"]
)
def test_what_is_no_number_is_no_cover(name: str) -> None:
    assert name not in NUMBER_NAMES
    assert not re.fullmatch(NUMBER_PATTERN, name)
    with pytest.raises(KeyError):
        load_cover(name)


def test_all_numbers_are_as_programs_are_told() -> None:
    assert all(re.fullmatch(NUMBER_PATTERN, name) for name in NUMBER_NAMES)
    assert (NUMBER_NAMES[0], NUMBER_NAMES[-1], len(NUMBER_NAMES)) == ("number-1", "number-999", 999)


def test_faces_that_are_found_are_numbered_in_reading_order() -> None:
    image, faces = group(19)
    shuffled = [faces[number] for number in np.random.default_rng(3).permutation(19)]

    class Shuffled:
        def find_faces(self, image: Image.Image, sensitivity: str = "normal") -> list[Face]:
            return shuffled

    result = turdify(encoded(image, "PNG"), Options(emoji="numbers"), detector=Shuffled())
    assert [(face.box, face.emoji) for face in result.faces] == [
        (face.box, name) for face, name in zip(faces, NUMBER_NAMES, strict=False)
    ]


def test_faces_without_a_cover_get_the_numbers_that_are_left() -> None:
    faces = [Face(Box(0, 0, 9, 9), emoji=emoji) for emoji in (None, "number-1", None, "cat", "number-3", None)]
    expected = ["number-2", "number-1", "number-4", "cat", "number-3", "number-5"]
    assert [face.emoji for face in assign(faces, "numbers")] == expected


def test_more_faces_than_there_are_numbers_are_covered_too() -> None:
    names = [face.emoji for face in assign([Face(Box(0, 0, 9, 9))] * 1001, "numbers")]
    assert names[998:] == ["number-999", "number-1", "number-2"]


def test_where_people_are_counted_their_number_is_theirs() -> None:
    faces = [Face(Box(0, 0, 9, 9))] * 3
    assert [face.emoji for face in assign(faces, "numbers", [4, 0, 2])] == ["number-5", "number-1", "number-3"]


def test_a_number_can_be_asked_for_one_face() -> None:
    data = encoded(gradient((200, 200)), "PNG")
    one, other = (
        turdify(data, faces=[Face(Box(50, 50, 150, 150), emoji=name)]).data for name in ("number-7", "number-8")
    )
    assert one != other
