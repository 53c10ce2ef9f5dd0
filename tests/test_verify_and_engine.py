"""The verifier and the engine count apart from each other; here they are made to meet, on every rule and constraint."""

from dataclasses import replace
from fractions import Fraction
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from diancai.budget import (
    Binding,
    Completion,
    Constraints,
    Election,
    Item,
    Method,
    Rule,
    Utility,
    allocate,
)
from diancai.verify import verify
from diancai.voting import BallotForm, BallotType, TieOrder, TieRule, item_scores, profile_from_texts, tie_seed
from tests.bundles import a_bundle, written
from tests.constraining import GROUPS, NUMBERS, constraints_for

COMPLETIONS = [completion for completion in Completion if completion is not Completion.COMPARISON_FULL]
LIST_RULES = [
    Rule(Method.GREEDY),
    Rule(Method.GREEDY_NO_SKIP),
    *(Rule(Method.TOP_K, seat_count=2, binding=binding) for binding in Binding),
]
TICK_RULES = [
    *LIST_RULES,
    Rule(Method.GREEDY_PER_COST),
    Rule(Method.PHRAGMEN),
    *(
        Rule(Method.EQUAL_SHARES, utility=utility, completion=completion)
        for utility in (Utility.COST, Utility.CARDINALITY)
        for completion in COMPLETIONS
    ),
]
RANKING_RULES = [
    *LIST_RULES,
    *(
        Rule(Method.EQUAL_SHARES, utility=Utility.SCORE, completion=completion)
        for completion in COMPLETIONS
        if completion is not Completion.PHRAGMEN
    ),
]


def rule_as_written(rule: Rule) -> dict[str, Any]:
    match rule.method:
        case Method.TOP_K:
            return {"name": "top-k", "k": rule.seat_count, "fund_binding": str(rule.binding)}
        case Method.EQUAL_SHARES:
            return {"name": "equal-shares", "utility": str(rule.utility), "completion": str(rule.completion)}
        case _:
            return {"name": str(rule.method)}


def constraints_as_written(constraints: Constraints) -> dict[str, Any]:
    """As docs/bundle.md says; nothing stands for none."""
    floors = [{"group": floor.group, "winners": floor.winner_count} for floor in constraints.floors]
    share, reserve = constraints.least_share, constraints.reserve
    return {
        "ceilings": [
            {"dimension": str(ceiling.dimension), "group": ceiling.group, "limit_fen": ceiling.limit_fen}
            for ceiling in constraints.ceilings
        ],
        "floors": {"dimension": str(constraints.floor_dimension), "groups": floors} if floors else None,
        "exclusive": [list(group) for group in constraints.exclusive],
        "winner_limit": constraints.winner_limit,
        "decided": list(constraints.decided),
        "least_score": constraints.least_score or None,
        "least_share": {"numerator": share.numerator, "denominator": share.denominator} if share else None,
        "reserve": {
            "share": {"numerator": reserve.share.numerator, "denominator": reserve.share.denominator},
            "amount_fen": reserve.amount_fen,
        }
        if reserve
        else None,
    }


@st.composite
def rules(draw: st.DrawFn, choice: list[Rule]) -> Rule:
    rule = draw(st.sampled_from(choice))
    return replace(rule, constraints=draw(constraints_for(rule.method)))


@st.composite
def rankings(draw: st.DrawFn) -> list[str]:
    return draw(st.lists(st.sampled_from(NUMBERS), unique=True, min_size=1, max_size=4))


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    rule_and_kind=st.one_of(
        st.tuples(rules(TICK_RULES), st.just(BallotType.TICK)),
        st.tuples(rules(RANKING_RULES), st.just(BallotType.RANKING)),
    ),
    costs=st.tuples(*[st.integers(0, 12)] * len(NUMBERS)),
    marks=st.lists(rankings(), min_size=1, max_size=8),
    fund_fen=st.integers(0, 30),
    # Add1 goes in steps of a yuan: at one fen a step is worth more than the fund, at a hundred it is not.
    unit_fen=st.sampled_from([1, 100, 1000]),
    withdrawn=st.sets(st.sampled_from(NUMBERS), max_size=1),
    tie_rule=st.sampled_from([TieRule.COST_THEN_LOT, TieRule.LOT]),
    dice=st.integers(1, 6),
    decided=st.sets(st.sampled_from(NUMBERS), max_size=1),
)
def test_what_the_engine_counts_the_verifier_finds_too(
    rule_and_kind: tuple[Rule, BallotType],
    costs: tuple[int, ...],
    marks: list[list[str]],
    fund_fen: int,
    unit_fen: int,
    withdrawn: set[str],
    tie_rule: TieRule,
    dice: int,
    decided: set[str],
) -> None:
    rule, ballot_type = rule_and_kind
    prices = {number: cost * unit_fen for number, cost in zip(NUMBERS, costs, strict=True)}
    fund_fen = max(fund_fen * unit_fen, sum(prices[number] for number in decided - withdrawn))
    rule = replace(rule, constraints=replace(rule.constraints, decided=tuple(decided)))
    is_ranking = ballot_type is BallotType.RANKING
    form = BallotForm(ballot_type, tuple(NUMBERS), tuple(prices.values()), 1, 4)
    texts = [",".join(m if is_ranking else sorted(m, key=NUMBERS.index)) for m in marks] * 100
    profile = profile_from_texts(form, texts)
    items = tuple(Item(n, cost, n in withdrawn, *GROUPS[n]) for n, cost in prices.items())
    scores = {number: int(score) for number, score in item_scores(profile).items()}
    options = {
        "fund_fen": fund_fen,
        "rule": rule_as_written(rule),
        "constraints": constraints_as_written(rule.constraints),
        "groups": GROUPS,
        "ballot_type": str(ballot_type),
        "max_marks": 4,
        "tie_order": str(tie_rule),
        "withdrawn": tuple(sorted(withdrawn)),
        "draw": str(dice),
    }
    # The seed needs the seal, which does not need the outcome.
    closing = a_bundle(prices, texts, scores, {}, **options)["closing"]
    ties = TieOrder(tie_rule, tie_seed(closing["root_a"], closing["hash_b"], str(dice)))
    allocation = allocate(Election(items, Fraction(fund_fen), profile), rule, ties)
    reasons = {number: reason.code for number, reason in allocation.reasons.items()}
    report = verify(written(a_bundle(prices, texts, scores, reasons, order=list(allocation.winners), **options)))
    assert report.exit_code == 0, report.lines
