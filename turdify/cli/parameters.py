"""What options take, beyond what click knows."""

import json
import math
from typing import Any

import click

from turdify.cli.files import named
from turdify.covers import MAX_SIZE, MIN_SIZE
from turdify.errors import InvalidFaces
from turdify.faces import Box, read_box
from turdify.photo import FORMATS, format_of_suffix

KINDS = ("same", *FORMATS)


class Percent(click.FloatRange):
    """A cover's size; click's own range lets nan through."""

    def __init__(self) -> None:
        super().__init__(MIN_SIZE, MAX_SIZE)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        number = super().convert(value, param, ctx)
        return number if math.isfinite(number) else self.fail(f"{value} is not a number.", param, ctx)


class OutputKind(click.Choice[str]):
    """A format by its name, or by what files of it are called."""

    def __init__(self) -> None:
        super().__init__(KINDS)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        return super().convert(format_of_suffix(f".{value}") or str(value).lower(), param, ctx)


class Filled(click.Path):
    """A path that isn't empty, as a script's variable is that was never set, and would mean the folder we are in.

    Whether it can be read is seen when it is: one photo that can't be must not keep the others from being done.
    """

    def __init__(self) -> None:
        super().__init__(readable=False)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        return super().convert(value or self.fail("it is empty.", param, ctx), param, ctx)


class PhotoPath(Filled):
    """A photo's or a folder's path, or STREAM."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        return named(str(super().convert(value, param, ctx)))


class Sides(click.ParamType[Box | None]):
    """A box as LEFT,UPPER,RIGHT,LOWER, or as --json prints it; None where it is empty."""

    name = "box"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Box | None:
        if not value:
            return None
        try:
            return read_box(json.loads(f"[{str(value).strip('[] ')}]"), str(value))
        except (ValueError, InvalidFaces):
            return self.fail(f"{value!r} is not LEFT,UPPER,RIGHT,LOWER in pixels.", param, ctx)
