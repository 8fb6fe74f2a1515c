"""CenterFace (Xu et al., 2019, arXiv:1911.03599) on ONNX Runtime: fast on a Raspberry Pi, and gives landmarks.

The model is centerface.onnx beside this file, in 8-bit integers, which scripts/quantize makes.
"""

import hashlib
import os
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from turdify.detection.overlaps import suppress_overlaps
from turdify.detection.sensitivity import NORMAL, SENSITIVITIES, Sensitivity
from turdify.faces import Box, Face

# ONNX Runtime calls home, and keeps an identifier and a database in ~/.cache, unless this is set before its import.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"

import onnxruntime

MODEL = Path(__file__).with_name("centerface.onnx")
MODEL_SHA256 = "866feffea0f209d62c69f61875cbfa1745bf775babe5dd25f2cd876bc62281d4"

# Inputs must be multiples of 32, the network's largest stride; its maps have a quarter of the input's resolution.
INPUT_MULTIPLE = 32
MAP_STRIDE = 4

# Overlap above which two detections are one face; what the authors' own demo uses.
MAX_OVERLAP = 0.3

# Boxes higher than this in the network's input come out too small: at a true height of 640 by a fifth, at 1000 by
# half (nine portraits enlarged to 40 to 1000 pixels; up to 480 the median is within 8 %). Where another pass sees
# the same face smaller, its box is better, whatever the scores.
MAX_TRUSTED_HEIGHT = 400


# Where eyes, nose and the corners of the mouth are in an upright face, the photo's left before its right, in heights of
# its box from its center: what the network says of the tests' two portraits, averaged and made symmetrical.
UPRIGHT_LANDMARKS = np.array([(-0.2, -0.15), (0.2, -0.15), (0.0, 0.04), (-0.17, 0.215), (0.17, 0.215)], np.float32)

# Heads that lean more than this, and landmarks that fit those of no upright face better than this, are often seen at a
# wrong angle and in too small a box (the same two portraits, 60 to 600 pixels high, turned all the way round).
MAX_TRUSTED_LEAN = 45.0
MIN_TRUSTED_FIT = 0.95

# Counter-clockwise.
QUARTERS = {1: Image.Transpose.ROTATE_90, 2: Image.Transpose.ROTATE_180, 3: Image.Transpose.ROTATE_270}


# The longest side in pixels of what the network is shown: for most faces; for faces wider than about a quarter of a
# large photo, which it doesn't recognize as a whole at the first; and to see which way a photo lies.
LONGEST_SIDE = 1600
SMALL_SIDE = 400
TURNED_SIDE = 800

# How a photo on its side is told: each face that is upright votes with what it scores above VOTING_SCORE. Where the
# photo as it is gets less than CLEAR, or a face leans, it is looked at turned. It lies the way in which it gets more
# than MORE times what it gets as it is, and ENOUGH. Tried on 55 public photos, turned (bench/turned.py).
VOTING_SCORE = 0.35
CLEAR = 0.3
MORE, ENOUGH = 1.5, 0.45


@dataclass(frozen=True)
class Candidates:
    """Possible faces: boxes (n, 4) in Box's order, the heads' tilt in degrees (n,), scores (n,), all float32.

    `upright` (n,) tells which are seen at a tilt at which the network's boxes and angles are right, `trusted` which are
    seen at such a tilt and such a size.
    """

    boxes: NDArray[np.float32]
    angles: NDArray[np.float32]
    scores: NDArray[np.float32]
    trusted: NDArray[np.bool_]
    upright: NDArray[np.bool_]

    @classmethod
    def all_of(cls, parts: Iterable["Candidates"]) -> "Candidates":
        columns = zip(*((p.boxes, p.angles, p.scores, p.trusted, p.upright) for p in parts), strict=True)
        return cls(*map(np.concatenate, columns))

    def chosen(self, kept: list[int]) -> "Candidates":
        return Candidates(
            self.boxes[kept], self.angles[kept], self.scores[kept], self.trusted[kept], self.upright[kept]
        )

    def above(self, min_score: float) -> "Candidates":
        return self.chosen(np.flatnonzero(self.scores > min_score).tolist())

    def votes(self) -> float:
        """How much the faces that are upright speak for the photo being so."""
        voters = self.above(VOTING_SCORE)
        return float((voters.scores - VOTING_SCORE) @ voters.upright)

    def lean(self) -> bool:
        """Whether there is a face that isn't upright."""
        return not self.above(VOTING_SCORE).upright.all()

    def turned_back(self, quarters: int, size: tuple[int, int]) -> "Candidates":
        """The candidates of a photo of `size` that was turned counter-clockwise by `quarters`, in the upright one."""
        boxes, (width, height) = self.boxes, size
        for left_to_undo in reversed(range(quarters)):
            side = height if left_to_undo % 2 else width  # how wide the photo is once this quarter is undone
            left, upper, right, lower = boxes.T
            boxes = np.stack([side - lower, left, side - upper, right], axis=1)
        angles = (self.angles - 90 * quarters + 180) % 360 - 180
        return replace(self, boxes=boxes, angles=angles)


class CenterFace:
    """The default detector. Loading takes about a tenth of a second; a loaded one may be shared by threads."""

    def __init__(self, threads: int = 0) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.log_severity_level = 4  # what fails is raised
        options.enable_cpu_mem_arena = False  # an arena would keep 350 MB between photos
        # Threads that have nothing to do sleep: else they keep a core busy, in a look and for 20 ms after it.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self._session = onnxruntime.InferenceSession(read_model(), options, providers=["CPUExecutionProvider"])

    def find_faces(self, image: Image.Image, sensitivity: str = NORMAL) -> list[Face]:
        """See Detector. Boxes are tight, from the forehead to the chin."""
        if image.mode in ("LA", "RGBA"):
            image = image.convert("RGB")  # a face under transparent pixels is still in the file
        wanted = SENSITIVITIES[sensitivity]
        looks = scales(image.size, wanted)
        seen = self._look(image, looks)
        found = distinct(seen)
        if found.votes() < CLEAR or found.lean():
            glance = {min(1.0, TURNED_SIDE / max(image.size)): VOTING_SCORE}
            turned = {quarters: distinct(self._look(image, glance, quarters)) for quarters in QUARTERS}
            best = max(turned, key=lambda quarters: turned[quarters].votes())
            seen += [look.above(wanted.turned_face) for look in turned.values()]
            if turned[best].votes() > MORE * found.votes() + ENOUGH:
                seen = [look.above(wanted.turned_face) for look in seen] + self._look(image, looks, best)
            found = distinct(seen)
        columns = found.boxes.tolist(), found.angles.tolist(), found.scores.tolist()
        return [Face(Box(*box), angle, score) for box, angle, score in zip(*columns, strict=True)]

    def _look(self, image: Image.Image, looks: dict[float, float], quarters: int = 0) -> list[Candidates]:
        """What is in the image, turned counter-clockwise by `quarters`, for each scale and least score of `looks`."""
        seen = []
        for scale, min_score in looks.items():
            small = shrunk(image, scale)
            tensor = network_input(small.transpose(QUARTERS[quarters]) if quarters else small)
            maps = self._run(tensor)
            candidates = decode(*(m[0] for m in maps), scale=scale, min_score=min_score)
            seen.append(candidates.turned_back(quarters, image.size))
        return seen

    def _run(self, tensor: NDArray[np.uint8]) -> list[NDArray[np.float32]]:
        try:
            maps: list[NDArray[np.float32]] = self._session.run(None, {"blocks": tensor})
        except Exception as error:  # its own types, of which none is for this
            if "bad_alloc" in str(error):
                raise MemoryError from error
            raise
        return maps


def scales(size: tuple[int, int], wanted: Sensitivity) -> dict[float, float]:
    """Each scale at which a photo of `size` is looked at, with the least score; a small photo is never enlarged."""
    sides = {SMALL_SIDE: wanted.large_face, LONGEST_SIDE: wanted.face}
    return {min(1.0, side / max(size)): min_score for side, min_score in sides.items()}


def shrunk(image: Image.Image, scale: float) -> Image.Image:
    """The image scaled down, as RGB."""
    size = max(1, round(image.width * scale)), max(1, round(image.height * scale))
    return image.resize(size, Image.Resampling.BILINEAR, reducing_gap=1.0).convert("RGB")


def network_input(small: Image.Image) -> NDArray[np.uint8]:
    """An RGB image, black added on the right and below, as (1, height / 2, width / 2, 12) uint8.

    That is blocks of two by two pixels, each the upper left, upper right, lower left and lower right one's RGB.
    """
    height, width = (-(-side // INPUT_MULTIPLE) * INPUT_MULTIPLE for side in (small.height, small.width))
    pixels = np.zeros((height, width, 3), np.uint8)
    pixels[: small.height, : small.width] = np.asarray(small)
    rows, columns = height // 2, width // 2
    return pixels.reshape(rows, 2, columns, 6).transpose(0, 2, 1, 3).reshape(1, rows, columns, 12)


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
    width as logarithms; the center's offset (y, x) within the cell; five landmarks (y, x) in UPRIGHT_LANDMARKS' order,
    from the box's upper left corner in units of its size.
    """
    rows, columns = np.nonzero(heat[0] > min_score)
    to_photo = np.float32(MAP_STRIDE / scale)
    heights, widths = np.exp(log_sizes[:, rows, columns]) * to_photo
    centers_y = (rows + offsets[0, rows, columns] + 0.5) * to_photo
    centers_x = (columns + offsets[1, rows, columns] + 0.5) * to_photo
    left, upper = centers_x - widths / 2, centers_y - heights / 2
    points = landmarks[:, rows, columns]
    angles, fits = tilts(points[1::2].T * widths[:, None], points[0::2].T * heights[:, None])
    upright = (np.abs(angles) <= MAX_TRUSTED_LEAN) & (fits >= MIN_TRUSTED_FIT)
    return Candidates(
        boxes=np.stack([left, upper, left + widths, upper + heights], axis=1).astype(np.float32),
        angles=angles,
        scores=heat[0, rows, columns],
        trusted=upright & (heights * scale <= MAX_TRUSTED_HEIGHT),
        upright=upright,
    )


def tilts(x: NDArray[np.float32], y: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """How far heads are turned, in degrees counter-clockwise, and how well (0 to 1) that explains their landmarks.

    `x` and `y` are (n, 5), in UPRIGHT_LANDMARKS' order. The turn is the one that, with a scale and a shift, brings the
    upright landmarks closest in least squares. Where a head is seen from the side and its eyes fall together, the line
    from eyes to mouth still tells.
    """
    upright = UPRIGHT_LANDMARKS - UPRIGHT_LANDMARKS.mean(axis=0)
    x, y = x - x.mean(axis=1, keepdims=True), y - y.mean(axis=1, keepdims=True)
    along, across = x @ upright[:, 0] + y @ upright[:, 1], x @ upright[:, 1] - y @ upright[:, 0]
    spread = np.linalg.norm(upright) * np.sqrt((x**2 + y**2).sum(axis=1))
    fits = np.hypot(along, across) / np.maximum(spread, np.finfo(np.float32).tiny)
    return np.degrees(np.arctan2(across, along)), fits


def distinct(seen: Iterable[Candidates]) -> Candidates:
    """The candidates of all looks, each face once: as it was seen where it can be trusted, and then best."""
    found = Candidates.all_of(seen)
    best_first = np.lexsort((-found.scores, ~found.trusted))
    return found.chosen(suppress_overlaps(found.boxes, best_first, MAX_OVERLAP))


def read_model() -> bytes:
    """The model; RuntimeError if it is not the one that was measured."""
    model = MODEL.read_bytes()
    if hashlib.sha256(model).hexdigest() != MODEL_SHA256:
        raise RuntimeError(f"{MODEL} is not the file that turdify was measured with. Install turdify anew.")
    return model
