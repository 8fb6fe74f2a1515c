"""turdify serve: the page, without a checkout."""

import os
import sys
from typing import NoReturn

import click

from turdify.heap import ask_for_huge_pages
from turdify.shipped import shipped

CONFIGURATION = "gunicorn.conf.py"


@click.command(
    "serve",
    context_settings={"ignore_unknown_options": True, "help_option_names": ["-h", "--help"]},
    options_metavar="[OPTIONS]...",
    epilog="Example: TURDIFY_BIND=127.0.0.1:8000 turdify serve",
)
@click.argument("options", nargs=-1, type=click.UNPROCESSED, metavar="")
def serve(options: tuple[str, ...]) -> NoReturn:
    """Serve the page at http://localhost:8000 and to the home network.

    OPTIONS are gunicorn's; what else can be set are variables of the environment (docs/reference.md).
    """
    # In a program of its own, as gunicorn's parent must not have the threads that this one has.
    configuration = shipped(CONFIGURATION)
    command = [sys.executable, "-m", "gunicorn", "--config", str(configuration)]
    ask_for_huge_pages()
    os.execv(sys.executable, [*command, "--pythonpath", str(configuration.parent), *options])  # noqa: S606
