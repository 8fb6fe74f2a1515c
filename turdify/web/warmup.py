"""A worker shows that it can find a face before it takes a photo."""

from pathlib import Path

from turdify.detection import Detector
from turdify.photo import read_photo


def warm_up(detector: Detector, sample: Path) -> Detector:
    """The detector, once it has found a face in the sample photo; RuntimeError if it finds none."""
    if not detector.find_faces(read_photo(sample.read_bytes()).image):
        raise RuntimeError(f"The detector finds no face in {sample.name}, which shows two.")
    return detector
