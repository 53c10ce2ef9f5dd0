"""Sittings of a sample street: one that is planned, one on a hall server, one whose closing waits, one that is over."""

from datetime import datetime, timedelta

from sqlalchemy import select

from diancai.platform.core.confirmations import confirm_request
from diancai.platform.divisions.queries import communities_of
from diancai.platform.hall_server.operations.packing import pack
from diancai.platform.hall_server.operations.preparing import request_hall_server
from diancai.platform.polling.hall_models import STEPS, Sitting, SittingRound, SittingStep
from diancai.platform.polling.hall_queries import day_of
from diancai.platform.polling.operations import hall, sittings
from diancai.platform.polling.operations.stations import StationFacts, create_station
from diancai.platform.rounds.models import Round
from diancai.voting import new_code
from tests.factories import an_entry
from tests.sample_preparing import Office

PARTS = ("officer", "chief", "second_officer", "second")
BEFORE_THE_COUNT = SittingStep.DECLARED


def some_sittings(office: Office, rounds: dict[str, int], now: datetime) -> dict[str, int]:
    """Numbers by how far they are. The one that is over was held during the life of its round."""
    found = {}
    if number := rounds.get("announced"):
        found["planned"] = a_sitting(office, number, now).id
        found["away"] = a_sitting_away(office, number, now).id
    if number := rounds.get("voting"):
        sitting = a_sitting(office, number, now)
        go_on(office, sitting, until=SittingStep.VOTED, at=now - timedelta(hours=1))
        hall.propose_closing(office.session, sitting, by=office.officer, at=now)
        found["closing"] = sitting.id
    if number := rounds.get("published"):
        held = select(SittingRound.sitting_id).filter_by(round_id=number)
        found["over"] = office.session.scalars(held).one()
    return found


def a_sitting_away(office: Office, round_id: int, at: datetime) -> Sitting:
    """Given to a hall server together with the second community, and packed."""
    round_ = office.session.get_one(Round, round_id)
    facts = StationFacts(office.words("礼堂前厅")[:80], office.words("礼堂路3号")[:120], "8:00—12:00", "010-60000003")
    desk = create_station(office.session, round_, facts, by=office.officer, at=at)
    sitting = a_sitting(office, round_id, at, (desk.id,))
    community = max(one.id for one in communities_of(office.session, office.street_id, at.date()))
    an_entry(office.session, round_, name=office.words("郑来")[:40], community_id=community)
    asked = request_hall_server(
        office.session, sitting, [community], reason=office.words("礼堂没有网"), by=office.officer, at=at
    )
    server = confirm_request(office.session, asked, by=office.chief, at=at)
    pack(office.session, server, new_code(), by=office.officer, at=at)
    return sitting


def a_sitting(office: Office, round_id: int, at: datetime, stations: tuple[int, ...] = ()) -> Sitting:
    title, place = office.words("2026年千人大会")[:80], office.words("街道礼堂")[:120]
    people = [office.actors[part].staff_id or 0 for part in PARTS]
    plan = sittings.SittingPlan(title, place, at, 320, (round_id,), *people, stations)
    return sittings.plan_sitting(office.session, office.street_id, plan, by=office.officer, at=at)


def go_on(office: Office, sitting: Sitting, *, until: SittingStep, at: datetime) -> None:
    """Steps up to and with `until`, three minutes each."""
    for step in STEPS[: STEPS.index(until) + 1]:
        day = day_of(office.session, sitting)
        then = at + timedelta(minutes=3 * STEPS.index(step))
        if step in day.done:
            continue
        if step is SittingStep.CLOSED:
            asked = hall.propose_closing(office.session, sitting, by=office.officer, at=then)
            confirm_request(office.session, asked, by=office.chief, at=then)
            continue
        figures = hall.Figures(303, {round_.id: 303 for round_ in day.rounds})
        note = office.words("全体通过") if step is SittingStep.RULES else ""
        hall.do_step(office.session, sitting, step, figures, note, by=office.officer, at=then)
