"""The life of a round as a resident reads it: what has happened, what happens now, what comes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from diancai.platform.core.timeline import TimelineEntry
from diancai.platform.notices.models import Notice, NoticeKind
from diancai.platform.publishing.phases import Phase
from diancai.platform.rounds.models import Round

ORDER = (Phase.COMING, Phase.OPEN, Phase.CLOSING, Phase.COUNTING, Phase.PUBLISHED, Phase.FINAL)
HELD_ELSEWHERE = 3
"""An imported election was announced, voted and sealed elsewhere: so many steps are not ours to show."""


@dataclass(frozen=True, slots=True)
class Step:
    """`code` names the step; `status` is done, now or next; `until` closes a step that has an end."""

    code: str
    status: str
    at: datetime | None = None
    until: datetime | None = None


def life_of(round_: Round, phase: Phase, notices: Sequence[Notice]) -> list[Step]:
    """The plan of the round with the place where it stands. A void round has no plan any more."""
    if phase is Phase.VOID:
        return [Step("life.announced", "done", round_.announced_at), Step("life.void", "done")]
    place = ORDER.index(Phase.OPEN if phase is Phase.PAUSED else phase)
    plan = (
        ("life.announced", round_.announced_at, None),
        ("life.voting", round_.opens_at, round_.closes_at),
        ("life.sealing", None, None),
        ("life.counting", round_.counting_since, None),
        ("life.published", round_.published_at, _window_ends(notices)),
        ("life.final", round_.final_at, None),
    )
    steps = [Step(code, _status(index, place), at, until) for index, (code, at, until) in enumerate(plan)]
    return steps[HELD_ELSEWHERE:] if round_.is_imported else steps


def _status(index: int, place: int) -> str:
    """The first and the last step are events, not stretches of time: reached is done."""
    if index == place and index in (0, len(ORDER) - 1):
        return "done"
    return "done" if index < place else "now" if index == place else "next"


def _window_ends(notices: Sequence[Notice]) -> datetime | None:
    """Of the newest result; an upheld objection brings another window."""
    return max((notice.ends_at for notice in notices if notice.kind is NoticeKind.RESULT), default=None)


@dataclass(frozen=True, slots=True)
class Happening:
    """A line of the timeline, its facts as values again."""

    at: datetime
    code: str
    facts: dict[str, Any]


def happened(entries: Sequence[TimelineEntry]) -> list[Happening]:
    """What was noted, newest first."""
    told = [Happening(entry.at, entry.code, entry.fact_values) for entry in entries]
    return told[::-1]
