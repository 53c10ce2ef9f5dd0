"""备份: what was copied out of the database, and when each copy was destroyed."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from diancai.platform.core.db import Base, Identity


class Backup(Base):
    """One encrypted copy. The row is written in the transaction that the copy was taken in, so the copy lacks it."""

    __tablename__ = "backup"
    __table_args__ = (
        CheckConstraint("byte_count > 0", name="byte_count"),
        CheckConstraint("length(sha256) = 64", name="sha256"),
    )

    id: Mapped[Identity]
    taken_at: Mapped[datetime]
    path: Mapped[str] = mapped_column(String(500))
    sha256: Mapped[str] = mapped_column(String(64))
    """Of the encrypted file."""
    byte_count: Mapped[int]
    destroyed_at: Mapped[datetime | None]  # NULL: it is kept


class BackupRound(Base):
    """A round that was open while a copy was taken: that copy is destroyed once the round is closed (vote.md 1)."""

    __tablename__ = "backup_round"

    backup_id: Mapped[int] = mapped_column(ForeignKey("backup.id"), primary_key=True, autoincrement=False)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), primary_key=True, autoincrement=False)
    ballot_count: Mapped[int]
    """Sealed ballots in the copy."""
