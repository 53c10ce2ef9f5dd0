"""People in office, the roles they hold, and their signed-in sessions."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from diancai.platform.core.actor import Role
from diancai.platform.core.db import Base, Identity, stored_enum


class Staff(Base):
    __tablename__ = "staff"

    id: Mapped[Identity]
    sign_in_name: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(64))
    password_hash: Mapped[str] = mapped_column(String(200))
    totp_secret: Mapped[bytes | None] = mapped_column(LargeBinary)  # sealed; NULL: no second factor enrolled
    totp_last_step: Mapped[int | None]  # the last code's 30 s step, so that none serves twice; NULL: none used
    is_active: Mapped[bool] = mapped_column(default=True)
    must_change_password: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]


class StaffRole(Base):
    """A role in a street, or in a district for all its streets."""

    __tablename__ = "staff_role"
    __table_args__ = (UniqueConstraint("staff_id", "role", "division_id"),)

    id: Mapped[Identity]
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), index=True)
    role: Mapped[Role] = mapped_column(stored_enum(Role, "role"))
    division_id: Mapped[int] = mapped_column(ForeignKey("division.id"))


class Deputy(Base):
    """AB岗: `deputy_id` may act in the roles of `staff_id` from one day to another, both included."""

    __tablename__ = "deputy"
    __table_args__ = (
        CheckConstraint("staff_id <> deputy_id", name="another_person"),
        CheckConstraint("first_day <= last_day", name="days"),
    )

    id: Mapped[Identity]
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    deputy_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), index=True)
    first_day: Mapped[date]
    last_day: Mapped[date]


class SignInSession(Base):
    """One signed-in browser. The cookie holds the token, the table only its hash."""

    __tablename__ = "sign_in_session"

    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), index=True)
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    has_second_factor: Mapped[bool] = mapped_column(default=False)
    revoked_at: Mapped[datetime | None]  # NULL: still good
