"""Caps of a single item by category and date, on fiscal money (F-06: 工程类 ≤ 40万元, 服务类 and 实物类 ≤ 20万元)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from diancai.errors import InvalidInput, LimitReached


class ItemCategory(StrEnum):
    """工程, 服务, 实物."""

    WORKS = "works"
    SERVICES = "services"
    GOODS = "goods"


@dataclass(frozen=True, slots=True)
class Cap:
    """The most one item of a category may cost, in fen, from a day on until a later row of the table takes over."""

    category: ItemCategory
    cap_fen: int
    valid_from: date


# The figures of the Futian guideline, in force since its issue in April 2014 (F-06, F-10).
DEFAULT_CAPS = (
    Cap(ItemCategory.WORKS, 40_000_000, date(2014, 4, 1)),
    Cap(ItemCategory.SERVICES, 20_000_000, date(2014, 4, 1)),
    Cap(ItemCategory.GOODS, 20_000_000, date(2014, 4, 1)),
)


def cap_on(caps: Iterable[Cap], category: ItemCategory, day: date) -> Cap:
    """The row in force for a category on a day.

    Raises InvalidInput cap.none_in_force (category, day): no row is not "no limit".
    """
    in_force = [cap for cap in caps if cap.category == category and cap.valid_from <= day]
    if not in_force:
        raise InvalidInput("cap.none_in_force", category=category, day=day)
    return max(in_force, key=lambda cap: cap.valid_from)


def check_cap(caps: Iterable[Cap], category: ItemCategory, day: date, amount_fen: int) -> None:
    """Refuse an item above its cap; equal is allowed (不超过, F-06).

    Raises LimitReached cap.item_over (category, cap_fen, amount_fen, excess_fen), and what `cap_on` raises.
    """
    cap = cap_on(caps, category, day)
    if amount_fen > cap.cap_fen:
        raise LimitReached(
            "cap.item_over",
            category=category,
            cap_fen=cap.cap_fen,
            amount_fen=amount_fen,
            excess_fen=amount_fen - cap.cap_fen,
        )
