"""Which colors a file's numbers stand for, whether it says so by a profile, by a standard's numbers or by a gamma."""

import struct
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from turdify.photo.profiles import Curve, rewritten, written

Matrix = NDArray[np.float64]

# x and y of red, green, blue and white.
Chromaticities = Sequence[float]

D65 = (0.3127, 0.3290)
C = (0.310, 0.316)
SRGB: Chromaticities = (0.640, 0.330, 0.300, 0.600, 0.150, 0.060, *D65)
BT2020: Chromaticities = (0.708, 0.292, 0.170, 0.797, 0.131, 0.046, *D65)
# ITU-T H.273, table 2.
PRIMARIES: dict[int, Chromaticities] = {
    1: SRGB,
    4: (0.67, 0.33, 0.21, 0.71, 0.14, 0.08, *C),
    5: (0.64, 0.33, 0.29, 0.60, 0.15, 0.06, *D65),
    6: (0.630, 0.340, 0.310, 0.595, 0.155, 0.070, *D65),
    7: (0.630, 0.340, 0.310, 0.595, 0.155, 0.070, *D65),
    8: (0.681, 0.319, 0.243, 0.692, 0.145, 0.049, *C),
    9: BT2020,
    11: (0.680, 0.320, 0.265, 0.690, 0.150, 0.060, 0.314, 0.351),
    12: (0.680, 0.320, 0.265, 0.690, 0.150, 0.060, *D65),
    22: (0.630, 0.340, 0.295, 0.605, 0.155, 0.077, *D65),
}


def parametric(function: int, *parameters: float) -> Curve:
    return struct.pack(">4s4xHxx", b"para", function) + fixed(*parameters)


def fixed(*numbers: float) -> bytes:
    """As ICC's s15Fixed16 numbers."""
    return struct.pack(f">{len(numbers)}i", *(round(65536 * number) for number in numbers))


def power(exponent: float) -> Curve:
    return parametric(0, exponent)


# ITU-T H.273, table 3, from a file's numbers to light. Browsers take video's curves (1, 6, 14, 15) for what televisions
# make of them, a power of 2.4 (ITU-R BT.1886), but in photos of HEIF's family for sRGB's: so does Chromium 156.
SRGB_CURVE = parametric(3, 2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)
VIDEO = (1, 6, 11, 14, 15)
SRGB_NUMBER = 13
CURVES: dict[int, Curve] = {
    **dict.fromkeys(VIDEO, power(2.4)),
    4: power(2.2),
    5: power(2.8),
    7: parametric(3, 1 / 0.45, 1 / 1.1115, 0.1115 / 1.1115, 1 / 4, 0.0913),
    8: power(1),
    SRGB_NUMBER: SRGB_CURVE,
    17: parametric(1, 2.6, (52.37 / 48) ** (1 / 2.6), 0),
}
PQ, HLG = 16, 18
SDR_GAMMA = 0.45455  # which a PNG without primaries of its own means sRGB by


@dataclass(frozen=True)
class Colors:
    """What a file says of its colors.

    `primaries` and `curve` are H.273's numbers, `gamma` and `chromaticities` what a PNG has instead; `peak` is the
    brightest light in the picture or of the screen that it was made on, in candelas per square meter.
    """

    icc_profile: bytes | None = None
    primaries: int | None = None
    curve: int | None = None
    gamma: float | None = None
    chromaticities: Chromaticities | None = None
    peak: float | None = None

    @property
    def high_dynamic_range(self) -> bool:
        return self.primaries in PRIMARIES and self.curve in (PQ, HLG)

    def profile(self, *, gray: bool) -> bytes | None:
        """The ICC profile to write, made anew; None for sRGB, and for what can't be understood."""
        if self.primaries in PRIMARIES and self.curve in CURVES:
            return made(PRIMARIES[self.primaries], CURVES[self.curve], gray=gray)
        if self.icc_profile is not None:
            return rewritten(self.icc_profile, b"GRAY" if gray else b"RGB ")
        if self.gamma and (self.chromaticities or abs(self.gamma - SDR_GAMMA) > 0.001):
            # Of numbers that no light has, there is no profile.
            with suppress(ArithmeticError, ValueError, struct.error), np.errstate(all="raise"):
                return made(self.chromaticities or SRGB, power(1 / self.gamma), gray=gray)
        return None


def made(primaries: Chromaticities, curve: Curve, *, gray: bool) -> bytes | None:
    """A profile of these colors; None for sRGB's, which need none."""
    if curve == SRGB_CURVE and (gray or primaries == SRGB):
        return None
    white = b"XYZ " + bytes(4) + fixed(0.9642, 1, 0.8249)  # D50, as in all profiles
    if gray:
        return written({b"wtpt": white, b"kTRC": curve}, b"mntrGRAYXYZ ")
    colorants, adaptation = to_d50(primaries)
    elements = {b"wtpt": white, b"chad": b"sf32" + bytes(4) + fixed(*adaptation.ravel())}
    for name, colorant in zip((b"r", b"g", b"b"), colorants.T, strict=True):
        elements[name + b"XYZ"] = b"XYZ " + bytes(4) + fixed(*colorant)
        elements[name + b"TRC"] = curve
    return written(elements, b"mntrRGB XYZ ")


def to_xyz(primaries: Chromaticities) -> Matrix:
    """(3, 3), from linear red, green and blue to XYZ, where white has a Y of 1. Raises LinAlgError if they are none."""
    x, y = np.reshape(primaries, (4, 2)).T
    columns = np.array([x / y, np.ones(4), (1 - x - y) / y])
    return columns[:, :3] * np.linalg.solve(columns[:, :3], columns[:, 3])


def to_d50(primaries: Chromaticities) -> tuple[Matrix, Matrix]:
    """The colorants under D50, (3, 3), a column for each; and the adaptation that brought them there, Bradford's."""
    bradford = np.array([[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]])
    xyz = to_xyz(primaries)
    cones = bradford @ [0.9642, 1, 0.8249] / (bradford @ xyz.sum(axis=1))
    adaptation = np.linalg.inv(bradford) @ np.diag(cones) @ bradford
    return adaptation @ xyz, adaptation
