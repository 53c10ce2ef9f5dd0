"""Figures for the people who run the platform, read from the database at each scrape, so that any process may answer."""

from datetime import datetime, timedelta

from prometheus_client import CollectorRegistry, Gauge, generate_latest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from diancai.platform.core.jobs import Job, JobState
from diancai.platform.polling.models import Seal
from diancai.platform.rounds.models import Round
from diancai.platform.rounds.states import RoundState

STEP = timedelta(minutes=10)
"""Ballots are told in steps: a figure that follows each cast would tell who had just voted (vote.md 2)."""


def metrics_text(session: Session, *, at: datetime) -> bytes:
    """The text format of Prometheus."""
    registry = CollectorRegistry()
    _jobs(session, registry, at)
    _rounds(session, registry)
    ballots = Gauge("diancai_sealed_ballots", "Ballots in seals older than the current ten minutes", registry=registry)
    ballots.set(sealed_ballots(session, at=at))
    return generate_latest(registry)


def sealed_ballots(session: Session, *, at: datetime) -> int:
    """Ballots of all rounds by their last seal before the current step of ten minutes began."""
    minute = at.replace(second=0, microsecond=0)
    step_began = minute - timedelta(minutes=minute.minute % (STEP.seconds // 60))
    newest = (
        select(func.max(Seal.ballot_count).label("ballots")).where(Seal.sealed_at < step_began).group_by(Seal.round_id)
    )
    total = select(func.coalesce(func.sum(newest.subquery().c.ballots), 0))
    return int(session.scalar(total) or 0)


def _jobs(session: Session, registry: CollectorRegistry, at: datetime) -> None:
    gauge = Gauge("diancai_jobs", "Jobs in the queue by state", ["state"], registry=registry)
    counts = dict(session.execute(select(Job.state, func.count()).group_by(Job.state)).all())
    for state in JobState:
        gauge.labels(state.value).set(counts.get(state, 0))
    overdue = Gauge("diancai_oldest_due_job_seconds", "How long the oldest due job has waited", registry=registry)
    oldest = session.scalar(select(func.min(Job.due_at)).where(Job.state == JobState.WAITING, Job.due_at <= at))
    overdue.set((at - oldest).total_seconds() if oldest else 0)


def _rounds(session: Session, registry: CollectorRegistry) -> None:
    gauge = Gauge("diancai_rounds", "Rounds by state", ["state"], registry=registry)
    counts = dict(session.execute(select(Round.state, func.count()).group_by(Round.state)).all())
    for state in RoundState:
        gauge.labels(state.value).set(counts.get(state, 0))
