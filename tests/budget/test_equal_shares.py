"""Equal shares: examples by hand, a slow count of its own with one purse a voter, and the files that trap floats."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diancai.budget import (
    Completion,
    Election,
    Item,
    Method,
    Rule,
    Utility,
    allocate,
    election_from_pabulib,
)
from diancai.errors import InvalidInput
from diancai.voting import (
    MarkKind,
    TieOrder,
    TieRule,
    WeightedBallot,
    approval_counts,
    profile_of,
    read_pabulib,
)
from tests.collisions import by_a_hair, by_an_ulp, colliding_election
from tests.elections import an_election, approval_elections, real_files

TIES = TieOrder()
BY_COST = Rule(Method.EQUAL_SHARES)
BY_NUMBER = Rule(Method.EQUAL_SHARES, utility=Utility.CARDINALITY)
COMPLETED = Rule(Method.EQUAL_SHARES, completion=Completion.GREEDY)


def two_quarters(fund: int = 100) -> Election:
    """Six voters in the north want 1, 2 and 3, four in the south want 4 and 5; each holds 10 of the fund."""
    costs = {"1": 30, "2": 30, "3": 40, "4": 20, "5": 24}
    return an_election(costs, fund, ["1,2,3"] * 6 + ["4,5"] * 4)


def test_each_quarter_spends_its_own_share() -> None:
    # Items 1 and 2 take 5 a head each, then the north has nothing left for 3; 4 takes 5 a head, and 5 would need 6.
    listed = TieOrder(TieRule.LISTED)
    assert allocate(two_quarters(), BY_COST, listed).winners == ("1", "2", "4")
    # By number the 5 a head of item 4 is no dearer than that of 1 and 2; by votes the north takes all.
    assert allocate(two_quarters(), BY_NUMBER, listed).winners == ("1", "2", "4")
    assert allocate(two_quarters(), Rule(Method.GREEDY), listed).winners == ("1", "2", "3")


def test_winner_and_loser_learn_their_figures() -> None:
    allocation = allocate(two_quarters(), BY_NUMBER, TIES)
    assert set(allocation.winners) == {"1", "2", "4"}
    assert allocation.reasons["4"].facts["each_at_most_fen"] == 5
    lost = allocation.reasons["5"]
    assert lost.code == "lost.not_affordable_by_supporters"
    assert lost.facts == {"votes": 4, "supporters_left_fen": 20, "cost_fen": 24, "short_fen": 4}


def test_shares_are_shown_in_whole_fen() -> None:
    election = an_election({"1": 10, "2": 9}, 11, ["1,2", "1,2", "1"])
    reasons = allocate(election, BY_NUMBER, TIES).reasons
    assert reasons["1"].facts["each_at_most_fen"] == 4
    assert reasons["2"].facts == {"votes": 2, "supporters_left_fen": 0, "cost_fen": 9, "short_fen": 9}


def test_a_winner_tells_who_pays_in_full_and_who_all_that_is_left() -> None:
    # 10 a head. Item 1 takes 5 from three; then two of them give the 5 they have left for item 2, and one voter gives 6.
    election = an_election({"1": 15, "2": 16}, 40, ["1,2", "1,2", "1", "2"])
    facts = allocate(election, BY_NUMBER, TIES).reasons
    classes = ("each_at_most_fen", "full_payers", "short_payers", "short_payers_pay_fen", "effective_votes")
    assert [facts["1"].facts[name] for name in classes] == [5, 3, 0, 0, 3]
    assert [facts["2"].facts[name] for name in classes] == [6, 1, 2, 10, 2]


def test_what_is_left_goes_by_votes_where_the_rule_says_so() -> None:
    without = allocate(two_quarters(), BY_COST, TIES)
    completed = allocate(two_quarters(), COMPLETED, TIES)
    assert without.left_fen == 20
    assert completed.winners == without.winners
    assert completed.reasons["3"].code == "lost.fund_left"
    with_more = allocate(two_quarters(104), COMPLETED, TIES)
    assert with_more.reasons["5"].code == "won.completion"
    assert with_more.left_fen == 0


def test_an_item_of_no_cost_with_support_is_bought_first() -> None:
    election = an_election({"1": 5, "2": 0, "3": 0}, 5, ["1,2", "1"])
    for rule in (BY_COST, BY_NUMBER):
        assert allocate(election, rule, TIES).winners == ("2", "1")


def test_empty_ballots_keep_their_share() -> None:
    assert allocate(an_election({"1": 9}, 9, ["1", "1", ""]), BY_COST, TIES).winners == ()
    assert allocate(an_election({"1": 6}, 9, ["1", "1", ""]), BY_COST, TIES).winners == ("1",)


def test_without_ballots_nothing_wins() -> None:
    assert allocate(an_election({"1": 0}, 5, []), BY_COST, TIES).winners == ()


def test_phragmen_refuses_rankings() -> None:
    election = Election((Item("1", 1),), 5, profile_of(MarkKind.RANKING, ("1",), [WeightedBallot(("1",), (), 1)], 1))
    with pytest.raises(InvalidInput) as refused:
        allocate(election, Rule(Method.PHRAGMEN), TIES)
    assert refused.value.code == "rule.not_for_ballot"


def slow_equal_shares(election: Election, utility: Utility, ties: TieOrder) -> list[str]:
    """The textbook: a purse for every voter, every price from scratch in every round."""
    voters = [set(ballot.marks) for ballot in election.profile.ballots for _ in range(ballot.count)]
    purses = [Fraction(election.fund_fen) / len(voters) for _ in voters]
    votes = approval_counts(election.profile)
    ranks = ties.ranks({item.number: item.cost_fen for item in election.items}, votes)
    winners: list[str] = []
    while True:
        offers = []
        for item in election.items:
            supporters = [voter for voter, marks in enumerate(voters) if item.number in marks]
            if item.is_withdrawn or not supporters or item.number in winners:
                continue
            for share in _possible_shares(item, [purses[voter] for voter in supporters]):
                unit = 1 if utility is not Utility.COST or not item.cost_fen else item.cost_fen
                # Free ones stand in the order of the list, by votes; the others by the order of ties alone.
                votes_first = -votes[item.number] if not item.cost_fen else 0
                offers.append((share / unit, votes_first, ranks[item.number], item.number, share, supporters))
        if not offers:
            return winners
        *_, number, share, supporters = min(offers)
        winners.append(number)
        for voter in supporters:
            purses[voter] -= min(purses[voter], share)


def _possible_shares(item: Item, purses: list[Fraction]) -> list[Fraction]:
    """The one share with which all pay alike or all they have, if there is one."""
    poorest_first = sorted(purses)
    for poor in range(len(purses)):
        share = (Fraction(item.cost_fen) - sum(poorest_first[:poor])) / (len(purses) - poor)
        if share <= poorest_first[poor]:
            return [share]
    return []


@given(approval_elections(), st.sampled_from(list(Utility)), st.sampled_from(list(TieRule)))
def test_grouped_and_lazy_counting_equals_the_textbook(election: Election, utility: Utility, tie_rule: TieRule) -> None:
    ties = TieOrder(tie_rule)
    expected = slow_equal_shares(election, utility, ties) if election.profile.voter_count else []
    rule = Rule(Method.EQUAL_SHARES, utility=utility)
    assert list(allocate(election, rule, ties).winners) == expected


@pytest.mark.parametrize("told_apart", [by_a_hair, by_an_ulp])
@pytest.mark.parametrize("utility", [Utility.COST, Utility.CARDINALITY])
def test_prices_that_floats_confuse_are_told_apart(
    utility: Utility, told_apart: Callable[[Election, int], Election]
) -> None:
    for seed in range(300):
        election = told_apart(colliding_election(seed), seed)
        winners = allocate(election, Rule(Method.EQUAL_SHARES, utility=utility), TIES).winners
        assert list(winners) == slow_equal_shares(election, utility, TIES), seed


def the_file(stem: str) -> Path:
    return next(path for path in real_files() if path.stem == stem)


@pytest.mark.parametrize("stem", ["Poland_Zabrze_2020_Osiedle_Mlodego_Gornika", "Poland_Zabrze_2021_Zandka"])
def test_an_item_that_costs_the_fund_and_that_all_want_is_bought(stem: str) -> None:
    election = election_from_pabulib(read_pabulib(the_file(stem)))
    for rule in (BY_COST, BY_NUMBER, COMPLETED):
        assert len(allocate(election, rule, TIES).winners) == 1


def test_a_purse_that_lacks_a_hair_pays_all_it_has() -> None:
    # Each of three has 30. Item 1 takes 10 and a hair of the first two. Item 2 costs 40 less half a hair: the first has 20
    # less a hair, not half of it, so the third pays 20 and half a hair.
    hair = Fraction(1, 10**40)
    election = an_election({"1": 20 + 2 * hair, "2": 40 - hair / 2}, 90, ["1,2", "1", "2"])
    allocation = allocate(election, BY_NUMBER, TIES)
    assert allocation.winners == ("1", "2")
    assert allocation.reasons["2"].facts["each_at_most_fen"] == 21


def test_a_long_count_neither_recurses_nor_loses_exactness() -> None:
    costs = {str(number): 7 for number in range(1, 1301)}
    ballots = [",".join(list(costs)[start::13]) for start in range(13)]
    allocation = allocate(an_election(costs, 13 * 700, ballots), BY_COST, TIES)
    assert len(allocation.winners) == 1300
    assert allocation.left_fen == 0
