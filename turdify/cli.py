"""The command line: turdify beach.jpg writes beach-turdified.jpg beside it."""

import json
import os
import sys
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO

import click

from turdify import __version__
from turdify.covers import CHOICES, DEFAULT, DEFAULT_SIZE, FACE_CHOICES, MAX_SIZE, MIN_SIZE, Artwork
from turdify.detection import DEFAULT_DETECTOR, DETECTORS, Detector, load_detector
from turdify.errors import InvalidFaces, TurdifyError
from turdify.faces import Face, read_faces
from turdify.photo import FORMATS, SUFFIXES, Format, format_of_suffix
from turdify.pipeline import Options, find_faces, read_artwork, turdify
from turdify.settings import Settings

STREAM = Path("-")


class Failure(Exception):
    """One photo could not be done; the message says why."""


@dataclass(frozen=True)
class Job:
    """What the command line asks for, the same for every photo. `output` None means beside each photo."""

    options: Options
    detector: Detector
    faces: list[Face] | None
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

    def as_json(self) -> str:
        width, height = self.size
        return json.dumps(
            {
                "path": str(self.path),
                "output": None if self.output is None else str(self.output),
                "width": width,
                "height": height,
                "faces": [face.as_dict() for face in self.faces],
            }
        )

    def __str__(self) -> str:
        found = {0: "no face found", 1: "1 face"}.get(len(self.faces), f"{len(self.faces)} faces")
        return f"{self.path}: {found}" + ("" if self.output is None else f" -> {self.output}")


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
@click.option(
    "--faces", "faces_file", type=click.File("rb"), help="JSON with the faces to cover instead of those found."
)
@click.option("--picture", "picture_file", type=click.File("rb"), help="PNG or WebP of your own that covers them.")
@click.option(
    "--size",
    type=click.FloatRange(MIN_SIZE, MAX_SIZE),
    default=DEFAULT_SIZE,
    show_default=True,
    help="How large covers are, in percent of what just holds a face.",
)
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object for each photo, with the faces' boxes.")
@click.option("--dry-run", is_flag=True, help="Find the faces, write nothing.")
@click.option("--force", is_flag=True, help="Overwrite files that exist.")
@click.option("--quiet", is_flag=True, help="Say nothing but what went wrong.")
@click.version_option(__version__)
def main(
    photos: tuple[Path, ...],
    output: str | None,
    format: Format | None,
    detector: str,
    emoji: str,
    faces_file: IO[bytes] | None,
    picture_file: IO[bytes] | None,
    size: float,
    as_json: bool,
    dry_run: bool,
    force: bool,
    quiet: bool,
) -> None:
    """Put a turd on every face in PHOTOS: beach.jpg becomes beach-turdified.jpg beside it.

    The photo "-" comes from standard input and goes to standard output.
    """
    target = None if output is None else Path(output)
    check_usage(photos, target, as_json and not dry_run)
    to_folder = target is not None and (len(photos) > 1 or target.is_dir() or str(output).endswith("/"))
    chosen = replace(options(format, None if to_folder else target), emoji=emoji, size=size)
    if picture_file is not None:
        chosen = replace(chosen, picture=own_picture(picture_file, chosen))
    if faces_file is not None and (len(photos) > 1 or dry_run):
        raise click.UsageError("--faces is for one photo, and not for a dry run.")
    faces = None if faces_file is None else marked_faces(faces_file)
    if target is not None and to_folder and not dry_run:
        make_folder(target)
    job = Job(chosen, load_detector(detector), faces, target, dry_run, force)
    show_bar = len(photos) > 1 and not (quiet or as_json) and sys.stderr.isatty()
    reports, failures = [], []
    with click.progressbar(photos, file=sys.stderr, hidden=not show_bar) as bar:
        for path in bar:
            try:
                report = process(path, job)
            except Failure as failure:
                failures.append(f"{path}: {failure}")
                continue
            if as_json:
                click.echo(report.as_json())
            elif show_bar:
                reports.append(str(report))
            elif not quiet or not report.faces:  # a photo in which nothing is covered is no success to be silent about
                click.echo(str(report), err=True)
    for line in reports + failures:
        click.echo(line, err=True)
    sys.exit(1 if failures else 0)


def check_usage(photos: tuple[Path, ...], output: Path | None, json_beside_output: bool) -> None:
    """Refuse what can't be meant, before anything is read."""
    if len(photos) > 1 and output is not None and (output == STREAM or output.is_file()):
        raise click.UsageError("Several photos need a folder as --output.")
    if photos.count(STREAM) > 1:
        raise click.UsageError("Standard input can be read only once.")
    to_stdout = output == STREAM or (output is None and STREAM in photos)
    if json_beside_output and to_stdout:
        raise click.UsageError("The photo and --json can't both go to standard output.")


def make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise click.UsageError(f"{error.strerror}: {error.filename}") from error


def options(format: Format | None, output: Path | None) -> Options:
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
            found = find_faces(data, job.options, detector=job.detector)
            return Report(path, None, found.size, found.faces)
        result = turdify(data, job.options, faces=job.faces, detector=job.detector)
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
    return Report(path, output, result.size, result.faces)


def read(path: Path, max_bytes: int) -> bytes:
    """The whole photo, or one byte more than is allowed."""
    if path == STREAM:
        return sys.stdin.buffer.read(max_bytes + 1)
    with path.open("rb") as file:
        return file.read(max_bytes + 1)


def output_path(path: Path, output: Path | None, format: Format) -> Path:
    """Where the result of `path` goes: as told, in the folder told, or beside the photo; "-" for standard output."""
    if output is not None and not output.is_dir():
        return output
    if path == STREAM and output is None:
        return STREAM
    stem = "photo" if path == STREAM else path.stem
    return (output or path.parent) / f"{stem}-turdified{SUFFIXES[format]}"


def write(output: Path, data: bytes, *, force: bool) -> None:
    """Raises FileExistsError rather than overwrite, unless forced to."""
    if output == STREAM:
        sys.stdout.buffer.write(data)
        return
    if not force and output.exists():
        raise FileExistsError(None, None, output)
    # Complete or not at all: what is there stays until the new file is.
    with NamedTemporaryFile(dir=output.parent, prefix=".turdify-", delete=False) as file:
        try:
            file.write(data)
            file.close()
            Path(file.name).chmod(0o666 & ~umask())
            Path(file.name).replace(output)
        except BaseException:
            Path(file.name).unlink()
            raise


def umask() -> int:
    """The permissions that new files are made without; it can only be read by setting it."""
    mask = os.umask(0)
    os.umask(mask)
    return mask
