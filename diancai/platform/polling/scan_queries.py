"""Reads of a scanned batch: how far it is, what waits for a person, what was found on each sheet."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from diancai.platform.polling.paper_models import Keying, SheetBatch
from diancai.platform.polling.scan_models import DoubtfulMark, ScannedPage, SheetScan


@dataclass(frozen=True, slots=True)
class ScannedSheet:
    """All pages of one sheet, and what on them is doubtful."""

    place: int
    pages: tuple[ScannedPage, ...]
    doubtful: tuple[DoubtfulMark, ...]

    @property
    def needs_a_person(self) -> bool:
        return bool(self.doubtful) or any(page.trouble for page in self.pages)

    @property
    def is_decided(self) -> bool:
        if any(page.judged for page in self.pages):
            return True
        is_read = all(page.trouble is None or page.typed is not None for page in self.pages)
        return is_read and all(mark.is_marked is not None for mark in self.doubtful)

    @property
    def unread(self) -> tuple[ScannedPage, ...]:
        return tuple(page for page in self.pages if page.trouble)

    @property
    def marks(self) -> list[str]:
        """Item numbers, from the reader and from whoever looked."""
        texts = [page.typed or page.marks for page in self.pages]
        numbers = [number for text in texts for number in text.split(",") if number]
        return numbers + [mark.number for mark in self.doubtful if mark.is_marked]


def scan_of(session: Session, batch: SheetBatch) -> SheetScan | None:
    return session.scalar(select(SheetScan).filter_by(batch_id=batch.id))


def scan_of_keying(session: Session, keying: Keying) -> SheetScan | None:
    return session.get(SheetScan, keying.id)


def scanned_keyings(session: Session, batches: list[SheetBatch]) -> set[int]:
    """Readings of these batches that come from pictures."""
    numbers = [batch.id for batch in batches]
    return set(session.scalars(select(SheetScan.keying_id).where(SheetScan.batch_id.in_(numbers))))


def scanned_sheets(session: Session, scan: SheetScan) -> list[ScannedSheet]:
    pages = session.scalars(select(ScannedPage).filter_by(keying_id=scan.keying_id).order_by(ScannedPage.page)).all()
    marks = session.scalars(select(DoubtfulMark).filter_by(keying_id=scan.keying_id)).all()
    return [
        ScannedSheet(
            place,
            tuple(page for page in pages if page.place == place),
            tuple(mark for mark in marks if mark.place == place),
        )
        for place in sorted({page.place for page in pages})
    ]
