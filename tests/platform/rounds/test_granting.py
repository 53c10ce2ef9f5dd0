"""拟安排，以区人大批准为准: announced before the approval, effective with it (vote.md 4)."""

from datetime import date, timedelta

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from diancai.errors import InvalidInput, LimitReached, WrongState
from diancai.platform.core.confirmations import confirm_request
from diancai.platform.core.db import transaction
from diancai.platform.core.jobs import run_due_jobs
from diancai.platform.core.timeline import timeline_of
from diancai.platform.funds.models import Fund
from diancai.platform.funds.operations import FundPlan, approve_fund, draft_fund
from diancai.platform.funds.queries import balance_of
from diancai.platform.polling.operations.opening import open_round
from diancai.platform.rounds import jobs, operations
from diancai.platform.rounds.models import Round
from diancai.platform.rounds.operations.granting import check_grant, make_effective_otherwise
from diancai.platform.rounds.queries import addenda_of
from diancai.platform.rounds.readiness import what_is_missing
from diancai.platform.rounds.rules import rule_book_sha256
from diancai.platform.rounds.states import RoundState
from tests.factories import AT
from tests.platform.rounds.conftest import MILLION, Office
from tests.threads import behind_a_lock


def test_a_round_before_the_approval_is_provisional_and_becomes_effective(office: Office) -> None:
    session = office.session
    fund = _unapproved_fund(office)
    round_ = office.announce(office.draft(fund_id=fund.id))
    assert round_.is_provisional
    assert balance_of(session, fund) == 0
    with pytest.raises(LimitReached, match=r"round\.over_fund"):
        office.draft(fund_id=fund.id, fund_fen=1)
    assert what_is_missing(session, round_, at=AT)[0] == "fund_approval"
    office.fund = fund
    office.approve()
    jobs.fund_approved(session, fund.id, at=AT)
    assert not round_.is_provisional
    assert balance_of(session, fund) == 0
    assert [entry.code for entry in timeline_of(session, f"round:{round_.id}")][-1] == "round.effective"


def test_less_money_than_announced_leaves_the_round_provisional(office: Office) -> None:
    session = office.session
    fund = _unapproved_fund(office)
    round_ = office.announce(office.draft(fund_id=fund.id))
    session.execute(text("UPDATE fund SET amount_fen = 1, below_floor_reason = '缩减' WHERE state = 'draft'"))
    session.refresh(fund)
    office.fund = fund
    office.approve()
    assert operations.make_rounds_effective(session, fund.id, by=office.leader, at=AT) == []
    assert round_.is_provisional
    assert [entry.code for entry in timeline_of(session, f"round:{round_.id}")][-1] == "round.approved_otherwise"


@pytest.mark.parametrize("approved_fen", [2 * MILLION, 4 * MILLION])
def test_another_amount_than_planned_waits_for_the_office_and_says_so_once(office: Office, approved_fen: int) -> None:
    session, fund = office.session, _unapproved_fund(office)
    round_ = office.announce(office.draft(fund_id=fund.id, fund_fen=2 * MILLION))
    day = date(2026, 8, 30)
    approve_fund(
        session, fund, reference="4号", approved_on=day, amount_fen=approved_fen, below_floor_reason="核减",
        by=office.leader, at=AT,
    )  # fmt: skip
    for _ in range(2):
        jobs.fund_approved(session, fund.id, at=AT)
    assert round_.is_provisional
    codes = [entry.code for entry in timeline_of(session, f"round:{round_.id}")]
    assert codes == ["round.announced_provisionally", "round.approved_otherwise"]


def test_what_was_announced_before_the_approval_keeps_its_share(office: Office) -> None:
    """Between the approval and the job that binds the money, and as long as the office has not said what it gets."""
    fund = _unapproved_fund(office)
    office.announce(office.draft(fund_id=fund.id, fund_fen=2 * MILLION))
    office.fund = fund
    office.approve()
    with pytest.raises(LimitReached, match=r"round\.over_fund") as refusal:
        office.draft(fund_id=fund.id, fund_fen=2 * MILLION)
    assert refusal.value.facts["balance_fen"] == MILLION


@pytest.mark.parametrize("dialect", [pytest.param("postgresql", marks=pytest.mark.postgres)])
def test_of_two_announced_at_once_the_second_sees_what_the_first_took(engine: Engine, office: Office) -> None:
    session, fund = office.session, _unapproved_fund(office)
    first, second = (office.draft(fund_id=fund.id, fund_fen=2 * MILLION) for _ in range(2))
    for round_ in (first, second):
        operations.submit_round(session, round_, by=office.officer, at=AT)
        sha256 = rule_book_sha256(session, round_)
        operations.review_round(session, round_, content_sha256=sha256, by=office.reviewer, at=AT)
    shas = {round_.id: rule_book_sha256(session, round_) for round_ in (first, second)}
    first_id, second_id = first.id, second.id
    session.commit()

    def announce(current: Session, number: int) -> None:
        operations.announce_round(
            current, current.get_one(Round, number), minute_number="5号", content_sha256=shas[number],
            by=office.leader, at=AT,
        )  # fmt: skip

    announce(session, first_id)

    def announce_the_other() -> None:
        with transaction(engine) as other:
            announce(other, second_id)

    answer = behind_a_lock(engine, session.commit, announce_the_other)
    assert "round.over_fund" in repr(answer)


def test_approval_runs_as_a_job_and_twice_does_no_harm(office: Office) -> None:
    session, fund = office.session, _unapproved_fund(office)
    round_ = office.announce(office.draft(fund_id=fund.id))
    office.fund = fund
    office.approve()
    session.commit()
    assert run_due_jobs(session.get_bind(), at=AT, keys=session.info["keys"]) >= 1  # type: ignore[arg-type]
    session.refresh(round_)
    assert not round_.is_provisional
    assert operations.make_rounds_effective(session, fund.id, by=office.leader, at=AT) == []


@pytest.mark.parametrize("dialect", [pytest.param("postgresql", marks=pytest.mark.postgres)])
def test_a_round_made_void_while_its_fund_is_approved_binds_no_money(office: Office) -> None:
    session, fund = office.session, _unapproved_fund(office)
    round_ = office.announce(office.draft(fund_id=fund.id))
    office.fund = fund
    office.approve()
    session.commit()
    with Session(session.get_bind()) as worker:
        seen = worker.get_one(Round, round_.id)
        assert seen.is_provisional
        _make_void(office, round_)
        session.commit()
        with pytest.raises(WrongState, match=r"round\.not_provisional"):
            operations.make_effective(worker, seen, by=office.leader, at=AT)
        worker.rollback()
    assert balance_of(session, fund) == fund.amount_fen


def _make_void(office: Office, round_: Round) -> None:
    request = operations.request_void(office.session, round_, reason="撤回", by=office.leader, at=AT)
    confirm_request(office.session, request, by=office.reviewer, at=AT)


def _unapproved_fund(office: Office) -> Fund:
    plan = FundPlan(year=2026, name="第二笔", budget_line="2120202", amount_fen=3 * MILLION)
    return draft_fund(office.session, office.street.id, plan, by=office.officer, at=AT)


def _approve_otherwise(office: Office, fund: Fund, amount_fen: int) -> None:
    approve_fund(
        office.session,
        fund,
        reference="示人字〔2026〕4号",
        approved_on=date(2026, 8, 30),
        amount_fen=amount_fen,
        below_floor_reason="区人大核减",
        by=office.leader,
        at=AT,
    )


def test_a_provisional_round_opens_in_time(office: Office) -> None:
    at_once = {"opens_at": AT + timedelta(days=1), "candidate_notice_days": 0, "register_check_days": 0}
    round_ = office.announce(office.draft(fund_id=_unapproved_fund(office).id, **at_once))
    round_.log_risk_accepted_by = "甲、乙"
    open_round(office.session, round_, at=round_.opens_at)
    assert (round_.state, round_.is_provisional) == (RoundState.VOTING, True)


@pytest.mark.parametrize("granted_fen", [2 * MILLION, 4 * MILLION])
def test_another_fund_is_an_addendum_beside_the_rule_book(office: Office, granted_fen: int) -> None:
    session, fund = office.session, _unapproved_fund(office)
    round_ = office.announce(office.draft(fund_id=fund.id))
    before = rule_book_sha256(session, round_)
    _approve_otherwise(office, fund, granted_fen)
    make_effective_otherwise(session, round_, granted_fen, reason="按批准金额", by=office.leader, at=AT)
    session.flush()
    assert (round_.is_provisional, round_.fund_fen, round_.allotted_fen) == (False, 3 * MILLION, granted_fen)
    assert balance_of(session, fund) == 0
    assert rule_book_sha256(session, round_) == before
    (addendum,) = addenda_of(session, round_)
    assert (addendum.code, addendum.fund_fen, addendum.signer_name) == ("granted", granted_fen, "赵签发")
    assert [entry.code for entry in timeline_of(session, f"round:{round_.id}")][-1] == "round.granted"


def test_a_grant_keeps_to_the_fund_and_comes_once(office: Office) -> None:
    session, fund = office.session, _unapproved_fund(office)
    round_ = office.announce(office.draft(fund_id=fund.id))
    with pytest.raises(WrongState, match=r"fund\.not_approved"):
        check_grant(session, round_, MILLION)
    _approve_otherwise(office, fund, 2 * MILLION)
    with pytest.raises(LimitReached, match=r"round\.grant_over_fund") as refusal:
        check_grant(session, round_, 2 * MILLION + 1)
    assert refusal.value.facts["excess_fen"] == 1
    with pytest.raises(InvalidInput, match=r"fund\.amount_missing"):
        check_grant(session, round_, 0)
    make_effective_otherwise(session, round_, MILLION, reason="按批准金额", by=office.leader, at=AT)
    with pytest.raises(WrongState, match=r"round\.not_provisional"):
        check_grant(session, round_, MILLION)


@pytest.mark.parametrize(
    ("statement", "refusal"),
    [
        ("UPDATE round SET is_provisional = FALSE", "round_effective_by_approval"),
        ("UPDATE round SET granted_fen = 1", "granted"),
        ("UPDATE round SET is_provisional = FALSE, granted_fen = 0", "round_effective_by_approval"),
        ("UPDATE round SET state = 'final'", "provisional"),
        ("INSERT INTO fund_entry (fund_id, kind, amount_fen, reference, at) "
         "SELECT id, 'commitment', -1, 'x', created_at FROM fund WHERE state = 'draft'", "fund_never_below_zero"),
    ],
)  # fmt: skip
def test_the_database_keeps_a_provisional_round_from_the_money(office: Office, statement: str, refusal: str) -> None:
    office.announce(office.draft(fund_id=_unapproved_fund(office).id))
    with pytest.raises(DBAPIError, match=refusal):
        office.session.execute(text(statement))


@pytest.mark.parametrize("statement", ["is_provisional = TRUE", "granted_fen = 1"])
def test_the_database_keeps_an_effective_round_effective(office: Office, statement: str) -> None:
    office.announce(office.draft())
    with pytest.raises(DBAPIError, match="refused by round_"):
        office.session.execute(text(f"UPDATE round SET {statement}"))
