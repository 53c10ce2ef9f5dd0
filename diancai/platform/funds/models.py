"""专项资金: a record of its own with a budget line and an approval; rounds draw on it (F-02, F-07). Caps per item (F-06)."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from diancai.budget import EntryKind, ItemCategory
from diancai.platform.core.db import Base, Identity, stored_enum


class FundState(StrEnum):
    DRAFT = "draft"
    APPROVED = "approved"


FUND_MOVES: dict[FundState, set[FundState]] = {FundState.DRAFT: {FundState.APPROVED}, FundState.APPROVED: set()}


class Fund(Base):
    __tablename__ = "fund"
    __table_args__ = (
        UniqueConstraint("street_id", "year", "budget_line"),
        CheckConstraint("amount_fen > 0", name="amount"),
        CheckConstraint(
            "state = 'draft' OR (approval_reference IS NOT NULL AND approved_on IS NOT NULL)", name="approval"
        ),
        CheckConstraint("approved_by <> drafted_by", name="two_people"),
    )

    id: Mapped[Identity]
    street_id: Mapped[int] = mapped_column(ForeignKey("division.id"))
    year: Mapped[int]
    name: Mapped[str] = mapped_column(String(80))
    budget_line: Mapped[str] = mapped_column(String(80))
    amount_fen: Mapped[int] = mapped_column(BigInteger)
    """What was planned. What was approved is the appropriation in the ledger, perhaps another amount."""
    below_floor_reason: Mapped[str | None] = mapped_column(String(400))  # NULL: at or above the street's floor
    state: Mapped[FundState] = mapped_column(stored_enum(FundState, "state"), default=FundState.DRAFT)
    approval_reference: Mapped[str | None] = mapped_column(String(120))  # NULL until 区人大 has approved
    approved_on: Mapped[date | None]  # NULL until approved
    created_at: Mapped[datetime]
    drafted_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))  # NULL: by the command line, or not recorded
    """Whoever wrote the figures last."""
    approved_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))  # NULL until approved, or not recorded


class FundEntry(Base):
    """One posting; the balance is the sum. A round's draw is committed at announcement and the rest released at the end.
    `round_id` has no foreign key: rounds stand above funds."""

    __tablename__ = "fund_entry"
    __table_args__ = (CheckConstraint("amount_fen <> 0", name="amount"),)

    id: Mapped[Identity]
    fund_id: Mapped[int] = mapped_column(ForeignKey("fund.id"), index=True)
    kind: Mapped[EntryKind] = mapped_column(stored_enum(EntryKind, "kind"))
    amount_fen: Mapped[int] = mapped_column(BigInteger)
    round_id: Mapped[int | None] = mapped_column(index=True)  # NULL: the approval itself
    reference: Mapped[str] = mapped_column(String(120))
    """The approval, or the round's title as it was at the posting."""
    at: Mapped[datetime]


class ItemCap(Base):
    """单项上限 by category from a day on; `street_id` NULL is the default for every street."""

    __tablename__ = "item_cap"
    __table_args__ = (
        UniqueConstraint("street_id", "category", "valid_from"),
        CheckConstraint("cap_fen > 0", name="cap"),
    )

    id: Mapped[Identity]
    street_id: Mapped[int | None] = mapped_column(ForeignKey("division.id"))  # NULL: default of all streets
    category: Mapped[ItemCategory] = mapped_column(stored_enum(ItemCategory, "category"))
    cap_fen: Mapped[int] = mapped_column(BigInteger)
    valid_from: Mapped[date]
