"""A full recount: the box again, beside what is stored and published."""

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from diancai.errors import Conflict, NotFound
from diancai.platform.core.triggers import drop_triggers
from diancai.platform.results.models import Result, ResultItem
from diancai.platform.results.recounting import recount
from tests.platform.results.stage import Stage, a_stage, count

BALLOTS = ["1,2"] * 5 + ["2,3"] * 4 + ["4"] * 2 + ["1,5"]


@pytest.fixture
def stage(session: Session) -> Stage:
    stage = a_stage(session, BALLOTS)
    count(session, stage)
    return stage


def tampered(session: Session, statement: str) -> None:
    """As somebody would who has the database in hand."""
    drop_triggers(session.connection())
    session.execute(text(statement))
    session.expire_all()


def test_a_recount_of_an_untouched_box_agrees(session: Session, stage: Stage) -> None:
    found = recount(session, stage.round_)
    assert found.differences == ()
    assert (found.ballot_count, found.winners) == (12, ("2", "1", "3"))


def test_a_changed_total_is_found(session: Session, stage: Stage) -> None:
    tampered(session, "UPDATE result_item SET score = score + 1 WHERE number = '3'")
    (one,) = recount(session, stage.round_).differences
    assert (one.what, one.number, one.stored, one.counted) == ("score", "3", "5", "4")


def test_another_winner_is_found(session: Session, stage: Stage) -> None:
    tampered(session, "UPDATE result_item SET is_selected = NOT is_selected WHERE number IN ('3', '4')")
    assert [one.what for one in recount(session, stage.round_).differences] == ["winners"]


def test_a_changed_bundle_is_found(session: Session, stage: Stage) -> None:
    (result,) = session.scalars(select(Result))
    changed = result.bundle.replace('"totals":{"1":6', '"totals":{"1":7')
    assert changed != result.bundle
    drop_triggers(session.connection())
    session.execute(text("UPDATE result SET bundle = :bundle"), {"bundle": changed})
    session.expire_all()
    assert {one.what for one in recount(session, stage.round_).differences} == {"bundle", "bundle.totals"}


def test_a_changed_box_is_not_even_counted(session: Session, stage: Stage) -> None:
    tampered(session, "UPDATE sealed_ballot SET choices = '5' WHERE choices = '4'")
    with pytest.raises(Conflict, match="box_differs"):
        recount(session, stage.round_)


def test_there_must_be_a_result(session: Session) -> None:
    stage = a_stage(session, BALLOTS)
    with pytest.raises(NotFound, match="no_result"):
        recount(session, stage.round_)
    count(session, stage)
    with pytest.raises(NotFound, match="no_result"):
        recount(session, stage.round_, 2)
    assert session.scalars(select(ResultItem)).all()
