"""Where a round stands for a resident: fewer words than the office's states, and honest about the clock."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from diancai.platform.rounds.states import RoundState


class Phase(StrEnum):
    COMING = "coming"
    OPEN = "open"
    PAUSED = "paused"
    CLOSING = "closing"
    COUNTING = "counting"
    PUBLISHED = "published"
    FINAL = "final"
    VOID = "void"


BY_STATE = {
    RoundState.ANNOUNCED: Phase.COMING,
    RoundState.VOTING: Phase.OPEN,
    RoundState.SUSPENDED: Phase.PAUSED,
    RoundState.COLLECTING: Phase.CLOSING,
    RoundState.CLOSED: Phase.COUNTING,
    RoundState.COUNTED: Phase.COUNTING,
    RoundState.CERTIFIED: Phase.COUNTING,
    RoundState.PUBLISHED: Phase.PUBLISHED,
    RoundState.FINAL: Phase.FINAL,
    RoundState.VOID: Phase.VOID,
}
CURRENT = frozenset({Phase.OPEN, Phase.PAUSED, Phase.CLOSING, Phase.COUNTING, Phase.PUBLISHED})
"""What a resident comes for first."""
TAKES_SLIPS = frozenset({Phase.COMING, Phase.OPEN, Phase.PAUSED})
"""While a code is still worth fetching."""


class Dated(Protocol):
    @property
    def state(self) -> RoundState: ...
    @property
    def opens_at(self) -> datetime: ...
    @property
    def closes_at(self) -> datetime: ...


def phase_of(round_: Dated, at: datetime) -> Phase:
    """A round past its end is closing, even while the worker that moves it has not run."""
    phase = BY_STATE[round_.state]
    return Phase.CLOSING if phase is Phase.OPEN and at >= round_.closes_at else phase


@dataclass(frozen=True, slots=True)
class TimeLeft:
    """Whole days, or whole hours within the last day, or minutes within the last hour."""

    unit: str
    count: int


def time_left(until: datetime, at: datetime) -> TimeLeft | None:
    """None once the instant has passed."""
    seconds = int((until - at).total_seconds())
    if seconds <= 0:
        return None
    for unit, length in (("days", 86_400), ("hours", 3_600)):
        if seconds >= length:
            return TimeLeft(unit, seconds // length)
    return TimeLeft("minutes", max(1, seconds // 60))


def left_of(round_: Dated, phase: Phase, at: datetime) -> TimeLeft | None:
    """Until voting begins, or until it ends; None for a round that waits for neither."""
    if phase is Phase.COMING:
        return time_left(round_.opens_at, at)
    return time_left(round_.closes_at, at) if phase is Phase.OPEN else None
