"""Searched margins: the ballots that change are those drawn, and the number that was found does change the fate."""

import hashlib
from dataclasses import replace
from fractions import Fraction
from importlib import import_module

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diancai.budget import (
    Completion,
    Constraints,
    Election,
    Item,
    Margin,
    MarginStatus,
    Method,
    Rule,
    Utility,
    allocate,
    margins,
    searched_margins,
)
from diancai.budget.changed_ballots import as_points, ballot_text, copies_in_order, shift_of
from diancai.voting import Exact, MarkKind, TieOrder, TieRule, WeightedBallot, item_scores, profile_of
from tests.elections import an_election, approval_elections, approvals, scored_elections

LISTED = TieOrder(TieRule.LISTED)
RULES = st.sampled_from(
    [
        Rule(Method.EQUAL_SHARES),
        Rule(Method.EQUAL_SHARES, utility=Utility.CARDINALITY),
        Rule(Method.EQUAL_SHARES, completion=Completion.GREEDY),
        Rule(Method.PHRAGMEN),
        Rule(Method.BOS),
        Rule(Method.EQUAL_SHARES, completion=Completion.ADD1),
    ]
)
TIE_ORDERS = st.builds(TieOrder, st.sampled_from(list(TieRule)), st.text(max_size=3))


def test_the_draw_hashes_seed_text_and_copy() -> None:
    election = an_election({"1": 1, "2": 1}, 1, ["1,2", "2", "1,2"])
    profile = election.profile.grouped()
    texts = [ballot_text(profile.ballot(row)) for row in copies_in_order(profile, "ab")]
    drawn = ["1,2\n1", "1,2\n2", "2\n1"]
    drawn.sort(key=lambda text: hashlib.sha256(f"ab\n{text}".encode()).digest())
    assert texts == [text.split("\n")[0] for text in drawn]


def test_margins_by_hand() -> None:
    # Each of ten holds 10. Item 1 keeps winning down to two approvals, which pay 20. Item 2 needs a third to pay 25:
    # one who paid a sixth of item 1 still has enough.
    costs = {"1": 20, "2": 25, "3": 200}
    election = an_election(costs, 100, ["1"] * 6 + ["2"] * 2 + ["3"] * 2)
    found = searched_margins(election, Rule(Method.EQUAL_SHARES), LISTED)
    assert found == {
        "1": Margin(MarginStatus.FOUND, 5),
        "2": Margin(MarginStatus.FOUND, 1),
        "3": Margin(MarginStatus.NONE),
    }


def test_rules_that_are_slow_to_count_are_searched_too() -> None:
    election = an_election({"1": 500}, 1000, ["1", "1"])
    for rule in (Rule(Method.BOS), Rule(Method.EQUAL_SHARES, completion=Completion.ADD1)):
        assert searched_margins(election, rule, LISTED) == {"1": Margin(MarginStatus.FOUND, 2)}


def test_decided_and_withdrawn_items_have_no_margin() -> None:
    election = an_election({"1": 1, "2": 1}, 5, ["1,2"], withdrawn=["2"])
    rule = Rule(Method.EQUAL_SHARES, constraints=Constraints(decided=("1",)))
    assert set(searched_margins(election, rule, LISTED).values()) == {Margin(MarginStatus.NONE)}


def test_what_the_recounts_do_not_reach_stays_uncounted(monkeypatch: pytest.MonkeyPatch) -> None:
    election = an_election({"1": 20, "2": 30}, 100, ["1"] * 6 + ["2"] * 4)
    # The package exports the function by the same name as the module.
    monkeypatch.setattr(import_module("diancai.budget.searched_margins"), "MOST_RECOUNTS", 1)
    found = searched_margins(election, Rule(Method.EQUAL_SHARES), LISTED)
    assert {margin.status for margin in found.values()} == {MarginStatus.UNCOUNTED}


def test_the_greedy_family_keeps_its_exact_margins() -> None:
    election = an_election({"1": 20, "2": 30}, 40, ["1"] * 6 + ["2"] * 4)
    assert searched_margins(election, Rule(Method.GREEDY), LISTED) == margins(election, Rule(Method.GREEDY), LISTED)


@settings(deadline=None)
@given(approval_elections(), RULES, TIE_ORDERS)
def test_the_number_found_changes_the_fate_of_its_item(election: Election, rule: Rule, ties: TieOrder) -> None:
    winners = allocate(election, rule, ties).winners
    for number, margin in searched_margins(election, rule, ties).items():
        fates = _fates(election, rule, ties, number, is_won=number in winners)
        if margin.flips is None:
            assert margin.status is MarginStatus.NONE
            item = next(item for item in election.items if item.number == number)
            assert not fates or not fates[-1] or item.is_withdrawn or item.cost_fen > election.fund_fen
        else:
            assert margin.status is MarginStatus.FOUND
            assert fates[margin.flips - 1]
            assert margin.flips == 1 or not fates[margin.flips - 2]


def _fates(election: Election, rule: Rule, ties: TieOrder, number: str, *, is_won: bool) -> list[bool]:
    """Whether the fate differs once one, two, … of the ballots drawn are changed, told in words and sets."""
    drawn = sorted(
        (hashlib.sha256(f"{ties.seed_hex}\n{','.join(ballot.marks)}\n{copy}".encode()).digest(), set(ballot.marks))
        for ballot in election.profile.ballots
        for copy in range(1, ballot.count + 1)
    )
    voters = [marks for _, marks in drawn]
    fates = []
    for marks in [marks for marks in voters if (number in marks) == is_won]:
        marks.symmetric_difference_update({number})
        changed = replace(election, profile=approvals(election.items, voters))
        fates.append((number in allocate(changed, rule, ties).winners) != is_won)
    return fates


@settings(deadline=None)
@given(scored_elections(), st.booleans(), st.data())
def test_so_many_points_are_lost_or_gained_and_nothing_else(
    election: Election, is_loss: bool, data: st.DataObject
) -> None:
    grouped = election.profile.grouped()
    profile, copies = as_points(grouped), copies_in_order(grouped, "")
    place = data.draw(st.integers(0, len(election.items) - 1))
    shift = shift_of(profile, copies, place, is_loss=is_loss)
    before = item_scores(profile)
    assert before == item_scores(grouped)
    for votes in range(1, shift.most + 1):
        after = profile_of(MarkKind.POINTS, profile.item_numbers, shift.shifted(votes).ballots)
        number = profile.item_numbers[place]
        expected = max(before[number] - votes, 0) if is_loss else before[number] + votes
        assert item_scores(after) == before | {number: expected}
        assert after.voter_count == profile.voter_count
    assert not is_loss or shift.most >= before[profile.item_numbers[place]]


@settings(deadline=None)
@given(scored_elections(), st.sampled_from([Utility.SCORE, Utility.COST]))
def test_points_and_rankings_have_margins_too(election: Election, utility: Utility) -> None:
    found = searched_margins(election, Rule(Method.EQUAL_SHARES, utility=utility), LISTED)
    assert list(found) == [item.number for item in election.items]
    assert {margin.status for margin in found.values()} <= {MarginStatus.FOUND, MarginStatus.NONE}


@pytest.mark.parametrize("unit", [1, 10**17, Fraction(10**17 + 1, 10**17)])
def test_points_of_many_digits_are_searched_as_short_ones(unit: Exact) -> None:
    minds = [({"A": 3, "B": 1}, 30), ({"B": 2}, 20), ({"A": 1}, 5)]
    ballots = [WeightedBallot(tuple(mind), tuple(n * unit for n in mind.values()), count) for mind, count in minds]
    election = Election((Item("A", 10), Item("B", 10)), 10, profile_of(MarkKind.POINTS, ("A", "B"), ballots))
    rule = Rule(Method.EQUAL_SHARES, utility=Utility.SCORE, completion=Completion.GREEDY)
    # A leads by 95 to 70; level with B it still goes first.
    assert searched_margins(election, rule, LISTED)["A"].flips == 25 * unit // 1 + 1
