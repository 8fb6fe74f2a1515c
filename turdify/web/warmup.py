"""A worker shows that it can find a face before it takes a photo."""

from pathlib import Path

from PIL import Image

from turdify.detection import Detector
from turdify.photo import read_photo

# What /readyz looks at: small, as it is asked every few seconds.
SMALL = (448, 448)


def small(sample: Path) -> Image.Image:
    image = read_photo(sample.read_bytes()).image
    image.thumbnail(SMALL)
    return image


def warm_up(detector: Detector, sample: Path) -> Detector:
    """The detector, once it has found a face in the sample photo; RuntimeError if it finds none."""
    if not detector.find_faces(read_photo(sample.read_bytes()).image):
        raise RuntimeError(f"The detector finds no face in {sample.name}, which shows two.")
    return detector
