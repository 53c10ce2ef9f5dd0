"""翻转票数 of rules that look at single ballots: searched by the worker after the count."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session

from diancai.budget import Completion, Margin, MarginStatus, Method, Utility, searched_margins
from diancai.platform.core.db import transaction
from diancai.platform.core.jobs import Job, JobState, run_due_jobs
from diancai.platform.core.keys import Keys
from diancai.platform.results import margin_search
from diancai.platform.results.counted import counted_from_box
from diancai.platform.results.margin_search import search_margins
from diancai.platform.results.models import MarginKind, Result, ResultItem, SearchedMargin
from diancai.platform.results.queries import margins_of, outcomes_of
from diancai.platform.results.wording import Wording
from diancai.platform.rounds.models import Round
from diancai.platform.rounds.states import Publication
from tests.platform.results.stage import CLOSED_AT, a_stage, count
from tests.platform.results.test_pages import Office, office

__all__ = ["office"]

BALLOTS = ["1,2"] * 50 + ["2,3"] * 40 + ["4"] * 20 + ["1,5"] * 10
SHARES = {"method": Method.EQUAL_SHARES, "utility": Utility.COST, "publication": Publication.BALLOTS}


def a_count(engine: Engine, keys: Keys, completion: Completion) -> int:
    with transaction(engine, keys=keys) as session:
        return count(session, a_stage(session, BALLOTS, completion=completion, **SHARES)).id


def test_the_worker_finds_them_and_pages_say_that_they_were_found(engine: Engine, keys: Keys) -> None:
    number = a_count(engine, keys, Completion.GREEDY)
    with Session(engine) as session:
        result = session.get_one(Result, number)
        assert {kind for _, kind in margins_of(session, result)} == {MarginKind.UNCOUNTED}
    run_due_jobs(engine, at=CLOSED_AT, keys=keys)
    with Session(engine) as session:
        result = session.get_one(Result, number)
        outcomes = outcomes_of(session, session.get_one(Round, result.round_id), result)
        found = [outcome for outcome in outcomes if outcome.margin_kind is MarginKind.FOUND]
        assert found
        words = Wording(session.get_one(Round, result.round_id).ballot_type, "zh")
        assert all("找到的一个数" in words.margin(outcome) for outcome in found)


def found_margins(engine: Engine) -> dict[int, tuple[int | None, MarginKind]]:
    with Session(engine) as session:
        return {row.result_item_id: (row.margin, row.kind) for row in session.scalars(select(SearchedMargin))}


def test_a_part_that_runs_twice_stores_once_and_orders_one_successor(
    engine: Engine, keys: Keys, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(margin_search, "LONGEST_PART_S", 0)
    number = a_count(engine, keys, Completion.NONE)
    with ThreadPoolExecutor() as workers:
        for part in [workers.submit(search_margins, engine, number, 2_000, at=CLOSED_AT) for _ in range(2)]:
            part.result()
    assert len(found_margins(engine)) in (1, 2)  # the second may have begun after the first
    run_due_jobs(engine, at=CLOSED_AT, keys=keys)
    assert len(found_margins(engine)) == 6
    with Session(engine) as session:
        assert not session.scalar(select(Job.id).where(Job.name == margin_search.JOB))


@pytest.mark.parametrize("completion", [Completion.GREEDY, Completion.ADD1, Completion.COMPARISON])
def test_a_search_in_parts_finds_what_one_in_one_go_finds(
    engine: Engine, keys: Keys, monkeypatch: pytest.MonkeyPatch, completion: Completion
) -> None:
    monkeypatch.setattr(margin_search, "LONGEST_PART_S", 0)
    number = a_count(engine, keys, completion)
    run_due_jobs(engine, at=CLOSED_AT, keys=keys)
    with Session(engine) as session:
        result = session.get_one(Result, number)
        counted = counted_from_box(session, session.get_one(Round, result.round_id), result)
        numbers = {item.id: item.number for item in session.scalars(select(ResultItem))}
    found = {numbers[item]: Margin(MarginStatus(kind), flips) for item, (flips, kind) in found_margins(engine).items()}
    assert found == searched_margins(counted.election, counted.rule, counted.ties)
    assert MarginStatus.FOUND in {margin.status for margin in found.values()}


def test_the_desk_says_how_far_the_search_is(office: Office) -> None:
    with office.site.transaction() as session:
        stage = a_stage(session, BALLOTS, completion=Completion.GREEDY, **SHARES)
        count(session, stage)
        page = f"/staff/rounds/{stage.round_.id}/result"
    shown = office.get(page, by=stage.officer).text
    assert "翻转票数还在后台计算" in shown
    assert "已算好0项，共6项" in shown
    with office.site.transaction() as session:
        session.execute(update(Job).where(Job.name == margin_search.JOB).values(state=JobState.FAILED))
    assert "翻转票数没有算成" in office.get(page, by=stage.officer).text
    with office.site.transaction() as session:
        session.execute(update(Job).where(Job.name == margin_search.JOB).values(state=JobState.WAITING))
    office.site.run_jobs()
    shown = office.get(page, by=stage.officer).text
    assert "后台" not in shown
    assert "找到的一个数" in shown


def test_the_desk_says_why_some_margins_are_not_there(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(margin_search.order_search, "__kwdefaults__", {"found_count": 0, "recounts_left": 1})
    with office.site.transaction() as session:
        stage = a_stage(session, BALLOTS, completion=Completion.GREEDY, **SHARES)
        count(session, stage)
        page = f"/staff/rounds/{stage.round_.id}/result"
    office.site.run_jobs()
    assert "算满2,000次为止" in office.get(page, by=stage.officer).text
