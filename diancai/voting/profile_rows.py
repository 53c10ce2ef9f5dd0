"""The rows of a profile as arrays: their marks put in order, and equal rows found."""

from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from diancai.voting.distinct import Words, first_alike, numbered

Integers: TypeAlias = npt.NDArray[Any]
"""Whole numbers: int64, or Python's own integers where 64 bits might not do."""

_WORD_BITS = 64


def starts_of(lengths: npt.ArrayLike) -> Integers:
    """Where each of B rows begins, and where the last ends (B + 1)."""
    return np.concatenate(([0], np.cumsum(lengths, dtype=np.int64)))


def tidy_order(lengths: Integers, places: Integers, *, is_ranking: bool) -> tuple[Integers, Integers]:
    """The lengths of the tidy rows (B), and where their marks stand in `places` (M).

    A row holds each place once, where it first stands; ascending, or by rank as given.
    """
    rows = np.repeat(np.arange(len(lengths)), lengths)
    keys = rows * (int(places.max(initial=0)) + 1) + places
    # Stable, for "where it first stands"; and quick, since the rows are in order already.
    order = np.argsort(keys, kind="stable")
    keys = keys[order]
    is_first = np.ones(len(keys), bool)
    np.not_equal(keys[1:], keys[:-1], out=is_first[1:])
    if not is_first.all():
        order = order[is_first]
        lengths = np.bincount(rows[order], minlength=len(lengths))
    elif is_ranking:
        order = np.arange(len(keys))
    return lengths, np.sort(order) if is_ranking else order


def counts_of_alike(starts: Integers, marks: Integers, points: Integers | None, counts: Integers) -> Integers:
    """For the first of equal rows the sum of their `counts`, for the others 0."""
    codes = marks.astype(np.uint64)
    if points is not None:
        point_codes = _point_codes(points)
        codes = codes * (point_codes.max(initial=np.uint64(0)) + np.uint64(1)) + point_codes
    alike = _first_alike_rows(np.diff(starts), starts[:-1], codes)
    sums = np.zeros(len(counts), np.int64)
    np.add.at(sums, alike, counts)
    return sums


def _point_codes(points: Integers) -> Words:
    if points.dtype == object:
        return np.unique(points, return_inverse=True)[1].astype(np.uint64)
    return numbered(first_alike([points.view(np.uint64)]))[1].astype(np.uint64)


def _first_alike_rows(lengths: Integers, starts: Integers, codes: Words) -> Integers:
    """For each row the place of an equal one; equal ones name the same.

    As many codes as fit go into one word. Rows of a length, so far equal, are told apart word by word.
    """
    bits = max(1, int(codes.max(initial=0)).bit_length())
    codes_in_word = _WORD_BITS // bits
    alike = lengths.astype(np.intp)
    rows = np.arange(len(lengths))
    position = 0
    while len(rows):
        word = _packed(lengths[rows] - position, starts[rows] + position, codes, bits)
        alike[rows] = rows[first_alike([alike[rows].astype(np.uint64), word])]
        position += codes_in_word
        rows = rows[lengths[rows] > position]
    return alike


def _packed(lengths: Integers, starts: Integers, codes: Words, bits: int) -> Words:
    """The next codes of each row in one word, as many as fit."""
    words = np.zeros(len(lengths), np.uint64)
    for place in range(min(_WORD_BITS // bits, int(lengths.max(initial=0)))):
        rows = np.flatnonzero(lengths > place)
        words[rows] |= codes[starts[rows] + place] << np.uint64(place * bits)
    return words
