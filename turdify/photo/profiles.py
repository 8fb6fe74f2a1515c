"""What a color profile is: taken apart, and written anew from what colors need (ICC.1:2022)."""

import io
import math
import struct
from collections.abc import Callable, Mapping

from PIL import ImageCms

Curve = bytes  # an element of type curv or para

# All that colors need: colorants, white, curves, tables, the adaptation to D50, and the numbers of a coding.
COLOR_TAGS = (
    *(b"rXYZ", b"gXYZ", b"bXYZ", b"wtpt", b"chad", b"rTRC", b"gTRC", b"bTRC", b"kTRC", b"cicp"),
    *(b"A2B0", b"A2B1", b"A2B2", b"B2A0", b"B2A1", b"B2A2"),
)
# What a profile has at least, by its color space.
NEEDED_TAGS = {
    b"RGB ": ({b"rXYZ", b"gXYZ", b"bXYZ", b"rTRC", b"gTRC", b"bTRC"}, {b"A2B0"}),
    b"GRAY": ({b"kTRC"}, {b"A2B0"}),
    b"CMYK": ({b"A2B0"},),
}
MODES = {b"RGB ": "RGB", b"GRAY": "L", b"CMYK": "CMYK"}
CLASSES = (b"scnr", b"mntr", b"prtr", b"spac")
VERSIONS = {2: 0x02400000, 4: 0x04300000}
MAX_TAGS = 100  # real profiles have some 20

# The same for every profile, so that it tells nobody's.
NAME, COPYRIGHT = "Colors", "None"
DATE = (2000, 1, 1, 0, 0, 0)
D50 = (0x0000F6D6, 0x00010000, 0x0000D32D)  # the illuminant, in s15Fixed16 numbers
PARAMETERS = (1, 3, 4, 5, 7)  # of a parametric curve, by its function


class NoProfile(Exception):
    """The bytes are not a color profile that can be used."""


def rewritten(profile: bytes, space: bytes) -> bytes | None:
    """The profile with nothing in it but its colors; None if it is broken, or of another color space."""
    try:
        version, intent = profile[8], profile[67] % 4
        if profile[12:16] not in CLASSES or profile[16:20] != space or profile[36:40] != b"acsp":
            return None
        result = written(colors_of(profile), profile[12:24], version, intent)
        ImageCms.buildTransform(
            ImageCms.ImageCmsProfile(io.BytesIO(result)), ImageCms.createProfile("sRGB"), MODES[space], "RGB"
        )
    except Exception:  # a broken profile can raise nearly anything, and is no reason to refuse a photo
        return None
    return result


def colors_of(profile: bytes) -> dict[bytes, bytes]:
    """The elements that colors need, each by its tag and written anew. Raises NoProfile if they are not enough."""
    count = int.from_bytes(exactly(profile[128:], 4))
    if count > MAX_TAGS:
        raise NoProfile
    elements: dict[bytes, bytes] = {}
    for tag, offset, size in struct.iter_unpack(">4sII", exactly(profile[132:], 12 * count)):
        if tag in COLOR_TAGS and tag not in elements:
            elements[tag] = element(exactly(profile[offset:], size))
    if not any(needed <= elements.keys() for needed in NEEDED_TAGS[profile[16:20]]):
        raise NoProfile
    return {tag: elements[tag] for tag in COLOR_TAGS if tag in elements}


def written(elements: Mapping[bytes, bytes], kind: bytes, version: int = 4, intent: int = 0) -> bytes:
    """A profile of these elements. `kind` is class, color space and connection space, of 4 bytes each."""
    texts = {b"desc": description(NAME, version), b"cprt": copyright(COPYRIGHT, version)}
    table, body, places = b"", b"", dict[bytes, int]()
    start = 132 + 12 * (len(texts) + len(elements))
    for tag, data in {**texts, **elements}.items():
        if data not in places:  # the same curve for all three channels is written once
            places[data] = start + len(body)
            body += padded(data)
        table += struct.pack(">4sII", tag, places[data], len(data))
    header = struct.pack(">I4xI12s6H4s", start + len(body), VERSIONS[version], kind, *DATE, b"acsp")
    header = header.ljust(64, b"\0") + struct.pack(">I3I", intent, *D50)
    return header.ljust(128, b"\0") + struct.pack(">I", len(texts) + len(elements)) + table + body


def description(words: str, version: int) -> bytes:
    if version == 2:
        return b"desc" + struct.pack(">4xI", len(words) + 1) + words.encode() + bytes(1 + 8 + 3 + 67)
    return text(words)


def copyright(words: str, version: int) -> bytes:
    return b"text" + bytes(4) + words.encode() + b"\0" if version == 2 else text(words)


def text(words: str) -> bytes:
    """As version 4 has texts: of many languages one."""
    encoded = words.encode("utf-16-be")
    return b"mluc" + struct.pack(">4xII4sII", 1, 12, b"enUS", len(encoded), 28) + encoded


def element(data: bytes) -> bytes:
    """A tag's element, by its type, without what is reserved or stands behind it."""
    kind = data[:4]
    if kind not in BODIES:
        raise NoProfile
    return kind + bytes(4) + BODIES[kind](data[8:])


def exactly(data: bytes, size: int) -> bytes:
    """The first bytes. Raises NoProfile if they are fewer."""
    if len(data) < size:
        raise NoProfile
    return data[:size]


def padded(data: bytes) -> bytes:
    return data + bytes(-len(data) % 4)


def sampled_curve(body: bytes) -> bytes:
    return exactly(body, 4 + 2 * int.from_bytes(body[:4]))


def parametric_curve(body: bytes) -> bytes:
    function = int.from_bytes(body[:2])
    return body[:2] + bytes(2) + exactly(body[4:], 4 * PARAMETERS[function])


def table_of_8_bits(body: bytes) -> bytes:
    return lut(body, 40, 256, 256, 1)


def table_of_16_bits(body: bytes) -> bytes:
    entries_in, entries_out = struct.unpack(">HH", body[40:44])
    return lut(body, 44, entries_in, entries_out, 2)


def lut(body: bytes, start: int, entries_in: int, entries_out: int, width: int) -> bytes:
    """A matrix, curves, a grid, and curves again; the tables begin at `start`, of numbers of `width` bytes."""
    inputs, outputs, grid = body[:3]
    size = width * (entries_in * inputs + grid**inputs * outputs + entries_out * outputs)
    return body[:3] + bytes(1) + exactly(body[4:], start - 4 + size)


def stages_to(body: bytes) -> bytes:
    return stages(body, body[1], body[0])


def stages_from(body: bytes) -> bytes:
    return stages(body, body[0], body[1])


def stages(body: bytes, near: int, far: int) -> bytes:
    """Curves B, matrix, curves M, grid and curves A, where there are any.

    `near` is the number of channels at the connection space, which B and M have, `far` that of A.
    """
    parts: tuple[Callable[[bytes], bytes], ...] = (
        lambda data: curves(data, near),
        lambda data: exactly(data, 48),
        lambda data: curves(data, near),
        lambda data: grid(data, body[0], body[1]),
        lambda data: curves(data, far),
    )
    offsets, result = [], b""
    for part, offset in zip(parts, struct.unpack(">5I", body[4:24]), strict=True):
        offsets.append(32 + len(result) if offset else 0)  # from the element's start, as all offsets
        result += padded(part(body[offset - 8 :])) if offset else b""
    return body[:2] + bytes(2) + struct.pack(">5I", *offsets) + result


def curves(data: bytes, count: int) -> bytes:
    result = b""
    for _ in range(count):
        curve = data[len(result) :]
        if curve[:4] not in (b"curv", b"para"):
            raise NoProfile
        result += padded(element(curve))
    return result


def grid(data: bytes, inputs: int, outputs: int) -> bytes:
    points, width = data[:inputs], data[16]
    size = math.prod(points) * outputs * width
    return points.ljust(16, b"\0") + data[16:17] + bytes(3) + exactly(data[20:], size)


BODIES: dict[bytes, Callable[[bytes], bytes]] = {
    b"XYZ ": lambda body: exactly(body, 12),
    b"sf32": lambda body: exactly(body, 36),
    b"cicp": lambda body: exactly(body, 4),
    b"curv": sampled_curve,
    b"para": parametric_curve,
    b"mft1": table_of_8_bits,
    b"mft2": table_of_16_bits,
    b"mAB ": stages_to,
    b"mBA ": stages_from,
}
