"""Reads of 流动票箱."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from diancai.platform.polling.finding import FoundEntry, open_entries
from diancai.platform.polling.mobile_models import HomeVisit, MobileBox, MobileTrip
from diancai.platform.polling.models import RegisterEntry, Station
from diancai.platform.rounds.models import Round


def mobile_boxes_of(session: Session, round_: Round) -> list[tuple[Station, MobileBox]]:
    wanted = select(Station, MobileBox).join(MobileBox, MobileBox.station_id == Station.id)
    rows = session.execute(wanted.where(Station.round_id == round_.id).order_by(Station.id))
    return [(row[0], row[1]) for row in rows]


def trips_of(session: Session, round_: Round) -> list[MobileTrip]:
    """The newest first."""
    wanted = select(MobileTrip).join(Station, Station.id == MobileTrip.station_id)
    return list(session.scalars(wanted.where(Station.round_id == round_.id).order_by(MobileTrip.day.desc())))


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
