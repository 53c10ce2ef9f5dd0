"""候选项目公示 and 名册核对 come before the vote."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from diancai.errors import DomainError, InvalidInput, WrongState
from diancai.platform.core.actor import ANYONE, SYSTEM
from diancai.platform.core.clock import local_instant
from diancai.platform.core.db import transaction
from diancai.platform.core.jobs import Job, enqueue, run_due_jobs
from diancai.platform.core.keys import Keys
from diancai.platform.features import load_jobs
from diancai.platform.notices.models import Channel, Notice, Outcome
from diancai.platform.notices.operations import answer_objection, object_to_notice
from diancai.platform.polling.operations.opening import open_round
from diancai.platform.rounds import operations
from diancai.platform.rounds.checks import rules_in
from diancai.platform.rounds.models import Round
from diancai.platform.rounds.operations.announcing import open_key
from diancai.platform.rounds.readiness import checklist
from diancai.platform.rounds.rules import rule_book_of
from diancai.platform.rounds.states import RoundState
from tests.factories import AT, a_round, a_street
from tests.platform.rounds.conftest import Office

load_jobs()
AFTER_THE_WINDOW = local_instant(date(2026, 9, 9), 0)
"""Posted on Tuesday 1 September, five working days end with Tuesday the 8th."""


def an_asking_round(session: Session, **columns: object) -> Round:
    asked: dict[str, object] = {
        "candidate_notice_days": 5,
        "register_check_days": 5,
        "opens_at": AT + timedelta(hours=1),
    }
    asked |= {"closes_at": AT + timedelta(days=12)}
    return a_round(session, a_street(session), state=RoundState.ANNOUNCED, **(asked | columns))


def post(session: Session, round_: Round, *, at: datetime = AT) -> tuple[Notice, Notice]:
    return (
        operations.post_candidate_notice(session, round_, basis="〔2026〕5号", by=SYSTEM, at=at),
        operations.post_register_notice(session, round_, basis="〔2026〕5号", by=SYSTEM, at=at),
    )


def refusal(session: Session, round_: Round, at: datetime) -> tuple[str, dict[str, object]]:
    with pytest.raises(WrongState) as refused:
        open_round(session, round_, at=at)
    return refused.value.code, refused.value.facts


def test_a_vote_opens_only_when_both_notices_stood_their_days(session: Session) -> None:
    round_ = an_asking_round(session)
    assert refusal(session, round_, AFTER_THE_WINDOW - timedelta(days=1)) == (
        "round.candidate_notice_missing",
        {"days": 5},
    )
    operations.post_candidate_notice(session, round_, basis="5号", by=SYSTEM, at=AT)
    just_before = AFTER_THE_WINDOW - timedelta(seconds=1)
    assert refusal(session, round_, just_before) == (
        "round.candidate_notice_running",
        {"last_day": date(2026, 9, 8)},
    )
    assert refusal(session, round_, AFTER_THE_WINDOW)[0] == "round.register_notice_missing"
    operations.post_register_notice(session, round_, basis="5号", by=SYSTEM, at=AT)
    open_round(session, round_, at=AFTER_THE_WINDOW)
    assert round_.state is RoundState.VOTING


def test_an_objection_to_a_candidate_is_answered_before_the_vote(session: Session) -> None:
    round_ = an_asking_round(session)
    notice, _ = post(session, round_)
    objection = object_to_notice(
        session, notice, text="太贵", contact="", channel=Channel.ONLINE, by=ANYONE, at=AT + timedelta(days=1)
    )
    assert refusal(session, round_, AFTER_THE_WINDOW) == ("round.candidate_objections_open", {"count": 1})
    answer_objection(
        session, notice, objection, outcome=Outcome.UPHELD_AS_IS, answer="已询价", by=SYSTEM, at=AFTER_THE_WINDOW
    )
    open_round(session, round_, at=AFTER_THE_WINDOW)
    assert round_.state is RoundState.VOTING


def test_a_notice_of_fewer_days_than_asked_does_not_count(office: Office) -> None:
    round_ = office.draft(candidate_notice_days=3, register_check_days=0)
    notice = operations.post_candidate_notice(office.session, round_, basis="5号", by=office.officer, at=AT)
    assert notice.working_days == 3
    operations.edit_round(
        office.session, round_, office.rules(register_check_days=0), revision=round_.revision, by=office.officer, at=AT
    )
    steps = {step.code: step.is_done for step in checklist(office.session, round_, at=AT + timedelta(days=15))}
    assert steps["candidate_notice"] is False


def test_a_vote_that_asks_for_no_publicity_opens_in_time(session: Session) -> None:
    round_ = an_asking_round(session, candidate_notice_days=0, register_check_days=0)
    open_round(session, round_, at=round_.opens_at)
    assert round_.state is RoundState.VOTING


def test_a_vote_that_was_held_back_opens_by_itself_when_all_is_done(engine: Engine, keys: Keys) -> None:
    with transaction(engine, keys=keys) as session:
        round_ = an_asking_round(session)
        round_id = round_.id
        enqueue(session, "polling.open_round", round_id, due_at=round_.opens_at, unique_key=open_key(round_))
    run_due_jobs(engine, at=AT + timedelta(hours=2), keys=keys)
    with transaction(engine, keys=keys) as session:
        round_ = session.get_one(Round, round_id)
        assert round_.state is RoundState.ANNOUNCED
        assert session.query(Job).filter_by(unique_key=open_key(round_)).one().attempts == 0
        post(session, round_, at=AT + timedelta(hours=2))
    run_due_jobs(engine, at=AFTER_THE_WINDOW - timedelta(minutes=5), keys=keys)
    run_due_jobs(engine, at=AFTER_THE_WINDOW, keys=keys)
    with transaction(engine) as session:
        assert session.get_one(Round, round_id).state is RoundState.VOTING


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"register_check_days": 0}, "round.opens_before_candidate_notice"),
        ({"candidate_notice_days": 0}, "round.opens_before_register_notice"),
    ],
)
def test_dates_that_leave_no_time_for_the_notices_are_not_signed(
    office: Office, asked: dict[str, int], code: str
) -> None:
    round_ = office.draft(opens_at=AFTER_THE_WINDOW - timedelta(minutes=1), **asked)
    with pytest.raises(InvalidInput, match=code) as refused:
        operations.submit_round(office.session, round_, by=office.officer, at=AT)
    assert refused.value.facts == {"field": "opens_at", "days": 5, "last_day": date(2026, 9, 8)}
    done = {step.code: step.is_done for step in checklist(office.session, round_, at=AT)}
    assert done["rules"] is False


def test_dates_that_just_leave_the_time_are_signed(office: Office) -> None:
    assert office.announce(office.draft(opens_at=AFTER_THE_WINDOW)).state is RoundState.ANNOUNCED


def test_the_checklist_says_what_is_done_and_what_runs(office: Office) -> None:
    session, round_ = office.session, office.draft(register_check_days=0)

    def steps(at: datetime) -> dict[str, bool]:
        found = {step.code: step.is_done for step in checklist(session, round_, at=at)}
        return {code: done for code, done in found.items() if "notice" in code or "objections" in code}

    assert steps(AT) == {"candidate_notice": False, "register_notice_unasked": False}
    notice, _ = post(session, round_)
    assert steps(AT) == {"candidate_notice_running": False, "register_notice_unasked": True}
    object_to_notice(session, notice, text="太贵", contact="", channel=Channel.ONLINE, by=ANYONE, at=AT)
    assert steps(AFTER_THE_WINDOW) == {"candidate_objections_open": False, "register_notice_unasked": True}


def test_the_rule_book_says_what_it_asks_for(office: Office) -> None:
    assert rule_book_of(office.session, office.draft())["publicity"] == {
        "candidate_working_days": 5,
        "register_working_days": 5,
    }
    without = office.draft(candidate_notice_days=0, register_check_days=0)
    assert "publicity" not in rule_book_of(office.session, without)
    assert rules_in(without).candidate_notice_days == 0


@pytest.mark.parametrize("days", [-1, 2, 61])
def test_a_notice_takes_three_to_sixty_working_days(office: Office, days: int) -> None:
    with pytest.raises(DomainError, match=r"round\.notice_days"):
        office.draft(candidate_notice_days=days)


def test_what_an_announced_round_asks_for_is_frozen(office: Office) -> None:
    round_ = office.announce(office.draft())
    round_.candidate_notice_days = 0
    with pytest.raises(DBAPIError, match="refused by"):
        office.session.flush()
