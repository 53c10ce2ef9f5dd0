"""The wallets of BOS: at which price the supporters of an item buy it, estimated in floats and settled beyond doubt.

For an item with cost c, supporters i with wallets b_i and weights w_i let collected(x) = Σ min(b_i, x·w_i). The price
of the paper, ρ/α per utility, is x·c² / collected(x)², at its least where x is the wallet per weight of a supporter (in
between it rises and then falls), or where all of the cost is collected. Amounts are in units of the table, divided by
the number of ballots, so that the endowment is whole.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from diancai.budget.bos_curve import Curve
from diancai.budget.bounds import UNIT, Mask
from diancai.budget.enclosures import Evaluate, Form, Ratios, plus, times
from diancai.budget.rules import Utility
from diancai.budget.support import Floats, SupportTable
from diancai.voting.exact import Exact
from diancai.voting.profile import Integers

_LEAST = float(np.finfo(np.float64).tiny)
"""What a wallet shows that is empty to a float but not surely to a fraction."""


@dataclass(frozen=True, eq=False)
class Estimate:
    """The supporters of a candidate that have money, and between what its price lies. No number is sure, every bound is.

    `lows`: at least the price at each supporter's wallet. `full_low`: at least that at which all is collected.
    `full_from`: at most what each then pays per weight.
    """

    place: int
    rows: Integers
    counts: Integers
    weights: Integers
    money: Floats
    lows: Floats
    full_low: float
    full_from: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Bid:
    """One item at one price, exactly: each supporter pays `paid` / `per` for each unit of weight, or all that is left.

    At the `asked` / `per_asked` that nobody overspends, `collected` / `per_collected` comes together. `key` is the
    price by which bids compare, as factors above and below the line.
    """

    place: int
    paid: Form
    per: Form
    asked: Form
    per_asked: int
    collected: Form
    per_collected: int
    key: tuple[tuple[Form, ...], tuple[Form, ...]]


class Wallets:
    """The wallets of one count, row by row."""

    def __init__(self, table: SupportTable, left_fen: Exact, voter_count: int, utility: Utility) -> None:
        self.table = table
        self.unit = table.scale * voter_count
        """So many units are one fen."""
        self.endowment = int(Fraction(left_fen) * table.scale)
        self.costs = [cost * voter_count for cost in table.costs]
        self.per = self.costs if utility is Utility.COST else [1] * len(self.costs)
        self.money: Floats = np.full(table.row_count, float(self.endowment))
        self.error = 2 * UNIT * float(self.endowment)
        """No wallet shows more or less than this beside what it has."""
        self.kinds: Integers = np.zeros(table.row_count, np.int64)
        """Rows of a kind that have something paid for the same with the same weights: their wallets are equal."""
        self.kind_count = 1
        self.ratios = Ratios()
        self.bought: list[int] = []
        """Places in the menu, parallel to the ratios: the price of each per unit of weight."""

    def first_bound(self, place: int) -> float:
        """At most the price of a candidate while all have their endowment: as if none of them were too poor."""
        return float(self.costs[place]) / (float(self.table.supports[place].weight_sum) * float(self.per[place]))

    def estimate(self, place: int) -> Estimate | None:
        """None if no supporter has anything left."""
        support = self.table.supports[place]
        has = self.money[support.rows] > 0
        rows, counts, weights = support.rows[has], support.counts[has], support.weights[has]
        if not len(rows):
            return None
        money, ballots, heavy = self.money[rows], counts.astype(np.float64), weights.astype(np.float64)
        price = money / heavy
        order = np.argsort(price)
        curve = Curve(money[order], ballots[order], heavy[order], price[order], self.error)
        with np.errstate(over="ignore"):
            lows, highs = curve.bounds(float(self.costs[place]), float(self.per[place]))
        full_from, full_to = curve.full(float(self.costs[place]))
        full_low, full_high = full_from / float(self.per[place]), full_to / float(self.per[place])
        parallel = (rows[order], counts[order], weights[order], money[order], lows)
        low, high = min(float(lows.min()), full_low), min(float(highs.min()), full_high)
        return Estimate(
            place, *parallel, full_low * (1 - 4 * UNIT), full_from, low * (1 - 8 * UNIT), high * (1 + 8 * UNIT)
        )

    def bid(self, estimate: Estimate) -> Bid:
        """The bid with the least price; of equal ones that which collects more."""
        best = self._full_bid(estimate) if estimate.full_low <= estimate.high else None
        near = np.flatnonzero(estimate.lows <= estimate.high)
        firsts, _ = self._by_kind(estimate.rows[near], estimate.weights[near])
        for index in near[firsts].tolist():
            wallet, weight = self.wallet(int(estimate.rows[index])), int(estimate.weights[index])
            found = self._partial_bid(estimate, index, wallet, weight)
            if found and (best is None or self._is_better(found, best)):
                best = found
        assert best is not None
        return best

    def compare(self, one: Bid, other: Bid) -> int:
        """Below zero if the first has the lower price."""
        if one.key == other.key:
            # Of twins, however long the numbers behind them.
            return 0
        return self.ratios.sign(
            lambda of: _product(of, (*one.key[0], *other.key[1])) - _product(of, (*other.key[0], *one.key[1]))
        )

    def pay(self, bid: Bid) -> None:
        """Every supporter pays the price, or all that is left."""
        support = self.table.supports[bid.place]
        has = self.money[support.rows] > 0
        rows, weights = support.rows[has], support.weights[has]
        price, is_poor = self._poor(rows, weights, bid.paid, bid.per)
        self.money[rows] = np.maximum(self.money[rows] - price * weights.astype(np.float64), _LEAST)
        self.money[rows[is_poor]] = 0.0
        firsts, which = self._by_kind(rows, weights)
        self.kinds[rows] = self.kind_count + which
        self.kind_count += len(firsts)
        self.error += 4 * UNIT * float(self.endowment)
        self.ratios.add(bid.paid, bid.per)
        self.bought.append(self.table.item_places[bid.place])

    def each_fen(self, bid: Bid) -> int:
        """What a supporter with the largest weight pays at most, rounded up."""
        most = times(bid.paid, self.table.supports[bid.place].heaviest)
        below = self.ratios.whole_below(most, times(bid.per, self.unit))
        is_whole = not self.ratios.sign(lambda of: of(most) - of(times(bid.per, self.unit * below)))
        return below if is_whole else below + 1

    def covered_fen(self, bid: Bid) -> int:
        """What comes together at the price that nobody overspends, rounded down."""
        return self.ratios.whole_below(bid.collected, (bid.per_collected * self.unit,))

    def wallet(self, row: int) -> Form:
        """What a row that has something has."""
        weights = self.table.weights_of_row(row)
        return (self.endowment, *(-weights.get(item, 0) for item in self.bought))

    def _wallets(self, rows: Integers) -> Form:
        """What the ballots of these rows have together."""
        if not len(rows):
            return (0,)
        weights = self.table.weights_of_rows(rows)
        ballots = int(self.table.row_counts[rows].sum())
        return (self.endowment * ballots, *(-weights[item] for item in self.bought))

    def _poor(self, rows: Integers, weights: Integers, price: Form, per: Form) -> tuple[float, Mask]:
        """A price as a float, and which of the rows have no more than it, beyond doubt."""
        near = self.ratios.nearest_float(price, per)
        money, full = self.money[rows], near * weights.astype(np.float64)
        is_poor: Mask = money <= full
        slack = self.error + 8 * UNIT * full
        doubtful = np.flatnonzero(np.abs(money - full) <= slack)
        if not len(doubtful):
            return near, is_poor
        firsts, which = self._by_kind(rows[doubtful], weights[doubtful])
        answers = [
            self._has_no_more(self.wallet(int(rows[index])), int(weights[index]), price, per)
            for index in doubtful[firsts].tolist()
        ]
        is_poor[doubtful] = np.array(answers, bool)[which]
        return near, is_poor

    def _by_kind(self, rows: Integers, weights: Integers) -> tuple[Integers, Integers]:
        """Of these rows, with what each gives to an item, the first of each kind and weight; and of which each one is."""
        kinds = self.kinds[rows]
        if (weights != 1).any():
            kinds = kinds * len(rows) + np.unique(weights, return_inverse=True)[1]
        _, firsts, which = np.unique(kinds, return_index=True, return_inverse=True)
        return firsts, which

    def _has_no_more(self, wallet: Form, weight: int, price: Form, per: Form) -> bool:
        if times(wallet, per[0]) == times(price, weight) and len(per) == 1:
            return True
        return self.ratios.sign(lambda of: of(wallet) * of(per) - of(price) * weight) <= 0

    def _partial_bid(self, estimate: Estimate, index: int, wallet: Form, weight: int) -> Bid | None:
        """The bid at which this wallet is just emptied; None if that collects more than the cost."""
        cost = self.costs[estimate.place]
        _, is_poor = self._poor(estimate.rows, estimate.weights, wallet, (weight,))
        rich_weight = _weight(estimate, ~is_poor)
        collected = plus(times(self._wallets(estimate.rows[is_poor]), weight), wallet, rich_weight)
        if self.ratios.sign(lambda of: of(collected) - of((weight * cost,))) > 0:
            return None
        above = ((weight * cost,), (cost,), wallet)
        below = ((self.per[estimate.place],), collected, collected)
        return Bid(
            estimate.place, times(wallet, cost), collected, wallet, weight, collected, weight, key=(above, below)
        )

    def _full_bid(self, estimate: Estimate) -> Bid | None:
        """The bid that collects all of the cost while some can pay in full; None if there is none.

        The price is the most over all ways to tell poor from rich, so each correction raises it.
        """
        cost = self.costs[estimate.place]
        surely = estimate.full_from * estimate.weights.astype(np.float64) * (1 - 8 * UNIT) - self.error
        is_poor: Mask = estimate.money < surely
        while rich_weight := _weight(estimate, ~is_poor):
            paid = plus((cost,), self._wallets(estimate.rows[is_poor]), -1)
            if self._sign(paid) <= 0:
                return None
            _, now_poor = self._poor(estimate.rows, estimate.weights, paid, (rich_weight,))
            if (now_poor <= is_poor).all():
                key = ((paid,), ((self.per[estimate.place],), (rich_weight,)))
                return Bid(estimate.place, paid, (rich_weight,), paid, rich_weight, (cost,), 1, key)
            is_poor = now_poor | is_poor
        return None

    def _sign(self, form: Form) -> int:
        return self.ratios.sign(lambda of: of(form))

    def _is_better(self, one: Bid, other: Bid) -> bool:
        order = self.compare(one, other)
        if order:
            return order < 0
        asks = self.ratios.sign(lambda of: of(one.asked) * other.per_asked - of(other.asked) * one.per_asked)
        return asks > 0


def _weight(estimate: Estimate, chosen: Mask) -> int:
    return int((estimate.counts[chosen] * estimate.weights[chosen]).sum())


def _product(of: Evaluate, forms: Sequence[Form]) -> Any:
    total = of(forms[0])
    for form in forms[1:]:
        total = total * of(form)
    return total
