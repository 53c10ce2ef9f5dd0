"""换一种算法会怎样: for the office once a round is counted, for everybody once result and ballots are published."""

from typing import Any

from diancai.errors import NotFound
from diancai.platform.core.outcome_words import OutcomeWords
from diancai.platform.core.permissions import anyone
from diancai.platform.results import queries
from diancai.platform.results.comparison import MOST_BALLOTS, ComparisonWords, compare
from diancai.platform.results.counted import Counted, counted_from_box, counted_from_bundle
from diancai.platform.results.models import Result
from diancai.platform.results.policy import may_see_result
from diancai.platform.results.views.blueprint import bp
from diancai.platform.results.views.common import words_of
from diancai.platform.results.views.desk import latest
from diancai.platform.rounds.models import Round
from diancai.platform.web.access import allow, session
from diancai.platform.web.locale import current_locale
from diancai.platform.web.pages import page


@bp.get("/staff/rounds/<int:round_id>/result/what-if")
@allow(may_see_result)
def what_if_desk(round_: Round) -> str:
    result = latest(round_)
    counted = None if result.ballot_count > MOST_BALLOTS else counted_from_box(session(), round_, result)
    return page("results/what_if_desk.html", **_facts(round_, result, counted))


@bp.get("/rounds/<int:round_id>/result/what-if")
@allow(anyone)
def what_if(round_: Round) -> str:
    """Only of ballots that everybody has: others could be guessed from many outcomes (vote.md 3)."""
    result = queries.current_result(session(), round_)
    if result is None or not queries.has_public_ballots(round_, result):
        raise NotFound("page.not_found")
    counted = None if result.ballot_count > MOST_BALLOTS else counted_from_bundle(session(), round_, result)
    return page("results/what_if.html", **_facts(round_, result, counted))


def _facts(round_: Round, result: Result, counted: Counted | None) -> dict[str, Any]:
    outcomes = queries.outcomes_of(session(), round_, result)
    winners = [outcome.number for outcome in outcomes if outcome.is_selected]
    names = {outcome.number: outcome.name for outcome in outcomes}
    costs_fen = {outcome.number: outcome.cost_fen for outcome in outcomes}
    said = ComparisonWords(current_locale(), names)
    return {
        "round_": round_,
        "result": result,
        "winner_count": len(winners),
        "rule": counted.rule if counted else None,
        "comparison": compare(counted, winners) if counted else None,
        "said": said,
        "meant": OutcomeWords(current_locale(), said.money, names, costs_fen),
        "words": words_of(round_),
        "is_open": queries.has_public_ballots(round_, result),
    }
