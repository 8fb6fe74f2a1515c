"""Variables of the environment, read and checked; ValueError names the one that can't be used."""

from collections.abc import Collection, Mapping

# Of more than 4,300 digits Python makes no number, and says so without the variable's name.
MOST_DIGITS = 4300


def whole_number(environment: Mapping[str, str], name: str, default: int, least: int, limit: int) -> int:
    """The variable's value, from `least` to `limit`, or the default where it isn't set."""
    text = environment.get(name)
    if text is None:
        return default
    if not (text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS and least <= int(text) <= limit):
        raise ValueError(f"{name} must be a whole number from {least} to {limit}, not {text!r}.")
    return int(text)


def one_of(environment: Mapping[str, str], name: str, choices: Collection[str], default: str) -> str:
    """The variable's value, which is one of `choices`, or the default where it isn't set."""
    text = environment.get(name, default)
    if text not in choices:
        raise ValueError(f"{name} must be one of {', '.join(choices)}, not {text!r}.")
    return text
