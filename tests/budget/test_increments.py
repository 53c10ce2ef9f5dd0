"""Add1 goes unit by unit, and leaps only where the outcome surely stays."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from diancai.budget import Completion, Election, Item, Method, Rule, Utility, allocate, election_from_pabulib
from diancai.budget.completions import settled, shop_of
from diancai.budget.contest import Contest, contest_of
from diancai.budget.equal_shares import Purchases, Shop, endowment_of
from diancai.budget.increments import MAIN_UNIT_FEN, Climb
from diancai.budget.spans import Span
from diancai.voting import MarkKind, TieOrder, TieRule, profile_from_arrays, read_pabulib
from tests.collisions import by_an_ulp
from tests.elections import an_election, real_files

TIES = TieOrder(TieRule.ID)


def an_election_of(seed: int, *, voter_count: int, item_count: int, unit_fen: int) -> Election:
    """Random approvals; costs in whole units, so that a few hundred of them lie between the ends of Add1."""
    random = np.random.default_rng(seed)
    lengths = random.integers(1, 5, voter_count)
    numbers = tuple(f"{place}" for place in range(item_count))
    marks = random.integers(0, item_count, lengths.sum())
    costs = random.integers(20, 400, item_count) * unit_fen
    items = tuple(Item(number, int(cost)) for number, cost in zip(numbers, costs, strict=True))
    profile = profile_from_arrays(MarkKind.APPROVAL, numbers, lengths=lengths, marks=marks)
    return Election(items, int(costs.sum()) // 2, profile)


def shop(election: Election, utility: Utility) -> Shop:
    contest = contest_of(election, Rule(Method.EQUAL_SHARES, utility=utility), TIES)
    return shop_of(settled(contest))


def fits_nothing(contest: Contest, ready: Shop, purchases: Purchases) -> bool:
    left_fen = purchases.standing.left_fen
    return all(ready.table.candidates[place].cost_fen > left_fen for place in purchases.open_places())


def unit_by_unit(contest: Contest, ready: Shop, completion: Completion) -> Purchases:
    endowment = endowment_of(contest, ready.standing, ready.table.scale)
    purchases = ready.run(endowment)
    while purchases.open_places() and not (completion is Completion.ADD1 and fits_nothing(contest, ready, purchases)):
        endowment += MAIN_UNIT_FEN * ready.table.scale
        following = ready.run(endowment)
        if following.standing.left_fen < 0:
            return purchases
        purchases = following
    return purchases


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None, max_examples=20)
@given(
    st.integers(0, 2**32),
    st.sampled_from([Utility.COST, Utility.CARDINALITY]),
    st.sampled_from([Completion.ADD1, Completion.ADD1_FULL]),
    st.sampled_from([(7, 4, 200), (40, 9, 800), (60, 6, 2_000)]),
)
def test_leaps_end_where_unit_steps_end(
    seed: int, utility: Utility, completion: Completion, size: tuple[int, int, int]
) -> None:
    voters, items, unit_fen = size
    election = an_election_of(seed, voter_count=voters, item_count=items, unit_fen=unit_fen)
    contest = contest_of(election, Rule(Method.EQUAL_SHARES, utility=utility), TIES)
    ready = shop(election, utility)
    expected, climb = unit_by_unit(contest, ready, completion), Climb(contest, ready)
    found = climb.early_end if completion is Completion.ADD1 else climb.full_end
    assert found.turns == expected.turns
    assert [offer.price for offer in found.bought] == [offer.price for offer in expected.bought]


@pytest.mark.parametrize("seed", range(12))
def test_leaps_tell_apart_prices_that_floats_confuse(seed: int) -> None:
    # Of nine items three cost nearly the same each.
    drawn = an_election_of(seed, voter_count=40, item_count=9, unit_fen=800)
    costs = [item.cost_fen for item in drawn.items[:3]]
    items = tuple(replace(item, cost_fen=costs[place % 3]) for place, item in enumerate(drawn.items))
    election = by_an_ulp(replace(drawn, items=items), seed)
    contest = contest_of(election, Rule(Method.EQUAL_SHARES, utility=Utility.CARDINALITY), TIES)
    ready = shop(election, Utility.CARDINALITY)
    found, expected = Climb(contest, ready).full_end, unit_by_unit(contest, ready, Completion.ADD1_FULL)
    assert found.turns == expected.turns
    assert [offer.price for offer in found.bought] == [offer.price for offer in expected.bought]


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None, max_examples=20)
@given(st.integers(0, 2**32), st.sampled_from([Utility.COST, Utility.CARDINALITY]), st.integers(0, 300))
def test_a_span_is_certain_of_nothing_that_is_wrong(seed: int, utility: Utility, unit_count: int) -> None:
    election = an_election_of(seed, voter_count=50, item_count=10, unit_fen=10_000)
    ready, reach = shop(election, utility), 40
    contest = contest_of(election, Rule(Method.EQUAL_SHARES, utility=utility), TIES)
    endowment = endowment_of(contest, ready.standing, ready.table.scale) + unit_count * MAIN_UNIT_FEN
    first = ready.run(endowment)
    part = Span(ready, first, endowment, endowment + reach * MAIN_UNIT_FEN).certain_part()
    for units in range(int(part * reach * (1 - 1e-9)) + 1):
        assert ready.run(Fraction(endowment + units * MAIN_UNIT_FEN)).turns == first.turns


def test_add1_stops_before_it_overspends() -> None:
    # 10 yuan for six voters: with one more for each, three of them have 8.
    election = an_election({"1": 600, "2": 900}, 1000, ["1", "1", "1", "2", "2", "2"])
    assert allocate(election, Rule(Method.EQUAL_SHARES), TIES).winners == ()
    reached: list[int] = []
    add1 = allocate(election, Rule(Method.EQUAL_SHARES, completion=Completion.ADD1), TIES, reached.append)
    assert add1.winners == ("1",)
    assert add1.left_fen == 400
    assert reached == [1]


@pytest.mark.parametrize(("completion", "winner_count"), [(Completion.ADD1, 31), (Completion.ADD1_FULL, 30)])
def test_wieliczka_ends_early_or_goes_on_to_its_official_number(completion: Completion, winner_count: int) -> None:
    path = next((path for path in real_files() if path.stem == "Poland_Wieliczka_2023_Green_Budget"), None)
    if path is None:
        pytest.skip("the file of Wieliczka is not in ../shared/data/pabulib")
    election = election_from_pabulib(read_pabulib(path))
    rule = Rule(Method.EQUAL_SHARES, completion=completion)
    assert len(allocate(election, rule, TIES).winners) == winner_count
