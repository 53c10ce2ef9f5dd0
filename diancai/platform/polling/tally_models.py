"""唱票计票 by hand: what two people read off the tally sheets (正字), and what was found when they were compared."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from diancai.platform.core.db import Base, Identity


class HandTally(Base):
    """One reading of the sheets: the first, the second, or (turn 3) what a scrutineer decided where the two differ."""

    __tablename__ = "hand_tally"
    __table_args__ = (
        UniqueConstraint("round_id", "turn"),
        UniqueConstraint("round_id", "staff_id"),
        CheckConstraint("turn BETWEEN 1 AND 3", name="turn"),
        CheckConstraint("valid_count BETWEEN 0 AND 100000", name="valid_count"),
        CheckConstraint("invalid_count BETWEEN 0 AND 100000", name="invalid_count"),
    )

    id: Mapped[Identity]
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"))
    turn: Mapped[int]
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    valid_count: Mapped[int]
    """Ballots that were called."""
    invalid_count: Mapped[int]
    entered_at: Mapped[datetime]


class HandTallyLine(Base):
    """The strokes of one item."""

    __tablename__ = "hand_tally_line"
    __table_args__ = (CheckConstraint("mark_count >= 0", name="mark_count"),)

    tally_id: Mapped[int] = mapped_column(ForeignKey("hand_tally.id"), primary_key=True, autoincrement=False)
    number: Mapped[str] = mapped_column(String(64), primary_key=True)
    mark_count: Mapped[int]


class TallyFinding(Base):
    """The hand's tally beside the platform's count: equal, or different with a reason."""

    __tablename__ = "tally_finding"
    __table_args__ = (
        CheckConstraint("difference_count >= 0", name="difference_count"),
        CheckConstraint("(difference_count = 0) = (reason = '')", name="reason"),
    )

    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), primary_key=True, autoincrement=False)
    tally_id: Mapped[int] = mapped_column(ForeignKey("hand_tally.id"))
    """The reading that stands."""
    difference_count: Mapped[int]
    """Lines on which hand and platform differ."""
    reason: Mapped[str] = mapped_column(String(400), default="")
    found_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    found_at: Mapped[datetime]
