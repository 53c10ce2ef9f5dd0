"""A round announced as 拟安排 becomes effective with its fund's approval: as announced, or with another amount (vote.md 4)."""

from datetime import datetime

from sqlalchemy.orm import Session

from diancai.errors import InvalidInput, LimitReached, WrongState
from diancai.platform.core.actor import Actor
from diancai.platform.core.audit import record
from diancai.platform.core.jobs import enqueue
from diancai.platform.core.moves import hold
from diancai.platform.core.timeline import note, timeline_of
from diancai.platform.funds.models import Fund, FundState
from diancai.platform.funds.operations import commit_to_round
from diancai.platform.funds.queries import approved_fen, balance_of
from diancai.platform.rounds.events import RoundBecameEffective, RoundFundChanged
from diancai.platform.rounds.models import Round
from diancai.platform.rounds.operations.addenda import add_addendum
from diancai.platform.rounds.operations.announcing import finish_key, subject_of
from diancai.platform.rounds.queries import provisional_rounds
from diancai.platform.rounds.states import RoundState

OTHERWISE = "round.approved_otherwise"
"""On the timeline of a round that waits for the office to say what it gets."""


def make_effective(session: Session, round_: Round, *, by: Actor, at: datetime) -> None:
    """The fund is approved and the round gets what was announced: bind the money.

    Raises WrongState round.not_provisional, and as `commit_to_round`: LimitReached when the fund has less left.
    """
    hold(session, round_)  # it may be made void at the same time
    fund = _fund_of(session, round_)
    commit_to_round(session, fund, round_.id, round_.fund_fen, reference=round_.title, at=at)
    round_.is_provisional = False
    record(session, RoundBecameEffective(round_.street_id, round_.id, fund.id, round_.fund_fen), by=by, at=at)
    note(session, subject_of(round_), "round.effective", at=at)
    if round_.state is RoundState.PUBLISHED:
        enqueue(session, "results.finish_round", round_.id, due_at=at, unique_key=finish_key(round_))


def make_effective_otherwise(
    session: Session, round_: Round, granted_fen: int, *, reason: str, by: Actor, at: datetime
) -> None:
    """The fund is approved and the round gets another amount, by a public addendum beside the rule book.

    What was counted before is not what holds any more: that is for `results` to see to. Raises as `check_grant`.
    """
    hold(session, round_)  # it may be counted, or made void, at the same time
    fund = check_grant(session, round_, granted_fen)
    commit_to_round(session, fund, round_.id, granted_fen, reference=round_.title, at=at)
    round_.is_provisional = False
    round_.granted_fen = granted_fen
    event = RoundFundChanged(round_.street_id, round_.id, fund.id, round_.fund_fen, granted_fen, reason)
    record(session, event, by=by, at=at)
    add_addendum(session, round_, "granted", reason, fund_fen=granted_fen, by=by, at=at)


def make_rounds_effective(session: Session, fund_id: int, *, by: Actor, at: datetime) -> list[Round]:
    """Every provisional round of a fund that was approved as planned, those announced first first, as far as the
    money goes. Of another amount the office says what each round gets; their timelines tell of it once.
    """
    fund = session.get_one(Fund, fund_id)
    is_as_planned = approved_fen(session, fund) == fund.amount_fen
    done = []
    for round_ in provisional_rounds(session, fund_id):
        if is_as_planned and round_.fund_fen <= balance_of(session, fund):
            make_effective(session, round_, by=by, at=at)
            done.append(round_)
        else:
            _tell_of_approval(session, round_, fund, at)
    return done


def check_grant(session: Session, round_: Round, granted_fen: int) -> Fund:
    """May the round get so much? Raises WrongState round.not_provisional, fund.not_approved, InvalidInput
    fund.amount_missing (field), LimitReached round.grant_over_fund (granted_fen, balance_fen, excess_fen).
    """
    fund = _fund_of(session, round_)
    if fund.state is not FundState.APPROVED:
        raise WrongState("fund.not_approved")
    if granted_fen <= 0:
        raise InvalidInput("fund.amount_missing", field="granted_fen")
    balance_fen = balance_of(session, fund)
    if granted_fen > balance_fen:
        raise LimitReached(
            "round.grant_over_fund",
            field="granted_fen",
            granted_fen=granted_fen,
            balance_fen=balance_fen,
            excess_fen=granted_fen - balance_fen,
        )
    return fund


def _fund_of(session: Session, round_: Round) -> Fund:
    if not round_.is_provisional:
        raise WrongState("round.not_provisional")
    return session.get_one(Fund, round_.fund_id)


def _tell_of_approval(session: Session, round_: Round, fund: Fund, at: datetime) -> None:
    subject = subject_of(round_)
    if all(entry.code != OTHERWISE for entry in timeline_of(session, subject)):
        note(session, subject, OTHERWISE, at=at, approved_fen=approved_fen(session, fund) or 0)
