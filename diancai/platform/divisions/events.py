"""What people in office do with divisions and settings, for the administrative log."""

from collections.abc import Mapping
from dataclasses import dataclass

from diancai.platform.core.audit import Event
from diancai.platform.divisions.models import Level


@dataclass(frozen=True)
class DivisionAdded(Event):
    division_id: int
    level: Level
    code: str
    name: str


@dataclass(frozen=True)
class DivisionsImported(Event):
    added_count: int
    changed_count: int
    codes: list[str]


@dataclass(frozen=True)
class OfficeChanged(Event):
    """`changes`: for each setting its value before and after."""

    changes: Mapping[str, list[str]]


@dataclass(frozen=True)
class PrivacyNoticePublished(Event):
    version: int
    sha256: str


@dataclass(frozen=True)
class CalendarYearImported(Event):
    year: int
    exceptions: Mapping[str, str]
