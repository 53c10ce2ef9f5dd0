"""Reading divisions and offices, and what offices a person holds there."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from diancai.platform.accounts import queries as accounts
from diancai.platform.accounts.models import Staff
from diancai.platform.core.actor import ANYONE, Actor, Grant, Role
from diancai.platform.core.clock import local_day
from diancai.platform.core.working_days import CalendarDay, CalendarYear, DayKind
from diancai.platform.divisions.models import Division, Level, PrivacyNotice, StreetOffice

FOR_DEPUTIES = frozenset({Role.OFFICER, Role.REVIEWER, Role.LEADER, Role.CLERK})
"""AB岗 covers the office's daily work. Scrutineers are chosen in person, auditors and supervisors stand outside, and
an administrator's account needs a second factor of its own."""

STANDARD_RETENTION_DAYS = 90


@dataclass(frozen=True, slots=True)
class CalendarException:
    """A day whose kind is not that of its weekday: a holiday, or a weekend that is worked."""

    day: date
    kind: DayKind


def actor_of(session: Session, staff_id: int, at: datetime) -> Actor:
    """Everything that the person may act as on this day: own roles, those of a district in all its streets, and the
    offices of those whose deputy the person is. An account that is unknown or ended is nobody's.
    """
    staff = session.get(Staff, staff_id)
    if staff is None or not staff.is_active:
        return ANYONE
    grants = _grants(session, staff_id, None)
    for deputy in accounts.deputies_on(session, local_day(at)):
        holder = session.get(Staff, deputy.staff_id) if deputy.deputy_id == staff_id else None
        if holder is not None and holder.is_active:
            grants |= {grant for grant in _grants(session, holder.id, holder.id) if grant.role in FOR_DEPUTIES}
    return Actor(staff_id=staff_id, name=staff.name, grants=frozenset(grants))


def _grants(session: Session, staff_id: int, deputy_for: int | None) -> set[Grant]:
    """A role in a district is held in the district itself and in every street it has or had."""
    grants = set()
    for held in accounts.roles_of(session, staff_id):
        below = select(Division.id).where(Division.parent_id == held.division_id, Division.level == Level.STREET)
        for division_id in (held.division_id, *session.scalars(below)):
            grants.add(Grant(held.role, division_id, deputy_for))
    return grants


def division_by_code(session: Session, code: str, day: date) -> Division | None:
    """The division that had this 12-digit code on that day."""
    return session.scalar(select(Division).where(Division.code == code, _valid_on(day)))


def street_of(session: Session, street_id: int) -> Division | None:
    found = session.get(Division, street_id)
    return found if found is not None and found.level is Level.STREET else None


def streets(session: Session, day: date | None = None) -> list[Division]:
    """Every street in force on the day (all that ever were, without one), by code."""
    query = select(Division).where(Division.level == Level.STREET)
    if day is not None:
        query = query.where(_valid_on(day))
    return list(session.scalars(query.order_by(Division.code, Division.valid_from)))


def communities_of(session: Session, street_id: int, day: date) -> list[Division]:
    """The street's communities in force on the day, by code."""
    query = select(Division).where(Division.parent_id == street_id, Division.level == Level.COMMUNITY, _valid_on(day))
    return list(session.scalars(query.order_by(Division.code)))


def community_names(session: Session, street_id: int) -> dict[int, str]:
    """Names by number of all communities the street has or had."""
    query = select(Division).where(Division.parent_id == street_id, Division.level == Level.COMMUNITY)
    return {community.id: community.name for community in session.scalars(query)}


def office_of(session: Session, street_id: int) -> StreetOffice | None:
    return session.get(StreetOffice, street_id)


def retention_of(session: Session, street_id: int) -> timedelta:
    """How long the personal data of a round is kept after its end."""
    office = office_of(session, street_id)
    return timedelta(days=office.retention_days if office else STANDARD_RETENTION_DAYS)


def divisions_by_id(session: Session, division_ids: Iterable[int]) -> dict[int, Division]:
    query = select(Division).where(Division.id.in_(list(division_ids)))
    return {division.id: division for division in session.scalars(query)}


def search_divisions(
    session: Session,
    street_ids: Iterable[int],
    *,
    words: str,
    level: Level | None,
    day: date | None,
    first: int,
    count: int,
) -> tuple[list[Division], int]:
    """A page of the divisions in and under these streets and districts, and how many there are in all."""
    ids = list(street_ids)
    query = select(Division).where(or_(Division.id.in_(ids), Division.parent_id.in_(ids)))
    if words:
        query = query.where(
            or_(Division.name.contains(words, autoescape=True), Division.code.startswith(words, autoescape=True))
        )
    if level is not None:
        query = query.where(Division.level == level)
    if day is not None:
        query = query.where(_valid_on(day))
    total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    rows = query.order_by(Division.code, Division.valid_from).offset(first).limit(count)
    return list(session.scalars(rows)), total


def privacy_notices(session: Session, street_id: int) -> list[PrivacyNotice]:
    """Every version, the newest first."""
    query = select(PrivacyNotice).where(PrivacyNotice.street_id == street_id)
    return list(session.scalars(query.order_by(PrivacyNotice.version.desc())))


def privacy_notice(session: Session, street_id: int, at: datetime) -> PrivacyNotice | None:
    """The version in force."""
    query = select(PrivacyNotice).where(PrivacyNotice.street_id == street_id, PrivacyNotice.in_force_from <= at)
    return session.scalar(query.order_by(PrivacyNotice.version.desc()).limit(1))


def known_years(session: Session) -> list[int]:
    return list(session.scalars(select(CalendarYear.year).order_by(CalendarYear.year)))


def calendar_exceptions(session: Session, year: int) -> list[CalendarException]:
    query = select(CalendarDay).where(CalendarDay.day >= date(year, 1, 1), CalendarDay.day <= date(year, 12, 31))
    return [
        CalendarException(row.day, row.kind)
        for row in session.scalars(query.order_by(CalendarDay.day))
        if (row.kind is DayKind.OFF) != (row.day.weekday() >= 5)
    ]


def _valid_on(day: date) -> ColumnElement[bool]:
    return (Division.valid_from <= day) & or_(Division.valid_until.is_(None), Division.valid_until > day)
