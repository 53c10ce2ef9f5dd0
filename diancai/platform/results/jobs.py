"""What the worker does for a published result."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from diancai.platform.core.actor import SYSTEM
from diancai.platform.core.jobs import enqueue, job
from diancai.platform.results import margin_search  # noqa: F401  registers the search for margins
from diancai.platform.results.certification import open_objection_count
from diancai.platform.results.operations.finishing import finish_round
from diancai.platform.results.queries import notice_of_result
from diancai.platform.rounds.models import Round
from diancai.platform.rounds.operations.announcing import finish_key
from diancai.platform.rounds.states import RoundState

LOOK_AGAIN = timedelta(days=1)


@job("results.finish_round")
def finish_when_over(session: Session, round_id: int, *, at: datetime) -> None:
    """At the window's end. A longer window, a date that is still 暂定, an open objection, 拟安排: look again later."""
    round_ = session.get_one(Round, round_id)
    notice = notice_of_result(session, round_)
    if round_.state is not RoundState.PUBLISHED or notice is None:
        return
    is_dated = notice.tentative_year is None
    is_settled = is_dated and not round_.is_provisional and not open_objection_count(session, round_)
    if at >= notice.ends_at and is_settled:
        finish_round(session, round_, by=SYSTEM, at=at)
        return
    due_at = notice.ends_at if at < notice.ends_at else at + LOOK_AGAIN
    enqueue(session, "results.finish_round", round_id, due_at=due_at, unique_key=finish_key(round_))
