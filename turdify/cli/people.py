"""Who stays uncovered, or alone is covered, from the photos that the command line names."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import numpy as np

from turdify.cli.files import STREAM, read
from turdify.cli.folders import HIDDEN, Named, PassedOver, Unreadable, Walk, summary
from turdify.cli.parameters import Sides
from turdify.cli.telling import say
from turdify.detection import Detector
from turdify.errors import NoSuchFace, TurdifyError
from turdify.faces import Box
from turdify.pipeline import Options, read_reference
from turdify.recognition import DEFAULT_STRICTNESS, STRICTNESS, Encodings


class Reference(click.Path):
    """A file's or a folder's path; there is none from standard input."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        path = Path(str(super().convert(value, param, ctx)))
        return path.absolute() if path == STREAM else path


PATH = Reference(exists=True)


def people_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """--keep, --only, --keep-box, --strictness and --by-person."""
    for option in reversed(
        [
            click.option("--keep", multiple=True, type=PATH, help="Photo, or folder of photos, of who is left out."),
            click.option("--only", multiple=True, type=PATH, help="The same of who alone is covered."),
            click.option(
                "--keep-box",
                multiple=True,
                type=Sides(),
                metavar="L,U,R,D",
                help="Of several faces in the photo of --keep or --only the one that is meant.",
            ),
            click.option(
                "--strictness",
                type=click.Choice(list(STRICTNESS)),
                default=DEFAULT_STRICTNESS,
                show_default=True,
                help="How sure it must be who somebody is.",
            ),
            click.option("--by-person", is_flag=True, help="Mixed emoji, or numbers, the same for a person each time."),
        ]
    ):
        command = option(command)
    return command


def persons(
    name: str,
    paths: tuple[Path, ...],
    boxes: tuple[Box | None, ...],
    suffix: str,
    limits: Options,
    detector: Detector,
) -> list[Encodings]:
    """Those whom the option of that name shows, a path each; `boxes` are of as many, or none.

    `suffix` is what results are known by.
    """
    return [
        np.concatenate([reference(name, photo, box, limits, detector) for photo in pictures(name, path, box, suffix)])
        for path, box in zip(paths, boxes or [None] * len(paths), strict=True)
    ]


def pictures(name: str, path: Path, box: Box | None, suffix: str) -> list[Path]:
    """One person's photo, or those in a folder, where what is none is passed over as in every folder, and told."""
    if not os.path.isdir(path):
        return [path]
    if box is not None:
        raise click.UsageError(f"{name} {path}: a folder's photos show one face each, so it has no --keep-box.")
    entries = list(Walk(recursive=False, suffix=suffix, output=None).within(path))
    for entry in entries:
        if isinstance(entry, Unreadable):
            raise click.UsageError(f"{name} {entry.path}: {entry.reason}.")
    if told := summary(entry for entry in entries if isinstance(entry, PassedOver) and entry.reason != HIDDEN):
        say(f"{name} {path}: {told}")
    photos = [entry.path for entry in entries if isinstance(entry, Named)]
    if not photos:
        raise click.UsageError(f"{name} {path}: there is no photo in this folder.")
    return photos


def reference(name: str, photo: Path, box: Box | None, limits: Options, detector: Detector) -> Encodings:
    try:
        data = read(photo, limits.max_bytes)
        return read_reference(
            data, box=box, detector=detector, max_bytes=limits.max_bytes, max_pixels=limits.max_pixels
        )
    except NoSuchFace as error:
        which = " (--keep-box says which; --dry-run --json tells their boxes.)" if "count" in error.values else ""
        raise click.UsageError(f"{name} {photo}: {error.message}{which}") from error
    except TurdifyError as error:
        raise click.UsageError(f"{name} {photo}: {error.message}") from error
    except OSError as error:
        raise click.UsageError(f"{name} {photo}: {error.strerror}.") from error
