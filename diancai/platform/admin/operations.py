"""The one thing that these screens do by themselves: try a stuck job again."""

from datetime import datetime

from sqlalchemy.orm import Session

from diancai.errors import Conflict
from diancai.platform.admin.events import JobRetried
from diancai.platform.core.actor import Actor
from diancai.platform.core.audit import record
from diancai.platform.core.jobs import Job, JobState


def retry_job(session: Session, job: Job, *, by: Actor, at: datetime) -> None:
    """Due at once, with all its attempts again. Raises Conflict job.running while a worker holds it."""
    if job.state is JobState.RUNNING:
        raise Conflict("job.running")
    record(session, JobRetried(None, job.id, job.name, job.attempts), by=by, at=at)
    job.state, job.attempts, job.due_at = JobState.WAITING, 0, at
    session.flush()
