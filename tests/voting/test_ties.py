"""Ties fall by the published recipe, which anyone can repeat."""

import hashlib

from hypothesis import given
from hypothesis import strategies as st

from diancai.voting import TieOrder, TieRule, file_seed, lot_key, tie_seed

COSTS = {"10": 300, "2": 100, "7": 100, "1": 200}


def test_seed_and_lot_follow_the_written_recipe() -> None:
    seed = hashlib.sha256(b"aa\nbb\n3 1 4").hexdigest()
    assert tie_seed("aa", "bb", "3 1 4") == seed
    assert lot_key(seed, "7") == hashlib.sha256(f"{seed}\n7".encode()).hexdigest()
    assert file_seed() == hashlib.sha256(b"").hexdigest()


def test_the_cheaper_goes_first_and_then_the_lot() -> None:
    order = TieOrder(seed_hex=file_seed("drawn"))
    by_lot = sorted(["2", "7"], key=lambda number: lot_key(order.seed_hex, number))
    assert sorted(COSTS, key=order.ranks(COSTS).__getitem__) == [*by_lot, "1", "10"]


def test_votes_count_before_cost_where_a_rule_gives_them() -> None:
    ranks = TieOrder().ranks(COSTS, {"10": 5, "1": 4})
    assert sorted(COSTS, key=ranks.__getitem__)[:2] == ["10", "1"]


def test_the_lot_alone_looks_at_nothing_else() -> None:
    order = TieOrder(TieRule.LOT)
    expected = sorted(COSTS, key=lambda number: lot_key(order.seed_hex, number))
    assert sorted(COSTS, key=order.ranks(COSTS, {"10": 5}).__getitem__) == expected


def test_orders_for_comparison_with_peers() -> None:
    assert list(TieOrder(TieRule.LISTED).ranks(COSTS)) == ["10", "2", "7", "1"]
    assert list(TieOrder(TieRule.ID).ranks(COSTS)) == ["1", "10", "2", "7"]


@given(st.permutations(list(COSTS)), st.sampled_from([TieRule.COST_THEN_LOT, TieRule.LOT, TieRule.ID]))
def test_the_order_on_the_menu_breaks_no_tie(numbers: list[str], rule: TieRule) -> None:
    order = TieOrder(rule)
    assert order.ranks({number: COSTS[number] for number in numbers}) == order.ranks(COSTS)
