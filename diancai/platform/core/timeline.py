"""What happened to a thing, in the order it happened, for its public page. Any feature writes, nobody edits."""

import json
from datetime import datetime
from typing import Any

from sqlalchemy import Index, String, Text, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from diancai.platform.core.db import Base, Identity


class TimelineEntry(Base):
    __tablename__ = "timeline_entry"
    __table_args__ = (Index("ix_timeline_entry_subject", "subject", "at"),)

    id: Mapped[Identity]
    subject: Mapped[str] = mapped_column(String(64))
    code: Mapped[str] = mapped_column(String(64))
    facts: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]

    @property
    def fact_values(self) -> dict[str, Any]:
        """The facts as they were given. They are kept as plain JSON; an instant is known by the ending of its name."""
        kept: dict[str, Any] = json.loads(self.facts)
        return {name: datetime.fromisoformat(fact) if name.endswith("_at") else fact for name, fact in kept.items()}


def note(session: Session, subject: str, code: str, *, at: datetime, **facts: str | int | datetime) -> None:
    """Keep (subject, code, facts, at), for example ("round:3", "round.announced"). Names of instants end in `_at`."""
    kept = json.dumps(facts, ensure_ascii=False, default=datetime.isoformat)
    session.add(TimelineEntry(subject=subject, code=code, facts=kept, at=at))


def timeline_of(session: Session, subject: str) -> list[TimelineEntry]:
    rows = select(TimelineEntry).where(TimelineEntry.subject == subject)
    return list(session.scalars(rows.order_by(TimelineEntry.at, TimelineEntry.id)))
