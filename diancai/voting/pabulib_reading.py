"""Reading election files of the Pabulib format: whole and exact, or refused with line, column and reason."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path
from typing import NoReturn

from diancai.errors import InvalidInput
from diancai.voting.exact import Exact, parse_exact
from diancai.voting.pabulib import PabulibFile, VoteType, split_list

_SECTIONS = ("META", "PROJECTS", "VOTES")
_REQUIRED_COLUMNS = {"PROJECTS": ("project_id", "cost"), "VOTES": ("voter_id", "vote")}
_WITH_POINTS = {VoteType.CUMULATIVE, VoteType.SCORING}
# A last line of our own: a row that swallows it has an opening quote that is never closed.
_LAST_LINE = "\x00end"


@dataclass(slots=True)
class _Section:
    """Rows with the line each begins on."""

    line: int
    columns: tuple[str, ...] = ()
    rows: list[tuple[int, tuple[str, ...]]] = field(default_factory=list)


def read_pabulib(path: str | PathLike[str]) -> PabulibFile:
    """Read a .pb file. Raises OSError, and InvalidInput as `parse_pabulib` does."""
    return parse_pabulib(Path(path).read_bytes())


def parse_pabulib(content: bytes | str) -> PabulibFile:
    """Read the text of a .pb file, UTF-8 with or without a byte order mark; every vote type.

    Amounts may have a decimal point or comma. Raises InvalidInput `pabulib.<reason>`, with `line` and `column` where
    the fault has a place: encoding, quoting, missing_section, repeated_section, no_section, missing_column,
    repeated_column, too_many_values, missing_value, missing_key, repeated_key, bad_number, negative_number,
    unknown_vote_type, repeated_project, unknown_project, points_mismatch.
    """
    sections = _sections(_rows(_decode(content)))
    meta = _meta(sections["META"])
    vote_type = _check_meta(meta, sections["META"])
    for name, required in _REQUIRED_COLUMNS.items():
        _check_columns(sections[name], required)
    _check_votes(sections["VOTES"], vote_type, _check_projects(sections["PROJECTS"]))
    return PabulibFile(
        meta=tuple(meta.items()),
        project_columns=sections["PROJECTS"].columns,
        projects=tuple(row for _, row in sections["PROJECTS"].rows),
        vote_columns=sections["VOTES"].columns,
        votes=tuple(row for _, row in sections["VOTES"].rows),
    )


def _refuse(reason: str, **facts: object) -> NoReturn:
    raise InvalidInput(f"pabulib.{reason}", **facts)


def _decode(content: bytes | str) -> str:
    if isinstance(content, str):
        return content.removeprefix("\ufeff")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        _refuse("encoding", line=content.count(b"\n", 0, error.start) + 1)


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """Rows that hold anything, with the line they begin on."""
    reader = csv.reader(io.StringIO(f"{text}\n{_LAST_LINE}", newline=""), delimiter=";")
    line = 1
    while True:
        try:
            row = next(reader)
        except csv.Error:
            _refuse("quoting", line=line)
        if row == [_LAST_LINE]:
            return
        if row and row[-1].endswith(_LAST_LINE):
            _refuse("quoting", line=line)
        if any(row):
            yield line, row
        line = reader.line_num + 1


def _sections(rows: Iterable[tuple[int, list[str]]]) -> dict[str, _Section]:
    sections: dict[str, _Section] = {}
    current: _Section | None = None
    for line, row in rows:
        title = _title(row)
        if title:
            if title in sections:
                _refuse("repeated_section", line=line, section=title)
            current = sections[title] = _Section(line)
        elif current is None:
            _refuse("no_section", line=line)
        elif not current.columns:
            current.columns = tuple(column.strip() for column in _without_empty_end(row))
        else:
            current.rows.append((line, _fitted(row, len(current.columns), line)))
    for title in _SECTIONS:
        if title not in sections:
            _refuse("missing_section", section=title)
    return sections


def _title(row: list[str]) -> str:
    first = row[0].strip().upper()
    return first if first in _SECTIONS and not any(row[1:]) else ""


def _without_empty_end(row: list[str]) -> list[str]:
    while row and not row[-1].strip():
        row = row[:-1]
    return row


def _fitted(row: list[str], width: int, line: int) -> tuple[str, ...]:
    """Spreadsheets add or drop empty values at the end of a row; those change nothing."""
    if any(value.strip() for value in row[width:]):
        _refuse("too_many_values", line=line, expected=width, found=len(row))
    return (*row[:width], *("" for _ in range(width - len(row))))


def _meta(section: _Section) -> dict[str, str]:
    if tuple(column.lower() for column in section.columns) != ("key", "value"):
        _refuse("missing_column", line=section.line + 1, column="key;value")
    meta: dict[str, str] = {}
    for line, (key, value) in section.rows:
        if meta.setdefault(key.strip(), value) != value:
            _refuse("repeated_key", line=line, column=key.strip())
    return meta


def _check_meta(meta: dict[str, str], section: _Section) -> VoteType:
    lines = {row[0].strip(): line for line, row in section.rows}
    for key in ("budget", "vote_type"):
        if not meta.get(key, "").strip():
            _refuse("missing_key", column=key)
    for key in ("budget", "max_length", "default_score"):
        if meta.get(key, "").strip():
            _check_number(meta[key], lines[key], key, may_be_negative=key == "default_score")
    try:
        return VoteType(meta["vote_type"].strip().lower())
    except ValueError:
        _refuse("unknown_vote_type", line=lines["vote_type"], column="vote_type", value=meta["vote_type"])


def _check_number(text: str, line: int, column: str, *, may_be_negative: bool = False) -> Exact:
    try:
        number = parse_exact(text)
    except ValueError:
        _refuse("bad_number", line=line, column=column, value=text)
    if number < 0 and not may_be_negative:
        _refuse("negative_number", line=line, column=column, value=text)
    return number


def _check_columns(section: _Section, required: Sequence[str]) -> None:
    for column in required:
        if column not in section.columns:
            _refuse("missing_column", line=section.line + 1, column=column)
    for place, column in enumerate(section.columns):
        if column in section.columns[:place]:
            _refuse("repeated_column", line=section.line + 1, column=column)


def _check_projects(section: _Section) -> frozenset[str]:
    """The project ids of the file."""
    id_place, cost_place = section.columns.index("project_id"), section.columns.index("cost")
    known: set[str] = set()
    for line, row in section.rows:
        project_id = row[id_place].strip()
        if not project_id:
            _refuse("missing_value", line=line, column="project_id")
        if project_id in known:
            _refuse("repeated_project", line=line, column="project_id", value=project_id)
        known.add(project_id)
        _check_number(row[cost_place], line, "cost")
    return frozenset(known)


def _check_votes(section: _Section, vote_type: VoteType, known: frozenset[str]) -> None:
    voter_place, vote_place = section.columns.index("voter_id"), section.columns.index("vote")
    check_points = _points_check(section) if vote_type in _WITH_POINTS else None
    for line, row in section.rows:
        if not row[voter_place].strip():
            _refuse("missing_value", line=line, column="voter_id")
        marks = split_list(row[vote_place])
        if not known.issuperset(marks):
            unknown = next(mark for mark in marks if mark not in known)
            _refuse("unknown_project", line=line, column="vote", value=unknown)
        if check_points:
            check_points(line, row, len(marks))


def _points_check(section: _Section) -> Callable[[int, tuple[str, ...], int], None]:
    _check_columns(section, ("points",))
    place = section.columns.index("points")

    def check(line: int, row: tuple[str, ...], mark_count: int) -> None:
        points = split_list(row[place])
        if len(points) != mark_count:
            _refuse("points_mismatch", line=line, column="points", marks=mark_count, points=len(points))
        for point in points:
            _check_number(point, line, "points", may_be_negative=True)

    return check
