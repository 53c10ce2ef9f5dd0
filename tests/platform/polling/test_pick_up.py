"""代领 and 委托投票: only where the rule book allows them, by whom it allows, and for no more than it allows."""

from collections.abc import Callable

import pytest
from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from diancai.errors import DomainError
from diancai.platform.core.actor import Actor, Role
from diancai.platform.core.audit import AuditEntry
from diancai.platform.core.confirmations import confirm_request
from diancai.platform.divisions.models import Division
from diancai.platform.polling.models import GivenKind, RegisterEntry, Station
from diancai.platform.polling.operations import desk, pick_up
from diancai.platform.polling.operations.paper import receive_blanks
from diancai.platform.polling.pick_up_models import PickUp, PickUpKind
from diancai.platform.polling.pick_up_queries import collected_of, housemates_of
from diancai.platform.rounds.models import Round
from tests.factories import AT, a_round, a_staff, a_station, a_street, an_entry

HOUSEHOLD, PROXY = PickUpKind.HOUSEHOLD, PickUpKind.PROXY


class Door:
    """A round that allows both, with a household of four and a neighbour."""

    def __init__(self, session: Session, **limits: int) -> None:
        self.session = session
        self.street: Division = a_street(session)
        allowed = {"household_pick_up_limit": 2, "proxy_limit": 1} | limits
        self.round_: Round = a_round(session, self.street, channels="phone,paper", **allowed)
        self.station: Station = a_station(session, self.round_)
        self.clerk: Actor = a_staff(session, self.street, Role.CLERK)
        self.officer: Actor = a_staff(session, self.street, Role.OFFICER, name="王敏")
        self.family = [an_entry(session, self.round_, name=f"李{name}") for name in "甲乙丙丁"]
        self.neighbour = an_entry(session, self.round_, name="王芳", household="9栋-1")

    def hand(
        self,
        entry: RegisterEntry,
        collector: RegisterEntry,
        kind: PickUpKind = HOUSEHOLD,
        document: str = "1",
        **more: object,
    ) -> None:
        papers = {"document": document, "station": self.station, "by": self.clerk, "at": AT} | more
        pick_up.hand_to_another(self.session, self.round_, entry, collector, kind, **papers)  # type: ignore[arg-type]


@pytest.fixture
def door(session: Session) -> Door:
    return Door(session)


def code_of(operation: Callable[[], object]) -> str:
    with pytest.raises(DomainError) as refused:
        operation()
    return refused.value.code


def test_one_of_the_door_signs_for_another(session: Session, door: Door) -> None:
    mother, son = door.family[:2]
    door.hand(mother, son)
    assert (mother.given, son.given) == (GivenKind.SLIP, None)
    made = collected_of(session, door.round_, mother)
    assert made.by is not None
    assert (made.by.name, made.kind, made.document) == ("李乙", HOUSEHOLD, "1")
    assert collected_of(session, door.round_, son).for_others == 1


def test_the_log_says_that_something_was_collected_and_not_for_whom(session: Session, door: Door) -> None:
    door.hand(door.family[0], door.family[1])
    (logged,) = session.scalars(select(AuditEntry))
    assert logged.event == "PickedUp"
    assert "entry" not in logged.facts
    assert "collector" not in logged.facts


def test_nobody_collects_where_the_rule_book_does_not_say_so(session: Session) -> None:
    door = Door(session, household_pick_up_limit=0, proxy_limit=0)
    for kind in PickUpKind:
        assert code_of(lambda kind=kind: door.hand(door.family[0], door.family[1], kind)) == "pick_up.not_allowed"


def test_one_person_signs_for_no_more_than_the_limit(session: Session, door: Door) -> None:
    first, second, third, collector = door.family
    door.hand(first, collector)
    door.hand(second, collector, document="2")
    assert code_of(lambda: door.hand(third, collector, document="3")) == "pick_up.limit"
    door.hand(third, first, document="3")
    assert third.given is GivenKind.SLIP


def test_the_database_keeps_to_the_limit_too(session: Session, door: Door) -> None:
    door.hand(door.family[0], door.neighbour, PROXY)
    session.add(PickUp(entry_id=door.family[1].id, collector_id=door.neighbour.id, kind=PROXY, document="2"))
    with pytest.raises(IntegrityError):
        session.flush()


def test_only_people_of_the_door_sign_for_it(session: Session, door: Door) -> None:
    assert [one.name for one in housemates_of(session, door.round_, door.family[0])] == ["李乙", "李丙", "李丁"]
    assert code_of(lambda: door.hand(door.family[0], door.neighbour)) == "pick_up.other_household"
    session.add(PickUp(entry_id=door.family[0].id, collector_id=door.neighbour.id, kind=HOUSEHOLD, document="1"))
    with pytest.raises(IntegrityError):
        session.flush()


def test_a_neighbour_votes_for_one_by_written_authorisation(session: Session, door: Door) -> None:
    door.hand(door.family[0], door.neighbour, PROXY, "委2026-1")
    assert code_of(lambda: door.hand(door.family[1], door.neighbour, PROXY, " ")) == "pick_up.no_document"
    assert code_of(lambda: door.hand(door.family[1], door.neighbour, PROXY, "委2026-2")) == "pick_up.limit"


def test_who_has_no_vote_collects_for_nobody(session: Session, door: Door) -> None:
    door.neighbour.is_eligible, door.neighbour.ineligible_reason = False, "已迁出"
    session.flush()
    assert code_of(lambda: door.hand(door.family[0], door.neighbour, PROXY)) == "pick_up.not_entitled"
    assert code_of(lambda: door.hand(door.family[0], door.family[0])) == "pick_up.same_person"


def test_a_person_who_has_got_it_gets_nothing_through_another(session: Session, door: Door) -> None:
    desk.give_slip(session, door.round_, door.family[0], station=door.station, by=door.clerk, at=AT)
    assert code_of(lambda: door.hand(door.family[0], door.family[1])) == "desk.already_given"
    assert session.scalar(select(func.count()).select_from(PickUp)) == 0


def test_what_was_collected_by_mistake_no_longer_counts_once_it_is_taken_back(session: Session, door: Door) -> None:
    receive_blanks(session, door.round_, door.station, 9, by=door.officer, at=AT)
    door.hand(door.family[0], door.neighbour, PROXY, given=GivenKind.PAPER)
    asked = desk.request_take_back(session, door.round_, door.family[0], code="", reason="误发", by=door.clerk, at=AT)
    confirm_request(session, asked, by=door.officer, at=AT)
    door.hand(door.family[1], door.neighbour, PROXY)
    assert collected_of(session, door.round_, door.neighbour).for_others == 1


def test_a_person_is_found_by_name_and_by_door_where_several_have_it(session: Session, door: Door) -> None:
    twin = an_entry(session, door.round_, name="王芳", household="9栋-2")
    find = lambda name, place="": pick_up.find_collector(session, door.round_, name, place)  # noqa: E731
    assert find("李甲").id == door.family[0].id
    assert find("王芳", "９栋－2").id == twin.id
    assert code_of(lambda: find("王芳")) == "pick_up.several"
    assert code_of(lambda: find("赵六")) == "pick_up.unknown"


def test_it_goes_with_the_register(session: Session, door: Door) -> None:
    door.hand(door.family[0], door.family[1])
    session.execute(delete(RegisterEntry).where(RegisterEntry.round_id == door.round_.id))
    assert session.scalar(select(func.count()).select_from(PickUp)) == 0
