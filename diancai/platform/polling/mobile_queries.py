"""Reads of 流动票箱."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from diancai.platform.polling.finding import FoundEntry, open_entries
from diancai.platform.polling.mobile_models import HomeVisit, MobileBox, MobileReturn, MobileTrip
from diancai.platform.polling.models import RegisterEntry, Station
from diancai.platform.rounds.models import Round


def mobile_boxes_of(session: Session, round_: Round) -> list[tuple[Station, MobileBox]]:
    wanted = select(Station, MobileBox).join(MobileBox, MobileBox.station_id == Station.id)
    rows = session.execute(wanted.where(Station.round_id == round_.id).order_by(Station.id))
    return [(row[0], row[1]) for row in rows]


def desks_of(session: Session, round_: Round) -> list[Station]:
    """Stations where slips are handed out, ended or not: all but mobile boxes, which hand out on their visits."""
    boxes = select(MobileBox.station_id)
    wanted = select(Station).where(Station.round_id == round_.id, Station.id.not_in(boxes))
    return list(session.scalars(wanted.order_by(Station.id)))


def trips_of(session: Session, round_: Round) -> list[MobileTrip]:
    """The newest first."""
    wanted = select(MobileTrip).join(Station, Station.id == MobileTrip.station_id)
    return list(session.scalars(wanted.where(Station.round_id == round_.id).order_by(MobileTrip.day.desc())))


def returns_of(session: Session, round_: Round) -> dict[tuple[int, date], MobileReturn]:
    """By station and day of the trip."""
    wanted = select(MobileReturn).join(Station, Station.id == MobileReturn.station_id)
    return {(row.station_id, row.day): row for row in session.scalars(wanted.where(Station.round_id == round_.id))}


def trip_not_back(session: Session, station_id: int) -> MobileTrip | None:
    """The trip from which the box has not come back with its seal checked; there is at most one."""
    is_back = exists().where(MobileReturn.station_id == MobileTrip.station_id, MobileReturn.day == MobileTrip.day)
    return session.scalar(select(MobileTrip).where(MobileTrip.station_id == station_id, ~is_back).limit(1))


def visit_to(session: Session, entry: RegisterEntry) -> HomeVisit | None:
    return session.scalar(select(HomeVisit).where(HomeVisit.entry_id == entry.id))


@dataclass(frozen=True, slots=True)
class PlannedVisit:
    """A visit with the person, opened for the list that goes along."""

    visit: HomeVisit
    person: FoundEntry


def visits_of(session: Session, round_: Round) -> list[PlannedVisit]:
    """In the order of the way: by day, time and door."""
    wanted = (
        select(HomeVisit, RegisterEntry)
        .join(RegisterEntry, RegisterEntry.id == HomeVisit.entry_id)
        .where(RegisterEntry.round_id == round_.id)
        .order_by(HomeVisit.planned_on, HomeVisit.planned_time, RegisterEntry.community_id, RegisterEntry.household)
    )
    rows = session.execute(wanted).all()
    people = open_entries(session, round_, [row[1] for row in rows])
    return [PlannedVisit(row[0], person) for row, person in zip(rows, people, strict=True)]
