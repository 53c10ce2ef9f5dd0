"""唱票计票 by hand: two readings of the tally sheets, a scrutineer where they differ, and the platform's count beside it."""

from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from diancai.errors import Conflict, InvalidInput, WrongState
from diancai.platform.core.actor import Actor, Role
from diancai.platform.polling.operations import tally
from diancai.platform.polling.tally_queries import (
    INVALID,
    VALID,
    finding_of,
    is_tally_done,
    lines_of,
    paper_totals,
    readings_of,
)
from diancai.platform.results import operations as results
from diancai.platform.results.queries import latest_result
from diancai.platform.rounds.models import Round
from diancai.platform.rounds.states import RoundState
from tests.factories import AT, a_staff
from tests.platform.results.stage import CLOSED_AT, Stage, a_stage, count, sign

SHEETS = ["1,2"] * 12 + ["2,3"] * 8
RIGHT = {"1": 12, "2": 20, "3": 8, "4": 0, "5": 0, "6": 0, VALID: 20, INVALID: 1}


@dataclass
class Hall:
    session: Session
    round_: Round
    first: Actor
    second: Actor
    third: Actor

    def enter(self, by: Actor, **wrong: Any) -> None:
        tally.enter_tally(self.session, self.round_, RIGHT | wrong, by=by, at=AT)

    def decide(self, by: Actor, **decided: Any) -> None:
        tally.decide_tally(self.session, self.round_, decided, by=by, at=AT)


def a_paper_stage(session: Session, sheets: list[str], online: list[str]) -> Stage:
    """A counted round: ballots on paper, and ballots from phones."""
    stage = a_stage(session, online, sheets=sheets, channels="phone,paper")
    count(session, stage)
    return stage


@pytest.fixture
def stage(session: Session) -> Stage:
    return a_paper_stage(session, SHEETS, [])


@pytest.fixture
def hall(session: Session, stage: Stage) -> Hall:
    clerk = a_staff(session, stage.street, Role.CLERK, name="孙丽")
    return Hall(session, stage.round_, stage.officer, clerk, stage.chief)


def test_the_platform_counts_the_paper_ballots_as_they_were_keyed(hall: Hall) -> None:
    assert paper_totals(hall.session, hall.round_) == RIGHT


def test_two_equal_readings_that_fit_the_platform_end_it(hall: Hall) -> None:
    hall.enter(hall.first)
    assert is_tally_done(hall.session, hall.round_) is False
    hall.enter(hall.second)
    found = finding_of(hall.session, hall.round_)
    assert found is not None
    assert (found.difference_count, found.reason) == (0, "")


def test_a_person_enters_once_and_two_are_enough(hall: Hall) -> None:
    hall.enter(hall.first)
    with pytest.raises(Conflict, match=r"tally\.entered_before"):
        hall.enter(hall.first)
    hall.enter(hall.second)
    with pytest.raises(Conflict, match=r"tally\.both_entered"):
        hall.enter(hall.third)


def test_where_two_differ_a_scrutineer_who_entered_neither_decides_these_lines_only(hall: Hall) -> None:
    hall.enter(hall.first)
    hall.enter(hall.second, **{"2": 19})
    assert finding_of(hall.session, hall.round_) is None
    with pytest.raises(Conflict, match=r"tally\.entered_before"):
        hall.decide(hall.second, **{"2": 20})
    with pytest.raises(InvalidInput, match=r"tally\.count_missing"):
        hall.decide(hall.third)
    hall.decide(hall.third, **{"2": 20, "3": 0})
    lines = {line.number: line for line in lines_of(hall.session, hall.round_, readings_of(hall.session, hall.round_))}
    assert (lines["2"].readings, lines["2"].stands) == ((20, 19), 20)
    assert lines["3"].stands == 8  # they agreed on it: it was not to be decided
    assert is_tally_done(hall.session, hall.round_) is True


def test_there_is_nothing_to_decide_where_two_agree(hall: Hall) -> None:
    hall.enter(hall.first)
    with pytest.raises(Conflict, match=r"tally\.nothing_to_decide"):
        hall.decide(hall.third)


def test_a_difference_from_the_platform_needs_a_reason_before_the_result_is_certified(hall: Hall, stage: Stage) -> None:
    for by in (hall.first, hall.second):
        hall.enter(by, **{"1": 11})
    session, round_ = hall.session, hall.round_
    latest = latest_result(session, round_)
    assert latest is not None
    sign(session, stage, latest)
    with pytest.raises(Conflict, match=r"result\.not_certifiable"):
        results.certify_result(session, round_, latest, by=stage.chief, at=CLOSED_AT)
    with pytest.raises(InvalidInput, match=r"tally\.reason_missing"):
        tally.explain_difference(session, round_, "  ", by=hall.third, at=AT)
    found = tally.explain_difference(session, round_, "一票念漏，录音为证", by=hall.third, at=AT)
    assert (found.difference_count, found.reason) == (1, "一票念漏，录音为证")
    results.certify_result(session, round_, latest, by=stage.chief, at=CLOSED_AT)


@pytest.mark.parametrize(
    ("wrong", "code"), [({"1": None}, "count_missing"), ({"1": -1}, "count_missing"), ({"1": 21}, "more_than_ballots")]
)
def test_a_reading_is_whole_and_possible(hall: Hall, wrong: dict[str, Any], code: str) -> None:
    with pytest.raises(InvalidInput, match=rf"tally\.{code}"):
        hall.enter(hall.first, **wrong)


def test_nothing_is_tallied_before_the_platform_has_counted(hall: Hall) -> None:
    hall.round_.state = RoundState.CLOSED
    hall.session.flush()
    with pytest.raises(WrongState, match=r"state\.not_now"):
        hall.enter(hall.first)


@pytest.mark.parametrize(("sheets", "online"), [(SHEETS[:19], []), (SHEETS, ["1"] * 19)])
def test_a_few_ballots_are_never_told_apart_by_channel(session: Session, sheets: list[str], online: list[str]) -> None:
    stage = a_paper_stage(session, sheets, online)
    with pytest.raises(WrongState, match=r"tally\.too_few"):
        tally.enter_tally(session, stage.round_, RIGHT, by=stage.officer, at=AT)


@pytest.mark.parametrize("table", ["hand_tally", "hand_tally_line", "tally_finding"])
def test_the_tally_is_only_added_to(hall: Hall, table: str) -> None:
    hall.enter(hall.first)
    hall.enter(hall.second)
    hall.session.commit()
    with pytest.raises(IntegrityError, match=f"{table}_no_delete"):
        hall.session.execute(text(f"DELETE FROM {table}"))
