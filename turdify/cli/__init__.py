"""The command line: turdify beach.jpg writes beach-turdified.jpg beside it."""

import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from turdify import __version__
from turdify.cli import folders
from turdify.cli.arguments import Arguments, check_usage, job_from
from turdify.cli.covering import Job, Outcome, process
from turdify.cli.files import STREAM, make_folder, open_streams
from turdify.cli.folders import Named, PassedOver, Unreadable, Walk
from turdify.cli.names import SUFFIX, Task, tasks
from turdify.cli.parameters import Filled, OutputKind, Percent, PhotoPath
from turdify.cli.people import people_options
from turdify.cli.serving import serve
from turdify.cli.telling import NobodyListens, Teller, printable, say
from turdify.cli.workers import Hands, at_once
from turdify.covers import CHOICES, DEFAULT, DEFAULT_SIZE
from turdify.detection import DEFAULT_DETECTOR, DETECTORS, NORMAL, SENSITIVITIES, Detector, load_detector
from turdify.errors import RecognitionMissing, TooManyPixels, TooMuchMemory
from turdify.interrupts import INTERRUPTED, interruptible
from turdify.machine import WORKERS_LIMIT, photo_bytes, plan, this_machine
from turdify.memory import bounded

# An exit status, beside click's 2 and INTERRUPTED.
FAILED = 1

# Errors of photos for which there may be memory when they are done alone.
TOO_LARGE = (TooManyPixels.code, TooMuchMemory.code)


class CommandLine(click.Command):
    """turdify PHOTO..., or turdify serve; a photo of that name is ./serve."""

    def main(self, args: Sequence[str] | None = None, *rest: Any, **settings: Any) -> Any:
        typed = sys.argv[1:] if args is None else list(args)
        open_streams()
        if typed[:1] == ["serve"]:
            return serve.main(typed[1:], "turdify serve")
        try:
            return super().main(typed, *rest, **settings)
        except OSError as error:  # of no photo: help that fills a disk, the folder we are in being removed
            sys.exit(f"That can't be done: {error.strerror}.")

    def invoke(self, context: click.Context) -> Any:
        try:
            return super().invoke(context)
        except click.UsageError as error:  # ours, in which names are as they are; click's own come before
            raise click.UsageError(printable(error.message), error.ctx) from error


@click.command(cls=CommandLine, context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("photos", nargs=-1, required=True, type=PhotoPath())
@click.option("-o", "--output", type=Filled(), help="File to write; a folder for several photos, or if it ends in /.")
@click.option("--format", type=OutputKind(), help="Kind of file to write.  [default: same]")
@click.option(
    "--detector",
    type=click.Choice(list(DETECTORS)),
    envvar="TURDIFY_DETECTOR",
    default=DEFAULT_DETECTOR,
    show_default=True,
    help="What finds the faces.",
)
@click.option(
    "--sensitivity",
    type=click.Choice(list(SENSITIVITIES)),
    default=NORMAL,
    show_default=True,
    help="low: what is covered is a face; high: no face stays uncovered.",
)
@people_options
@click.option("--emoji", type=click.Choice(CHOICES), default=DEFAULT, show_default=True, help="What covers them.")
@click.option("--faces", type=click.File("rb"), help="JSON with the faces to cover instead of those found.")
@click.option("--picture", type=click.File("rb"), help="PNG or WebP of your own that covers them.")
@click.option(
    "--size",
    type=Percent(),
    default=DEFAULT_SIZE,
    show_default=True,
    help="How large covers are, in percent of what just holds a face.",
)
@click.option("--recursive/--no-recursive", "-r", default=True, help="Folders within folders too.  [default: yes]")
@click.option("--suffix", default=SUFFIX, show_default=True, help="What results have at the end of their names.")
@click.option("--skip-done", is_flag=True, help="Pass over photos with a result that is newer.")
@click.option(
    "-j", "--jobs", type=click.IntRange(1, WORKERS_LIMIT), help="Photos at once, a core each.  [default: all cores]"
)
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object for each photo, with the faces' boxes.")
@click.option("--dry-run", is_flag=True, help="Find the faces, write nothing.")
@click.option("-f", "--force", is_flag=True, help="Overwrite files that exist.")
@click.option("-q", "--quiet", is_flag=True, help="Say nothing but what went wrong.")
@click.option("-v", "--verbose", is_flag=True, help="Say what is passed over by name, and all of a fault.")
@click.version_option(__version__)
def main(**typed: Any) -> None:
    """Put a turd on every face in PHOTOS: beach.jpg becomes beach-turdified.jpg beside it.

    A folder stands for all photos in it. The photo "-" comes from standard input and goes to standard output.
    "turdify serve" starts the page.

    \b
    Examples:
      turdify beach.jpg
      turdify holiday/ -o covered/ --skip-done
      turdify - --emoji mixed --format png < beach.jpg > covered.png

    \b
    Exit status:
      0    every photo was done or passed over
      1    some failed
      2    the command can't be meant
      130  Ctrl+C
    """
    arguments = Arguments(**typed)
    check_usage(arguments)
    try:
        job = job_from(arguments, lambda name: loaded(name, affordable(arguments, 1)[1].threads))
        sys.exit(FAILED if run(arguments, job) else 0)
    except NobodyListens as error:
        sys.exit(f"What is done can't be told any more, so no more is done: {error}.")


def run(arguments: Arguments, job: Job) -> bool:
    """Do all photos and tell of them; whether any failed. Raises NobodyListens."""
    folder = arguments.target if arguments.to_folder else None
    if folder is not None and not job.dry_run:
        make_output(folder)
    entries = list(Walk(arguments.recursive, arguments.suffix, folder).entries(arguments.photos))
    photos = [entry for entry in entries if isinstance(entry, Named)]
    passed_over = [entry for entry in entries if isinstance(entry, PassedOver)]
    unreadable = [entry for entry in entries if isinstance(entry, Unreadable)]
    planned = list(tasks(photos, arguments.target, to_folder=arguments.to_folder, suffix=arguments.suffix))
    if not arguments.suffix:
        check_folders(planned)
    to_do: list[Task] = []
    for task in planned:
        if arguments.skip_done and task.is_done:
            passed_over.append(PassedOver(task.path, "done already"))
        else:
            to_do.append(task)
    tell_passed_over(passed_over, arguments)
    for entry in unreadable:
        say(f"{entry.path}: {entry.reason}.")
    if not (planned or passed_over or unreadable):
        say("There is no photo to do.")
    coming = outcomes(to_do, job, arguments)
    with Teller(len(to_do), arguments.as_json, arguments.quiet, arguments.verbose) as teller:
        try:
            with interruptible():
                for outcome in coming:
                    teller.tell(outcome)
        except KeyboardInterrupt:
            teller.stop()
            sys.exit(INTERRUPTED)
    teller.conclude()
    return teller.failed or bool(unreadable)


def check_folders(planned: list[Task]) -> None:
    """Refuse results called like photos in a folder of photos: --force would write them over others' originals."""
    places = {os.path.realpath(parent) for parent in {task.target.parent for task in planned}}
    holders = {os.path.realpath(parent) for parent in {task.path.parent for task in planned if task.path != STREAM}}
    for folder in places & holders:
        raise click.UsageError(f"With an empty --suffix no result may be in a folder of the photos: {folder}.")


def tell_passed_over(passed_over: list[PassedOver], arguments: Arguments) -> None:
    if arguments.verbose:
        for entry in passed_over:
            say(f"{entry.path}: passed over, {entry.reason}")
    elif passed_over and not arguments.quiet:
        say(folders.summary(passed_over))


def outcomes(to_do: list[Task], job: Job, arguments: Arguments) -> Iterator[Outcome]:
    """As they come; what has to be loaded for that is so before. Raises UsageError if it can't be."""
    if not to_do:
        return iter(())
    at_most = len(to_do) if job.gallery is None else 1  # who was seen before is known in one process
    jobs, hands = affordable(arguments, at_most)
    if jobs > 1:
        return side_by_side(to_do, job, hands, jobs, affordable(arguments, 1)[1])
    return one_by_one(to_do, job, hands, loaded(hands.detector, hands.threads))


def one_by_one(to_do: list[Task], job: Job, hands: Hands, detector: Detector) -> Iterator[Outcome]:
    with bounded(hands.photo_bytes):
        yield from (process(task, job, detector) for task in to_do)


def side_by_side(to_do: list[Task], job: Job, hands: Hands, jobs: int, alone: Hands) -> Iterator[Outcome]:
    """Photos that are too large to be in memory beside others are done after these, one at a time, by who is alone."""
    most = min(job.options.max_pixels, hands.max_pixels)
    large = []
    for task, outcome in at_once(to_do, replace(job, options=replace(job.options, max_pixels=most)), hands, jobs):
        if getattr(outcome, "code", None) in TOO_LARGE:
            large.append(task)
        else:
            yield outcome
    yield from (outcome for _, outcome in at_once(large, job, alone, 1))


def affordable(arguments: Arguments, at_most: int) -> tuple[int, Hands]:
    """How many photos are done at once, `at_most` so many, and what each process has for one.

    Who asks for jobs gets a core for each, and whoever doesn't all cores. Raises UsageError for a variable that is
    wrong.
    """
    machine, environment = this_machine(), {**os.environ, "TURDIFY_DETECTOR": arguments.detector}
    if arguments.jobs is not None:
        environment = {"TURDIFY_THREADS": "1", **environment, "TURDIFY_WORKERS": str(arguments.jobs)}
    try:
        workers = min(at_most, plan(machine, environment).workers)
        chosen = plan(machine, {**environment, "TURDIFY_WORKERS": str(workers)})
        bytes_each = photo_bytes(chosen, environment)
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    return workers, Hands(arguments.detector, chosen.threads, bytes_each, chosen.max_pixels)


def loaded(name: str, threads: int) -> Detector:
    try:
        return load_detector(name, threads)
    except RecognitionMissing as error:
        raise click.UsageError(error.message) from error


def make_output(folder: Path) -> None:
    try:
        make_folder(folder)
    except FileExistsError as error:
        raise click.UsageError(f"{folder} is a file, not a folder.") from error
    except OSError as error:
        raise click.UsageError(f"The folder {folder} can't be made: {error.strerror}.") from error
