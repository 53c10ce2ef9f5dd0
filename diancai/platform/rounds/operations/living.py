"""The life of an announced round: suspended, resumed, extended, an item withdrawn, the round void (vote.md 4)."""

from datetime import datetime, timedelta

from sqlalchemy import update
from sqlalchemy.orm import Session

from diancai.errors import Conflict, InvalidInput, LimitReached, WrongState
from diancai.platform.core.actor import Actor, Role
from diancai.platform.core.audit import record
from diancai.platform.core.confirmations import (
    ConfirmationRequest,
    Span,
    confirmable,
    lapse_requests,
    request_confirmation,
)
from diancai.platform.core.db import rows_changed
from diancai.platform.core.jobs import cancel, enqueue
from diancai.platform.core.moves import hold, move
from diancai.platform.core.timeline import note
from diancai.platform.divisions.queries import retention_of
from diancai.platform.funds.models import Fund
from diancai.platform.funds.operations import release_all_from_round
from diancai.platform.rounds.events import (
    CollectingBegun,
    ItemWithdrawn,
    RoundExtended,
    RoundResumed,
    RoundSuspended,
    RoundVoided,
)
from diancai.platform.rounds.models import ItemWithdrawal, MenuItem, Round
from diancai.platform.rounds.operations.addenda import add_addendum
from diancai.platform.rounds.operations.announcing import close_key, open_key, purge_key, subject_of
from diancai.platform.rounds.operations.drafting import stated
from diancai.platform.rounds.operations.posting import post_void_notice
from diancai.platform.rounds.queries import item_in, items_of, withdrawals_of
from diancai.platform.rounds.states import ROUND_MOVES, RoundState

WITHDRAWABLE = (RoundState.ANNOUNCED, RoundState.VOTING, RoundState.SUSPENDED)
SEAL_FIRST = timedelta(hours=1)
"""The archive of a void round holds its closing seal: the worker has time for it before."""
UNSEALED = (RoundState.VOTING, RoundState.SUSPENDED, RoundState.COLLECTING)


def suspend_round(session: Session, round_: Round, *, reason: str, by: Actor, at: datetime) -> None:
    """中止: nothing is given or cast until the round resumes. Raises InvalidInput round.reason_missing, WrongState."""
    reason = stated(reason)
    move(session, round_, RoundState.SUSPENDED, table=ROUND_MOVES)
    add_addendum(session, round_, "suspended", reason, by=by, at=at)
    record(session, RoundSuspended(round_.street_id, round_.id, reason), by=by, at=at)


def resume_round(session: Session, round_: Round, *, reason: str, by: Actor, at: datetime) -> None:
    """Votes are taken again. Raises as `suspend_round`; past the end WrongState round.past_close: extend it first, or
    go on to collecting.
    """
    reason = stated(reason)
    if round_.state is RoundState.SUSPENDED and at >= round_.closes_at:
        raise WrongState("round.past_close", closes_at=round_.closes_at)
    if round_.state is not RoundState.SUSPENDED:
        raise WrongState("round.not_suspended")
    _require_recovered(round_)
    move(session, round_, RoundState.VOTING, table=ROUND_MOVES)
    add_addendum(session, round_, "resumed", reason, by=by, at=at)
    record(session, RoundResumed(round_.street_id, round_.id, reason), by=by, at=at)


def collect_round(session: Session, round_: Round, *, reason: str, by: Actor, at: datetime) -> None:
    """A suspended round whose end has passed is not resumed but goes on to 收集票箱.

    Raises as `suspend_round`, WrongState round.not_suspended, round.not_past_close: a round never closes early.
    """
    reason = stated(reason)
    hold(session, round_)  # it may have been extended a moment ago
    if round_.state is not RoundState.SUSPENDED:
        raise WrongState("round.not_suspended")
    if at < round_.closes_at:
        raise WrongState("round.not_past_close", closes_at=round_.closes_at)
    _require_recovered(round_)
    move(session, round_, RoundState.COLLECTING, table=ROUND_MOVES)
    lapse_requests(session, round_.street_id, round_.id, Span.VOTING, by=by, at=at)
    add_addendum(session, round_, "collecting", reason, by=by, at=at)
    record(session, CollectingBegun(round_.street_id, round_.id, reason), by=by, at=at)


def extend_round(session: Session, round_: Round, *, closes_at: datetime, reason: str, by: Actor, at: datetime) -> None:
    """延期 by a public signed addendum; the rule book and its hash stay as they are.

    Raises InvalidInput round.reason_missing, round.not_later (closes_at), LimitReached round.past_latest
    (latest_close_at), WrongState round.closed_by_clock for a vote that has ended, Conflict when it was extended
    meanwhile.
    """
    reason = stated(reason)
    _check_extension(round_, closes_at, at)
    before = round_.closes_at
    statement = update(Round).where(Round.id == round_.id, Round.state == round_.state, Round.closes_at == before)
    session.flush()
    if rows_changed(session, statement.values(closes_at=closes_at)) != 1:
        raise Conflict("state.changed_meanwhile")
    session.refresh(round_)
    add_addendum(session, round_, "extended", reason, closes_at=closes_at, by=by, at=at)
    record(session, RoundExtended(round_.street_id, round_.id, reason, closes_at), by=by, at=at)
    enqueue(session, "polling.close_round", round_.id, due_at=closes_at, unique_key=close_key(round_))


def request_withdrawal(
    session: Session, round_: Round, item: MenuItem, *, reason: str, by: Actor, at: datetime
) -> ConfirmationRequest:
    """Ask for an item to be withdrawn; it happens when a second person confirms.

    Raises as `core.confirmations.request_confirmation`, and what `_check_withdrawal` raises.
    """
    _check_withdrawal(session, round_, item)
    return request_confirmation(
        session,
        "round.withdraw_item",
        round_.street_id,
        reason=reason,
        by=by,
        at=at,
        round_id=round_.id,
        item_id=item.id,
    )


@confirmable("round.withdraw_item", Role.OFFICER, Role.REVIEWER, Role.LEADER, span=Span.VOTING)
def withdraw_item(
    session: Session, *, round_id: int, item_id: int, reason: str, by: Actor, requested_by: Actor, at: datetime
) -> ItemWithdrawal:
    """The item stays visible and cannot win; votes for it remain in their ballots.

    Raises WrongState round.no_withdrawal_now, Conflict item.withdrawn_already, LimitReached menu.too_few_left (marks).
    """
    round_ = session.get_one(Round, round_id)
    item = session.get_one(MenuItem, item_id)
    _check_withdrawal(session, round_, item)
    assert requested_by.staff_id is not None
    assert by.staff_id is not None
    row = ItemWithdrawal(
        item_id=item.id,
        round_id=round_.id,
        reason=reason,
        requested_by=requested_by.staff_id,
        confirmed_by=by.staff_id,
        at=at,
    )
    session.add(row)
    record(session, ItemWithdrawn(round_.street_id, round_.id, item.id, item.number, reason), by=by, at=at)
    note(session, subject_of(round_), "round.item_withdrawn", at=at, number=item.number, name=item.name, reason=reason)
    return row


def request_void(session: Session, round_: Round, *, reason: str, by: Actor, at: datetime) -> ConfirmationRequest:
    """Ask for a round to be made void. A draft is discarded instead (`discard_draft`).

    Raises as `request_confirmation`, WrongState round.cannot_be_void.
    """
    _check_voidable(round_)
    return request_confirmation(
        session, "round.void", round_.street_id, reason=reason, by=by, at=at, round_id=round_.id
    )


@confirmable("round.void", Role.REVIEWER, Role.LEADER)
def void_round(session: Session, *, round_id: int, reason: str, by: Actor, requested_by: Actor, at: datetime) -> Round:
    """作废: the money goes back to the fund, the reason is published, what was cast is sealed beyond tracing, and the
    register goes when its time is over.

    Raises WrongState round.cannot_be_void.
    """
    round_ = session.get_one(Round, round_id)
    _check_voidable(round_)
    before = round_.state
    move(session, round_, RoundState.VOID, table=ROUND_MOVES, void_reason=reason, is_provisional=False)
    if round_.fund_id is not None:
        release_all_from_round(session, session.get_one(Fund, round_.fund_id), round_.id, at=at)
    lapse_requests(session, round_.street_id, round_.id, Span.ROUND, by=by, at=at)
    cancel(session, open_key(round_))
    cancel(session, close_key(round_))
    if before in UNSEALED:
        enqueue(session, "polling.erase_round", round_.id, due_at=at, unique_key=f"erase:{round_.id}")
    purge_at = at + retention_of(session, round_.street_id)
    enqueue(session, "polling.purge_register", round_.id, due_at=purge_at, unique_key=purge_key(round_))
    enqueue(session, "archive.make", round_.id, due_at=at + SEAL_FIRST, unique_key=f"archive:{round_.id}")
    record(session, RoundVoided(round_.street_id, round_.id, before, reason), by=by, at=at)
    note(session, subject_of(round_), "round.void", at=at, reason=reason)
    post_void_notice(session, round_, reason, by=by, at=at)
    return round_


def _require_recovered(round_: Round) -> None:
    """What was restored from a backup lacks what happened since, until two people have put that right."""
    if round_.restored_at is not None:
        raise WrongState("round.restored", restored_at=round_.restored_at)


def _check_extension(round_: Round, closes_at: datetime, at: datetime) -> None:
    if round_.state not in (RoundState.VOTING, RoundState.SUSPENDED):
        raise WrongState("round.not_open")
    if round_.state is RoundState.VOTING and at >= round_.closes_at:
        raise WrongState("round.closed_by_clock", closes_at=round_.closes_at)
    if closes_at <= max(round_.closes_at, at):
        raise InvalidInput("round.not_later", field="closes_at", closes_at=round_.closes_at)
    if closes_at > round_.latest_close_at:
        raise LimitReached("round.past_latest", field="closes_at", latest_close_at=round_.latest_close_at)


def _check_withdrawal(session: Session, round_: Round, item: MenuItem) -> None:
    if round_.state not in WITHDRAWABLE or item_in(session, round_, item.id) is None:
        raise WrongState("round.no_withdrawal_now")
    gone = withdrawals_of(session, round_)
    if item.id in gone:
        raise Conflict("item.withdrawn_already")
    if len(items_of(session, round_)) - len(gone) - 1 < round_.min_marks:
        raise LimitReached("menu.too_few_left", marks=round_.min_marks)


def _check_voidable(round_: Round) -> None:
    if round_.is_rehearsal:
        raise WrongState("rehearsal.wiped_instead")
    if round_.state is RoundState.DRAFT or RoundState.VOID not in ROUND_MOVES[round_.state]:
        raise WrongState("round.cannot_be_void")
