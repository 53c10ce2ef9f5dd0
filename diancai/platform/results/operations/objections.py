"""What follows from an objection to a published result: nothing, a new version beside the old one, or a new vote."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from diancai.errors import Conflict, InvalidInput, NotFound, WrongState
from diancai.platform.core.actor import Actor, Role
from diancai.platform.core.audit import record
from diancai.platform.core.confirmations import ConfirmationRequest, confirmable, request_confirmation
from diancai.platform.notices.models import Notice, Objection, Outcome
from diancai.platform.notices.operations import answer_objection
from diancai.platform.results.operations.counting import recount_round
from diancai.platform.results.queries import UPHOLD, current_result, outcomes_of
from diancai.platform.rounds.events import ItemWithdrawn
from diancai.platform.rounds.models import ItemWithdrawal, MenuItem, Round
from diancai.platform.rounds.operations.living import void_round
from diancai.platform.rounds.states import RoundState

ANSWERABLE = (RoundState.COUNTED, RoundState.CERTIFIED, RoundState.PUBLISHED)
"""While another objection's recount is on its way, the others are answered too: open ones hold certification up."""
OUTCOMES_IN_VOID = (Outcome.UPHELD_AS_IS, Outcome.NEW_VOTE)


def keep_result(session: Session, round_: Round, objection: Objection, *, answer: str, by: Actor, at: datetime) -> None:
    """维持: answered by one person with the reason. Raises WrongState result.not_published, and as `answer_objection`."""
    notice = _open_notice(session, round_, objection, ANSWERABLE)
    answer_objection(session, notice, objection, outcome=Outcome.UPHELD_AS_IS, answer=answer, by=by, at=at)


def answer_in_void_round(
    session: Session, round_: Round, objection: Objection, *, outcome: Outcome, answer: str, by: Actor, at: datetime
) -> None:
    """The round was made void over it, or over another: whoever objected still gets an answer, and nothing follows.

    Raises InvalidInput objection.not_in_void for another outcome than 维持 or 重新投票, and as `keep_result`.
    """
    if outcome not in OUTCOMES_IN_VOID:
        raise InvalidInput("objection.not_in_void", field="outcome")
    notice = _open_notice(session, round_, objection, (RoundState.VOID,))
    answer_objection(session, notice, objection, outcome=outcome, answer=answer, by=by, at=at)


def propose_outcome(
    session: Session,
    round_: Round,
    objection: Objection,
    *,
    outcome: Outcome,
    answer: str,
    numbers: Sequence[str] = (),
    by: Actor,
    at: datetime,
) -> ConfirmationRequest:
    """Ask a second person for 更正, 重新计票, 取消并递补 (with the winners to withdraw) or 重新投票.

    Raises WrongState result.not_published, Conflict objection.answered_already, InvalidInput objection.not_for_two,
    objection.numbers_missing, objection.not_a_winner (number), and as `request_confirmation`.
    """
    _open_notice(session, round_, objection, (RoundState.PUBLISHED,))
    chosen = _checked_numbers(session, round_, outcome, numbers)
    return request_confirmation(
        session,
        UPHOLD,
        round_.street_id,
        reason=answer,
        by=by,
        at=at,
        round_id=round_.id,
        objection_id=objection.id,
        outcome=outcome.value,
        numbers=chosen,
    )


@confirmable(UPHOLD, Role.LEADER)
def uphold_objection(
    session: Session,
    *,
    round_id: int,
    objection_id: int,
    outcome: str,
    numbers: list[str],
    by: Actor,
    requested_by: Actor,
    reason: str,
    at: datetime,
) -> None:
    """Confirmed by a leader: answer the objection and carry out its consequence, in one transaction."""
    round_ = session.get_one(Round, round_id)
    objection = session.get_one(Objection, objection_id)
    decided = Outcome(outcome)
    notice = _open_notice(session, round_, objection, (RoundState.PUBLISHED,))
    answer_objection(session, notice, objection, outcome=decided, answer=reason, by=by, at=at)
    if decided is Outcome.NEW_VOTE:
        void_round(session, round_id=round_id, reason=reason, requested_by=requested_by, by=by, at=at)
        return
    for number in numbers:
        _withdraw(session, round_, number, reason, requested_by, by, at)
    recount_round(session, round_, reason=reason, by=by, at=at)


def _open_notice(session: Session, round_: Round, objection: Objection, states: tuple[RoundState, ...]) -> Notice:
    """The notice that an unanswered objection was made to."""
    if round_.state not in states:
        raise WrongState("result.not_published")
    notice = session.get_one(Notice, objection.notice_id)
    if notice.subject != f"round:{round_.id}":
        raise NotFound("page.not_found")
    if objection.outcome is not None:
        raise Conflict("objection.answered_already")
    return notice


def _checked_numbers(session: Session, round_: Round, outcome: Outcome, numbers: Sequence[str]) -> list[str]:
    if outcome is Outcome.UPHELD_AS_IS:
        raise InvalidInput("objection.not_for_two")
    if outcome is not Outcome.WITHDRAW_AND_REPLACE:
        return []
    if not numbers:
        raise InvalidInput("objection.numbers_missing", field="numbers")
    result = current_result(session, round_)
    if result is None:
        raise WrongState("result.not_published")
    winners = {item.number for item in outcomes_of(session, round_, result) if item.is_selected}
    for number in numbers:
        if number not in winners:
            raise InvalidInput("objection.not_a_winner", field="numbers", number=number)
    return sorted(set(numbers))


def _withdraw(
    session: Session, round_: Round, number: str, reason: str, requested_by: Actor, by: Actor, at: datetime
) -> None:
    """取消: the item stays visible and cannot win any more."""
    item = session.scalars(select(MenuItem).filter_by(round_id=round_.id, number=number)).one()
    session.add(
        ItemWithdrawal(
            item_id=item.id,
            round_id=round_.id,
            reason=reason,
            requested_by=requested_by.staff_id,
            confirmed_by=by.staff_id,
            at=at,
        )
    )
    session.flush()
    record(session, ItemWithdrawn(round_.street_id, round_.id, item.id, number, reason), by=by, at=at)
