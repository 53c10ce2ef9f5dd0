"""Reads of the hall: its sittings, what of the day is done, and who may be named."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from diancai.platform.accounts.models import Staff
from diancai.platform.accounts.queries import holders_of
from diancai.platform.core.actor import Role
from diancai.platform.core.clock import local_day
from diancai.platform.core.confirmations import ConfirmationRequest, RequestState
from diancai.platform.polling.hall_models import (
    STEPS,
    Sitting,
    SittingBallots,
    SittingRound,
    SittingStation,
    SittingStep,
    StepDone,
)
from diancai.platform.polling.models import HANDED_OUT, RegisterEntry, Station
from diancai.platform.rounds.models import Round
from diancai.platform.rounds.states import RoundKind, RoundState

CLOSE_SITTING = "hall.close_sitting"
CHAIRING = (Role.OFFICER, Role.REVIEWER, Role.LEADER, Role.CLERK)
TO_BE_VOTED = (RoundState.ANNOUNCED, RoundState.VOTING)


@dataclass(frozen=True, slots=True)
class Day:
    """How far a sitting is. `ballots` are the figures by step and round, `handed_out` what the register had then."""

    sitting: Sitting
    rounds: list[Round]
    done: dict[SittingStep, StepDone]
    ballots: dict[SittingStep, dict[int, int]]
    handed_out: dict[SittingStep, dict[int, int]]

    @property
    def next(self) -> SittingStep | None:
        """None: the day is over."""
        return next((step for step in STEPS if step not in self.done), None)

    @property
    def has_begun(self) -> bool:
        return bool(self.done)

    @property
    def present_count(self) -> int | None:
        first = self.done.get(SittingStep.ATTENDANCE)
        return first.present_count if first else None


def sittings_of(session: Session, street_ids: Collection[int]) -> list[Sitting]:
    wanted = select(Sitting).where(Sitting.street_id.in_(street_ids))
    return list(session.scalars(wanted.order_by(Sitting.starts_at.desc(), Sitting.id.desc())))


def rounds_served(session: Session, sitting: Sitting) -> list[Round]:
    wanted = select(Round).join(SittingRound, SittingRound.round_id == Round.id)
    return list(session.scalars(wanted.where(SittingRound.sitting_id == sitting.id).order_by(Round.id)))


def day_of(session: Session, sitting: Sitting) -> Day:
    rows = session.scalars(select(StepDone).filter_by(sitting_id=sitting.id)).all()
    ballots: dict[SittingStep, dict[int, int]] = {}
    handed_out: dict[SittingStep, dict[int, int]] = {}
    for row in session.scalars(select(SittingBallots).filter_by(sitting_id=sitting.id)):
        ballots.setdefault(row.step, {})[row.round_id] = row.ballot_count
        if row.given_count is not None:
            handed_out.setdefault(row.step, {})[row.round_id] = row.given_count
    return Day(sitting, rounds_served(session, sitting), {row.step: row for row in rows}, ballots, handed_out)


def stations_in(session: Session, sitting: Sitting) -> list[Station]:
    """The desks that stand in the hall."""
    wanted = select(Station).join(SittingStation, SittingStation.station_id == Station.id)
    return list(session.scalars(wanted.where(SittingStation.sitting_id == sitting.id).order_by(Station.id)))


def has_hall_closed(session: Session, station_id: int) -> bool:
    """Is the desk one of a hall whose chair and chief scrutineer have closed?"""
    closed = (
        select(StepDone.sitting_id)
        .join(SittingStation, SittingStation.sitting_id == StepDone.sitting_id)
        .where(SittingStation.station_id == station_id, StepDone.step == SittingStep.CLOSED)
    )
    return session.scalar(closed.limit(1)) is not None


def sittings_that_need(session: Session, staff_id: int, street_ids: Collection[int], *, day: date) -> list[Sitting]:
    """Of this day or begun before it and not over, in which the person has an office; in order of time."""
    offices = (Sitting.chair_id, Sitting.deputy_chair_id, Sitting.chief_id, Sitting.deputy_chief_id)
    mine = or_(*(office == staff_id for office in offices))
    rows = select(Sitting).where(Sitting.street_id.in_(street_ids), mine).order_by(Sitting.starts_at, Sitting.id)
    return [one for one in session.scalars(rows) if local_day(one.starts_at) <= day and not is_over(session, one)]


def is_over(session: Session, sitting: Sitting) -> bool:
    return session.get(StepDone, (sitting.id, STEPS[-1])) is not None


def given_in_hall(session: Session, sitting: Sitting) -> dict[int, int]:
    """How many were handed the means to vote at the hall's desks, by round; rounds without a desk here are left out."""
    given = (
        select(Station.round_id, func.count(RegisterEntry.id))
        .join(SittingStation, SittingStation.station_id == Station.id)
        .outerjoin(
            RegisterEntry,
            (RegisterEntry.given_station_id == Station.id) & RegisterEntry.given.in_(HANDED_OUT),
        )
        .where(SittingStation.sitting_id == sitting.id)
        .group_by(Station.round_id)
    )
    return {row[0]: row[1] for row in session.execute(given)}


def has_begun(session: Session, sitting: Sitting) -> bool:
    return session.scalar(select(StepDone.step).filter_by(sitting_id=sitting.id).limit(1)) is not None


def pending_closing(session: Session, sitting: Sitting) -> ConfirmationRequest | None:
    """The chair's proposal that waits for the chief scrutineer."""
    arguments = json.dumps({"sitting_id": sitting.id})
    wanted = select(ConfirmationRequest).filter_by(
        action=CLOSE_SITTING, arguments=arguments, state=RequestState.PENDING
    )
    return session.scalar(wanted)


def possible_rounds(session: Session, street_id: int) -> list[Round]:
    """Rounds that a hall can vote on: announced or open, and not held elsewhere."""
    wanted = select(Round).where(
        Round.street_id == street_id, Round.state.in_(TO_BE_VOTED), Round.kind != RoundKind.IMPORTED
    )
    return list(session.scalars(wanted.order_by(Round.id)))


def possible_stations(session: Session, street_id: int) -> list[tuple[Station, Round]]:
    """Desks of the rounds that a hall can vote on."""
    rounds = {round_.id: round_ for round_ in possible_rounds(session, street_id)}
    wanted = select(Station).where(Station.round_id.in_(rounds)).order_by(Station.round_id, Station.id)
    return [(station, rounds[station.round_id]) for station in session.scalars(wanted)]


def possible_chairs(session: Session, street_id: int) -> list[Staff]:
    found = {one.id: one for role in CHAIRING for one in holders_of(session, role, [street_id])}
    return sorted(found.values(), key=lambda one: one.id)


def possible_chiefs(session: Session, street_id: int) -> list[Staff]:
    return sorted(holders_of(session, Role.SCRUTINEER, [street_id]), key=lambda one: one.id)
