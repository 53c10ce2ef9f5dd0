"""流动票箱: booked visits, three people on the way, one paper ballot a person over all channels."""

from datetime import date, timedelta

import pytest
from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from diancai.platform.core.actor import Role
from diancai.platform.core.audit import AuditEntry
from diancai.platform.divisions.models import Division
from diancai.platform.polling.mobile_models import HomeVisit, VisitState
from diancai.platform.polling.mobile_queries import desks_of, visits_of
from diancai.platform.polling.models import GivenKind, RegisterEntry
from diancai.platform.polling.operations import desk, mobile
from diancai.platform.polling.operations.pick_up import hand_to_another
from diancai.platform.polling.paper_queries import papers_issued
from diancai.platform.polling.pick_up_models import PickUpKind
from tests.factories import AT, a_round, a_staff, a_station, an_entry
from tests.platform.polling.trips import TODAY, Way, a_way, code_of


@pytest.fixture
def way(session: Session) -> Way:
    return a_way(session)


def test_a_visit_hands_out_one_paper_ballot_at_the_mobile_box(session: Session, way: Way) -> None:
    entry = an_entry(session, way.round_)
    visit = way.book(entry)
    trip = way.leave()
    assert (trip.seal, trip.day) == ("F7", TODAY)
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


def test_a_mobile_box_hands_out_to_nobody_but_on_its_visits(session: Session, way: Way) -> None:
    entry, neighbour = (an_entry(session, way.round_, household="3栋-1", name=name) for name in ("李明", "李红"))
    assert desks_of(session, way.round_) == [way.station]
    for kind in (GivenKind.SLIP, GivenKind.PAPER):
        at_box = {"station": way.box, "kind": kind, "by": way.clerk, "at": AT}
        assert (
            code_of(lambda at_box=at_box: desk.give_slip(session, way.round_, entry, **at_box)) == "desk.only_on_visits"
        )
    collecting = {"document": "1", "station": way.box, "by": way.clerk, "at": AT}
    handing = lambda: hand_to_another(  # noqa: E731
        session, way.round_, neighbour, entry, PickUpKind.HOUSEHOLD, **collecting
    )
    assert code_of(handing) == "desk.only_on_visits"
    marking = update(RegisterEntry).where(RegisterEntry.id == entry.id)
    with pytest.raises(IntegrityError), session.begin_nested():
        session.execute(marking.values(given=GivenKind.PAPER, given_station_id=way.box.id, given_hour=AT))
    visit = way.book(entry)
    way.leave()
    way.visit(visit)
    assert papers_issued(session, way.box) == 1
