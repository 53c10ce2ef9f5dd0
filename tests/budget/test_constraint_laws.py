"""What constraints promise under every rule: ceilings, exclusions, the limit, minimum support, floors, the reserve."""

from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from diancai.budget import (
    Allocation,
    Binding,
    Completion,
    Constraints,
    Dimension,
    Election,
    Floor,
    Item,
    Method,
    Rule,
    Utility,
    allocate,
)
from diancai.voting import TieOrder, TieRule, approval_counts, item_scores
from tests.constraining import GROUPS, NUMBERS, constraints_for
from tests.elections import approvals

RULES = [
    Rule(Method.GREEDY),
    Rule(Method.GREEDY_NO_SKIP),
    Rule(Method.GREEDY_PER_COST),
    *(Rule(Method.TOP_K, 3, binding) for binding in Binding),
    *(
        Rule(Method.EQUAL_SHARES, utility=u, completion=c)
        for u in (Utility.COST, Utility.CARDINALITY)
        for c in Completion
    ),
    Rule(Method.PHRAGMEN),
    *(Rule(Method.BOS, utility=utility) for utility in (Utility.COST, Utility.CARDINALITY)),
]
TIE_ORDERS = st.builds(TieOrder, st.sampled_from([TieRule.COST_THEN_LOT, TieRule.LOT]), st.text(max_size=2))


@st.composite
def grouped_elections(draw: st.DrawFn) -> Election:
    """Six items in groups; costs in units of which Add1 needs one step or many."""
    unit_fen = draw(st.sampled_from([1, 100, 1000]))
    withdrawn = draw(st.sets(st.sampled_from(NUMBERS), max_size=1))
    items = tuple(Item(n, draw(st.integers(0, 12)) * unit_fen, n in withdrawn, *GROUPS[n]) for n in NUMBERS)
    ballots = draw(st.lists(st.sets(st.sampled_from(NUMBERS)), min_size=1, max_size=8))
    return Election(items, draw(st.integers(0, 40)) * unit_fen, approvals(items, ballots))


@st.composite
def constrained(draw: st.DrawFn) -> tuple[Election, Rule, TieOrder]:
    """Amounts of ceilings and reserve in the units of the costs; items decided in advance that the fund pays."""
    election, rule = draw(grouped_elections()), draw(st.sampled_from(RULES))
    unit_fen = max((item.cost_fen for item in election.items), default=1) // 12 or 1
    drawn = draw(constraints_for(rule.method))
    decided, left_fen = [], election.fund_fen
    for item in draw(st.lists(st.sampled_from(election.items), max_size=2, unique=True)):
        if item.cost_fen <= left_fen:
            decided.append(item.number)
            left_fen -= item.cost_fen
    ceilings = tuple(replace(ceiling, limit_fen=ceiling.limit_fen * unit_fen) for ceiling in drawn.ceilings)
    reserve = drawn.reserve and replace(drawn.reserve, amount_fen=drawn.reserve.amount_fen * unit_fen)
    least_score = min(drawn.least_score, len(NUMBERS)) if drawn.least_score else 0
    constraints = replace(drawn, ceilings=ceilings, reserve=reserve, decided=tuple(decided), least_score=least_score)
    return election, replace(rule, constraints=constraints), draw(TIE_ORDERS)


def cost_of(election: Election, numbers: Iterable[str]) -> object:
    chosen = set(numbers)
    return sum(item.cost_fen for item in election.items if item.number in chosen)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=400)
@given(constrained())
def test_no_filter_is_ever_broken(case: tuple[Election, Rule, TieOrder]) -> None:
    election, rule, ties = case
    allocation, constraints = allocate(election, rule, ties), rule.constraints
    decided = set(constraints.decided) & set(allocation.winners)
    for ceiling in constraints.ceilings:
        group = {item.number for item in election.items if item.groups[ceiling.dimension] == ceiling.group}
        held = cost_of(election, group & set(allocation.winners))
        assert held <= max(ceiling.limit_fen, cost_of(election, group & decided))
    for exclusive in constraints.exclusive:
        held_before = len(decided & set(exclusive))
        assert len(set(exclusive) & set(allocation.winners)) <= max(1, held_before)
    if constraints.winner_limit is not None:
        assert len(allocation.winners) <= max(constraints.winner_limit, len(decided))
    assert_fund(election, rule, allocation)
    assert_support(election, rule, set(allocation.winners) - decided)


def assert_fund(election: Election, rule: Rule, allocation: Allocation) -> None:
    """Only a reserve, or `top-k` that asks for no fund, may exceed it."""
    reserve = rule.constraints.reserve
    if rule.binding is not Binding.NONE:
        assert allocation.left_fen >= (-reserve.amount_fen if reserve else 0)


def assert_support(election: Election, rule: Rule, winners: set[str]) -> None:
    scores, approved = item_scores(election.profile), approval_counts(election.profile)
    for number in winners:
        assert scores[number] >= max(rule.constraints.least_score, 1)
        assert approved[number] >= rule.constraints.least_share * election.profile.voter_count


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=200)
@given(grouped_elections(), st.sampled_from(RULES), TIE_ORDERS, st.sampled_from(list(Dimension)), st.data())
def test_floors_hold_where_the_cheapest_filling_fits(
    election: Election, rule: Rule, ties: TieOrder, dimension: Dimension, data: st.DataObject
) -> None:
    names = sorted({item.groups[dimension] for item in election.items} - {""})
    floors = tuple(Floor(name, data.draw(st.integers(1, 2))) for name in names)
    rule = replace(rule, constraints=Constraints(floor_dimension=dimension, floors=floors))
    winners = set(allocate(election, rule, ties).winners)
    members = {floor: supported(election, dimension, floor) for floor in floors}
    needed = sum(sum(sorted(costs)[: floor.winner_count]) for floor, costs in members.items())
    if needed <= election.fund_fen:
        for floor, costs in members.items():
            held = [item for item in election.items if item.number in winners and item.groups[dimension] == floor.group]
            assert len(held) >= min(floor.winner_count, len(costs))


def supported(election: Election, dimension: Dimension, floor: Floor) -> list[Fraction]:
    """The costs of what may fill a floor."""
    scores = item_scores(election.profile)
    items = (item for item in election.items if item.groups[dimension] == floor.group and not item.is_withdrawn)
    return [Fraction(item.cost_fen) for item in items if scores[item.number] > 0]
