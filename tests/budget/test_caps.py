"""F-06: equal is allowed, one fen more is not; the table is dated."""

from datetime import date

import pytest

from diancai.budget.caps import DEFAULT_CAPS, Cap, ItemCategory, cap_on, check_cap
from diancai.errors import InvalidInput, LimitReached

TODAY = date(2026, 11, 21)


@pytest.mark.parametrize(
    ("category", "cap_fen"),
    [
        (ItemCategory.WORKS, 40_000_000),
        (ItemCategory.SERVICES, 20_000_000),
        (ItemCategory.GOODS, 20_000_000),
    ],
)
def test_the_cap_itself_is_allowed_and_a_fen_more_is_not(category: ItemCategory, cap_fen: int) -> None:
    check_cap(DEFAULT_CAPS, category, TODAY, cap_fen)
    with pytest.raises(LimitReached) as refused:
        check_cap(DEFAULT_CAPS, category, TODAY, cap_fen + 1)
    assert refused.value.code == "cap.item_over"
    assert refused.value.facts == {
        "category": category,
        "cap_fen": cap_fen,
        "amount_fen": cap_fen + 1,
        "excess_fen": 1,
    }


def test_the_row_in_force_is_the_latest_begun() -> None:
    later = Cap(ItemCategory.WORKS, 50_000_000, date(2027, 1, 1))
    caps = (later, *DEFAULT_CAPS)
    assert cap_on(caps, ItemCategory.WORKS, date(2026, 12, 31)).cap_fen == 40_000_000
    assert cap_on(caps, ItemCategory.WORKS, date(2027, 1, 1)) == later


def test_before_the_first_row_nothing_is_admitted() -> None:
    with pytest.raises(InvalidInput) as refused:
        check_cap(DEFAULT_CAPS, ItemCategory.WORKS, date(2013, 12, 31), 1)
    assert refused.value.code == "cap.none_in_force"
