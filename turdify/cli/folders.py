"""Which photos are meant by the files and folders that are named, and what is passed over."""

import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from turdify.cli.files import STREAM

# What photos are called in folders; of a file that is named by itself the content decides.
PHOTO_SUFFIXES = frozenset(
    ".jpg .jpeg .jpe .jfif .png .webp .heic .heif .hif .avif .gif .bmp .tif .tiff".split()  # noqa: SIM905
)

# Reasons to pass something over, which follow a number or a name.
RESULT, HIDDEN, TWICE = "made by turdify", "hidden", "named twice"
NO_PHOTO, NO_FILE, LINK, NESTED = "not a photo", "not a plain file", "behind a link", "within the folder"
OUTPUT = "where the results go"


@dataclass(frozen=True)
class Named:
    """A photo, and its folder within the folder that was named: the tree that results keep."""

    path: Path
    folder: Path = Path()


@dataclass(frozen=True)
class PassedOver:
    """What is not done, and why."""

    path: Path
    reason: str


@dataclass(frozen=True)
class Unreadable:
    """A folder that can't be looked into, and why."""

    path: Path
    reason: str


Entry = Named | PassedOver | Unreadable


@dataclass(frozen=True)
class Walk:
    """How folders are gone through: those within them too or not, and never the one for the results.

    `suffix` is what results have at the end of their names.
    """

    recursive: bool
    suffix: str
    output: Path | None

    def entries(self, paths: Iterable[Path]) -> Iterator[Entry]:
        """What is meant by each path, in their order; folders in alphabetical order."""
        seen: set[str] = set()
        for path in paths:
            for entry in self.within(path) if path != STREAM and os.path.isdir(path) else [self.file(path)]:
                key = os.path.abspath(entry.path)
                if isinstance(entry, Named) and entry.path != STREAM and key in seen:
                    entry = PassedOver(entry.path, TWICE)
                seen.add(key)
                yield entry

    def file(self, path: Path) -> Entry:
        return PassedOver(path, RESULT) if is_result(path, self.suffix) else Named(path)

    def within(self, root: Path) -> Iterator[Entry]:
        unreadable, waiting = list[OSError](), [root]
        while waiting:
            folder = waiting.pop()
            # One at a time: Python 3.11's os.walk calls itself for what is within, a thousand times at most.
            _, folders, files = next(os.walk(folder, onerror=unreadable.append), ("", [], []))
            within = []
            for path in [folder / name for name in sorted(folders)]:
                if reason := self.why_not_into(path):
                    yield PassedOver(path, reason)
                else:
                    within.append(path)
            for path in [folder / name for name in sorted(files)]:
                reason = self.why_not(path)
                yield PassedOver(path, reason) if reason else Named(path, folder.relative_to(root))
            waiting.extend(reversed(within))
        for error in unreadable:
            yield Unreadable(Path(error.filename), str(error.strerror))

    def why_not_into(self, folder: Path) -> str | None:
        if folder.name.startswith("."):
            return HIDDEN
        if os.path.islink(folder):
            return LINK
        if self.output is not None and is_same(folder, self.output):
            return OUTPUT
        return None if self.recursive else NESTED

    def why_not(self, file: Path) -> str | None:
        if file.name.startswith("."):
            return HIDDEN
        if file.suffix.lower() not in PHOTO_SUFFIXES:
            return f"{NO_PHOTO} ({file.suffix.lower() or 'without a suffix'})"
        if is_result(file, self.suffix):
            return RESULT
        return None if os.path.isfile(file) or not os.path.exists(file) else NO_FILE


def is_same(path: Path, other: Path) -> bool:
    """Whether both are there, and one file or folder."""
    return os.path.exists(path) and os.path.exists(other) and path.samefile(other)


def is_result(path: Path, suffix: str) -> bool:
    """Whether a file is called as a result is, numbered or not; never where results have no suffix of their own."""
    return bool(suffix) and re.search(rf"{re.escape(suffix)}(-\d+)?$", path.stem) is not None


def summary(passed_over: Iterable[PassedOver]) -> str:
    """In one line how many were passed over, and why; empty where none was."""
    reasons = Counter(entry.reason for entry in passed_over)
    told = ", ".join(f"{count} {reason}" for reason, count in reasons.most_common())
    return f"Passed over: {told}." if told else ""
