"""Single entries of the register: corrected without a trace of the values, added late by two, and purged."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from diancai.errors import Conflict, InvalidInput, NotAllowed, WrongState
from diancai.platform.core.actor import Actor, Role
from diancai.platform.core.audit import AuditEntry
from diancai.platform.core.confirmations import (
    RequestState,
    confirm_request,
    decline_request,
    requests_for,
    withdraw_request,
)
from diancai.platform.core.keys import keys_of
from diancai.platform.divisions.models import Division
from diancai.platform.notices.facts import notice_facts
from diancai.platform.notices.models import Channel, NoticeKind
from diancai.platform.notices.operations import object_to_notice, post_notice
from diancai.platform.polling.finding import search_register
from diancai.platform.polling.models import ClosingMinute, GivenKind, RegisterEntry
from diancai.platform.polling.operations.opening import end_voting
from diancai.platform.polling.operations.persons import Person, person_of, tidy_person
from diancai.platform.polling.operations.register import (
    correct_entry,
    mark_eligible,
    mark_ineligible,
    purge_register,
    request_late_entry,
)
from diancai.platform.polling.operations.sealing import seal_void_round
from diancai.platform.polling.queries import given_count, late_count, register_count
from diancai.platform.polling.register_jobs import purge_register_when_due
from diancai.platform.rounds.models import Round
from diancai.platform.rounds.operations.living import void_round
from diancai.platform.rounds.states import RoundState
from tests.factories import AT, a_community, a_round, a_staff, a_street, an_entry


@pytest.fixture
def street(session: Session) -> Division:
    return a_street(session)


@pytest.fixture
def round_(session: Session, street: Division) -> Round:
    return a_round(session, street)


@pytest.fixture
def clerk(session: Session, street: Division) -> Actor:
    return a_staff(session, street, Role.CLERK)


def typed(round_: Round, entry: RegisterEntry, **changes: str) -> Person:
    facts = {"name": "李明", "household": "3栋-201", "birth_year": "1956", "id_last_four": "", "phone": ""}
    return tidy_person(round_, community_id=entry.community_id, **(facts | changes))


def test_a_correction_names_the_fields_and_never_the_values(session: Session, round_: Round, clerk: Actor) -> None:
    entry = an_entry(session, round_)
    person = typed(round_, entry, name="李 鸣", household="５栋-301", phone="13800000000")
    assert correct_entry(session, round_, entry, person, by=clerk, at=AT) == ("name", "household", "phone")
    assert person_of(keys_of(session), entry) == person
    assert [found.name for found in search_register(session, round_, text="李鸣").entries] == ["李鸣"]
    log = session.scalars(select(AuditEntry)).one()
    assert '"fields": ["name", "household", "phone"]' in log.facts
    assert not any(value in log.facts for value in ("李", "5栋", "138"))


def test_a_correction_cannot_make_a_double(session: Session, round_: Round, clerk: Actor) -> None:
    an_entry(session, round_)
    entry = an_entry(session, round_, name="王芳")
    with pytest.raises(Conflict, match=r"register\.double"):
        correct_entry(session, round_, entry, typed(round_, entry), by=clerk, at=AT)


def test_who_was_given_a_slip_stays_that_person(session: Session, round_: Round, clerk: Actor) -> None:
    entry = an_entry(session, round_, given=GivenKind.POSTED, given_hour=AT)
    with pytest.raises(Conflict, match="given_already"):
        correct_entry(session, round_, entry, typed(round_, entry, name="王芳"), by=clerk, at=AT)
    with pytest.raises(Conflict, match="given_already"):
        mark_ineligible(session, round_, entry, reason="迁出", by=clerk, at=AT)
    correct_entry(session, round_, entry, typed(round_, entry, phone="13800000000"), by=clerk, at=AT)


def test_an_entry_is_marked_ineligible_with_a_reason_and_back(session: Session, round_: Round, clerk: Actor) -> None:
    entry = an_entry(session, round_)
    with pytest.raises(InvalidInput, match="reason_missing"):
        mark_ineligible(session, round_, entry, reason=" ", by=clerk, at=AT)
    mark_ineligible(session, round_, entry, reason="已迁出", by=clerk, at=AT)
    assert (entry.is_eligible, entry.ineligible_reason, register_count(session, round_)) == (False, "已迁出", 0)
    mark_eligible(session, round_, entry, by=clerk, at=AT)
    assert register_count(session, round_) == 1


def late(session: Session, street: Division, round_: Round, by: Actor):  # type: ignore[no-untyped-def]
    community = session.scalars(select(Division).filter_by(parent_id=street.id)).one()
    person = Person("周新", community.id, "9栋-1", 1990)
    return request_late_entry(session, round_, person, reason="新搬来", by=by, at=AT)


def test_a_late_registration_counts_once_a_second_person_confirmed_it(
    session: Session, street: Division, round_: Round, clerk: Actor
) -> None:
    request = late(session, street, round_, clerk)
    entry = session.scalars(select(RegisterEntry)).one()
    assert (register_count(session, round_), late_count(session, round_)) == (0, 0)
    assert "周新" not in request.arguments
    with pytest.raises(Conflict, match="late_waits"):
        mark_eligible(session, round_, entry, by=clerk, at=AT)
    with pytest.raises(NotAllowed):
        confirm_request(session, request, by=clerk, at=AT)
    confirm_request(session, request, by=a_staff(session, street, Role.OFFICER), at=AT)
    assert (register_count(session, round_), late_count(session, round_)) == (1, 1)


@pytest.mark.parametrize("is_withdrawn", [True, False])
def test_a_late_registration_that_nobody_confirms_leaves_no_person(
    session: Session, street: Division, round_: Round, clerk: Actor, is_withdrawn: bool
) -> None:
    request = late(session, street, round_, clerk)
    if is_withdrawn:
        withdraw_request(session, request, by=clerk, at=AT)
    else:
        decline_request(session, request, by=a_staff(session, street, Role.OFFICER), at=AT)
    assert session.scalars(select(RegisterEntry)).all() == []


@pytest.mark.parametrize("end", ["by the clock", "void"])
def test_a_late_registration_that_still_waits_at_the_end_of_the_vote_lapses(
    session: Session, street: Division, round_: Round, clerk: Actor, end: str
) -> None:
    request = late(session, street, round_, clerk)
    officer = a_staff(session, street, Role.OFFICER)
    assert requests_for(session, officer) == [request]
    if end == "void":
        void_round(session, round_id=round_.id, reason="公告有误", by=officer, requested_by=officer, at=AT)
    else:
        end_voting(session, round_, at=round_.closes_at)
    assert requests_for(session, officer) == []
    assert request.state is RequestState.LAPSED
    assert session.scalars(select(RegisterEntry)).all() == []


def test_nobody_is_registered_late_twice(session: Session, street: Division, round_: Round, clerk: Actor) -> None:
    late(session, street, round_, clerk)
    with pytest.raises(Conflict, match=r"register\.double"):
        late(session, street, round_, clerk)


def test_a_household_with_its_representative_gets_no_second_one(session: Session, street: Division) -> None:
    round_, clerk = a_round(session, street, is_per_household=True), a_staff(session, street, Role.CLERK)
    entry = an_entry(session, round_)
    person = typed(round_, entry, name="王芳")
    with pytest.raises(Conflict, match="household_twice"):
        request_late_entry(session, round_, person, reason="漏登", by=clerk, at=AT)


def test_the_desk_finds_by_name_door_year_and_last_four_and_narrows(
    session: Session, street: Division, round_: Round
) -> None:
    other = a_community(session, street, code="110102001002", name="第二社区")
    one = an_entry(session, round_)
    two = an_entry(session, round_, household="5栋-301", birth_year=None, id_last_four="123X", community_id=other.id)
    three = an_entry(session, round_, name="王芳", household="3栋-1201")

    def found(text: str, community_id: int | None = None) -> set[int]:
        page = search_register(session, round_, text=text, community_id=community_id)
        assert page.total == len(page.entries)
        return {row.id for row in page.entries}

    assert found("李明") == {one.id, two.id}
    assert found("李明 5栋") == {two.id}
    assert found("3栋") == {one.id, three.id}
    assert found("３栋-201") == {one.id}
    assert found("123x") == {two.id}
    assert found("1956") == {one.id, three.id}
    assert found("李明", other.id) == {two.id}
    assert found("", other.id) == {two.id}
    assert found("李") == set()
    assert found("%") == set()


def test_a_search_shows_fifty_a_page(session: Session, round_: Round) -> None:
    for number in range(51):
        an_entry(session, round_, household=f"1栋-{number:03}")
    page = search_register(session, round_, text="李明", page=2)
    assert (page.first, page.last, page.total, [row.entry.household for row in page.entries]) == (
        51,
        51,
        51,
        ["1栋-050"],
    )
    assert search_register(session, round_, text="李明", page=99).page == 2


def a_final_round(session: Session, street: Division) -> Round:
    columns = {"final_at": AT, "published_at": AT}
    round_ = a_round(session, street, state=RoundState.FINAL, **columns)
    an_entry(session, round_, given=GivenKind.POSTED, given_hour=AT)
    an_entry(session, round_, name="王芳", is_late=True)
    minute = {"ballot_count": 1, "used_code_count": 1, "given_count": 1, "register_count": 2, "late_count": 1}
    session.add(ClosingMinute(round_id=round_.id, root_a="a" * 64, hash_b="b" * 64, sealed_at=AT, **minute))
    session.flush()
    return round_


def test_the_register_is_purged_when_its_time_is_over_and_the_counts_stay(session: Session, street: Division) -> None:
    round_, officer = a_final_round(session, street), a_staff(session, street, Role.OFFICER)
    with pytest.raises(WrongState, match="purge_too_early"):
        purge_register(session, round_, by=officer, at=AT + timedelta(days=89))
    due = AT + timedelta(days=90)
    assert purge_register(session, round_, by=officer, at=due) == 2
    assert purge_register(session, round_, by=officer, at=due) == 0
    assert session.scalars(select(RegisterEntry)).all() == []
    counts = (register_count(session, round_), late_count(session, round_), given_count(session, round_))
    assert counts == (2, 1, 1)
    log = session.scalars(select(AuditEntry)).one()
    assert (log.event, '"register_count": 2' in log.facts) == ("RegisterPurged", True)


def test_the_worker_purges_on_the_day_and_waits_before_it(session: Session, street: Division) -> None:
    round_ = a_final_round(session, street)
    purge_register_when_due(session, round_.id, at=AT + timedelta(days=1))
    assert round_.register_purged_at is None
    purge_register_when_due(session, round_.id, at=AT + timedelta(days=90))
    assert round_.register_purged_at is not None


def test_with_the_register_go_the_contacts_of_objectors(session: Session, street: Division) -> None:
    round_, officer = a_final_round(session, street), a_staff(session, street, Role.OFFICER)
    facts = notice_facts(session, street.id, basis="〔2026〕5号", signed_on=date(2026, 9, 1))
    about = {"subject": f"round:{round_.id}", "kind": NoticeKind.RESULT, "title": "公示", "facts": facts}
    notice = post_notice(session, street_id=street.id, **about, working_days=5, by=officer, at=AT)
    words = {"text": "票数不对", "contact": "王芳 13800000000", "channel": Channel.DESK}
    objection = object_to_notice(session, notice, **words, by=officer, at=AT)
    purge_register(session, round_, by=officer, at=AT + timedelta(days=90))
    session.refresh(objection)
    assert (objection.contact, objection.text) == (None, "票数不对")


def test_a_void_round_is_sealed_before_its_register_goes(session: Session, street: Division) -> None:
    round_, officer = a_round(session, street), a_staff(session, street, Role.OFFICER)
    an_entry(session, round_, given=GivenKind.SLIP, given_hour=AT)
    void_round(session, round_id=round_.id, reason="规则有误", by=officer, requested_by=officer, at=AT)
    with pytest.raises(WrongState, match=r"register\.seal_waits"):
        purge_register(session, round_, by=officer, at=AT)
    seal_void_round(session, round_, at=AT)
    assert purge_register(session, round_, by=officer, at=AT) == 1
    assert given_count(session, round_) == 1


def test_a_living_round_keeps_its_register(session: Session, round_: Round, clerk: Actor) -> None:
    with pytest.raises(WrongState):
        purge_register(session, round_, by=clerk, at=AT)
