"""Terminals that vote without a network: the commission key, each terminal's own codes, and its sealed ballots."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from diancai.platform.core.db import Base

KEEPERS, NEEDED = 3, 2
"""The private half of the commission key is shared among so many keepers; so many of them open it."""
MOST_CODES = 1000
MOST_BALLOTS = 1000
"""Of one batch."""


class CommissionKey(Base):
    """箱钥: ballots of terminals are encrypted to the public half. Nothing keeps the private half but the keepers' paper."""

    __tablename__ = "commission_key"
    __table_args__ = (
        CheckConstraint("(opened_at IS NULL) = (opened_by IS NULL)", name="opened"),
        CheckConstraint("(opened_at IS NULL) = (opened_with IS NULL)", name="opened_with"),
        CheckConstraint("opened_by <> opened_with", name="two_keepers"),
    )

    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), primary_key=True, autoincrement=False)
    public_key: Mapped[bytes] = mapped_column(LargeBinary(65))
    """An uncompressed point of P-256."""
    made_at: Mapped[datetime]
    made_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    opened_at: Mapped[datetime | None]  # NULL: closed
    opened_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))  # NULL: closed
    opened_with: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))  # the other keeper; NULL: closed


class KeyShare(Base):
    """A keeper's share: sealed here until the keeper has taken it, then only a hash to know it again."""

    __tablename__ = "key_share"
    __table_args__ = (
        UniqueConstraint("round_id", "keeper_id"),
        CheckConstraint("place BETWEEN 1 AND 3", name="place"),
        CheckConstraint("(sealed IS NULL) = (taken_at IS NOT NULL)", name="taken"),
        CheckConstraint("typed IS NULL OR taken_at IS NOT NULL", name="typed"),
    )

    round_id: Mapped[int] = mapped_column(ForeignKey("commission_key.round_id"), primary_key=True, autoincrement=False)
    place: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    keeper_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    check_key: Mapped[bytes] = mapped_column(LargeBinary(32))
    """HMAC of its text."""
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)  # NULL: the keeper has it
    taken_at: Mapped[datetime | None]  # NULL: it waits for its keeper
    typed: Mapped[bytes | None] = mapped_column(LargeBinary)  # sealed, while the second keeper is waited for; NULL: not


class KioskBlock(Base):
    """The print run whose codes work at one terminal alone, and how far that terminal is."""

    __tablename__ = "kiosk_block"
    __table_args__ = (
        UniqueConstraint("batch_id"),
        CheckConstraint("handed_at IS NULL OR device_key IS NOT NULL", name="handed"),
        CheckConstraint("ended_at IS NULL OR handed_at IS NOT NULL", name="ended"),
        CheckConstraint("excluded_at IS NULL OR (handed_at IS NOT NULL AND ended_at IS NULL)", name="excluded"),
        CheckConstraint(
            "(excluded_at IS NULL) = (excluded_by IS NULL) AND (excluded_at IS NULL) = (excluded_with IS NULL) "
            "AND (excluded_at IS NULL) = (exclusion_reason IS NULL)",
            name="exclusion",
        ),
        CheckConstraint("excluded_by <> excluded_with", name="two_people"),
        CheckConstraint("last_number >= 0", name="last_number"),
    )

    kiosk_id: Mapped[int] = mapped_column(ForeignKey("kiosk.id"), primary_key=True, autoincrement=False)
    batch_id: Mapped[int] = mapped_column(ForeignKey("code_batch.id"))
    salt: Mapped[bytes] = mapped_column(LargeBinary(16))
    device_key: Mapped[bytes | None] = mapped_column(LargeBinary(65))  # signs its batches; NULL: no device asked yet
    handed_at: Mapped[datetime | None]  # the device has the digests; NULL: not yet
    last_number: Mapped[int] = mapped_column(default=0)
    """Of the batches that arrived."""
    ending_at: Mapped[datetime | None]  # the office asked the device to end; NULL: it goes on
    ended_at: Mapped[datetime | None]  # its last batch is here; NULL: not yet
    excluded_at: Mapped[datetime | None]  # NULL: not excluded
    excluded_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))  # NULL: not excluded
    excluded_with: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))  # NULL: not excluded
    exclusion_reason: Mapped[str | None] = mapped_column(String(400))  # NULL: not excluded

    @property
    def is_outstanding(self) -> bool:
        """Ballots may still lie in the device."""
        return self.handed_at is not None and self.ended_at is None and self.excluded_at is None


class KioskCode(Base):
    """A code of a terminal's block, as the server knows it and as the terminal does. Erased by the closing seal."""

    __tablename__ = "kiosk_code"
    __table_args__ = (UniqueConstraint("digest_key"), {"sqlite_with_rowid": False})

    code_key: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    kiosk_id: Mapped[int] = mapped_column(ForeignKey("kiosk_block.kiosk_id"), index=True)
    digest_key: Mapped[bytes] = mapped_column(LargeBinary(32))
    """HMAC of the digest, to know it again when the terminal reports it as used."""
    digest: Mapped[bytes | None] = mapped_column(LargeBinary(32))  # salted PBKDF2 of the code; NULL: the device has it
    is_reported: Mapped[bool] = mapped_column(default=False)
    """A batch says that it was used."""


class KioskBatch(Base):
    """A batch that arrived: that it was this one, and nothing else. No time stands beside ballots."""

    __tablename__ = "kiosk_batch"
    __table_args__ = (
        CheckConstraint("number >= 1", name="number"),
        CheckConstraint(f"ballot_count BETWEEN 0 AND {MOST_BALLOTS}", name="ballot_count"),
    )

    kiosk_id: Mapped[int] = mapped_column(ForeignKey("kiosk_block.kiosk_id"), primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    sha256: Mapped[str] = mapped_column(String(64))
    ballot_count: Mapped[int]


class KioskBallot(Base):
    """A ballot as the terminal encrypted it, until two keepers open the key."""

    __tablename__ = "kiosk_ballot"
    __table_args__ = (
        ForeignKeyConstraint(["kiosk_id", "number"], ["kiosk_batch.kiosk_id", "kiosk_batch.number"]),
        {"sqlite_with_rowid": False},
    )

    ballot_key: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    """SHA-256 of the ciphertext: rows lie in no order of casting."""
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), index=True)
    kiosk_id: Mapped[int]
    number: Mapped[int]
    ciphertext: Mapped[bytes] = mapped_column(LargeBinary)
