"""Reads of the hand's tally, and of the same ballots as the platform has them."""

from collections import Counter
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from diancai.platform.polling.models import ClosingMinute
from diancai.platform.polling.paper_models import KeyedSheet, Keying, SheetBatch, SheetVerdict
from diancai.platform.polling.paper_queries import sheet_counts
from diancai.platform.polling.queries import LEAST_SHOWN
from diancai.platform.polling.tally_models import HandTally, HandTallyLine, TallyFinding
from diancai.platform.rounds.models import Round
from diancai.platform.rounds.queries import items_of
from diancai.platform.rounds.states import VotingChannel
from diancai.voting import BallotType

VALID, INVALID = "valid", "invalid"
"""The lines of a tally that are no item: ballots called, and ballots that do not count."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A reading with all its lines; `counts` by item number, and the two numbers of ballots."""

    row: HandTally
    counts: dict[str, int]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the comparison; `readings` are what the first and the second read, `stands` what was agreed on."""

    number: str
    name: str
    readings: tuple[int, ...]
    stands: int | None
    platform: int

    @property
    def differs(self) -> bool:
        """Between the two readings."""
        return len(set(self.readings)) > 1

    @property
    def differs_from_platform(self) -> bool:
        return self.stands is not None and self.stands != self.platform


def readings_of(session: Session, round_: Round) -> list[Reading]:
    rows = session.scalars(select(HandTally).filter_by(round_id=round_.id).order_by(HandTally.turn)).all()
    return [Reading(row, _counts(session, row)) for row in rows]


def finding_of(session: Session, round_: Round) -> TallyFinding | None:
    return session.get(TallyFinding, round_.id)


def is_tally_done(session: Session, round_: Round) -> bool | None:
    """Before a result is certified a tally that was begun must be finished. None: nobody began one."""
    if finding_of(session, round_) is not None:
        return True
    return False if readings_of(session, round_) else None


def standing(readings: list[Reading]) -> Reading | None:
    """The reading that was agreed on: two that are equal, or the scrutineer's."""
    if len(readings) == 3:
        return readings[2]
    return readings[0] if len(readings) == 2 and readings[0].counts == readings[1].counts else None


def lines_of(session: Session, round_: Round, readings: list[Reading]) -> list[Line]:
    """Every item in menu order, then the two numbers of ballots (whose name is empty)."""
    stands, platform = standing(readings), paper_totals(session, round_)
    names = {item.number: item.name for item in items_of(session, round_)} | {VALID: "", INVALID: ""}
    return [
        Line(
            number,
            name,
            tuple(reading.counts[number] for reading in readings[:2]),
            stands.counts[number] if stands else None,
            platform[number],
        )
        for number, name in names.items()
    ]


def paper_totals(session: Session, round_: Round) -> dict[str, int]:
    """Marks of each item on the paper ballots that count, as they were keyed; and how many count and do not."""
    third, decided = aliased(Keying), aliased(KeyedSheet)
    verdict = func.coalesce(decided.verdict, KeyedSheet.verdict)
    texts = (
        select(func.coalesce(decided.choices, KeyedSheet.choices))
        .select_from(KeyedSheet)
        .join(Keying, (Keying.id == KeyedSheet.keying_id) & (Keying.turn == 1))
        .join(SheetBatch, (SheetBatch.id == Keying.batch_id) & (SheetBatch.state == "accepted"))
        .outerjoin(third, (third.batch_id == Keying.batch_id) & (third.turn == 3))
        .outerjoin(decided, (decided.keying_id == third.id) & (decided.place == KeyedSheet.place))
        .where(SheetBatch.round_id == round_.id, verdict == SheetVerdict.VALID)
    )
    marks = Counter(number for text in session.scalars(texts) for number in text.split(",") if number)
    counts = sheet_counts(session, round_.id)
    found = {item.number: marks[item.number] for item in items_of(session, round_)}
    return found | {VALID: counts.valid, INVALID: counts.invalid}


def why_not(session: Session, round_: Round) -> str:
    """The code of what stands against a tally by hand; empty when it may be entered.

    Marks by item of a few ballots would tell how these few people voted, and so would the marks of the few others that
    follow from the result (vote.md 3).
    """
    if VotingChannel.PAPER not in round_.channel_names:
        return "tally.no_paper"
    if round_.ballot_type is BallotType.RANKING:
        return "tally.ranking"
    minute = session.get(ClosingMinute, round_.id)
    if minute is None:
        return "tally.not_closed"
    is_too_few = minute.sheet_count < LEAST_SHOWN or 0 < minute.used_code_count < LEAST_SHOWN
    return "tally.too_few" if is_too_few else ""


def _counts(session: Session, row: HandTally) -> dict[str, int]:
    lines = session.scalars(select(HandTallyLine).filter_by(tally_id=row.id))
    return {line.number: line.mark_count for line in lines} | {VALID: row.valid_count, INVALID: row.invalid_count}
