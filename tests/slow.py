"""What gunicorn serves in the tests of a busy server: the app with a detector that takes its time."""

import os

from tests.pictures import FakeDetector
from turdify.settings import Settings
from turdify.web import create_app

detector = FakeDetector()
detector.delay = float(os.environ["DETECTOR_SECONDS"])
app = create_app(Settings.from_environment(os.environ), detector)
