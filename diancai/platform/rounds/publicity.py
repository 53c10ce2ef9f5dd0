"""候选项目公示 and 名册核对: what the rule book asks for before a vote opens, and what of it is still missing.

Each is a notice that stood for so many working days and whose objections are answered. A last day that is still 暂定 does
not hold the vote back: it may only move later, and then the opening waits for it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from diancai.errors import InvalidInput, WrongState
from diancai.platform.core.clock import local_day
from diancai.platform.core.working_days import deadline
from diancai.platform.notices.models import Notice, NoticeKind
from diancai.platform.notices.queries import notices_about, open_objections
from diancai.platform.rounds.models import Round


@dataclass(frozen=True, slots=True)
class Asked:
    """One notice before the vote: `name` is its part of codes; `working_days` 0 asks for none."""

    name: str
    kind: NoticeKind
    working_days: int


def asked_of(round_: Round) -> tuple[Asked, Asked]:
    return (
        Asked("candidate", NoticeKind.CANDIDATES, round_.candidate_notice_days),
        Asked("register", NoticeKind.REGISTER, round_.register_check_days),
    )


def fitting_notices(session: Session, round_: Round, asked: Asked) -> list[Notice]:
    """Newest first, without those that were posted for fewer days than are asked for now."""
    posted = notices_about(session, f"round:{round_.id}", asked.kind)
    return [notice for notice in posted if notice.working_days >= asked.working_days]


def problem_with(session: Session, round_: Round, asked: Asked, *, at: datetime) -> WrongState | None:
    """Why the vote may not open yet, with `candidate` or `register` in the middle: round.*_notice_missing (days),
    round.*_notice_running (last_day), round.*_objections_open (count)."""
    if not asked.working_days:
        return None
    notices = fitting_notices(session, round_, asked)
    if not notices:
        return WrongState(f"round.{asked.name}_notice_missing", days=asked.working_days)
    if notices[0].ends_at > at:
        return WrongState(f"round.{asked.name}_notice_running", last_day=notices[0].last_day)
    count = sum(len(open_objections(session, notice)) for notice in notices)
    return WrongState(f"round.{asked.name}_objections_open", count=count) if count else None


def publicity_problems(session: Session, round_: Round, *, at: datetime) -> Iterator[WrongState]:
    """Everything that keeps the vote from opening at this instant, as `problem_with` says it."""
    for asked in asked_of(round_):
        if problem := problem_with(session, round_, asked, at=at):
            yield problem


def lacks_notices(session: Session, round_: Round) -> bool:
    """One that is asked for was not posted yet."""
    return any(asked.working_days and not fitting_notices(session, round_, asked) for asked in asked_of(round_))


def date_problems(session: Session, round_: Round, *, at: datetime) -> Iterator[InvalidInput]:
    """Where the vote is to open before notices posted now could have ended: round.opens_before_*_notice (days, last_day)."""
    for asked in asked_of(round_):
        posted = fitting_notices(session, round_, asked) if asked.working_days else []
        end = posted[0] if posted else deadline(session, local_day(at), asked.working_days)
        if asked.working_days and round_.opens_at < end.ends_at:
            code = f"round.opens_before_{asked.name}_notice"
            yield InvalidInput(code, field="opens_at", days=asked.working_days, last_day=end.last_day)
