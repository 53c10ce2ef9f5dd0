"""What the worker of a hall server does beside sealing and ending its rounds."""

from datetime import datetime

from sqlalchemy.orm import Session

from diancai.platform.core.jobs import job
from diancai.platform.polling.operations.opening import begin_voting
from diancai.platform.rounds.models import Round
from diancai.platform.rounds.states import RoundState


@job("hall_server.open_round")
def open_in_hall(session: Session, round_id: int, *, at: datetime) -> None:
    """By the clock alone: that nothing stood in the way was proved when it was packed."""
    round_ = session.get_one(Round, round_id)
    if round_.state is RoundState.ANNOUNCED:
        begin_voting(session, round_, at=at)
