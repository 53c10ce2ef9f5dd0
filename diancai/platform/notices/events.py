"""What is written down about notices and objections."""

from dataclasses import dataclass
from datetime import date

from diancai.platform.core.audit import Event
from diancai.platform.notices.models import Channel, NoticeKind, Outcome


@dataclass(frozen=True)
class NoticePosted(Event):
    notice_id: int
    subject: str
    kind: NoticeKind
    last_day: date
    tentative_year: int | None


@dataclass(frozen=True)
class NoticeConfirmed(Event):
    """The last day was checked against the calendar that is known now; it may have moved later, never earlier."""

    notice_id: int
    last_day_before: date
    last_day: date


@dataclass(frozen=True)
class ObjectionReceived(Event):
    notice_id: int
    number: int
    channel: Channel


@dataclass(frozen=True)
class ObjectionAnswered(Event):
    notice_id: int
    number: int
    outcome: Outcome
