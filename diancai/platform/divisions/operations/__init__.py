"""Changing divisions, a street's office, its privacy notice, and the calendar."""

from diancai.platform.divisions.operations.calendar import import_calendar_year, read_calendar
from diancai.platform.divisions.operations.divisions import add_division, import_divisions, read_divisions
from diancai.platform.divisions.operations.offices import OfficeSettings, change_office, publish_privacy_notice

__all__ = [
    "OfficeSettings",
    "add_division",
    "change_office",
    "import_calendar_year",
    "import_divisions",
    "publish_privacy_notice",
    "read_calendar",
    "read_divisions",
]
