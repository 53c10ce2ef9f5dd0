from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.exc import DatabaseError, IntegrityError
from sqlalchemy.orm import Session

from diancai.errors import Conflict, InvalidInput, NotAllowed
from diancai.platform.core.actor import Actor, Grant, Role
from diancai.platform.core.audit import AuditEntry
from diancai.platform.core.confirmations import (
    CONFIRMABLE,
    UNDOING,
    ConfirmationRequest,
    RequestState,
    Span,
    confirm_request,
    confirmable,
    decline_request,
    lapse_requests,
    may_decide,
    request_confirmation,
    requests_for,
    when_not_confirmed,
    withdraw_request,
)
from diancai.platform.core.db import transaction
from diancai.platform.divisions.models import Division
from tests.factories import AT, a_staff, a_street
from tests.threads import at_once

DONE: list[tuple[Any, ...]] = []


@pytest.fixture(autouse=True)
def tea() -> Iterator[None]:
    """An action that needs a leader or a scrutineer as its second person."""

    @confirmable("tea.serve", Role.LEADER, Role.SCRUTINEER)
    def serve(session: Session, *, cups: int, **who: Any) -> int:
        DONE.append(("served", cups, who["requested_by"].name, who["by"].name, who["reason"]))
        return cups

    @when_not_confirmed("tea.serve")
    def tidy_up(session: Session, *, cups: int, **_who: Any) -> None:
        DONE.append(("poured away", cups))

    yield
    del CONFIRMABLE["tea.serve"], UNDOING["tea.serve"]
    DONE.clear()


def people(session: Session) -> tuple[Division, Actor, Actor]:
    street = a_street(session)
    return (
        street,
        a_staff(session, street, Role.OFFICER, name="王敏"),
        a_staff(session, street, Role.LEADER, name="李明"),
    )


def ask(session: Session, street: Division, by: Actor, *, cups: int = 2, reason: str = "口渴") -> ConfirmationRequest:
    return request_confirmation(session, "tea.serve", street.id, reason=reason, by=by, at=AT, cups=cups)


def events(session: Session) -> list[str]:
    return list(session.scalars(select(AuditEntry.event).order_by(AuditEntry.id)))


def test_the_second_person_carries_it_out(session: Session) -> None:
    street, wang, li = people(session)
    request = ask(session, street, wang)
    assert DONE == []
    assert confirm_request(session, request, by=li, at=AT) == 2
    assert DONE == [("served", 2, "王敏", "李明", "口渴")]
    assert (request.state, request.decided_by, request.decided_at) == (RequestState.CONFIRMED, li.staff_id, AT)
    assert events(session) == ["ActionRequested", "ActionConfirmed"]


def test_it_is_tidied_up_after_the_second_person_declines(session: Session) -> None:
    street, wang, li = people(session)
    decline_request(session, ask(session, street, wang), by=li, at=AT)
    assert DONE == [("poured away", 2)]
    assert events(session) == ["ActionRequested", "ActionDeclined"]


def test_the_same_person_is_never_the_second(session: Session) -> None:
    street = a_street(session)
    both = a_staff(session, street, Role.OFFICER, Role.LEADER)
    request = ask(session, street, both)
    for decide in (confirm_request, decline_request):
        with pytest.raises(NotAllowed, match=r"confirmation.same_person"):
            decide(session, request, by=both, at=AT)
    assert not may_decide(both, request)
    assert DONE == []


def test_the_same_person_is_not_the_second_in_another_office(session: Session) -> None:
    street, wang, _ = people(session)
    request = ask(session, street, wang)
    as_deputy = Actor(wang.staff_id, wang.name, frozenset({Grant(Role.LEADER, street.id, deputy_for=99)}))
    with pytest.raises(NotAllowed, match=r"confirmation.same_person"):
        confirm_request(session, request, by=as_deputy, at=AT)


def test_the_second_persons_role_must_fit(session: Session) -> None:
    street, wang, _ = people(session)
    request = ask(session, street, wang)
    for role in set(Role) - {Role.LEADER, Role.SCRUTINEER}:
        with pytest.raises(NotAllowed, match=r"confirmation.role_does_not_fit"):
            confirm_request(session, request, by=a_staff(session, street, role), at=AT)
    assert request.state is RequestState.PENDING


def test_the_second_person_holds_the_role_in_that_street(session: Session) -> None:
    street, wang, _ = people(session)
    elsewhere = a_staff(session, a_street(session, code="110105001000", name="别处"), Role.LEADER)
    request = ask(session, street, wang)
    with pytest.raises(NotAllowed, match=r"confirmation.role_does_not_fit"):
        confirm_request(session, request, by=elsewhere, at=AT)


def test_a_deputy_confirms_in_place_of_the_holder(session: Session) -> None:
    street, wang, li = people(session)
    deputy = a_staff(session, street, name="赵强")
    acting = Actor(deputy.staff_id, deputy.name, frozenset({Grant(Role.LEADER, street.id, deputy_for=li.staff_id)}))
    confirm_request(session, ask(session, street, wang), by=acting, at=AT)
    assert DONE[0][3] == "赵强"


def test_a_request_needs_a_reason(session: Session) -> None:
    street, wang, _ = people(session)
    with pytest.raises(InvalidInput, match=r"confirmation.reason_missing"):
        ask(session, street, wang, reason=" \n")


def test_the_same_request_waits_once(session: Session) -> None:
    street, wang, li = people(session)
    request = ask(session, street, wang)
    with pytest.raises(Conflict, match=r"confirmation.already_waits"):
        ask(session, street, a_staff(session, street, Role.OFFICER))
    ask(session, street, wang, cups=3)
    decline_request(session, request, by=li, at=AT)
    ask(session, street, wang)


def test_two_who_ask_for_the_same_at_once_are_told_apart(engine: Engine) -> None:
    with transaction(engine) as session:
        street, wang, li = people(session)
        street_id = street.id

    def asking(by: Actor) -> str:
        with transaction(engine) as session:
            try:
                ask(session, session.get_one(Division, street_id), by)
            except Conflict as refusal:
                return refusal.code
            return "asked"

    assert sorted(at_once(lambda: asking(wang), lambda: asking(li))) == ["asked", "confirmation.already_waits"]


@pytest.mark.parametrize("first", [confirm_request, decline_request])
def test_what_was_decided_is_not_decided_again(session: Session, first: Any) -> None:
    street, wang, li = people(session)
    request = ask(session, street, wang)
    first(session, request, by=li, at=AT)
    before = list(DONE)
    for decide, by in ((confirm_request, li), (decline_request, li), (withdraw_request, wang)):
        with pytest.raises(Conflict, match=r"confirmation.already_decided"):
            decide(session, request, by=by, at=AT)
    assert before == DONE


def test_of_two_who_decide_at_once_one_does(engine: Engine) -> None:
    with transaction(engine) as session:
        street, wang, li = people(session)
        other = a_staff(session, street, Role.SCRUTINEER)
        request_id = ask(session, street, wang).id

    def decide(by: Actor) -> str:
        with transaction(engine) as session:
            try:
                confirm_request(session, session.get_one(ConfirmationRequest, request_id), by=by, at=AT)
            except Conflict:
                return "conflict"
            return "confirmed"

    assert sorted(at_once(lambda: decide(li), lambda: decide(other))) == ["confirmed", "conflict"]
    assert len(DONE) == 1


def test_a_request_lapses_with_the_part_of_the_round_that_it_is_for(session: Session) -> None:
    street, officer, leader = people(session)
    of_this = request_confirmation(session, "tea.serve", street.id, reason="渴", by=officer, at=AT, cups=1, round_id=7)
    of_another = request_confirmation(
        session, "tea.serve", street.id, reason="渴", by=officer, at=AT, cups=1, round_id=8
    )
    of_none = ask(session, street, officer)
    lapse_requests(session, street.id, 7, Span.COLLECTING, by=leader, at=AT)
    assert of_this.state is RequestState.PENDING
    lapse_requests(session, street.id, 7, Span.ROUND, by=leader, at=AT)
    assert (of_this.state, of_this.decided_by) == (RequestState.LAPSED, None)
    assert {request.state for request in (of_another, of_none)} == {RequestState.PENDING}
    assert DONE == [("poured away", 1)]
    assert events(session)[-1] == "ActionLapsed"
    with pytest.raises(Conflict, match="already_decided"):
        confirm_request(session, of_this, by=leader, at=AT)


def test_only_the_one_who_asked_takes_it_back(session: Session) -> None:
    street, wang, li = people(session)
    request = ask(session, street, wang)
    with pytest.raises(NotAllowed, match=r"confirmation.not_yours"):
        withdraw_request(session, request, by=li, at=AT)
    withdraw_request(session, request, by=wang, at=AT)
    assert request.state is RequestState.WITHDRAWN
    assert DONE == [("poured away", 2)]


def test_what_fails_in_the_act_is_not_confirmed(engine: Engine) -> None:
    with transaction(engine) as session:
        street, wang, li = people(session)
        request_id = ask(session, street, wang).id

    def refuse(session: Session, **_facts: Any) -> None:
        raise Conflict("tea.pot_empty")

    confirmable("tea.serve", Role.LEADER)(refuse)
    with pytest.raises(Conflict, match=r"tea.pot_empty"), transaction(engine) as session:
        confirm_request(session, session.get_one(ConfirmationRequest, request_id), by=li, at=AT)
    with transaction(engine) as session:
        assert session.get_one(ConfirmationRequest, request_id).state is RequestState.PENDING
        assert events(session) == ["ActionRequested"]


def test_each_person_sees_what_waits_for_them(session: Session) -> None:
    street, wang, li = people(session)
    first, second = ask(session, street, wang, cups=1), ask(session, street, wang, cups=2)
    own = ask(session, street, li, cups=3)
    scrutineer = a_staff(session, street, Role.SCRUTINEER)
    decline_request(session, second, by=li, at=AT)
    assert requests_for(session, li) == [first]
    assert requests_for(session, scrutineer) == [first, own]
    assert requests_for(session, wang) == []


def test_the_database_itself_asks_for_another_person(session: Session) -> None:
    street, wang, _ = people(session)
    ask(session, street, wang)
    for change in ("decided_by = requested_by", "decided_by = NULL"):
        with pytest.raises(IntegrityError, match="another_person"), session.begin_nested():
            session.execute(text(f"UPDATE confirmation_request SET state = 'confirmed', {change}"))
    with pytest.raises(DatabaseError, match="reason"), session.begin_nested():
        session.execute(text("UPDATE confirmation_request SET reason = ''"))
