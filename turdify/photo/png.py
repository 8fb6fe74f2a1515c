"""What a PNG's chunks tell (PNG specification, third edition)."""

import struct
import zlib
from collections.abc import Iterator

from turdify.errors import DamagedPhoto, IncompletePhoto
from turdify.photo.colors import Colors
from turdify.photo.contents import MAX_PARTS, MAX_PROFILE_BYTES, Contents

SIGNATURE = b"\x89PNG\r\n\x1a\n"
# All that pixels need. The rest is thrown away, and what browsers ignore in it, a wrong checksum, does not matter.
PIXEL_CHUNKS = (b"IHDR", b"PLTE", b"tRNS", b"IDAT")
END = b"\0\0\0\0IEND\xae\x42\x60\x82"
UNIT = 100_000  # of gamma and chromaticities
LIGHT_UNIT = 10_000  # of candelas per square meter
IDENTITY = 0  # the matrix of RGB, the only one that a PNG may name


def take_apart(data: bytes) -> Contents:
    """Raises DamagedPhoto, or IncompletePhoto where there are no pixels."""
    kept, told = [SIGNATURE], dict[bytes, bytes]()
    for name, chunk in chunks(data):
        if name in PIXEL_CHUNKS and (name == b"IDAT" or name not in told):
            kept.append(chunk)
        told.setdefault(name, chunk[8:-4])
    if b"IDAT" not in told:
        raise IncompletePhoto
    exif = told.get(b"eXIf", b"")
    return Contents(b"".join([*kept, END]), "PNG", colors_of(told), exif, animated=b"acTL" in told)


def chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Names, and whole chunks; up to the end or what is no chunk. Optional ones with wrong checksums are skipped."""
    position, count = len(SIGNATURE), 0
    while position + 12 <= len(data):
        count += 1
        if count > MAX_PARTS:
            raise DamagedPhoto
        length, name = struct.unpack_from(">I4s", data, position)
        chunk = data[position : position + 12 + length]
        position += 12 + length
        if position > len(data) and name == b"IDAT":  # cut off, perhaps behind the last pixel
            body = chunk[4 : 8 + length]
            chunk = struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
        if name == b"IEND":
            return
        optional = name[0] & 0x20
        if not optional or zlib.crc32(chunk[4:-4]) == int.from_bytes(chunk[-4:]):
            yield name, chunk


def colors_of(told: dict[bytes, bytes]) -> Colors:
    """By what counts most, as far as it can be understood: cICP, iCCP, sRGB, and gAMA with cHRM."""
    coding = told.get(b"cICP", b"")
    if len(coding) == 4 and coding[2] == IDENTITY:
        return Colors(primaries=coding[0], curve=coding[1], peak=peak(told))
    if profile := inflated(told.get(b"iCCP", b"")):
        return Colors(profile)
    if b"sRGB" in told or len(told.get(b"gAMA", b"")) != 4:
        return Colors()
    chromaticities = told.get(b"cHRM", b"")
    if len(chromaticities) != 32:
        return Colors(gamma=int.from_bytes(told[b"gAMA"]) / UNIT)
    white, primaries = chromaticities[:8], chromaticities[8:]
    numbers = struct.unpack(">8I", primaries + white)
    return Colors(gamma=int.from_bytes(told[b"gAMA"]) / UNIT, chromaticities=[number / UNIT for number in numbers])


def inflated(body: bytes) -> bytes | None:
    """The profile in an iCCP chunk: a name, a zero, the method (0), and the profile, deflated."""
    _, zero, packed = body.partition(b"\0")
    try:
        return zlib.decompressobj().decompress(packed[1:], MAX_PROFILE_BYTES) if zero else None
    except zlib.error:
        return None


def peak(told: dict[bytes, bytes]) -> float | None:
    """The brightest light in the picture (cLLI), or else of the screen that it was made on (mDCV)."""
    for name, length, at in ((b"cLLI", 8, 0), (b"mDCV", 24, 16)):
        body = told.get(name, b"")
        if len(body) == length and (light := int.from_bytes(body[at : at + 4])):
            return light / LIGHT_UNIT
    return None
