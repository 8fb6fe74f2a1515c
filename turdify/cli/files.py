"""Photos from files and streams, results into them."""

import errno
import os
import stat
import sys
from pathlib import Path

STREAM = Path("-")

# Where a program's open files are found by name, plain ones among them, which are written into all the same.
OPEN_FILES = ("/dev/stdout", "/dev/stderr", "/dev/fd/", "/proc/self/fd/")


def open_streams() -> None:
    """Give a standard stream that is closed the number that it should have, or a file of ours would get it."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # the lowest free number


def named(text: str) -> Path:
    """A path as it was typed; only "-" is STREAM, while ./- is a file, which Path alone would not tell from it."""
    path = Path(text)
    return path.absolute() if path == STREAM and text != str(STREAM) else path


def is_standard_output(path: Path) -> bool:
    """Whether the path is "-" or another name of standard output."""
    return path == STREAM or str(path) in ("/dev/stdout", "/dev/fd/1", "/proc/self/fd/1")


def read(path: Path, max_bytes: int) -> bytes:
    """The whole photo, or one byte more than is allowed."""
    if path == STREAM:
        if sys.stdin is None:
            raise OSError(errno.EBADF, "Standard input is closed")
        return sys.stdin.buffer.read(max_bytes + 1)
    with path.open("rb") as file:
        return file.read(max_bytes + 1)


def write(output: Path, data: bytes, *, force: bool) -> None:
    """All of the data, or OSError; a plain file is made whole or not at all.

    Raises FileExistsError rather than overwrite a plain file, unless forced to. What is none is written into.
    """
    if is_standard_output(output):
        write_stream(data)
    elif is_special(output):
        with output.open("wb") as file:
            file.write(data)
    else:
        write_file(Path(os.path.realpath(output)), data, force=force)


def write_stream(data: bytes) -> None:
    if sys.stdout is None:
        raise OSError(errno.EBADF, "Standard output is closed")
    rest = memoryview(data)
    try:
        while rest:  # unbuffered, it may take less than all at once
            rest = rest[sys.stdout.buffer.write(rest) or 0 :]
        sys.stdout.buffer.flush()
    except OSError:
        discard_standard_output()
        raise


def discard_standard_output() -> None:
    """What is still to be written to it goes nowhere, rather than fail again when the program ends."""
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, sys.stdout.fileno())
    os.close(null)


def make_folder(folder: Path) -> None:
    """The folder, and those that it is in, however many: Path.mkdir calls itself for each. Raises OSError."""
    for each in reversed(folder.parents):
        if not os.path.exists(each):
            each.mkdir(exist_ok=True)
    folder.mkdir(exist_ok=True)


def is_special(output: Path) -> bool:
    """Whether it is there and neither a folder nor a plain file, or one that is open under a name of its own."""
    is_plain = os.path.isfile(output) or os.path.isdir(output)
    return str(output).startswith(OPEN_FILES) or (os.path.exists(output) and not is_plain)


def temporary_file(folder: Path, process: int) -> Path:
    """Where a process has a result until it is whole, where that needs a name."""
    return folder / f".turdify-{process}"


def write_file(output: Path, data: bytes, *, force: bool) -> None:
    """What is there stays until the new file is complete, and hands on its permissions."""
    if not force and output.exists():
        raise FileExistsError(None, None, str(output))
    temporary = temporary_file(output.parent, os.getpid())
    try:
        descriptor, named = open_unnamed(output.parent, temporary)
        with open(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            if output.exists():
                os.fchmod(descriptor, stat.S_IMODE(output.stat().st_mode))
            os.fsync(descriptor)  # before the name: after a power cut there is a whole result or none
            if not named:
                link(descriptor, temporary)
        give_name(temporary, output, force=force)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def give_name(temporary: Path, output: Path, *, force: bool) -> None:
    """Its own name for a whole result; unless forced to, never that of a file which came meanwhile."""
    if not force:
        try:
            os.link(temporary, output)
        except FileExistsError as error:
            raise FileExistsError(None, None, str(output)) from error
        except OSError as error:  # a file system without links, where it can only be looked for
            if output.exists():
                raise FileExistsError(None, None, str(output)) from error
        else:
            temporary.unlink()
            return
    temporary.replace(output)


def open_unnamed(folder: Path, temporary: Path) -> tuple[int, bool]:
    """A file without a name, which a killed program leaves nothing of; where there is no such, a named one."""
    try:
        return os.open(folder, os.O_TMPFILE | os.O_WRONLY, 0o666), False
    except (AttributeError, OSError):  # another system's, or a file system that has none; or what the next line raises
        temporary.unlink(missing_ok=True)
        return os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666), True


def link(descriptor: int, name: Path) -> None:
    """Give a file without a name one."""
    name.unlink(missing_ok=True)
    folder = os.open(name.parent, os.O_RDONLY)  # only with a folder does os.link follow what /proc has
    try:
        os.link(f"/proc/self/fd/{descriptor}", name.name, src_dir_fd=folder, dst_dir_fd=folder)
    finally:
        os.close(folder)
