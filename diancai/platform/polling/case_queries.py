"""Reads of 个案."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from diancai.platform.polling.case_models import CaseOutcome, CaseState, DeskCase
from diancai.platform.rounds.models import Round


def cases_of(session: Session, round_: Round) -> list[DeskCase]:
    """Those that wait first, then the newest."""
    wanted = select(DeskCase).where(DeskCase.round_id == round_.id)
    return list(session.scalars(wanted.order_by(DeskCase.state.desc(), DeskCase.number.desc())))


@dataclass(frozen=True, slots=True)
class CaseCounts:
    """`disputed_ballot_count`: votes that open or upheld cases concern."""

    open: int
    decided: int
    disputed_ballot_count: int


def case_counts(session: Session, round_id: int) -> CaseCounts:
    rows = (
        select(DeskCase.state, DeskCase.outcome, func.count(), func.sum(DeskCase.ballot_count))
        .where(DeskCase.round_id == round_id)
        .group_by(DeskCase.state, DeskCase.outcome)
    )
    is_open = decided = ballots = 0
    for state, outcome, count, ballot_count in session.execute(rows):
        is_open += count if state is CaseState.OPEN else 0
        decided += count if state is CaseState.DECIDED else 0
        ballots += int(ballot_count) if outcome is not CaseOutcome.DISMISSED else 0
    return CaseCounts(is_open, decided, ballots)
