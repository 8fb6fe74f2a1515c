"""What the container of HEIC and AVIF tells, and its oddities that browsers overlook."""

import struct
from contextlib import suppress

from turdify.errors import DamagedPhoto, IncompletePhoto, UnreadableKind
from turdify.photo.boxes import Items, Span, boxes, read_items
from turdify.photo.coded import av1_pixels, hevc_pixels
from turdify.photo.colors import SRGB_NUMBER, VIDEO, Colors
from turdify.photo.contents import MAX_PROFILE_BYTES, Contents

DECODERS = {b"hvc1": "HEIF", b"av01": "AVIF"}  # Pillow's names, by the kind of a coded item
DERIVED = (b"grid", b"iovl", b"iden")
# Grids in grids and parts that are shown again and again: no camera makes them.
MAX_PARTS_OF_A_PICTURE = 1000
MAX_DEPTH = 3
# Moving pictures have a still one beside them. Without their tracks, and the brands that demand tracks, that is read.
STILL_BRANDS = {b"avis": b"avif", b"hevc": b"heic", b"hevx": b"heix", b"msf1": b"mif1"}
TURNS = (b"irot", b"imir")


def take_apart(data: bytes) -> Contents:
    """Raises UnreadableKind, DamagedPhoto, IncompletePhoto, and what broken numbers raise."""
    outer = outermost(data)
    data = data[: outer[-1][2]]
    meta = next((box for box in outer if box[0] == b"meta"), None)
    if meta is None and any(name == b"moov" for name, _, _ in outer):
        raise UnreadableKind("video")
    if meta is None:
        raise IncompletePhoto
    items = read_items(data, *meta[1:])
    coded = coded_items(items, items.primary)
    pixels = 0
    for number in coded + alpha_items(items):
        pixels += pixels_of(data, items, number)
    picture = items.item(items.primary)
    tracks = any(name == b"moov" for name, _, _ in outer)
    return Contents(
        stilled(mended(data, meta, items), outer) if tracks else mended(data, meta, items),
        format=DECODERS[items.item(coded[0]).kind],
        colors=colors_of(items, coded[0]),
        animated=tracks,
        turned=any(picture.property(turn) for turn in TURNS),
        pixels=pixels,
    )


def outermost(data: bytes) -> list[Span]:
    """The boxes of the file, up to what is none: there may be anything behind them."""
    outer = []
    with suppress(DamagedPhoto, IncompletePhoto):
        for one in boxes(data):
            outer.append(one)
    return outer


def coded_items(items: Items, number: int, depth: int = 0) -> list[int]:
    """The items with code that make up a picture, as often as they are decoded."""
    item = items.item(number)
    if item.kind in DECODERS:
        return [number]
    if item.kind not in DERIVED:
        raise UnreadableKind(f"{item.kind.decode('ascii', 'replace')} HEIF")
    parts = item.referred(b"dimg")
    if depth > MAX_DEPTH or not 0 < len(parts) <= MAX_PARTS_OF_A_PICTURE:
        raise DamagedPhoto
    coded = [inner for part in parts for inner in coded_items(items, part, depth + 1)]
    if len(coded) > MAX_PARTS_OF_A_PICTURE:
        raise DamagedPhoto
    return coded


def alpha_items(items: Items) -> list[int]:
    """Those of the picture's alpha plane; depth maps and gain maps, which are not decoded, may be among them."""
    planes = [number for number, item in list(items.items.items()) if items.primary in item.referred(b"auxl")]
    return [inner for plane in planes for inner in coded_items(items, plane)]


def pixels_of(data: bytes, items: Items, number: int) -> int:
    """How many there are in an item's code. Raises IncompletePhoto where that is not all there."""
    item = items.item(number)
    if sum(length for _, length in item.extents) > len(data):
        raise IncompletePhoto
    code = b"".join(data[start : start + length] for start, length in item.extents)
    if any(start + length > len(data) for start, length in item.extents):
        raise IncompletePhoto
    if item.kind == b"av01":
        return av1_pixels(code)
    return hevc_pixels(item.property(b"hvcC") or b"", code)


def colors_of(items: Items, coded: int) -> Colors:
    """By the profile, or else the numbers, of the picture or of its first part."""
    properties = items.item(items.primary).properties + items.item(coded).properties
    told = [body for name, body in properties if name == b"colr"]
    profile = next((body[4:] for body in told if body[:4] in (b"prof", b"rICC")), None)
    numbers = next((body[4:] for body in told if body[:4] == b"nclx"), None)
    if profile is not None or numbers is None:
        return Colors(profile[:MAX_PROFILE_BYTES] if profile else None)
    primaries, curve = struct.unpack(">HH", numbers[:4])
    return Colors(
        primaries=primaries, curve=SRGB_NUMBER if curve in VIDEO else curve, peak=peak(dict(reversed(properties)))
    )


def peak(properties: dict[bytes, bytes]) -> float | None:
    """The brightest light in the picture (clli), or else of the screen that it was made on (mdcv)."""
    if light := int.from_bytes(properties.get(b"clli", b"")[:2]):
        return light
    return int.from_bytes(properties.get(b"mdcv", b"")[16:20]) / 10_000 or None


def stilled(data: bytes, outer: list[Span]) -> bytes:
    """Without tracks, so that nobody decodes them."""
    result = bytearray(data)
    for name, start, end in outer:
        if name == b"moov":
            at = result.rindex(b"moov", 0, start)
            result[at : at + 4] = b"free"
        if name == b"ftyp":
            brands = [bytes(result[at : at + 4]) for at in range(start, end, 4)]
            result[start:end] = b"".join(STILL_BRANDS.get(brand, brand) for brand in brands)
    return bytes(result)


def mended(data: bytes, meta: Span, items: Items) -> bytes:
    """With one table of properties, where there are several, and with sizes of alpha planes that have none.

    Browsers overlook both; libavif, as Pillow calls it, refuses the picture.
    """
    _, start, end = meta
    properties = next(box for box in boxes(data, start + 4, end) if box[0] == b"iprp")
    tables = [name for name, _, _ in boxes(data, *properties[1:])].count(b"ipma")
    lacking = [number for number in alpha_items(items) if not items.item(number).property(b"ispe")]
    within = any(start <= at < end for item in items.items.values() for at, _ in item.extents)
    if (tables == 1 and not lacking) or within:
        return data
    kinds = [name for name, _, _ in boxes(data, *next(box for box in boxes(data, *properties[1:]))[1:])]
    size = next(one for one in items.associations[items.primary] if kinds[(one & 0x7FFF) - 1] == b"ispe")
    for number in lacking:
        items.associations[number].append(size)
    shift = len(rewritten_meta(data, meta, items, 0)) - (end - start + 8)
    return data[: start - 8] + rewritten_meta(data, meta, items, shift) + data[end:]


def rewritten_meta(data: bytes, meta: Span, items: Items, shift: int) -> bytes:
    """The meta box with its tables made anew; what lies behind it moves by `shift`."""
    _, start, end = meta
    content = data[start : start + 4]
    for name, at, stop in boxes(data, start + 4, end):
        if name == b"iloc":
            content += box(name, locations(items, end, shift, len(data)))
        elif name == b"iprp":
            inner = [box(kind, data[first:last]) for kind, first, last in boxes(data, at, stop) if kind != b"ipma"]
            content += box(name, b"".join(inner) + box(b"ipma", associations(items)))
        else:
            content += box(name, data[at:stop])
    return box(b"meta", content)


def box(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I4s", 8 + len(content), name) + content


def locations(items: Items, end: int, shift: int, size: int) -> bytes:
    """Of an iloc box: version 0, offsets and lengths of 4 bytes."""
    placed = {number: item.extents for number, item in items.items.items() if item.extents}
    content = struct.pack(">IHH", 0, 0x4400, len(placed))
    for number, extents in placed.items():
        content += struct.pack(">HHH", number, 0, len(extents))
        for at, length in extents:
            content += struct.pack(">II", at + (shift if at >= end else 0), min(length, size - at))
    return content


def associations(items: Items) -> bytes:
    """Of an ipma box: version 0, properties of two bytes."""
    content = struct.pack(">II", 1, len(items.associations))
    for number, associated in sorted(items.associations.items()):
        content += struct.pack(f">HB{len(associated)}H", number, len(associated), *associated)
    return content
