"""EJR+ up to one: by hand, against all groups there are, and as a law of equal shares."""

from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diancai.budget import (
    Completion,
    Constraints,
    Election,
    Method,
    Rule,
    Unchecked,
    Utility,
    Witness,
    allocate,
    ejr_plus_violations,
    election_from_pabulib,
    fairness_of,
)
from diancai.errors import InvalidInput
from diancai.voting import MarkKind, TieOrder, item_scores, read_pabulib
from tests.collisions import colliding_election
from tests.elections import an_election, approval_elections, real_files, scored_elections

TIES = TieOrder()
UTILITIES = st.sampled_from([Utility.COST, Utility.CARDINALITY])


def test_a_witness_is_the_smallest_group_with_what_it_has() -> None:
    # Ten voters, a fund of 100. Four want 4, which costs 20: two of them would pay for it, and one has 1 among the
    # winners, three have nothing.
    election = an_election({"1": 60, "4": 20}, 100, ["1"] * 6 + ["4"] * 3 + ["1,4"])
    assert ejr_plus_violations(election, ["1"], Utility.CARDINALITY) == (Witness("4", 2, ((0, 2),), 1),)
    assert ejr_plus_violations(election, ["1"], Utility.COST) == (Witness("4", 2, ((0, 2),), 20),)
    assert ejr_plus_violations(election, ["1", "4"], Utility.COST) == ()


def test_those_with_less_come_first_in_a_witness() -> None:
    # Each of ten holds 10. Four of the seven for item 2 have nothing, three have 10: five could pay its 50, but of five
    # one has 10 + 50 already, more than five are entitled to; of six nobody has more than the 60.
    election = an_election({"1": 10, "2": 50}, 100, ["2"] * 4 + ["1,2"] * 3 + ["1"] * 3)
    assert ejr_plus_violations(election, ["1"], Utility.COST) == (Witness("2", 6, ((0, 4), (10, 2)), 60),)


def test_dear_free_withdrawn_and_unsupported_items_are_no_reproach() -> None:
    election = an_election({"1": 101, "2": 0, "3": 5, "4": 5}, 100, ["1,2,3"] * 4, withdrawn=["3"])
    assert ejr_plus_violations(election, [], Utility.COST) == ()


def test_scores_have_no_such_check() -> None:
    with pytest.raises(InvalidInput, match="fairness.not_for_utility"):
        ejr_plus_violations(an_election({"1": 1}, 1, ["1"]), [], Utility.SCORE)


SHARES = Rule(Method.EQUAL_SHARES)


@pytest.mark.parametrize(
    ("rule", "unchecked", "is_promised"),
    [
        (SHARES, None, True),
        (replace(SHARES, utility=Utility.CARDINALITY, completion=Completion.ADD1_FULL), None, True),
        (Rule(Method.GREEDY), None, False),
        (replace(SHARES, method=Method.BOS), None, False),
        (replace(SHARES, completion=Completion.COMPARISON), Unchecked.COMPARISON, False),
        (replace(SHARES, constraints=Constraints(winner_limit=1)), Unchecked.CONSTRAINTS, False),
        (replace(SHARES, utility=Utility.SCORE), Unchecked.POINTS, False),
    ],
)
def test_it_is_asked_only_where_it_means_something(rule: Rule, unchecked: Unchecked | None, is_promised: bool) -> None:
    election = an_election({"1": 60, "2": 20}, 100, ["1"] * 6 + ["2"] * 4)
    fairness = fairness_of(election, rule, ["1"])
    assert (fairness.unchecked, fairness.is_promised) == (unchecked, is_promised)
    assert fairness.holds is (None if unchecked else False)
    assert [witness.number for witness in fairness.witnesses] == ([] if unchecked else ["2"])
    assert fairness_of(election, rule, ["1", "2"]).holds is (None if unchecked else True)


def violated_by_enumeration(election: Election, winners: Iterable[str], utility: Utility) -> dict[str, int]:
    """The smallest group for each item, of all groups of its supporters there are."""
    worth = {item.number: item.cost_fen if utility is Utility.COST else 1 for item in election.items}
    voters = [set(ballot.marks) for ballot in election.profile.ballots for _ in range(ballot.count)]
    has = [sum(worth[number] for number in set(winners) & marks) for marks in voters]
    scores, found = item_scores(election.profile), {}
    for item in election.items:
        if item.number in winners or item.is_withdrawn or not 0 < item.cost_fen <= election.fund_fen:
            continue
        supporters = [place for place, marks in enumerate(voters) if item.number in marks]
        for size in range(1, len(supporters) + 1 if scores[item.number] > 0 else 1):
            share = Fraction(size * election.fund_fen * worth[item.number]) / (len(voters) * item.cost_fen)
            groups = combinations(supporters, size)
            if any(all(has[place] + worth[item.number] <= share for place in group) for group in groups):
                found[item.number] = size
                break
    return found


@settings(deadline=None)
@given(st.one_of(approval_elections(), scored_elections()), UTILITIES, st.data())
def test_witnesses_are_those_of_all_groups(election: Election, utility: Utility, data: st.DataObject) -> None:
    numbers = [item.number for item in election.items]
    winners = data.draw(st.lists(st.sampled_from(numbers), unique=True))
    found = {witness.number: witness for witness in ejr_plus_violations(election, winners, utility)}
    expected = violated_by_enumeration(election, winners, utility)
    assert {number: witness.group_size for number, witness in found.items()} == expected
    for witness in found.values():
        assert sum(count for _, count in witness.utilities) == witness.group_size


COMPLETIONS = [completion for completion in Completion if not completion.startswith("comparison")]


@settings(deadline=None)
@given(
    st.one_of(approval_elections(), st.integers(0, 10**6).map(colliding_election)),
    UTILITIES,
    st.sampled_from(COMPLETIONS),
)
def test_equal_shares_leave_no_group_short(election: Election, utility: Utility, completion: Completion) -> None:
    rule = Rule(Method.EQUAL_SHARES, utility=utility, completion=completion)
    assert ejr_plus_violations(election, allocate(election, rule, TIES).winners, utility) == ()


@pytest.mark.parametrize("utility", [Utility.COST, Utility.CARDINALITY])
def test_equal_shares_leave_no_group_short_in_real_elections(utility: Utility) -> None:
    for path in (path for path in real_files() if path.stat().st_size < 400_000):
        election = election_from_pabulib(read_pabulib(path))
        if election.profile.mark_kind is MarkKind.APPROVAL:
            winners = allocate(election, Rule(Method.EQUAL_SHARES, utility=utility), TIES).winners
            assert ejr_plus_violations(election, winners, utility) == (), path.stem
