"""扫描录入: pictures of a batch stand for one of its two blind readings; a person decides what the reader doubts (docs/adr/0015).

The reading belongs to whoever scans: that person may be neither the other reader nor the one who decides differences, and
the database says so (one reading of a batch a person). Pictures go when the batch is accepted, or with the scan.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from diancai.errors import Conflict, InvalidInput
from diancai.paper.found import Found, ReadPage
from diancai.platform.core.actor import Actor
from diancai.platform.core.audit import record
from diancai.platform.core.moves import hold
from diancai.platform.polling.ballot_forms import form_of, pages_of_round
from diancai.platform.polling.operations.keying import (
    JUDGED,
    begin_keying,
    erase_pictures,
    finish_keying,
    keep_sheet,
    read_sheet,
)
from diancai.platform.polling.paper_events import ScanDiscarded, SheetsScanned
from diancai.platform.polling.paper_models import Keying, SheetBatch, SheetBatchState, SheetVerdict
from diancai.platform.polling.paper_queries import keyings_of, sheets_of
from diancai.platform.polling.policy import require_state
from diancai.platform.polling.scan_models import DoubtfulMark, ScannedPage, SheetScan
from diancai.platform.polling.scan_queries import ScannedSheet, scan_of, scanned_sheets
from diancai.platform.rounds.models import Round
from diancai.voting import BallotType

READ_TYPES = frozenset({BallotType.TICK, BallotType.KNAPSACK})
"""Ballots whose marks are √ or ○. Figures in a box are for people."""


def require_scannable(session: Session, round_: Round, batch: SheetBatch, *, by: Actor) -> int:
    """Before slow reading begins. Returns how many pictures are still missing.

    Raises WrongState: `require_state`; Conflict scan.figures (this ballot holds figures), paper.batch_accepted,
    paper.both_read, paper.read_before, scan.one_is_enough (the other reading is scanned), scan.keyed_by_hand, scan.complete.
    """
    require_state("key_sheets", round_)
    if form_of(session, round_).ballot_type not in READ_TYPES:
        raise Conflict("scan.figures")
    if batch.state is SheetBatchState.ACCEPTED:
        raise Conflict("paper.batch_accepted", number=batch.number)
    readings = keyings_of(session, batch)
    mine = next((one for one in readings if one.staff_id == by.staff_id), None)
    if mine is None and len(readings) >= 2:
        raise Conflict("paper.both_read")
    if mine is not None and mine.finished_at is not None:
        raise Conflict("paper.read_before")
    scan = scan_of(session, batch)
    if scan is not None and (mine is None or scan.keying_id != mine.id):
        raise Conflict("scan.one_is_enough")
    if mine is not None and (mine.turn == 3 or (scan is None and sheets_of(session, mine))):
        raise Conflict("scan.keyed_by_hand")
    missing = batch.sheet_count * len(pages_of_round(session, round_)) - (scan.picture_count if scan else 0)
    if missing <= 0:
        raise Conflict("scan.complete")
    return missing


def keep_pages(
    session: Session, round_: Round, batch: SheetBatch, read: Sequence[ReadPage], *, by: Actor, at: datetime
) -> SheetScan:
    """Keep what was read on the next pictures of a batch: sheet by sheet in the order of the pile, page by page.

    Raises as `require_scannable`; InvalidInput scan.too_many (most), scan.other_page (picture, page, found).
    """
    hold(session, batch)
    missing = require_scannable(session, round_, batch, by=by)
    if len(read) > missing:
        raise InvalidInput("scan.too_many", most=missing)
    scan = scan_of(session, batch) or _begin(session, round_, batch, by=by)
    for page in read:
        _keep_page(session, scan, page)
    session.flush()
    doubtful = sum(_doubts(page) for page in read)
    event = SheetsScanned(round_.street_id, round_.id, batch.number, len(read), doubtful)
    record(session, event, by=by, at=at)
    return scan


def decide_sheet(
    session: Session,
    round_: Round,
    scan: SheetScan,
    place: int,
    seen: Mapping[str, bool],
    typed: Sequence[str],
    judged: SheetVerdict | None = None,
) -> None:
    """What a person sees on sheet `place`: for each doubtful box whether it is marked, the numbers on pages that were not
    read, or a judgement. It may be decided anew until the reading is signed.

    Raises WrongState: `require_state`; InvalidInput paper.place, scan.choose (number), ballot.unknown_item,
    ballot.repeated_item; Conflict paper.reading_finished.
    """
    require_state("key_sheets", round_)
    _require_open(session, scan)
    sheet = next((one for one in scanned_sheets(session, scan) if one.place == place), None)
    if sheet is None or not sheet.needs_a_person:
        raise InvalidInput("paper.place", place=place)
    is_judged = judged in JUDGED
    for page in sheet.pages:
        page.judged = judged if is_judged else None
        page.typed = None
    for mark in sheet.doubtful:
        if not is_judged and mark.number not in seen:
            raise InvalidInput("scan.choose", number=mark.number)
        mark.is_marked = not is_judged and seen[mark.number]
    if sheet.unread and not is_judged:
        for page in sheet.unread:
            page.typed = ""
        sheet.unread[0].typed = ",".join(typed)
    if not is_judged:
        read_sheet(form_of(session, round_), sheet.marks)  # refuses a number that the ballot does not have
    session.flush()


def sign_scan(session: Session, round_: Round, scan: SheetScan, *, by: Actor, at: datetime) -> SheetBatchState:
    """The reading is whole: it counts as one of the two from here on.

    Raises WrongState: `require_state`; Conflict paper.reading_finished, scan.incomplete (missing), scan.undecided (place).
    """
    require_state("key_sheets", round_)
    keying = _require_open(session, scan)
    batch = session.get_one(SheetBatch, scan.batch_id)
    hold(session, batch)
    if missing := batch.sheet_count * scan.page_count - scan.picture_count:
        raise Conflict("scan.incomplete", missing=missing)
    sheets = scanned_sheets(session, scan)
    for sheet in sheets:
        if not sheet.is_decided:
            raise Conflict("scan.undecided", place=sheet.place)
    form = form_of(session, round_)
    for sheet in sheets:
        verdict, choices = _judgement_of(sheet) or read_sheet(form, sheet.marks)
        keep_sheet(session, keying, sheet.place, verdict, choices)
    return finish_keying(session, round_, keying, by=by, at=at)


def discard_scan(session: Session, round_: Round, scan: SheetScan, *, by: Actor, at: datetime) -> None:
    """Pictures of the wrong pile, or in the wrong order: they go, and the same person scans anew or keys by hand.

    Raises WrongState: `require_state`; Conflict paper.reading_finished.
    """
    require_state("key_sheets", round_)
    _require_open(session, scan)
    batch = session.get_one(SheetBatch, scan.batch_id)
    erase_pictures(session, [scan.keying_id])
    session.delete(scan)
    session.flush()
    record(session, ScanDiscarded(round_.street_id, round_.id, batch.number), by=by, at=at)


def erase_scans_of(session: Session, round_id: int) -> None:
    """With the closing seal: those of a round that was given up had not gone with their batches."""
    mine = select(Keying.id).join(SheetBatch, SheetBatch.id == Keying.batch_id).where(SheetBatch.round_id == round_id)
    erase_pictures(session, list(session.scalars(mine.join(SheetScan, SheetScan.keying_id == Keying.id))))


def _begin(session: Session, round_: Round, batch: SheetBatch, *, by: Actor) -> SheetScan:
    keying = begin_keying(session, round_, batch, by=by)
    page_count = len(pages_of_round(session, round_))
    scan = SheetScan(keying_id=keying.id, batch_id=batch.id, page_count=page_count, picture_count=0, doubtful_count=0)
    session.add(scan)
    session.flush()
    return scan


def _keep_page(session: Session, scan: SheetScan, read: ReadPage) -> None:
    place, page = scan.picture_count // scan.page_count + 1, scan.picture_count % scan.page_count + 1
    if read.trouble is None and read.page_number != page:
        raise InvalidInput("scan.other_page", picture=scan.picture_count + 1, page=page, found=read.page_number)
    marks = ",".join(one.number for one in read.marks if one.mark.found is Found.MARKED)
    session.add(
        ScannedPage(
            keying_id=scan.keying_id,
            place=place,
            page=page,
            marks=marks,
            trouble=read.trouble,
            picture=read.picture if read.trouble else None,
        )
    )
    session.flush()
    doubtful = [one for one in read.marks if one.mark.found is Found.DOUBTFUL]
    for one in doubtful:
        ink = round(one.mark.ink_mm2 * 100)
        session.add(
            DoubtfulMark(
                keying_id=scan.keying_id,
                place=place,
                page=page,
                number=one.number,
                ink_mm2_hundredths=ink,
                picture=one.cutting,
            )
        )
    scan.picture_count += 1
    scan.doubtful_count += _doubts(read)


def _doubts(read: ReadPage) -> int:
    return sum(one.mark.found is Found.DOUBTFUL for one in read.marks) + (read.trouble is not None)


def _judgement_of(sheet: ScannedSheet) -> tuple[SheetVerdict, str] | None:
    return next(((page.judged, "") for page in sheet.pages if page.judged), None)


def _require_open(session: Session, scan: SheetScan) -> Keying:
    keying = session.get_one(Keying, scan.keying_id, populate_existing=True)
    if keying.finished_at is not None:
        raise Conflict("paper.reading_finished")
    return keying
