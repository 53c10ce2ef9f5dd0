"""What a supervisor sees of every street: stage, overdue 公示, exceptions, 补登, extensions, and the notes."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from diancai.platform.core.actor import Actor, Role
from diancai.platform.core.clock import local_day
from diancai.platform.notices.queries import notices_about, open_objections
from diancai.platform.polling.queries import late_count, stations_of
from diancai.platform.rounds.models import Round
from diancai.platform.rounds.queries import addenda_of, rounds_of
from diancai.platform.rounds.states import RoundState
from diancai.platform.supervision.models import SupervisionNote
from diancai.platform.timetable.plan import Milestone
from diancai.platform.timetable.queries import timetable_of

OF_NOTICES = frozenset({"candidate_notice", "register_notice", "publish", "window"})
OVER = frozenset({RoundState.FINAL, RoundState.VOID})


@dataclass(frozen=True, slots=True)
class Supervised:
    """One round: what is late, and what was out of the ordinary."""

    round_: Round
    overdue: list[Milestone]
    """公示 that should have been posted or ended by now."""
    late_objections: int
    """Unanswered though the notice has ended."""
    exceptions: list[tuple[str, str]]
    """Stations that closed with a difference, and the reason."""
    late_count: int
    extensions: int


def supervised_rounds(session: Session, street_ids: Collection[int], *, at: datetime) -> list[Supervised]:
    """Rounds that go on, and those of this year that are over; no drafts that were given up, no rehearsals."""
    year = local_day(at).year
    found = [one for one in rounds_of(session, street_ids) if not (one.is_imported or one.is_rehearsal)]
    return [_supervised(session, one, at) for one in found if one.state not in OVER or one.year == year]


def notes_of(session: Session, street_ids: Collection[int]) -> list[SupervisionNote]:
    """Unanswered ones first, by the day of the answer."""
    wanted = select(SupervisionNote).where(SupervisionNote.street_id.in_(street_ids))
    order = (SupervisionNote.reply.is_not(None), SupervisionNote.reply_by, SupervisionNote.id)
    return list(session.scalars(wanted.order_by(*order)))


def is_late(note: SupervisionNote, today: date) -> bool:
    answered_on = local_day(note.replied_at) if note.replied_at else today
    return answered_on > note.reply_by


def late_note_count(session: Session, actor: Actor, today: date) -> int:
    """In the streets that this person supervises."""
    streets = [one for one in actor.street_ids if Role.DISTRICT_SUPERVISOR in actor.roles_in(one)]
    return sum(is_late(note, today) for note in notes_of(session, streets))


def _supervised(session: Session, round_: Round, at: datetime) -> Supervised:
    rows = timetable_of(session, round_, at=at)
    ended = [one for one in notices_about(session, f"round:{round_.id}") if one.ends_at <= at]
    return Supervised(
        round_,
        [row.milestone for row in rows if row.status == "overdue" and row.milestone.code in OF_NOTICES],
        sum(len(open_objections(session, one)) for one in ended),
        [(one.name, one.difference_reason) for one in stations_of(session, round_) if one.difference_reason],
        late_count(session, round_),
        sum(one.code == "extended" for one in addenda_of(session, round_)),
    )
