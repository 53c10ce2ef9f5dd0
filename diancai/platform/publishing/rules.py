"""表决办法 in plain words: codes and facts, the sentences stand in the catalogue."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from diancai.budget import Binding, Completion, Constraints, Method, Utility
from diancai.platform.rounds.constraints import constraints_of, group_name
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
        *_handing_out(round_),
        *_publicity(round_),
        RuleInWords("rules.ballot", (ballot_rule(round_),)),
        RuleInWords("rules.allocation", allocation(round_)),
        *_constraints(round_),
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
        return (_counted_by(round_), Sentence(f"rules.allocation.{_list_of(round_).value}"))
    said = [Sentence("rules.allocation.equal-shares")]
    said.append(Sentence(f"rules.allocation.utility.{(round_.utility or Utility.COST).value}"))
    if round_.completion not in (None, Completion.NONE):
        said.append(Sentence(f"rules.allocation.completion.{round_.completion.value}"))
    if round_.ballot_type is BallotType.RANKING:
        said.insert(0, _counted_by(round_))
    return tuple(said)


def _list_of(round_: Round) -> Method:
    """With a reserve the list ends at the first item that does not fit, whatever the rule's own way."""
    has_reserve = constraints_of(round_).reserve is not None
    return Method.GREEDY_NO_SKIP if has_reserve and round_.method is Method.GREEDY else round_.method


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


def _publicity(round_: Round) -> tuple[RuleInWords, ...]:
    """Nothing is said where none is asked for."""
    asked = (
        Sentence("rules.publicity.candidates", {"count": round_.candidate_notice_days}),
        Sentence("rules.publicity.register", {"count": round_.register_check_days}),
    )
    said = tuple(sentence for sentence in asked if sentence.facts["count"])
    return (RuleInWords("rules.publicity", said),) if said else ()


def _handing_out(round_: Round) -> tuple[RuleInWords, ...]:
    """Nothing is said where everybody comes in person."""
    allowed = (
        Sentence("rules.handing_out.household", {"count": round_.household_pick_up_limit}),
        Sentence("rules.handing_out.proxy", {"count": round_.proxy_limit}),
    )
    said = tuple(sentence for sentence in allowed if sentence.facts["count"])
    return (RuleInWords("rules.handing_out", said),) if said else ()


def _constraints(round_: Round) -> tuple[RuleInWords, ...]:
    """Nothing is said where nothing binds."""
    said = tuple(constraint_sentences(constraints_of(round_)))
    return (RuleInWords("rules.constraints", said),) if said else ()


def constraint_sentences(constraints: Constraints) -> Iterator[Sentence]:
    """In the order in which the count looks at them."""
    if constraints.decided:
        yield Sentence("rules.constraints.decided", {"numbers": _listed(constraints.decided)})
    for floor in constraints.floors:
        facts = {"group": group_name(floor.group), "count": floor.winner_count}
        yield Sentence(f"rules.constraints.floor.{constraints.floor_dimension.value}", facts)
    if constraints.winner_limit is not None:
        yield Sentence("rules.constraints.winner_limit", {"count": constraints.winner_limit})
    for numbers in constraints.exclusive:
        yield Sentence("rules.constraints.exclusive", {"numbers": _listed(numbers)})
    for ceiling in constraints.ceilings:
        facts = {"group": group_name(ceiling.group), "limit": ceiling.limit_fen}
        yield Sentence(f"rules.constraints.ceiling.{ceiling.dimension.value}", facts)
    if constraints.least_score:
        yield Sentence("rules.constraints.least_score", {"count": constraints.least_score})
    if constraints.least_share:
        yield Sentence("rules.constraints.least_share", {"percent": percent_words(constraints.least_share)})
    if constraints.reserve:
        share = percent_words(constraints.reserve.share)
        yield Sentence("rules.constraints.reserve", {"percent": share, "limit": constraints.reserve.amount_fen})


def percent_words(share: Fraction) -> str:
    """Whole percents as such, any other share as the fraction that it is."""
    percent = share * 100
    return f"{percent.numerator}%" if percent.denominator == 1 else f"{share.numerator}/{share.denominator}"


def _listed(numbers: Iterable[str]) -> str:
    return "、".join(numbers)
