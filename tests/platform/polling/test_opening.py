"""A round opens and ends by the clock, and by nothing else (vote.md 3, 4)."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from diancai.errors import WrongState
from diancai.platform.core.actor import Role
from diancai.platform.core.confirmations import confirm_request, request_confirmation
from diancai.platform.core.db import transaction
from diancai.platform.core.jobs import MOST_ATTEMPTS, Job, JobState, enqueue, run_due_jobs
from diancai.platform.core.keys import Keys
from diancai.platform.features import load_jobs
from diancai.platform.polling.operations.opening import end_voting, open_round
from diancai.platform.rounds.models import Round
from diancai.platform.rounds.operations.living import collect_round, extend_round
from diancai.platform.rounds.states import RoundState
from tests.factories import AT, a_round, a_staff, a_street

END = AT + timedelta(days=7)
load_jobs()
ON_POSTGRESQL = pytest.mark.parametrize("dialect", [pytest.param("postgresql", marks=pytest.mark.postgres)])


@ON_POSTGRESQL
def test_a_round_whose_opening_was_given_up_opens_once_two_people_accept_the_log(engine: Engine, keys: Keys) -> None:
    with transaction(engine, keys=keys) as session:
        street = a_street(session)
        round_ = a_round(session, street, state=RoundState.ANNOUNCED, log_risk_accepted_by=None)
        first = a_staff(session, street, Role.OFFICER)
        second = a_staff(session, street, Role.LEADER, name="赵签发")
        enqueue(session, "polling.open_round", round_.id, due_at=AT, unique_key=f"open:{round_.id}")
        round_id, street_id = round_.id, street.id
    for hour in range(MOST_ATTEMPTS):
        run_due_jobs(engine, at=AT + timedelta(hours=hour), keys=keys)
    at = AT + timedelta(days=1)
    with transaction(engine, keys=keys) as session:
        assert session.query(Job).one().state is JobState.FAILED
        request = request_confirmation(
            session, "polling.accept_log_risk", street_id, reason="没有归档", by=first, at=at, round_id=round_id
        )
        confirm_request(session, request, by=second, at=at)
    run_due_jobs(engine, at=at, keys=keys)
    with transaction(engine) as session:
        assert session.get_one(Round, round_id).state is RoundState.VOTING


@ON_POSTGRESQL
@pytest.mark.parametrize("state", [RoundState.VOTING, RoundState.SUSPENDED])
def test_a_round_that_was_extended_meanwhile_does_not_end(engine: Engine, keys: Keys, state: RoundState) -> None:
    with transaction(engine, keys=keys) as session:
        street = a_street(session)
        round_id = a_round(session, street, state=state).id
        officer, leader = a_staff(session, street, Role.OFFICER), a_staff(session, street, Role.LEADER)
    with Session(engine) as worker:
        seen = worker.get_one(Round, round_id)
        assert seen.closes_at == END
        with transaction(engine) as session:
            later, just_before = END + timedelta(days=1), END - timedelta(seconds=1)
            round_ = session.get_one(Round, round_id)
            extend_round(session, round_, closes_at=later, reason="大雨", by=leader, at=just_before)
        ends = {
            RoundState.VOTING: lambda: end_voting(worker, seen, at=END),
            RoundState.SUSPENDED: lambda: collect_round(worker, seen, reason="不再恢复", by=officer, at=END),
        }
        with pytest.raises(WrongState, match=r"round\.not_(yet_closing|past_close)"):
            ends[state]()
        worker.rollback()
        assert worker.get_one(Round, round_id).state is state


def test_a_round_whose_days_went_by_before_the_money_was_approved_never_opens(session: Session) -> None:
    round_ = a_round(session, a_street(session), state=RoundState.ANNOUNCED)
    with pytest.raises(WrongState, match=r"round\.past_close"):
        open_round(session, round_, at=END)
    assert round_.state is RoundState.ANNOUNCED
    open_round(session, round_, at=END - timedelta(seconds=1))
    assert round_.state is RoundState.VOTING
