"""Margins equal what a recount with that many approvals more or fewer shows, for every m below it too."""

from dataclasses import replace
from math import ceil

from hypothesis import given
from hypothesis import strategies as st

from diancai.budget import Binding, Election, Margin, MarginStatus, Method, Rule, allocate, margins
from diancai.budget.allocation import allocate_contest
from diancai.budget.contest import contest_of
from diancai.voting import Exact, MarkKind, TieOrder, TieRule, item_scores
from tests.elections import an_election, approval_elections, approvals, scored_elections

RULES = st.sampled_from(
    [
        Rule(Method.GREEDY),
        Rule(Method.GREEDY_NO_SKIP),
        *(Rule(Method.TOP_K, seat_count, binding) for seat_count in (1, 2) for binding in Binding),
    ]
)
TIE_ORDERS = st.builds(TieOrder, st.sampled_from(list(TieRule)), st.text(max_size=3))


def test_margins_by_hand() -> None:
    # Votes 4, 3, 1, 0 and 5; the fund takes the first and the third.
    costs = {"1": 60, "2": 50, "3": 40, "4": 40, "5": 1}
    election = an_election(costs, 100, ["1,2,3,5", "1,2,5", "1,2,5", "1,5", "5"], withdrawn=["5"])
    found = margins(election, Rule(Method.GREEDY), TieOrder(TieRule.LISTED))
    assert allocate(election, Rule(Method.GREEDY), TieOrder(TieRule.LISTED)).winners == ("1", "3")
    assert found == {
        # With two fewer it stands behind item 2, and 50 are left for its 60.
        "1": Margin(MarginStatus.EXACT, 2),
        # Two more put it before item 1; equal votes would not, by the menu's order.
        "2": Margin(MarginStatus.EXACT, 2),
        "3": Margin(MarginStatus.EXACT, 1),
        "4": Margin(MarginStatus.EXACT, 2),
        "5": Margin(MarginStatus.NONE),
    }


def test_an_item_dearer_than_the_fund_has_no_margin() -> None:
    election = an_election({"1": 10, "2": 5}, 9, ["1", "2"])
    assert margins(election, Rule(Method.GREEDY), TieOrder())["1"] == Margin(MarginStatus.NONE)


def test_no_item_gains_more_approvals_than_there_are_ballots() -> None:
    election = an_election({"1": 5, "2": 5}, 5, ["1", "1"])
    assert margins(election, Rule(Method.GREEDY), TieOrder(TieRule.LISTED))["2"] == Margin(MarginStatus.NONE)
    assert margins(election, Rule(Method.GREEDY), TieOrder(TieRule.ID, ""))["1"] == Margin(MarginStatus.EXACT, 2)


def test_equal_shares_stay_uncounted() -> None:
    election = an_election({"1": 5}, 5, ["1"])
    assert margins(election, Rule(Method.EQUAL_SHARES), TieOrder()) == {"1": Margin(MarginStatus.UNCOUNTED)}


@given(approval_elections(), RULES, TIE_ORDERS)
def test_margins_of_approvals_equal_recounts_of_changed_ballots(election: Election, rule: Rule, ties: TieOrder) -> None:
    winners = allocate(election, rule, ties).winners
    for number, margin in margins(election, rule, ties).items():
        assert margin.flips == _flips_by_recount(election, rule, ties, number, is_won=number in winners)
        assert (margin.status is MarginStatus.NONE) == (margin.flips is None)


def _flips_by_recount(election: Election, rule: Rule, ties: TieOrder, number: str, *, is_won: bool) -> int | None:
    """Change one ballot after another and count again until the item's fate changes."""
    voters = [set(ballot.marks) for ballot in election.profile.ballots for _ in range(ballot.count)]
    changeable = [marks for marks in voters if (number in marks) == is_won]
    for flips, marks in enumerate(changeable, start=1):
        marks.symmetric_difference_update({number})
        changed = replace(election, profile=approvals(election.items, voters))
        if (number in allocate(changed, rule, ties).winners) != is_won:
            return flips
    return None


@given(scored_elections(), RULES, TIE_ORDERS)
def test_margins_of_points_and_places_equal_recounts_of_changed_scores(
    election: Election, rule: Rule, ties: TieOrder
) -> None:
    votes = item_scores(election.profile)
    most = max(votes.values()) + 1
    if election.profile.mark_kind is MarkKind.RANKING:
        most = election.profile.voter_count * election.profile.place_count
    for number, margin in margins(election, rule, ties).items():
        is_won = _is_won(election, rule, ties, votes, number)
        steps = range(1, (ceil(votes[number]) if is_won else ceil(most - votes[number]) + 1) + 1)
        sign = -1 if is_won else 1
        changes = (
            flips
            for flips in steps
            if _is_won(election, rule, ties, votes | {number: votes[number] + sign * flips}, number) != is_won
        )
        expected = next(changes, None)
        if expected and election.profile.mark_kind is MarkKind.RANKING and votes[number] + sign * expected > most:
            expected = None
        assert margin.flips == expected


def _is_won(election: Election, rule: Rule, ties: TieOrder, votes: dict[str, Exact], number: str) -> bool:
    contest = replace(contest_of(election, rule, ties), votes=votes)
    return number in allocate_contest(contest).winners
