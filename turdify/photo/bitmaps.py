"""GIF, BMP and TIFF, whose files are shown to their decoders as they are, but for what is counted here."""

import struct

from turdify.errors import DamagedPhoto, IncompletePhoto, NotAPhoto, UnreadableKind
from turdify.photo.colors import Colors
from turdify.photo.contents import MAX_PARTS, MAX_PROFILE_BYTES, Contents

# TIFF's tags (TIFF 6.0, section 8; DNG 1.7; and ICC.1, annex B).
SUBFILES, PROFILE, DNG_VERSION, MAKE = 0x014A, 0x8773, 0xC612, 0x010F
IMAGE_WIDTH, IMAGE_LENGTH, BITS, PHOTOMETRIC = 0x0100, 0x0101, 0x0102, 0x0106
COMPRESSION, TILE_WIDTH, TILE_LENGTH, SAMPLE_FORMAT = 0x0103, 0x0142, 0x0143, 0x0153
NUMBER_TAGS = (IMAGE_WIDTH, IMAGE_LENGTH, BITS, COMPRESSION, PHOTOMETRIC, TILE_WIDTH, TILE_LENGTH, SAMPLE_FORMAT)
# What Pillow's wheels can undo: none, fax, LZW, JPEG, deflate, packed bits, ThunderScan, LZMA and Zstandard.
COMPRESSIONS = (1, 2, 3, 4, 5, 6, 7, 8, 32771, 32773, 32809, 32946, 34925, 50000)
CODES = {1: "B", 3: "H", 4: "I"}  # struct's, of the types of numbers
UNSIGNED = (1, 4)  # and what nobody names
BMP_HEADERS = (12, 16, 40, 52, 56, 64, 108, 124)  # their sizes, by which the versions are told apart
MAX_BLOCKS = 300_000  # in a chain of a GIF; 25 MB take 100,000 of the usual 255 bytes
TYPE_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8}


def take_gif_apart(data: bytes) -> Contents:
    """Only the first picture, so that nobody counts the others."""
    flags = data[10]
    position = 13 + (3 * 2 ** ((flags & 7) + 1) if flags & 0x80 else 0)
    kept, pictures, extent = data[:position], 0, (0, 0, 0, 0)
    for _ in range(MAX_PARTS):
        start, block = position, data[position : position + 1]
        if block == b"!":  # an extension
            position = behind_blocks(data, position + 2)
            if data[start + 1] == 0xF9 and not pictures:  # which color is transparent
                kept += data[start:position]
        elif block == b",":
            pictures += 1
            if pictures > 1:
                break
            left, upper, width, height, flags = struct.unpack_from("<4HB", data, position + 1)
            extent = (left, upper, left + width, upper + height)
            position = behind_blocks(data, position + 11 + (3 * 2 ** ((flags & 7) + 1) if flags & 0x80 else 0))
            kept += data[start:position]
        else:
            break
    else:
        raise DamagedPhoto
    if not pictures:
        raise IncompletePhoto
    missing = position > len(data)
    return Contents(kept + b";", "GIF", animated=pictures > 1, missing=missing, extent=extent)


def behind_blocks(data: bytes, position: int) -> int:
    """Where a chain of sub-blocks, which begin with their lengths, ends; if need be, behind the file's end."""
    count = 0
    while position < len(data) and (length := data[position]):
        position += 1 + length
        count += 1
        if count > MAX_BLOCKS:
            raise DamagedPhoto
    return position + 1


def take_bmp_apart(data: bytes) -> Contents:
    """Raises NotAPhoto for a text that begins with BM."""
    if int.from_bytes(data[14:18], "little") not in BMP_HEADERS:
        raise NotAPhoto
    return Contents(data, "BMP")


def take_tiff_apart(data: bytes) -> Contents:
    """Of one page. Raises UnreadableKind for more pages, and for RAW photos, which are TIFFs too."""
    order = "<" if data[:2] == b"II" else ">"
    (start,) = struct.unpack_from(f"{order}I", data, 4)
    (count,) = struct.unpack_from(f"{order}H", data, start)
    if count > MAX_PARTS:
        raise DamagedPhoto
    values, numbers = dict[int, bytes](), dict[int, int]()
    for at in range(start + 2, start + 2 + 12 * count, 12):
        tag, kind, number = struct.unpack_from(f"{order}HHI", data, at)
        size = TYPE_SIZES.get(kind, 1) * number
        where = at + 8 if size <= 4 else struct.unpack_from(f"{order}I", data, at + 8)[0]
        if tag in NUMBER_TAGS and kind in CODES:
            numbers[tag] = struct.unpack_from(f"{order}{min(number, 4)}{CODES[kind]}", data, where)[0]
        if tag in (SUBFILES, PROFILE, DNG_VERSION, MAKE):
            values[tag] = data[where : where + min(size, MAX_PROFILE_BYTES)]
    if DNG_VERSION in values or (SUBFILES in values and MAKE in values):
        raise UnreadableKind("RAW")
    if struct.unpack_from(f"{order}I", data, start + 2 + 12 * count) != (0,):
        raise UnreadableKind("TIFF")
    if numbers.get(COMPRESSION, 1) not in COMPRESSIONS:
        raise UnreadableKind("TIFF")
    bits = numbers.get(BITS, 1)
    # Which number is white, nobody tells of these; and Pillow overlooks that 0 is white in 16 bits.
    if bits > 16 or numbers.get(SAMPLE_FORMAT, 1) not in UNSIGNED or (bits > 8 and numbers.get(PHOTOMETRIC) == 0):
        raise UnreadableKind("scientific TIFF")
    return Contents(data, "TIFF", Colors(values.get(PROFILE)), pixels=tiled(numbers))


def tiled(numbers: dict[int, int]) -> int:
    """The pixels in a TIFF's tiles, which may be larger than the picture; 0 without tiles."""
    if TILE_WIDTH not in numbers or TILE_LENGTH not in numbers:
        return 0
    width, height = max(1, numbers[TILE_WIDTH]), max(1, numbers[TILE_LENGTH])
    return -(-numbers[IMAGE_WIDTH] // width) * width * -(-numbers[IMAGE_LENGTH] // height) * height
