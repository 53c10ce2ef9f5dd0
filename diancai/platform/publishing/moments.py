"""Instants as an announcement says them: the weekday with the day, and a day that ends at 24:00."""

from datetime import datetime, timedelta

from babel.dates import format_datetime

from diancai.platform.core.clock import LOCAL
from diancai.platform.core.texts import SOURCE

PATTERNS = {SOURCE: "M月d日 EEEE", "en": "EEEE d MMMM"}


def moment(at: datetime, locale: str = SOURCE) -> str:
    """For example 11月28日 星期六 18:00. Midnight belongs to the day that it ends: 11月28日 星期六 24:00."""
    local = at.astimezone(LOCAL).replace(tzinfo=None)
    clock = f"{local:%H:%M}"
    if clock == "00:00":
        local, clock = local - timedelta(minutes=1), "24:00"
    return f"{format_datetime(local, PATTERNS[locale], locale=locale)} {clock}"
