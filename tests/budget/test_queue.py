"""The ranking queue (X-07): positions, why, ties by the public lot."""

from fractions import Fraction
from itertools import pairwise, permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diancai.budget import (
    Application,
    Criterion,
    First,
    LexicographicRule,
    Position,
    WeightedCriterion,
    WeightedRule,
    check_queue_rule,
    rank_applications,
)
from diancai.errors import InvalidInput
from diancai.voting import TieOrder, TieRule, lot_key

# Lifts for old buildings: the more parties consent the better, then the older building, then the earlier day.
BY_KEYS = LexicographicRule((Criterion("consent"), Criterion("built", First.LOWEST), Criterion("day", First.LOWEST)))
BY_POINTS = WeightedRule(
    (WeightedCriterion("consent", 60, Fraction(2, 3), 1), WeightedCriterion("built", 40, 2000, 1960))
)
LIFTS = [
    Application("a", {"consent": Fraction(9, 10), "built": 1985, "day": 20}),
    Application("b", {"consent": 1, "built": 1990, "day": 9}),
    Application("c", {"consent": Fraction(9, 10), "built": 1970, "day": 20}),
    Application("d", {"consent": Fraction(9, 10), "built": 1985, "day": 3}),
    Application("e", {"consent": Fraction(9, 10), "built": 1985, "day": 20}),
]
TIES = TieOrder(seed_hex="2026")


def test_the_first_criterion_that_differs_decides() -> None:
    queue = rank_applications(LIFTS, BY_KEYS, TIES)
    drawn = tuple(sorted("ae", key=lambda number: lot_key("2026", number)))
    assert tuple(position.number for position in queue.positions) == ("b", "c", "d", *drawn)
    why = [(position.position, position.decided_by, position.ahead_by) for position in queue.positions]
    assert why == [(1, "consent", Fraction(1, 10)), (2, "built", 15), (3, "day", 17), (4, "lot", None), (5, "", None)]
    assert [(tie.numbers, tie.decided_by) for tie in queue.ties] == [(drawn, "lot")]


def test_points_are_summed_between_the_worst_and_the_best() -> None:
    queue = rank_applications(LIFTS, BY_POINTS, TieOrder(TieRule.LISTED))
    # b: 60 + 40·10/40; c: 60·7/10 + 40·30/40; the others 42 + 40·15/40.
    assert queue.positions[0] == Position("c", 1, {"consent": 42, "built": 30}, 72, "score", 2)
    assert queue.positions[1] == Position("b", 2, {"consent": 60, "built": 10}, 70, "score", 13)
    assert [(position.number, position.score) for position in queue.positions[2:]] == [("a", 57), ("d", 57), ("e", 57)]
    assert [tie.numbers for tie in queue.ties] == [("a", "d", "e")]


def test_figures_beyond_the_range_gain_nothing_more() -> None:
    applications = [Application("x", {"consent": 0, "built": 1900}), Application("y", {"consent": 2, "built": 2020})]
    queue = rank_applications(applications, BY_POINTS, TIES)
    assert [(position.number, position.score) for position in queue.positions] == [("y", 60), ("x", 40)]


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        (LexicographicRule(()), "queue.no_criteria"),
        (LexicographicRule((Criterion("day"), Criterion("day"))), "queue.repeated_criterion"),
        (WeightedRule((WeightedCriterion("day", 0, 1, 2),)), "queue.bad_weight"),
        (WeightedRule((WeightedCriterion("day", 1, 2, 2),)), "queue.no_range"),
    ],
)
def test_a_rule_that_ranks_nothing_is_refused(rule: LexicographicRule | WeightedRule, code: str) -> None:
    with pytest.raises(InvalidInput, match=code):
        check_queue_rule(rule)


def test_missing_figures_and_repeated_applications_are_refused() -> None:
    with pytest.raises(InvalidInput, match="queue.no_figure"):
        rank_applications([Application("a", {"consent": 1})], BY_POINTS, TIES)
    with pytest.raises(InvalidInput, match="queue.repeated_application"):
        rank_applications([LIFTS[0], LIFTS[0]], BY_POINTS, TIES)
    assert rank_applications([], BY_KEYS, TIES).positions == ()


def test_the_order_of_applying_changes_nothing() -> None:
    assert len({rank_applications(order, BY_KEYS, TIES).positions[3].number for order in permutations(LIFTS)}) == 1


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2)), max_size=8))
def test_keys_never_grow_down_the_queue_and_ties_cover_equals(figures: list[tuple[int, int]]) -> None:
    rule = LexicographicRule((Criterion("one"), Criterion("two", First.LOWEST)))
    applications = [Application(str(n), {"one": one, "two": two}) for n, (one, two) in enumerate(figures)]
    queue = rank_applications(applications, rule, TIES)
    keys = [(-position.parts["one"], position.parts["two"]) for position in queue.positions]
    assert keys == sorted(keys)
    for position, (mine, theirs) in zip(queue.positions, pairwise(keys), strict=False):
        assert (position.decided_by == "lot") == (mine == theirs)
        assert position.decided_by == "lot" or (position.ahead_by or 0) > 0
    assert sum(len(tie.numbers) for tie in queue.ties) == sum(keys.count(key) > 1 for key in keys)
