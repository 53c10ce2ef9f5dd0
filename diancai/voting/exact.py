"""Exact numbers: whole where possible, a fraction where a file has one. Nothing that decides is a float."""

import re
from fractions import Fraction
from typing import TypeAlias

Exact: TypeAlias = int | Fraction

_DECIMAL = re.compile(r"[+-]?[0-9]{1,100}(?:[.,][0-9]{1,100})?")


def tidy(number: Exact) -> Exact:
    """The same number, as an int where it is whole."""
    return int(number) if number.denominator == 1 else number


def parse_exact(text: str) -> Exact:
    """A decimal number with a point or a comma ("4000.0", "1,5"). Raises ValueError for anything else."""
    if not is_exact(text):
        raise ValueError(text)
    return tidy(Fraction(text.strip().replace(",", ".")))


def is_exact(text: str) -> bool:
    """Whether `parse_exact` takes the text."""
    return _DECIMAL.fullmatch(text.strip()) is not None
