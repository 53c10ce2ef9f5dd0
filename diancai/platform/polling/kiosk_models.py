"""投票机: the devices of a station on which one person after another votes."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from diancai.platform.core.db import Base, Identity, stored_enum

IDLE_SECONDS, GRACE_SECONDS = 180, 60
"""Without a touch for so long a kiosk asks whether somebody is there; then it wipes itself."""


class KioskState(StrEnum):
    """Waiting for its one-time code, in use, or taken out of use."""

    WAITING = "waiting"
    ENROLLED = "enrolled"
    REVOKED = "revoked"


KIOSK_MOVES: dict[KioskState, set[KioskState]] = {
    KioskState.WAITING: {KioskState.WAITING, KioskState.ENROLLED, KioskState.REVOKED},
    KioskState.ENROLLED: {KioskState.WAITING, KioskState.REVOKED},
    KioskState.REVOKED: {KioskState.WAITING},
}


class Kiosk(Base):
    """One device. Its secret lies in the device's cookie; here are only keyed hashes."""

    __tablename__ = "kiosk"
    __table_args__ = (
        UniqueConstraint("round_id", "name"),
        UniqueConstraint("enrolment_key"),
        UniqueConstraint("secret_key"),
        CheckConstraint("idle_seconds BETWEEN 30 AND 1800", name="idle"),
        CheckConstraint("grace_seconds BETWEEN 10 AND 300", name="grace"),
        CheckConstraint(
            "(state = 'waiting') = (enrolment_key IS NOT NULL) AND (enrolment_key IS NULL) = (enrolment_until IS NULL)",
            name="waiting",
        ),
        CheckConstraint("(state = 'enrolled') = (secret_key IS NOT NULL)", name="enrolled"),
        CheckConstraint("state <> 'enrolled' OR enrolled_at IS NOT NULL", name="enrolled_at"),
        CheckConstraint("(state = 'revoked') = (revoked_at IS NOT NULL)", name="revoked"),
    )

    id: Mapped[Identity]
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"))
    station_id: Mapped[int] = mapped_column(ForeignKey("station.id"))
    name: Mapped[str] = mapped_column(String(40))
    idle_seconds: Mapped[int] = mapped_column(default=IDLE_SECONDS)
    grace_seconds: Mapped[int] = mapped_column(default=GRACE_SECONDS)
    state: Mapped[KioskState] = mapped_column(stored_enum(KioskState, "state"), default=KioskState.WAITING)
    enrolment_key: Mapped[bytes | None] = mapped_column(LargeBinary(32))  # HMAC of the one-time code; NULL: none waits
    enrolment_until: Mapped[datetime | None]  # NULL: no code waits
    secret_key: Mapped[bytes | None] = mapped_column(LargeBinary(32))  # HMAC of the secret; NULL: no device
    enrolled_at: Mapped[datetime | None]  # NULL: never enrolled
    revoked_at: Mapped[datetime | None]  # NULL: not revoked


class KioskRenewal(Base):
    """Of which day a device's secret is, and the next one while the device has not shown it yet. No row: of its enrolment.

    The next secret is made of the old one, the nonce and the installation's key: the same however often it is asked for.
    """

    __tablename__ = "kiosk_renewal"
    __table_args__ = (
        UniqueConstraint("next_secret_key"),
        CheckConstraint("(nonce IS NULL) = (next_secret_key IS NULL)", name="next"),
    )

    kiosk_id: Mapped[int] = mapped_column(ForeignKey("kiosk.id"), primary_key=True, autoincrement=False)
    renewed_on: Mapped[date]
    nonce: Mapped[bytes | None] = mapped_column(LargeBinary(16))  # NULL: the device has shown its newest secret
    next_secret_key: Mapped[bytes | None] = mapped_column(LargeBinary(32))  # HMAC of it; NULL: as the nonce
