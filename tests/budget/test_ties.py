"""Every tie that a count met is reported: who was tied, and what decided."""

from diancai.budget import Completion, Constraints, Election, Method, Rule, Tie, Utility, allocate
from diancai.voting import TieOrder, TieRule, lot_key
from tests.elections import an_election

TIES = TieOrder()
BY_NUMBER = Rule(Method.EQUAL_SHARES, utility=Utility.CARDINALITY)


def ties_of(election: Election, rule: Rule, ties: TieOrder = TIES) -> tuple[Tie, ...]:
    return allocate(election, rule, ties).ties


def test_equal_votes_are_a_tie_of_the_list_and_cost_decides() -> None:
    election = an_election({"1": 7, "2": 6, "3": 1}, 10, ["1,2,3", "3"])
    assert ties_of(election, Rule(Method.GREEDY)) == (Tie(("2", "1"), "cost"),)


def test_the_lot_is_named_where_it_was_needed() -> None:
    election = an_election({"1": 6, "2": 6, "3": 5}, 10, ["1,2,3"])
    first, second = sorted(["1", "2"], key=lambda number: lot_key(TIES.seed_hex, number))
    assert ties_of(election, Rule(Method.GREEDY)) == (Tie(("3", first, second), "lot"),)


def test_a_tie_among_those_that_cannot_win_decides_nothing() -> None:
    election = an_election({"1": 10, "2": 6, "3": 5}, 10, ["1,2,3", "1"])
    assert ties_of(election, Rule(Method.GREEDY)) == ()
    assert ties_of(election, Rule(Method.TOP_K, seat_count=1)) == ()


def test_votes_decide_between_equals_per_cost() -> None:
    election = an_election({"1": 2, "2": 4}, 10, ["1,2", "2"])
    assert ties_of(election, Rule(Method.GREEDY_PER_COST)) == (Tie(("2", "1"), "votes"),)


def test_equal_prices_are_a_tie_of_equal_shares() -> None:
    election = an_election({"1": 4, "2": 4, "3": 9}, 12, ["1", "1", "2", "2", "3"])
    order = sorted(["1", "2"], key=lambda number: lot_key(TIES.seed_hex, number))
    assert Tie(tuple(order), "lot") in ties_of(election, BY_NUMBER)
    assert ties_of(election, BY_NUMBER, TieOrder(TieRule.ID))[0].decided_by == "id"


def test_what_a_tie_leaves_over_is_not_said_again() -> None:
    election = an_election({"1": 4, "2": 4, "3": 4}, 12, ["1", "2", "3"])
    assert len(ties_of(election, BY_NUMBER)) == 1


def test_equal_moments_are_a_tie_of_phragmen() -> None:
    election = an_election({"1": 4, "2": 4}, 12, ["1", "2"])
    assert len(ties_of(election, Rule(Method.PHRAGMEN))) == 1


def test_the_comparison_reports_the_ties_of_the_outcome_it_takes() -> None:
    election = an_election({"1": 10, "2": 10, "3": 1}, 10, ["1", "2", "1", "2", "3"])
    rule = Rule(Method.EQUAL_SHARES, completion=Completion.COMPARISON)
    allocation = allocate(election, rule, TIES)
    assert set(allocation.winners) < {"1", "2", "3"}
    assert [set(tie.numbers) for tie in allocation.ties] == [{"1", "2"}]


def test_free_items_with_equal_votes_are_a_tie_under_every_rule() -> None:
    election = an_election({"1": 0, "2": 0, "3": 5}, 10, ["1,2,3"])
    first, second = sorted(["1", "2"], key=lambda number: lot_key(TIES.seed_hex, number))
    one_only = Constraints(winner_limit=1)
    for method in (Method.GREEDY, Method.EQUAL_SHARES, Method.PHRAGMEN, Method.BOS):
        allocation = allocate(election, Rule(method, constraints=one_only), TIES)
        assert allocation.ties == (Tie((first, second), "lot"),), method
        assert allocation.reasons[second].code == "lost.tie", method
