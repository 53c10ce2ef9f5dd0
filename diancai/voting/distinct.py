"""Which of many values are equal, exactly: values are sent to slots, and what lies in a slot is then compared."""

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Words: TypeAlias = npt.NDArray[np.uint64]
Places: TypeAlias = npt.NDArray[np.intp]

_ROUNDS = 8
_ODD = 0x9E3779B97F4A7C15
_WORD = 2**64 - 1


def first_alike(words: Sequence[Words]) -> Places:
    """For each place the place of one that is equal to it in every word; equal ones name the same place.

    `words`: one or more arrays of the same length (n), together the value. Time and memory grow with n.
    """
    alike = np.empty(len(words[0]), np.intp)
    rest = np.arange(len(alike))
    for number in range(_ROUNDS):
        if not len(rest):
            return alike
        held = [word if len(rest) == len(alike) else word[rest] for word in words]
        found = _in_same_slot(held, number)
        is_equal = np.logical_and.reduce([word[found] == word for word in held])
        alike[rest[is_equal]] = rest[found[is_equal]]
        rest = rest[~is_equal]
    # Only values made to collide come here.
    _compare_one_by_one(words, rest, alike)
    return alike


def numbered(alike: Places) -> tuple[Places, Places]:
    """The places that `first_alike` names, ascending, and for each value the number of its own among them."""
    is_named = np.zeros(len(alike), bool)
    is_named[alike] = True
    named = np.flatnonzero(is_named)
    numbers = np.empty(len(alike), np.intp)
    numbers[named] = np.arange(len(named))
    return named, numbers[alike]


def _in_same_slot(words: Sequence[Words], number: int) -> Places:
    """For each place one whose hash leads to the same slot. Equal values always meet; others may too."""
    bits = max(8, len(words[0]).bit_length() + 1)
    slots = _slots(words, number, bits)
    table = np.empty(1 << bits, np.intp)
    # Backwards: of equal slots the last one written stays, and that is to be the first.
    table[slots[::-1]] = np.arange(len(slots) - 1, -1, -1)
    return table[slots]


def _slots(words: Sequence[Words], number: int, bits: int) -> Places:
    """A hash of each value, of so many bits. `number`: of the round, each with a hash of its own."""
    factor = np.uint64((_ODD * (2 * number + 1)) & _WORD)
    mixed = np.zeros(len(words[0]), np.uint64)
    for word in words:
        mixed ^= word
        mixed *= factor
        mixed ^= mixed >> np.uint64(32)
    mixed *= factor
    return (mixed >> np.uint64(64 - bits)).astype(np.intp)


def _compare_one_by_one(words: Sequence[Words], rest: Places, alike: Places) -> None:
    firsts: dict[tuple[int, ...], int] = {}
    for place, value in zip(rest.tolist(), zip(*(word[rest].tolist() for word in words), strict=True), strict=True):
        alike[place] = firsts.setdefault(value, place)
