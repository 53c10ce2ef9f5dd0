"""Jobs are rows: written with what they follow, claimed by compare-and-set, safe to run twice.

A finished job leaves no row; one that failed too often stays and is shown to the administrator.
"""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

import structlog
from sqlalchemy import Engine, String, Text, delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from diancai.platform.core.db import Base, Identity, rows_changed, stored_enum, transaction

log = structlog.get_logger()
LEASE = timedelta(minutes=10)
MOST_ATTEMPTS = 20


class JobState(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    FAILED = "failed"


class Job(Base):
    __tablename__ = "job"

    id: Mapped[Identity]
    name: Mapped[str] = mapped_column(String(64))
    arguments: Mapped[str] = mapped_column(Text)
    unique_key: Mapped[str | None] = mapped_column(String(128), unique=True)  # NULL: may stand in the queue many times
    due_at: Mapped[datetime] = mapped_column(index=True)
    state: Mapped[JobState] = mapped_column(stored_enum(JobState, "state"), default=JobState.WAITING)
    attempts: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[datetime | None]  # NULL: no worker holds it
    last_error: Mapped[str | None] = mapped_column(String(200))  # NULL: never failed


Handler = Callable[..., None]
HANDLERS: dict[str, Handler] = {}
OUTSIDE: dict[str, Handler] = {}
KEEP_TRYING: set[str] = set()


def job(name: str, *, keeps_trying: bool = False) -> Callable[[Handler], Handler]:
    """Register `handler(session, *arguments, at=instant)` under the name that other layers enqueue by.

    One that `keeps_trying` is never given up: a promise hangs on it.
    """
    return _register(HANDLERS, name, keeps_trying)


def outside_job(name: str, *, keeps_trying: bool = False) -> Callable[[Handler], Handler]:
    """Register `handler(engine, *arguments, at=instant)` for work that no transaction may hold, such as VACUUM."""
    return _register(OUTSIDE, name, keeps_trying)


def _register(registry: dict[str, Handler], name: str, keeps_trying: bool) -> Callable[[Handler], Handler]:
    def register(handler: Handler) -> Handler:
        registry[name] = handler
        if keeps_trying:
            KEEP_TRYING.add(name)
        return handler

    return register


def enqueue(session: Session, name: str, *arguments: Any, due_at: datetime, unique_key: str | None = None) -> None:
    """Queue a job in the caller's transaction. With a key, a job that already waits is moved to the new time."""
    if _moved(session, unique_key, due_at):
        return
    try:
        with session.begin_nested():
            session.add(Job(name=name, arguments=json.dumps(arguments), unique_key=unique_key, due_at=due_at))
    except IntegrityError:
        if not _moved(session, unique_key, due_at):  # another process was the first to queue it
            raise


def _moved(session: Session, unique_key: str | None, due_at: datetime) -> bool:
    """By one UPDATE: a worker that is just ending the job lets us wait, and then there is nothing to move."""
    if unique_key is None:
        return False
    moving = update(Job).where(Job.unique_key == unique_key)
    return rows_changed(session, moving.values(due_at=due_at, state=JobState.WAITING, attempts=0)) == 1


def is_queued(session: Session, unique_key: str) -> bool:
    return session.scalar(select(Job.id).where(Job.unique_key == unique_key)) is not None


def cancel(session: Session, unique_key: str) -> None:
    session.execute(delete(Job).where(Job.unique_key == unique_key))


class Claim(NamedTuple):
    """A job that this worker holds until its lease ends."""

    job_id: int
    attempt: int
    name: str
    arguments: list[Any]


def run_due_jobs(engine: Engine, *, at: datetime, **info: Any) -> int:
    """Run every job that is due, oldest first. Returns how many succeeded; failures wait and are tried again."""
    succeeded = 0
    while claimed := _claim(engine, at):
        succeeded += _run(engine, claimed, at, info)
    return succeeded


def _claim(engine: Engine, at: datetime) -> Claim | None:
    """A due job that no living worker holds."""
    free = (Job.state == JobState.WAITING) | ((Job.state == JobState.RUNNING) & (Job.lease_until < at))
    with transaction(engine) as session:
        found = session.execute(
            select(Job.id, Job.attempts, Job.name, Job.arguments)
            .where(Job.due_at <= at, free)
            .order_by(Job.due_at, Job.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        ).first()
        if found is None:
            return None
        session.execute(
            update(Job)
            .where(Job.id == found.id)
            .values(state=JobState.RUNNING, attempts=found.attempts + 1, lease_until=at + LEASE)
            .execution_options(synchronize_session=False)
        )
        return Claim(found.id, found.attempts + 1, found.name, json.loads(found.arguments))


def _run(engine: Engine, claimed: Claim, at: datetime, info: dict[str, Any]) -> int:
    job_id, attempt, name, arguments = claimed
    try:
        if name in OUTSIDE:
            OUTSIDE[name](engine, *arguments, at=at)
        with transaction(engine, **info) as session:
            if not rows_changed(session, delete(Job).where(Job.id == job_id, Job.attempts == attempt)):
                return 0  # another worker took it over
            if name not in OUTSIDE:
                HANDLERS[name](session, *arguments, at=at)
    except Exception as problem:  # a job of any feature may fail in any way; it must not stop the others
        log.error("job_failed", job=name, attempt=attempt, error=type(problem).__name__)
        _put_back(engine, claimed, at, problem)
        return 0
    return 1


def _put_back(engine: Engine, claimed: Claim, at: datetime, problem: Exception) -> None:
    job_id, attempt, name, _ = claimed
    is_given_up = attempt >= MOST_ATTEMPTS and name not in KEEP_TRYING
    state = JobState.FAILED if is_given_up else JobState.WAITING
    delay = timedelta(seconds=min(2 ** min(attempt, 10), 600))
    with transaction(engine) as session:
        session.execute(
            update(Job)
            .where(Job.id == job_id, Job.attempts == attempt)
            .values(state=state, due_at=at + delay, lease_until=None, last_error=type(problem).__name__)
            .execution_options(synchronize_session=False)
        )
