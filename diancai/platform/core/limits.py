"""Counters of failures per address or account, in a table so that they hold over processes; purged daily."""

from datetime import datetime, timedelta

from sqlalchemy import LargeBinary, String, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from diancai.platform.core.db import Base, rows_changed


class FailureCount(Base):
    """How often something failed for one key within one minute. The key is an HMAC: no address is kept."""

    __tablename__ = "failure_count"

    purpose: Mapped[str] = mapped_column(String(32), primary_key=True)
    key: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    minute: Mapped[datetime] = mapped_column(primary_key=True)
    count: Mapped[int]


def add_failure(session: Session, purpose: str, key: bytes, *, at: datetime) -> None:
    minute = at.replace(second=0, microsecond=0)
    same = (FailureCount.purpose == purpose, FailureCount.key == key, FailureCount.minute == minute)
    one_more = update(FailureCount).where(*same).values(count=FailureCount.count + 1)
    if rows_changed(session, one_more):
        return
    try:
        with session.begin_nested():
            session.execute(insert(FailureCount).values(purpose=purpose, key=key, minute=minute, count=1))
    except IntegrityError:  # another process was the first of this minute
        rows_changed(session, one_more)


def failures(session: Session, purpose: str, key: bytes | None, *, since: datetime) -> int:
    """Failures since an instant, rounded down to its minute; `key=None` counts those of all keys."""
    query = select(func.coalesce(func.sum(FailureCount.count), 0)).where(
        FailureCount.purpose == purpose, FailureCount.minute >= since.replace(second=0, microsecond=0)
    )
    if key is not None:
        query = query.where(FailureCount.key == key)
    return int(session.scalar(query) or 0)


def busiest_minute(session: Session, purpose: str, *, since: datetime) -> int:
    """The most failures of all keys together within one minute since an instant."""
    sums = (
        select(func.sum(FailureCount.count).label("count"))
        .where(FailureCount.purpose == purpose, FailureCount.minute >= since)
        .group_by(FailureCount.minute)
        .subquery()
    )
    return int(session.scalar(select(func.max(sums.c.count))) or 0)


def forget_failures(session: Session, purpose: str, key: bytes) -> None:
    session.execute(delete(FailureCount).where(FailureCount.purpose == purpose, FailureCount.key == key))


def purge_failures(session: Session, *, at: datetime) -> None:
    session.execute(delete(FailureCount).where(FailureCount.minute < at - timedelta(days=1)))
