"""How many faces are found in photos as they lie and turned, at each sensitivity, and what else is taken for one.

    .venv-test/bin/python -m bench.turned FOLDER [--sensitivity normal]...

FOLDER holds photos and labels.json: a list of {"file": name, "faces": [{"box": [left, upper, right, lower], "ignore":
whether nobody can tell if it is a face}]}, in pixels of the upright photo. A face is found where the center of a box
lies in its label's, made wider and higher by a quarter, and the box has .3 to 4 times its area. A box that finds no
face, lies in nothing to ignore and on no face that is found is a false alarm. Seconds are the processor's.
"""

import argparse
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from turdify.detection import NORMAL, SENSITIVITIES, load_detector
from turdify.faces import Box
from turdify.photo import read_photo

TURNS = {0: None, 90: Image.Transpose.ROTATE_90, 180: Image.Transpose.ROTATE_180, 270: Image.Transpose.ROTATE_270}


@dataclass(frozen=True)
class Label:
    box: Box
    ignore: bool

    def holds(self, box: Box) -> bool:
        """Whether the box's center lies in the label's, made larger."""
        across = abs(box.center[0] - self.box.center[0]) / self.box.width
        down = abs(box.center[1] - self.box.center[1]) / self.box.height
        return max(across, down) <= 0.625

    def fits(self, box: Box) -> bool:
        area = box.width * box.height / (self.box.width * self.box.height)
        return self.holds(box) and 0.3 <= area <= 4

    def distance(self, box: Box) -> float:
        across = (box.center[0] - self.box.center[0]) / self.box.width
        down = (box.center[1] - self.box.center[1]) / self.box.height
        return across**2 + down**2


def turned(box: Box, degrees: int, size: tuple[int, int]) -> Box:
    """The box of a photo of `size`, once that is turned counter-clockwise."""
    width, height = size
    for _ in range(degrees // 90):
        box = Box(box.upper, width - box.right, box.lower, width - box.left)
        width, height = height, width
    return box


def judged(boxes: Sequence[Box], labels: Sequence[Label]) -> tuple[int, int]:
    """How many faces the boxes, best first, find, and how many are false alarms."""
    found: list[Label] = []
    left = []
    for box in boxes:
        fitting = [label for label in labels if not label.ignore and label not in found and label.fits(box)]
        if fitting:
            found.append(min(fitting, key=lambda label: label.distance(box)))
        else:
            left.append(box)
    excused = [label for label in labels if label.ignore]
    alarms = [
        box
        for box in left
        if not any(label.holds(box) for label in excused) and not any(label.fits(box) for label in found)
    ]
    return len(found), len(alarms)


def measure(folder: Path, sensitivity: str, degrees: int) -> None:
    detector, faces, found, alarms, seconds = load_detector(), 0, 0, 0, 0.0
    for entry in json.loads((folder / "labels.json").read_text()):
        upright = read_photo((folder / entry["file"]).read_bytes()).image
        turn = TURNS[degrees]
        photo = upright if turn is None else upright.transpose(turn)
        labels = [Label(turned(Box(*face["box"]), degrees, upright.size), face["ignore"]) for face in entry["faces"]]
        start = time.process_time()
        seen = detector.find_faces(photo, sensitivity)
        seconds += time.process_time() - start
        best_first = sorted(seen, key=lambda face: -(face.score or 0))
        hits, misses = judged([face.box for face in best_first], labels)
        faces += sum(not label.ignore for label in labels)
        found += hits
        alarms += misses
    print(f"{sensitivity:8} turned by {degrees:3}  {found} of {faces} = {found / faces:.3f}", end="  ")
    print(f"false alarms {alarms}  {seconds:.1f} s", flush=True)


def main(command: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--sensitivity", action="append", choices=SENSITIVITIES, help="normal, unless it is told")
    arguments = parser.parse_args(command)
    for sensitivity in arguments.sensitivity or [NORMAL]:
        for degrees in TURNS:
            measure(arguments.folder, sensitivity, degrees)


if __name__ == "__main__":
    main()
