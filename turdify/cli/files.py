"""Photos from files and streams, results into them."""

import os
import sys
from pathlib import Path
from tempfile import NamedTemporaryFile

import click

from turdify.photo import SUFFIXES, Format

STREAM = Path("-")


def make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise click.UsageError(f"{error.strerror}: {error.filename}") from error


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
