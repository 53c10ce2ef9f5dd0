"""A fund is drafted, approved, drawn on and never below zero (F-02, F-06, F-07)."""

from datetime import date, timedelta

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from diancai.budget import ItemCategory, check_cap
from diancai.errors import Conflict, InvalidInput, LimitReached, NotAllowed, WrongState
from diancai.platform.core.actor import Role
from diancai.platform.core.audit import AuditEntry
from diancai.platform.core.db import transaction
from diancai.platform.core.jobs import Job
from diancai.platform.divisions.models import Division
from diancai.platform.funds.models import Fund, FundState
from diancai.platform.funds.operations import (
    FundPlan,
    approve_fund,
    commit_to_round,
    draft_fund,
    edit_fund,
    release_all_from_round,
    release_from_round,
    seed_caps,
    set_cap,
)
from diancai.platform.funds.queries import approved_fen, available_fen, balance_of, caps_for, draws_on
from tests.factories import AT, a_staff, a_street
from tests.threads import behind_a_lock

MILLION = 100_000_000


def a_plan(**changes: object) -> FundPlan:
    values = {"year": 2026, "name": "民生微实事", "budget_line": "2120201", "amount_fen": 3 * MILLION}
    return FundPlan(**(values | changes))  # type: ignore[arg-type]


def a_fund(session: Session, street: Division, *, is_approved: bool = True, **changes: object) -> Fund:
    officer = a_staff(session, street, Role.OFFICER)
    fund = draft_fund(session, street.id, a_plan(**changes), by=officer, at=AT)
    if is_approved:
        leader = a_staff(session, street, Role.LEADER)
        approve_fund(session, fund, reference="示人字〔2026〕3号", approved_on=date(2026, 8, 30), by=leader, at=AT)
    return fund


def test_a_draft_holds_no_money_until_it_is_approved(session: Session) -> None:
    street = a_street(session)
    fund = a_fund(session, street, is_approved=False)
    assert (balance_of(session, fund), available_fen(session, fund)) == (0, 3 * MILLION)
    leader = a_staff(session, street, Role.LEADER)
    approve_fund(session, fund, reference=" 示人字〔2026〕3号 ", approved_on=date(2026, 9, 1), by=leader, at=AT)
    assert fund.state is FundState.APPROVED
    assert fund.approval_reference == "示人字〔2026〕3号"
    assert balance_of(session, fund) == 3 * MILLION
    assert session.scalar(select(Job.name)) == "rounds.fund_approved"
    assert session.scalars(select(AuditEntry.event).order_by(AuditEntry.id)).all() == ["FundDrafted", "FundApproved"]


def test_a_fund_is_drafted_and_approved_by_two_people(session: Session) -> None:
    street = a_street(session)
    both = a_staff(session, street, Role.OFFICER, Role.LEADER)
    fund = draft_fund(session, street.id, a_plan(), by=both, at=AT)
    approval = {"reference": "3号", "approved_on": date(2026, 8, 30), "at": AT}
    with pytest.raises(NotAllowed, match=r"fund\.same_person"):
        approve_fund(session, fund, **approval, by=both)
    another = a_staff(session, street, Role.OFFICER, Role.LEADER)
    edit_fund(session, fund, a_plan(name="民生微实事专项"), by=another, at=AT)
    with pytest.raises(NotAllowed, match=r"fund\.same_person"):
        approve_fund(session, fund, **approval, by=another)
    assert approve_fund(session, fund, **approval, by=both).state is FundState.APPROVED


def test_the_database_wants_two_people_too(session: Session) -> None:
    fund = a_fund(session, a_street(session), is_approved=False)
    with pytest.raises(DBAPIError, match="two_people"):
        session.execute(text("UPDATE fund SET approved_by = drafted_by"))
    assert fund.approved_by is None


def test_exactly_the_floor_needs_no_reason_and_a_fen_less_does(session: Session) -> None:
    street = a_street(session)
    officer = a_staff(session, street, Role.OFFICER)
    assert (
        draft_fund(session, street.id, a_plan(below_floor_reason="不需要"), by=officer, at=AT).below_floor_reason
        is None
    )
    with pytest.raises(LimitReached) as refusal:
        draft_fund(session, street.id, a_plan(budget_line="2", amount_fen=3 * MILLION - 1), by=officer, at=AT)
    assert refusal.value.code == "fund.below_floor"
    assert refusal.value.facts["short_fen"] == 1
    small = a_plan(budget_line="2", amount_fen=2 * MILLION, below_floor_reason="分两期安排")
    assert draft_fund(session, street.id, small, by=officer, at=AT).below_floor_reason == "分两期安排"


def test_the_floor_is_the_streets_own(session: Session) -> None:
    street = a_street(session, fund_floor_fen=MILLION)
    assert a_fund(session, street, amount_fen=MILLION).below_floor_reason is None


def test_one_record_for_a_budget_line_and_year(session: Session) -> None:
    street = a_street(session)
    a_fund(session, street)
    with pytest.raises(Conflict, match=r"fund\.already_there"):
        a_fund(session, street)


def test_an_approved_fund_is_not_edited_here_nor_in_the_database(session: Session) -> None:
    street = a_street(session)
    fund = a_fund(session, street)
    with pytest.raises(WrongState, match=r"fund\.approved_already"):
        edit_fund(session, fund, a_plan(amount_fen=4 * MILLION), by=a_staff(session, street, Role.OFFICER), at=AT)
    with pytest.raises(DBAPIError, match="fund_frozen"):
        session.execute(text("UPDATE fund SET amount_fen = 1"))


@pytest.mark.parametrize("dialect", [pytest.param("postgresql", marks=pytest.mark.postgres)])
def test_an_edit_beside_the_approval_is_told_of_it(engine: Engine, session: Session) -> None:
    street = a_street(session)
    fund = a_fund(session, street, is_approved=False)
    officer, leader = a_staff(session, street, Role.OFFICER), a_staff(session, street, Role.LEADER)
    fund_id = fund.id
    session.commit()
    approve_fund(session, fund, reference="3号", approved_on=date(2026, 8, 30), by=leader, at=AT)

    def edit() -> None:
        with transaction(engine) as other:
            edit_fund(other, other.get_one(Fund, fund_id), a_plan(amount_fen=4 * MILLION), by=officer, at=AT)

    assert repr(behind_a_lock(engine, session.commit, edit)) == repr(WrongState("fund.approved_already"))


@pytest.mark.parametrize("amount_fen", [2 * MILLION, 4 * MILLION])
def test_another_amount_than_planned_is_what_rounds_may_draw(session: Session, amount_fen: int) -> None:
    street = a_street(session)
    fund = a_fund(session, street, is_approved=False)
    facts = {"reference": "3号", "approved_on": date(2026, 8, 30), "amount_fen": amount_fen}
    leader = a_staff(session, street, Role.LEADER)
    if amount_fen < fund.amount_fen:
        with pytest.raises(LimitReached, match=r"fund\.below_floor"):
            approve_fund(session, fund, **facts, by=leader, at=AT)
    approve_fund(session, fund, **facts, below_floor_reason="区人大核减", by=leader, at=AT)
    assert (fund.amount_fen, approved_fen(session, fund)) == (3 * MILLION, amount_fen)
    assert balance_of(session, fund) == amount_fen
    assert (fund.below_floor_reason is None) == (amount_fen > fund.amount_fen)


@pytest.mark.parametrize(
    ("reference", "day", "code"),
    [("  ", date(2026, 8, 1), "fund.reference_missing"), ("3号", date(2026, 9, 2), "fund.approved_in_future")],
)
def test_an_approval_names_its_paper_and_a_past_day(session: Session, reference: str, day: date, code: str) -> None:
    street = a_street(session)
    fund = a_fund(session, street, is_approved=False)
    with pytest.raises(InvalidInput, match=code):
        approve_fund(
            session, fund, reference=reference, approved_on=day, by=a_staff(session, street, Role.LEADER), at=AT
        )


def test_rounds_draw_until_nothing_is_left_and_give_back(session: Session) -> None:
    fund = a_fund(session, a_street(session))
    commit_to_round(session, fund, 7, 2 * MILLION, reference="春季", at=AT)
    with pytest.raises(LimitReached, match=r"ledger\.below_zero") as refusal:
        commit_to_round(session, fund, 8, MILLION + 1, reference="秋季", at=AT)
    assert refusal.value.facts["short_fen"] == 1
    commit_to_round(session, fund, 8, MILLION, reference="秋季", at=AT)
    assert balance_of(session, fund) == 0
    release_from_round(session, fund, 7, 5, at=AT)
    assert balance_of(session, fund) == 5
    with pytest.raises(LimitReached, match=r"fund\.release_over"):
        release_from_round(session, fund, 7, 2 * MILLION, at=AT)
    release_all_from_round(session, fund, 7, at=AT)
    assert release_all_from_round(session, fund, 7, at=AT) is None
    assert [(draw.reference, draw.committed_fen, draw.bound_fen) for draw in draws_on(session, fund.id)] == [
        ("春季", 2 * MILLION, 0),
        ("秋季", MILLION, MILLION),
    ]


def test_money_of_an_unapproved_fund_cannot_be_bound(session: Session) -> None:
    fund = a_fund(session, a_street(session), is_approved=False)
    with pytest.raises(WrongState, match=r"fund\.not_approved"):
        commit_to_round(session, fund, 7, 1, reference="春季", at=AT)


def test_the_ledger_takes_no_change(session: Session) -> None:
    a_fund(session, a_street(session))
    with pytest.raises(DBAPIError, match="fund_entry_no_update"):
        session.execute(text("UPDATE fund_entry SET amount_fen = 1"))


def test_caps_come_from_the_table_by_date(session: Session) -> None:
    street = a_street(session)
    assert len(caps_for(session, street.id)) == 3  # the guideline's own, before any is stored
    seed_caps(session)
    seed_caps(session)
    admin = a_staff(session, street, Role.ADMINISTRATOR)
    start = date(2027, 1, 1)
    set_cap(session, street.id, ItemCategory.WORKS, 50_000_000, valid_from=start, by=admin, at=AT)
    caps = caps_for(session, street.id)
    assert len(caps) == 4
    check_cap(caps, ItemCategory.WORKS, start, 50_000_000)
    with pytest.raises(LimitReached):
        check_cap(caps, ItemCategory.WORKS, start - timedelta(days=1), 40_000_001)
    other = a_street(session, code="110103001000", name="旁边街道")
    with pytest.raises(LimitReached):
        check_cap(caps_for(session, other.id), ItemCategory.WORKS, start, 40_000_001)


def test_a_cap_cannot_reach_back(session: Session) -> None:
    street = a_street(session)
    admin = a_staff(session, street, Role.ADMINISTRATOR)
    with pytest.raises(InvalidInput, match=r"cap\.in_the_past"):
        set_cap(session, street.id, ItemCategory.GOODS, 1, valid_from=date(2026, 8, 31), by=admin, at=AT)
