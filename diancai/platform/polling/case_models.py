"""个案: lost slips, disputes, voided codes at a round, without the names of those concerned."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from diancai.platform.core.db import Base, Identity, stored_enum


class CaseKind(StrEnum):
    LOST_SLIP = "lost_slip"
    DISPUTE = "dispute"
    VOID_CODE = "void_code"
    OTHER = "other"


class CaseState(StrEnum):
    OPEN = "open"
    DECIDED = "decided"


class CaseOutcome(StrEnum):
    UPHELD = "upheld"
    DISMISSED = "dismissed"


CASE_MOVES: dict[CaseState, set[CaseState]] = {CaseState.OPEN: {CaseState.DECIDED}, CaseState.DECIDED: set()}
MOST_BALLOTS = 1_000


class DeskCase(Base):
    """What was said at a desk, and what another person decided."""

    __tablename__ = "desk_case"
    __table_args__ = (
        UniqueConstraint("round_id", "number"),
        CheckConstraint(f"ballot_count BETWEEN 0 AND {MOST_BALLOTS}", name="ballot_count"),
        CheckConstraint("length(text) > 0", name="text"),
        CheckConstraint(
            "(state = 'decided') = (outcome IS NOT NULL) AND (state = 'decided') = (decision IS NOT NULL) "
            "AND (state = 'decided') = (decided_by IS NOT NULL) AND (state = 'decided') = (decided_at IS NOT NULL)",
            name="decided",
        ),
        CheckConstraint("decided_by IS NULL OR decided_by <> opened_by", name="another_person"),
    )

    id: Mapped[Identity]
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"))
    number: Mapped[int]
    station_id: Mapped[int | None] = mapped_column(ForeignKey("station.id"))  # NULL: of no single station
    kind: Mapped[CaseKind] = mapped_column(stored_enum(CaseKind, "kind"))
    text: Mapped[str] = mapped_column(String(400))
    ballot_count: Mapped[int]
    """Votes that could be other than counted if it is true; 0 where none could."""
    state: Mapped[CaseState] = mapped_column(stored_enum(CaseState, "state"), default=CaseState.OPEN)
    opened_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    opened_at: Mapped[datetime]
    """To the hour, as what is handed out."""
    outcome: Mapped[CaseOutcome | None] = mapped_column(stored_enum(CaseOutcome, "outcome"))  # NULL: open
    decision: Mapped[str | None] = mapped_column(String(400))  # NULL: open
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))  # NULL: open
    decided_at: Mapped[datetime | None]  # NULL: open
