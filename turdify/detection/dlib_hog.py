"""dlib's HOG detector as the original app ran it, through face_recognition: frontal faces of about 40 pixels and up."""

import warnings
from types import ModuleType

import numpy as np
from PIL import Image, ImageFile

from turdify.detection.sensitivity import NORMAL
from turdify.errors import RecognitionMissing, UnsupportedOption
from turdify.faces import Box, Face

# That its models package uses pkg_resources, which is deprecated. Here, as all threads share one list of filters.
warnings.filterwarnings("ignore", "pkg_resources is deprecated", UserWarning)


class DlibHog:
    """The original app's detector, for whoever wants exactly that. It tells neither tilt nor score."""

    def __init__(self) -> None:
        self._face_recognition = import_face_recognition()

    def find_faces(self, image: Image.Image, sensitivity: str = NORMAL) -> list[Face]:
        """See Detector. Boxes are squares from the brows to the chin; on a large photo this takes seconds."""
        if sensitivity != NORMAL:
            raise UnsupportedOption(f"The detector dlib has no other sensitivity than {NORMAL}.")
        pixels = np.asarray(image.convert("RGB"))
        locations = self._face_recognition.face_locations(pixels)
        return [Face(from_location(*location)) for location in locations]


def from_location(top: int, right: int, bottom: int, left: int) -> Box:
    """face_recognition's order and dlib's inclusive right and bottom as a half-open Box."""
    return Box(left, top, right + 1, bottom + 1)


def import_face_recognition() -> ModuleType:
    """face_recognition, without what its import does to the rest of the program.

    It loads 30 MB of models, so only who needs it pays; it makes Pillow accept truncated files, so that is undone. It
    would load 96 MB more, a model of 68 landmarks, which neither finding nor recognizing faces needs: that one is
    replaced by the model of 5, and the image goes without its file. Raises RecognitionMissing where it isn't installed.
    """
    before = ImageFile.LOAD_TRUNCATED_IMAGES
    try:
        import face_recognition_models as models

        models.pose_predictor_model_location = models.pose_predictor_five_point_model_location
        import face_recognition
    except ImportError as error:
        raise RecognitionMissing from error
    ImageFile.LOAD_TRUNCATED_IMAGES = before
    module: ModuleType = face_recognition
    return module
