"""What the log keeps of rehearsals."""

from dataclasses import dataclass

from diancai.platform.core.audit import Event
from diancai.platform.rehearsal.models import RehearsalOutcome


@dataclass(frozen=True)
class RehearsalBegun(Event):
    """`round_id` is the round that is rehearsed; `rehearsal_round_id` the one made for it."""

    round_id: int
    rehearsal_round_id: int
    voter_count: int


@dataclass(frozen=True)
class TestBallotsCast(Event):
    round_id: int
    ballot_count: int


@dataclass(frozen=True)
class RehearsalWiped(Event):
    """Nothing of it is left but the log and this."""

    round_id: int
    rehearsal_round_id: int
    outcome: RehearsalOutcome
    row_count: int
