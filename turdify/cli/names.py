"""Where each result goes."""

import os
from collections import Counter
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
    """A photo, and where its result goes: to `target`, which lacks the format's suffix where it isn't `complete`.

    It is `numbered` where results of several photos would be called the same, even if its number is the untold first.
    """

    path: Path
    target: Path
    complete: bool
    numbered: bool = False

    def output(self, format: Format) -> Path:
        return self.target if self.complete else self.target.with_name(self.target.name + SUFFIXES[format])

    @property
    def is_done(self) -> bool:
        """Whether there is a result, in whichever format, that is newer than the photo.

        A photo that came later may have taken another's number, though itself it is older: then when it came counts.
        """
        outputs = {self.output(format) for format in SUFFIXES}
        made = [output.stat().st_mtime_ns for output in outputs if os.path.isfile(output)]
        if not (made and os.path.exists(self.path)):
            return False
        photo = self.path.stat()
        return max(made) > (max(photo.st_mtime_ns, photo.st_ctime_ns) if self.numbered else photo.st_mtime_ns)


def tasks(photos: Iterable[Named], output: Path | None, *, to_folder: bool, suffix: str) -> Iterator[Task]:
    """As told, in the folder told, or beside the photo; "-" for standard output.

    Of photos whose results would be called the same, all but the first get a number. Formats don't count in that: they
    are known only once a photo is read, and a number must be the same the next time.
    """
    taken: set[str] = set()
    incomplete: list[tuple[Path, Path]] = []
    for photo in photos:
        if output is not None and not to_folder:
            yield Task(photo.path, output, complete=True)
        elif photo.path == STREAM and output is None:
            yield Task(photo.path, STREAM, complete=True)
        else:
            folder = photo.path.parent if output is None else output / photo.folder
            stem = "photo" if photo.path == STREAM else photo.path.stem
            incomplete.append((photo.path, folder / f"{shortened(stem, suffix)}{suffix}"))
    called = Counter(str(target).casefold() for _, target in incomplete)
    for path, target in incomplete:
        yield Task(path, free(target, taken), complete=False, numbered=called[str(target).casefold()] > 1)


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
