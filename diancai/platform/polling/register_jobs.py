"""The end of the register, by the worker: on the day it is due, and on record."""

from datetime import datetime

from sqlalchemy.orm import Session

from diancai.platform.core.actor import SYSTEM
from diancai.platform.core.jobs import enqueue, job
from diancai.platform.polling.operations.register import purge_due_at, purge_register
from diancai.platform.rounds.models import Round

PURGE = "polling.purge_register"


@job(PURGE, keeps_trying=True)
def purge_register_when_due(session: Session, round_id: int, *, at: datetime) -> None:
    """Comes back later when the office has lengthened the time meanwhile."""
    round_ = session.get_one(Round, round_id)
    due_at = purge_due_at(session, round_)
    if due_at is not None and at < due_at:
        enqueue(session, PURGE, round_id, due_at=due_at, unique_key=f"purge:{round_id}")
        return
    purge_register(session, round_, by=SYSTEM, at=at)
