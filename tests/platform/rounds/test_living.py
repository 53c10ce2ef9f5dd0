"""Suspended, resumed, extended, an item withdrawn, the round void (vote.md 4)."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from diancai.errors import Conflict, InvalidInput, LimitReached, NotAllowed, NotFound, WrongState
from diancai.platform.accounts.models import Staff, StaffRole
from diancai.platform.core.actor import Role
from diancai.platform.core.confirmations import confirm_request, may_decide
from diancai.platform.core.jobs import Job
from diancai.platform.core.moves import move
from diancai.platform.core.permissions import PERMISSIONS, may
from diancai.platform.core.timeline import timeline_of
from diancai.platform.funds.queries import balance_of
from diancai.platform.notices.models import NoticeKind
from diancai.platform.notices.queries import notices_about
from diancai.platform.rounds import operations
from diancai.platform.rounds.models import Round
from diancai.platform.rounds.queries import addenda_of, items_of, rounds_public, scrutineers_of, withdrawals_of
from diancai.platform.rounds.rules import withdrawn_numbers
from diancai.platform.rounds.states import ROUND_MOVES, RoundState
from tests.factories import AT, a_staff
from tests.platform.rounds.conftest import MILLION, Office

IN_VOTING = AT + timedelta(days=21)


def a_voting_round(office: Office, **changes: object) -> Round:
    round_ = office.announce(office.draft(**changes))
    move(office.session, round_, RoundState.VOTING, table=ROUND_MOVES)
    return round_


def due(session: Session, key: str) -> object:
    return session.scalar(select(Job.due_at).filter_by(unique_key=key))


def test_a_suspended_round_says_why_and_resumes(office: Office) -> None:
    session, round_ = office.session, a_voting_round(office)
    with pytest.raises(InvalidInput, match=r"round\.reason_missing"):
        operations.suspend_round(session, round_, reason=" ", by=office.officer, at=IN_VOTING)
    operations.suspend_round(session, round_, reason="停电", by=office.officer, at=IN_VOTING)
    assert round_.state is RoundState.SUSPENDED
    operations.resume_round(session, round_, reason="来电", by=office.officer, at=IN_VOTING)
    assert round_.state is RoundState.VOTING
    assert [(row.code, row.reason, row.signer_name) for row in addenda_of(session, round_)] == [
        ("suspended", "停电", "王经办"),
        ("resumed", "来电", "王经办"),
    ]


def test_past_its_end_a_suspended_round_is_extended_or_collected(office: Office) -> None:
    session, round_ = office.session, a_voting_round(office)
    operations.suspend_round(session, round_, reason="停电", by=office.officer, at=IN_VOTING)
    with pytest.raises(WrongState, match=r"round\.not_past_close"):
        operations.collect_round(session, round_, reason="不再投", by=office.officer, at=IN_VOTING)
    late = round_.closes_at + timedelta(hours=1)
    with pytest.raises(WrongState, match=r"round\.past_close"):
        operations.resume_round(session, round_, reason="来电", by=office.officer, at=late)
    operations.extend_round(
        session, round_, closes_at=late + timedelta(days=1), reason="补足时间", by=office.leader, at=late
    )
    operations.resume_round(session, round_, reason="来电", by=office.officer, at=late)
    operations.suspend_round(session, round_, reason="又停电", by=office.officer, at=late)
    operations.collect_round(session, round_, reason="不再投", by=office.officer, at=late + timedelta(days=2))
    assert round_.state is RoundState.COLLECTING


def test_an_extension_moves_the_closing_job_and_stays_within_the_rule_book(office: Office) -> None:
    session, round_ = office.session, a_voting_round(office)
    new_end = round_.latest_close_at
    with pytest.raises(LimitReached, match=r"round\.past_latest"):
        operations.extend_round(
            session, round_, closes_at=new_end + timedelta(seconds=1), reason="雨", by=office.leader, at=IN_VOTING
        )
    for not_later in (round_.closes_at, IN_VOTING):
        with pytest.raises(InvalidInput, match=r"round\.not_later"):
            operations.extend_round(session, round_, closes_at=not_later, reason="雨", by=office.leader, at=IN_VOTING)
    operations.extend_round(session, round_, closes_at=new_end, reason="雨", by=office.leader, at=IN_VOTING)
    assert round_.closes_at == new_end
    assert due(session, f"close:{round_.id}") == new_end
    assert addenda_of(session, round_)[0].closes_at == new_end
    assert timeline_of(session, f"round:{round_.id}")[-1].fact_values == {"reason": "雨", "closes_at": new_end}


def test_a_vote_that_ended_by_the_clock_is_not_extended(office: Office) -> None:
    round_ = a_voting_round(office)
    with pytest.raises(WrongState, match=r"round\.closed_by_clock"):
        operations.extend_round(
            office.session,
            round_,
            closes_at=round_.latest_close_at,
            reason="雨",
            by=office.leader,
            at=round_.closes_at,
        )


def test_an_item_is_withdrawn_by_two_people_and_stays_visible(office: Office) -> None:
    session, round_ = office.session, a_voting_round(office)
    item = items_of(session, round_)[1]
    request = operations.request_withdrawal(session, round_, item, reason="另有资金", by=office.officer, at=IN_VOTING)
    assert not may_decide(office.officer, request)
    with pytest.raises(NotAllowed):
        confirm_request(session, request, by=office.officer, at=IN_VOTING)
    assert withdrawn_numbers(session, round_) == frozenset()
    confirm_request(session, request, by=office.leader, at=IN_VOTING)
    assert withdrawn_numbers(session, round_) == {"2"}
    assert len(items_of(session, round_)) == 4
    assert withdrawals_of(session, round_)[item.id].reason == "另有资金"
    with pytest.raises(Conflict, match=r"item\.withdrawn_already"):
        operations.request_withdrawal(session, round_, item, reason="再次", by=office.officer, at=IN_VOTING)


def test_a_ballot_that_must_be_full_keeps_enough_items(office: Office) -> None:
    round_ = a_voting_round(office, items=3, min_marks=3)
    with pytest.raises(LimitReached, match=r"menu\.too_few_left"):
        operations.request_withdrawal(
            office.session, round_, items_of(office.session, round_)[0], reason="x", by=office.officer, at=IN_VOTING
        )


@pytest.mark.parametrize("has_opened", [False, True])
def test_a_void_round_gives_its_money_back_and_says_why(office: Office, has_opened: bool) -> None:
    session = office.session
    round_ = a_voting_round(office) if has_opened else office.announce(office.draft())
    request = operations.request_void(session, round_, reason="名册有误", by=office.leader, at=IN_VOTING)
    assert round_.state is not RoundState.VOID
    confirm_request(session, request, by=office.reviewer, at=IN_VOTING)
    assert round_.state is RoundState.VOID
    assert round_.void_reason == "名册有误"
    assert balance_of(session, office.fund) == 3 * MILLION
    assert (due(session, f"erase:{round_.id}") is not None) is has_opened
    assert due(session, f"purge:{round_.id}") == IN_VOTING + timedelta(days=90)
    assert due(session, f"open:{round_.id}") is due(session, f"close:{round_.id}") is None
    notice = notices_about(session, f"round:{round_.id}", NoticeKind.VOID)[0]
    assert "名册有误" in notice.fact_values["paragraphs"][0]
    assert rounds_public(session) == [round_]


def test_a_draft_is_discarded_not_voided(office: Office) -> None:
    with pytest.raises(WrongState, match=r"round\.cannot_be_void"):
        operations.request_void(office.session, office.draft(), reason="x", by=office.leader, at=AT)


def test_scrutineers_declare_and_one_is_chief(office: Office) -> None:
    session, round_ = office.session, office.announce(office.draft())
    people = [a_scrutineer(office, name) for name in ("甲", "乙")]
    for person in people:
        operations.appoint_scrutineer(
            session,
            round_,
            person,
            chosen_by="居民代表推选",
            has_no_conflict=True,
            is_chief=True,
            by=office.officer,
            at=AT,
        )
    assert [(staff.name, row.is_chief) for row, staff in scrutineers_of(session, round_)] == [
        ("乙", True),
        ("甲", False),
    ]
    assert operations.possible_scrutineers(session, round_) == []
    operations.release_scrutineer(session, round_, people[0].id, reason="生病", by=office.officer, at=AT)
    assert operations.possible_scrutineers(session, round_) == [people[0]]
    with pytest.raises(NotFound):
        operations.release_scrutineer(session, round_, people[0].id, reason="生病", by=office.officer, at=AT)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"chosen_by": " "}, "scrutineer.chosen_by_missing"),
        ({"has_no_conflict": False}, "scrutineer.conflict"),
    ],
)
def test_an_appointment_says_how_and_that_nothing_stands_against_it(
    office: Office, changes: dict[str, object], code: str
) -> None:
    values = {"chosen_by": "推选", "has_no_conflict": True, "is_chief": False} | changes
    with pytest.raises(InvalidInput, match=code):
        operations.appoint_scrutineer(
            office.session, office.draft(), a_scrutineer(office, "甲"), by=office.officer, at=AT, **values
        )


def test_a_person_without_the_office_is_no_scrutineer(office: Office) -> None:
    person = office.session.get_one(Staff, office.reviewer.staff_id)
    with pytest.raises(InvalidInput, match=r"scrutineer\.no_such_role"):
        operations.appoint_scrutineer(
            office.session,
            office.draft(),
            person,
            chosen_by="推选",
            has_no_conflict=True,
            is_chief=False,
            by=office.officer,
            at=AT,
        )


def test_a_round_posts_its_items_and_its_register_once_at_a_time(office: Office) -> None:
    session, round_ = office.session, office.announce(office.draft())
    notice = operations.post_candidate_notice(session, round_, basis="〔2026〕5号", by=office.officer, at=AT)
    facts = notice.fact_values
    assert [item["cost_fen"] for item in facts["items"]] == [40_000_000] * 4
    assert facts["office"]["supervision_phone"] == "010-60000001"
    assert notice.last_day == date(2026, 9, 8)
    with pytest.raises(Conflict, match=r"notice\.posted_already"):
        operations.post_candidate_notice(session, round_, basis="5号", by=office.officer, at=AT)
    operations.post_register_notice(session, round_, basis="〔2026〕5号", by=office.officer, at=AT)
    with pytest.raises(InvalidInput, match=r"notice\.basis_missing"):
        operations.post_candidate_notice(session, round_, basis=" ", by=office.officer, at=AT + timedelta(days=9))
    move(session, round_, RoundState.VOTING, table=ROUND_MOVES)
    with pytest.raises(WrongState, match=r"round\.notice_too_late"):
        operations.post_register_notice(session, round_, basis="5号", by=office.officer, at=IN_VOTING)


@pytest.mark.parametrize("state", list(RoundState))
@pytest.mark.parametrize(
    "action", ["edit_round", "announce_round", "suspend_round", "extend_round", "withdraw_item", "void_round"]
)
def test_only_the_table_says_who_may_what_when(office: Office, state: RoundState, action: str) -> None:
    row = PERMISSIONS[action]
    round_ = Round(street_id=office.street.id, state=state)
    for role in Role:
        person = a_staff(office.session, office.street, role)
        assert may(person, action, round_) is (role in row.roles and state.value in row.states)


def a_scrutineer(office: Office, name: str) -> Staff:
    actor = a_staff(office.session, office.street, Role.SCRUTINEER, name=name)
    person = office.session.get_one(Staff, actor.staff_id)
    office.session.add(StaffRole(staff_id=person.id, role=Role.SCRUTINEER, division_id=office.street.id))
    office.session.flush()
    return person
