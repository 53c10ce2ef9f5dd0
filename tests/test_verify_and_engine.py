"""The verifier and the engine count apart from each other; here they are made to meet."""

from fractions import Fraction
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from diancai.budget import Binding, Completion, Election, Item, Method, Rule, Utility, allocate
from diancai.verify import verify
from diancai.voting import BallotForm, BallotType, TieOrder, TieRule, item_scores, profile_from_texts, tie_seed
from tests.bundles import a_bundle, written

NUMBERS = ["1", "2", "3", "9", "10", "B-2"]
RULES = [
    Rule(Method.GREEDY),
    Rule(Method.GREEDY_NO_SKIP),
    *(Rule(Method.TOP_K, seat_count=2, binding=binding) for binding in Binding),
    *(
        Rule(Method.EQUAL_SHARES, utility=u, completion=c)
        for u in (Utility.COST, Utility.CARDINALITY)
        for c in (Completion.NONE, Completion.GREEDY)
    ),
]


def as_written(rule: Rule) -> dict[str, Any]:
    match rule.method:
        case Method.TOP_K:
            return {"name": "top-k", "k": rule.seat_count, "fund_binding": str(rule.binding)}
        case Method.EQUAL_SHARES:
            return {"name": "equal-shares", "utility": str(rule.utility), "completion": str(rule.completion)}
        case _:
            return {"name": str(rule.method)}


@st.composite
def rankings(draw: st.DrawFn) -> list[str]:
    return draw(st.lists(st.sampled_from(NUMBERS), unique=True, min_size=1, max_size=4))


@settings(max_examples=300, deadline=None)
@given(
    rule=st.sampled_from(RULES),
    costs=st.tuples(*[st.integers(0, 12)] * len(NUMBERS)),
    marks=st.lists(rankings(), min_size=1, max_size=8),
    fund_fen=st.integers(0, 30),
    is_ranking=st.booleans(),
    withdrawn=st.sets(st.sampled_from(NUMBERS), max_size=1),
    tie_rule=st.sampled_from([TieRule.COST_THEN_LOT, TieRule.LOT]),
    dice=st.integers(1, 6),
)
def test_what_the_engine_counts_the_verifier_finds_too(
    rule: Rule,
    costs: tuple[int, ...],
    marks: list[list[str]],
    fund_fen: int,
    is_ranking: bool,
    withdrawn: set[str],
    tie_rule: TieRule,
    dice: int,
) -> None:
    is_ranking = is_ranking and rule.method is not Method.EQUAL_SHARES
    ballot_type = BallotType.RANKING if is_ranking else BallotType.TICK
    form = BallotForm(ballot_type, tuple(NUMBERS), costs, 1, 4)
    texts = [",".join(m if is_ranking else sorted(m, key=NUMBERS.index)) for m in marks] * 100
    profile = profile_from_texts(form, texts)
    items = tuple(Item(n, cost, n in withdrawn) for n, cost in zip(NUMBERS, costs, strict=True))
    scores = {number: int(score) for number, score in item_scores(profile).items()}
    options = {
        "fund_fen": fund_fen,
        "rule": as_written(rule),
        "ballot_type": str(ballot_type),
        "max_marks": 4,
        "tie_order": str(tie_rule),
        "withdrawn": tuple(sorted(withdrawn)),
        "draw": str(dice),
    }
    prices = dict(zip(NUMBERS, costs, strict=True))
    # The seed needs the seal, which does not need the outcome.
    closing = a_bundle(prices, texts, scores, {}, **options)["closing"]
    ties = TieOrder(tie_rule, tie_seed(closing["root_a"], closing["hash_b"], str(dice)))
    allocation = allocate(Election(items, Fraction(fund_fen), profile), rule, ties)
    reasons = {number: reason.code for number, reason in allocation.reasons.items()}
    report = verify(written(a_bundle(prices, texts, scores, reasons, order=list(allocation.winners), **options)))
    assert report.exit_code == 0, report.lines
