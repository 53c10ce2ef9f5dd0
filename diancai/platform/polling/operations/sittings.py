"""会场: a sitting is planned, and the plan is changed until its first step (X-19)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from diancai.errors import InvalidInput, WrongState
from diancai.platform.core.actor import Actor
from diancai.platform.core.audit import record
from diancai.platform.core.moves import hold
from diancai.platform.polling.events import SittingEdited, SittingPlanned
from diancai.platform.polling.hall_models import Sitting, SittingRound, SittingStation
from diancai.platform.polling.hall_queries import (
    has_begun,
    possible_chairs,
    possible_chiefs,
    possible_rounds,
    possible_stations,
)
from diancai.platform.polling.hall_server_queries import require_sitting_here

MOST_PEOPLE = 100_000


@dataclass(frozen=True, slots=True)
class SittingPlan:
    """Who, where and when; staff by their ids, a deputy may be None."""

    title: str
    place: str
    starts_at: datetime
    expected_count: int
    round_ids: tuple[int, ...]
    chair_id: int
    chief_id: int
    deputy_chair_id: int | None = None
    deputy_chief_id: int | None = None
    station_ids: tuple[int, ...] = ()


def plan_sitting(session: Session, street_id: int, plan: SittingPlan, *, by: Actor, at: datetime) -> Sitting:
    """A hall sitting for one or several rounds of the street (X-19).

    Raises InvalidInput hall.no_round, hall.rehearsal_mixed, hall.no_station, hall.expected (most), hall.same_person, hall.unknown_person (field).
    """
    _check_plan(session, street_id, plan)
    sitting = Sitting(street_id=street_id, **_columns(plan))
    session.add(sitting)
    session.flush()
    _set_rounds(session, sitting, plan)
    record(session, SittingPlanned(street_id, sitting.id, plan.title, plan.round_ids), by=by, at=at)
    return sitting


def edit_sitting(session: Session, sitting: Sitting, plan: SittingPlan, *, by: Actor, at: datetime) -> None:
    """Until its first step. Raises WrongState hall.has_begun, and as `plan_sitting`."""
    hold(session, sitting)
    require_sitting_here(session, sitting)
    if has_begun(session, sitting):
        raise WrongState("hall.has_begun")
    _check_plan(session, sitting.street_id, plan)
    for name, value in _columns(plan).items():
        setattr(sitting, name, value)
    for table in (SittingRound, SittingStation):
        session.execute(delete(table).filter_by(sitting_id=sitting.id))
    _set_rounds(session, sitting, plan)
    record(session, SittingEdited(sitting.street_id, sitting.id, plan.title, plan.round_ids), by=by, at=at)


def _check_plan(session: Session, street_id: int, plan: SittingPlan) -> None:
    possible = {round_.id for round_ in possible_rounds(session, street_id)}
    if not plan.round_ids or not set(plan.round_ids) <= possible:
        raise InvalidInput("hall.no_round", field="round_ids")
    if len({round_.is_rehearsal for round_ in possible_rounds(session, street_id) if round_.id in plan.round_ids}) > 1:
        raise InvalidInput("hall.rehearsal_mixed", field="round_ids")
    desks = {desk.id for desk, round_ in possible_stations(session, street_id) if round_.id in plan.round_ids}
    if not set(plan.station_ids) <= desks:
        raise InvalidInput("hall.no_station", field="station_ids")
    if not 1 <= plan.expected_count <= MOST_PEOPLE:
        raise InvalidInput("hall.expected", field="expected_count", most=MOST_PEOPLE)
    chairs = {one.id for one in possible_chairs(session, street_id)}
    chiefs = {one.id for one in possible_chiefs(session, street_id)}
    named = {"chair_id": chairs, "deputy_chair_id": chairs, "chief_id": chiefs, "deputy_chief_id": chiefs}
    seen: set[int] = set()
    for name, possible_people in named.items():
        person = getattr(plan, name)
        if person is None and name.startswith("deputy"):
            continue
        if person not in possible_people:
            raise InvalidInput("hall.unknown_person", field=name)
        if person in seen:
            raise InvalidInput("hall.same_person", field=name)
        seen.add(person)


def _columns(plan: SittingPlan) -> dict[str, Any]:
    names = ("title", "place", "starts_at", "expected_count", "chair_id", "chief_id")
    return {name: getattr(plan, name) for name in (*names, "deputy_chair_id", "deputy_chief_id")}


def _set_rounds(session: Session, sitting: Sitting, plan: SittingPlan) -> None:
    rounds, desks = sorted(set(plan.round_ids)), sorted(set(plan.station_ids))
    session.add_all(SittingRound(sitting_id=sitting.id, round_id=number) for number in rounds)
    session.add_all(SittingStation(sitting_id=sitting.id, station_id=number) for number in desks)
    session.flush()
