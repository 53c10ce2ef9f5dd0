"""监票人 of a round: who they are, how they were chosen, and that no interest of theirs stands in it (回避)."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from diancai.errors import Conflict, InvalidInput, NotFound, WrongState
from diancai.platform.accounts.models import Staff, StaffRole
from diancai.platform.core.actor import Actor, Role
from diancai.platform.core.audit import record
from diancai.platform.divisions.models import Division
from diancai.platform.rounds.events import ScrutineerAppointed, ScrutineerReleased
from diancai.platform.rounds.models import Round, RoundScrutineer
from diancai.platform.rounds.operations.drafting import stated
from diancai.platform.rounds.states import RoundState

UNTIL_CERTIFIED = frozenset(
    {
        RoundState.DRAFT,
        RoundState.ANNOUNCED,
        RoundState.VOTING,
        RoundState.SUSPENDED,
        RoundState.COLLECTING,
        RoundState.CLOSED,
        RoundState.COUNTED,
    }
)


def appoint_scrutineer(
    session: Session,
    round_: Round,
    staff: Staff,
    *,
    chosen_by: str,
    has_no_conflict: bool,
    is_chief: bool,
    by: Actor,
    at: datetime,
) -> RoundScrutineer:
    """推选: `chosen_by` says how (居民代表推选, for example). A new chief takes the place of the one before.

    Raises WrongState scrutineer.too_late, InvalidInput scrutineer.chosen_by_missing, scrutineer.conflict without the
    declaration, scrutineer.no_such_role for a person without that office in the street, Conflict
    scrutineer.appointed_already.
    """
    _check_appointment(session, round_, staff, chosen_by, has_no_conflict)
    if is_chief:
        others = update(RoundScrutineer).where(RoundScrutineer.round_id == round_.id).values(is_chief=False)
        session.execute(others)
    row = RoundScrutineer(
        round_id=round_.id,
        staff_id=staff.id,
        is_chief=is_chief,
        chosen_by=chosen_by.strip(),
        has_no_conflict=has_no_conflict,
        appointed_at=at,
    )
    session.add(row)
    event = ScrutineerAppointed(round_.street_id, round_.id, staff.id, row.chosen_by, is_chief)
    record(session, event, by=by, at=at)
    return row


def release_scrutineer(session: Session, round_: Round, staff_id: int, *, reason: str, by: Actor, at: datetime) -> None:
    """Take a scrutineer out again, before the box is sealed. Raises WrongState scrutineer.too_late, NotFound."""
    reason = stated(reason)
    if round_.state not in UNTIL_CERTIFIED - {RoundState.CLOSED, RoundState.COUNTED}:
        raise WrongState("scrutineer.too_late")
    row = session.get(RoundScrutineer, (round_.id, staff_id))
    if row is None:
        raise NotFound("page.not_found")
    session.delete(row)
    record(session, ScrutineerReleased(round_.street_id, round_.id, staff_id, reason), by=by, at=at)


def possible_scrutineers(session: Session, round_: Round) -> list[Staff]:
    """Active people who hold the office in the street and are not appointed yet."""
    appointed = select(RoundScrutineer.staff_id).where(RoundScrutineer.round_id == round_.id)
    people = (
        select(Staff)
        .join(StaffRole, StaffRole.staff_id == Staff.id)
        .where(
            StaffRole.role == Role.SCRUTINEER,
            StaffRole.division_id.in_(_street_and_district(session, round_.street_id)),
            Staff.is_active,
            Staff.id.not_in(appointed),
        )
        .order_by(Staff.name, Staff.id)
    )
    return list(session.scalars(people).unique())


def _check_appointment(session: Session, round_: Round, staff: Staff, chosen_by: str, has_no_conflict: bool) -> None:
    if round_.state not in UNTIL_CERTIFIED:
        raise WrongState("scrutineer.too_late")
    if not chosen_by.strip():
        raise InvalidInput("scrutineer.chosen_by_missing", field="chosen_by")
    if not has_no_conflict:
        raise InvalidInput("scrutineer.conflict", field="has_no_conflict")
    if session.get(RoundScrutineer, (round_.id, staff.id)) is not None:
        raise Conflict("scrutineer.appointed_already", field="staff_id")
    if staff not in possible_scrutineers(session, round_):
        raise InvalidInput("scrutineer.no_such_role", field="staff_id")


def _street_and_district(session: Session, street_id: int) -> list[int]:
    """A role in a district counts in all its streets."""
    street = session.get_one(Division, street_id)
    return [street.id] + ([street.parent_id] if street.parent_id else [])
