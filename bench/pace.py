"""What photos cost, in times of the sample photo: where turdify.machine.PACE comes from.

    .venv-test/bin/python -m bench.pace [MEGAPIXELS [DETECTOR]]

In CPU seconds of one thread. For each kind of photo, and for noise without a face, whose faces are looked for in all
directions; each as PNG and as WebP. The last lines are the most that any took, what PACE allows, and what looking for
people adds: a face, and a reference photo of 2.6 megapixels.
"""

import sys
import time

from PIL import Image

from bench.memory import KINDS
from tests.pictures import astronaut, encoded, group
from turdify.detection import Detector, load_detector
from turdify.machine import PACE
from turdify.pace import SAMPLE
from turdify.pipeline import Options, OutputFormat, read_reference, turdify
from turdify.recognition import encode_faces

FORMATS: tuple[OutputFormat, ...] = ("png", "webp")


def noise(pixels: int) -> bytes:
    side = int(pixels**0.5)
    return encoded(Image.effect_noise((side, side), 20).convert("RGB"), "JPEG")


def cost(data: bytes, format: OutputFormat, detector: Detector) -> float:
    start = time.process_time()
    turdify(data, Options(format=format, max_bytes=2**30, max_pixels=10**9), detector=detector)
    return time.process_time() - start


def people_costs(detector: Detector) -> tuple[float, float]:
    """A face, and a reference photo."""
    picture, faces = group(24)
    encode_faces(picture, faces[:1])  # loads the models
    start = time.process_time()
    encode_faces(picture, faces)
    middle = time.process_time()
    read_reference(encoded(astronaut().resize((1600, 1600)), "JPEG"), detector=detector)
    return (middle - start) / len(faces), time.process_time() - middle


def main() -> None:
    megapixels, name = int((sys.argv[1:2] or ["12"])[0]), (sys.argv[2:3] or ["centerface"])[0]
    detector = load_detector(name, 1)
    sample = sorted(cost(SAMPLE.read_bytes(), "png", detector) for _ in range(7))[1]
    print(f"the sample photo: {sample:.2f} CPU s")
    most = 0.0
    for kind, make in (KINDS | {"noise, no face": noise}).items():
        data = make(megapixels * 10**6)
        times = [cost(data, format, detector) / sample for format in FORMATS]
        most = max(most, *times)
        print(f"{kind}, {megapixels} MP: {times[0]:.1f} to PNG, {times[1]:.1f} to WebP", flush=True)
    fixed, each = PACE[name]
    print(f"at most {most:.1f}; PACE has {fixed + each * megapixels:.1f}")
    face, reference = (seconds / sample for seconds in people_costs(detector))
    print(f"a face {face:.1f}, a reference photo {reference:.1f}; ten and sixty {70 * face + 10 * reference:.0f}")


if __name__ == "__main__":
    main()
