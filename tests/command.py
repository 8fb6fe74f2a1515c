"""The command line, in this process."""

from pathlib import Path

from click.testing import CliRunner, Result

from turdify.cli import main


def run(*arguments: str | Path, stdin: bytes = b"") -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments], input=stdin)


def tree(folder: Path) -> list[str]:
    """The files in the folder and below it."""
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())
