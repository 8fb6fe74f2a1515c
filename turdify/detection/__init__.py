"""Finding faces. A detector is chosen by name and handed to whoever needs one."""

from collections.abc import Callable
from functools import cache
from typing import Protocol

from PIL import Image

from turdify.detection.centerface import CenterFace
from turdify.detection.dlib_hog import DlibHog
from turdify.detection.sensitivity import NORMAL, SENSITIVITIES
from turdify.faces import Face

__all__ = ["DEFAULT_DETECTOR", "DETECTORS", "NORMAL", "SENSITIVITIES", "Detector", "load_detector"]


class Detector(Protocol):
    """Anything that finds faces."""

    def find_faces(self, image: Image.Image, sensitivity: str = NORMAL) -> list[Face]:
        """The faces in an upright image of mode L, LA, RGB or RGBA, in its pixels; an empty list if there are none.

        `sensitivity` is a name in SENSITIVITIES. Raises UnsupportedOption for one that this detector can't have.
        """
        ...


DETECTORS: dict[str, Callable[[int], Detector]] = {"centerface": CenterFace, "dlib": lambda threads: DlibHog()}
DEFAULT_DETECTOR = "centerface"


@cache
def load_detector(name: str = DEFAULT_DETECTOR, threads: int = 0) -> Detector:
    """A detector by its name in DETECTORS, loaded at the first call; KeyError for any other name.

    `threads` is how many CenterFace may use for one photo, 0 for one a core; dlib's has one.
    """
    return DETECTORS[name](threads)
