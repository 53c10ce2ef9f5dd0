"""演练: that a rehearsal took place and how it ended. All else of it is a round of its own, until it is wiped."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from diancai.platform.core.db import Base, Identity, stored_enum


class RehearsalOutcome(StrEnum):
    """Whether the count gave the known totals of the official test ballots; uncounted: it was wiped before."""

    MATCHED = "matched"
    DIFFERED = "differed"
    UNCOUNTED = "uncounted"


class Rehearsal(Base):
    __tablename__ = "rehearsal"
    __table_args__ = (
        CheckConstraint("(round_id IS NULL) = (wiped_at IS NOT NULL)", name="wiped"),
        CheckConstraint(
            "(wiped_at IS NULL) = (outcome IS NULL) AND (wiped_at IS NULL) = (wiped_by IS NULL)", name="ended"
        ),
        CheckConstraint("voter_count BETWEEN 1 AND 2000", name="voter_count"),
        CheckConstraint("ballot_count BETWEEN 0 AND voter_count", name="ballot_count"),
        Index(
            "uq_rehearsal_running",
            "source_id",
            unique=True,
            sqlite_where=text("round_id IS NOT NULL"),
            postgresql_where=text("round_id IS NOT NULL"),
        ),
    )

    id: Mapped[Identity]
    source_id: Mapped[int] = mapped_column(ForeignKey("round.id"))
    """The round whose menu and rules are rehearsed."""
    round_id: Mapped[int | None] = mapped_column(ForeignKey("round.id"), unique=True)  # NULL: wiped
    voter_count: Mapped[int]
    """Invented persons in its register."""
    ballot_count: Mapped[int] = mapped_column(default=0)
    """Official test ballots cast."""
    begun_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    begun_at: Mapped[datetime]
    wiped_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))  # NULL: still there
    wiped_at: Mapped[datetime | None]  # NULL: still there
    outcome: Mapped[RehearsalOutcome | None] = mapped_column(
        stored_enum(RehearsalOutcome, "outcome")
    )  # NULL: still there
