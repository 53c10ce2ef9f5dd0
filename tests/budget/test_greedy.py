"""Down the list by votes: what is taken, what is not, and the figures that say why."""

import pytest

from diancai.budget import Binding, Election, Method, Rule, allocate
from diancai.errors import InvalidInput
from diancai.voting import TieOrder, TieRule, lot_key
from tests.elections import an_election

TIES = TieOrder()
GREEDY = Rule(Method.GREEDY)
NO_SKIP = Rule(Method.GREEDY_NO_SKIP)


def top(seat_count: int | None, binding: Binding = Binding.SKIP) -> Rule:
    return Rule(Method.TOP_K, seat_count, binding)


def a_street(fund: int = 100) -> Election:
    """Votes: item 1 has 4, item 2 has 3, item 3 has 2, item 4 has 1, item 5 none."""
    costs = {"1": 60, "2": 50, "3": 40, "4": 10, "5": 1}
    return an_election(costs, fund, ["1,2,3,4", "1,2,3", "1,2", "1"])


def facts_of(election: Election, rule: Rule, number: str, ties: TieOrder = TIES) -> tuple[str, dict[str, object]]:
    reason = allocate(election, rule, ties).reasons[number]
    return reason.code, dict(reason.facts)


def test_greedy_skips_what_does_not_fit() -> None:
    allocation = allocate(a_street(), GREEDY, TIES)
    assert allocation.winners == ("1", "3")
    assert (allocation.spent_fen, allocation.left_fen) == (100, 0)
    assert list(allocation.reasons) == ["1", "2", "3", "4", "5"]


def test_every_item_learns_its_reason() -> None:
    won = {"rank": 3, "votes": 2, "cost_fen": 40, "left_before_fen": 40, "left_after_fen": 0}
    assert facts_of(a_street(), GREEDY, "3") == ("won.by_votes", won)
    short = {"rank": 2, "votes": 3, "left_fen": 40, "cost_fen": 50, "short_fen": 10}
    assert facts_of(a_street(), GREEDY, "2") == ("lost.fund_left", short)
    assert facts_of(a_street(), GREEDY, "5") == ("lost.no_support", {"votes": 0})


def test_no_skip_stops_at_the_first_that_does_not_fit() -> None:
    assert allocate(a_street(), NO_SKIP, TIES).winners == ("1",)
    assert facts_of(a_street(), NO_SKIP, "2")[0] == "lost.fund_left"
    stopped = {"rank": 3, "votes": 2, "stopped_at": "2"}
    assert facts_of(a_street(), NO_SKIP, "3") == ("lost.after_stop", stopped)


@pytest.mark.parametrize(
    ("rule", "winners"),
    [
        (top(2), ("1", "3")),
        (top(3), ("1", "3")),
        (top(2, Binding.STOP), ("1",)),
        (top(2, Binding.NONE), ("1", "2")),
        (top(9, Binding.NONE), ("1", "2", "3", "4")),
    ],
)
def test_the_k_best_with_a_fund_that_skips_stops_or_does_not_bind(rule: Rule, winners: tuple[str, ...]) -> None:
    assert allocate(a_street(), rule, TIES).winners == winners


def test_beyond_the_last_seat_nothing_wins() -> None:
    assert facts_of(a_street(), top(1), "4") == ("lost.beyond_k", {"rank": 4, "votes": 1, "seat_count": 1})


def test_a_fund_that_does_not_bind_may_be_exceeded_and_says_so() -> None:
    assert allocate(a_street(), top(2, Binding.NONE), TIES).left_fen == -10


def test_a_withdrawn_item_cannot_win() -> None:
    election = an_election({"1": 10, "2": 10}, 20, ["1,2", "1"], withdrawn=["1"])
    assert allocate(election, GREEDY, TIES).winners == ("2",)
    assert facts_of(election, GREEDY, "1") == ("lost.withdrawn", {"votes": 2})


def test_a_supported_item_of_no_cost_wins_first_but_not_in_top_k() -> None:
    election = an_election({"1": 10, "2": 0, "3": 0}, 5, ["1,2", "1"])
    assert allocate(election, NO_SKIP, TIES).winners == ("2",)
    assert allocate(election, top(1, Binding.NONE), TIES).winners == ("1",)
    assert facts_of(election, GREEDY, "3")[0] == "lost.no_support"


def test_without_ballots_nothing_wins() -> None:
    assert allocate(an_election({"1": 0, "2": 1}, 5, []), GREEDY, TIES).winners == ()


def test_the_cheaper_of_equals_wins_and_the_other_learns_it() -> None:
    election = an_election({"1": 7, "2": 6}, 10, ["1,2"])
    assert allocate(election, GREEDY, TIES).winners == ("2",)
    assert facts_of(election, GREEDY, "1") == ("lost.tie", {"votes": 1, "ahead": "2", "decided_by": "cost"})


@pytest.mark.parametrize("rule", [GREEDY, NO_SKIP, top(1, Binding.NONE)])
def test_the_lot_decides_between_equals_of_one_cost(rule: Rule) -> None:
    election = an_election({"1": 6, "2": 6}, 10, ["1,2"])
    winner, loser = sorted(["1", "2"], key=lambda number: lot_key(TIES.seed_hex, number))
    assert allocate(election, rule, TIES).winners == (winner,)
    assert facts_of(election, rule, loser) == ("lost.tie", {"votes": 1, "ahead": winner, "decided_by": "lot"})


def test_an_equal_that_would_not_have_fitted_either_lost_for_money() -> None:
    election = an_election({"1": 6, "2": 11}, 10, ["1,2"])
    assert facts_of(election, GREEDY, "2")[0] == "lost.fund_left"


def test_an_equal_ahead_may_end_the_count_of_one_that_fits() -> None:
    election = an_election({"1": 11, "2": 6}, 10, ["1,2"])
    ties = TieOrder(TieRule.LISTED)
    assert allocate(election, NO_SKIP, ties).winners == ()
    expected = {"votes": 1, "ahead": "1", "decided_by": "listed"}
    assert facts_of(election, NO_SKIP, "2", ties) == ("lost.tie", expected)


def test_seven_works_at_forty_wan_and_one_service_at_twenty_fill_three_million_exactly() -> None:
    costs = {str(number): 40_000_000 for number in range(1, 8)} | {"8": 20_000_000, "9": 1}
    ballots = [",".join(str(number) for number in range(1, last + 1)) for last in range(1, 10)]
    allocation = allocate(an_election(costs, 300_000_000, ballots), GREEDY, TIES)
    assert allocation.winners == ("1", "2", "3", "4", "5", "6", "7", "8")
    assert allocation.left_fen == 0


def test_k_winners_need_a_k() -> None:
    with pytest.raises(InvalidInput) as refused:
        allocate(a_street(), top(None), TIES)
    assert refused.value.code == "rule.no_seat_count"


def test_items_and_ballots_must_be_of_one_menu() -> None:
    election = a_street()
    with pytest.raises(InvalidInput) as refused:
        Election(election.items[1:], 100, election.profile)
    assert refused.value.code == "election.items_differ"
    with pytest.raises(InvalidInput) as refused:
        Election(election.items, -1, election.profile)
    assert refused.value.code == "election.negative_amount"
