"""扫描录入: one of the two blind readings of a batch, read from pictures; what the reader doubted lies here until the batch is accepted."""

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from diancai.paper.found import Trouble
from diancai.platform.core.db import Base, stored_enum
from diancai.platform.polling.paper_models import SHEETS_A_BATCH, SheetVerdict


class SheetScan(Base):
    """The reading of one keying comes from pictures. One a batch: the other reading is a person's."""

    __tablename__ = "sheet_scan"
    __table_args__ = (
        CheckConstraint("page_count BETWEEN 1 AND 20", name="page_count"),
        CheckConstraint("picture_count >= 0", name="picture_count"),
        CheckConstraint("doubtful_count >= 0", name="doubtful_count"),
    )

    keying_id: Mapped[int] = mapped_column(ForeignKey("keying.id"), primary_key=True, autoincrement=False)
    batch_id: Mapped[int] = mapped_column(ForeignKey("sheet_batch.id"), unique=True)
    page_count: Mapped[int]
    """Of one ballot."""
    picture_count: Mapped[int] = mapped_column(default=0)
    doubtful_count: Mapped[int] = mapped_column(default=0)
    """Marks and pages that a person had to look at. It stays when the pictures go."""


class ScannedPage(Base):
    """One picture: the items that are marked beyond doubt, or why it cannot be read, and then what a person reads on it."""

    __tablename__ = "scanned_page"
    __table_args__ = (
        CheckConstraint(f"place BETWEEN 1 AND {SHEETS_A_BATCH}", name="place"),
        CheckConstraint("page BETWEEN 1 AND 20", name="page"),
        CheckConstraint("trouble IS NULL OR marks = ''", name="marks"),
        CheckConstraint("(trouble IS NULL) = (picture IS NULL)", name="picture"),
        CheckConstraint("typed IS NULL OR trouble IS NOT NULL", name="typed"),
        CheckConstraint("judged IS NULL OR judged IN ('unclear', 'not_genuine')", name="judgement"),
    )

    keying_id: Mapped[int] = mapped_column(ForeignKey("sheet_scan.keying_id"), primary_key=True, autoincrement=False)
    place: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    page: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    marks: Mapped[str] = mapped_column(String(4000))
    trouble: Mapped[Trouble | None] = mapped_column(stored_enum(Trouble, "trouble"))  # NULL: it was read
    picture: Mapped[bytes | None] = mapped_column(LargeBinary)  # NULL: nobody has to look at it
    typed: Mapped[str | None] = mapped_column(String(4000))  # NULL: it was read, or nobody has looked yet
    judged: Mapped[SheetVerdict | None] = mapped_column(stored_enum(SheetVerdict, "judged"))  # NULL: nothing to judge


class DoubtfulMark(Base):
    """A box in which the reader saw something and does not say what."""

    __tablename__ = "doubtful_mark"
    __table_args__ = (
        ForeignKeyConstraint(
            ["keying_id", "place", "page"], ["scanned_page.keying_id", "scanned_page.place", "scanned_page.page"]
        ),
        CheckConstraint("ink_mm2_hundredths >= 0", name="ink"),
    )

    keying_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    place: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    page: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[str] = mapped_column(String(64), primary_key=True)
    ink_mm2_hundredths: Mapped[int]
    picture: Mapped[bytes] = mapped_column(LargeBinary)
    is_marked: Mapped[bool | None]  # NULL: nobody has looked yet
