"""A round opens and stops taking ballots by the clock; what must be true before it may open."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from diancai.errors import WrongState
from diancai.platform.core.actor import SYSTEM, Actor, Role
from diancai.platform.core.audit import Event, record
from diancai.platform.core.confirmations import Span, confirmable, lapse_requests
from diancai.platform.core.db import log_outlives_seal
from diancai.platform.core.jobs import enqueue
from diancai.platform.core.moves import hold, move
from diancai.platform.core.timeline import note
from diancai.platform.polling.operations.sealing import SHORTEST_INTERVAL
from diancai.platform.rounds.models import Round
from diancai.platform.rounds.operations.announcing import open_key
from diancai.platform.rounds.publicity import publicity_problems
from diancai.platform.rounds.states import ROUND_MOVES, RoundState


@dataclass(frozen=True)
class VotingOpened(Event):
    round_id: int


@dataclass(frozen=True)
class VotingEnded(Event):
    round_id: int


@dataclass(frozen=True)
class LogRiskAccepted(Event):
    """Two people accept that the database's log outlives the seal."""

    round_id: int
    requested_by: int


def open_round(session: Session, round_: Round, *, at: datetime) -> None:
    """ANNOUNCED → VOTING at its time.

    Raises WrongState: round.not_yet_time; round.past_close for one that can only be made void any more;
    round.log_risk_open while two people have not accepted that the database's log outlives the seal (vote.md 3); and
    what `publicity.problem_with` has while 候选项目公示 or 名册核对, where the rule book asks for them, are not done.
    One that is 拟安排 opens too: it becomes effective with the approval of its fund (vote.md 4).
    """
    if at < round_.opens_at:
        raise WrongState("round.not_yet_time", opens_at=round_.opens_at)
    if at >= round_.closes_at:
        raise WrongState("round.past_close", closes_at=round_.closes_at)
    if round_.log_risk_accepted_by is None and log_outlives_seal(session):
        raise WrongState("round.log_risk_open")
    for problem in publicity_problems(session, round_, at=at):
        raise problem
    begin_voting(session, round_, at=at)


def begin_voting(session: Session, round_: Round, *, at: datetime) -> None:
    """For whoever knows already that nothing stands in the way. Raises WrongState, Conflict as `move`."""
    move(session, round_, RoundState.VOTING, table=ROUND_MOVES)
    record(session, VotingOpened(round_.street_id, round_.id), by=SYSTEM, at=at)
    note(session, f"round:{round_.id}", "round.opened", at=at)
    enqueue(session, "polling.seal_round", round_.id, due_at=at + SHORTEST_INTERVAL, unique_key=f"seal:{round_.id}")


def end_voting(session: Session, round_: Round, *, at: datetime, by: Actor = SYSTEM) -> None:
    """VOTING or SUSPENDED → COLLECTING, never before `closes_at` (a round never closes early).

    Raises WrongState round.not_yet_closing.
    """
    hold(session, round_)  # it may have been extended a moment ago
    if at < round_.closes_at:
        raise WrongState("round.not_yet_closing", closes_at=round_.closes_at)
    move(session, round_, RoundState.COLLECTING, table=ROUND_MOVES)
    lapse_requests(session, round_.street_id, round_.id, Span.VOTING, by=by, at=at)
    record(session, VotingEnded(round_.street_id, round_.id), by=by, at=at)
    note(session, f"round:{round_.id}", "round.ended", at=at)


@confirmable("polling.accept_log_risk", Role.LEADER, Role.SCRUTINEER, Role.ADMINISTRATOR, span=Span.VOTING)
def accept_log_risk(
    session: Session, *, round_id: int, by: Actor, requested_by: Actor, reason: str, at: datetime
) -> None:
    """On PostgreSQL with archived or recycled logs: two people accept it on record, so that the round may open.

    The worker may have given up to open it: then it is told to try again.
    """
    round_ = session.get_one(Round, round_id)
    round_.log_risk_accepted_by = f"{requested_by.name}、{by.name}"
    assert requested_by.staff_id is not None
    record(session, LogRiskAccepted(round_.street_id, round_id, requested_by.staff_id), by=by, at=at)
    if round_.state is RoundState.ANNOUNCED:
        due_at = max(round_.opens_at, at)
        enqueue(session, "polling.open_round", round_.id, due_at=due_at, unique_key=open_key(round_))
