"""What the board shows, and which round takes ballots now. Only sealed ballots are ever read here."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from diancai.platform.polling.models import Seal, SealedBallot
from diancai.platform.rounds.models import Round
from diancai.platform.rounds.states import RoundKind, RoundState
from diancai.voting import tracker_range


def seals_of(session: Session, round_id: int) -> Sequence[Seal]:
    """Newest first."""
    return session.scalars(select(Seal).where(Seal.round_id == round_id).order_by(Seal.number.desc())).all()


def last_root(session: Session, round_id: int) -> Seal | None:
    """The newest seal."""
    seals = seals_of(session, round_id)
    return seals[0] if seals else None


def has_tracker(session: Session, round_id: int, tracker: str) -> bool:
    """Is a ballot with this tracker in the sealed box? Raises InvalidInput tracker.malformed."""
    first, last = tracker_range(tracker)
    inside = SealedBallot.tracker_key.between(first, last)
    return bool(session.scalar(select(exists().where(SealedBallot.round_id == round_id, inside))))


def sealed_keys(session: Session, round_id: int) -> Sequence[bytes]:
    """All sealed keys in order."""
    keys = select(SealedBallot.tracker_key).where(SealedBallot.round_id == round_id)
    return session.scalars(keys.order_by(SealedBallot.tracker_key)).all()


def rounds_taking_ballots(session: Session, *, at: datetime) -> Sequence[Round]:
    """The first to close first; a rehearsal is open to those who hold its codes and is told to nobody else."""
    is_open = (
        Round.kind != RoundKind.REHEARSAL,
        Round.state == RoundState.VOTING,
        Round.opens_at <= at,
        Round.closes_at > at,
    )
    return session.scalars(select(Round).where(*is_open).order_by(Round.closes_at, Round.id)).all()


def round_taking_ballots(session: Session, *, at: datetime) -> Round | None:
    """The one round that is open now; None when there is none or several, and only the code can tell."""
    rounds = rounds_taking_ballots(session, at=at)
    return rounds[0] if len(rounds) == 1 else None
