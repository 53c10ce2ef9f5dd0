"""翻转票数 under rules that look at single ballots: searched after the count, because that takes many recounts."""

from datetime import datetime

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from diancai.budget import Margin, Rule, searched_margins
from diancai.budget.rules import LISTS
from diancai.budget.searched_margins import is_slow
from diancai.platform.core.db import transaction
from diancai.platform.core.jobs import enqueue, outside_job
from diancai.platform.results.counted import Counted, counted_from_box
from diancai.platform.results.models import MarginKind, Result, ResultItem, SearchedMargin
from diancai.platform.rounds.models import Round

JOB = "results.search_margins"


def is_searched(rule: Rule) -> bool:
    """Whether the margins are found after the count: not by votes, which is exact at once; not with Add1 (未计算)."""
    return rule.method not in LISTS and not is_slow(rule)


def order_search(session: Session, result: Result, *, at: datetime) -> None:
    enqueue(session, JOB, result.id, due_at=at, unique_key=f"margins:{result.id}")


@outside_job(JOB)
def search_margins(engine: Engine, result_id: int, *, at: datetime) -> None:
    """No transaction is held while it searches. Run twice it finds the same, and stores it once."""
    counted = _read(engine, result_id)
    if counted is None:
        return
    found = searched_margins(counted.election, counted.rule, counted.ties)
    with transaction(engine) as session:
        if not _is_stored(session, result_id):
            _store(session, result_id, found, at)


def _read(engine: Engine, result_id: int) -> Counted | None:
    with Session(engine) as session:
        if _is_stored(session, result_id):
            return None
        result = session.get_one(Result, result_id)
        return counted_from_box(session, session.get_one(Round, result.round_id), result)


def _is_stored(session: Session, result_id: int) -> bool:
    rows = select(SearchedMargin).join(ResultItem, ResultItem.id == SearchedMargin.result_item_id)
    return session.scalar(rows.where(ResultItem.result_id == result_id).limit(1)) is not None


def _store(session: Session, result_id: int, found: dict[str, Margin], at: datetime) -> None:
    for item in session.scalars(select(ResultItem).where(ResultItem.result_id == result_id)):
        margin = found[item.number]
        session.add(
            SearchedMargin(result_item_id=item.id, margin=margin.flips, kind=MarginKind(margin.status), searched_at=at)
        )
