"""倒排工期: days counted back from the hall, what is done read off the round, what is overdue marked."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from diancai.platform.core.actor import Role
from diancai.platform.core.clock import local_day
from diancai.platform.core.working_days import deadline, seed_calendar
from diancai.platform.rounds.states import RoundState
from diancai.platform.timetable.plan import Dates, milestones
from diancai.platform.timetable.queries import timetable_of, todo_of
from tests.factories import AT, a_round, a_staff, a_station, a_street, an_entry
from tests.platform.results.stage import CLOSED_AT, a_stage, certify, count, publish

DATES = Dates(
    opens_on=date(2026, 10, 20),
    closes_on=date(2026, 10, 26),
    hall_on=date(2026, 10, 26),
    notice_days=5,
    check_days=3,
    window_days=5,
    retention_days=90,
    has_paper=True,
)


@pytest.fixture
def calendar(session: Session) -> Session:
    seed_calendar(session)
    return session


def days(session: Session, dates: Dates = DATES) -> dict[str, date]:
    return {one.code: one.due_on for one in milestones(session, dates)}


def test_days_are_counted_back_over_the_national_holiday(calendar: Session) -> None:
    found = days(calendar)
    assert found["announce"] == date(2026, 10, 15)  # three working days before the 20th
    # before that five working days (9, 10, 12, 13 and 14 October: the 10th is a worked Saturday) and the day of posting
    assert found["candidate_notice"] == date(2026, 10, 8)
    earlier = days(calendar, replace(DATES, opens_on=date(2026, 10, 12)))
    assert earlier["announce"] == date(2026, 10, 8)
    assert earlier["candidate_notice"] <= date(2026, 9, 25)  # 1 to 7 October are off
    assert deadline(calendar, found["candidate_notice"], 5).last_day < found["announce"]
    assert deadline(calendar, found["register_notice"], 3).last_day < found["announce"]
    assert found["closes"] == found["hall"] == date(2026, 10, 26)


def test_every_step_stands_before_the_next(calendar: Session) -> None:
    found = days(calendar)
    order = ("menu", "candidate_notice", "submit", "review", "announce", "slips", "opens", "hall")
    after = ("closes", "seal", "certify", "publish", "window", "final", "archive", "purge")
    for way in (order, after):
        assert [found[code] for code in way] == sorted(found[code] for code in way)
    assert found["register"] < found["register_notice"]


def test_what_the_rule_book_does_not_ask_for_is_left_out(calendar: Session) -> None:
    found = days(calendar, replace(DATES, notice_days=0, check_days=0, has_paper=False, hall_on=None))
    assert not found.keys() & {"candidate_notice", "register_notice", "blanks", "hall", "sitting"}
    assert "rehearsal" in found


def status_of(session: Session, round_: object, at: object) -> dict[str, str]:
    return {row.milestone.code: row.status for row in timetable_of(session, round_, at=at)}  # type: ignore[arg-type]


def test_a_step_that_left_its_trace_is_done_and_one_whose_day_has_passed_is_overdue(calendar: Session) -> None:
    street = a_street(calendar)
    opens_at = AT + timedelta(days=20)
    times = {"opens_at": opens_at, "closes_at": opens_at + timedelta(days=7)}
    times["latest_close_at"] = opens_at + timedelta(days=9)
    round_ = a_round(calendar, street, state=RoundState.DRAFT, candidate_notice_days=5, **times)
    before = status_of(calendar, round_, AT)
    assert (before["stations"], before["register"], before["archive"]) == ("later", "later", "later")
    a_station(calendar, round_)
    an_entry(calendar, round_)
    after = status_of(calendar, round_, opens_at - timedelta(days=1))
    assert (after["stations"], after["register"]) == ("done", "done")
    assert (after["candidate_notice"], after["slips"], after["opens"]) == ("overdue", "overdue", "soon")


def test_all_is_done_up_to_the_publication_of_a_published_round(session: Session) -> None:
    stage = a_stage(session, ["1,2"] * 5)
    publish(session, stage, count(session, stage))
    found = status_of(session, stage.round_, CLOSED_AT)
    done = {
        "menu",
        "submit",
        "announce",
        "opens",
        "closes",
        "seal",
        "count",
        "certify",
        "publish",
        "fund",
        "scrutineers",
    }
    assert {code for code in done if found[code] != "done"} == set()
    assert found["final"] != "done"


def test_a_certified_round_waits_for_the_leader(session: Session) -> None:
    stage = a_stage(session, ["1,2"] * 5)
    certify(session, stage, count(session, stage))
    rows = timetable_of(session, stage.round_, at=CLOSED_AT)
    leader, clerk = stage.leader, a_staff(session, stage.street, Role.CLERK, name="孙丽")
    mine = [row.milestone.code for row in todo_of(rows, leader, stage.street.id)]
    assert mine[0] == "publish"
    assert "publish" not in [row.milestone.code for row in todo_of(rows, clerk, stage.street.id)]


def test_a_void_round_has_no_timetable(session: Session) -> None:
    round_ = a_round(session, a_street(session))
    round_.void_reason, round_.state = "公告有误", RoundState.VOID
    assert timetable_of(session, round_, at=AT) == []


def test_years_whose_holidays_are_unknown_are_marked(calendar: Session) -> None:
    round_ = a_round(calendar, a_street(calendar), opens_at=AT, closes_at=AT + timedelta(days=110),
                     latest_close_at=AT + timedelta(days=120))  # fmt: skip
    rows = {row.milestone.code: row for row in timetable_of(calendar, round_, at=AT)}
    assert rows["opens"].tentative_year is None
    assert rows["final"].tentative_year == 2027
    assert rows["opens"].milestone.due_on == local_day(AT)
