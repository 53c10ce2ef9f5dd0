"""每日开箱、封箱 of a station that is open for days: the box carries a numbered seal from evening to morning."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from diancai.platform.core.db import Base


class StationDay(Base):
    """One day of one box: the seal that was found in the morning, and the one that was put on in the evening."""

    __tablename__ = "station_day"
    __table_args__ = (
        CheckConstraint("opening_confirmed_by <> opened_by", name="opened_by_two"),
        CheckConstraint(
            "(closed_at IS NULL) = (closing_seal IS NULL) AND (closed_at IS NULL) = (closed_by IS NULL) "
            "AND (closed_at IS NULL) = (closing_confirmed_by IS NULL)",
            name="closed",
        ),
        CheckConstraint("closed_by IS NULL OR closing_confirmed_by <> closed_by", name="closed_by_two"),
        CheckConstraint("closing_seal IS NULL OR length(closing_seal) > 0", name="closing_seal"),
    )

    station_id: Mapped[int] = mapped_column(ForeignKey("station.id"), primary_key=True, autoincrement=False)
    day: Mapped[date] = mapped_column(primary_key=True)
    opening_seal: Mapped[str | None] = mapped_column(String(40))  # NULL: the first day, the box was shown empty
    difference_reason: Mapped[str | None] = mapped_column(String(400))  # NULL: the seal was that of the evening before
    opened_at: Mapped[datetime]
    opened_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    opening_confirmed_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    closing_seal: Mapped[str | None] = mapped_column(String(40))  # NULL: still open
    closed_at: Mapped[datetime | None]  # NULL: still open
    closed_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))  # NULL: still open
    closing_confirmed_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))  # NULL: still open
