"""What stands on a street's front page, gathered before the template draws it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from diancai.platform.notices.models import Notice
from diancai.platform.publishing import queries
from diancai.platform.publishing.phases import Phase, TimeLeft, left_of, phase_of
from diancai.platform.publishing.queries import Outcome, Street
from diancai.platform.publishing.rules import Sentence, ballot_rule
from diancai.platform.rounds.models import Round

PAST_SHOWN = 3


@dataclass(frozen=True, slots=True)
class RoundGlance:
    """A round in a few lines: where it stands, until when, what it is about."""

    round_: Round
    phase: Phase
    left: TimeLeft | None
    item_count: int
    rule: Sentence
    outcome: Outcome | None


@dataclass(frozen=True, slots=True)
class Overview:
    current: list[RoundGlance]
    coming: list[RoundGlance]
    past: list[RoundGlance]
    has_more_past: bool
    notices: list[Notice]

    @property
    def is_empty(self) -> bool:
        return not (self.current or self.coming or self.past)


def overview_of(session: Session, street: Street, *, at: datetime) -> Overview:
    found = queries.rounds_of_street(session, street.division.id, at=at)
    return Overview(
        current=glances(session, found.current, at=at),
        coming=glances(session, found.coming, at=at),
        past=glances(session, found.past[:PAST_SHOWN], at=at),
        has_more_past=len(found.past) > PAST_SHOWN,
        notices=queries.running_notices(session, street.division.id, at=at),
    )


def glances(session: Session, rounds: list[Round], *, at: datetime) -> list[RoundGlance]:
    counts = queries.item_counts(session, rounds)
    return [_glance(session, row, counts.get(row.id, 0), at) for row in rounds]


def _glance(session: Session, round_: Round, count: int, at: datetime) -> RoundGlance:
    phase = phase_of(round_, at)
    outcome = queries.outcome_of(session, round_)
    return RoundGlance(round_, phase, left_of(round_, phase, at), count, ballot_rule(round_), outcome)
