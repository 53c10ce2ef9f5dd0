"""The calendar of working days: a year from the State Council's notice, as a spreadsheet of its exceptions."""

from datetime import date, datetime

from sqlalchemy.orm import Session

from diancai.errors import InvalidInput
from diancai.platform.core.actor import Actor
from diancai.platform.core.audit import record
from diancai.platform.core.sheet_cells import a_day
from diancai.platform.core.sheets import Column, SheetReading, read_sheet
from diancai.platform.core.working_days import DayKind, import_year
from diancai.platform.divisions.events import CalendarYearImported

KINDS = {"放假": DayKind.OFF, "休": DayKind.OFF, "休息": DayKind.OFF, "上班": DayKind.WORKING, "班": DayKind.WORKING}


def a_kind(text: str) -> DayKind:
    """放假 or 上班. Raises InvalidInput calendar.kind (text)."""
    if text not in KINDS:
        raise InvalidInput("calendar.kind", text=text)
    return KINDS[text]


DAY = Column("day", ("日期",), True, a_day, "例如 2027-01-01")
KIND = Column("kind", ("安排", "放假或上班"), True, a_kind, "写“放假”或“上班”（周末调休上班）")
COLUMNS = (DAY, KIND)


def read_calendar(content: bytes, year: int) -> SheetReading:
    """The dry run. Raises InvalidInput sheet.* for a file that is unfit as a whole."""
    reading = read_sheet(content, COLUMNS, most_rows=366)
    seen: set[date] = set()
    for row in reading.rows:
        day = row.values["day"]
        if day.year != year:
            reading.problems.append(reading.problem(row, DAY, InvalidInput("calendar.other_year", year=year)))
        elif day in seen:
            reading.problems.append(reading.problem(row, DAY, InvalidInput("calendar.twice", day=day)))
        seen.add(day)
    return reading


def import_calendar_year(session: Session, year: int, days: dict[date, DayKind], *, by: Actor, at: datetime) -> None:
    """Enter or replace a year; days that are not given fall to their weekday.

    Raises InvalidInput calendar.year, calendar.other_year (year).
    """
    if not 2000 <= year <= 2100:
        raise InvalidInput("calendar.year", field="year")
    if any(day.year != year for day in days):
        raise InvalidInput("calendar.other_year", year=year)
    import_year(session, year, days)
    exceptions = {day.isoformat(): kind.value for day, kind in sorted(days.items())}
    record(session, CalendarYearImported(None, year, exceptions), by=by, at=at)
