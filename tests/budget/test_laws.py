"""What holds for every rule and every election."""

from collections.abc import Iterable
from dataclasses import replace
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from diancai.budget import Allocation, Binding, Completion, Election, Item, Method, Rule, Utility, allocate
from diancai.voting import Profile, TieOrder, TieRule, WeightedBallot, item_scores, profile_of
from tests.elections import approval_elections, scored_elections


def with_ballots(profile: Profile, ballots: Iterable[WeightedBallot]) -> Profile:
    return profile_of(profile.mark_kind, profile.item_numbers, ballots, profile.place_count)


GREEDY_RULES = [
    Rule(Method.GREEDY),
    Rule(Method.GREEDY_NO_SKIP),
    Rule(Method.GREEDY_PER_COST),
    *(Rule(Method.TOP_K, seat_count, binding) for seat_count in (1, 2, 3) for binding in Binding),
]
SHARE_RULES = [
    Rule(Method.EQUAL_SHARES, utility=utility, completion=completion)
    for utility in Utility
    for completion in Completion
]
BOS_RULES = [Rule(Method.BOS, utility=utility) for utility in Utility]
SCORED_RULES = GREEDY_RULES + SHARE_RULES + BOS_RULES
CASES = st.one_of(
    st.tuples(approval_elections(), st.sampled_from([*SCORED_RULES, Rule(Method.PHRAGMEN)])),
    st.tuples(scored_elections(), st.sampled_from(SCORED_RULES)),
)
TIE_ORDERS = st.builds(TieOrder, st.sampled_from(list(TieRule)), st.text(max_size=3))


@given(CASES, TIE_ORDERS)
def test_the_fund_is_never_exceeded_where_it_binds(case: tuple[Election, Rule], ties: TieOrder) -> None:
    election, rule = case
    allocation = allocate(election, rule, ties)
    costs = {item.number: item.cost_fen for item in election.items}
    assert allocation.spent_fen == sum(costs[number] for number in allocation.winners)
    assert allocation.spent_fen + allocation.left_fen == election.fund_fen
    assert rule.binding is Binding.NONE or allocation.left_fen >= 0
    assert rule.method is not Method.TOP_K or len(allocation.winners) <= (rule.seat_count or 0)


@given(CASES, TIE_ORDERS)
def test_only_supported_items_win_and_every_item_has_its_reason(case: tuple[Election, Rule], ties: TieOrder) -> None:
    election, rule = case
    allocation = allocate(election, rule, ties)
    scores = item_scores(election.profile)
    assert tuple(allocation.reasons) == tuple(item.number for item in election.items)
    for item in election.items:
        is_won = item.number in allocation.winners
        assert allocation.reasons[item.number].is_won == is_won
        assert not is_won or (scores[item.number] > 0 and not item.is_withdrawn)
        if scores[item.number] > 0 and not item.is_withdrawn:
            assert allocation.reasons[item.number].code not in {"lost.no_support", "lost.withdrawn"}


@given(CASES, TIE_ORDERS)
def test_the_steps_follow_the_money(case: tuple[Election, Rule], ties: TieOrder) -> None:
    election, rule = case
    steps = allocate(election, rule, ties).steps
    assert len({step.number for step in steps}) == len(steps)
    assert all(step.left_after_fen == following.left_before_fen for step, following in pairwise(steps))
    assert not steps or steps[0].left_before_fen == election.fund_fen


@given(CASES, TIE_ORDERS, st.randoms(use_true_random=False))
def test_the_order_of_voters_changes_nothing(case: tuple[Election, Rule], ties: TieOrder, random: object) -> None:
    election, rule = case
    ballots = list(election.profile.ballots)
    random.shuffle(ballots)  # type: ignore[attr-defined]
    shuffled = replace(election, profile=with_ballots(election.profile, ballots))
    assert allocate(shuffled, rule, ties) == allocate(election, rule, ties)


@given(CASES, st.sampled_from([TieRule.COST_THEN_LOT, TieRule.LOT, TieRule.ID]), st.randoms(use_true_random=False))
def test_the_order_of_the_menu_changes_nothing(case: tuple[Election, Rule], tie_rule: TieRule, random: object) -> None:
    election, rule = case
    items = list(election.items)
    random.shuffle(items)  # type: ignore[attr-defined]
    held = election.profile
    profile = profile_of(held.mark_kind, tuple(i.number for i in items), held.ballots, held.place_count)
    shuffled = allocate(Election(tuple(items), election.fund_fen, profile), rule, TieOrder(tie_rule))
    assert shuffled == allocate(election, rule, TieOrder(tie_rule))


@given(CASES)
def test_names_of_items_change_nothing_once_ties_are_settled(case: tuple[Election, Rule]) -> None:
    election, rule = case
    names = {item.number: f"renamed {99 - place}" for place, item in enumerate(election.items)}
    renamed = Election(
        tuple(Item(names[item.number], item.cost_fen, item.is_withdrawn) for item in election.items),
        election.fund_fen,
        _renamed(election.profile, names),
    )
    ties = TieOrder(TieRule.LISTED)
    expected = [names[number] for number in allocate(election, rule, ties).winners]
    assert list(allocate(renamed, rule, ties).winners) == expected


def _renamed(profile: Profile, names: dict[str, str]) -> Profile:
    ballots = (replace(ballot, marks=tuple(names[mark] for mark in ballot.marks)) for ballot in profile.ballots)
    return profile_of(profile.mark_kind, tuple(names.values()), ballots, profile.place_count)


@given(CASES, TIE_ORDERS)
def test_equal_voters_count_alike_one_by_one_or_grouped(case: tuple[Election, Rule], ties: TieOrder) -> None:
    election, rule = case
    singles = (WeightedBallot(b.marks, b.points, 1) for b in election.profile.ballots for _ in range(b.count))
    apart = replace(election, profile=with_ballots(election.profile, singles))
    assert allocate(apart, rule, ties) == allocate(election, rule, ties)


@given(approval_elections(), TIE_ORDERS)
def test_one_more_approval_never_hurts_an_item_under_greedy(election: Election, ties: TieOrder) -> None:
    voters = [set(ballot.marks) for ballot in election.profile.ballots for _ in range(ballot.count)]
    for winner in allocate(election, Rule(Method.GREEDY), ties).winners:
        for place, marks in enumerate(voters):
            ballots = tuple(
                WeightedBallot(tuple(sorted(marks | {winner} if place == other else held)), (), 1)
                for other, held in enumerate(voters)
            )
            profile = with_ballots(election.profile, ballots)
            after: Allocation = allocate(replace(election, profile=profile), Rule(Method.GREEDY), ties)
            assert winner in after.winners
