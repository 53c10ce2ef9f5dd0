"""A provisional result and the fund that is approved later, for tests."""

from sqlalchemy.orm import Session

from diancai.platform.core.confirmations import confirm_request
from diancai.platform.funds.models import Fund
from diancai.platform.funds.operations import approve_fund
from diancai.platform.results import operations
from diancai.platform.results.models import Result
from diancai.platform.results.operations.granting import request_grant
from diancai.platform.results.queries import (
    outcomes_of,
)
from diancai.platform.rounds.states import RoundState
from tests.platform.results.stage import CLOSED_AT, Stage, a_stage, certify, count, publish

BALLOTS = ["1,2"] * 5 + ["2,3"] * 4 + ["4"] * 2 + ["1,5"]
ANNOUNCED, LESS, MORE = 30_000_000, 20_000_000, 40_000_000
REASON = "批准金额由 300,000.00 元改为 200,000.00 元"


def a_provisional_stage(session: Session, texts: list[str] = BALLOTS, **columns: object) -> Stage:
    return a_stage(session, texts, is_approved=False, **columns)


def fund_of(session: Session, stage: Stage) -> Fund:
    return session.get_one(Fund, stage.round_.fund_id)


def approve(session: Session, stage: Stage, amount_fen: int | None = None) -> None:
    approve_fund(
        session,
        fund_of(session, stage),
        reference="区人大〔2026〕9号",
        approved_on=CLOSED_AT.date(),
        amount_fen=amount_fen,
        below_floor_reason="区人大核减",
        by=stage.leader,
        at=CLOSED_AT,
    )


def grant(session: Session, stage: Stage, granted_fen: int = LESS) -> None:
    """One asks, another confirms."""
    request = request_grant(session, stage.round_, granted_fen, reason=REASON, by=stage.officer, at=CLOSED_AT)
    confirm_request(session, request, by=stage.leader, at=CLOSED_AT)


def winners(session: Session, stage: Stage, result: Result) -> list[str]:
    return [outcome.number for outcome in outcomes_of(session, stage.round_, result) if outcome.is_selected]


def bring_to(session: Session, stage: Stage, state: RoundState) -> None:
    """From CLOSED, as the office does it."""
    if state is RoundState.CLOSED:
        return
    result = count(session, stage)
    if state is RoundState.CERTIFIED:
        certify(session, stage, result)
        operations.submit_result(session, stage.round_, result, by=stage.officer, at=CLOSED_AT)
    if state is RoundState.PUBLISHED:
        publish(session, stage, result)
