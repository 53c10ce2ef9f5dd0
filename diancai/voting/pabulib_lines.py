"""The rows of a VOTES section as the bytes they were read from: columns and lists in one sweep, rows only when asked.

Only for lines without quotes, where every semicolon parts two values and every line end two rows.
"""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import overload

import numpy as np

from diancai.voting.distinct import Places
from diancai.voting.text_lists import PADDING, TextLists, delimiters_in, lists_between

_LINE_END, _SEMICOLON, _COMMA = b"\n;,"
Row = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Layout:
    """Of B rows and F fields the places in `delimiters`: of the row's first field, and of all its fields' ends.

    `opens` (B): the delimiter before the row. `first_ends` (B): the place in `ends` of its first field's end.
    `field_counts` (B). `ends` (F): the delimiter behind each field.
    """

    opens: Places
    first_ends: Places
    field_counts: Places
    ends: Places


class VoteLines(Sequence[Row]):
    """Rows of `width` values each, equal to a tuple of the same rows. Missing values at a row's end are empty."""

    def __init__(self, content: bytes, delimiters: Places, layout: _Layout, width: int) -> None:
        """Made by `regular_lines`. `content`: UTF-8, padded for `lists_between`, which explains `delimiters`."""
        self._content = content
        self._delimiters = delimiters
        self._layout = layout
        self._width = width
        self._lists: dict[int, TextLists] = {}

    def __len__(self) -> int:
        return len(self._layout.opens)

    @overload
    def __getitem__(self, index: int) -> Row: ...

    @overload
    def __getitem__(self, index: slice) -> tuple[Row, ...]: ...

    def __getitem__(self, index: int | slice) -> Row | tuple[Row, ...]:
        if isinstance(index, slice):
            return tuple(self._row(place) for place in range(*index.indices(len(self))))
        return self._row(range(len(self))[index])

    def __iter__(self) -> Iterator[Row]:
        return map(self._row, range(len(self)))

    def __eq__(self, other: object) -> bool:
        if isinstance(other, VoteLines):
            is_same = self._width == other._width and self._content == other._content
            return is_same or (len(self) == len(other) and tuple(self) == tuple(other))
        if isinstance(other, tuple):
            return len(self) == len(other) and tuple(self) == other
        return NotImplemented

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __repr__(self) -> str:
        return f"<{len(self)} votes>"

    def column(self, place: int) -> Row:
        """All values of one column, as written."""
        starts, ends = self.spans(place)
        spans = zip(starts.tolist(), ends.tolist(), strict=True)
        return tuple(self._content[start:end].decode() for start, end in spans)

    def lists(self, place: int) -> TextLists:
        """One column as lists."""
        if place not in self._lists:
            opens, closes = self._fields(place)
            self._lists[place] = lists_between(self._content, self._delimiters, opens, closes)
        return self._lists[place]

    def has_blank(self, place: int) -> bool:
        """Whether a value of this column is empty or only space."""
        starts, ends = self.spans(place)
        if (starts == ends).any():
            return True
        held = np.frombuffer(self._content, np.uint8)[starts]
        unclear = np.flatnonzero((held <= ord(" ")) | (held >= 127))
        spans = zip(starts[unclear].tolist(), ends[unclear].tolist(), strict=True)
        return any(not self._content[start:end].decode().strip() for start, end in spans)

    def only_firsts(self) -> Row:
        """The first value of every row that holds no other."""
        starts, ends = self.spans(0)
        filled = self._bounds[1] - ends - self._layout.field_counts + 1
        alone = np.flatnonzero(filled == 0)
        spans = zip(starts[alone].tolist(), ends[alone].tolist(), strict=True)
        return tuple(self._content[start:end].decode() for start, end in spans)

    def spans(self, place: int) -> tuple[Places, Places]:
        """Where the values of a column begin and end in the content."""
        opens, closes = self._fields(place)
        ends = self._delimiters[closes]
        return np.minimum(self._delimiters[opens] + 1, ends), ends

    def _fields(self, place: int) -> tuple[Places, Places]:
        """The places in `delimiters` before and behind each value of a column; a missing one lies at the row's end."""
        layout = self._layout
        last = layout.first_ends + layout.field_counts - 1
        at = layout.first_ends + place
        closes = layout.ends[np.minimum(at, last)]
        opens = layout.opens if place == 0 else layout.ends[np.minimum(at - 1, last)]
        return opens, closes

    def _row(self, place: int) -> Row:
        start, end = self._bounds_listed[place]
        values = self._content[start:end].decode().split(";")[: self._width]
        return (*values, *("" for _ in range(self._width - len(values))))

    @cached_property
    def _bounds(self) -> tuple[Places, Places]:
        """Where each row begins and ends in the content."""
        layout = self._layout
        closes = layout.ends[layout.first_ends + layout.field_counts - 1]
        return self._delimiters[layout.opens] + 1, self._delimiters[closes]

    @cached_property
    def _bounds_listed(self) -> list[tuple[int, int]]:
        starts, ends = self._bounds
        return list(zip(starts.tolist(), ends.tolist(), strict=True))


def regular_lines(content: bytes, width: int) -> VoteLines | None:
    """The rows of valid UTF-8, or None where they need a reader that knows quotes, or hold more than `width` values."""
    if b'"' in content or b"\0" in content:
        return None
    if b"\r" in content:
        content = content.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    padded = b"".join((content, b"" if content.endswith(b"\n") else b"\n", PADDING))
    held = np.frombuffer(padded, np.uint8)
    delimiters = delimiters_in(held, (_LINE_END, _SEMICOLON, _COMMA))
    kinds = held[delimiters[1:]]
    ends = np.flatnonzero(kinds != _COMMA) + 1
    row_ends = np.flatnonzero(kinds[ends - 1] == _LINE_END) + 1
    field_counts = np.diff(row_ends, prepend=0)
    first_ends = row_ends - field_counts
    closes = ends[row_ends - 1]
    opens = np.concatenate(([0], closes[:-1]))
    lengths = delimiters[closes] - delimiters[opens] - 1
    if int(lengths.max()) > csv.field_size_limit():
        return None
    # A row of nothing but semicolons is no row.
    is_row = lengths >= field_counts
    layout = _Layout(opens[is_row], first_ends[is_row], field_counts[is_row], ends)
    lines = VoteLines(padded, delimiters, layout, width)
    return None if _has_too_many(lines, delimiters, layout, width) else lines


def _has_too_many(lines: VoteLines, delimiters: Places, layout: _Layout, width: int) -> bool:
    """Whether a row holds anything but semicolons beyond its `width` values."""
    beyond = np.maximum(layout.field_counts - width, 0)
    if not beyond.any():
        return False
    _, ends = lines.spans(width - 1)
    row_ends = delimiters[layout.ends[layout.first_ends + layout.field_counts - 1]]
    return bool((row_ends - ends > beyond).any())
