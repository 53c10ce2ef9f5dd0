"""A round's timetable with what of it is done, read off the state of everything that the steps leave behind."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from diancai.platform.accounts.queries import holders_of
from diancai.platform.archive.queries import latest_archive
from diancai.platform.core.actor import Actor
from diancai.platform.core.clock import local_day
from diancai.platform.core.working_days import first_unknown_year
from diancai.platform.divisions.queries import retention_of
from diancai.platform.funds.models import Fund, FundState
from diancai.platform.notices.queries import working_days_of
from diancai.platform.polling.hall_models import Sitting, SittingRound, SittingStep
from diancai.platform.polling.hall_queries import day_of
from diancai.platform.polling.models import ClosingMinute
from diancai.platform.polling.paper_queries import boxes_of
from diancai.platform.polling.queries import batches_of, register_count, stations_of
from diancai.platform.rehearsal.models import RehearsalOutcome
from diancai.platform.rehearsal.queries import rehearsals_of
from diancai.platform.results.queries import notice_of_result, results_of
from diancai.platform.rounds.models import Round
from diancai.platform.rounds.publicity import asked_of, fitting_notices
from diancai.platform.rounds.queries import latest_sign_off, scrutineers_of
from diancai.platform.rounds.readiness import FEWEST_SCRUTINEERS, checklist
from diancai.platform.rounds.states import RoundState, SignOffState, VotingChannel
from diancai.platform.timetable.plan import Dates, Milestone, milestones

ORDER = (
    RoundState.DRAFT, RoundState.ANNOUNCED, RoundState.VOTING, RoundState.SUSPENDED, RoundState.COLLECTING,
    RoundState.CLOSED, RoundState.COUNTED, RoundState.CERTIFIED, RoundState.PUBLISHED, RoundState.FINAL,
)  # fmt: skip
SOON = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Row:
    """A milestone with who does it and where it stands; `tentative_year` where holidays are not known yet."""

    milestone: Milestone
    people: tuple[str, ...]
    is_done: bool
    today: date
    tentative_year: int | None

    @property
    def status(self) -> str:
        if self.is_done:
            return "done"
        if self.milestone.due_on < self.today:
            return "overdue"
        return "soon" if self.milestone.due_on <= self.today + SOON else "later"


def has_timetable(round_: Round) -> bool:
    return not (round_.is_imported or round_.is_rehearsal) and round_.state is not RoundState.VOID


def timetable_of(session: Session, round_: Round, *, at: datetime) -> list[Row]:
    """Empty for a round that is void or was held elsewhere."""
    if not has_timetable(round_):
        return []
    done = set(_done(session, round_, at))
    return rows_for(session, round_.street_id, dates_of(session, round_), done, today=local_day(at))


def rows_for(session: Session, street_id: int, dates: Dates, done: set[str], *, today: date) -> list[Row]:
    found = milestones(session, dates)
    roles = {role for one in found for role in one.owners}
    people = {role: tuple(staff.name for staff in holders_of(session, role, [street_id])) for role in roles}
    unknown = first_unknown_year(session, found[0].due_on)
    return [
        Row(
            one,
            tuple(dict.fromkeys(name for role in one.owners for name in people[role])),
            one.code in done,
            today,
            unknown if unknown is not None and one.due_on.year >= unknown else None,
        )
        for one in found
    ]


def todo_of(rows: list[Row], actor: Actor, street_id: int) -> list[Row]:
    """What this person's roles can do next: overdue ones first, then by day."""
    roles = actor.roles_in(street_id)
    return [row for row in rows if not row.is_done and roles & set(row.milestone.owners)]


def dates_of(session: Session, round_: Round) -> Dates:
    sitting = first_sitting(session, round_)
    return Dates(
        opens_on=local_day(round_.opens_at),
        closes_on=local_day(round_.closes_at - timedelta(seconds=1)),
        hall_on=local_day(sitting.starts_at) if sitting else None,
        notice_days=round_.candidate_notice_days,
        check_days=round_.register_check_days,
        window_days=working_days_of(session, round_.street_id),
        retention_days=retention_of(session, round_.street_id).days,
        has_paper=VotingChannel.PAPER in round_.channel_names,
    )


def first_sitting(session: Session, round_: Round) -> Sitting | None:
    wanted = select(Sitting).join(SittingRound, SittingRound.sitting_id == Sitting.id)
    return session.scalars(wanted.where(SittingRound.round_id == round_.id).order_by(Sitting.starts_at)).first()


def _done(session: Session, round_: Round, at: datetime) -> Iterator[str]:
    """Codes of the milestones that have left their trace."""
    reached = ORDER.index(round_.state)
    yield from _drafting(session, round_, at)
    yield from _preparing(session, round_)
    states = {"announce": 1, "opens": 2, "closes": 4, "count": 6, "certify": 7, "publish": 8, "final": 9}
    yield from (code for code, place in states.items() if reached >= place)
    if session.get(ClosingMinute, round_.id) is not None:
        yield "seal"
    if results_of(session, round_):
        yield "count"
    notice = notice_of_result(session, round_)
    if round_.final_at is not None or (notice is not None and notice.ends_at <= at):
        yield "window"
    if any(one.outcome is RehearsalOutcome.MATCHED for one in rehearsals_of(session, round_)):
        yield "rehearsal"
    if latest_archive(session, round_) is not None:
        yield "archive"
    if round_.register_purged_at is not None:
        yield "purge"


def _drafting(session: Session, round_: Round, at: datetime) -> Iterator[str]:
    if round_.state is not RoundState.DRAFT:
        yield from ("menu", "order", "submit", "review")
    else:
        yield from (step.code for step in checklist(session, round_, at=at) if step.is_done)
        paper = latest_sign_off(session, round_)
        if paper and paper.state in (SignOffState.REVIEWED, SignOffState.SIGNED):
            yield from ("submit", "review")
    fund = session.get(Fund, round_.fund_id)
    if fund is not None and fund.state is FundState.APPROVED:
        yield "fund"


def _preparing(session: Session, round_: Round) -> Iterator[str]:
    for asked in asked_of(round_):
        if asked.working_days and fitting_notices(session, round_, asked):
            yield f"{asked.name}_notice"
    if register_count(session, round_):
        yield "register"
    if stations_of(session, round_):
        yield "stations"
    if len(scrutineers_of(session, round_)) >= FEWEST_SCRUTINEERS:
        yield "scrutineers"
    if any(batch.printed_at for batch in batches_of(session, round_)):
        yield "slips"
    if boxes_of(session, round_):
        yield "blanks"
    if (sitting := first_sitting(session, round_)) is not None:
        yield "sitting"
        if SittingStep.CLOSED in day_of(session, sitting).done:
            yield "hall"
