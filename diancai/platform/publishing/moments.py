"""Instants as an announcement says them: the weekday with the day, and a day that ends at 24:00."""

from datetime import datetime, timedelta

from babel.dates import format_datetime

from diancai.platform.core.clock import LOCAL
from diancai.platform.core.texts import SOURCE

PATTERNS = {SOURCE: "M月d日EEE", "en": "EEE d MMMM"}


def moment(at: datetime, locale: str = SOURCE) -> str:
    """For example 11月28日周六 18:00."""
    local = at.astimezone(LOCAL).replace(tzinfo=None)
    return f"{_day(local, locale)} {local:%H:%M}"


def end_moment(at: datetime, locale: str = SOURCE) -> str:
    """The end of a period: midnight belongs to the day that it ends, 11月28日周六 24:00."""
    local = at.astimezone(LOCAL).replace(tzinfo=None)
    if (local.hour, local.minute) != (0, 0):
        return moment(at, locale)
    return f"{_day(local - timedelta(days=1), locale)} 24:00"


def _day(local: datetime, locale: str) -> str:
    return str(format_datetime(local, PATTERNS[locale], locale=locale))
