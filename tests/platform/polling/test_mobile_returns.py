"""流动票箱 comes back: the seal is read by two, one of them a scrutineer; until then nothing is balanced or certified."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from diancai.errors import Conflict, NotAllowed
from diancai.platform.core.actor import Role
from diancai.platform.core.audit import AuditEntry
from diancai.platform.core.confirmations import confirm_request, decline_request
from diancai.platform.divisions.models import Division
from diancai.platform.polling.mobile_models import MobileReturn, MobileTrip
from diancai.platform.polling.models import Station
from diancai.platform.polling.operations.stations import Leftover, end_issuing, request_difference
from tests.factories import AT, a_staff
from tests.platform.polling.trips import TODAY, Way, a_way, code_of

ALL_LEFT = Leftover(3, 0)


@pytest.fixture
def way(session: Session) -> Way:
    way = a_way(session)
    way.leave()
    return way


def end(way: Way, paper: Leftover = ALL_LEFT) -> None:
    facts = {"unused_count": 0, "spoiled_count": 0, "paper": paper, "by": way.clerk, "at": AT}
    end_issuing(way.session, way.round_, way.box, **facts)


def test_a_whole_seal_with_its_number_is_checked_by_a_scrutineer(session: Session, way: Way) -> None:
    confirm_request(session, way.back("ｆ ７"), by=way.scrutineer, at=AT)
    row = session.scalars(select(MobileReturn)).one()
    assert (row.found_seal, row.is_broken, row.difference_reason) == ("F7", False, None)
    assert (row.read_by, row.scrutineer_id) == (way.clerk.staff_id, way.scrutineer.staff_id)
    assert code_of(lambda: way.back("F7")) == "mobile.back_before"
    end(way)


@pytest.mark.parametrize(("seal", "is_broken"), [("F8", False), ("F7", True), ("", True)])
def test_another_or_a_broken_seal_is_on_record_with_its_reason(
    session: Session, way: Way, seal: str, is_broken: bool
) -> None:
    assert code_of(lambda: way.back(seal, is_broken=is_broken)) == "mobile.seal_differs"
    request = way.back(seal, is_broken=is_broken, reason="路上被雨淋了")
    assert code_of(lambda: end(way)) == "mobile.not_back"
    confirm_request(session, request, by=way.scrutineer, at=AT)
    row = session.scalars(select(MobileReturn)).one()
    assert (row.found_seal, row.is_broken, row.difference_reason) == (seal, is_broken, "路上被雨淋了")
    end(way)


def test_a_box_that_is_not_back_has_no_balance_at_all(session: Session, way: Way) -> None:
    assert code_of(lambda: end(way)) == "mobile.not_back"
    facts = {"unused_count": 1, "spoiled_count": 0, "paper": ALL_LEFT, "reason": "少一张", "by": way.clerk, "at": AT}
    assert code_of(lambda: request_difference(session, way.round_, way.box, **facts)) == "mobile.not_back"
    with pytest.raises(IntegrityError), session.begin_nested():
        session.execute(update(Station).where(Station.id == way.box.id).values(ended_at=AT))


def test_a_declined_return_is_read_again(session: Session, way: Way) -> None:
    decline_request(session, way.back("F7"), by=way.scrutineer, at=AT)
    assert code_of(lambda: end(way)) == "mobile.not_back"
    confirm_request(session, way.back("F7"), by=way.scrutineer, at=AT)
    end(way)


def test_one_reading_waits_at_a_time(way: Way) -> None:
    way.back("F7")
    assert code_of(lambda: way.back("F8", reason="写错了")) == "confirmation.already_waits"


def test_only_a_scrutineer_of_the_round_checks(session: Session, way: Way) -> None:
    request = way.back("F7")
    with pytest.raises(NotAllowed):
        confirm_request(session, request, by=way.officer, at=AT)
    stranger = a_staff(session, session.get_one(Division, way.round_.street_id), Role.SCRUTINEER)
    with pytest.raises(NotAllowed, match="not_scrutineer"):
        confirm_request(session, request, by=stranger, at=AT)


def test_no_box_leaves_again_before_it_was_checked_nor_after_its_balance(session: Session, way: Way) -> None:
    tomorrow = TODAY + timedelta(days=1)
    trip = {"station_id": way.box.id, "day": tomorrow, "seal": "F9", "left_at": AT + timedelta(days=1)}
    crew = {"first_id": way.officer.staff_id, "second_id": way.clerk.staff_id}
    leaving = insert(MobileTrip).values(**trip, **crew, scrutineer_id=way.scrutineer.staff_id)
    with pytest.raises(Conflict, match="not_back"):
        way.leave(at=AT + timedelta(days=1))
    with pytest.raises(IntegrityError), session.begin_nested():
        session.execute(leaving)
    confirm_request(session, way.back("F7"), by=way.scrutineer, at=AT)
    end(way)
    assert code_of(lambda: way.leave(at=AT + timedelta(days=1))) == "station.already_ended"
    with pytest.raises(IntegrityError), session.begin_nested():
        session.execute(leaving)


@pytest.mark.parametrize(
    "changes",
    [
        {"found_seal": "F8"},
        {"is_broken": True},
        {"found_seal": "", "difference_reason": "没有了"},
        {"difference_reason": ""},
        {"day": TODAY + timedelta(days=1)},
        {"scrutineer_id": "read_by"},
    ],
)
def test_the_database_takes_no_unexplained_seal(session: Session, way: Way, changes: dict[str, object]) -> None:
    row = {"station_id": way.box.id, "day": TODAY, "found_seal": "F7", "is_broken": False, "returned_at": AT}
    row |= {"read_by": way.clerk.staff_id, "scrutineer_id": way.scrutineer.staff_id} | changes
    if row["scrutineer_id"] == "read_by":
        row["scrutineer_id"] = row["read_by"]
    with pytest.raises(IntegrityError), session.begin_nested():
        session.execute(insert(MobileReturn).values(**row))


def test_what_was_found_stays(session: Session, way: Way) -> None:
    confirm_request(session, way.back("F8", reason="换过封条"), by=way.scrutineer, at=AT)
    for change in (update(MobileReturn).values(difference_reason=None), delete(MobileReturn)):
        with pytest.raises(IntegrityError), session.begin_nested():
            session.execute(change)
    facts = session.scalars(select(AuditEntry.facts).where(AuditEntry.event == "MobileBoxBack")).one()
    assert '"is_accepted": true' in facts
    assert session.scalar(text("SELECT COUNT(*) FROM mobile_return")) == 1
