"""Reads of register, stations and codes. What may be counted while voting stands here and nowhere else (vote.md 3)."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from diancai.platform.accounts.models import Staff
from diancai.platform.core.clock import local_day
from diancai.platform.divisions.models import CodeFormat, Division, Level, StreetOffice
from diancai.platform.polling.models import (
    HANDED_OUT,
    BatchKind,
    ClosingMinute,
    CodeBatch,
    GivenKind,
    RegisterEntry,
    Station,
)
from diancai.platform.rounds.models import Round

LEAST_SHOWN = 20
"""A community's given count is shown from here on."""


# communities and stations


def communities_of(session: Session, round_: Round) -> list[Division]:
    """Communities in force on the opening day; only those that the round's area names, where it names any."""
    day = local_day(round_.opens_at)
    in_force = select(Division).where(
        Division.parent_id == round_.street_id,
        Division.level == Level.COMMUNITY,
        Division.valid_from <= day,
        or_(Division.valid_until.is_(None), Division.valid_until > day),
    )
    found = list(session.scalars(in_force.order_by(Division.code)))
    return [community for community in found if community.name in round_.area] or found


def community_names(session: Session, round_: Round) -> dict[int, str]:
    """Names of all communities that an entry of the round may point to, by id."""
    rows = select(Division.id, Division.name).where(Division.parent_id == round_.street_id)
    return {row.id: row.name for row in session.execute(rows)}


def stations_of(session: Session, round_: Round) -> list[Station]:
    return list(session.scalars(select(Station).where(Station.round_id == round_.id).order_by(Station.id)))


def open_stations(session: Session, round_: Round) -> list[Station]:
    """Desks that still hand out slips."""
    return [station for station in stations_of(session, round_) if station.ended_at is None]


def entries_of_community(session: Session, round_: Round) -> list[tuple[Division, int]]:
    """Each community of the round with the number of its entries."""
    rows = (
        select(RegisterEntry.community_id, func.count())
        .where(RegisterEntry.round_id == round_.id)
        .group_by(RegisterEntry.community_id)
    )
    counts = {row[0]: row[1] for row in session.execute(rows)}
    return [(community, counts.get(community.id, 0)) for community in communities_of(session, round_)]


def staff_names(session: Session, ids: Iterable[int | None]) -> dict[int, str]:
    rows = select(Staff.id, Staff.name).where(Staff.id.in_({one for one in ids if one is not None}))
    return {row.id: row.name for row in session.execute(rows)}


def batches_of(session: Session, round_: Round) -> list[CodeBatch]:
    """Newest first."""
    return list(session.scalars(select(CodeBatch).where(CodeBatch.round_id == round_.id).order_by(CodeBatch.id.desc())))


def code_format_of(session: Session, round_: Round) -> CodeFormat:
    """How the street wants its codes to look; letters until its office has been set up."""
    office = session.get(StreetOffice, round_.street_id)
    return office.code_format if office else CodeFormat.LETTERS


# a person at the desk


class EntryState(StrEnum):
    """What the desk says of a person, in one word."""

    READY = "ready"
    GIVEN = "given"
    POSTED = "posted"
    IN_HALL = "in_hall"
    INELIGIBLE = "ineligible"
    WAITING = "waiting"


_GIVEN_STATES = {GivenKind.POSTED: EntryState.POSTED, GivenKind.HALL: EntryState.IN_HALL}


def state_of(entry: RegisterEntry) -> EntryState:
    """A 补登 waits while it entitles to nothing and nobody has said why not."""
    if entry.given is not None:
        return _GIVEN_STATES.get(entry.given, EntryState.GIVEN)
    if entry.is_eligible:
        return EntryState.READY
    return EntryState.WAITING if entry.is_late and not entry.ineligible_reason else EntryState.INELIGIBLE


# what may be counted (vote.md 3)


def register_count(session: Session, round_: Round) -> int:
    """Entitled persons. After the register is purged: the number in the closing minute."""
    kept = _kept(session, round_)
    return kept.register_count if kept else _count(session, round_, RegisterEntry.is_eligible)


def late_count(session: Session, round_: Round) -> int:
    """补登 confirmed by two: public."""
    kept = _kept(session, round_)
    return kept.late_count if kept else _count(session, round_, RegisterEntry.is_late, RegisterEntry.is_eligible)


def given_count(session: Session, round_: Round) -> int:
    """领票数: persons who were handed the means to vote."""
    kept = _kept(session, round_)
    return kept.given_count if kept else _count(session, round_, RegisterEntry.given.in_(HANDED_OUT))


def given_by_day(session: Session, round_: Round) -> list[tuple[date, int]]:
    """How many were handed the means to vote on each day: the coarse time that may be told (vote.md 3)."""
    rows = (
        select(RegisterEntry.given_hour, func.count())
        .where(RegisterEntry.round_id == round_.id, RegisterEntry.given.in_(HANDED_OUT))
        .group_by(RegisterEntry.given_hour)
        .order_by(RegisterEntry.given_hour)
    )
    days: Counter[date] = Counter()
    for hour, count in session.execute(rows):
        if hour is not None:
            days[local_day(hour)] += count
    return list(days.items())


@dataclass(frozen=True, slots=True)
class CommunityCount:
    """`given` is None where it is too small to be shown, or would give a small one away."""

    community_id: int
    name: str
    given: int | None


def given_by_community(session: Session, round_: Round) -> list[CommunityCount]:
    """Given counts of 20 and more. What is hidden must not follow from the total: then the next larger one hides too."""
    rows = (
        select(RegisterEntry.community_id, func.count())
        .where(RegisterEntry.round_id == round_.id, RegisterEntry.given.in_(HANDED_OUT))
        .group_by(RegisterEntry.community_id)
    )
    given = {row[0]: row[1] for row in session.execute(rows)}
    communities = communities_of(session, round_)
    counts = {community.id: given.get(community.id, 0) for community in communities}
    hidden = hidden_communities(counts)
    return [CommunityCount(one.id, one.name, None if one.id in hidden else counts[one.id]) for one in communities]


def hidden_communities(counts: dict[int, int]) -> set[int]:
    """Ids whose counts may not be shown: those below 20, and the next larger while their sum stays below 20."""
    hidden: set[int] = set()
    total = 0
    for community_id, count in sorted(counts.items(), key=lambda pair: (pair[1], pair[0])):
        if count >= LEAST_SHOWN and (not hidden or total >= LEAST_SHOWN):
            break
        hidden.add(community_id)
        total += count
    return hidden


@dataclass(frozen=True, slots=True)
class StationFigures:
    """What a desk can account for, in slips."""

    printed: int
    issued: int


def station_figures(session: Session, station: Station) -> StationFigures:
    """Bearer slips printed for the station, voided runs included, and persons marked as given there."""
    printed = session.scalar(
        select(func.coalesce(func.sum(CodeBatch.slip_count), 0)).where(
            CodeBatch.station_id == station.id,
            CodeBatch.kind == BatchKind.BEARER,
            CodeBatch.printed_at.is_not(None),
        )
    )
    issued = session.scalar(
        select(func.count())
        .select_from(RegisterEntry)
        .where(RegisterEntry.given_station_id == station.id, RegisterEntry.given == GivenKind.SLIP)
    )
    return StationFigures(int(printed or 0), int(issued or 0))


def addressee_count(session: Session, round_: Round, community_id: int | None) -> int:
    """Persons to whom a slip could be delivered now."""
    return session.scalar(select(func.count()).select_from(waiting_entries(round_, community_id).subquery())) or 0


def waiting_entries(round_: Round, community_id: int | None) -> Select[RegisterEntry]:
    """Entitled persons who were given nothing yet, in the order of their doors."""
    wanted = select(RegisterEntry).where(
        RegisterEntry.round_id == round_.id, RegisterEntry.is_eligible, RegisterEntry.given.is_(None)
    )
    if community_id is not None:
        wanted = wanted.where(RegisterEntry.community_id == community_id)
    return wanted.order_by(RegisterEntry.community_id, RegisterEntry.household, RegisterEntry.id)


def _kept(session: Session, round_: Round) -> ClosingMinute | None:
    return session.get(ClosingMinute, round_.id) if round_.register_purged_at else None


def _count(session: Session, round_: Round, *conditions: ColumnElement[bool] | InstrumentedAttribute[bool]) -> int:
    rows = select(func.count()).select_from(RegisterEntry).where(RegisterEntry.round_id == round_.id, *conditions)
    return session.scalar(rows) or 0
