"""How many pixels are in the code of HEVC and AV1, whatever the container claims."""

from turdify.errors import DamagedPhoto, IncompletePhoto
from turdify.photo.contents import MAX_PARTS

SEQUENCE_HEADER, FRAME_HEADER, FRAME = 1, 3, 6  # AV1's OBU types (AV1 specification, 6.2.2)
SEQUENCE_PARAMETERS = 33  # HEVC's SPS_NUT, and the types below 32 are slices (ITU-T H.265, table 7-1)
SLICES = range(32)
# Of one item. A photo is one; a layered AV1 photo has up to four, and each may be shown again.
MAX_PICTURES = 8


class Bits:
    """Numbers of some bits from bytes, one after the other. Raises IncompletePhoto behind the end."""

    def __init__(self, data: bytes) -> None:
        self.data, self.position = data, 0

    def take(self, count: int) -> int:
        end = self.position + count
        if end > 8 * len(self.data):
            raise IncompletePhoto
        whole = int.from_bytes(self.data[self.position // 8 : (end + 7) // 8])
        self.position = end
        return whole >> -end % 8 & (1 << count) - 1

    def golomb(self) -> int:
        """HEVC's ue(v), and AV1's uvlc()."""
        zeros = 0
        while not self.take(1):
            zeros += 1
            if zeros > 31:
                raise DamagedPhoto
        return (1 << zeros) - 1 + self.take(zeros)


def av1_pixels(data: bytes) -> int:
    """The pixels of the largest sequence in the units of one picture."""
    pixels, pictures, position, count = 0, 0, 0, 0
    while position < len(data):
        header, count = data[position], count + 1
        position += 2 if header & 4 else 1
        size, position = leb128(data, position) if header & 2 else (len(data) - position, position)
        kind = header >> 3 & 15
        pictures += kind in (FRAME_HEADER, FRAME)
        if pictures > MAX_PICTURES or count > MAX_PARTS:
            raise DamagedPhoto
        if kind == SEQUENCE_HEADER:
            pixels = max(pixels, sequence_pixels(Bits(data[position : position + min(size, 1024)])))
        position += size
    return pixels


def leb128(data: bytes, position: int) -> tuple[int, int]:
    """A number, and the position behind it (AV1 specification, 4.10.5)."""
    value = 0
    for index in range(8):
        byte = data[position + index]
        value |= (byte & 0x7F) << 7 * index
        if not byte & 0x80:
            return value, position + index + 1
    raise DamagedPhoto


def sequence_pixels(bits: Bits) -> int:
    """Of an AV1 sequence header (5.5.1)."""
    bits.take(4)  # profile, and whether it is a still picture
    if bits.take(1):  # a reduced header
        bits.take(5)
    else:
        skip_operating_points(bits)
    widths, heights = bits.take(4) + 1, bits.take(4) + 1
    return (bits.take(widths) + 1) * (bits.take(heights) + 1)


def skip_operating_points(bits: Bits) -> None:
    delays = 0
    if bits.take(1):  # timing
        bits.take(64)
        if bits.take(1):
            bits.golomb()
        if bits.take(1):  # a decoder model
            delays = bits.take(5) + 1
            bits.take(42)
    initial_delays = bits.take(1)
    for _ in range(bits.take(5) + 1):
        bits.take(12)
        if bits.take(5) > 7:
            bits.take(1)
        if delays and bits.take(1):
            bits.take(2 * delays + 1)
        if initial_delays and bits.take(1):
            bits.take(4)


def hevc_pixels(configuration: bytes, data: bytes) -> int:
    """The pixels of the largest picture by the parameters in the configuration (hvcC) and in the code itself."""
    pixels, pictures = 0, 0
    for unit in (*configured_units(configuration), *coded_units(data, (configuration[21] & 3) + 1)):
        kind = unit[0] >> 1 & 63
        pictures += kind in SLICES and unit[2] >> 7  # a picture's first slice
        if pictures > MAX_PICTURES:
            raise DamagedPhoto
        if kind == SEQUENCE_PARAMETERS:
            # Two bytes of 0 are followed by a 3 that doesn't count, so that no start code is in them.
            pixels = max(pixels, parameters_pixels(Bits(unit[2:1024].replace(b"\0\0\3", b"\0\0"))))
    return pixels


def configured_units(configuration: bytes) -> list[bytes]:
    units, position = [], 23
    for _ in range(configuration[22]):
        count, position = int.from_bytes(configuration[position + 1 : position + 3]), position + 3
        for _ in range(count):
            size = int.from_bytes(configuration[position : position + 2])
            units.append(configuration[position + 2 : position + 2 + size])
            position += 2 + size
    return units


def coded_units(data: bytes, length_size: int) -> list[bytes]:
    """The first bytes of each."""
    units, position = [], 0
    while position + length_size < len(data):
        size = int.from_bytes(data[position : position + length_size])
        position += length_size
        units.append(data[position : position + min(size, 1024)])
        position += size
        if len(units) > MAX_PARTS:
            raise DamagedPhoto
    return units


def parameters_pixels(bits: Bits) -> int:
    """Of an HEVC sequence parameter set (7.3.2.2)."""
    bits.take(4)
    layers = bits.take(3)
    bits.take(1 + 96)
    present = [(bits.take(1), bits.take(1)) for _ in range(layers)]
    if layers:
        bits.take(2 * (8 - layers))
    for profile, level in present:
        bits.take(88 * profile + 8 * level)
    bits.golomb()
    if bits.golomb() == 3:
        bits.take(1)
    return bits.golomb() * bits.golomb()
