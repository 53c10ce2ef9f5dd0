"""公示: a notice with a window in working days, and the objections it brings."""

import json
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from diancai.platform.core.db import Base, Identity, stored_enum


class NoticeKind(StrEnum):
    CANDIDATES = "candidates"
    REGISTER = "register"
    ANNOUNCEMENT = "announcement"
    RESULT = "result"
    VOID = "void"


class Outcome(StrEnum):
    """How an objection ends: 维持, 更正, 重新计票, 取消并递补, 重新投票."""

    UPHELD_AS_IS = "upheld_as_is"
    CORRECTED = "corrected"
    RECOUNT = "recount"
    WITHDRAW_AND_REPLACE = "withdraw_and_replace"
    NEW_VOTE = "new_vote"


class Channel(StrEnum):
    ONLINE = "online"
    DESK = "desk"
    PHONE = "phone"
    LETTER = "letter"


class Notice(Base):
    """Frozen when posted. `subject` names the thing, for example "round:3"; `facts` are what is printed, as JSON."""

    __tablename__ = "notice"
    __table_args__ = (
        Index("ix_notice_subject", "subject", "kind"),
        CheckConstraint("working_days >= 1", name="working_days"),
        CheckConstraint("ends_at > posted_at", name="window"),
    )

    id: Mapped[Identity]
    street_id: Mapped[int] = mapped_column(ForeignKey("division.id"))
    subject: Mapped[str] = mapped_column(String(64))
    kind: Mapped[NoticeKind] = mapped_column(stored_enum(NoticeKind, "kind"))
    title: Mapped[str] = mapped_column(String(120))
    facts: Mapped[str] = mapped_column(Text)
    posted_at: Mapped[datetime]
    working_days: Mapped[int]
    ends_at: Mapped[datetime]
    """May only move later: a correction of the calendar may lengthen the window, never shorten it."""
    last_day: Mapped[date]
    tentative_year: Mapped[int | None]  # a year whose holidays were not known at posting; NULL: all known or confirmed

    @property
    def fact_values(self) -> dict[str, Any]:
        values: dict[str, Any] = json.loads(self.facts)
        return values


class Objection(Base):
    __tablename__ = "objection"
    __table_args__ = (
        UniqueConstraint("notice_id", "number"),
        CheckConstraint("(outcome IS NULL) = (answered_at IS NULL)", name="answered"),
        CheckConstraint("outcome IS NULL OR length(answer) > 0", name="answer"),
    )

    id: Mapped[Identity]
    notice_id: Mapped[int] = mapped_column(ForeignKey("notice.id"))
    number: Mapped[int]
    channel: Mapped[Channel] = mapped_column(stored_enum(Channel, "channel"))
    text: Mapped[str] = mapped_column(Text)
    contact: Mapped[bytes | None] = mapped_column(LargeBinary)  # sealed name and phone; NULL: none was left
    look_up_code: Mapped[str] = mapped_column(String(16), unique=True)
    received_at: Mapped[datetime]
    entered_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))  # NULL: sent online
    outcome: Mapped[Outcome | None] = mapped_column(stored_enum(Outcome, "outcome"))  # NULL: not answered yet
    answer: Mapped[str | None] = mapped_column(Text)  # NULL: not answered yet
    answered_at: Mapped[datetime | None]  # NULL: not answered yet
    answered_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))  # NULL: not answered yet
