"""每日开箱、封箱, and leftovers counted by two."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from diancai.errors import DomainError, NotAllowed
from diancai.platform.core.actor import Actor, Role
from diancai.platform.core.clock import local_day
from diancai.platform.core.confirmations import (
    ConfirmationRequest,
    RequestState,
    confirm_request,
    decline_request,
)
from diancai.platform.divisions.models import Division
from diancai.platform.polling.day_models import StationDay
from diancai.platform.polling.day_queries import days_of, is_sealed
from diancai.platform.polling.models import Station
from diancai.platform.polling.operations import days
from diancai.platform.polling.operations.desk import give_slip
from diancai.platform.polling.operations.leftovers import LEFTOVERS
from diancai.platform.polling.operations.opening import end_voting
from diancai.platform.polling.operations.paper import receive_blanks, request_opening
from diancai.platform.polling.operations.stations import Leftover, end_issuing
from diancai.platform.rounds.models import Round
from tests.factories import AT, a_round, a_staff, a_station, a_street, an_entry

EVENING, MORNING = AT + timedelta(hours=7), AT + timedelta(days=1)
END = AT + timedelta(days=7)


@dataclass
class Box:
    """A station with paper, and three people at it."""

    session: Session
    street: Division
    round_: Round
    station: Station
    officer: Actor
    clerk: Actor
    other_clerk: Actor

    def opened(self, seal: str, at: datetime, reason: str = "", second: Actor | None = None) -> None:
        asked = days.request_opening(self.session, self.round_, self.station, seal, reason=reason, by=self.clerk, at=at)
        confirm_request(self.session, asked, by=second or self.other_clerk, at=at)

    def sealed(self, seal: str, at: datetime) -> None:
        asked = days.request_sealing(self.session, self.round_, self.station, seal, by=self.clerk, at=at)
        confirm_request(self.session, asked, by=self.other_clerk, at=at)

    def gives(self, at: datetime, door: str = "1号") -> None:
        entry = an_entry(self.session, self.round_, household=door)
        give_slip(self.session, self.round_, entry, station=self.station, by=self.clerk, at=at)

    def ends(self, unused: int, paper_unused: int) -> None:
        end_issuing(
            self.session,
            self.round_,
            self.station,
            unused_count=unused,
            spoiled_count=0,
            paper=Leftover(paper_unused, 0),
            by=self.clerk,
            at=END,
        )

    @property
    def asked(self) -> ConfirmationRequest:
        pending = select(ConfirmationRequest).filter_by(action=LEFTOVERS, state=RequestState.PENDING)
        return self.session.scalars(pending).one()


@pytest.fixture
def box(session: Session) -> Box:
    street = a_street(session)
    round_ = a_round(session, street, channels="phone,paper")
    officer = a_staff(session, street, Role.OFFICER)
    clerks = [a_staff(session, street, Role.CLERK, name=name) for name in ("孙文员", "周文员")]
    station = a_station(session, round_)
    receive_blanks(session, round_, station, 5, by=officer, at=AT)
    return Box(session, street, round_, station, officer, *clerks)


def code_of(operation: Callable[[], object]) -> str:
    with pytest.raises(DomainError) as refused:
        operation()
    return refused.value.code


def test_two_people_seal_in_the_evening_and_find_the_seal_in_the_morning(session: Session, box: Box) -> None:
    box.opened("", AT)
    box.sealed("a 0012", EVENING)
    box.opened("Ａ0012", MORNING)
    today, first = days_of(session, box.station)
    assert (first.opening_seal, first.closing_seal, first.closed_by) == (None, "A0012", box.clerk.staff_id)
    assert (today.opening_seal, today.difference_reason) == ("A0012", None)
    assert (today.opened_by, today.opening_confirmed_by) == (box.clerk.staff_id, box.other_clerk.staff_id)


def test_another_seal_opens_nothing_without_a_reason_and_a_second_person_above_the_desk(
    session: Session, box: Box
) -> None:
    box.opened("", AT)
    box.sealed("A12", EVENING)
    assert code_of(lambda: box.opened("A13", MORNING)) == "day.seal_differs"
    with pytest.raises(NotAllowed):
        box.opened("A13", MORNING, reason="封条被雨打湿，夜里换过")
    assert is_sealed(session, box.station.id)


def test_an_exception_by_two_stays_on_record(session: Session, box: Box) -> None:
    box.opened("", AT)
    box.sealed("A12", EVENING)
    box.opened("A13", MORNING, reason="夜里换过封条", second=box.officer)
    assert days_of(session, box.station)[0].difference_reason == "夜里换过封条"


def test_a_wrong_seal_is_not_told_the_right_one(box: Box) -> None:
    box.opened("", AT)
    box.sealed("A12", EVENING)
    with pytest.raises(DomainError) as refused:
        box.opened("A13", MORNING)
    assert "A12" not in str(refused.value.facts)


def test_nobody_seals_alone(box: Box) -> None:
    asked = days.request_opening(box.session, box.round_, box.station, "", by=box.clerk, at=AT)
    with pytest.raises(NotAllowed):
        confirm_request(box.session, asked, by=box.clerk, at=AT)


def test_days_come_one_after_the_other(box: Box) -> None:
    assert code_of(lambda: box.sealed("A1", AT)) == "day.not_open"
    assert code_of(lambda: box.opened("A1", AT)) == "day.first_has_no_seal"
    box.opened("", AT)
    assert code_of(lambda: box.opened("A1", AT)) == "day.still_open"
    assert code_of(lambda: box.sealed(" ", EVENING)) == "day.no_seal"
    box.sealed("A1", EVENING)
    assert code_of(lambda: box.opened("A1", EVENING)) == "day.opened_before"
    assert code_of(lambda: box.opened("", MORNING)) == "day.no_seal"


def test_nothing_is_handed_out_while_the_box_is_sealed(box: Box) -> None:
    box.gives(AT, "1号")
    box.opened("", AT)
    box.gives(AT, "2号")
    box.sealed("A1", EVENING)
    assert code_of(lambda: box.gives(EVENING, "3号")) == "day.box_sealed"
    box.opened("A1", MORNING)
    box.gives(MORNING, "4号")


def test_the_database_takes_no_other_seal_either(session: Session, box: Box) -> None:
    box.opened("", AT)
    box.sealed("A1", EVENING)
    people = {"opened_by": box.clerk.staff_id, "opening_confirmed_by": box.other_clerk.staff_id}
    session.add(
        StationDay(station_id=box.station.id, day=local_day(MORNING), opening_seal="A2", opened_at=MORNING, **people)
    )
    with pytest.raises(IntegrityError):
        session.flush()


def test_a_paper_box_is_not_opened_before_it_was_sealed_for_the_last_time(box: Box) -> None:
    box.opened("", AT)
    end_voting(box.session, box.round_, at=END)
    box.ends(unused=0, paper_unused=5)
    opening = lambda: request_opening(box.session, box.round_, box.station, 0, by=box.clerk, at=END)  # noqa: E731
    assert code_of(opening) == "day.not_sealed"
    box.sealed("A1", END)
    assert opening().state is RequestState.PENDING


def test_leftovers_are_counted_again_by_another(session: Session, box: Box) -> None:
    box.ends(unused=0, paper_unused=5)
    with pytest.raises(NotAllowed):
        confirm_request(session, box.asked, by=box.clerk, at=END)
    confirm_request(session, box.asked, by=box.other_clerk, at=END)
    assert box.station.leftovers_confirmed_by == box.other_clerk.staff_id
    assert code_of(lambda: box.ends(unused=0, paper_unused=5)) == "station.already_ended"


def test_leftovers_that_another_counts_otherwise_are_counted_anew(session: Session, box: Box) -> None:
    box.ends(unused=0, paper_unused=5)
    ended_at = box.station.ended_at
    assert code_of(lambda: box.ends(unused=0, paper_unused=5)) == "station.already_ended"
    decline_request(session, box.asked, by=box.other_clerk, at=END)
    assert code_of(lambda: box.ends(unused=0, paper_unused=4)) == "station.paper_difference"
    box.ends(unused=0, paper_unused=5)
    confirm_request(session, box.asked, by=box.officer, at=END)
    assert (box.station.ended_at, box.station.leftovers_confirmed_by) == (ended_at, box.officer.staff_id)
