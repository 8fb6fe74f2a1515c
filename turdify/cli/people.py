"""Who stays uncovered, or alone is covered, from the photos that the command line names."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import numpy as np

from turdify.cli.files import read
from turdify.cli.folders import HIDDEN, Named, PassedOver, Unreadable, Walk, summary
from turdify.detection import Detector
from turdify.errors import TurdifyError
from turdify.pipeline import Options, read_reference
from turdify.recognition import DEFAULT_STRICTNESS, STRICTNESS, Encodings, People

PATH = click.Path(exists=True, path_type=Path)


def people_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """--keep, --only, --strictness and --by-person."""
    for option in reversed(
        [
            click.option("--keep", multiple=True, type=PATH, help="Photo, or folder of photos, of who is left out."),
            click.option("--only", multiple=True, type=PATH, help="The same of who alone is covered."),
            click.option(
                "--strictness",
                type=click.Choice(list(STRICTNESS)),
                default=DEFAULT_STRICTNESS,
                show_default=True,
                help="How sure it must be who somebody is.",
            ),
            click.option("--by-person", is_flag=True, help="Mixed emoji, the same for a person in every photo."),
        ]
    ):
        command = option(command)
    return command


def people(
    keep: tuple[Path, ...], only: tuple[Path, ...], strictness: str, suffix: str, limits: Options, detector: Detector
) -> People | None:
    """Those whom --keep or --only name; None where neither is there. `suffix` is what results are known by."""
    name, paths = ("--keep", keep) if keep else ("--only", only)
    if not paths:
        return None
    persons = [
        np.concatenate([reference(name, photo, limits, detector) for photo in pictures(name, path, suffix)])
        for path in paths
    ]
    return People(persons, bool(only), strictness)


def pictures(name: str, path: Path, suffix: str) -> list[Path]:
    """One person's photo, or those in a folder, where what is none is passed over as in every folder, and told."""
    if not path.is_dir():
        return [path]
    entries = list(Walk(recursive=False, suffix=suffix, output=None).within(path))
    for entry in entries:
        if isinstance(entry, Unreadable):
            raise click.UsageError(f"{name} {entry.path}: {entry.reason}.")
    if told := summary(entry for entry in entries if isinstance(entry, PassedOver) and entry.reason != HIDDEN):
        click.echo(f"{name} {path}: {told}", err=True)
    photos = [entry.path for entry in entries if isinstance(entry, Named)]
    if not photos:
        raise click.UsageError(f"{name} {path}: there is no photo in this folder.")
    return photos


def reference(name: str, photo: Path, limits: Options, detector: Detector) -> Encodings:
    try:
        data = read(photo, limits.max_bytes)
        return read_reference(data, detector=detector, max_bytes=limits.max_bytes, max_pixels=limits.max_pixels)
    except TurdifyError as error:
        raise click.UsageError(f"{name} {photo}: {error.message}") from error
    except OSError as error:
        raise click.UsageError(f"{name} {photo}: {error.strerror}.") from error
