"""An approval that changes nothing, is asked for twice, by the wrong people, or too much."""

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from diancai.errors import LimitReached, NotAllowed, WrongState
from diancai.platform.core.actor import Actor, Grant, Role
from diancai.platform.core.confirmations import confirm_request
from diancai.platform.core.db import transaction
from diancai.platform.funds.queries import balance_of
from diancai.platform.results import operations
from diancai.platform.results.operations.granting import request_grant
from diancai.platform.results.queries import (
    results_of,
)
from diancai.platform.rounds.models import Round
from diancai.platform.rounds.queries import addenda_of
from diancai.platform.rounds.states import RoundState
from tests.platform.results.grants import (
    ANNOUNCED,
    LESS,
    MORE,
    REASON,
    a_provisional_stage,
    approve,
    fund_of,
    grant,
)
from tests.platform.results.stage import CLOSED_AT, Stage, count, draw, publish
from tests.threads import behind_a_lock


def test_the_amount_as_announced_needs_no_recount(session: Session) -> None:
    """Less was approved for the fund, and the round gets all that it was announced with."""
    stage = a_provisional_stage(session)
    publish(session, stage, count(session, stage))
    approve(session, stage, MORE)
    grant(session, stage, ANNOUNCED)
    assert (stage.round_.state, stage.round_.is_provisional) == (RoundState.PUBLISHED, False)
    assert len(results_of(session, stage.round_)) == 1
    assert addenda_of(session, stage.round_) == []


def test_the_one_who_asks_does_not_confirm_nor_does_another_officer(session: Session) -> None:
    stage = a_provisional_stage(session)
    approve(session, stage, LESS)
    request = request_grant(session, stage.round_, LESS, reason=REASON, by=stage.officer, at=CLOSED_AT)
    both = Actor(stage.officer.staff_id, "王敏", frozenset({Grant(Role.LEADER, stage.street.id)}))
    with pytest.raises(NotAllowed, match=r"confirmation\.same_person"):
        confirm_request(session, request, by=both, at=CLOSED_AT)
    with pytest.raises(NotAllowed, match=r"confirmation\.role_does_not_fit"):
        confirm_request(session, request, by=stage.reviewer, at=CLOSED_AT)


def test_two_requests_grant_once(session: Session) -> None:
    stage = a_provisional_stage(session)
    count(session, stage)
    approve(session, stage, MORE)
    requests = [
        request_grant(session, stage.round_, amount, reason=REASON, by=stage.officer, at=CLOSED_AT)
        for amount in (LESS, MORE)
    ]
    confirm_request(session, requests[0], by=stage.leader, at=CLOSED_AT)
    with pytest.raises(WrongState, match=r"round\.not_provisional"):
        confirm_request(session, requests[1], by=stage.leader, at=CLOSED_AT)
    assert [result.fund_fen for result in results_of(session, stage.round_)] == [ANNOUNCED, LESS]


def test_no_more_is_asked_for_than_the_fund_has(session: Session) -> None:
    stage = a_provisional_stage(session)
    with pytest.raises(WrongState, match=r"fund\.not_approved"):
        request_grant(session, stage.round_, LESS, reason=REASON, by=stage.officer, at=CLOSED_AT)
    approve(session, stage, LESS)
    with pytest.raises(LimitReached, match=r"round\.grant_over_fund"):
        request_grant(session, stage.round_, LESS + 1, reason=REASON, by=stage.officer, at=CLOSED_AT)


def test_a_void_round_gets_nothing(session: Session) -> None:
    stage = a_provisional_stage(session)
    approve(session, stage, LESS)
    request = request_grant(session, stage.round_, LESS, reason=REASON, by=stage.officer, at=CLOSED_AT)
    stage.round_.void_reason, stage.round_.is_provisional, stage.round_.state = "撤回", False, RoundState.VOID
    session.flush()
    with pytest.raises(WrongState, match=r"round\.not_provisional"):
        confirm_request(session, request, by=stage.leader, at=CLOSED_AT)
    assert balance_of(session, fund_of(session, stage)) == LESS


def test_the_database_takes_no_result_of_another_fund(session: Session) -> None:
    stage = a_provisional_stage(session)
    count(session, stage)
    columns = "round_id, reason, ballot_count, spent_fen, bundle, bundle_sha256, counted_at"
    copy = (
        f"INSERT INTO result (version, fund_fen, left_fen, {columns}) SELECT 2, fund_fen + 1, left_fen + 1, {columns}"
    )
    with pytest.raises(DBAPIError, match="result_of_allotted_fund"):
        session.execute(text(f"{copy} FROM result"))


@pytest.fixture
def waiting(session: Session) -> Stage:
    """Ready for the count, its fund approved with less."""
    stage = a_provisional_stage(session)
    draw(session, stage)
    approve(session, stage, LESS)
    return stage


@pytest.mark.parametrize("dialect", [pytest.param("postgresql", marks=pytest.mark.postgres)])
def test_a_count_beside_the_grant_counts_what_was_granted(engine: Engine, session: Session, waiting: Stage) -> None:
    round_id, officer, keys = waiting.round_.id, waiting.officer, session.info["keys"]
    request = request_grant(session, waiting.round_, LESS, reason=REASON, by=officer, at=CLOSED_AT)
    session.commit()
    confirm_request(session, request, by=waiting.leader, at=CLOSED_AT)

    def count_it() -> int:
        with transaction(engine, keys=keys) as other:
            return operations.count_round(other, other.get_one(Round, round_id), by=officer, at=CLOSED_AT).fund_fen

    assert behind_a_lock(engine, session.commit, count_it) == LESS
