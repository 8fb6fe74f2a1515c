"""Color profiles for the tests, and what hides in them."""

import random
import struct

from PIL import ImageCms

SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
D50 = struct.pack(">3i", 63190, 65536, 54061)


def tags(profile: bytes) -> dict[bytes, bytes]:
    """A profile's elements by their tags."""
    count = int.from_bytes(profile[128:132])
    places = struct.iter_unpack(">4sII", profile[132 : 132 + 12 * count])
    return {tag: profile[offset : offset + size] for tag, offset, size in places}


def assembled(header: bytes, elements: dict[bytes, bytes], gap: bytes = b"\0", behind: bytes = b"") -> bytes:
    """A profile of 128 bytes of header and elements, with something between and behind them."""
    table, body, start = b"", b"", 132 + 12 * len(elements)
    for tag, element in elements.items():
        body += gap * (-len(body) % 4)
        table += struct.pack(">4sII", tag, start + len(body), len(element))
        body += element
    size = struct.pack(">I", start + len(body) + len(behind))
    return size + header[4:128] + struct.pack(">I", len(elements)) + table + body + behind


def with_secrets(profile: bytes, seed: int) -> bytes:
    """The same colors, and all over it what has no color: other names, dates, serial numbers, private tags, garbage."""
    chance = random.Random(seed)  # noqa: S311
    secret = b"SECRET" + chance.randbytes(20)
    header = bytearray(profile[:128])
    header[4:8] = header[40:44] = header[48:52] = header[52:56] = header[80:84] = b"SECR"
    header[24:36] = struct.pack(">6H", 2000 + chance.randrange(99), 1, 2, 3, 4, 5)
    header[84:100], header[100:128] = chance.randbytes(16), chance.randbytes(28)
    elements = {tag: element + secret for tag, element in tags(profile).items() if tag not in (b"desc", b"cprt")}
    elements[b"desc"] = b"desc" + struct.pack(">4xI", 27) + secret + bytes(79)
    elements[b"cprt"] = b"text" + bytes(4) + secret
    elements[b"mmod"] = b"mmod" + bytes(4) + secret
    for _ in range(5):
        elements[chance.randbytes(4)] = chance.randbytes(4) + bytes(4) + secret
    shuffled = list(elements.items())
    chance.shuffle(shuffled)
    return assembled(bytes(header), dict(shuffled), gap=b"S", behind=secret)


def grid_profile(space: bytes, channels: int, tag: bytes, element: bytes) -> bytes:
    """A profile of version 4 whose colors are in one table."""
    header = struct.pack(
        ">4x4xI4s4s4s12x4s", 0x04300000, b"prtr" if channels == 4 else b"mntr", space, b"Lab ", b"acsp"
    )
    header = header.ljust(68, b"\0") + D50
    return assembled(header.ljust(128, b"\0"), {b"wtpt": b"XYZ " + bytes(4) + D50, tag: element})


def table(channels: int, colors: list[tuple[int, int, int]], width: int) -> bytes:
    """A lut8 (width 1) or lut16 (2) element with two points along each of the channels; colors are Lab, 0 to 255."""
    identity = [0, 255] if width == 2 else list(range(256))
    points = [level for color in colors for level in color]
    numbers = identity * channels + points + identity * 3
    packed = struct.pack(f">{len(numbers)}H", *(257 * n for n in numbers)) if width == 2 else bytes(numbers)
    matrix = struct.pack(">9i", *(65536 * (i % 4 == 0) for i in range(9)))
    head = (b"mft2" if width == 2 else b"mft1") + bytes(4) + bytes([channels, 3, 2, 0]) + matrix
    return head + (struct.pack(">HH", 2, 2) if width == 2 else b"") + packed


def stages(colors: list[tuple[int, int, int]]) -> bytes:
    """A lutAToB element for RGB: curves B, a matrix, curves M, two points along each channel, and curves A."""
    curves = (b"curv" + bytes(8)) * 2 + b"para" + struct.pack(">4xHxxi", 0, 65536)
    matrix = struct.pack(">12i", *(65536 * (i % 4 == 0 and i < 9) for i in range(12)))
    grid = bytes([2, 2, 2]).ljust(16, b"\0") + bytes([1, 0, 0, 0]) + bytes(level for color in colors for level in color)
    parts, offsets, at = (curves, matrix, curves, grid, curves), [], 32
    for part in parts:
        offsets.append(at)
        at += len(part)
    return b"mAB " + bytes(4) + bytes([3, 3, 0, 0]) + struct.pack(">5I", *offsets) + b"".join(parts)
