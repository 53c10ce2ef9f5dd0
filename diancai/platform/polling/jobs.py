"""What the worker does for a round: open it, seal it, end it, and erase what the closing seal leaves."""

from datetime import datetime, timedelta

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from diancai.platform.core.db import transaction
from diancai.platform.core.jobs import enqueue, job, outside_job
from diancai.platform.core.limits import purge_failures
from diancai.platform.polling.erasure import erase_dead_rows
from diancai.platform.polling.models import ClosingMinute
from diancai.platform.polling.operations.opening import end_voting, open_round
from diancai.platform.polling.operations.sealing import record_erasure, seal_inbox, seal_void_round
from diancai.platform.rounds.models import Round
from diancai.platform.rounds.operations.announcing import open_key
from diancai.platform.rounds.publicity import publicity_problems
from diancai.platform.rounds.states import RoundState

LOOK_AGAIN = timedelta(minutes=1)


@job("polling.open_round")
def open_announced_round(session: Session, round_id: int, *, at: datetime) -> None:
    """One whose 公示 or 名册核对 is not done yet waits for it, as long as it may still open at all."""
    round_ = session.get_one(Round, round_id)
    if round_.state is not RoundState.ANNOUNCED:
        return
    if at < round_.closes_at and any(publicity_problems(session, round_, at=at)):
        enqueue(session, "polling.open_round", round_id, due_at=at + LOOK_AGAIN, unique_key=open_key(round_))
        return
    open_round(session, round_, at=at)


@job("polling.close_round")
def end_voting_in_time(session: Session, round_id: int, *, at: datetime) -> None:
    """A suspended round past its end waits for the office: it is extended, or moved on by hand (vote.md 4)."""
    round_ = session.get_one(Round, round_id)
    if round_.state is RoundState.VOTING and round_.closes_at <= at:
        end_voting(session, round_, at=at)


@job("polling.seal_round")
def seal_voting_round(session: Session, round_id: int, *, at: datetime) -> None:
    round_ = session.get_one(Round, round_id)
    if round_.state in (RoundState.VOTING, RoundState.SUSPENDED):
        seal_inbox(session, round_, at=at)
        enqueue(session, "polling.seal_round", round_id, due_at=at + LOOK_AGAIN, unique_key=f"seal:{round_id}")


@job("polling.erase_round", keeps_trying=True)
def seal_round_made_void(session: Session, round_id: int, *, at: datetime) -> None:
    """A round made void after opening gets its closing seal too."""
    if session.get(ClosingMinute, round_id) is None:
        seal_void_round(session, session.get_one(Round, round_id), at=at)


@outside_job("polling.erase_traces", keeps_trying=True)
def erase_traces(engine: Engine, round_id: int, *, at: datetime) -> None:
    """Retried until no reader stands in the way."""
    erase_dead_rows(engine)
    with transaction(engine) as session:
        record_erasure(session, session.get_one(Round, round_id), at=at)


@job("polling.purge_failures")
def purge_old_failures(session: Session, *, at: datetime) -> None:
    purge_failures(session, at=at)
    enqueue(session, "polling.purge_failures", due_at=at + timedelta(days=1), unique_key="purge_failures")
