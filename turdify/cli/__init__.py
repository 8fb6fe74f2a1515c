"""The command line: turdify beach.jpg writes beach-turdified.jpg beside it."""

import json
import os
import sys
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO, Any

import click

from turdify import __version__
from turdify.cli.files import STREAM, make_folder, output_path, read, write
from turdify.cli.people import check_who, people, people_options
from turdify.covers import CHOICES, DEFAULT, DEFAULT_SIZE, FACE_CHOICES, MAX_SIZE, MIN_SIZE, MIXED, Artwork
from turdify.detection import DEFAULT_DETECTOR, DETECTORS, NORMAL, SENSITIVITIES, Detector, load_detector
from turdify.errors import InvalidFaces, TurdifyError
from turdify.faces import Face, read_faces
from turdify.photo import FORMATS, format_of_suffix
from turdify.pipeline import FIRST_ONLY, Options, OutputFormat, find_faces, read_artwork, turdify
from turdify.recognition import Gallery
from turdify.settings import Settings


class Failure(Exception):
    """One photo could not be done; the message says why."""


@dataclass(frozen=True)
class Arguments:
    """The command line as it was typed; see main for what each means."""

    photos: tuple[Path, ...]
    output: str | None
    format: OutputFormat | None
    detector: str
    emoji: str
    faces: IO[bytes] | None
    picture: IO[bytes] | None
    size: float
    sensitivity: str
    keep: tuple[Path, ...]
    only: tuple[Path, ...]
    strictness: str
    by_person: bool
    as_json: bool
    dry_run: bool
    force: bool
    quiet: bool

    @property
    def target(self) -> Path | None:
        return None if self.output is None else Path(self.output)

    @property
    def to_folder(self) -> bool:
        target = self.target
        return target is not None and (len(self.photos) > 1 or target.is_dir() or str(self.output).endswith("/"))


@dataclass(frozen=True)
class Job:
    """What is to be done with every photo. `output` None means beside each photo."""

    options: Options
    detector: Detector
    faces: list[Face] | None
    gallery: Gallery | None
    output: Path | None
    dry_run: bool
    force: bool
    written: set[Path] = field(default_factory=set)


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
        found = f"{len(self.faces)} covered, {len(self.kept)} kept" if self.kept else found
        written = "" if self.output is None else f" -> {self.output}"
        return f"{self.path}: {found}{written}" + (f" ({FIRST_ONLY})" if self.animated else "")


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("photos", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("-o", "--output", help="File to write; a folder for several photos, or if it ends in /.")
@click.option("--format", type=click.Choice(["same", *FORMATS]), help="Kind of file to write.  [default: same]")
@click.option(
    "--detector",
    type=click.Choice(list(DETECTORS)),
    envvar="TURDIFY_DETECTOR",
    default=DEFAULT_DETECTOR,
    show_default=True,
    help="What finds the faces.",
)
@click.option("--emoji", type=click.Choice(CHOICES), default=DEFAULT, show_default=True, help="What covers them.")
@click.option("--faces", type=click.File("rb"), help="JSON with the faces to cover instead of those found.")
@click.option("--picture", type=click.File("rb"), help="PNG or WebP of your own that covers them.")
@click.option(
    "--size",
    type=click.FloatRange(MIN_SIZE, MAX_SIZE),
    default=DEFAULT_SIZE,
    show_default=True,
    help="How large covers are, in percent of what just holds a face.",
)
@click.option(
    "--sensitivity",
    type=click.Choice(list(SENSITIVITIES)),
    default=NORMAL,
    show_default=True,
    help="low: what is covered is a face; high: no face stays uncovered.",
)
@people_options
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object for each photo, with the faces' boxes.")
@click.option("--dry-run", is_flag=True, help="Find the faces, write nothing.")
@click.option("--force", is_flag=True, help="Overwrite files that exist.")
@click.option("--quiet", is_flag=True, help="Say nothing but what went wrong.")
@click.version_option(__version__)
def main(**typed: Any) -> None:
    """Put a turd on every face in PHOTOS: beach.jpg becomes beach-turdified.jpg beside it.

    The photo "-" comes from standard input and goes to standard output.
    """
    arguments = Arguments(**typed)
    check_usage(arguments)
    job = job_from(arguments)
    if job.output is not None and arguments.to_folder and not job.dry_run:
        make_folder(job.output)
    failed = work(job, arguments)
    sys.exit(1 if failed else 0)


def check_usage(arguments: Arguments) -> None:
    """Refuse what can't be meant, before anything is read."""
    photos, target = arguments.photos, arguments.target
    if len(photos) > 1 and target is not None and (target == STREAM or target.is_file()):
        raise click.UsageError("Several photos need a folder as --output.")
    if photos.count(STREAM) > 1:
        raise click.UsageError("Standard input can be read only once.")
    to_stdout = target == STREAM or (target is None and STREAM in photos)
    if arguments.as_json and not arguments.dry_run and to_stdout:
        raise click.UsageError("The photo and --json can't both go to standard output.")
    if arguments.faces is not None and (len(photos) > 1 or arguments.dry_run):
        raise click.UsageError("--faces is for one photo, and not for a dry run.")
    check_who(arguments.keep, arguments.only, arguments.faces)
    if arguments.by_person and (arguments.picture is not None or arguments.emoji not in (DEFAULT, MIXED)):
        raise click.UsageError("--by-person chooses the emoji; leave out --emoji and --picture.")


def job_from(arguments: Arguments) -> Job:
    chosen = options(arguments.format, None if arguments.to_folder else arguments.target)
    detector = load_detector(arguments.detector)
    return Job(
        replace(
            chosen,
            emoji=MIXED if arguments.by_person else arguments.emoji,
            size=arguments.size,
            sensitivity=arguments.sensitivity,
            picture=None if arguments.picture is None else own_picture(arguments.picture, chosen),
            people=people(arguments.keep, arguments.only, arguments.strictness, chosen, detector),
        ),
        detector,
        None if arguments.faces is None else marked_faces(arguments.faces),
        Gallery() if arguments.by_person else None,
        arguments.target,
        arguments.dry_run,
        arguments.force,
    )


def work(job: Job, arguments: Arguments) -> list[str]:
    """All photos, one after another, and what is said about each; what went wrong is also returned."""
    show_bar = len(arguments.photos) > 1 and not (arguments.quiet or arguments.as_json) and sys.stderr.isatty()
    reports, failures = [], []
    with click.progressbar(arguments.photos, file=sys.stderr, hidden=not show_bar) as bar:
        for path in bar:
            try:
                report = process(path, job)
            except Failure as failure:
                failures.append(f"{path}: {failure}")
                continue
            if arguments.as_json:
                click.echo(report.as_json())
            elif show_bar:
                reports.append(str(report))
            elif not arguments.quiet or not report.faces or report.kept:  # what stays uncovered is always told
                click.echo(str(report), err=True)
    for line in reports + failures:
        click.echo(line, err=True)
    return failures


def options(format: OutputFormat | None, output: Path | None) -> Options:
    """The format is what --format says, or else the suffix of the output file, or else the photo's own."""
    by_suffix = None if output is None else format_of_suffix(output.suffix)
    if output is not None and output.suffix and not (format or by_suffix):
        raise click.UsageError(f"{output.suffix} is no format to write; choose .png, .jpg or .webp, or --format.")
    try:
        settings = Settings.from_environment(os.environ)
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    return Options(format or by_suffix or "same", max_bytes=settings.max_bytes, max_pixels=settings.max_pixels)


def own_picture(file: IO[bytes], limits: Options) -> Artwork:
    try:
        return read_artwork(file.read(), max_bytes=limits.max_bytes, max_pixels=limits.max_pixels)
    except TurdifyError as error:
        raise click.UsageError(f"--picture: {error.message}") from error


def marked_faces(file: IO[bytes]) -> list[Face]:
    try:
        return read_faces(file.read(), FACE_CHOICES)
    except InvalidFaces as error:
        raise click.UsageError(error.message) from error


def process(path: Path, job: Job) -> Report:
    """One photo from reading to writing. Raises Failure."""
    try:
        data = read(path, job.options.max_bytes)
        if job.dry_run:
            found = find_faces(data, job.options, detector=job.detector, gallery=job.gallery)
            return Report(path, None, found.size, found.faces, found.kept, found.animated)
        result = turdify(data, job.options, faces=job.faces, detector=job.detector, gallery=job.gallery)
        output = output_path(path, job.output, result.format)
        if output in job.written:
            raise Failure(f"{output} was just written for another photo.")
        write(output, result.data, force=job.force)
        job.written.add(output)
    except TurdifyError as error:
        raise Failure(error.message) from error
    except FileExistsError as error:
        raise Failure(f"{error.filename} exists; use --force to overwrite it.") from error
    except OSError as error:
        raise Failure(f"{error.strerror}.") from error
    return Report(path, output, result.size, result.faces, result.kept, result.animated)
