"""Bounded overspending: the examples of its paper, and a slow count of its own with one wallet a voter."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from fractions import Fraction
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diancai.budget import (
    Ceiling,
    Constraints,
    Dimension,
    Election,
    Item,
    Method,
    Rule,
    Utility,
    allocate,
    election_from_pabulib,
)
from diancai.voting import MarkKind, TieOrder, TieRule, WeightedBallot, item_scores, profile_of, read_pabulib
from tests.collisions import by_a_hair, by_an_ulp, colliding_election
from tests.elections import an_election, approval_elections, real_files, scored_elections

LISTED = TieOrder(TieRule.LISTED)
BY_COST = Rule(Method.BOS)
BY_SCORE = Rule(Method.BOS, utility=Utility.SCORE)

# The running example of the paper: ten voters, a fund of 1,000,000.
PAPER_COSTS = {"A": 300_000, "B": 400_000, "C": 300_000, "D": 240_000, "E": 170_000, "F": 100_000}
PAPER_BALLOTS = ["A", "A,B,C,E", "A,B,C", "A,B,C", "A,B,C", "A,B,F", "D,E", "D,E", "D,E,F", "C,D,F"]


def test_the_running_example_of_the_paper() -> None:
    election = an_election(PAPER_COSTS, 1_000_000, PAPER_BALLOTS)
    allocation = allocate(election, BY_COST, LISTED)
    # Each has 100,000. A: six pay 50,000. C: 50,000 of each of its five cover five sixths, a price of 0.24 that is below
    # the 0.25 of D; so they pay 60,000, or all they have. D: three pay 66,667, the fourth the 40,000 that C left him.
    # E exceeds the fund. F: 50,000 of one and 33,333 of another cover five sixths.
    assert allocation.winners == ("A", "C", "D", "F")
    assert allocation.spent_fen == 940_000
    facts = {number: allocation.reasons[number].facts for number in allocation.winners}
    assert [facts[number]["each_at_most_fen"] for number in "ACDF"] == [50_000, 60_000, 66_667, 60_000]
    assert [facts[number]["covered_fen"] for number in "ACDF"] == [300_000, 250_000, 240_000, 83_333]
    assert allocation.reasons["E"].code == "lost.fund_left"


def test_a_large_majority_outweighs_a_tiny_minority() -> None:
    # The Helenka paradox: equal shares fund the project of 11 and leave 403 with nothing, though their money is short
    # of their project by 3 in a hundred only.
    election = an_election({"A": 310_000, "B": 6_000}, 310_000, ["A"] * 403 + ["B"] * 11)
    assert allocate(election, Rule(Method.EQUAL_SHARES), LISTED).winners == ("B",)
    allocation = allocate(election, BY_COST, LISTED)
    assert allocation.winners == ("A",)
    won = allocation.reasons["A"]
    assert (won.code, won.facts["covered_fen"]) == ("won.bos", 310_000 * 403 // 414)
    assert won.facts["each_at_most_fen"] == -(-310_000 // 403)
    assert allocation.reasons["B"].code == "lost.fund_left"


def test_one_voter_with_little_to_gain_does_not_decide_for_all() -> None:
    # Tail utilities: all but one give A a hundred points and B two; one gives A a single point.
    ballots = [WeightedBallot(("A", "B"), (100, 2), 99), WeightedBallot(("A", "B"), (1, 2), 1)]
    profile = profile_of(MarkKind.POINTS, ("A", "B"), ballots)
    election = Election((Item("A", 1), Item("B", 1)), 1, profile)
    assert allocate(election, Rule(Method.EQUAL_SHARES, utility=Utility.SCORE), LISTED).winners == ("B",)
    assert allocate(election, BY_SCORE, LISTED).winners == ("A",)


def test_losers_learn_why() -> None:
    election = an_election({"1": 30, "2": 60, "3": 5, "4": 9}, 60, ["1,3", "1", "2", "4"])
    ceiling = Constraints(ceilings=(Ceiling(Dimension.CATEGORY, "", 39),))
    reasons = allocate(election, Rule(Method.BOS, constraints=ceiling), LISTED).reasons
    assert {number: reason.code for number, reason in reasons.items()} == {
        "1": "won.bos",
        "2": "lost.fund_left",
        "3": "lost.not_affordable_by_supporters",
        "4": "won.bos",
    }


def test_equal_prices_are_a_tie_that_is_reported() -> None:
    election = an_election({"1": 4, "2": 4, "3": 9}, 12, ["1", "1", "2", "2", "3"])
    assert [tie.numbers for tie in allocate(election, BY_COST, LISTED).ties] == [("1", "2")]


def slow_bos(election: Election, utility: Utility, ties: TieOrder) -> list[str]:
    """Straight from the definition: the least of x·c² / collected² over all x at a wallet or where all is collected."""
    scores = item_scores(election.profile)
    costs = {item.number: Fraction(item.cost_fen) for item in election.items}
    ranks = ties.ranks({item.number: item.cost_fen for item in election.items}, scores)
    voters = _voters(election, utility)
    wallets = [Fraction(election.fund_fen) / len(voters) if voters else Fraction(0)] * len(voters)
    open_items = {item.number for item in election.items if scores[item.number] > 0 and not item.is_withdrawn}
    winners = sorted((n for n in open_items if not costs[n] and voters), key=lambda n: (-scores[n], ranks[n]))
    left, open_items = Fraction(election.fund_fen), open_items - set(winners)
    while True:
        bids = []
        for number in (n for n in open_items if costs[n] <= left):
            per = costs[number] if utility is Utility.COST else 1
            weights = [voter.get(number, 0) for voter in voters]
            bids += [
                (x * costs[number] ** 2 / (_collected(wallets, weights, x) ** 2 * per), ranks[number], -x, number)
                for x in _prices(wallets, weights, costs[number])
            ]
        if not bids:
            return winners
        _, _, x, number = min(bids)
        weights = [voter.get(number, 0) for voter in voters]
        paid = -x * costs[number] / _collected(wallets, weights, -x)
        wallets = [wallet - min(wallet, paid * weight) for wallet, weight in zip(wallets, weights, strict=True)]
        winners.append(number)
        open_items.remove(number)
        left -= costs[number]


def _voters(election: Election, utility: Utility) -> list[Mapping[str, Fraction]]:
    profile = election.profile
    voters: list[Mapping[str, Fraction]] = []
    for ballot in profile.ballots:
        points = ballot.points or [max(profile.place_count - place, 0) for place in range(len(ballot.marks))]
        if profile.mark_kind is MarkKind.APPROVAL or utility is not Utility.SCORE:
            points = [1] * len(ballot.marks)
        given = {mark: Fraction(point) for mark, point in zip(ballot.marks, points, strict=True)}
        voters += [given] * ballot.count
    return voters


def _collected(wallets: list[Fraction], weights: list[Fraction], x: Fraction) -> Fraction:
    return sum((min(wallet, x * weight) for wallet, weight in zip(wallets, weights, strict=True)), Fraction(0))


def _prices(wallets: list[Fraction], weights: list[Fraction], cost: Fraction) -> list[Fraction]:
    borders = sorted({wallet / weight for wallet, weight in zip(wallets, weights, strict=True) if weight and wallet})
    prices = [x for x in borders if _collected(wallets, weights, x) <= cost]
    beyond = next((x for x in borders if _collected(wallets, weights, x) > cost), None)
    if beyond is not None:
        rich = [weight for wallet, weight in zip(wallets, weights, strict=True) if weight and wallet >= beyond * weight]
        poor = [wallet for wallet, weight in zip(wallets, weights, strict=True) if weight and wallet < beyond * weight]
        prices.append((cost - sum(poor)) / sum(rich))
    return prices


TIE_ORDERS = st.builds(TieOrder, st.sampled_from(list(TieRule)), st.text(max_size=3))


@settings(deadline=None)
@given(st.one_of(approval_elections(), scored_elections()), st.sampled_from(list(Utility)), TIE_ORDERS)
def test_small_elections_agree_with_the_slow_count(election: Election, utility: Utility, ties: TieOrder) -> None:
    allocation = allocate(election, Rule(Method.BOS, utility=utility), ties)
    assert list(allocation.winners) == slow_bos(election, utility, ties)
    assert allocation.left_fen >= 0


@settings(deadline=None)
@given(approval_elections())
def test_groups_have_their_share_up_to_what_others_may_overspend(election: Election) -> None:
    """The guarantee of the paper, for cost utility: EJR up to one item, less (n − |S|) / 2|S| of the dearest item."""
    election = replace(election, items=tuple(replace(item, is_withdrawn=False) for item in election.items))
    winners = allocate(election, BY_COST, LISTED).winners
    voters = [set(voter) for voter in _voters(election, Utility.COST)]
    costs = {item.number: Fraction(item.cost_fen) for item in election.items}
    dearest = max(costs.values())
    for size in range(1, len(costs) + 1):
        for wanted in combinations(costs, size):
            group = [voter for voter in voters if voter.issuperset(wanted)]
            if missing := set(wanted) - set(winners):
                price = sum((costs[number] for number in wanted), Fraction(0))
                if group and price * len(voters) <= election.fund_fen * len(group):
                    lent = Fraction(len(voters) - len(group), 2 * len(group)) * dearest
                    best = max(sum((costs[n] for n in winners if n in voter), Fraction(0)) for voter in group)
                    assert best + max(costs[number] for number in missing) >= price - lent


@pytest.mark.parametrize("told_apart", [by_a_hair, by_an_ulp])
@pytest.mark.parametrize("kind", list(MarkKind))
def test_prices_that_floats_confuse_are_told_apart(
    kind: MarkKind, told_apart: Callable[[Election, int], Election]
) -> None:
    utilities = list(Utility)
    for seed in range(150):
        election, utility = told_apart(colliding_election(seed, kind), seed), utilities[seed % 3]
        winners = allocate(election, Rule(Method.BOS, utility=utility), LISTED).winners
        assert list(winners) == slow_bos(election, utility, LISTED), seed


@pytest.mark.parametrize("utility", [Utility.COST, Utility.CARDINALITY])
def test_every_real_file_is_counted_within_the_fund(utility: Utility) -> None:
    for path in (path for path in real_files() if path.stat().st_size < 200_000):
        election = election_from_pabulib(read_pabulib(path))
        allocation = allocate(election, Rule(Method.BOS, utility=utility), LISTED)
        assert allocation.winners, path.stem
        assert allocation.left_fen >= 0, path.stem
