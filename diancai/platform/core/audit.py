"""The administrative log: append-only, hash-chained, everything that people in office do (vote.md 3).

Casting writes nothing here: a voter is not in office.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from datetime import UTC, date, datetime
from enum import Enum
from typing import Any

from sqlalchemy import String, Text, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from diancai.platform.core.actor import Actor
from diancai.platform.core.db import Base, Identity

CHAIN_LOCK = 7_361_204_411  # any fixed number: one writer of the chain at a time on PostgreSQL
GENESIS = "0" * 64


class AuditEntry(Base):
    __tablename__ = "audit_entry"

    id: Mapped[Identity]
    at: Mapped[datetime]
    street_id: Mapped[int | None] = mapped_column(index=True)  # NULL: concerns the whole installation
    actor_id: Mapped[int | None]  # NULL: the platform itself
    actor_name: Mapped[str] = mapped_column(String(64))
    event: Mapped[str] = mapped_column(String(64), index=True)
    facts: Mapped[str] = mapped_column(Text)
    previous_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64), unique=True)


@dataclass(frozen=True)
class Event:
    """One thing done in office. Subclasses add the facts; their name is the code of the event."""

    street_id: int | None


def record(session: Session, event: Event, *, by: Actor, at: datetime) -> AuditEntry:
    """Add the event to the chain, in the transaction of what it tells about."""
    session.flush()
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": CHAIN_LOCK})
    previous = session.scalar(select(AuditEntry.hash).order_by(AuditEntry.id.desc()).limit(1)) or GENESIS
    entry = AuditEntry(
        at=at,
        street_id=event.street_id,
        actor_id=by.staff_id,
        actor_name=by.name,
        event=type(event).__name__,
        facts=_facts(event),
        previous_hash=previous,
    )
    entry.hash = entry_hash(entry)
    session.add(entry)
    session.flush()
    return entry


def entry_hash(entry: AuditEntry) -> str:
    """SHA-256 over the previous hash and every column but the hash itself."""
    parts = [
        entry.previous_hash,
        entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        entry.street_id,
        entry.actor_id,
        entry.actor_name,
        entry.event,
        entry.facts,
    ]
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest()


def broken_entries(session: Session) -> Iterator[int]:
    """Numbers of the entries at which the chain does not hold."""
    previous = GENESIS
    for entry in session.scalars(select(AuditEntry).order_by(AuditEntry.id).execution_options(yield_per=500)):
        if entry.previous_hash != previous or entry_hash(entry) != entry.hash:
            yield entry.id
        previous = entry.hash


def _facts(event: Event) -> str:
    facts = {item.name: getattr(event, item.name) for item in fields(event) if item.name != "street_id"}
    return json.dumps(facts, ensure_ascii=False, sort_keys=True, default=_plain)


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date | datetime):
        return value.isoformat()
    if hasattr(value, "__dataclass_fields__"):
        return asdict(value)
    raise TypeError(f"{type(value).__name__} is no fact of an event")
