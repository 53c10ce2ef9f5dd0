"""Reads of 抽查."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from diancai.platform.polling.paper_models import KeyedSheet, SheetBatch
from diancai.platform.polling.paper_queries import keyings_of, sheet_batches_of, sheets_of
from diancai.platform.polling.sample_models import SampleCheck, SampleSeed
from diancai.platform.rounds.models import Round
from diancai.voting.sampling import drawn


def sample_of(session: Session, round_id: int) -> SampleCheck | None:
    return session.get(SampleCheck, round_id, populate_existing=True)


def seed_typed_by(session: Session, round_: Round) -> set[int]:
    """Who has typed the dice. What they typed stays unread until two agree."""
    return set(session.scalars(select(SampleSeed.staff_id).where(SampleSeed.round_id == round_.id)))


@dataclass(frozen=True, slots=True)
class DrawnSheet:
    """A sheet by batch and place, with what it was accepted as."""

    batch: int
    place: int
    accepted: KeyedSheet


def sheet_names(batches: list[SheetBatch]) -> list[str]:
    """`3/17` is the seventeenth sheet of batch 3."""
    return [f"{batch.number}/{place}" for batch in batches for place in range(1, batch.sheet_count + 1)]


def drawn_sheets(session: Session, round_: Round, check: SampleCheck) -> list[DrawnSheet]:
    """In the order of the piles, as they are fetched."""
    batches = sheet_batches_of(session, round_)
    places: dict[int, list[int]] = {}
    for name in drawn(check.seed, sheet_names(batches), check.sample_size):
        number, place = map(int, name.split("/"))
        places.setdefault(number, []).append(place)
    found = []
    for batch in batches:
        if batch.number in places:
            accepted = _accepted(session, batch)
            found += [DrawnSheet(batch.number, place, accepted[place]) for place in sorted(places[batch.number])]
    return found


def _accepted(session: Session, batch: SheetBatch) -> dict[int, KeyedSheet]:
    """The first reading, and the third where there was one."""
    first, *others = keyings_of(session, batch)
    found = {sheet.place: sheet for sheet in sheets_of(session, first)}
    return found | {sheet.place: sheet for one in others if one.turn == 3 for sheet in sheets_of(session, one)}
