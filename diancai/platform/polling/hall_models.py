"""会场: one sitting of a hall, the rounds that it serves, and the record of its steps."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from diancai.platform.core.db import Base, Identity, stored_enum


class SittingStep(StrEnum):
    """The order of a hall's day; each is done once, after the one before it."""

    ATTENDANCE = "attendance"
    RULES = "rules"
    TELLERS = "tellers"
    BOX_SEALED = "box_sealed"
    ISSUED = "issued"
    EXPLAINED = "explained"
    VOTED = "voted"
    CLOSED = "closed"
    RETURNED = "returned"
    DECLARED = "declared"
    COUNTED = "counted"
    SIGNED = "signed"
    REPORTED = "reported"
    ANNOUNCED = "announced"


STEPS = tuple(SittingStep)
WITH_BALLOTS = frozenset({SittingStep.ISSUED, SittingStep.RETURNED})
"""Steps at which ballots are counted, for each round of the sitting."""


class Sitting(Base):
    """千人大会的一场: who leads it and who watches over the vote, each with a deputy who may act in their place."""

    __tablename__ = "sitting"
    __table_args__ = (
        CheckConstraint("expected_count BETWEEN 1 AND 100000", name="expected"),
        CheckConstraint(
            "chair_id <> chief_id AND chair_id <> COALESCE(deputy_chair_id, 0) "
            "AND chair_id <> COALESCE(deputy_chief_id, 0) AND chief_id <> COALESCE(deputy_chair_id, 0) "
            "AND chief_id <> COALESCE(deputy_chief_id, 0)",
            name="own_people",
        ),
        CheckConstraint("deputy_chair_id IS NULL OR deputy_chair_id <> deputy_chief_id", name="own_deputies"),
    )

    id: Mapped[Identity]
    street_id: Mapped[int] = mapped_column(ForeignKey("division.id"), index=True)
    title: Mapped[str] = mapped_column(String(80))
    place: Mapped[str] = mapped_column(String(120))
    starts_at: Mapped[datetime]
    expected_count: Mapped[int]
    chair_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    deputy_chair_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))  # NULL: nobody named
    chief_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    deputy_chief_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))  # NULL: nobody named

    @property
    def chairs(self) -> frozenset[int]:
        return frozenset(one for one in (self.chair_id, self.deputy_chair_id) if one)

    @property
    def chiefs(self) -> frozenset[int]:
        return frozenset(one for one in (self.chief_id, self.deputy_chief_id) if one)


class SittingRound(Base):
    """Several rounds may share a sitting."""

    __tablename__ = "sitting_round"

    sitting_id: Mapped[int] = mapped_column(ForeignKey("sitting.id"), primary_key=True, autoincrement=False)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), primary_key=True, autoincrement=False)


class SittingStation(Base):
    """The desks that stand in the hall: what they handed out is what the chair's figures are compared with."""

    __tablename__ = "sitting_station"

    sitting_id: Mapped[int] = mapped_column(ForeignKey("sitting.id"), primary_key=True, autoincrement=False)
    station_id: Mapped[int] = mapped_column(ForeignKey("station.id"), primary_key=True, autoincrement=False)


class StepDone(Base):
    """One step of the record. Nothing of it is ever changed."""

    __tablename__ = "sitting_step"
    __table_args__ = (
        CheckConstraint("(step = 'attendance') = (present_count IS NOT NULL)", name="present"),
        CheckConstraint("present_count IS NULL OR present_count BETWEEN 1 AND 100000", name="present_count"),
        CheckConstraint("(step = 'closed') = (confirmed_by IS NOT NULL)", name="second_person"),
        CheckConstraint("confirmed_by IS NULL OR confirmed_by <> done_by", name="another_person"),
    )

    sitting_id: Mapped[int] = mapped_column(ForeignKey("sitting.id"), primary_key=True, autoincrement=False)
    step: Mapped[SittingStep] = mapped_column(stored_enum(SittingStep, "step"), primary_key=True)
    done_at: Mapped[datetime]
    done_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    confirmed_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))  # NULL: a step of one person
    present_count: Mapped[int | None]  # NULL: not the step at which those present are counted
    note: Mapped[str] = mapped_column(String(400), default="")


class SittingBallots(Base):
    """发出数, 收回数: the ballots of one round as counted at a step."""

    __tablename__ = "sitting_ballots"
    __table_args__ = (
        CheckConstraint("step IN ('issued', 'returned')", name="counted_step"),
        CheckConstraint("ballot_count BETWEEN 0 AND 100000", name="ballot_count"),
        CheckConstraint("given_count IS NULL OR given_count >= 0", name="given_count"),
    )

    sitting_id: Mapped[int] = mapped_column(ForeignKey("sitting.id"), primary_key=True, autoincrement=False)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), primary_key=True, autoincrement=False)
    step: Mapped[SittingStep] = mapped_column(stored_enum(SittingStep, "step"), primary_key=True)
    ballot_count: Mapped[int]
    given_count: Mapped[int | None]  # handed out by then at the hall's desks; NULL: no desk of the round is named
