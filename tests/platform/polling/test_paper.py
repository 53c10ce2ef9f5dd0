"""纸质票: from blanks at a desk to ballots in the box."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from diancai.errors import Conflict, InvalidInput, WrongState
from diancai.platform.core.actor import Role
from diancai.platform.core.confirmations import confirm_request
from diancai.platform.features import load_jobs
from diancai.platform.polling.models import ClosingMinute, GivenKind, InboxBallot, SealedBallot
from diancai.platform.polling.operations import keying as sheet_keying
from diancai.platform.polling.operations import paper
from diancai.platform.polling.operations.desk import give_slip, request_take_back
from diancai.platform.polling.operations.sealing import close_round
from diancai.platform.polling.operations.stations import Leftover, request_difference
from diancai.platform.polling.paper_models import KeyedSheet, Keying, SheetBatchState, SheetVerdict
from diancai.platform.polling.paper_queries import boxes_of, keyings_of, sheet_counts
from diancai.platform.rounds.states import RoundState
from diancai.voting import BallotForm, BallotType
from tests.factories import AT, a_round, a_staff, a_station, a_street, an_entry
from tests.platform.polling.paper_halls import a_hall, an_opened_hall
from tests.platform.polling.votes import END, cast_once

load_jobs()


def test_paper_and_codes_end_in_one_box(session: Session) -> None:
    hall = a_hall(session)
    cast_once(session, hall.station, b"r" * 16)
    hall.give(4)
    hall.end(unused=95, spoiled=1)
    hall.open(4)
    (batch,) = hall.batches()
    sheets = [["3"], ["1", "2"], [], ["4", "3", "1"]]
    assert hall.read(batch, hall.clerk, sheets) is SheetBatchState.KEYING
    assert len(hall.box()) == 1  # nothing of a single reading counts
    assert hall.read(batch, hall.other_clerk, sheets) is SheetBatchState.ACCEPTED
    assert {"3", "1,2", "1,3,4"} <= set(hall.box())
    minute = close_round(session, hall.round_, by=hall.scrutineer, at=END)
    assert (minute.ballot_count, minute.used_code_count, minute.sheet_count, minute.invalid_sheet_count) == (4, 1, 3, 1)
    assert hall.round_.state is RoundState.CLOSED


@pytest.mark.parametrize(("count", "batches"), [(1, [1]), (50, [50]), (51, [50, 1])])
def test_fifty_sheets_make_a_batch(session: Session, count: int, batches: list[int]) -> None:
    hall = an_opened_hall(session, count)
    assert [batch.sheet_count for batch in hall.batches()] == batches
    with pytest.raises(Conflict, match="paper.batches_made"):
        hall.batches()


def test_where_two_readings_differ_a_scrutineer_decides(session: Session) -> None:
    hall = an_opened_hall(session, 3)
    (batch,) = hall.batches()
    hall.read(batch, hall.clerk, [["1"], ["2"], ["3"]])
    assert hall.read(batch, hall.other_clerk, [["1"], ["3"], ["3"]]) is SheetBatchState.DIFFERING
    assert not hall.box()
    with pytest.raises(Conflict, match="paper.read_before"):
        sheet_keying.begin_keying(session, hall.round_, batch, by=hall.clerk)
    with pytest.raises(Conflict, match="paper.scrutineer_decides"):
        sheet_keying.begin_keying(session, hall.round_, batch, by=hall.officer)
    keying = sheet_keying.begin_keying(session, hall.round_, batch, by=hall.scrutineer)
    assert sheet_keying.places_to_key(session, batch, keying) == [2]
    with pytest.raises(InvalidInput, match="paper.place"):
        sheet_keying.key_sheet(session, hall.round_, keying, 1, ["5"])
    sheet_keying.key_sheet(session, hall.round_, keying, 2, [], SheetVerdict.NOT_GENUINE)
    sheet_keying.finish_keying(session, hall.round_, keying, by=hall.scrutineer, at=END)
    assert hall.box() == ["1", "3"]
    assert sheet_counts(session, hall.round_.id).invalid == 1


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whoever_errs_the_box_holds_what_the_scrutineer_reads(session: Session, data: st.DataObject) -> None:
    marks = st.lists(st.sampled_from(["1", "2", "3", "4"]), max_size=4, unique=True)
    truth = data.draw(st.lists(marks, min_size=1, max_size=6))
    hurried = [data.draw(st.one_of(st.just(sheet), marks)) for sheet in truth]
    with session.begin_nested() as attempt:
        hall = an_opened_hall(session, len(truth))
        (batch,) = hall.batches()
        hall.read(batch, hall.clerk, hurried)
        if hall.read(batch, hall.other_clerk, truth) is SheetBatchState.DIFFERING:
            assert hall.read(batch, hall.scrutineer, truth) is SheetBatchState.ACCEPTED
        assert hall.box() == sorted(",".join(sorted(sheet)) for sheet in truth if 1 <= len(sheet) <= 3)
        attempt.rollback()


@pytest.mark.parametrize(
    ("marks", "verdict", "choices"),
    [
        (["2", "1"], SheetVerdict.VALID, "1,2"),
        ([], SheetVerdict.BLANK, ""),
        (["4", "1", "2", "3"], SheetVerdict.OVER, "1,2,3,4"),
    ],
)
def test_what_a_sheet_is_found_to_be(marks: list[str], verdict: SheetVerdict, choices: str) -> None:
    form = BallotForm(BallotType.TICK, ("1", "2", "3", "4"), (1, 1, 1, 1), 1, 3)
    assert sheet_keying.read_sheet(form, marks) == (verdict, choices)


def test_too_few_is_as_the_rule_book_says() -> None:
    exactly_two = BallotForm(BallotType.TICK, ("1", "2", "3"), (1, 1, 1), 2, 2)
    assert sheet_keying.read_sheet(exactly_two, ["1"]) == (SheetVerdict.UNDER, "1")
    within_fund = BallotForm(BallotType.KNAPSACK, ("1", "2", "3"), (4, 5, 6), 1, 3, fund_fen=9)
    assert sheet_keying.read_sheet(within_fund, ["3", "2"]) == (SheetVerdict.OVER, "2,3")
    for marks in (["7"], ["1", "1"]):
        with pytest.raises(InvalidInput):
            sheet_keying.read_sheet(exactly_two, marks)


def test_one_person_is_given_once_over_slips_and_paper(session: Session) -> None:
    hall = a_hall(session)
    entry = an_entry(session, hall.round_)
    give_slip(session, hall.round_, entry, station=hall.station, by=hall.clerk, at=AT)
    with pytest.raises(Conflict, match="desk.already_given"):
        give_slip(session, hall.round_, entry, station=hall.station, kind=GivenKind.PAPER, by=hall.clerk, at=AT)


def test_no_more_paper_than_lies_at_the_desk(session: Session) -> None:
    hall = a_hall(session, blanks=1)
    hall.give(1)
    with pytest.raises(Conflict, match="paper.none_here"):
        hall.give(1)


def test_a_ballot_that_comes_back_is_a_spoiled_one(session: Session) -> None:
    hall = a_hall(session, blanks=2)
    entry = an_entry(session, hall.round_)
    give_slip(session, hall.round_, entry, station=hall.station, kind=GivenKind.PAPER, by=hall.clerk, at=AT)
    asked = request_take_back(session, hall.round_, entry, code="", reason="填坏", by=hall.clerk, at=AT)
    confirm_request(session, asked, by=hall.scrutineer, at=AT)
    session.refresh(entry)
    assert entry.given is None
    hall.end(unused=1, spoiled=1)


def test_a_difference_of_one_needs_a_second_person(session: Session) -> None:
    hall = a_hall(session)
    hall.give(3)
    with pytest.raises(Conflict, match="station.paper_difference"):
        hall.end(unused=96)
    asked = request_difference(
        session,
        hall.round_,
        hall.station,
        unused_count=0,
        spoiled_count=0,
        paper=Leftover(96, 0),
        reason="少一张空白票",
        by=hall.clerk,
        at=END,
    )
    confirm_request(session, asked, by=hall.scrutineer, at=END)
    assert hall.station.ended_at == END
    assert boxes_of(session, hall.round_)[0].unused_count == 96


def test_no_box_is_opened_while_a_station_hands_out(session: Session) -> None:
    hall = a_hall(session)
    hall.give(1)
    a_station(session, hall.round_, name="第二投票点")
    hall.end(unused=99)
    with pytest.raises(WrongState, match="station.not_ended"):
        hall.open(1)
    with pytest.raises(IntegrityError, match="paper_box_after_issuing"):
        session.execute(text("UPDATE paper_box SET found_count = 1, opened_by = 1, confirmed_by = 2"))


def test_more_sheets_than_were_handed_out_are_refused(session: Session) -> None:
    hall = a_hall(session)
    hall.give(2)
    hall.end(unused=98)
    with pytest.raises(Conflict, match="paper.more_than_issued"):
        hall.open(3)


def test_the_seal_waits_for_every_sheet(session: Session) -> None:
    hall = a_hall(session)
    hall.give(2)
    hall.end(unused=98)

    def refused(code: str) -> None:
        with pytest.raises(WrongState, match=code):
            close_round(session, hall.round_, by=hall.scrutineer, at=END)

    refused("paper.boxes_closed")
    hall.open(2)
    refused("paper.batches_missing")
    (batch,) = hall.batches()
    hall.read(batch, hall.clerk, [["1"], ["2"]])
    refused("paper.batch_open")
    hall.read(batch, hall.other_clerk, [["1"], ["2"]])
    close_round(session, hall.round_, by=hall.scrutineer, at=END)


@pytest.mark.parametrize("change", ["one more", "one less"])
def test_a_ballot_too_many_or_too_few_blocks_the_seal(session: Session, change: str) -> None:
    hall = an_opened_hall(session, 2)
    (batch,) = hall.batches()
    for reader in (hall.clerk, hall.other_clerk):
        hall.read(batch, reader, [["1"], ["2"]])
    if change == "one more":
        session.add(InboxBallot(tracker_key=b"x" * 16, round_id=hall.round_.id, choices="1"))
        session.flush()
    else:
        session.execute(text("DELETE FROM inbox_ballot WHERE choices = '1'"))
    with pytest.raises(Conflict, match="closing.ballots_and_codes_differ"):
        close_round(session, hall.round_, by=hall.scrutineer, at=END)
    assert session.get(ClosingMinute, hall.round_.id) is None


def test_a_signed_reading_stays(session: Session) -> None:
    hall = an_opened_hall(session, 1)
    (batch,) = hall.batches()
    hall.read(batch, hall.clerk, [["1"]])
    keying = keyings_of(session, batch)[0]
    with pytest.raises(Conflict, match="paper.reading_finished"):
        sheet_keying.key_sheet(session, hall.round_, keying, 1, ["2"])
    with pytest.raises(IntegrityError, match="keyed_sheet_accepted"):
        session.execute(text("UPDATE keyed_sheet SET choices = '2'"))


def test_one_person_never_reads_a_batch_twice(session: Session) -> None:
    hall = an_opened_hall(session, 1)
    (batch,) = hall.batches()
    hall.read(batch, hall.clerk, [["1"]])
    with pytest.raises(Conflict, match="paper.read_before"):
        hall.read(batch, hall.clerk, [["1"]])
    session.add(Keying(batch_id=batch.id, turn=2, staff_id=hall.clerk.staff_id))
    with pytest.raises(IntegrityError):
        session.flush()


def test_a_reading_is_signed_when_every_sheet_was_read(session: Session) -> None:
    hall = an_opened_hall(session, 2)
    (batch,) = hall.batches()
    keying = sheet_keying.begin_keying(session, hall.round_, batch, by=hall.clerk)
    sheet_keying.key_sheet(session, hall.round_, keying, 1, ["1"])
    sheet_keying.key_sheet(session, hall.round_, keying, 1, ["2"])  # corrected
    with pytest.raises(Conflict, match="paper.sheets_missing"):
        sheet_keying.finish_keying(session, hall.round_, keying, by=hall.clerk, at=END)
    assert [sheet.choices for sheet in session.scalars(select(KeyedSheet))] == ["2"]


def test_sealed_paper_cannot_be_told_from_the_rest(session: Session) -> None:
    """After the closing seal the box holds keys and texts, in order of the keys: nothing says which came on paper."""
    hall = an_opened_hall(session, 2)
    (batch,) = hall.batches()
    for reader in (hall.clerk, hall.other_clerk):
        hall.read(batch, reader, [["1"], ["2"]])
    close_round(session, hall.round_, by=hall.scrutineer, at=END)
    keys = list(session.scalars(select(SealedBallot.tracker_key)))
    assert keys == sorted(keys)
    assert len(keys) == 2
    assert set(SealedBallot.__table__.columns.keys()) == {"round_id", "tracker_key", "choices"}


def test_a_round_without_paper_takes_no_blanks(session: Session) -> None:
    street = a_street(session)
    round_ = a_round(session, street)
    officer = a_staff(session, street, Role.OFFICER)
    with pytest.raises(WrongState, match="paper.no_channel"):
        paper.receive_blanks(session, round_, a_station(session, round_), 1, by=officer, at=AT)
