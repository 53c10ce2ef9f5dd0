"""翻转票数 under rules that look at single ballots: searched after the count, because that takes many recounts.

The one worker also opens and seals rounds: so the search goes in parts of a few seconds, each a job of its own.
"""

from dataclasses import dataclass
from datetime import datetime
from time import process_time

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from diancai.budget import Margin, MarginSearch, Rule
from diancai.budget.rules import LISTS
from diancai.budget.searched_margins import MOST_RECOUNTS
from diancai.platform.core.db import transaction
from diancai.platform.core.jobs import Job, JobState, enqueue, outside_job
from diancai.platform.core.moves import hold
from diancai.platform.results.counted import Counted, counted_from_box
from diancai.platform.results.models import MarginKind, Result, ResultItem, SearchedMargin
from diancai.platform.results.queries import margins_of
from diancai.platform.rounds.models import Round

JOB = "results.search_margins"
LONGEST_PART_S = 5.0
"""Seconds of the processor after which a part ends with the item that it is at."""


def is_searched(rule: Rule) -> bool:
    """Whether the margins are found after the count: those of rules by votes are exact and known at once."""
    return rule.method not in LISTS


def order_search(
    session: Session, result_id: int, *, at: datetime, found_count: int = 0, recounts_left: int = MOST_RECOUNTS
) -> None:
    """Queue the next part. With the number already found in its key, a part that runs twice orders one successor."""
    enqueue(session, JOB, result_id, recounts_left, due_at=at, unique_key=f"margins:{result_id}:{found_count}")


@dataclass(frozen=True, slots=True)
class SearchProgress:
    """Where the search of one version stands. `state`: of its job; None without one: it is over, or there never was any.

    `uncounted_count`: items that stay without a number.
    """

    state: JobState | None
    found_count: int
    item_count: int
    uncounted_count: int
    most_recounts: int = MOST_RECOUNTS


def progress_of(session: Session, result: Result) -> SearchProgress:
    state = session.scalar(select(Job.state).where(Job.name == JOB, Job.unique_key.startswith(f"margins:{result.id}:")))
    kinds = [kind for _, kind in margins_of(session, result)]
    return SearchProgress(state, len(_known(session, result.id)), len(kinds), kinds.count(MarginKind.UNCOUNTED))


@outside_job(JOB)
def search_margins(engine: Engine, result_id: int, recounts_left: int, *, at: datetime) -> None:
    """Search on where the last part ended. No transaction is held meanwhile; run twice it stores the same once."""
    counted, known = _read(engine, result_id)
    search = MarginSearch(counted.election, counted.rule, counted.ties, recounts_left)
    waiting = [number for number in search.in_order() if number not in known]
    found = _search_for_a_while(search, waiting)
    with transaction(engine) as session:
        _store(session, result_id, found, at)
        if len(found) < len(waiting):
            order_search(
                session, result_id, at=at, found_count=len(known) + len(found), recounts_left=search.recounts_left
            )


def _search_for_a_while(search: MarginSearch, waiting: list[str]) -> dict[str, Margin]:
    found: dict[str, Margin] = {}
    beginning = process_time()
    for number in waiting:
        found[number] = search.margin(number)
        if process_time() - beginning > LONGEST_PART_S:
            break
    return found


def _read(engine: Engine, result_id: int) -> tuple[Counted, set[str]]:
    with Session(engine) as session:
        result = session.get_one(Result, result_id)
        return counted_from_box(session, session.get_one(Round, result.round_id), result), _known(session, result_id)


def _known(session: Session, result_id: int) -> set[str]:
    rows = select(ResultItem.number).join(SearchedMargin, ResultItem.id == SearchedMargin.result_item_id)
    return set(session.scalars(rows.where(ResultItem.result_id == result_id)))


def _store(session: Session, result_id: int, found: dict[str, Margin], at: datetime) -> None:
    """One worker at a time; what another has stored meanwhile is the same."""
    hold(session, session.get_one(Result, result_id))
    known = _known(session, result_id)
    for item in session.scalars(select(ResultItem).where(ResultItem.result_id == result_id)):
        if item.number in found and item.number not in known:
            margin = found[item.number]
            kind = MarginKind(margin.status)
            session.add(SearchedMargin(result_item_id=item.id, margin=margin.flips, kind=kind, searched_at=at))
