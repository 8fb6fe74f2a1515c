"""The command line as it was typed, and what is made of it before anything is done."""

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO

import click

from turdify.cli.covering import Job
from turdify.cli.files import STREAM, is_special, is_standard_output, named
from turdify.cli.people import persons
from turdify.covers import DEFAULT, FACE_CHOICES, MIXED, NUMBERED, OFFERED, Artwork
from turdify.detection import Detector
from turdify.errors import InvalidFaces, TurdifyError
from turdify.faces import Box, Face, read_faces
from turdify.photo import format_of_suffix
from turdify.pipeline import Options, OutputFormat, read_artwork
from turdify.recognition import Gallery, People
from turdify.settings import Settings


@dataclass(frozen=True)
class Arguments:
    """The command line ; see turdify.cli.main for what each means."""

    photos: tuple[Path, ...]
    output: str | None
    format: OutputFormat | None
    detector: str
    sensitivity: str
    keep: tuple[Path, ...]
    only: tuple[Path, ...]
    keep_box: tuple[Box | None, ...]
    strictness: str
    by_person: bool
    emoji: str
    faces: IO[bytes] | None
    picture: IO[bytes] | None
    size: float
    recursive: bool
    suffix: str
    skip_done: bool
    jobs: int | None
    as_json: bool
    dry_run: bool
    force: bool
    quiet: bool
    verbose: bool

    @property
    def target(self) -> Path | None:
        if self.output is None:
            return None
        target = named(self.output)
        return STREAM if is_standard_output(target) else target

    @property
    def are_many(self) -> bool:
        return len(self.photos) > 1 or any(path != STREAM and os.path.isdir(path) for path in self.photos)

    @property
    def to_folder(self) -> bool:
        target = self.target
        return target is not None and (self.are_many or os.path.isdir(target) or str(self.output).endswith("/"))


def check_usage(arguments: Arguments) -> None:
    """Refuse what can't be meant, before anything is read."""
    photos, target = arguments.photos, arguments.target
    if arguments.are_many and target is not None and (target == STREAM or os.path.isfile(target) or is_special(target)):
        raise click.UsageError("Several photos need a folder as --output.")
    if STREAM in photos and len(photos) > 1:
        raise click.UsageError("Standard input is one photo, which has no others beside it.")
    if (STREAM in photos) + sum(map(is_standard_input, (arguments.faces, arguments.picture))) > 1:
        raise click.UsageError("Standard input can be read only once.")
    to_stdout = target == STREAM or (target is None and STREAM in photos)
    if arguments.as_json and not arguments.dry_run and to_stdout:
        raise click.UsageError("The photo and --json can't both go to standard output.")
    if arguments.faces is not None and (arguments.are_many or arguments.dry_run):
        raise click.UsageError("--faces is for one photo, and not for a dry run.")
    if sum(map(bool, (arguments.keep, arguments.only, arguments.faces))) > 1:
        raise click.UsageError("Only one of --keep, --only and --faces can say who is covered.")
    if arguments.keep_box and len(arguments.keep_box) != len(arguments.keep or arguments.only):
        raise click.UsageError("Give --keep-box once for each --keep or --only, empty where a photo shows one face.")
    if arguments.by_person and (arguments.picture is not None or arguments.emoji not in (DEFAULT, MIXED, NUMBERED)):
        raise click.UsageError("--by-person chooses the emoji; leave out --picture, and --emoji unless it is numbers.")
    if "/" in arguments.suffix or (not arguments.suffix and not arguments.to_folder):
        raise click.UsageError("--suffix is part of a file's name; it may only be empty where --output is a folder.")
    if arguments.quiet and arguments.verbose:
        raise click.UsageError("Either --quiet or --verbose.")


def is_standard_input(file: IO[bytes] | None) -> bool:
    return file is not None and getattr(file, "name", None) == "<stdin>"


def job_from(arguments: Arguments, load: Callable[[str], Detector]) -> Job:
    """`load` brings a detector by its name, where one is needed already."""
    chosen = options(arguments.format, None if arguments.to_folder else arguments.target)
    return Job(
        replace(
            chosen,
            sensitivity=arguments.sensitivity,
            emoji=MIXED if arguments.by_person and arguments.emoji != NUMBERED else arguments.emoji,
            size=arguments.size,
            people=chosen_people(arguments, chosen, load),
            picture=None if arguments.picture is None else own_picture(arguments.picture, chosen),
        ),
        None if arguments.faces is None else marked_faces(arguments.faces, chosen),
        Gallery() if arguments.by_person else None,
        arguments.dry_run,
        arguments.force,
        arguments.verbose,
    )


def chosen_people(arguments: Arguments, limits: Options, load: Callable[[str], Detector]) -> People | None:
    if not (arguments.keep or arguments.only):
        return None
    name, paths = ("--keep", arguments.keep) if arguments.keep else ("--only", arguments.only)
    found = persons(name, paths, arguments.keep_box, arguments.suffix, limits, load(arguments.detector))
    return People(found, bool(arguments.only), arguments.strictness)


def options(format: OutputFormat | None, output: Path | None) -> Options:
    """The format is what --format says, or else the suffix of the output file, or else the photo's own."""
    plain = output is not None and not is_special(output) and output.suffix
    by_suffix = format_of_suffix(output.suffix) if output is not None else None
    if plain and not (format or by_suffix):
        raise click.UsageError(f"{plain} is no format to write; choose .png, .jpg or .webp, or --format.")
    try:
        settings = Settings.from_environment(os.environ)
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    return Options(format or by_suffix or "same", max_bytes=settings.max_bytes, max_pixels=settings.max_pixels)


def own_picture(file: IO[bytes], limits: Options) -> Artwork:
    try:
        data = file.read(limits.max_bytes + 1)
        return read_artwork(data, max_bytes=limits.max_bytes, max_pixels=limits.max_pixels)
    except TurdifyError as error:
        raise click.UsageError(f"--picture: {error.message}") from error


def marked_faces(file: IO[bytes], limits: Options) -> list[Face]:
    try:
        return read_faces(file.read(limits.max_bytes), FACE_CHOICES, OFFERED)
    except InvalidFaces as error:
        raise click.UsageError(error.message) from error
