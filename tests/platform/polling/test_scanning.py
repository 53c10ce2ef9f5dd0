"""扫描录入: a scan is one of the two readings of a batch, and a person decides what the reader doubts."""

from collections.abc import Sequence

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from diancai.errors import Conflict, InvalidInput
from diancai.paper.found import Found, Mark, ReadMark, ReadPage, Trouble
from diancai.platform.core.actor import Actor
from diancai.platform.polling.models import InboxBallot
from diancai.platform.polling.operations import keying as sheet_keying
from diancai.platform.polling.operations import scanning
from diancai.platform.polling.operations.sealing import close_round, seal_void_round
from diancai.platform.polling.paper_models import KeyedSheet, SheetBatch, SheetBatchState, SheetVerdict
from diancai.platform.polling.paper_queries import keyings_of, sheet_counts
from diancai.platform.polling.scan_models import DoubtfulMark, ScannedPage, SheetScan
from diancai.platform.polling.scan_queries import scanned_sheets
from diancai.voting import BallotType
from tests.platform.polling.paper_halls import Hall, a_hall, an_opened_hall
from tests.platform.polling.votes import END

CLEAR, FAINT, NOTHING = Mark(Found.MARKED, 4.0), Mark(Found.DOUBTFUL, 0.6), Mark(Found.EMPTY, 0.0)
NUMBERS = ("1", "2", "3", "4", "5", "6")


def a_reading(marked: Sequence[str] = (), doubtful: Sequence[str] = (), page: int = 1) -> ReadPage:
    found = [
        ReadMark(number, CLEAR, b"")
        if number in marked
        else ReadMark(number, FAINT, b"jpeg")
        if number in doubtful
        else ReadMark(number, NOTHING, b"")
        for number in NUMBERS
    ]
    return ReadPage(None, 1, page, tuple(found))


def unread(trouble: Trouble = Trouble.NO_CORNERS) -> ReadPage:
    return ReadPage(trouble, picture=b"jpeg")


def scans(hall: Hall, batch: SheetBatch, pictures: Sequence[ReadPage], by: Actor | None = None) -> SheetScan:
    return scanning.keep_pages(hall.session, hall.round_, batch, pictures, by=by or hall.clerk, at=END)


def signs(hall: Hall, scan: SheetScan, by: Actor | None = None) -> SheetBatchState:
    return scanning.sign_scan(hall.session, hall.round_, scan, by=by or hall.clerk, at=END)


def count(session: Session, table: type) -> int:
    return session.scalar(select(func.count()).select_from(table)) or 0


def box(session: Session) -> list[str]:
    return sorted(session.scalars(select(InboxBallot.choices)))


def test_a_scan_and_a_person_who_agree_fill_the_box(session: Session) -> None:
    hall = an_opened_hall(session, 3)
    (batch,) = hall.batches()
    scan = scans(hall, batch, [a_reading(["3"]), a_reading(["1", "2"]), a_reading()])
    assert signs(hall, scan) is SheetBatchState.KEYING
    assert box(session) == []  # one reading counts nothing
    assert hall.read(batch, hall.other_clerk, [["3"], ["1", "2"], []]) is SheetBatchState.ACCEPTED
    assert box(session) == ["1,2", "3"]
    assert sheet_counts(session, hall.round_.id).invalid == 1


def test_pictures_may_come_in_several_parts(session: Session) -> None:
    hall = an_opened_hall(session, 3)
    (batch,) = hall.batches()
    scans(hall, batch, [a_reading(["1"])])
    with pytest.raises(Conflict, match="scan.incomplete"):
        signs(hall, scans(hall, batch, [a_reading(["2"])]))
    with pytest.raises(InvalidInput, match="scan.too_many"):
        scans(hall, batch, [a_reading(), a_reading()])
    scan = scans(hall, batch, [a_reading(["3"])])
    with pytest.raises(Conflict, match="scan.complete"):
        scans(hall, batch, [a_reading()])
    assert [sheet.marks for sheet in scanned_sheets(session, scan)] == [["1"], ["2"], ["3"]]


def test_what_is_doubtful_counts_only_when_a_person_has_decided(session: Session) -> None:
    hall = an_opened_hall(session, 2)
    (batch,) = hall.batches()
    scan = scans(hall, batch, [a_reading(["1"], doubtful=["2", "4"]), a_reading(["3"])])
    assert scan.doubtful_count == 2
    with pytest.raises(Conflict, match="scan.undecided"):
        signs(hall, scan)
    with pytest.raises(InvalidInput, match="scan.choose"):
        scanning.decide_sheet(session, hall.round_, scan, 1, {"2": True}, [])
    with pytest.raises(InvalidInput, match="paper.place"):  # what the reader is sure of is not for this person
        scanning.decide_sheet(session, hall.round_, scan, 2, {"3": False}, [])
    scanning.decide_sheet(session, hall.round_, scan, 1, {"2": True, "4": True}, [])
    scanning.decide_sheet(session, hall.round_, scan, 1, {"2": True, "4": False}, [])  # looked again
    signs(hall, scan)
    first = keyings_of(session, batch)[0]
    assert [sheet.choices for sheet in sheet_keying.sheets_of(session, first)] == ["1,2", "3"]


@pytest.mark.parametrize("judged", [SheetVerdict.UNCLEAR, SheetVerdict.NOT_GENUINE])
def test_a_doubtful_sheet_may_be_judged(session: Session, judged: SheetVerdict) -> None:
    hall = an_opened_hall(session, 1)
    (batch,) = hall.batches()
    scan = scans(hall, batch, [a_reading(["1"], doubtful=["2"])])
    scanning.decide_sheet(session, hall.round_, scan, 1, {}, [], judged)
    signs(hall, scan)
    (sheet,) = session.scalars(select(KeyedSheet))
    assert (sheet.verdict, sheet.choices) == (judged, "")


def test_a_picture_that_cannot_be_read_is_read_by_a_person(session: Session) -> None:
    hall = an_opened_hall(session, 2)
    (batch,) = hall.batches()
    scan = scans(hall, batch, [unread(), unread(Trouble.OTHER_BALLOT)])
    with pytest.raises(InvalidInput, match="ballot.unknown_item"):
        scanning.decide_sheet(session, hall.round_, scan, 1, {}, ["77"])
    scanning.decide_sheet(session, hall.round_, scan, 1, {}, ["2", "1"])
    scanning.decide_sheet(session, hall.round_, scan, 2, {}, [], SheetVerdict.NOT_GENUINE)
    signs(hall, scan)
    assert [sheet.choices for sheet in session.scalars(select(KeyedSheet).order_by(KeyedSheet.place))] == ["1,2", ""]


def test_too_many_marks_are_invalid_as_when_they_are_keyed(session: Session) -> None:
    hall = an_opened_hall(session, 1)
    (batch,) = hall.batches()
    signs(hall, scans(hall, batch, [a_reading(NUMBERS)]))
    assert session.scalars(select(KeyedSheet.verdict)).one() is SheetVerdict.OVER


def test_pages_in_another_order_are_refused(session: Session) -> None:
    hall = an_opened_hall(session, 1)
    (batch,) = hall.batches()
    with pytest.raises(InvalidInput, match="scan.other_page"):
        scans(hall, batch, [a_reading(page=2)])


def test_the_other_reading_is_a_persons(session: Session) -> None:
    hall = an_opened_hall(session, 1)
    (batch,) = hall.batches()
    scans(hall, batch, [a_reading(["1"])])
    with pytest.raises(Conflict, match="scan.one_is_enough"):
        scans(hall, batch, [a_reading(["1"])], by=hall.other_clerk)
    other = sheet_keying.begin_keying(session, hall.round_, batch, by=hall.other_clerk)
    session.add(SheetScan(keying_id=other.id, batch_id=batch.id, page_count=1))
    with pytest.raises(IntegrityError):
        session.flush()


def test_whoever_scans_neither_keys_the_other_reading_nor_decides_differences(session: Session) -> None:
    hall = an_opened_hall(session, 1)
    (batch,) = hall.batches()
    signs(hall, scans(hall, batch, [a_reading(["1"])], by=hall.scrutineer), by=hall.scrutineer)
    with pytest.raises(Conflict, match="paper.read_before"):
        sheet_keying.begin_keying(session, hall.round_, batch, by=hall.scrutineer)
    assert hall.read(batch, hall.clerk, [["2"]]) is SheetBatchState.DIFFERING
    with pytest.raises(Conflict, match="paper.read_before"):
        sheet_keying.begin_keying(session, hall.round_, batch, by=hall.scrutineer)
    with pytest.raises(Conflict, match=r"paper\.(read_before|both_read)"):
        scans(hall, batch, [a_reading(["1"])], by=hall.other_scrutineer)
    assert hall.read(batch, hall.other_scrutineer, [["2"]]) is SheetBatchState.ACCEPTED
    assert box(session) == ["2"]


def test_a_reading_is_scanned_or_keyed_never_both(session: Session) -> None:
    hall = an_opened_hall(session, 2)
    (batch,) = hall.batches()
    scan = scans(hall, batch, [a_reading(["1"])])
    mine = keyings_of(session, batch)[0]
    with pytest.raises(Conflict, match="paper.scanned"):
        sheet_keying.key_sheet(session, hall.round_, mine, 1, ["2"])
    scanning.discard_scan(session, hall.round_, scan, by=hall.clerk, at=END)
    assert count(session, ScannedPage) == 0
    sheet_keying.key_sheet(session, hall.round_, mine, 1, ["2"])
    with pytest.raises(Conflict, match="scan.keyed_by_hand"):
        scans(hall, batch, [a_reading(["1"])])


def test_pictures_are_gone_when_the_batch_is_accepted(session: Session) -> None:
    hall = an_opened_hall(session, 2)
    (batch,) = hall.batches()
    scan = scans(hall, batch, [a_reading(["1"], doubtful=["2"]), unread()])
    scanning.decide_sheet(session, hall.round_, scan, 1, {"2": False}, [])
    scanning.decide_sheet(session, hall.round_, scan, 2, {}, ["3"])
    signs(hall, scan)
    assert (count(session, ScannedPage), count(session, DoubtfulMark)) == (2, 1)
    with pytest.raises(IntegrityError, match="sheet_batch_without_pictures"), session.begin_nested():
        session.execute(text("UPDATE sheet_batch SET state = 'accepted'"))
    hall.read(batch, hall.other_clerk, [["1"], ["3"]])
    assert (count(session, ScannedPage), count(session, DoubtfulMark)) == (0, 0)
    assert scan.doubtful_count == 2  # how much a person had to look at stays
    close_round(session, hall.round_, by=hall.scrutineer, at=END)


def test_a_round_that_is_given_up_keeps_no_pictures(session: Session) -> None:
    hall = an_opened_hall(session, 1)
    (batch,) = hall.batches()
    scans(hall, batch, [a_reading(doubtful=["1"])])
    seal_void_round(session, hall.round_, at=END)
    assert (count(session, ScannedPage), count(session, DoubtfulMark)) == (0, 0)


def test_the_database_lets_no_doubtful_reading_through(session: Session) -> None:
    hall = an_opened_hall(session, 1)
    (batch,) = hall.batches()
    scan = scans(hall, batch, [a_reading(doubtful=["1"])])
    with pytest.raises(IntegrityError, match="keying_decided"), session.begin_nested():
        session.execute(text("UPDATE keying SET finished_at = '2026-11-25 00:00:00+00:00'"))
    session.add(KeyedSheet(keying_id=scan.keying_id, place=1, verdict=SheetVerdict.VALID, choices="1"))
    with pytest.raises(IntegrityError, match="keyed_sheet_decided"):
        session.flush()


def test_figures_in_boxes_are_for_people(session: Session) -> None:
    hall = a_hall(session, ballot_type=BallotType.RANKING)
    hall.give(1)
    hall.end(99)
    hall.open(1)
    (batch,) = hall.batches()
    with pytest.raises(Conflict, match="scan.figures"):
        scans(hall, batch, [a_reading(["1"])])
