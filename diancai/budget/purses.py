"""What the voters have left under equal shares: floats that filter, exact fractions where a float could not decide.

Every row of the profile has a purse. Its exact content is the endowment less the payments for the items that the row
supports, or nothing once it could not pay in full. So an exact purse needs no memory of its own: only which items were
bought at which exact price, and which rows paid all they had. The floats carry a bound on their error; whatever lies
within it is asked again in fractions.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

import numpy as np
import numpy.typing as npt

from diancai.budget.support import Support, SupportTable
from diancai.voting.profile import Integers

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

UNIT = 2.0**-53
"""The relative error of one operation on floats."""
COARSEST = 1e-9
"""The part of the endowment that the error of a purse may reach before prices are taken from fractions again."""
_LEAST = float(np.finfo(np.float64).tiny)
"""What a purse shows that is empty to a float but not surely to a fraction."""


@dataclass(eq=False)
class Offer:
    """One item at its price per unit of weight: who pays in full, and who pays all that is left. Certain, not estimated.

    `estimate` is the price as a float, at most `error` away.
    """

    purses: "Purses"
    candidate: int
    poor_rows: Integers
    rich_weight: int
    estimate: float
    error: float
    payment_count: int
    """How many payments had been made before."""

    @cached_property
    def price(self) -> Fraction:
        """Exact. Earlier prices are asked for in their order, so nothing recurses."""
        for earlier in self.purses.payments[: self.payment_count]:
            if "price" not in earlier.__dict__:
                _ = earlier.price
        paid_by_poor = self.purses.exact_sum(self.poor_rows, self.payment_count)
        return (self.purses.table.costs[self.candidate] - paid_by_poor) / self.rich_weight


class Purses:
    """The purses of one run. Amounts in units of the table."""

    def __init__(self, table: SupportTable, endowment: Fraction) -> None:
        self.table = table
        self.endowment = endowment
        self.money: Floats = np.full(table.row_count, float(endowment))
        self.error = 2 * UNIT * float(endowment)
        self.payments: list[Offer] = []
        self._live: list[tuple[Integers, Floats, Floats] | None] = [None] * len(table.candidates)

    def lower_bound(self, candidate: int, give_up_at: float = np.inf) -> float | None:
        """At most the price of a candidate per unit of weight; None if its supporters surely cannot pay it.

        Whoever is taken for poor, what the others would have to pay is never more than the price (it is the most over
        all ways to tell poor from rich). So the bound may stop anywhere, as soon as it lies above `give_up_at`.
        """
        rows, counts, weights = self._live_support(candidate)
        money, missing = self.money[rows], float(self.table.costs[candidate])
        error, bound = missing * UNIT, 0.0
        while len(money):
            rich_weight = float(counts @ weights)
            price = missing / rich_weight
            bound = max(bound, price - error / rich_weight - price * (len(money) + 4) * UNIT)
            is_poor = money < price * weights
            if bound > give_up_at or not is_poor.any():
                return bound
            poor_counts = counts[is_poor]
            paid = float(money[is_poor] @ poor_counts)
            error += float(poor_counts.sum()) * self.error + (len(poor_counts) + 2) * UNIT * (paid + missing)
            missing -= paid
            is_rich = ~is_poor
            money, counts, weights = money[is_rich], counts[is_rich], weights[is_rich]
        return bound if missing <= error else None

    def offer(self, candidate: int) -> Offer | None:
        """Who would pay what, beyond doubt; None if the supporters cannot pay the candidate together.

        Rows near the border are asked in exact numbers. Whether one that has just the price counts as rich or poor
        makes no difference.
        """
        rows, _, weights = self._live_support(candidate)
        money = self.money[rows]
        is_poor = np.zeros(len(rows), bool)
        while True:
            offer = self._offered(candidate, rows, is_poor)
            if offer is None:
                return None
            full = offer.estimate * weights
            slack = self.error + offer.error * weights + 4 * UNIT * full
            more = (money < full - slack) & ~is_poor
            if not more.any():
                doubtful = np.flatnonzero((money < full + slack) & ~is_poor)
                more[doubtful] = self._have_less(rows[doubtful], candidate, offer)
            if not more.any():
                return offer
            is_poor |= more

    def pay(self, offer: Offer) -> None:
        """Every supporter pays the price, or all that is left."""
        support = self.table.supports[offer.candidate]
        heaviest = float(support.weights.max())
        price, error = offer.estimate, offer.error
        if self.error + error * heaviest > COARSEST * float(self.endowment):
            price = float(offer.price)
            error = price * 2 * UNIT
        rows, _, weights = self._live_support(offer.candidate)
        self.money[rows] = np.maximum(self.money[rows] - price * weights, _LEAST)
        self.money[offer.poor_rows] = 0.0
        self.error += error * heaviest + 4 * UNIT * float(self.endowment)
        self.payments.append(offer)

    def exact_sum(self, rows: Integers, payment_count: int | None = None) -> Fraction:
        """What the ballots of these rows, none of them empty-handed, have together after so many payments."""
        is_asked = np.zeros(self.table.row_count, bool)
        is_asked[rows] = True
        total = self.endowment * int(self.table.row_counts[rows].sum())
        for payment in self.payments[:payment_count]:
            support = self.table.supports[payment.candidate]
            asked = is_asked[support.rows]
            if asked.any():
                total -= payment.price * int((support.counts[asked] * support.weights[asked]).sum())
        return total

    def left_of(self, candidate: int) -> Fraction:
        """What the supporters of a candidate have together."""
        rows = self.table.supports[candidate].rows
        return self.exact_sum(rows[self.money[rows] > 0])

    def _offered(self, candidate: int, rows: Integers, is_poor: Mask) -> Offer | None:
        """The offer if these are the poor ones."""
        support = self._live_exactly(candidate)
        rich_weight = int((support.counts[~is_poor] * support.weights[~is_poor]).sum())
        if not rich_weight:
            return None
        poor_counts = support.counts[is_poor].astype(np.float64)
        paid, missing = float(self.money[rows[is_poor]] @ poor_counts), float(self.table.costs[candidate])
        estimate = (missing - paid) / rich_weight
        error = float(poor_counts.sum()) * self.error + (len(poor_counts) + 4) * UNIT * (paid + missing)
        error = error / rich_weight + 4 * UNIT * abs(estimate)
        return Offer(self, candidate, rows[is_poor], rich_weight, estimate, error, len(self.payments))

    def _live_support(self, candidate: int) -> tuple[Integers, Floats, Floats]:
        """Rows, counts and weights of the supporters who still have something; forgets the others for good."""
        kept = self._live[candidate]
        if kept is None:
            support = self.table.supports[candidate]
            kept = (support.rows, support.counts.astype(np.float64), support.weights.astype(np.float64))
        is_live = self.money[kept[0]] > 0
        if not is_live.all():
            kept = (kept[0][is_live], kept[1][is_live], kept[2][is_live])
        self._live[candidate] = kept
        return kept

    def _live_exactly(self, candidate: int) -> Support:
        """The same rows with whole numbers."""
        support = self.table.supports[candidate]
        has = self.money[support.rows] > 0
        return support if has.all() else Support(support.rows[has], support.counts[has], support.weights[has])

    def _have_less(self, rows: Integers, candidate: int, offer: Offer) -> Mask:
        """Which of these supporters have less than the price of their weight, in exact numbers."""
        if not len(rows):
            return np.zeros(0, bool)
        support = self._live_exactly(candidate)
        weights = support.weights[np.searchsorted(support.rows, rows)].tolist()
        moneys = self._exact_each(rows)
        return np.array([money < offer.price * weight for money, weight in zip(moneys, weights, strict=True)], bool)

    def _exact_each(self, rows: Integers) -> Sequence[Fraction]:
        """What one ballot of each row has. Rows that paid alike have the same."""
        slots = np.full(self.table.row_count, -1)
        slots[rows] = np.arange(len(rows))
        paid = np.zeros((len(rows), len(self.payments)), object)
        for place, payment in enumerate(self.payments):
            support = self.table.supports[payment.candidate]
            hits = slots[support.rows]
            paid[hits[hits >= 0], place] = support.weights[hits >= 0]
        known: dict[tuple[int, ...], Fraction] = {}
        patterns = [tuple(weights) for weights in paid.tolist()]
        for weights in set(patterns):
            costs = (payment.price * weight for payment, weight in zip(self.payments, weights, strict=True) if weight)
            known[weights] = self.endowment - sum(costs, Fraction(0))
        return [known[weights] for weights in patterns]
