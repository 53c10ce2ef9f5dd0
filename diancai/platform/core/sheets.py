"""The one way spreadsheets come in and go out. Coming in, nothing is stored: rows and problems are handed back.

A file is refused whole when its shape is wrong; a cell that cannot be read becomes a problem named by row and column.
"""

import io
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook

from diancai.errors import DomainError, InvalidInput
from diancai.platform.core.sheet_cells import MOST_EXACT, cell_text
from diancai.platform.core.sheet_files import (
    MOST_COLUMNS,
    checked_parts,
    column_letters,
    look_at_first_sheet,
    packed_anew,
)

MOST_PROBLEMS = 200


@dataclass(frozen=True, slots=True)
class Column:
    """`titles`: accepted headers, the first is the one in the template. `parse` raises InvalidInput for a bad text."""

    key: str
    titles: tuple[str, ...]
    is_required: bool = False
    parse: Callable[[str], Any] = str
    hint: str = ""
    empty: Any = ""
    """What an empty cell of a column that is not required stands for."""


@dataclass(frozen=True, slots=True)
class SheetRow:
    """`number` is the row as the spreadsheet's own margin counts it."""

    number: int
    values: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Problem:
    """One cell that cannot be accepted: `column` is its letter, `title` its header."""

    sheet: str
    row: int
    column: str
    title: str
    code: str
    facts: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class SheetReading:
    """`rows` holds the rows without problems. `ignored_titles` are headers that no column asked for."""

    sheet: str
    rows: list[SheetRow]
    problems: list[Problem]
    places: Mapping[str, str]
    """Letter of each column that was found, by key."""
    ignored_titles: tuple[str, ...] = ()
    has_more_problems: bool = False

    @property
    def is_clean(self) -> bool:
        return not self.problems

    def problem(self, row: SheetRow, column: Column, error: DomainError) -> Problem:
        """A problem that only the caller can see, for example a number used twice."""
        letters = self.places.get(column.key, "")
        return Problem(self.sheet, row.number, letters, column.titles[0], error.code, error.facts)


def read_sheet(content: bytes, columns: Sequence[Column], *, most_rows: int = 50_000) -> SheetReading:
    """Read the first visible sheet; its first filled row holds the titles.

    Raises InvalidInput with what makes the file unfit as a whole: sheet.not_xlsx, .damaged, .bomb, .too_many_columns,
    .too_many_rows (count, limit), .merged (cells), .formulas (cells), .missing_columns (titles), .repeated_column
    (title), .no_rows.
    """
    parts = checked_parts(content)
    look = look_at_first_sheet(parts)
    if look.last_column > MOST_COLUMNS:
        raise InvalidInput("sheet.too_many_columns", count=look.last_column, limit=MOST_COLUMNS)
    if look.filled_row_count - 1 > most_rows or look.last_row > 2 * most_rows + 100:
        raise InvalidInput("sheet.too_many_rows", count=max(look.filled_row_count - 1, most_rows + 1), limit=most_rows)
    if look.merged:
        raise InvalidInput("sheet.merged", cells="、".join(look.merged))
    if look.formulas:
        raise InvalidInput("sheet.formulas", cells="、".join(look.formulas))
    lines = [(number, line) for number, line in enumerate(_values(parts, look.name), 1) if any(map(_is_filled, line))]
    if len(lines) < 2:
        raise InvalidInput("sheet.no_rows")
    return _read_lines(look.name, lines, columns)


def _values(parts: dict[str, bytes], name: str) -> list[list[Any]]:
    try:
        with CalamineWorkbook.from_filelike(packed_anew(parts)) as workbook:
            return workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)
    except CalamineError as problem:
        raise InvalidInput("sheet.damaged") from problem


def _is_filled(cell: Any) -> bool:
    return bool(cell.strip()) if isinstance(cell, str) else cell is not None


def _read_lines(sheet: str, lines: list[tuple[int, list[Any]]], columns: Sequence[Column]) -> SheetReading:
    places, ignored = _places(lines[0][1], columns)
    reading = SheetReading(sheet, [], [], {key: column_letters(place + 1) for key, place in places.items()}, ignored)
    wanted = [(column, places[column.key]) for column in columns if column.key in places]
    absent = {column.key: column.empty for column in columns if column.key not in places}
    for number, line in lines[1:]:
        row, problem_count = SheetRow(number, dict(absent)), len(reading.problems)
        for column, place in wanted:
            try:
                row.values[column.key] = _read_cell(line[place] if place < len(line) else "", column)
            except InvalidInput as error:
                reading.problems.append(reading.problem(row, column, error))
        if len(reading.problems) == problem_count:
            reading.rows.append(row)
        elif len(reading.problems) >= MOST_PROBLEMS:
            return SheetReading(sheet, reading.rows, reading.problems[:MOST_PROBLEMS], reading.places, ignored, True)
    return reading


def _places(header: list[Any], columns: Sequence[Column]) -> tuple[dict[str, int], tuple[str, ...]]:
    """Where each column stands, and the titles that nobody asked for."""
    known = {_plain_title(title): column for column in columns for title in column.titles}
    places: dict[str, int] = {}
    ignored = []
    for place, cell in enumerate(header):
        column = known.get(_plain_title(str(cell)))
        if column is None:
            ignored.append(str(cell).strip())
        elif column.key in places:
            raise InvalidInput("sheet.repeated_column", title=column.titles[0])
        else:
            places[column.key] = place
    missing = [column.titles[0] for column in columns if column.is_required and column.key not in places]
    if missing:
        raise InvalidInput("sheet.missing_columns", titles="、".join(missing))
    return places, tuple(title for title in ignored if title)


def _plain_title(title: str) -> str:
    return re.sub(r"[\s*]", "", unicodedata.normalize("NFKC", title)).casefold()


def _read_cell(cell: Any, column: Column) -> Any:
    text = cell_text(cell)
    if not text:
        if column.is_required:
            raise InvalidInput("sheet.required")
        return column.empty
    return column.parse(text)


def sheet_template(columns: Sequence[Column], name: str, notes: Sequence[str] = ()) -> bytes:
    """An empty sheet to fill in, and a second one that says how. Cells are text, so that nothing typed is altered."""
    file = io.BytesIO()
    with _workbook(file) as workbook:
        sheet = workbook.add_worksheet(_sheet_name(name))
        head, plain = workbook.add_format({"bold": True, "bottom": 1}), workbook.add_format({"num_format": "@"})
        for place, column in enumerate(columns):
            sheet.set_column(place, place, max(12, 2 * len(column.titles[0]) + 4), plain)
            sheet.write_string(0, place, column.titles[0], head)
        sheet.freeze_panes(1, 0)
        _write_notes(workbook, columns, notes)
    return file.getvalue()


def _write_notes(workbook: Any, columns: Sequence[Column], notes: Sequence[str]) -> None:
    sheet = workbook.add_worksheet("填写说明")
    sheet.set_column(0, 0, 20)
    sheet.set_column(2, 2, 80)
    for number, column in enumerate(columns):
        sheet.write_string(number, 0, column.titles[0])
        sheet.write_string(number, 1, "必填" if column.is_required else "选填")
        sheet.write_string(number, 2, column.hint)
    for number, note in enumerate(notes, len(columns) + 1):
        sheet.write_string(number, 0, note)


def write_sheet(name: str, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """Rows as an xlsx. Text is written as text, whatever it begins with: nothing in it can become a formula or link."""
    file = io.BytesIO()
    with _workbook(file) as workbook:
        sheet = workbook.add_worksheet(_sheet_name(name))
        head = workbook.add_format({"bold": True, "bottom": 1})
        for place, title in enumerate(header):
            sheet.write_string(0, place, title, head)
            sheet.set_column(place, place, max(10, 2 * len(title) + 2))
        for number, row in enumerate(rows, 1):
            for place, value in enumerate(row):
                _write_cell(sheet, number, place, value)
        sheet.freeze_panes(1, 0)
    return file.getvalue()


def _workbook(file: io.BytesIO) -> Any:
    import xlsxwriter  # type: ignore[import-untyped]  # few processes write a sheet, and it is slow to import

    return xlsxwriter.Workbook(
        file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    )


def _write_cell(sheet: Any, row: int, column: int, value: Any) -> None:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if is_number and abs(value) < MOST_EXACT:
        sheet.write_number(row, column, value)
    elif value is not None:
        sheet.write_string(row, column, str(value)[:32_767])


def _sheet_name(name: str) -> str:
    return re.sub(r"[\[\]:*?/\\']", " ", name).strip()[:31] or "Sheet1"
