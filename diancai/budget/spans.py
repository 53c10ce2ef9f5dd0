"""Many endowments at once: how far equal shares keep their outcome when every voter gets more.

Along a fixed order of purchases the purses of a whole interval of endowments are held between straight lines over it,
an upper and a lower one for each purse. A price is a convex function of the purses. So its value for the lower lines
at both ends gives a line above it, and any fixed division into rich and poor, with the upper lines, a line below it. As
long as the line above the price of each item bought stays under the lines below all its rivals' prices, the order is
that of the beginning. All bounds are widened by what rounding may have done: floats never certify too much.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from diancai.budget.bounds import UNIT, Sides
from diancai.budget.equal_shares import Purchases, Shop
from diancai.budget.purses import Purses
from diancai.budget.support import Floats, inner
from diancai.voting.profile import Integers

_ENDS = (0, 1)
_FAR = 1e300
"""Instead of infinity, where a search begins."""


class Span:
    """The interval of endowments from `first`, of which the purchases are known, to `last`; in units of the table."""

    def __init__(self, shop: Shop, purchases: Purchases, first: Fraction, last: Fraction) -> None:
        self.shop = shop
        self.purchases = purchases
        self.table = shop.table
        ends = [float(first), float(last)]
        self.low = [np.full(self.table.row_count, end * (1 - 2 * UNIT)) for end in ends]
        self.high = [np.full(self.table.row_count, end * (1 + 2 * UNIT)) for end in ends]
        self.slack = 8 * UNIT * ends[1]
        # Only to tell rich from poor in the middle of the interval.
        self.middle = Purses(self.table, (first + last) / 2, purchases.purses)
        self.below = [np.array([key * (1 - 4 * UNIT) for key in shop.floor_keys_float]) for _ in _ENDS]
        """At most the price per utility of each candidate, at both ends."""
        self.is_open = np.array([support.weight_sum > 0 for support in self.table.supports], bool)
        self._live: dict[int, _Live] = {}
        self.part = 1.0
        """The part of the interval, from its beginning, in which the order is certain so far."""

    def certain_part(self) -> float:
        """The part of the interval, from its beginning, in which the outcome surely is that of the purchases there."""
        purchases = self.purchases
        for place in purchases.turns:
            self.is_open[place] = False
            above = self._prices_above(place)
            if max(above) >= _FAR:
                return 0.0
            self._hold_back_rivals(place, above)
            if self.part <= 0:
                return 0.0
            if place not in purchases.dropped:
                self._pay(place, above)
        for place in np.flatnonzero(self.is_open).tolist():
            self.part = min(self.part, self._part_unpaid(place))
        return max(self.part, 0.0)

    def _hold_back_rivals(self, place: int, above: Sequence[float]) -> None:
        """Shorten the part to where no rival could be cheaper."""
        keys = [self.shop.key(place, price) * (1 + 2 * UNIT) for price in above]
        is_constant = self._is_constant(place, above)
        for rival in np.flatnonzero(self._is_near(keys)).tolist():
            if self._goes_after_by_rule(rival, place, is_constant=is_constant):
                continue
            self.part = min(self.part, self._refresh(rival))
            if not self.is_open[rival]:
                continue
            gaps = [float(self.below[end][rival]) - keys[end] for end in _ENDS]
            if gaps[0] <= 0:
                self.part = 0.0
            elif _between(gaps, self.part) <= 0:
                self.part = gaps[0] / (gaps[0] - gaps[1])

    def _is_near(self, keys: Sequence[float]) -> Integers:
        gaps = [self.below[end] - keys[end] for end in _ENDS]
        near: Integers = self.is_open & ((gaps[0] <= 0) | ((1 - self.part) * gaps[0] + self.part * gaps[1] <= 0))
        return near

    def _goes_after_by_rule(self, rival: int, place: int, *, is_constant: bool) -> bool:
        """Whether the order of ties keeps a rival behind wherever its price is as low: it never is lower."""
        shop = self.shop
        if shop.ranks[rival] > shop.ranks[place] and shop.twins[rival] == shop.twins[place]:
            return True
        own, other = (shop.floor_keys[place], shop.ranks[place]), (shop.floor_keys[rival], shop.ranks[rival])
        return is_constant and own < other

    def _is_constant(self, place: int, above: Sequence[float]) -> bool:
        """Whether every supporter pays in full in the whole interval: then the price is cost by weights, exactly."""
        support = self.table.supports[place]
        if len(self._live_support(place).rows) < len(support.rows):
            return False
        return all(bool((self.low[end][support.rows] >= above[end] * support.float_weights).all()) for end in _ENDS)

    def _refresh(self, place: int) -> float:
        """Draw the line below a price anew; the part that this leaves certain.

        A candidate that cannot be paid in the middle is closed, and the part ends where it might be paid.
        """
        sides = self._divided(place)
        if sides is None:
            # Purses only shrink along the order: what cannot be paid here cannot be paid later.
            self.is_open[place] = False
            return self._part_unpaid(place)
        for end in _ENDS:
            price = self._price_below(place, sides, end)
            self.below[end][place] = self.shop.key(place, price) * (1 - 2 * UNIT)
        return self.part

    def _divided(self, place: int) -> Sides | None:
        """Rich and poor in the middle of the interval; None where nobody could pay in full."""
        paid = self.purchases.paid.get(place)
        self.middle.lower_bound(place, sides=paid.sides if paid else None)
        sides = self.middle.sides_of(place)
        return sides if sides and sides.rich_weight > 0 else None

    def _price_below(self, place: int, sides: Sides, end: int) -> float:
        held = inner(self.high[end].take(sides.poor.rows), sides.poor.counts)
        cost = float(self.table.costs[place])
        error = (len(sides.poor.rows) + len(sides.rich.rows) + 4) * UNIT * (cost + held)
        return (cost - held - error) / sides.rich_weight

    def _prices_above(self, place: int) -> list[float]:
        """At least the price at both ends; infinite where the lower lines cannot pay it.

        Who is poor at the last endowment is poor at the first, so the search begins there.
        """
        live = self._live_support(place)
        needed = self.table.float_costs[place] * (1 + (len(live.rows) + 8) * UNIT)
        last = _least_price(self.low[1].take(live.rows), live, needed, 0.0)
        first = _least_price(self.low[0].take(live.rows), live, needed, min(last, _FAR))
        return [self._widened(live, end, price, needed) for end, price in zip(_ENDS, (first, last), strict=True)]

    def _widened(self, live: "_Live", end: int, price: float, needed: float) -> float:
        """The price, and as much more as rounding may have taken from it."""
        money = self.low[end].take(live.rows)
        for widening in (0.0, 1e-15, 1e-13, 1e-11, 1e-9):
            tried = price * (1 + widening)
            if inner(np.minimum(money, tried * live.weights), live.counts) >= needed:
                return tried * (1 + UNIT)
        return np.inf

    def _live_support(self, place: int) -> "_Live":
        """The supporters who may have something in some part of the interval; forgets the others for good."""
        live = self._live.get(place)
        if live is None:
            support = self.table.supports[place]
            live = _Live(support.rows, support.float_counts, support.float_weights)
        has = (self.high[1].take(live.rows) > 0).nonzero()[0]
        if len(has) < len(live.rows):
            live = _Live(live.rows.take(has), live.counts.take(has), live.weights.take(has))
        self._live[place] = live
        return live

    def _old_price(self, place: int, end: int) -> float:
        return self.shop.price(place, float(self.below[end][place])) * (1 - 2 * UNIT)

    def _part_unpaid(self, place: int) -> float:
        """The part in which the supporters of a candidate surely cannot pay it together."""
        live, cost = self._live_support(place), self.table.float_costs[place]
        totals = [inner(self.high[end].take(live.rows), live.counts) for end in _ENDS]
        gaps = [cost - total * (1 + (len(live.rows) + 4) * UNIT) for total in totals]
        if gaps[0] <= 0:
            return 0.0
        return 1.0 if gaps[1] > 0 else gaps[0] / (gaps[0] - gaps[1])

    def _pay(self, place: int, above: Sequence[float]) -> None:
        """Move the lines of the supporters' purses: at least the price below is paid, at most the price above."""
        live = self._live_support(place)
        sides = self._divided(place)
        # One line, not the better value at each end: between them that would be no bound.
        below = [self._price_below(place, sides, end) if sides else self._old_price(place, end) for end in _ENDS]
        high = [np.maximum(self.high[end].take(live.rows) - below[end] * live.weights, -self.slack) for end in _ENDS]
        low = [self.low[end].take(live.rows) - above[end] * live.weights - self.slack for end in _ENDS]
        is_empty = (high[0] <= -self.slack) & (high[1] <= -self.slack)
        is_over_zero = (low[0] > 0) & (low[1] > 0)
        for end in _ENDS:
            high[end] = np.where(is_empty, 0.0, high[end] + self.slack)
            self.high[end][live.rows] = high[end]
            self.low[end][live.rows] = np.where(is_over_zero, low[end], 0.0)
        self.middle.money[live.rows] = (high[0] + high[1]) / 2


def _between(ends: Sequence[float], part: float) -> float:
    return (1 - part) * ends[0] + part * ends[1]


@dataclass(frozen=True, slots=True)
class _Live:
    """Supporters with something in their purses: rows, ballots, weights."""

    rows: Integers
    counts: Floats
    weights: Floats


def _least_price(money: Floats, live: _Live, cost: float, at_least: float) -> float:
    """What each pays per unit of weight so that all pay the cost; infinite where they cannot."""
    counts, weights, missing, price = live.counts, live.weights, cost, at_least
    while len(money):
        is_poor = money < price * weights
        if np.count_nonzero(is_poor):
            missing -= inner(money[is_poor], counts[is_poor])
            is_rich = (~is_poor).nonzero()[0]
            money, counts, weights = money.take(is_rich), counts.take(is_rich), weights.take(is_rich)
        elif price > at_least:
            return price
        if not len(money):
            break
        price = max(missing / inner(counts, weights), at_least)
        if price == at_least and not np.count_nonzero(money < price * weights):
            return price
    return np.inf
