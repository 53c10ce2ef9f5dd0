"""The worker makes the first archive of a round that is over."""

from datetime import datetime

from sqlalchemy.orm import Session

from diancai.platform.archive.operations import OVER, make_archive
from diancai.platform.archive.queries import ended_at, latest_archive
from diancai.platform.core.actor import SYSTEM
from diancai.platform.core.jobs import job
from diancai.platform.rounds.models import Round


@job("archive.make")
def make_first_archive(session: Session, round_id: int, *, at: datetime) -> None:
    round_ = session.get_one(Round, round_id)
    if round_.state in OVER and latest_archive(session, round_) is None and ended_at(session, round_) is not None:
        make_archive(session, round_, by=SYSTEM, at=at)
