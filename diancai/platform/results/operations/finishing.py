"""A published result becomes final when its window is over and nothing is open (vote.md 4)."""

from datetime import datetime

from sqlalchemy.orm import Session

from diancai.errors import Conflict, NotFound, WrongState
from diancai.platform.core.actor import Actor
from diancai.platform.core.audit import record
from diancai.platform.core.confirmations import Span, lapse_requests
from diancai.platform.core.jobs import enqueue
from diancai.platform.core.moves import hold, move
from diancai.platform.core.timeline import note
from diancai.platform.divisions.queries import retention_of
from diancai.platform.funds.models import Fund
from diancai.platform.funds.operations import commit_to_round, release_from_round
from diancai.platform.funds.queries import bound_fen
from diancai.platform.notices.models import Notice
from diancai.platform.results.certification import open_objection_count
from diancai.platform.results.events import RoundFinished
from diancai.platform.results.models import Result
from diancai.platform.results.queries import current_result, notice_of_result
from diancai.platform.rounds.models import Round
from diancai.platform.rounds.operations.announcing import purge_key
from diancai.platform.rounds.states import ROUND_MOVES, RoundState


def finish_round(session: Session, round_: Round, *, by: Actor, at: datetime) -> None:
    """PUBLISHED → FINAL: what was not allocated goes back to the fund, the register's purge is set.

    Raises WrongState result.not_finishable_now / .window_open (ends_at) / .window_tentative (year) /
    .fund_not_approved while the round is 拟安排, Conflict result.objections_open (count), LimitReached
    ledger.below_zero when seats cost more than the fund has.
    """
    if round_.state is not RoundState.PUBLISHED:
        raise WrongState("result.not_finishable_now")
    if round_.is_provisional:
        raise WrongState("result.fund_not_approved")
    result, notice = _in_force(session, round_)
    hold(session, notice)  # an objection of the last second is still being received
    _check_window(notice, at)
    if count := open_objection_count(session, round_):
        raise Conflict("result.objections_open", count=count)
    released_fen = _settle_fund(session, round_, result, at)
    move(session, round_, RoundState.FINAL, table=ROUND_MOVES, final_at=at)
    lapse_requests(session, round_.street_id, round_.id, Span.ROUND, by=by, at=at)
    note(session, f"round:{round_.id}", "round.final", at=at, version=result.version)
    enqueue(
        session,
        "polling.purge_register",
        round_.id,
        due_at=at + retention_of(session, round_.street_id),
        unique_key=purge_key(round_),
    )
    enqueue(session, "archive.make", round_.id, due_at=at, unique_key=f"archive:{round_.id}")
    event = RoundFinished(round_.street_id, round_.id, result.version, result.spent_fen, released_fen)
    record(session, event, by=by, at=at)


def _in_force(session: Session, round_: Round) -> tuple[Result, Notice]:
    result = current_result(session, round_)
    notice = notice_of_result(session, round_) if result else None
    if result is None or notice is None:
        raise NotFound("result.not_published")
    return result, notice


def _check_window(notice: Notice, at: datetime) -> None:
    if at < notice.ends_at:
        raise WrongState("result.window_open", ends_at=notice.ends_at)
    if notice.tentative_year is not None:
        raise WrongState("result.window_tentative", year=notice.tentative_year)


def _settle_fund(session: Session, round_: Round, result: Result, at: datetime) -> int:
    """Leave exactly the winners' cost bound. Returns what went back, in fen; below zero where more was bound."""
    fund = session.get(Fund, round_.fund_id) if round_.fund_id else None
    if fund is None:
        return 0
    rest_fen = bound_fen(session, fund.id, round_.id) - result.spent_fen
    if rest_fen > 0:
        release_from_round(session, fund, round_.id, rest_fen, at=at)
    elif rest_fen < 0:
        commit_to_round(session, fund, round_.id, -rest_fen, reference=round_.title, at=at)
    return rest_fen
