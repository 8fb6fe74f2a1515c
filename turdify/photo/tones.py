"""Pictures brighter than a screen's white (PQ and HLG, ITU-R BT.2100) as sRGB, close to what browsers show.

It is Chromium's way, the reference white tone mapping of SMPTE ST 2094-50: white, at 203 candelas per square meter
(ITU-R BT.2408), is brought down by up to a half, and what is brighter bends toward the screen's brightest.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from turdify.photo.colors import BT2020, HLG, PRIMARIES, SRGB, Chromaticities, to_xyz

Levels = NDArray[np.uint8] | NDArray[np.uint16]
Light = NDArray[np.float32]
Numbers = NDArray[np.float64]

WHITE = 203.0
PEAK = 1000.0  # where the file names none; and what HLG is made for
BEND = 0.65  # how far from the line's end toward the corner the middle point of the Bezier curve lies
BRIGHTEST = 64.0  # more than PQ's 10,000 candelas, in whites
LUMINANCE = (0.2627, 0.6780, 0.0593)  # of BT.2020's red, green and blue
HLG_EXPONENT = 1.2
ROWS_AT_A_TIME = 128  # rows at a time: as light, pixels take six times the memory
STEPS = 2**14  # of light when it becomes levels again, less than half a level each


def tone_mapped(levels: Levels, bits: int, curve: int, primaries: int, peak: float | None) -> NDArray[np.uint8]:
    """(height, width, 3) in sRGB, of as many levels of `bits` each; `peak` is in candelas per square meter."""
    codes = np.arange(2**bits) / (2**bits - 1)
    light = (scene_light(codes) if curve == HLG else pq_light(codes)).astype(np.float32)
    to_bt2020 = between(PRIMARIES[primaries], BT2020)
    to_srgb = between(BT2020, SRGB)
    gain, encoded = gain_curve(peak or PEAK), srgb_levels()
    result = np.empty(levels.shape, np.uint8)
    for top in range(0, len(levels), ROWS_AT_A_TIME):
        strip = light[levels[top : top + ROWS_AT_A_TIME]] @ to_bt2020
        if curve == HLG:
            strip *= display_gain(strip)
        strip *= gain(strip.max(axis=2))[..., None]
        steps = np.clip(strip @ to_srgb * (STEPS - 1) + 0.5, 0, STEPS - 1)
        result[top : top + ROWS_AT_A_TIME] = encoded[steps.astype(np.uint16)]
    return result


def between(one: Chromaticities, other: Chromaticities) -> Light:
    """(3, 3), to multiply rows of linear red, green and blue with."""
    return np.linalg.solve(to_xyz(other), to_xyz(one)).T.astype(np.float32)


def pq_light(codes: Numbers) -> Numbers:
    """Codes from 0 to 1 as light, in whites (BT.2100, table 4)."""
    powered = codes ** (32 / 2523)
    return 10_000 / WHITE * (np.maximum(powered - 107 / 128, 0) / (2413 / 128 - 2392 / 128 * powered)) ** (8192 / 1305)


def scene_light(codes: Numbers) -> Numbers:
    """HLG's codes from 0 to 1 as light before the camera, from 0 to 1 (BT.2100, table 5)."""
    a, b, c = 0.17883277, 0.28466892, 0.55991073
    return np.where(codes <= 0.5, codes**2 / 3, (np.exp((codes - c) / a) + b) / 12)


def display_gain(scene: Light) -> Light:
    """What turns HLG's light before the camera into a screen's, in whites."""
    luminance = scene @ np.array(LUMINANCE, np.float32)
    gain: Light = PEAK / WHITE * np.maximum(luminance, 0)[..., None] ** np.float32(HLG_EXPONENT - 1)
    return gain


def gain_curve(peak: float) -> Callable[[Light], Light]:
    """By how much to multiply a pixel whose brightest color has so much light, in whites."""
    if peak <= WHITE:
        return np.ones_like
    brightest = min(peak, 10_000) / WHITE
    white = 1 - 0.5 * min(np.log(brightest) / np.log(PEAK / WHITE), 1)
    # A quadratic Bezier curve from (1, white) to (brightest, 1), whose middle point is on the straight line on.
    middle = (1 - BEND + BEND / white, (1 - BEND) * white + BEND)
    t = np.linspace(0, 1, 256)
    x, y = (
        (1 - t) ** 2 * a + 2 * t * (1 - t) * b + t**2 * c
        for a, b, c in zip((1, white), middle, (brightest, 1), strict=True)
    )
    beyond = np.geomspace(brightest, BRIGHTEST, 256)
    lights, gains = np.concatenate([x, beyond[1:]]), np.concatenate([y / x, 1 / beyond[1:]])
    return lambda light: np.interp(light, lights, gains).astype(np.float32)


def srgb_levels() -> NDArray[np.uint8]:
    """The level from 0 to 255 for each of STEPS steps of light."""
    light = np.linspace(0, 1, STEPS)
    encoded = np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
    return np.round(255 * encoded).astype(np.uint8)
