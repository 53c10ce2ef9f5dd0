"""Changing who is in office: accounts, roles, deputies. Administrators act in their own street or district only."""

import re
from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from diancai.errors import Conflict, InvalidInput, NotAllowed
from diancai.platform.accounts import queries
from diancai.platform.accounts.events import (
    DeputyEnded,
    DeputyNamed,
    PasswordReset,
    RoleGranted,
    RoleRevoked,
    SecondFactorReset,
    StaffAdded,
    StaffDeactivated,
    StaffReactivated,
)
from diancai.platform.accounts.models import Deputy, Staff, StaffRole
from diancai.platform.accounts.operations.sign_in import revoke_sessions
from diancai.platform.accounts.passwords import hash_password, require_strong
from diancai.platform.core.actor import Actor, Role
from diancai.platform.core.audit import record

LONGEST_DEPUTY_DAYS = 366


def add_staff(
    session: Session,
    *,
    sign_in_name: str,
    name: str,
    password: str,
    roles: Sequence[tuple[Role, int]],
    by: Actor,
    at: datetime,
    must_change_password: bool = False,
) -> Staff:
    """A new account with its roles, each in a division (a street, or a district for all its streets).

    Raises InvalidInput staff.sign_in_name, staff.name_missing, staff.no_role, password.*; Conflict staff.name_taken;
    NotAllowed staff.not_your_division.
    """
    plain = queries.plain_sign_in_name(sign_in_name)
    _check_names(plain, name)
    if not roles:
        raise InvalidInput("staff.no_role", field="role")
    for _role, division_id in roles:
        _require_administrator_in(division_id, by)
    require_strong(password, plain)
    if queries.staff_by_sign_in_name(session, plain) is not None:
        raise Conflict("staff.name_taken", field="sign_in_name", sign_in_name=plain)
    staff = Staff(
        sign_in_name=plain,
        name=name.strip(),
        password_hash=hash_password(password),
        must_change_password=must_change_password,
        created_at=at,
    )
    session.add(staff)
    session.flush()
    record(session, StaffAdded(roles[0][1], staff.id, plain, staff.name), by=by, at=at)
    for role, division_id in roles:
        grant_role(session, staff, role, division_id, by=by, at=at)
    return staff


def grant_role(session: Session, staff: Staff, role: Role, division_id: int, *, by: Actor, at: datetime) -> StaffRole:
    """Raises NotAllowed staff.not_your_division, Conflict staff.role_held, InvalidInput staff.inactive."""
    _require_administrator_in(division_id, by)
    if not staff.is_active:
        raise InvalidInput("staff.inactive")
    if any((held.role, held.division_id) == (role, division_id) for held in queries.roles_of(session, staff.id)):
        raise Conflict("staff.role_held", field="role", role=role)
    granted = StaffRole(staff_id=staff.id, role=role, division_id=division_id)
    session.add(granted)
    session.flush()
    record(session, RoleGranted(division_id, staff.id, staff.name, role), by=by, at=at)
    return granted


def revoke_role(session: Session, held: StaffRole, *, by: Actor, at: datetime) -> None:
    """Raises NotAllowed staff.not_your_division, Conflict staff.last_administrator."""
    _require_administrator_in(held.division_id, by)
    if held.role is Role.ADMINISTRATOR:
        _require_another_administrator(session, held.staff_id)
    staff = session.get_one(Staff, held.staff_id)
    session.delete(held)
    record(session, RoleRevoked(held.division_id, staff.id, staff.name, held.role), by=by, at=at)


def deactivate_staff(session: Session, staff: Staff, *, by: Actor, at: datetime) -> None:
    """End an account: its sessions end at once, its roles and deputies with it; what it signed stays.

    Raises NotAllowed staff.not_your_person, staff.yourself; Conflict staff.last_administrator.
    """
    division_id = _require_administrator_over(session, staff, by)
    if staff.id == by.staff_id:
        raise NotAllowed("staff.yourself")
    if any(held.role is Role.ADMINISTRATOR for held in queries.roles_of(session, staff.id)):
        _require_another_administrator(session, staff.id)
    staff.is_active = False
    revoke_sessions(session, staff.id, at=at)
    record(session, StaffDeactivated(division_id, staff.id, staff.name), by=by, at=at)


def reactivate_staff(session: Session, staff: Staff, *, by: Actor, at: datetime) -> None:
    """Raises NotAllowed staff.not_your_person."""
    division_id = _require_administrator_over(session, staff, by)
    staff.is_active = True
    record(session, StaffReactivated(division_id, staff.id, staff.name), by=by, at=at)


def reset_password(session: Session, staff: Staff, password: str, *, by: Actor, at: datetime) -> None:
    """A first password anew, to be changed at the next sign-in; every session ends.

    Raises InvalidInput password.*, NotAllowed staff.not_your_person.
    """
    division_id = _require_administrator_over(session, staff, by)
    require_strong(password, staff.sign_in_name)
    staff.password_hash, staff.must_change_password = hash_password(password), True
    revoke_sessions(session, staff.id, at=at)
    record(session, PasswordReset(division_id, staff.id, staff.name), by=by, at=at)


def reset_second_factor(session: Session, staff: Staff, *, by: Actor, at: datetime) -> None:
    """For a lost phone: an administrator enrols anew at the next sign-in. Nobody resets the own one.

    Raises NotAllowed staff.not_your_person, staff.yourself.
    """
    division_id = _require_administrator_over(session, staff, by)
    if staff.id == by.staff_id:
        raise NotAllowed("staff.yourself")
    staff.totp_secret = staff.totp_last_step = None
    revoke_sessions(session, staff.id, at=at)
    record(session, SecondFactorReset(division_id, staff.id, staff.name), by=by, at=at)


def name_deputy(
    session: Session, staff: Staff, deputy: Staff, *, first_day: date, last_day: date, by: Actor, at: datetime
) -> Deputy:
    """AB岗: the deputy may act in the person's offices on these days, both included.

    Raises InvalidInput deputy.same_person, deputy.days, deputy.too_long (limit), staff.inactive; NotAllowed
    staff.not_your_person.
    """
    division_id = _require_administrator_over(session, staff, by)
    if staff.id == deputy.id:
        raise InvalidInput("deputy.same_person", field="deputy")
    if not (staff.is_active and deputy.is_active):
        raise InvalidInput("staff.inactive")
    if last_day < first_day:
        raise InvalidInput("deputy.days", field="last_day")
    if (last_day - first_day).days >= LONGEST_DEPUTY_DAYS:
        raise InvalidInput("deputy.too_long", field="last_day", limit=LONGEST_DEPUTY_DAYS)
    named = Deputy(staff_id=staff.id, deputy_id=deputy.id, first_day=first_day, last_day=last_day)
    session.add(named)
    event = DeputyNamed(division_id, staff.id, staff.name, deputy.id, deputy.name, first_day, last_day)
    record(session, event, by=by, at=at)
    return named


def end_deputy(session: Session, named: Deputy, *, by: Actor, at: datetime) -> None:
    """Raises NotAllowed staff.not_your_person."""
    staff, deputy = session.get_one(Staff, named.staff_id), session.get_one(Staff, named.deputy_id)
    division_id = _require_administrator_over(session, staff, by)
    session.delete(named)
    record(session, DeputyEnded(division_id, staff.id, staff.name, deputy.id, deputy.name), by=by, at=at)


def administers(session: Session, by: Actor, staff: Staff) -> bool:
    """All that the person holds lies where the actor is administrator, so nobody rises through another's account."""
    return by.is_system or all(
        Role.ADMINISTRATOR in by.roles_in(held.division_id) for held in queries.roles_of(session, staff.id)
    )


def _check_names(sign_in_name: str, name: str) -> None:
    if not re.fullmatch(r"[a-z0-9][a-z0-9._-]{1,63}", sign_in_name):
        raise InvalidInput("staff.sign_in_name", field="sign_in_name")
    if not 1 <= len(name.strip()) <= 64:
        raise InvalidInput("staff.name_missing", field="name")


def _require_administrator_in(division_id: int, by: Actor) -> None:
    if not by.is_system and Role.ADMINISTRATOR not in by.roles_in(division_id):
        raise NotAllowed("staff.not_your_division")


def _require_administrator_over(session: Session, staff: Staff, by: Actor) -> int | None:
    """The division that the log names, where the person holds a role at all."""
    if not administers(session, by, staff):
        raise NotAllowed("staff.not_your_person")
    held = queries.roles_of(session, staff.id)
    return held[0].division_id if held else None


def _require_another_administrator(session: Session, staff_id: int) -> None:
    others = (
        select(func.count())
        .select_from(StaffRole)
        .join(Staff, Staff.id == StaffRole.staff_id)
        .where(StaffRole.role == Role.ADMINISTRATOR, Staff.is_active, Staff.id != staff_id)
    )
    if not session.scalar(others):
        raise Conflict("staff.last_administrator")
