"""Reads of the paper desk: boxes, batches and what was keyed."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from diancai.platform.polling.models import GivenKind, RegisterEntry, Station
from diancai.platform.polling.paper_models import KeyedSheet, Keying, PaperBox, SheetBatch, SheetVerdict
from diancai.platform.rounds.models import Round


def box_of(session: Session, station: Station) -> PaperBox | None:
    return session.get(PaperBox, station.id, populate_existing=True)


def boxes_of(session: Session, round_: Round) -> list[PaperBox]:
    wanted = select(PaperBox).join(Station, Station.id == PaperBox.station_id).where(Station.round_id == round_.id)
    return list(session.scalars(wanted.order_by(PaperBox.station_id)))


def papers_issued(session: Session, station: Station) -> int:
    """Persons who were handed a paper ballot at this station."""
    issued = select(func.count()).where(
        RegisterEntry.given_station_id == station.id, RegisterEntry.given == GivenKind.PAPER
    )
    return session.scalar(issued.select_from(RegisterEntry)) or 0


def has_blanks(session: Session, station: Station) -> bool:
    box = box_of(session, station)
    return box is not None and papers_issued(session, station) < box.received_count


def sheet_batches_of(session: Session, round_: Round) -> list[SheetBatch]:
    return list(session.scalars(select(SheetBatch).filter_by(round_id=round_.id).order_by(SheetBatch.number)))


def keyings_of(session: Session, batch: SheetBatch) -> list[Keying]:
    return list(session.scalars(select(Keying).filter_by(batch_id=batch.id).order_by(Keying.turn)))


def sheets_of(session: Session, keying: Keying) -> list[KeyedSheet]:
    return list(session.scalars(select(KeyedSheet).filter_by(keying_id=keying.id).order_by(KeyedSheet.place)))


def differing_places(session: Session, batch: SheetBatch) -> list[int]:
    """Sheets that the first and the second reader read differently."""
    one, other = aliased(KeyedSheet), aliased(KeyedSheet)
    first, second = aliased(Keying), aliased(Keying)
    differ = (
        select(one.place)
        .join(first, first.id == one.keying_id)
        .join(second, second.batch_id == first.batch_id)
        .join(other, (other.keying_id == second.id) & (other.place == one.place))
        .where(first.batch_id == batch.id, first.turn == 1, second.turn == 2)
        .where((one.verdict != other.verdict) | (one.choices != other.choices))
    )
    return list(session.scalars(differ.order_by(one.place)))


@dataclass(frozen=True, slots=True)
class BatchProgress:
    """How far a batch is: for each reading the reader and the number of sheets keyed."""

    batch: SheetBatch
    readings: tuple[tuple[Keying, int], ...]
    differing: int


def progress_of(session: Session, round_: Round) -> list[BatchProgress]:
    keyed = (
        select(Keying, func.count(KeyedSheet.place))
        .join(SheetBatch, SheetBatch.id == Keying.batch_id)
        .outerjoin(KeyedSheet, KeyedSheet.keying_id == Keying.id)
        .where(SheetBatch.round_id == round_.id)
        .group_by(Keying.id)
        .order_by(Keying.turn)
    )
    readings: dict[int, list[tuple[Keying, int]]] = {}
    for keying, count in session.execute(keyed):
        readings.setdefault(keying.batch_id, []).append((keying, count))
    return [
        BatchProgress(batch, tuple(readings.get(batch.id, ())), _differing(session, batch))
        for batch in sheet_batches_of(session, round_)
    ]


def _differing(session: Session, batch: SheetBatch) -> int:
    return len(differing_places(session, batch)) if batch.state == "differing" else 0


@dataclass(frozen=True, slots=True)
class SheetCounts:
    """Sheets of accepted batches."""

    valid: int
    invalid: int


def sheet_counts(session: Session, round_id: int) -> SheetCounts:
    """A sheet of the third reading stands for the same sheet of the first."""
    third, decided = aliased(Keying), aliased(KeyedSheet)
    verdicts = (
        select(func.coalesce(decided.verdict, KeyedSheet.verdict), func.count())
        .select_from(KeyedSheet)
        .join(Keying, (Keying.id == KeyedSheet.keying_id) & (Keying.turn == 1))
        .join(SheetBatch, (SheetBatch.id == Keying.batch_id) & (SheetBatch.state == "accepted"))
        .outerjoin(third, (third.batch_id == Keying.batch_id) & (third.turn == 3))
        .outerjoin(decided, (decided.keying_id == third.id) & (decided.place == KeyedSheet.place))
        .where(SheetBatch.round_id == round_id)
        .group_by(func.coalesce(decided.verdict, KeyedSheet.verdict))
    )
    counts = {SheetVerdict(verdict): count for verdict, count in session.execute(verdicts)}
    valid = counts.pop(SheetVerdict.VALID, 0)
    return SheetCounts(valid, sum(counts.values()))
