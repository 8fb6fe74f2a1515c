"""Boxes within boxes: the container of HEIC and AVIF (ISO/IEC 14496-12 and 23008-12)."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from turdify.errors import DamagedPhoto, IncompletePhoto
from turdify.photo.contents import MAX_PARTS

Span = tuple[bytes, int, int]  # a name, and where in the file the content starts and ends


class Reader:
    """Numbers from bytes, one after the other. Raises IncompletePhoto behind the end."""

    def __init__(self, data: bytes, position: int = 0, end: int | None = None) -> None:
        self.data, self.position = data, position
        self.end = len(data) if end is None else end

    def number(self, size: int) -> int:
        return int.from_bytes(self.take(size))

    def take(self, size: int) -> bytes:
        self.position += size
        if self.position > self.end:
            raise IncompletePhoto
        return self.data[self.position - size : self.position]


@dataclass
class Item:
    """A picture or a piece of one, or other data: its kind, its properties, where it is, and whom it refers to."""

    kind: bytes = b""
    properties: list[tuple[bytes, bytes]] = field(default_factory=list)
    extents: list[tuple[int, int]] = field(default_factory=list)
    references: list[tuple[bytes, list[int]]] = field(default_factory=list)

    def property(self, name: bytes) -> bytes | None:
        return next((body for key, body in self.properties if key == name), None)

    def referred(self, kind: bytes) -> list[int]:
        return [number for key, numbers in self.references if key == kind for number in numbers]


@dataclass
class Items:
    """What the meta box tells: the items by their numbers, and which of them is the picture."""

    primary: int = 0
    items: dict[int, Item] = field(default_factory=dict)
    associations: dict[int, list[int]] = field(default_factory=dict)  # to each item its properties, essential or not

    def item(self, number: int) -> Item:
        return self.items.setdefault(number, Item())


def boxes(data: bytes, start: int = 0, end: int | None = None) -> Iterator[Span]:
    """The boxes that lie beside each other there. Raises DamagedPhoto, or IncompletePhoto where the last is cut off."""
    end = len(data) if end is None else end
    count = 0
    while start + 8 <= end:
        count += 1
        size, name = struct.unpack_from(">I4s", data, start)
        head = 8
        if size == 1:
            size, head = int.from_bytes(data[start + 8 : start + 16]), 16
        size = size or end - start
        if size < head or count > MAX_PARTS:
            raise DamagedPhoto
        if start + size > end:
            raise IncompletePhoto
        yield name, start + head, start + size
        start += size


def read_items(data: bytes, start: int, end: int) -> Items:
    """The content of a meta box. Raises DamagedPhoto, IncompletePhoto and what broken numbers raise."""
    items, inner = Items(), list(boxes(data, start + 4, end))
    local = next((at for name, at, _ in inner if name == b"idat"), 0)
    for name, start, end in inner:
        reader = Reader(data, start, end)
        if name == b"pitm":
            items.primary = (reader.number(4) and reader.number(4)) or reader.number(2)
        elif name == b"iinf":
            wide = reader.number(4) >> 24
            for _, at, stop in boxes(data, start + (8 if wide else 6), end):
                read_entry(items, Reader(data, at, stop))
        elif name == b"iref":
            size = 4 if reader.number(4) >> 24 else 2
            for kind, at, stop in boxes(data, start + 4, end):
                reference = Reader(data, at, stop)
                item = items.item(reference.number(size))
                item.references.append((kind, [reference.number(size) for _ in range(reference.number(2))]))
        elif name == b"iloc":
            read_locations(items, reader, local)
        elif name == b"iprp":
            read_properties(items, data, start, end)
    return items


def read_entry(items: Items, reader: Reader) -> None:
    version = reader.number(4) >> 24
    number = reader.number(4 if version == 3 else 2)
    reader.number(2)
    items.item(number).kind = reader.take(4)


def read_locations(items: Items, reader: Reader, local: int) -> None:
    version = reader.number(4) >> 24
    sizes = reader.number(2)
    offset_size, length_size, base_size, index_size = (sizes >> shift & 15 for shift in (12, 8, 4, 0))
    for _ in range(reader.number(4 if version == 2 else 2)):
        item = items.item(reader.number(4 if version == 2 else 2))
        method = reader.number(2) & 15 if version else 0
        reader.number(2)
        base = reader.number(base_size) + (local if method == 1 else 0)
        for _ in range(reader.number(2)):
            reader.number(index_size if version else 0)
            offset, length = reader.number(offset_size), reader.number(length_size)
            item.extents.append((base + offset, length or len(reader.data)))


def read_properties(items: Items, data: bytes, start: int, end: int) -> None:
    properties: list[tuple[bytes, bytes]] = []
    for name, at, stop in boxes(data, start, end):
        if name == b"ipco":
            properties = [(kind, data[inner:last]) for kind, inner, last in boxes(data, at, stop)]
        elif name == b"ipma":
            read_associations(items, Reader(data, at, stop))
    for number, associated in items.associations.items():
        items.item(number).properties = [properties[index - 1] for one in associated if (index := one & 0x7FFF)]


def read_associations(items: Items, reader: Reader) -> None:
    flags = reader.number(4)
    for _ in range(reader.number(4)):
        number = reader.number(4 if flags >> 24 else 2)
        for _ in range(reader.number(1)):
            one = reader.number(2) if flags & 1 else reader.number(1)
            one = one if flags & 1 else (one & 0x80) << 8 | one & 0x7F
            items.associations.setdefault(number, []).append(one)
