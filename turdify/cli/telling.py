"""What is said of the photos: a line or an object each, a bar meanwhile, and a summary."""

import re
import shutil
import sys
from dataclasses import dataclass, field
from types import TracebackType

import click
from tqdm import tqdm

from turdify.cli.covering import Failure, Outcome, Report

# With more reports than this, those of covered photos would only hide the others behind the bar.
SCREENFUL = 20


# What moves a terminal's cursor or turns the direction of writing.
CONTROL = re.compile(r"[^ -~\xa0-\u2027\u202f-\u2065\u206a-\U0010ffff]")


class NobodyListens(Exception):
    """What is said can't be written: whoever read it has gone, or the disk is full."""


@dataclass
class Teller:
    """Tells of `count` photos. On a terminal the reports wait until the bar is gone."""

    count: int
    as_json: bool
    quiet: bool
    verbose: bool
    outcomes: list[Outcome] = field(default_factory=list)

    def __enter__(self) -> "Teller":
        on_terminal = sys.stderr is not None and sys.stderr.isatty()
        self.bar_shown = on_terminal and self.count > 1 and not (self.quiet or self.as_json)
        columns, lines = shutil.get_terminal_size()  # which takes no zero for an answer, as tqdm does
        tqdm.monitor_interval = 0  # no thread of its own, for what a bar is worth
        self.bar = tqdm(
            total=self.count, unit="photo", ascii=" #", ncols=columns, nrows=lines, disable=not self.bar_shown
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.bar.close()
        if self.bar_shown:
            for outcome in self.outcomes:
                if self.verbose or self.count <= SCREENFUL or is_remarkable(outcome):
                    tell_all(outcome)

    def tell(self, outcome: Outcome) -> None:
        self.outcomes.append(outcome)
        self.bar.update()
        self.bar.set_postfix(faces=sum(len(done.faces) for done in self.outcomes if isinstance(done, Report)))
        if self.as_json:
            say(outcome.as_json(), to_programs=True)
        # Nothing covered is no success to be silent about.
        told = is_failed(outcome) or (not self.as_json and (not self.quiet or is_remarkable(outcome)))
        if told and not self.bar_shown:
            tell_all(outcome)

    def stop(self) -> None:
        """What is told instead of the summary where the rest is not done."""
        self.bar.close()
        failed = sum(map(is_failed, self.outcomes))
        say(
            f"Stopped: {len(self.outcomes) - failed} of {self.count} photos are done"
            f"{f', {failed} failed' if failed else ''}; --skip-done goes on from here."
        )

    def conclude(self) -> None:
        """The summary, where there is more to sum up than the one line."""
        if self.count < 2 or self.quiet or self.as_json:
            return
        failed = [str(outcome.path) for outcome in self.outcomes if is_failed(outcome)]
        bare = [str(outcome.path) for outcome in self.outcomes if is_bare(outcome)]
        kept = [f"{done.path} ({len(done.kept)})" for done in self.outcomes if isinstance(done, Report) and done.kept]
        covered = len(self.outcomes) - len(failed) - len(bare)
        say(f"{len(self.outcomes)} photos: {covered} with faces, {len(bare)} without, {len(failed)} failed.")
        if bare:
            say(f"Without a face (look at them, one may have been missed): {', '.join(bare)}")
        if kept:
            say(f"Uncovered, as whose they are was recognized (look whether it is them): {', '.join(kept)}")
        if failed:
            say(f"Failed: {', '.join(failed)}")

    @property
    def failed(self) -> bool:
        return any(map(is_failed, self.outcomes))


def is_failed(outcome: Outcome) -> bool:
    return isinstance(outcome, Failure)


def is_bare(outcome: Outcome) -> bool:
    return isinstance(outcome, Report) and not (outcome.faces or outcome.kept)


def is_remarkable(outcome: Outcome) -> bool:
    """Whether it is always told: it failed, somebody in it may show or does, or pictures of it are lost."""
    if isinstance(outcome, Failure):
        return True
    return not outcome.faces or bool(outcome.kept) or outcome.animated


def printable(line: str) -> str:
    """One line, whatever names are in it: what they would have a terminal do is shown as Python writes it, not done."""
    return CONTROL.sub(lambda found: repr(found[0])[1:-1], line)


def tell_all(outcome: Outcome) -> None:
    say(str(outcome))
    for line in outcome.trace.splitlines() if isinstance(outcome, Failure) else []:
        say(line)


def say(line: str, *, to_programs: bool = False) -> None:
    """To people on standard error, to programs on standard output. Raises NobodyListens."""
    try:
        click.echo(printable(line), err=not to_programs)
    except OSError as error:
        raise NobodyListens(error.strerror) from error
