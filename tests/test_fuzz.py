"""A sample of damaged files; bench/fuzz.py tries as many as one likes."""

import pytest

from tests.fuzz import Fault, check, read_and_written
from tests.mutants import mutant, seeds
from turdify.photo import reading

SAMPLE = range(600)


@pytest.mark.parametrize("name", seeds())
def test_what_is_damaged_later_is_read(name: str) -> None:
    assert check(seeds()[name]) == "read"


def test_damaged_files_get_a_picture_or_an_error_in_a_sentence() -> None:
    outcomes = [check(mutant(number)[1]) for number in SAMPLE]
    assert 100 < outcomes.count("read") < 500, "neither all too broken to reach a decoder, nor hardly damaged"


def test_a_mutant_is_the_same_again() -> None:
    assert [mutant(number) for number in SAMPLE[:50]] == [mutant(number) for number in SAMPLE[:50]]


def test_what_is_not_promised_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "to_working_mode", lambda image, contents: image)
    with pytest.raises(Fault, match="mode P"):
        read_and_written(seeds()["gif"])
