"""抽查: paper sheets drawn by lot after they were keyed, and looked at again."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from diancai.platform.core.db import Base


class SampleSeed(Base):
    """The dice as one scrutineer typed them; two equal ones make the seed."""

    __tablename__ = "sample_seed"

    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), primary_key=True, autoincrement=False)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), primary_key=True, autoincrement=False)
    text: Mapped[str] = mapped_column(String(200))


class SampleCheck(Base):
    """The seed, how many sheets it drew for which bound, and what was found on them."""

    __tablename__ = "sample_check"
    __table_args__ = (
        CheckConstraint("first_by <> second_by", name="two_people"),
        CheckConstraint("sample_size BETWEEN 1 AND sheet_count", name="sample_size"),
        CheckConstraint("bound_permille BETWEEN 1 AND 500", name="bound"),
        CheckConstraint("(differing_count IS NULL) = (checked_by IS NULL)", name="checked"),
        CheckConstraint("differing_count IS NULL OR differing_count BETWEEN 0 AND sample_size", name="differing"),
        CheckConstraint("confirmed_by IS NULL OR confirmed_by <> checked_by", name="checked_by_two"),
    )

    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), primary_key=True, autoincrement=False)
    seed: Mapped[str] = mapped_column(String(200))
    first_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    second_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    drawn_at: Mapped[datetime]
    bound_permille: Mapped[int]
    """A share of misread sheets from here on would have been met with 95 in 100."""
    sheet_count: Mapped[int]
    sample_size: Mapped[int]
    differing_count: Mapped[int | None]  # NULL: not looked at yet
    note: Mapped[str] = mapped_column(String(400), default="")
    checked_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))  # NULL: not looked at yet
    confirmed_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))  # NULL: not looked at yet
    checked_at: Mapped[datetime | None]  # NULL: not looked at yet
