"""One photo, from reading to writing."""

import json
import os
import traceback
from dataclasses import dataclass
from pathlib import Path

from turdify.cli.files import is_standard_output, make_folder, read, write
from turdify.cli.names import Task
from turdify.detection import Detector
from turdify.errors import TooMuchMemory, TurdifyError
from turdify.faces import Face
from turdify.pipeline import FIRST_ONLY, Options, find_faces, turdify
from turdify.recognition import Gallery


@dataclass(frozen=True)
class Job:
    """What is to be done with every photo."""

    options: Options
    faces: list[Face] | None
    gallery: Gallery | None
    dry_run: bool
    force: bool
    verbose: bool


@dataclass(frozen=True)
class Report:
    """What was done with one photo; `output` is None where nothing was written."""

    path: Path
    output: Path | None
    size: tuple[int, int]
    faces: list[Face]
    kept: list[Face]
    animated: bool

    def as_json(self) -> str:
        width, height = self.size
        return json.dumps(
            {
                "path": str(self.path),
                "output": None if self.output is None else str(self.output),
                "width": width,
                "height": height,
                "faces": [face.as_dict() for face in self.faces + self.kept],
                "animated": self.animated,
            }
        )

    def __str__(self) -> str:
        found = {0: "no face found", 1: "1 face"}.get(len(self.faces), f"{len(self.faces)} faces")
        if self.kept:
            found = f"{len(self.faces)} covered, {len(self.kept)} kept"
        written = "" if self.output is None else f" -> {self.output}"
        return f"{self.path}: {found}{written}" + (f" ({FIRST_ONLY})" if self.animated else "")


@dataclass(frozen=True)
class Failure:
    """One photo could not be done; the message says why, and the code is the error's, if it is one of ours.

    `trace` are lines for whoever looks for a fault of ours.
    """

    path: Path
    message: str
    code: str | None = None
    trace: str = ""

    def as_json(self) -> str:
        return json.dumps({"path": str(self.path), "error": self.message})

    def __str__(self) -> str:
        return f"{self.path}: {self.message}"


Outcome = Report | Failure


def process(task: Task, job: Job, detector: Detector) -> Outcome:
    """Whatever goes wrong with one photo is its outcome, so that the others are done."""
    try:
        return cover(task, job, detector)
    except TurdifyError as error:
        return Failure(task.path, error.message, error.code)
    except FileExistsError as error:
        told = f"{error.filename} exists; use --force to overwrite it. (--skip-done passes over what is done.)"
        return Failure(task.path, told)
    except Unwritable as error:
        return Failure(task.path, str(error))
    except OSError as error:
        return Failure(task.path, f"{error.strerror}.")
    except MemoryError:
        return Failure(task.path, TooMuchMemory().message, TooMuchMemory.code)
    except Exception as error:
        message = f"A fault of turdify's own: {type(error).__name__}"
        if job.verbose:
            return Failure(task.path, f"{message}.", trace=traceback.format_exc())
        return Failure(task.path, f"{message}; --verbose tells more.")


class Unwritable(Exception):
    """The result can't be written, and why; the photo is not to blame."""


def cover(task: Task, job: Job, detector: Detector) -> Report:
    data = read(task.path, job.options.max_bytes)
    if job.dry_run:
        found = find_faces(data, job.options, detector=detector, gallery=job.gallery)
        return Report(task.path, None, found.size, found.faces, found.kept, found.animated)
    result = turdify(data, job.options, faces=job.faces, detector=detector, gallery=job.gallery)
    output = task.output(result.format)
    if task.complete and not os.path.isdir(output.parent):
        raise Unwritable(f"There is no folder {output.parent} for the result.")
    try:
        make_folder(output.parent)
    except OSError as error:
        raise Unwritable(f"The folder {output.parent} can't be made: {error.strerror}.") from error
    try:
        write(output, result.data, force=job.force)
    except FileExistsError:
        raise
    except OSError as error:
        place = "to standard output" if is_standard_output(output) else f"as {output}"
        raise Unwritable(f"The result can't be written {place}: {error.strerror}.") from error
    return Report(task.path, output, result.size, result.faces, result.kept, result.animated)
