"""What the worker does about backups: those of an open round go when it is closed."""

from datetime import datetime

from sqlalchemy.orm import Session

from diancai.platform.backups.operations import destroy_backups_of
from diancai.platform.core.actor import SYSTEM
from diancai.platform.core.jobs import job


@job("backups.destroy", keeps_trying=True)
def destroy_backups(session: Session, round_id: int, *, at: datetime) -> None:
    destroy_backups_of(session, round_id, by=SYSTEM, at=at)
