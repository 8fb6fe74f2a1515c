"""Whether covered people can still be found or recognized, by other means than the ones that covered them.

    .venv-test/bin/python -m bench.privacy FOLDER [COVER...]

Each photo in the folder is covered with each cover (all kinds: the turd, the smiley, and the masks), and then dlib's
HOG detector, with which face_recognition works, and CenterFace at a score of 0.2 look at the result. They see a covered
face where they have a box whose center is in the face's box, at 0.3 to 4 times its area; covers that look like faces
count. Where HOG sees one, and then at all places where faces were, face_recognition compares: a face is matched at a
distance of at most 0.6, its own threshold, between the original and what is there now.

It gives an encoding for whatever it is shown, so some match by chance: as a control, each number is followed by how
many would if each covered face were compared with somebody else's original. The last number is for how many covered
faces the nearest of all originals is their own; by chance it is 1.
"""

import argparse
from itertools import chain
from pathlib import Path

import numpy as np
from PIL import Image

from turdify.covers import MASKS, NAMES, back_to_front, cover_face, load_cover
from turdify.detection.centerface import CenterFace
from turdify.detection.dlib_hog import DlibHog, import_face_recognition
from turdify.errors import TurdifyError
from turdify.faces import Box, Face
from turdify.photo import read_photo

DEFAULT_COVERS = ("turd", "smiley", *MASKS)
MATCH = 0.6

Encodings = np.ndarray[tuple[int, int], np.dtype[np.float64]]

face_recognition = import_face_recognition()


def covered(image: Image.Image, faces: list[Face], name: str) -> Image.Image:
    result = image.copy()
    for face in back_to_front(faces):
        cover_face(result, face, load_cover(name))
    return result


def finds(box: Box, face: Box) -> bool:
    x, y = box.center
    inside = face.left <= x <= face.right and face.upper <= y <= face.lower
    return inside and 0.3 <= box.width * box.height / (face.width * face.height) <= 4


def seen_again(found: list[Face], faces: list[Face]) -> list[Face | None]:
    """What was found where each of the covered faces is."""
    return [next((one for one in found if finds(one.box, face.box)), None) for face in faces]


def encodings(image: Image.Image, faces: list[Face]) -> Encodings:
    """(n, 128), at the faces' boxes."""
    pixels = np.asarray(image.convert("RGB"))
    sides = [(face.box.upper, face.box.right, face.box.lower, face.box.left) for face in faces]
    locations = [tuple(round(side) for side in one) for one in sides]
    return np.array(face_recognition.face_encodings(pixels, locations)).reshape(-1, 128)


def encodings_of_all(photos: list[Image.Image], faces: list[list[Face]]) -> Encodings:
    return np.concatenate(
        [encodings(*one) for one in zip(photos, faces, strict=True) if one[1]] or [np.empty((0, 128))]
    )


def matches(originals: Encodings, covers: Encodings, owners: list[int]) -> str:
    """`originals` is (n, 128), `covers` (k, 128), and `owners` tells which of the originals each cover hides."""
    apart = np.array([face_recognition.face_distance(covers, original) for original in originals])
    close = apart <= MATCH
    own = int(close[owners, range(len(owners))].sum())
    by_chance = (close.sum() - own) / max(1, len(originals) - 1)
    nearest = int((apart.argmin(axis=0) == owners).sum())
    return f"matched {own:3}  by chance {by_chance:5.1f}  nearest {nearest:2}"


def measure(photos: list[Image.Image], names: list[str]) -> None:
    detector, hog = CenterFace(), DlibHog()
    faces = [detector.find_faces(photo) for photo in photos]
    count = sum(map(len, faces))
    print(f"{len(photos)} photos, {count} faces")
    originals = encodings_of_all(photos, faces)
    for name in names:
        results = [covered(*one, name) for one in zip(photos, faces, strict=True)]
        pairs = list(zip(results, faces, strict=True))
        by_hog = [seen_again(hog.find_faces(result), its_faces) for result, its_faces in pairs]
        by_centerface = [seen_again(detector.find_faces(result, "high"), its_faces) for result, its_faces in pairs]
        owners = [index for index, seen in enumerate(chain.from_iterable(by_hog)) if seen]
        at_hogs = encodings_of_all(results, [list(filter(None, seen)) for seen in by_hog])
        print(f"{name}\n  seen by HOG: {len(owners):3}  {matches(originals, at_hogs, owners)}")
        print(f"  at all places:    {matches(originals, encodings_of_all(results, faces), list(range(count)))}")
        print(f"  seen by CenterFace: {sum(map(bool, chain.from_iterable(by_centerface)))}", flush=True)


def read(folder: Path) -> list[Image.Image]:
    photos = []
    for path in sorted(folder.iterdir()):
        if path.is_file():
            try:
                photos.append(read_photo(path.read_bytes()).image)
            except TurdifyError:
                print(f"{path.name} is not read")
    return photos


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("covers", nargs="*", metavar="COVER", help=f"of {', '.join(NAMES)}")
    arguments = parser.parse_args()
    measure(read(arguments.folder), arguments.covers or list(DEFAULT_COVERS))


if __name__ == "__main__":
    main()
