"""A fund never pays what it does not hold."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diancai.budget.ledger import EntryKind, LedgerEntry, balance_fen, post
from diancai.errors import LimitReached

DAY = date(2026, 3, 1)


def test_seven_works_at_the_cap_and_one_service_fill_three_million_exactly() -> None:
    entries = post((), LedgerEntry(EntryKind.APPROPRIATION, 300_000_000, DAY, "人大批复"))
    for number in range(7):
        entries = post(entries, LedgerEntry(EntryKind.COMMITMENT, -40_000_000, DAY, f"item {number}"))
    entries = post(entries, LedgerEntry(EntryKind.COMMITMENT, -20_000_000, DAY, "item 8"))
    assert balance_fen(entries) == 0
    with pytest.raises(LimitReached) as refused:
        post(entries, LedgerEntry(EntryKind.COMMITMENT, -1, DAY, "one fen more"))
    assert refused.value.code == "ledger.below_zero"
    assert refused.value.facts == {"balance_fen": 0, "amount_fen": -1, "short_fen": 1}


@given(st.lists(st.integers(-1000, 1000)))
def test_the_balance_is_never_below_zero(amounts: list[int]) -> None:
    entries: tuple[LedgerEntry, ...] = ()
    for amount in amounts:
        entry = LedgerEntry(EntryKind.COMMITMENT if amount < 0 else EntryKind.RELEASE, amount, DAY, "round")
        try:
            entries = post(entries, entry)
        except LimitReached:
            assert balance_fen(entries) + amount < 0
        assert balance_fen(entries) >= 0
