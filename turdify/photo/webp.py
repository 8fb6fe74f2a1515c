"""What a WebP's chunks tell (RFC 9649), and the quality that it was made with (RFC 6386)."""

import struct
from collections.abc import Iterator

from turdify.errors import DamagedPhoto, IncompletePhoto
from turdify.photo.colors import Colors
from turdify.photo.contents import MAX_PARTS, Contents

# All that pixels need; moving pictures are made of ANMF.
PIXEL_PARTS = (b"VP8X", b"ANIM", b"ANMF", b"ALPH", b"VP8 ", b"VP8L")
TOLD = 0b00101100  # the flags in VP8X of a color profile, EXIF and XMP
MAX_QUANTIZER = 127


def take_apart(data: bytes) -> Contents:
    """Raises DamagedPhoto or IncompletePhoto."""
    kept, told = b"", dict[bytes, bytes]()
    for name, body in chunks(data[: 8 + int.from_bytes(data[4:8], "little")]):
        told.setdefault(name, body)
        if name == b"VP8X":
            body = bytes([body[0] & ~TOLD]) + body[1:]
        if name in PIXEL_PARTS:
            kept += name + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)
    picture, extent = told, None
    if not {b"ANMF", b"VP8 ", b"VP8L"} & told.keys():
        raise IncompletePhoto
    if b"ANMF" in told:
        picture = dict(chunks(told[b"ANMF"], 16))
        left, upper, width, height = (int.from_bytes(told[b"ANMF"][at : at + 3], "little") for at in (0, 3, 6, 9))
        extent = (2 * left, 2 * upper, 2 * left + width + 1, 2 * upper + height + 1)
    return Contents(
        b"RIFF" + struct.pack("<I", 4 + len(kept)) + b"WEBP" + kept,
        format="WEBP",
        colors=Colors(told.get(b"ICCP")),
        exif=told.get(b"EXIF", b""),
        animated=b"ANMF" in told,
        lossless=b"VP8L" in picture,
        quality=quality(picture[b"VP8 "]) if b"VP8 " in picture else None,
        extent=extent,
    )


def chunks(data: bytes, position: int = 12) -> Iterator[tuple[bytes, bytes]]:
    count = 0
    while position + 8 <= len(data):
        name, size = struct.unpack_from("<4sI", data, position)
        count += 1
        if count > MAX_PARTS:
            raise DamagedPhoto
        if position + 8 + size > len(data):
            raise IncompletePhoto
        yield name, data[position + 8 : position + 8 + size]
        position += 8 + size + size % 2


def quality(frame: bytes) -> float:
    """From 0 to 100, as libwebp counts, for the frame's finest quantizer."""
    quantizer = finest_quantizer(Literals(frame[10:]))
    compression = (1 - min(quantizer, MAX_QUANTIZER) / MAX_QUANTIZER) ** 3  # libwebp's QualityToCompression, inverted
    return 100 * (compression * 1.5 if compression < 0.5 else (compression + 1) / 2)


class Literals:
    """Numbers from VP8's arithmetic code, of bits that are as often 0 as 1 (RFC 6386, 7.3)."""

    def __init__(self, data: bytes) -> None:
        self.data = data + b"\0\0"
        self.value, self.position, self.range, self.shifts = int.from_bytes(data[:2]), 2, 255, 0

    def take(self, bits: int) -> int:
        number = 0
        for _ in range(bits):
            number = 2 * number + self.bit()
        return number

    def bit(self) -> int:
        split = 1 + ((self.range - 1) >> 1)
        bit = self.value >= split << 8
        self.value -= (split << 8) * bit
        self.range = self.range - split if bit else split
        while self.range < 128:
            self.value, self.range, self.shifts = self.value << 1, self.range << 1, self.shifts + 1
            if self.shifts == 8:
                self.value, self.position, self.shifts = self.value | self.data[self.position], self.position + 1, 0
        return int(bit)

    def signed(self, bits: int) -> int | None:
        """A number with a sign, where there is one."""
        if not self.bit():
            return None
        number = self.take(bits)
        return -number if self.bit() else number


def finest_quantizer(header: Literals) -> int:
    """The least of the quantizers' indices in a frame's header (RFC 6386, 9.2 to 9.6)."""
    header.take(2)
    segments: list[int | None] = []
    absolute = 0
    if header.bit():
        mapped = header.bit()
        if header.bit():
            absolute = header.bit()
            segments = [header.signed(7) for _ in range(4)]
            for _ in range(4):
                header.signed(6)
        for _ in range(3 * mapped):
            if header.bit():
                header.take(8)
    header.take(1 + 6 + 3)
    if header.bit() and header.bit():
        for _ in range(8):
            header.signed(6)
    header.take(2)
    base = header.take(7)
    return max(0, min(((0 if absolute else base) + (one or 0) for one in segments), default=base))
