"""公示 with a window in working days, objections, and answers that stand."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from diancai.errors import Conflict, InvalidInput, LimitReached, WrongState
from diancai.platform.core.actor import ANYONE, Role
from diancai.platform.core.jobs import Job
from diancai.platform.core.limits import FailureCount
from diancai.platform.core.timeline import timeline_of
from diancai.platform.core.working_days import DayKind, import_year, seed_calendar
from diancai.platform.divisions.models import Division
from diancai.platform.notices import jobs, operations
from diancai.platform.notices.facts import NoticeItem, notice_facts
from diancai.platform.notices.models import Channel, Notice, NoticeKind, Outcome
from diancai.platform.notices.operations import (
    answer_objection,
    confirm_notice,
    object_online,
    object_to_notice,
    post_notice,
)
from diancai.platform.notices.queries import (
    contact_of,
    notices_about,
    objection_by_code,
    objections_waiting,
    open_objections,
    working_days_of,
)
from tests.factories import AT, a_staff, a_street


def a_notice(session: Session, street: Division, *, at: datetime = AT, working_days: int = 5) -> Notice:
    facts = notice_facts(
        session,
        street.id,
        basis="〔2026〕5号",
        items=[NoticeItem(number="1", name="路灯", cost_fen=8_640_000)],
        signed_on=date(2026, 9, 1),
    )
    return post_notice(
        session,
        street_id=street.id,
        subject="round:3",
        kind=NoticeKind.CANDIDATES,
        title="候选项目公示",
        facts=facts,
        working_days=working_days,
        by=a_staff(session, street, Role.OFFICER),
        at=at,
    )


def test_the_window_begins_the_day_after_and_counts_working_days(session: Session) -> None:
    seed_calendar(session)
    street = a_street(session)
    notice = a_notice(session, street, at=datetime(2026, 2, 12, 2, tzinfo=UTC))
    assert notice.last_day == date(2026, 2, 26)  # 春节 in between, and 14 February is worked
    assert notice.ends_at == datetime(2026, 2, 26, 16, tzinfo=UTC)
    assert notice.tentative_year is None
    assert session.scalars(select(Job.due_at).filter_by(name="notices.window_ended")).one() == notice.ends_at
    assert notice.fact_values["office"]["contact_name"] == "王敏"
    assert notices_about(session, "round:3", NoticeKind.CANDIDATES) == [notice]


def test_at_the_end_of_the_known_calendar_the_last_day_is_tentative_until_confirmed(session: Session) -> None:
    seed_calendar(session)
    street = a_street(session)
    notice = a_notice(session, street, at=datetime(2026, 12, 28, 2, tzinfo=UTC))
    assert (notice.tentative_year, notice.last_day) == (2027, date(2027, 1, 5))
    import_year(session, 2027, {date(2027, 1, 4): DayKind.OFF})
    officer = a_staff(session, street, Role.OFFICER)
    confirm_notice(session, notice, by=officer, at=AT)
    assert (notice.tentative_year, notice.last_day) == (None, date(2027, 1, 6))
    assert session.scalars(select(Job.due_at).filter_by(name="notices.window_ended")).one() == notice.ends_at
    with pytest.raises(WrongState, match=r"notice\.not_tentative"):
        confirm_notice(session, notice, by=officer, at=AT)


def test_a_correction_never_shortens_a_window(session: Session) -> None:
    seed_calendar(session)
    street = a_street(session)
    notice = a_notice(session, street, at=datetime(2026, 12, 28, 2, tzinfo=UTC))
    import_year(session, 2027, {date(2027, 1, 2): DayKind.WORKING, date(2027, 1, 3): DayKind.WORKING})
    confirm_notice(session, notice, by=a_staff(session, street, Role.OFFICER), at=AT)
    assert notice.last_day == date(2027, 1, 5)
    with pytest.raises(DBAPIError, match="notice_window_grows"):
        session.execute(text("UPDATE notice SET ends_at = '2026-12-29'"))


def test_anyone_objects_without_a_name_and_finds_the_answer_by_code(session: Session) -> None:
    street = a_street(session)
    notice = a_notice(session, street)
    objection = object_to_notice(
        session, notice, text=" 造价太高 ", contact="", channel=Channel.ONLINE, by=ANYONE, at=AT
    )
    assert (objection.number, objection.contact, objection.entered_by) == (1, None, None)
    typed = " ".join((objection.look_up_code[:4], objection.look_up_code[4:])).lower()
    assert objection_by_code(session, typed) is objection
    assert objection_by_code(session, "") is None
    assert objections_waiting(session, [street.id]) == [(objection, notice)]
    leader = a_staff(session, street, Role.LEADER)
    answer_objection(session, notice, objection, outcome=Outcome.UPHELD_AS_IS, answer="造价经过审核", by=leader, at=AT)
    assert open_objections(session, notice) == []
    with pytest.raises(Conflict, match=r"objection\.answered_already"):
        answer_objection(session, notice, objection, outcome=Outcome.RECOUNT, answer="再算", by=leader, at=AT)


def test_a_contact_is_sealed_and_a_clerk_is_named(session: Session) -> None:
    street = a_street(session)
    clerk = a_staff(session, street, Role.CLERK)
    objection = object_to_notice(
        session,
        a_notice(session, street),
        text="名册漏了我",
        contact="李明 13800000000",
        channel=Channel.PHONE,
        by=clerk,
        at=AT,
    )
    assert objection.contact is not None
    assert "李明".encode() not in objection.contact
    assert contact_of(session, objection) == "李明 13800000000"
    assert objection.entered_by == clerk.staff_id


@pytest.mark.parametrize(
    ("words", "contact", "code"),
    [
        ("  ", "", "objection.text_missing"),
        ("长" * 4001, "", "objection.text_too_long"),
        ("短", "9" * 201, "objection.contact_too_long"),
    ],
)
def test_an_objection_says_something_and_not_too_much(session: Session, words: str, contact: str, code: str) -> None:
    notice = a_notice(session, a_street(session))
    with pytest.raises(InvalidInput, match=code):
        object_to_notice(session, notice, text=words, contact=contact, channel=Channel.ONLINE, by=ANYONE, at=AT)


def test_an_address_sends_ten_objections_an_hour_and_another_is_free(session: Session) -> None:
    notice = a_notice(session, a_street(session))
    here = {"text": "价格不对", "contact": "", "address": "192.0.2.1", "by": ANYONE}
    for minutes in range(10):
        object_online(session, notice, **here, at=AT + timedelta(minutes=minutes))
    with pytest.raises(LimitReached, match=r"objection\.too_many_from_here"):
        object_online(session, notice, **here, at=AT + timedelta(minutes=59))
    object_online(session, notice, **(here | {"address": "192.0.2.2"}), at=AT + timedelta(minutes=59))
    object_online(session, notice, **here, at=AT + timedelta(minutes=61))
    assert b"192.0.2" not in b"".join(session.scalars(select(FailureCount.key)))


def test_a_flood_online_leaves_the_desk_open(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(operations, "MOST_OBJECTIONS", 1)
    notice = a_notice(session, a_street(session))
    words = {"text": "价格不对", "contact": "", "by": ANYONE, "at": AT}
    object_to_notice(session, notice, channel=Channel.ONLINE, **words)
    with pytest.raises(Conflict, match=r"objection\.too_many"):
        object_to_notice(session, notice, channel=Channel.ONLINE, **words)
    assert object_to_notice(session, notice, channel=Channel.PHONE, **words).number == 2


def test_after_the_last_day_no_objection_is_taken(session: Session) -> None:
    notice = a_notice(session, a_street(session))
    last = notice.ends_at - timedelta(seconds=1)
    object_to_notice(session, notice, text="来得及", contact="", channel=Channel.ONLINE, by=ANYONE, at=last)
    with pytest.raises(WrongState, match=r"objection\.window_ended"):
        object_to_notice(session, notice, text="晚", contact="", channel=Channel.ONLINE, by=ANYONE, at=notice.ends_at)


def test_the_end_of_the_window_is_noted_once_it_has_come(session: Session) -> None:
    notice = a_notice(session, a_street(session))
    jobs.window_ended(session, notice.id, at=notice.ends_at - timedelta(days=1))
    assert [entry.code for entry in timeline_of(session, "round:3")] == ["notice.posted.candidates"]
    jobs.window_ended(session, notice.id, at=notice.ends_at)
    assert [entry.code for entry in timeline_of(session, "round:3")][-1] == "notice.window_ended"


@pytest.mark.parametrize(
    "statement", ["UPDATE notice SET facts = ''", "DELETE FROM notice", "UPDATE objection SET text = ''"]
)
def test_the_database_keeps_what_was_posted_and_said(session: Session, statement: str) -> None:
    notice = a_notice(session, a_street(session))
    object_to_notice(session, notice, text="造价太高", contact="", channel=Channel.ONLINE, by=ANYONE, at=AT)
    with pytest.raises(DBAPIError, match="refused by"):
        session.execute(text(statement))


def test_a_notice_stands_at_least_a_day(session: Session) -> None:
    street = a_street(session, publicity_working_days=7)
    assert working_days_of(session, street.id) == 7
    with pytest.raises(InvalidInput, match=r"notice\.working_days"):
        a_notice(session, street, working_days=0)
