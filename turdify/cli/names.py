"""Where each result goes."""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from turdify.cli.files import STREAM
from turdify.cli.folders import Named
from turdify.photo import SUFFIXES, Format

SUFFIX = "-turdified"

# Linux's NAME_MAX, in bytes, and what a result's name gets at its end beside the suffix: "-1000.webp".
LONGEST_NAME, ENDING = 255, 10


@dataclass(frozen=True)
class Task:
    """A photo, and where its result goes: to `target`, which lacks the format's suffix where it isn't `complete`."""

    path: Path
    target: Path
    complete: bool

    def output(self, format: Format) -> Path:
        return self.target if self.complete else self.target.with_name(self.target.name + SUFFIXES[format])

    @property
    def is_done(self) -> bool:
        """Whether there is a result, in whichever format, that is newer than the photo."""
        outputs = {self.output(format) for format in SUFFIXES}
        made = [output.stat().st_mtime_ns for output in outputs if os.path.isfile(output)]
        return bool(made) and os.path.exists(self.path) and max(made) > self.path.stat().st_mtime_ns


def tasks(photos: Iterable[Named], output: Path | None, *, to_folder: bool, suffix: str) -> Iterator[Task]:
    """As told, in the folder told, or beside the photo; "-" for standard output.

    Of photos whose results would be called the same, all but the first get a number. Formats don't count in that: they
    are known only once a photo is read, and a number must be the same the next time.
    """
    taken: set[str] = set()
    for photo in photos:
        if output is not None and not to_folder:
            yield Task(photo.path, output, complete=True)
        elif photo.path == STREAM and output is None:
            yield Task(photo.path, STREAM, complete=True)
        else:
            folder = photo.path.parent if output is None else output / photo.folder
            stem = "photo" if photo.path == STREAM else photo.path.stem
            yield Task(photo.path, free(folder / f"{shortened(stem, suffix)}{suffix}", taken), complete=False)


def shortened(stem: str, suffix: str) -> str:
    """As much of a name as leaves room for what a result's name ends with."""
    while len(os.fsencode(stem + suffix)) > LONGEST_NAME - ENDING and len(stem) > 1:
        stem = stem[:-1]
    return stem


def free(target: Path, taken: set[str]) -> Path:
    """The target, with the first number that makes it one that isn't taken; which it then is, in any case."""
    number, numbered = 1, target
    while str(numbered).casefold() in taken:
        number += 1
        numbered = target.with_name(f"{target.name}-{number}")
    taken.add(str(numbered).casefold())
    return numbered
