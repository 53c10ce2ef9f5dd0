"""The desks of a hall end with its vote; and the people who lead it find it on their home page."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from diancai.errors import WrongState
from diancai.platform.core.clock import local_day
from diancai.platform.core.confirmations import confirm_request, requests_for
from diancai.platform.features import load_jobs
from diancai.platform.polling.hall_models import STEPS, Sitting, SittingStep
from diancai.platform.polling.hall_queries import sittings_that_need
from diancai.platform.polling.models import RegisterEntry, Station
from diancai.platform.polling.operations.desk import give_slip
from diancai.platform.polling.operations.hall import Figures, do_step, propose_closing
from diancai.platform.rounds.models import Round
from diancai.platform.rounds.states import RoundState
from tests.factories import AT
from tests.platform.hall_server.halls import BEFORE_CLOSING, Office, an_office

load_jobs()


def close_the_hall(session: Session, office: Office) -> Sitting:
    sitting = session.get_one(Sitting, office.sitting_id)
    figures = Figures(present_count=5, ballots={office.round_id: 5})
    for step in BEFORE_CLOSING:
        do_step(session, sitting, step, figures, "五张都在桌上", by=office.people.chair, at=AT)
    propose_closing(session, sitting, by=office.people.chair, at=AT)
    [asked] = requests_for(session, office.people.chief)
    confirm_request(session, asked, by=office.people.chief, at=AT)
    return sitting


def give(session: Session, office: Office, number: int, desk_id: int) -> None:
    entry, desk = session.get_one(RegisterEntry, office.voters[number]), session.get_one(Station, desk_id)
    give_slip(session, session.get_one(Round, office.round_id), entry, station=desk, by=office.people.clerk, at=AT)


def test_a_closed_hall_hands_out_nothing_more_and_other_desks_go_on(session: Session) -> None:
    office = an_office(session)
    give(session, office, 0, office.hall_desk_id)
    close_the_hall(session, office)
    with pytest.raises(WrongState) as refused:
        give(session, office, 1, office.hall_desk_id)
    assert refused.value.code == "desk.hall_closed"
    give(session, office, 1, office.other_desk_id)


def test_those_with_an_office_in_the_hall_find_it_on_the_day_until_it_is_over(session: Session) -> None:
    office = an_office(session)
    people, today = office.people, local_day(AT)

    def found(staff_id: int | None, days: int = 0) -> list[int]:
        street = [session.get_one(Sitting, office.sitting_id).street_id]
        rows = sittings_that_need(session, staff_id or 0, street, day=today + timedelta(days))
        return [sitting.id for sitting in rows]

    assert found(people.chair.staff_id) == found(people.chief.staff_id) == [office.sitting_id]
    assert found(people.clerk.staff_id) == []
    assert found(people.chair.staff_id, -1) == []
    sitting = close_the_hall(session, office)
    session.get_one(Round, office.round_id).state = RoundState.CERTIFIED
    session.flush()
    figures = Figures(present_count=5, ballots={office.round_id: 5})
    for step in STEPS[STEPS.index(SittingStep.RETURNED) :]:
        assert found(people.chair.staff_id, 1) == [office.sitting_id]
        do_step(session, sitting, step, figures, "五张都在", by=people.chair, at=AT)
    assert found(people.chair.staff_id, 1) == []


def test_nothing_is_signed_in_the_hall_that_the_scrutineers_have_not_certified(session: Session) -> None:
    """A hall is told a result only with their signatures on it."""
    office = an_office(session)
    sitting, figures = close_the_hall(session, office), Figures(present_count=5, ballots={office.round_id: 5})
    session.get_one(Round, office.round_id).state = RoundState.COUNTED
    session.flush()
    for step in (SittingStep.RETURNED, SittingStep.DECLARED, SittingStep.COUNTED):
        do_step(session, sitting, step, figures, "五张都在", by=office.people.chair, at=AT)
    with pytest.raises(WrongState) as refused:
        do_step(session, sitting, SittingStep.SIGNED, figures, by=office.people.chair, at=AT)
    assert refused.value.code == "hall.not_certified"
