"""翻转票数 of rules that look at single ballots: searched by the worker after the count."""

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from diancai.budget import Completion, Method, Utility
from diancai.platform.core.db import transaction
from diancai.platform.core.jobs import is_queued, run_due_jobs
from diancai.platform.core.keys import Keys
from diancai.platform.results.margin_search import search_margins
from diancai.platform.results.models import MarginKind, Result, SearchedMargin
from diancai.platform.results.queries import margins_of, outcomes_of
from diancai.platform.results.wording import Wording
from diancai.platform.rounds.models import Round
from diancai.platform.rounds.states import Publication
from tests.platform.results.stage import CLOSED_AT, a_stage, count

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


def test_a_search_that_runs_twice_stores_once(engine: Engine, keys: Keys) -> None:
    number = a_count(engine, keys, Completion.NONE)
    for _ in range(2):
        search_margins(engine, number, at=CLOSED_AT)
    with Session(engine) as session:
        assert session.scalar(select(func.count()).select_from(SearchedMargin)) == 6


@pytest.mark.parametrize("completion", [Completion.ADD1, Completion.COMPARISON])
def test_with_add1_they_stay_uncounted(engine: Engine, keys: Keys, completion: Completion) -> None:
    number = a_count(engine, keys, completion)
    with Session(engine) as session:
        assert not is_queued(session, f"margins:{number}")
