"""Whether covered people can still be found or recognized, by other means than the ones that covered them.

    .venv-test/bin/python -m bench.privacy FOLDER [COVER...]

Each photo in the folder is covered with each cover (all kinds: the turd, the smiley, and the masks), and then dlib's
HOG detector and CenterFace at a score of 0.2 look at the result. A covered face counts as found where one of them has a
box whose center is in the face's box, at 0.3 to 4 times its area; covers that look like faces count. A covered
face counts as matched when face_recognition's distance between the original and the covered face at that place is at
most 0.6, its own threshold. It gives an encoding for whatever it is shown, so some match by chance: as a control, the
next column tells how many would if each covered face were compared with somebody else's original. The last tells for
how many covered faces the nearest of all originals is their own; by chance it is 1.
"""

import argparse
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

import numpy as np
from PIL import Image

from turdify.artwork import COVERS, load_artwork
from turdify.covering import back_to_front, cover_face
from turdify.detection import Detector, centerface
from turdify.detection.dlib_hog import DlibHog, import_face_recognition
from turdify.errors import TurdifyError
from turdify.geometry import Box, Face
from turdify.masking import MASKS, mask_face
from turdify.photo import read_photo

DEFAULT_COVERS = ("turd", "smiley", *MASKS)
LOW_SCORE = 0.2
MATCH = 0.6

Encodings = np.ndarray[tuple[int, int], np.dtype[np.float64]]

face_recognition = import_face_recognition()


def covered(image: Image.Image, faces: list[Face], name: str) -> Image.Image:
    result = image.copy()
    for face in back_to_front(faces):
        if name in MASKS:
            mask_face(result, face, MASKS[name])
        else:
            cover_face(result, face, load_artwork(name))
    return result


def finds(box: Box, face: Box) -> bool:
    x, y = box.center
    inside = face.left <= x <= face.right and face.upper <= y <= face.lower
    return inside and 0.3 <= box.width * box.height / (face.width * face.height) <= 4


def found_again(image: Image.Image, faces: list[Face], detectors: list[Detector]) -> int:
    low = tuple(replace(one, min_score=LOW_SCORE) for one in centerface.PASSES)
    with patch.object(centerface, "PASSES", low):
        boxes = [face.box for detector in detectors for face in detector.find_faces(image)]
    return sum(any(finds(box, face.box) for box in boxes) for face in faces)


def encodings(image: Image.Image, faces: list[Face]) -> Encodings:
    """(n, 128), at the faces' boxes."""
    pixels = np.asarray(image.convert("RGB"))
    sides = [(face.box.upper, face.box.right, face.box.lower, face.box.left) for face in faces]
    locations = [tuple(round(side) for side in one) for one in sides]
    return np.array(face_recognition.face_encodings(pixels, locations))


def measure(photos: list[Image.Image], names: list[str]) -> None:
    detector = centerface.CenterFace()
    detectors: list[Detector] = [detector, DlibHog()]
    faces = [detector.find_faces(photo) for photo in photos]
    print(f"{len(photos)} photos, {sum(map(len, faces))} faces")
    originals = encodings_of_all(photos, faces)
    for name in names:
        results = [covered(photo, its_faces, name) for photo, its_faces in zip(photos, faces, strict=True)]
        again = sum(found_again(*one, detectors) for one in zip(results, faces, strict=True))
        apart = distances(originals, encodings_of_all(results, faces))
        matches = apart <= MATCH
        matched = int(matches.diagonal().sum())
        by_chance = (matches.sum() - matched) / max(1, len(matches) - 1)
        nearest = int((apart.argmin(axis=0) == np.arange(len(apart))).sum())
        told = f"matched {matched:4}  by chance {by_chance:6.1f}  nearest {nearest:4}"
        print(f"{name:12} found again {again:4}  {told}", flush=True)


def encodings_of_all(photos: list[Image.Image], faces: list[list[Face]]) -> Encodings:
    return np.concatenate([encodings(*one) for one in zip(photos, faces, strict=True) if one[1]])


def distances(originals: Encodings, covers: Encodings) -> Encodings:
    """(n, n): from each original to each covered face."""
    return np.array([face_recognition.face_distance(covers, original) for original in originals])


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
    parser.add_argument("covers", nargs="*", metavar="COVER", help=f"of {', '.join((*COVERS, *MASKS))}")
    arguments = parser.parse_args()
    measure(read(arguments.folder), arguments.covers or list(DEFAULT_COVERS))


if __name__ == "__main__":
    main()
