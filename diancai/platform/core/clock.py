"""Instants are UTC; days are those of the wall clock in China."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

LOCAL = ZoneInfo("Asia/Shanghai")


def now() -> datetime:
    return datetime.now(UTC)


def local_day(at: datetime) -> date:
    """The day in China on which the instant falls."""
    return at.astimezone(LOCAL).date()


def local_instant(day: date, hour: int = 0, minute: int = 0) -> datetime:
    """The instant of a wall-clock time in China."""
    return datetime.combine(day, time(hour, minute), LOCAL).astimezone(UTC)


def start_of_day(day: date) -> datetime:
    return local_instant(day)


def end_of_day(day: date) -> datetime:
    """24:00, as the first instant that no longer belongs to the day."""
    return local_instant(day + timedelta(days=1))


def coarse_hour(at: datetime) -> datetime:
    """The hour an instant falls in: fine enough for a desk's record, too coarse to follow a person."""
    return at.replace(minute=0, second=0, microsecond=0)
