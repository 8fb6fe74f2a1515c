"""How often recognition keeps strangers uncovered, and how often those who should be kept.

    .venv-test/bin/python -m bench.recognition FOLDER [--same A.jpg:1=B.jpg:5 ...]

Every face that is large enough is somebody's reference. Strangers are the faces of all other photos, and those of the
same photo but the reference's own. People who should be kept are the same faces once the photo is mirrored, halved,
made brighter or darker, turned by 15 degrees, or saved as JPEG of quality 40, and looked at anew; widths are those of
the face as it is looked at. Both go by the rules by which turdify keeps faces, at each level of strictness.

Whoever is in two of the photos is no stranger: --same tells so, with the faces counted from left to right, from 1. Such
photos are not held against each other as strangers', and the pairs are listed with their distances.
"""

import argparse
import io
import math
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageEnhance, ImageOps

from turdify.detection import load_detector
from turdify.errors import TurdifyError
from turdify.faces import Face
from turdify.photo import read_photo
from turdify.recognition import STRICTNESS, Encodings, distances, encode_faces, matches, recognizable

TURN = 15  # degrees, counter-clockwise
WIDTHS = (0, 60, 80, 120)

Point = tuple[float, float]


@dataclass(frozen=True)
class Seen:
    """The faces in a photo that are large enough, from left to right, and their encodings (n, 128)."""

    faces: list[Face]
    encodings: Encodings


def look(image: Image.Image) -> Seen:
    found = load_detector().find_faces(image)
    faces = sorted((found[index] for index in recognizable(found, image.size)), key=lambda face: face.box.left)
    return Seen(faces, encode_faces(image, faces))


def saved(image: Image.Image) -> Image.Image:
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=40)
    return Image.open(buffer)


def turned(point: Point, size: tuple[int, int]) -> Point:
    """Where a point of a picture of `size` goes when that is turned about its middle."""
    x, y = point[0] - size[0] / 2, point[1] - size[1] / 2
    cos, sin = math.cos(math.radians(TURN)), math.sin(math.radians(TURN))
    return x * cos + y * sin + size[0] / 2, y * cos - x * sin + size[1] / 2


# How a photo is changed, and where that brings a point of a photo of some size.
CHANGES: dict[str, tuple[Callable[[Image.Image], Image.Image], Callable[[Point, tuple[int, int]], Point]]] = {
    "mirrored": (ImageOps.mirror, lambda point, size: (size[0] - point[0], point[1])),
    "halved": (lambda image: image.reduce(2), lambda point, _: (point[0] / 2, point[1] / 2)),
    "brighter": (lambda image: ImageEnhance.Brightness(image).enhance(1.5), lambda point, _: point),
    "darker": (lambda image: ImageEnhance.Brightness(image).enhance(0.5), lambda point, _: point),
    "turned": (lambda image: image.rotate(TURN, Image.Resampling.BICUBIC), turned),
    "JPEG": (saved, lambda point, _: point),
}


def bucket(face: Face) -> int:
    """The last of WIDTHS that the face reaches."""
    return max(width for width in WIDTHS if face.box.width >= width)


class Tally:
    """How many faces there were and how many of them were kept, by width and level of strictness."""

    def __init__(self) -> None:
        self.faces: Counter[int] = Counter()
        self.kept: Counter[tuple[str, int]] = Counter()

    def __str__(self) -> str:
        rows = []
        for least in WIDTHS:
            count = sum(number for width, number in self.faces.items() if width >= least)
            kept = {
                level: sum(number for (name, width), number in self.kept.items() if name == level and width >= least)
                for level in STRICTNESS
            }
            shares = "  ".join(
                f"{level} {number:4} = {1000 * number / max(1, count):6.1f} of 1,000" for level, number in kept.items()
            )
            rows.append(f"  {least:3} px wide and more: {count:6} faces  {shares}")
        return "\n".join(rows)


def against_strangers(reference: Encodings, strangers: Seen, tally: Tally) -> None:
    tally.faces.update(map(bucket, strangers.faces))
    apart = distances([reference[None]], strangers.encodings)
    for level, strictness in STRICTNESS.items():
        tally.kept.update((level, bucket(strangers.faces[face])) for face in matches(apart, strictness))


def others(seen: Seen, index: int) -> Seen:
    rest = [other for other in range(len(seen.faces)) if other != index]
    return Seen([seen.faces[other] for other in rest], seen.encodings[rest])


def against_changed(original: Seen, changed: Seen, places: list[Point], tally: Tally) -> None:
    """Each of the original's faces should be kept at its place in the changed photo, if it is still large enough."""
    for reference, place in zip(original.encodings, places, strict=True):
        own = [index for index, face in enumerate(changed.faces) if face.box.contains(place)]
        tally.faces.update(bucket(changed.faces[index]) for index in own[:1])
        apart = distances([reference[None]], changed.encodings)
        for level, strictness in STRICTNESS.items():
            kept = matches(apart, strictness)
            tally.kept.update((level, bucket(changed.faces[index])) for index in own[:1] if index in kept)


def pairs(same: list[str]) -> Iterator[tuple[tuple[str, int], tuple[str, int]]]:
    for text in same:
        (one, _, first), (other, _, second) = (half.rpartition(":") for half in text.split("="))
        yield (one, int(first) - 1), (other, int(second) - 1)


def read(folder: Path) -> Iterator[tuple[str, Image.Image]]:
    for path in sorted(path for path in folder.iterdir() if path.is_file()):
        try:
            yield path.name, read_photo(path.read_bytes()).image.convert("RGB")
        except TurdifyError:
            print(f"{path.name} is not read")


def measure(folder: Path, same: list[str]) -> None:
    seen, again = {}, Tally()
    for name, image in read(folder):
        seen[name] = one = look(image)
        for change, move in CHANGES.values() if one.faces else ():
            places = [move(face.box.center, image.size) for face in one.faces]
            against_changed(one, look(change(image)), places, again)
    print(f"{len(seen)} photos, {sum(len(one.faces) for one in seen.values())} faces that are large enough")
    known = list(pairs(same))
    related = {frozenset((one, other)) for (one, _), (other, _) in known}
    elsewhere, beside = Tally(), Tally()
    for name, one in seen.items():
        for index, reference in enumerate(one.encodings):
            against_strangers(reference, others(one, index), beside)
            for other, strangers in seen.items():
                if other != name and frozenset((name, other)) not in related:
                    against_strangers(reference, strangers, elsewhere)
    print(f"strangers kept, with a reference from another photo\n{elsewhere}")
    print(f"strangers kept, with a reference from the same photo\n{beside}")
    print(f"people kept in a changed photo\n{again}")
    for pair in known:
        for (name, index), (target, own) in (pair, pair[::-1]):
            apart = distances([seen[name].encodings[index][None]], seen[target].encodings)
            kept = [level for level, strictness in STRICTNESS.items() if own in matches(apart, strictness)]
            print(f"{name}:{index + 1} in {target}: {apart[0, own]:.2f}, kept by {', '.join(kept) or 'none'}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--same", nargs="*", default=[], metavar="PHOTO:FACE=PHOTO:FACE")
    arguments = parser.parse_args()
    measure(arguments.folder, arguments.same)


if __name__ == "__main__":
    main()
