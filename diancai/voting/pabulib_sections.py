"""The sections of a Pabulib file: rows with their lines, by a reader that knows quotes."""

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NoReturn

from diancai.errors import InvalidInput

SECTIONS = ("META", "PROJECTS", "VOTES")


@dataclass(slots=True)
class Section:
    """Rows with the line each begins on."""

    columns_line: int
    columns: tuple[str, ...] = ()
    rows: list[tuple[int, tuple[str, ...]]] = field(default_factory=list)


def refuse(reason: str, **facts: object) -> NoReturn:
    """Raise InvalidInput `pabulib.<reason>`."""
    raise InvalidInput(f"pabulib.{reason}", **facts)


def sections_in(text: str) -> dict[str, Section]:
    """All three sections, in file order.

    Raises InvalidInput: quoting, missing_section, repeated_section, no_section, too_many_values.
    """
    return _sections(_rows(text))


def is_title(value: str) -> bool:
    """Whether a row that holds only this value begins a section."""
    return value.strip().upper() in SECTIONS


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """Rows that hold anything, with the line they begin on."""
    lines = list(io.StringIO(text, newline=""))
    # A row that takes the empty line behind the last one has an opening quote that is never closed.
    reader = csv.reader([*lines, ""], delimiter=";")
    while reader.line_num < len(lines):
        line = reader.line_num + 1
        try:
            row = next(reader)
        except csv.Error:
            refuse("quoting", line=line)
        if reader.line_num > len(lines):
            refuse("quoting", line=line)
        if any(row):
            yield line, row


def _sections(rows: Iterable[tuple[int, list[str]]]) -> dict[str, Section]:
    sections: dict[str, Section] = {}
    current: Section | None = None
    for line, row in rows:
        title = _title(row)
        if title:
            if title in sections:
                refuse("repeated_section", line=line, section=title)
            current = sections[title] = Section(line + 1)
        elif current is None:
            refuse("no_section", line=line)
        elif not current.columns:
            current.columns_line = line
            current.columns = tuple(column.strip() for column in _without_empty_end(row))
        else:
            current.rows.append((line, _fitted(row, len(current.columns), line)))
    for title in SECTIONS:
        if title not in sections:
            refuse("missing_section", section=title)
    return sections


def _title(row: list[str]) -> str:
    return row[0].strip().upper() if is_title(row[0]) and not any(row[1:]) else ""


def _without_empty_end(row: list[str]) -> list[str]:
    while row and not row[-1].strip():
        row = row[:-1]
    return row


def _fitted(row: list[str], width: int, line: int) -> tuple[str, ...]:
    """Spreadsheets add or drop empty values at the end of a row; those change nothing."""
    if any(value.strip() for value in row[width:]):
        refuse("too_many_values", line=line, expected=width, found=len(row))
    return (*row[:width], *("" for _ in range(width - len(row))))
