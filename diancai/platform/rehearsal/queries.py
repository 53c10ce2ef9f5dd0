"""Reads of rehearsals, and the count beside the known totals of the official test ballots."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from diancai.platform.polling.ballot_forms import form_of
from diancai.platform.rehearsal.ballots import known_totals, official_marks
from diancai.platform.rehearsal.models import Rehearsal, RehearsalOutcome
from diancai.platform.results.queries import latest_result, outcomes_of
from diancai.platform.rounds.models import Round
from diancai.platform.rounds.queries import items_of
from diancai.voting import BallotType, canonical_text


@dataclass(frozen=True, slots=True)
class Line:
    """One item: what the test ballots give it, and what was counted. `most`: with the practice ballots at most so much."""

    number: str
    name: str
    known: int
    most: int
    counted: int | None

    @property
    def fits(self) -> bool:
        return self.counted is not None and self.known <= self.counted <= self.most


@dataclass(frozen=True, slots=True)
class Comparison:
    """`practice_count`: ballots beside the official ones, whose marks nobody knows. None before the count."""

    lines: list[Line]
    practice_count: int | None

    @property
    def outcome(self) -> RehearsalOutcome:
        if self.practice_count is None:
            return RehearsalOutcome.UNCOUNTED
        fits = self.practice_count >= 0 and all(line.fits for line in self.lines)
        return RehearsalOutcome.MATCHED if fits else RehearsalOutcome.DIFFERED


def rehearsals_of(session: Session, source: Round) -> list[Rehearsal]:
    """The newest first."""
    return list(session.scalars(select(Rehearsal).filter_by(source_id=source.id).order_by(Rehearsal.id.desc())))


def running_rehearsal(session: Session, source: Round) -> Rehearsal | None:
    return session.scalar(select(Rehearsal).where(Rehearsal.source_id == source.id, Rehearsal.round_id.is_not(None)))


def rehearsal_in(session: Session, round_: Round) -> Rehearsal | None:
    """The rehearsal that this round was made for; None for a real one."""
    return session.scalar(select(Rehearsal).where(Rehearsal.round_id == round_.id))


def compare(session: Session, rehearsal: Rehearsal, round_: Round) -> Comparison:
    form = form_of(session, round_)
    texts = [canonical_text(form, marks) for marks in official_marks(form, rehearsal.id, rehearsal.ballot_count)]
    known, result = known_totals(form, texts), latest_result(session, round_)
    found = {one.number: one for one in outcomes_of(session, round_, result)} if result else {}
    practice = result.ballot_count - rehearsal.ballot_count if result else None
    each = form.max_marks if form.ballot_type is BallotType.RANKING else 1
    names = {item.number: item.name for item in items_of(session, round_)}
    lines = [
        Line(
            number,
            names.get(number, ""),
            known[number],
            known[number] + each * max(practice or 0, 0),
            found[number].score if number in found else None,
        )
        for number in form.item_numbers
    ]
    return Comparison(lines, practice)
