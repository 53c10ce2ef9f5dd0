"""Reading people in office, their roles and deputies."""

from collections.abc import Collection
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from diancai.platform.accounts.models import Deputy, SignInSession, Staff, StaffRole
from diancai.platform.core.actor import Role


def staff_by_sign_in_name(session: Session, sign_in_name: str) -> Staff | None:
    return session.scalar(select(Staff).where(Staff.sign_in_name == plain_sign_in_name(sign_in_name)))


def plain_sign_in_name(typed: str) -> str:
    return typed.strip().casefold()


def roles_of(session: Session, staff_id: int) -> list[StaffRole]:
    return list(session.scalars(select(StaffRole).where(StaffRole.staff_id == staff_id).order_by(StaffRole.id)))


def staff_in(session: Session, division_ids: Collection[int]) -> list[Staff]:
    """Everybody with a role in these divisions, and those who hold no role anywhere; by sign-in name."""
    here = select(StaffRole.staff_id).where(StaffRole.division_id.in_(division_ids))
    anywhere = select(StaffRole.staff_id)
    query = select(Staff).where(Staff.id.in_(here) | Staff.id.not_in(anywhere))
    return list(session.scalars(query.order_by(Staff.is_active.desc(), Staff.sign_in_name)))


def holders_of(session: Session, role: Role, division_ids: Collection[int]) -> list[Staff]:
    """The active holders of a role in any of these divisions (a street and its district, say), by name."""
    query = select(Staff).join(StaffRole, StaffRole.staff_id == Staff.id)
    query = query.where(StaffRole.role == role, StaffRole.division_id.in_(division_ids), Staff.is_active)
    return list(session.scalars(query.distinct().order_by(Staff.name, Staff.id)))


def deputies_on(session: Session, day: date) -> list[Deputy]:
    return list(session.scalars(select(Deputy).where(Deputy.first_day <= day, Deputy.last_day >= day)))


def deputies_of(session: Session, staff_ids: Collection[int], *, from_day: date) -> list[Deputy]:
    """Deputies of these people, now and later."""
    query = select(Deputy).where(Deputy.staff_id.in_(staff_ids), Deputy.last_day >= from_day)
    return list(session.scalars(query.order_by(Deputy.first_day, Deputy.id)))


def open_sessions(session: Session, staff_id: int) -> list[SignInSession]:
    """Browsers in which the person is signed in, the latest first; idle ones among them."""
    query = select(SignInSession).where(SignInSession.staff_id == staff_id, SignInSession.revoked_at.is_(None))
    return list(session.scalars(query.order_by(SignInSession.seen_at.desc())))


def needs_second_factor(session: Session, staff: Staff) -> bool:
    """Administrators must have one; whoever enrolled one must show it."""
    if staff.totp_secret is not None:
        return True
    query = select(StaffRole.id).where(StaffRole.staff_id == staff.id, StaffRole.role == Role.ADMINISTRATOR)
    return session.scalar(query.limit(1)) is not None
