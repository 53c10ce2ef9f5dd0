"""Deadlines in working days: an editable calendar, and an honest answer for years it does not know yet."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

import chinese_calendar
from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from diancai.platform.core.clock import end_of_day
from diancai.platform.core.db import Base, stored_enum

STATUTORY_DAYS = {(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)}
"""Fixed by date in the 2024 rules; 春节, 清明, 端午 and 中秋 follow the moon and are known only from the notice."""


class DayKind(StrEnum):
    OFF = "off"
    WORKING = "working"


class CalendarDay(Base):
    """One day as the State Council's notice, or the office's correction of it, has it."""

    __tablename__ = "calendar_day"

    day: Mapped[date] = mapped_column(primary_key=True)
    kind: Mapped[DayKind] = mapped_column(stored_enum(DayKind, "kind"))


class CalendarYear(Base):
    """A year whose days are all in `calendar_day`."""

    __tablename__ = "calendar_year"

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)


@dataclass(frozen=True, slots=True)
class Deadline:
    """The end of a period. `tentative_year` is the first year counted by weekends and statutory days only."""

    ends_at: datetime
    last_day: date
    tentative_year: int | None = None


def seed_calendar(session: Session) -> None:
    """Enter the years that the calendar package knows and the table does not."""
    known = set(session.scalars(select(CalendarYear.year)))
    first = min(chinese_calendar.constants.holidays).year
    last = max(chinese_calendar.constants.holidays).year
    for year in range(max(first, 2024), last + 1):
        if year not in known:
            import_year(session, year, {day: _package_kind(day) for day in _days_of(year)})


def import_year(session: Session, year: int, days: dict[date, DayKind]) -> None:
    """Enter or replace a year. Days that are not given fall to weekends."""
    rows = [{"day": day, "kind": days.get(day, _weekday_kind(day))} for day in _days_of(year)]
    session.merge(CalendarYear(year=year))
    session.execute(delete(CalendarDay).where(CalendarDay.day.between(date(year, 1, 1), date(year, 12, 31))))
    session.execute(insert(CalendarDay), rows)


def deadline(session: Session, start: date, working_day_count: int) -> Deadline:
    """The period of so many working days that begins after `start` (民法典 201: the first day is not counted)."""
    known_years = set(session.scalars(select(CalendarYear.year)))
    known_days = {
        row.day: row.kind
        for row in session.scalars(
            select(CalendarDay).where(CalendarDay.day > start, CalendarDay.day <= start + timedelta(days=800))
        )
    }
    day, left, tentative = start, working_day_count, None
    while left > 0:
        day += timedelta(days=1)
        if day.year not in known_years and tentative is None:
            tentative = day.year
        left -= known_days.get(day, _weekday_kind(day)) is DayKind.WORKING
    return Deadline(end_of_day(day), day, tentative)


def working_day_before(session: Session, day: date, working_day_count: int) -> date:
    """The so-manieth working day before `day`, which is not counted; the day itself for none."""
    return _walk(session, day, working_day_count, -1)


def working_day_after(session: Session, day: date, working_day_count: int) -> date:
    """The so-manieth working day after `day`, which is not counted; the day itself for none."""
    return _walk(session, day, working_day_count, 1)


def first_unknown_year(session: Session, day: date) -> int | None:
    """The first year from this day on whose holidays are not in the calendar; None is never the answer in practice."""
    known = set(session.scalars(select(CalendarYear.year)))
    return next((year for year in range(day.year, day.year + 100) if year not in known), None)


def _walk(session: Session, day: date, left: int, direction: int) -> date:
    while left > 0:
        day += timedelta(days=direction)
        known = session.get(CalendarDay, day)
        left -= (known.kind if known else _weekday_kind(day)) is DayKind.WORKING
    return day


def _days_of(year: int) -> list[date]:
    first = date(year, 1, 1)
    return [first + timedelta(days=n) for n in range((date(year + 1, 1, 1) - first).days)]


def _package_kind(day: date) -> DayKind:
    return DayKind.WORKING if chinese_calendar.is_workday(day) else DayKind.OFF


def _weekday_kind(day: date) -> DayKind:
    is_off = day.weekday() >= 5 or (day.month, day.day) in STATUTORY_DAYS
    return DayKind.OFF if is_off else DayKind.WORKING
