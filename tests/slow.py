"""What gunicorn serves in the tests of a busy server: the app with a detector that takes its time.

And while there is a file `hold` in its temporary folder, it takes as long as that is there.
"""

import os
import time
from pathlib import Path

from PIL import Image

from tests.pictures import FakeDetector
from turdify.detection import NORMAL
from turdify.faces import Face
from turdify.settings import Settings
from turdify.web import create_app

HOLD = Path(os.environ["TMPDIR"]) / "hold"


class HeldDetector(FakeDetector):
    def find_faces(self, image: Image.Image, sensitivity: str = NORMAL) -> list[Face]:
        while HOLD.exists():
            time.sleep(0.02)
        return super().find_faces(image, sensitivity)


detector = HeldDetector()
detector.delay = float(os.environ["DETECTOR_SECONDS"])
app = create_app(Settings.from_environment(os.environ), detector)
