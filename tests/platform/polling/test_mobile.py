"""流动票箱: booked visits, three people on the way, one paper ballot a person over all channels."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from diancai.errors import DomainError
from diancai.platform.accounts.models import StaffRole
from diancai.platform.core.actor import Actor, Role
from diancai.platform.core.audit import AuditEntry
from diancai.platform.core.clock import local_day
from diancai.platform.divisions.models import Division
from diancai.platform.polling.mobile_models import HomeVisit, MobileTrip, VisitState
from diancai.platform.polling.mobile_queries import visits_of
from diancai.platform.polling.models import GivenKind, RegisterEntry, Station
from diancai.platform.polling.operations import desk, mobile
from diancai.platform.polling.operations.paper import receive_blanks
from diancai.platform.polling.paper_queries import papers_issued
from diancai.platform.rounds.models import Round, RoundScrutineer
from tests.factories import AT, a_round, a_staff, a_station, a_street, an_entry

TODAY = local_day(AT)


@dataclass
class Way:
    """A mobile box with three blanks, a station beside it, and the people who go along."""

    session: Session
    round_: Round
    station: Station
    box: Station
    officer: Actor
    clerk: Actor
    scrutineer: Actor

    def book(self, entry: RegisterEntry, day: date | None = TODAY, time: str = "上午") -> HomeVisit:
        return mobile.book_visit(self.session, self.round_, entry, self.box, day, time, by=self.clerk, at=AT)

    def leave(self, *people: Actor, seal: str = "f 7") -> MobileTrip:
        first, second, third = people or (self.officer, self.clerk, self.scrutineer)
        crew = mobile.Crew(first.staff_id or 0, second.staff_id or 0, third.staff_id or 0)
        return mobile.begin_trip(self.session, self.round_, self.box, crew, seal, by=self.clerk, at=AT)

    def visit(self, visit: HomeVisit, helper: str = "", at: datetime = AT) -> None:
        mobile.record_visit(self.session, self.round_, visit, helper=helper, by=self.clerk, at=at)


def one_of(session: Session, street: Division, role: Role, name: str) -> Actor:
    actor = a_staff(session, street, role, name=name)
    session.add(StaffRole(staff_id=actor.staff_id, role=role, division_id=street.id))
    session.flush()
    return actor


@pytest.fixture
def way(session: Session) -> Way:
    street = a_street(session)
    round_ = a_round(session, street, channels="phone,paper")
    officer, clerk = (one_of(session, street, *who) for who in ((Role.OFFICER, "王敏"), (Role.CLERK, "孙丽")))
    scrutineer = one_of(session, street, Role.SCRUTINEER, "陈监")
    session.add(
        RoundScrutineer(
            round_id=round_.id,
            staff_id=scrutineer.staff_id,
            is_chief=True,
            chosen_by="推选",
            has_no_conflict=True,
            appointed_at=AT,
        )
    )
    station, box = a_station(session, round_), a_station(session, round_, name="流动票箱")
    receive_blanks(session, round_, box, 3, by=officer, at=AT)
    mobile.set_mobile(session, round_, box, "流1", by=officer, at=AT)
    return Way(session, round_, station, box, officer, clerk, scrutineer)


def code_of(operation: Callable[[], object]) -> str:
    with pytest.raises(DomainError) as refused:
        operation()
    return refused.value.code


def test_a_visit_hands_out_one_paper_ballot_at_the_mobile_box(session: Session, way: Way) -> None:
    entry = an_entry(session, way.round_)
    visit = way.book(entry)
    trip = way.leave()
    assert (trip.seal, trip.day) == ("F 7", TODAY)
    way.visit(visit, helper=" 女儿 ")
    session.refresh(entry)
    assert (entry.given, entry.given_station_id) == (GivenKind.PAPER, way.box.id)
    assert (visit.state, visit.helper) == (VisitState.DONE, "女儿")
    assert (papers_issued(session, way.box), papers_issued(session, way.station)) == (1, 0)
    give = lambda: desk.give_slip(session, way.round_, entry, station=way.station, by=way.clerk, at=AT)  # noqa: E731
    assert code_of(give) == "desk.already_given"


def test_the_log_says_nothing_of_whom(session: Session, way: Way) -> None:
    visit = way.book(an_entry(session, way.round_))
    way.leave()
    way.visit(visit, helper="女儿")
    facts = [entry.facts for entry in session.scalars(select(AuditEntry))]
    assert not any("entry" in text or "女儿" in text for text in facts)


def test_nobody_is_visited_before_three_people_have_left(session: Session, way: Way) -> None:
    visit = way.book(an_entry(session, way.round_))
    assert code_of(lambda: way.visit(visit)) == "mobile.no_trip"
    assert code_of(lambda: way.leave(way.officer, way.officer, way.scrutineer)) == "mobile.three_people"
    assert code_of(lambda: way.leave(way.officer, way.scrutineer, way.clerk)) == "mobile.not_staff"
    other = a_staff(session, session.get_one(Division, way.round_.street_id), Role.SCRUTINEER)
    assert code_of(lambda: way.leave(way.officer, way.clerk, other)) == "mobile.not_scrutineer"
    assert code_of(lambda: way.leave(seal=" ")) == "day.no_seal"
    way.leave()
    assert code_of(way.leave) == "mobile.left_today"
    assert code_of(lambda: way.visit(visit, at=AT + timedelta(days=1))) == "mobile.no_trip"


def test_who_has_voted_elsewhere_meanwhile_gets_nothing_at_home(session: Session, way: Way) -> None:
    entry = an_entry(session, way.round_)
    visit = way.book(entry)
    way.leave()
    desk.give_slip(session, way.round_, entry, station=way.station, by=way.clerk, at=AT)
    assert code_of(lambda: way.visit(visit)) == "desk.already_given"
    assert code_of(lambda: way.book(entry)) == "desk.already_given"


def test_a_missed_visit_is_booked_again_and_a_done_one_stands(session: Session, way: Way) -> None:
    visit = way.book(an_entry(session, way.round_))
    assert code_of(lambda: way.book(session.get_one(RegisterEntry, visit.entry_id))) == "mobile.booked_before"
    mobile.miss_visit(session, way.round_, visit, by=way.clerk, at=AT)
    way.book(session.get_one(RegisterEntry, visit.entry_id), TODAY + timedelta(days=1))
    way.leave()
    way.visit(visit)
    assert code_of(lambda: way.visit(visit)) == "mobile.not_booked"
    with pytest.raises(IntegrityError):
        session.execute(update(HomeVisit).values(helper="别人"))


@pytest.mark.parametrize("day", [None, TODAY - timedelta(days=1), TODAY + timedelta(days=30)])
def test_a_visit_is_booked_within_the_vote(session: Session, way: Way, day: date | None) -> None:
    assert code_of(lambda: way.book(an_entry(session, way.round_), day)) == "mobile.day"


def test_the_list_is_in_the_order_of_the_way_and_goes_with_the_register(session: Session, way: Way) -> None:
    for door, day in (("9栋-1", TODAY), ("1栋-1", TODAY + timedelta(days=1)), ("3栋-1", TODAY)):
        way.book(an_entry(session, way.round_, household=door), day)
    assert [one.person.entry.household for one in visits_of(session, way.round_)] == ["3栋-1", "9栋-1", "1栋-1"]
    session.execute(delete(RegisterEntry).where(RegisterEntry.round_id == way.round_.id))
    assert session.scalar(select(func.count()).select_from(HomeVisit)) == 0


def test_only_a_round_with_paper_has_a_mobile_box(session: Session, way: Way) -> None:
    street = session.get_one(Division, way.round_.street_id)
    other = a_round(session, street)
    station = a_station(session, other)
    setting = lambda: mobile.set_mobile(session, other, station, "流1", by=way.officer, at=AT)  # noqa: E731
    assert code_of(setting) == "paper.no_channel"
