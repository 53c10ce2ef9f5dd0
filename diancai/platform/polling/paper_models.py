"""Paper: blanks and boxes of stations, batches of sheets, and what two people read on them."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from diancai.platform.core.db import Base, Identity, stored_enum


class SheetVerdict(StrEnum):
    """What a filled-in paper ballot is found to be."""

    VALID = "valid"
    OVER = "over"
    UNDER = "under"
    BLANK = "blank"
    UNCLEAR = "unclear"
    NOT_GENUINE = "not_genuine"


class SheetBatchState(StrEnum):
    """票批: keyed twice, blind; where the two differ a third person decides."""

    KEYING = "keying"
    DIFFERING = "differing"
    ACCEPTED = "accepted"


SHEET_BATCH_MOVES: dict[SheetBatchState, set[SheetBatchState]] = {
    SheetBatchState.KEYING: {SheetBatchState.DIFFERING, SheetBatchState.ACCEPTED},
    SheetBatchState.DIFFERING: {SheetBatchState.ACCEPTED},
    SheetBatchState.ACCEPTED: set(),
}

SHEETS_A_BATCH = 50


class PaperBox(Base):
    """纸质票 of one station: blanks received, what was left over, and the sheets that its box held."""

    __tablename__ = "paper_box"
    __table_args__ = (
        CheckConstraint("received_count BETWEEN 1 AND 100000", name="received"),
        CheckConstraint("unused_count IS NULL OR unused_count >= 0", name="unused"),
        CheckConstraint("spoiled_count IS NULL OR spoiled_count >= 0", name="spoiled"),
        CheckConstraint("(unused_count IS NULL) = (spoiled_count IS NULL)", name="counted"),
        CheckConstraint("found_count IS NULL OR found_count >= 0", name="found"),
        CheckConstraint(
            "found_count IS NULL OR (opened_by IS NOT NULL AND confirmed_by <> opened_by)", name="two_people"
        ),
    )

    station_id: Mapped[int] = mapped_column(ForeignKey("station.id"), primary_key=True, autoincrement=False)
    received_count: Mapped[int]
    unused_count: Mapped[int | None]  # NULL: still issuing
    spoiled_count: Mapped[int | None]  # NULL: still issuing
    found_count: Mapped[int | None]  # NULL: the box is closed
    opened_at: Mapped[datetime | None]  # NULL: the box is closed
    opened_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))  # NULL: the box is closed
    confirmed_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))  # NULL: the box is closed


class SheetBatch(Base):
    """票批: fifty sheets of all boxes mixed, numbered once the boxes are open. Nothing individual was on a sheet before."""

    __tablename__ = "sheet_batch"
    __table_args__ = (
        UniqueConstraint("round_id", "number"),
        CheckConstraint(f"sheet_count BETWEEN 1 AND {SHEETS_A_BATCH}", name="sheet_count"),
    )

    id: Mapped[Identity]
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"))
    number: Mapped[int]
    sheet_count: Mapped[int]
    state: Mapped[SheetBatchState] = mapped_column(
        stored_enum(SheetBatchState, "state"), default=SheetBatchState.KEYING
    )
    accepted_at: Mapped[datetime | None]  # NULL until accepted


class Keying(Base):
    """录入: one of the two blind readings of a batch. The third, by whoever decides the differences, has turn 3."""

    __tablename__ = "keying"
    __table_args__ = (
        UniqueConstraint("batch_id", "turn"),
        UniqueConstraint("batch_id", "staff_id"),
        CheckConstraint("turn BETWEEN 1 AND 3", name="turn"),
    )

    id: Mapped[Identity]
    batch_id: Mapped[int] = mapped_column(ForeignKey("sheet_batch.id"))
    turn: Mapped[int]
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    finished_at: Mapped[datetime | None]  # NULL: sheets are still being keyed


class KeyedSheet(Base):
    """What one person read on one sheet: item numbers in the canonical form of ballots, and what the sheet is found to be."""

    __tablename__ = "keyed_sheet"
    __table_args__ = (
        CheckConstraint(f"place BETWEEN 1 AND {SHEETS_A_BATCH}", name="place"),
        CheckConstraint("verdict NOT IN ('blank', 'unclear', 'not_genuine') OR choices = ''", name="choices"),
    )

    keying_id: Mapped[int] = mapped_column(ForeignKey("keying.id"), primary_key=True, autoincrement=False)
    place: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    verdict: Mapped[SheetVerdict] = mapped_column(stored_enum(SheetVerdict, "verdict"))
    choices: Mapped[str] = mapped_column(String(4000))
