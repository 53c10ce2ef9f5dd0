"""表决办法 in plain words: codes and facts, the sentences stand in the catalogue."""

from dataclasses import dataclass, field
from typing import Any

from diancai.budget import Binding, Completion, Method, Utility
from diancai.platform.rounds.models import Round
from diancai.voting import BallotType


@dataclass(frozen=True, slots=True)
class Sentence:
    code: str
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RuleInWords:
    """One line of the rule book: what it is about, and what it says."""

    term: str
    sentences: tuple[Sentence, ...]


def rules_in_words(round_: Round) -> tuple[RuleInWords, ...]:
    """Every rule that decides the outcome, in the order in which a resident meets them."""
    return (
        RuleInWords("rules.electorate", electorate(round_)),
        RuleInWords("rules.ballot", (ballot_rule(round_),)),
        RuleInWords("rules.allocation", allocation(round_)),
        RuleInWords("rules.ties", (Sentence(f"rules.ties.{round_.tie_rule.value}"),)),
        RuleInWords("rules.validity", validity(round_)),
        RuleInWords("rules.item_order", (Sentence(f"rules.item_order.{round_.item_order.value}"),)),
        RuleInWords("rules.publication", (Sentence(f"rules.publication.{round_.publication.value}"),)),
        RuleInWords("rules.extension", (Sentence("rules.extension.latest", {"time": round_.latest_close_at}),)),
    )


def electorate(round_: Round) -> tuple[Sentence, ...]:
    said = [Sentence("rules.electorate.age", {"age": round_.min_age})]
    if round_.area:
        said.append(Sentence("rules.electorate.area", {"area": round_.area}))
    said.append(Sentence("rules.electorate.household" if round_.is_per_household else "rules.electorate.person"))
    return tuple(said)


def ballot_rule(round_: Round) -> Sentence:
    """What one ballot may hold, in one sentence."""
    code = f"rules.ballot.{round_.ballot_type.value}"
    facts = {"fewest": round_.min_marks, "most": round_.max_marks}
    if round_.ballot_type is BallotType.KNAPSACK:
        return Sentence(code, {"fund": round_.fund_fen})
    if round_.min_marks == round_.max_marks:
        return Sentence(f"{code}.exactly", facts)
    return Sentence(f"{code}.between" if round_.min_marks > 1 else f"{code}.at_most", facts)


def allocation(round_: Round) -> tuple[Sentence, ...]:
    if round_.method is Method.TOP_K:
        binding = round_.binding or Binding.SKIP
        return (Sentence(f"rules.allocation.top-k.{binding.value}", {"count": round_.seat_count}),)
    if round_.method is not Method.EQUAL_SHARES:
        return (_counted_by(round_), Sentence(f"rules.allocation.{round_.method.value}"))
    said = [Sentence("rules.allocation.equal-shares")]
    said.append(Sentence(f"rules.allocation.utility.{(round_.utility or Utility.COST).value}"))
    if round_.completion is Completion.GREEDY:
        said.append(Sentence("rules.allocation.completion.greedy"))
    return tuple(said)


def _counted_by(round_: Round) -> Sentence:
    if round_.ballot_type is BallotType.RANKING:
        return Sentence("rules.allocation.borda", {"most": round_.max_marks})
    return Sentence("rules.allocation.one_mark_one_vote")


def validity(round_: Round) -> tuple[Sentence, ...]:
    said = []
    if round_.min_turnout_percent:
        said.append(Sentence("rules.validity.turnout", {"percent": round_.min_turnout_percent}))
    if round_.min_ballots:
        said.append(Sentence("rules.validity.ballots", {"count": round_.min_ballots}))
    return tuple(said) or (Sentence("rules.validity.none"),)
