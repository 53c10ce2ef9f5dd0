"""流动票箱: a paper box that goes to people who cannot come, on visits that were booked."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from diancai.platform.core.db import Base, Identity, stored_enum


class VisitState(StrEnum):
    BOOKED = "booked"
    DONE = "done"
    MISSED = "missed"


VISIT_MOVES: dict[VisitState, set[VisitState]] = {
    VisitState.BOOKED: {VisitState.DONE, VisitState.MISSED},
    VisitState.MISSED: {VisitState.BOOKED},
    VisitState.DONE: set(),
}


class MobileBox(Base):
    """A station that is a box on the way. Its paper is counted as that of every other station."""

    __tablename__ = "mobile_box"
    __table_args__ = (CheckConstraint("length(box_number) > 0", name="box_number"),)

    station_id: Mapped[int] = mapped_column(ForeignKey("station.id"), primary_key=True, autoincrement=False)
    box_number: Mapped[str] = mapped_column(String(40))


class MobileTrip(Base):
    """One day on the way: two of the staff and a scrutineer, and the seal on the box."""

    __tablename__ = "mobile_trip"
    __table_args__ = (
        CheckConstraint(
            "first_id <> second_id AND first_id <> scrutineer_id AND second_id <> scrutineer_id", name="three_people"
        ),
        CheckConstraint("length(seal) > 0", name="seal"),
    )

    station_id: Mapped[int] = mapped_column(ForeignKey("mobile_box.station_id"), primary_key=True, autoincrement=False)
    day: Mapped[date] = mapped_column(primary_key=True)
    first_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    second_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    scrutineer_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    seal: Mapped[str] = mapped_column(String(40))
    left_at: Mapped[datetime]


class MobileReturn(Base):
    """The box is back from a trip: the seal that was found on it, read by one of the staff and by a scrutineer."""

    __tablename__ = "mobile_return"
    __table_args__ = (
        CheckConstraint("scrutineer_id <> read_by", name="by_two"),
        CheckConstraint("length(found_seal) > 0 OR is_broken", name="found_seal"),
        CheckConstraint("difference_reason IS NULL OR length(difference_reason) > 0", name="difference_reason"),
        CheckConstraint("NOT is_broken OR difference_reason IS NOT NULL", name="broken_has_reason"),
    )

    station_id: Mapped[int] = mapped_column(ForeignKey("mobile_box.station_id"), primary_key=True, autoincrement=False)
    day: Mapped[date] = mapped_column(primary_key=True)
    found_seal: Mapped[str] = mapped_column(String(40))
    """Empty only where a broken seal could not be read any more."""
    is_broken: Mapped[bool]
    difference_reason: Mapped[str | None] = mapped_column(String(400))  # NULL: whole, with the number it left with
    read_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    scrutineer_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    returned_at: Mapped[datetime]


class HomeVisit(Base):
    """上门 to one person of the register. It goes with the register; what was written on the ballot nobody records."""

    __tablename__ = "home_visit"
    __table_args__ = (CheckConstraint("helper = '' OR state = 'done'", name="helper"),)

    id: Mapped[Identity]
    entry_id: Mapped[int] = mapped_column(ForeignKey("register_entry.id", ondelete="CASCADE"), unique=True)
    station_id: Mapped[int] = mapped_column(ForeignKey("mobile_box.station_id"), index=True)
    planned_on: Mapped[date]
    planned_time: Mapped[str] = mapped_column(String(40))
    state: Mapped[VisitState] = mapped_column(stored_enum(VisitState, "state"), default=VisitState.BOOKED)
    helper: Mapped[str] = mapped_column(String(40), default="")
    """代写: who wrote for the voter, for example 女儿; empty where the voter wrote."""
