"""What neither size nor the interpreter's own chance may change: a hundred million voters, thousands of items, hash seeds."""

import inspect
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from diancai.budget import (
    Allocation,
    Binding,
    Completion,
    Election,
    Method,
    Rule,
    Utility,
    allocate,
    ejr_plus_violations,
)
from diancai.errors import InvalidInput
from diancai.voting import Exact, MarkKind, TieOrder, WeightedBallot, profile_of
from tests.collisions import colliding_election
from tests.elections import an_election

TIES = TieOrder()
LISTS = [
    Rule(Method.GREEDY),
    Rule(Method.GREEDY_NO_SKIP),
    Rule(Method.GREEDY_PER_COST),
    Rule(Method.TOP_K, 3, Binding.STOP),
]
SHARES = [Rule(Method.EQUAL_SHARES, utility=utility, completion=c) for utility in Utility for c in Completion]
BOS = [Rule(Method.BOS, utility=utility) for utility in Utility]
RULES = [*LISTS, *SHARES, *BOS]
KINDS = {MarkKind.APPROVAL: [*RULES, Rule(Method.PHRAGMEN)], MarkKind.POINTS: RULES, MarkKind.RANKING: RULES}
CROWD = 250_000_000
"""So many voters for one, each with the money of one: beyond 5 × 10^7 voters and 9 × 10^11 fen."""


def crowded(election: Election) -> Election:
    """Everything so many times as large; points as well, by another number."""
    held = election.profile
    ballots = [
        WeightedBallot(ballot.marks, tuple(points * 10**12 for points in ballot.points), ballot.count * CROWD)
        for ballot in held.ballots
    ]
    items = tuple(replace(item, cost_fen=item.cost_fen * CROWD) for item in election.items)
    profile = profile_of(held.mark_kind, held.item_numbers, ballots, held.place_count)
    return Election(items, election.fund_fen * CROWD, profile)


def outline(allocation: Allocation) -> object:
    return allocation.winners, {number: reason.code for number, reason in allocation.reasons.items()}, allocation.ties


@pytest.mark.parametrize("kind", list(MarkKind))
def test_a_crowd_decides_as_its_few_would(kind: MarkKind) -> None:
    rules = KINDS[kind]
    for seed in range(12 * len(rules)):
        rule, election = rules[seed % len(rules)], colliding_election(seed, kind)
        few, many = allocate(election, rule, TIES), allocate(crowded(election), rule, TIES)
        assert outline(many) == outline(few), (rule, seed)
        assert many.left_fen == few.left_fen * CROWD, (rule, seed)


@pytest.mark.parametrize("exponent", [60, 120, 200])
def test_amounts_of_any_length_decide_as_short_ones_would(exponent: int) -> None:
    rules = [rule for rule in KINDS[MarkKind.APPROVAL] if not rule.completion.name.startswith(("ADD1", "COMPARISON"))]
    for seed in range(6 * len(rules)):
        rule, election = rules[seed % len(rules)], colliding_election(seed)
        assert outline(allocate(longer(election, 10**exponent), rule, TIES)) == outline(allocate(election, rule, TIES))


@pytest.mark.parametrize("factor", [10**400, Fraction(1, 10**400)])
@pytest.mark.parametrize("rule", [*SHARES, *BOS], ids=str)
def test_amounts_beyond_all_floats_are_refused(rule: Rule, factor: Exact) -> None:
    election = longer(an_election({"1": 30, "2": 60}, 60, ["1", "2"]), factor)
    with pytest.raises(InvalidInput, match=r"election\.beyond_floats"):
        allocate(election, rule, TIES)


def longer(election: Election, factor: Exact) -> Election:
    items = tuple(replace(item, cost_fen=item.cost_fen * factor) for item in election.items)
    return replace(election, items=items, fund_fen=election.fund_fen * factor)


def test_a_crowd_is_as_short_of_its_share_as_its_few() -> None:
    for seed in range(200):
        election, utility = colliding_election(seed), (Utility.COST, Utility.CARDINALITY)[seed % 2]
        winners = allocate(election, Rule(Method.GREEDY), TIES).winners
        few, many = (ejr_plus_violations(held, winners, utility) for held in (election, crowded(election)))
        assert [witness.number for witness in many] == [witness.number for witness in few]


def a_long_menu(item_count: int) -> Election:
    """Twenty minds, each with its part of the menu; the fund pays for all of it."""
    costs = {str(number): 700 + number for number in range(item_count)}
    numbers = list(costs)
    return an_election(costs, sum(costs.values()), [",".join(numbers[start::20]) for start in range(20)])


@pytest.mark.parametrize("rule", [*LISTS[:3], SHARES[0]], ids=lambda rule: rule.method)
def test_thousands_of_items_are_counted_without_recursion(rule: Rule) -> None:
    assert len(allocate(a_long_menu(2_000), rule, TIES).winners) > sys.getrecursionlimit()


@contextmanager
def shallow_stack(depth: int) -> Iterator[None]:
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(len(inspect.stack(0)) + depth)
    try:
        yield
    finally:
        sys.setrecursionlimit(before)


@pytest.mark.parametrize("rule", KINDS[MarkKind.APPROVAL], ids=lambda r: f"{r.method}-{r.utility}-{r.completion}")
def test_no_rule_goes_deeper_with_every_item(rule: Rule) -> None:
    menu = a_long_menu(120)
    with shallow_stack(100):
        assert len(allocate(menu, rule, TIES).winners) > (0 if rule.seat_count or rule.method is Method.BOS else 100)


SCRIPT = """
from tests.budget.test_sizes import KINDS, TIES
from tests.collisions import colliding_election
from diancai.budget import allocate, margins, summarise
for kind, rules in KINDS.items():
    for seed, rule in enumerate(rules):
        election = colliding_election(seed, kind)
        allocation = allocate(election, rule, TIES)
        print(allocation, margins(election, rule, TIES), summarise(election, allocation.winners))
"""


def printed_under(hash_seed: str) -> str:
    root = str(Path(__file__).parents[2])
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": root}
    command = [sys.executable, "-c", SCRIPT]
    return subprocess.run(command, capture_output=True, text=True, check=True, cwd=root, env=environment).stdout


def test_hash_seeds_change_nothing() -> None:
    outputs = {printed_under(hash_seed) for hash_seed in ("0", "1")}
    assert len(outputs) == 1
    assert outputs != {""}
