"""倒排工期: from the day of the hall, or the end of the vote, back to the first step and on to the archive, in working days.

What the rule book or the street's settings ask for is taken from there. Every other lead time is a default of the
platform: no statute names one (domain B.8), so each says that it is a default, and since when.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy.orm import Session

from diancai.platform.core.actor import Role
from diancai.platform.core.working_days import working_day_after, working_day_before

DEFAULTS_SINCE = date(2026, 11, 25)
"""The day on which the lead times below were set."""
OFFICE, CLERKS, SCRUTINEERS = (Role.OFFICER,), (Role.OFFICER, Role.CLERK), (Role.SCRUTINEER,)

BEFORE_OPENING = {"stations": 5, "scrutineers": 5, "announce": 3, "slips": 2, "blanks": 2}
"""Working days before the vote opens: desks and scrutineers are known, residents have read the announcement, paper is there."""
BEFORE_ANNOUNCING = {"order": 3, "submit": 2, "review": 1, "fund": 1}
BEFORE_HALL = {"sitting": 10, "rehearsal": 5}
AFTER_CLOSE = {"seal": 1, "count": 1, "certify": 2, "publish": 4}
ARCHIVE_AFTER = 5
"""Working days from 生效 to the archive."""
OWNERS = {
    "fund": (Role.LEADER,),
    "review": (Role.REVIEWER,),
    "announce": (Role.LEADER,),
    "publish": (Role.LEADER,),
    "register": CLERKS,
    "slips": CLERKS,
    "blanks": CLERKS,
    "hall": (Role.OFFICER, Role.SCRUTINEER),
    "seal": (Role.OFFICER, Role.CLERK, Role.SCRUTINEER),
    "count": SCRUTINEERS,
    "certify": SCRUTINEERS,
    "window": (Role.OFFICER, Role.LEADER),
}
BY_ITSELF = frozenset({"opens", "closes", "purge"})
"""The platform does these; nobody has to press anything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dates:
    """What a timetable is made of; `notice_days` and `check_days` 0: the rule book asks for none."""

    opens_on: date
    closes_on: date
    hall_on: date | None
    notice_days: int
    check_days: int
    window_days: int
    retention_days: int
    has_paper: bool


@dataclass(frozen=True, slots=True)
class Milestone:
    """One line. `basis` says where the day comes from: the rule book, the office, or a default lead time of `days`."""

    code: str
    due_on: date
    basis: str
    days: int = 0

    @property
    def owners(self) -> tuple[Role, ...]:
        return () if self.code in BY_ITSELF else OWNERS.get(self.code, OFFICE)


def milestones(session: Session, dates: Dates) -> list[Milestone]:
    """In the order of their days; of one day in the order in which they are done."""
    found = [*_before(session, dates), *_hall(session, dates), *_after(session, dates)]
    return sorted(found, key=lambda one: one.due_on)


def _before(session: Session, dates: Dates) -> Iterator[Milestone]:
    opens_on = dates.opens_on

    def ahead(day: date, count: int) -> date:
        return working_day_before(session, day, count)

    announced_on = ahead(opens_on, BEFORE_OPENING["announce"])
    # the day of posting is not counted, and the last day is over when the announcement is signed
    notice_on = ahead(announced_on, dates.notice_days + 1) if dates.notice_days else ahead(announced_on, 4)
    check_on = ahead(announced_on, dates.check_days + 1) if dates.check_days else ahead(announced_on, 4)
    yield Milestone("menu", ahead(min(notice_on, ahead(announced_on, 3)), 1), "before_notice", 1)
    yield Milestone("register", ahead(check_on, 1), "before_notice", 1)
    if dates.notice_days:
        yield Milestone("candidate_notice", notice_on, "rule", dates.notice_days)
    if dates.check_days:
        yield Milestone("register_notice", check_on, "rule", dates.check_days)
    for code, count in BEFORE_ANNOUNCING.items():
        yield Milestone(code, ahead(announced_on, count), "before_announcing", count)
    for code, count in BEFORE_OPENING.items():
        if code != "blanks" or dates.has_paper:
            yield Milestone(code, ahead(opens_on, count), "before_opening", count)
    if dates.hall_on is None:
        yield Milestone(
            "rehearsal", ahead(opens_on, BEFORE_HALL["rehearsal"]), "before_opening", BEFORE_HALL["rehearsal"]
        )
    yield Milestone("opens", opens_on, "book")


def _hall(session: Session, dates: Dates) -> Iterator[Milestone]:
    if dates.hall_on is None:
        return
    for code, count in BEFORE_HALL.items():
        yield Milestone(code, working_day_before(session, dates.hall_on, count), "before_hall", count)
    yield Milestone("hall", dates.hall_on, "plan")


def _after(session: Session, dates: Dates) -> Iterator[Milestone]:
    yield Milestone("closes", dates.closes_on, "book")
    days = {code: working_day_after(session, dates.closes_on, count) for code, count in AFTER_CLOSE.items()}
    for code, day in days.items():
        yield Milestone(code, day, "after_close", AFTER_CLOSE[code])
    window_on = working_day_after(session, days["publish"], dates.window_days)
    final_on = working_day_after(session, window_on, 1)
    yield Milestone("window", window_on, "office", dates.window_days)
    yield Milestone("final", final_on, "after_window", 1)
    yield Milestone("archive", working_day_after(session, final_on, ARCHIVE_AFTER), "after_final", ARCHIVE_AFTER)
    yield Milestone("purge", final_on + timedelta(days=dates.retention_days), "retention", dates.retention_days)
