"""What the pages of a result share: everything that is said about one version."""

from typing import Any

from diancai.platform.polling.models import ClosingMinute
from diancai.platform.polling.sample_queries import sample_of
from diancai.platform.results import queries
from diancai.platform.results.groups import group_tables
from diancai.platform.results.models import Result
from diancai.platform.results.wording import Wording
from diancai.platform.rounds.models import Round
from diancai.platform.web.access import session
from diancai.platform.web.locale import current_locale


def words_of(round_: Round, *, in_yuan: bool = False) -> Wording:
    return Wording(round_.ballot_type, current_locale(), in_yuan)


def facts_of(round_: Round, result: Result, versions: list[Result]) -> dict[str, Any]:
    """For the templates: one version with its items, and how it differs from the version before."""
    outcomes = queries.outcomes_of(session(), round_, result)
    return {
        "round_": round_,
        "result": result,
        "outcomes": outcomes,
        "winners": [outcome for outcome in outcomes if outcome.is_selected],
        "others": [outcome for outcome in outcomes if not outcome.is_selected],
        "top_score": max((outcome.score for outcome in outcomes), default=0),
        "groups": group_tables(outcomes),
        "words": words_of(round_),
        "turnout": queries.turnout_of(session(), round_),
        "minute": session().get(ClosingMinute, round_.id),
        "sample": sample_of(session(), round_.id),
        "signatures": queries.signatures_of(session(), result),
        "versions": versions,
        "before": _before(result, versions),
        "changes": _changes(round_, result, versions, outcomes),
        "is_superseded": any(other.version > result.version for other in versions),
    }


def _changes(
    round_: Round, result: Result, versions: list[Result], outcomes: list[queries.ItemOutcome]
) -> list[queries.Change] | None:
    """None for the first version: there is nothing to compare with."""
    before = _before(result, versions)
    if before is None:
        return None
    return queries.changes_between(queries.outcomes_of(session(), round_, before), outcomes)


def _before(result: Result, versions: list[Result]) -> Result | None:
    """The version that this one is compared with."""
    return next((other for other in reversed(versions) if other.version < result.version), None)
