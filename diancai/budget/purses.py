"""What the voters have left under equal shares: floats that filter, exact fractions where a float could not decide.

Every row of the profile has a purse. Its exact content is the endowment less the payments for the items that the row
supports, or nothing once it could not pay in full. So an exact purse needs no memory of its own: only which items were
bought at which exact price, and which rows paid all they had. The floats carry a bound on their error; whatever lies
within it is asked again in fractions.
"""

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

import numpy as np
import numpy.typing as npt

from diancai.budget.bounds import UNIT, Bound
from diancai.budget.prices import Prices
from diancai.budget.support import Floats, SupportTable, inner
from diancai.voting.profile import Integers

Mask = npt.NDArray[np.bool_]

_NO_ROWS: Integers = np.zeros(0, np.int64)
_NO_COUNTS: Floats = np.zeros(0, np.float64)
COARSEST = 1e-10
"""The part of the endowment that the error of one payment may reach; beyond it the price is taken from fractions."""
_LEAST = float(np.finfo(np.float64).tiny)
"""What a purse shows that is empty to a float but not surely to a fraction."""


@dataclass(slots=True)
class Sides:
    """The supporters of a candidate, told apart: those who could pay in full when last asked, and those who could not.

    Prices only grow and purses only shrink, so the way leads from rich to poor. Whoever has nothing is left out.
    """

    rich_rows: Integers
    rich_counts: Floats
    rich_weights: Floats
    rich_weight: float
    poor_rows: Integers
    poor_counts: Floats
    poor_count: float

    def impoverish(self, is_poor: Mask) -> None:
        """Move the marked ones of the rich to the poor."""
        stay, go = (~is_poor).nonzero()[0], is_poor.nonzero()[0]
        self.poor_rows = np.concatenate((self.poor_rows, self.rich_rows.take(go)))
        self.poor_counts = np.concatenate((self.poor_counts, self.rich_counts.take(go)))
        self.poor_count = float(self.poor_counts.sum())
        self.rich_rows, self.rich_counts = self.rich_rows.take(stay), self.rich_counts.take(stay)
        self.rich_weights = self.rich_weights.take(stay)
        self.rich_weight = inner(self.rich_counts, self.rich_weights)


@dataclass(frozen=True, slots=True)
class _Live:
    """Supporters who have something: their places in the support, rows, ballots, weights, purses."""

    places: Integers
    rows: Integers
    counts: Floats
    weights: Floats
    money: Floats


@dataclass(eq=False)
class Offer:
    """One item at its price per unit of weight: who pays in full, and who pays all that is left. Certain, not estimated.

    `estimate` is the price as a float, at most `error` away.
    """

    purses: "Purses"
    candidate: int
    rich_rows: Integers
    rich_weights: Floats
    poor_rows: Integers
    rich_weight: int
    estimate: float
    error: float
    settled: Fraction | None = None
    """The exact price, once it has been worked out after the payment."""

    @cached_property
    def price(self) -> Fraction:
        """Exact; of an offer that is not paid, to be asked for before the next payment."""
        return self.purses.exact_price(self)


class Purses:
    """The purses of one run. Amounts in units of the table."""

    def __init__(self, table: SupportTable, endowment: Fraction) -> None:
        self.table = table
        self.endowment = endowment
        self.money: Floats = np.full(table.row_count, float(endowment))
        self._rounding = 4 * UNIT * float(endowment)
        self._errors: Floats = np.full(table.row_count, self._rounding)
        self.error = self._rounding
        """No purse shows more or less than this beside what it has: the most of all rows."""
        self._prices = Prices(endowment)
        self._unsettled: list[Offer] = []
        self._sides: list[Sides | None] = [None] * len(table.candidates)

    def lower_bound(self, candidate: int, give_up_at: float = np.inf) -> Bound:
        """At most the price of a candidate per unit of weight; infinite if its supporters surely cannot pay it.

        Whoever is taken for poor, what the others would have to pay is never more than the price (it is the most over
        all ways to tell poor from rich). So the bound may stop anywhere, as soon as it lies above `give_up_at`.
        """
        sides = self.sides_of(candidate)
        bound = Bound(0.0, 0.0)
        while sides.rich_weight > 0:
            price, error = self._estimate(candidate, sides)
            bound = Bound(price - error, sides.poor_count / sides.rich_weight)
            if bound.price > give_up_at:
                return bound
            is_poor = self.money.take(sides.rich_rows) < price * sides.rich_weights
            if not np.count_nonzero(is_poor):
                return bound
            sides.impoverish(is_poor)
        missing = self.table.float_costs[candidate] - self._held_by_poor(sides) - self._sum_error(candidate, sides)
        return Bound(np.inf, sides.poor_count, missing) if missing > 0 else bound

    def offer(self, candidate: int, bound: float = 0.0) -> Offer | None:
        """Who would pay what, beyond doubt; None if the supporters cannot pay the candidate together.

        `bound`, at most the price, is where to begin: the price is the most over all ways to tell poor from rich, and
        each correction raises it. Rows near the border are asked in exact numbers. Whether one that has just the price
        counts as rich or poor makes no difference.
        """
        live = self._live_support(candidate)
        is_poor = live.money < bound * live.weights
        while True:
            offer = self._offer(candidate, live, is_poor)
            if offer is None:
                if self.exact_sum(live.rows) < self.table.costs[candidate]:
                    return None
                is_poor = np.zeros(len(live.rows), bool)
                continue
            full = offer.estimate * live.weights
            now_poor = live.money < full
            is_near = np.abs(live.money - full) <= self.error + (offer.error + 4 * UNIT * offer.estimate) * live.weights
            if np.count_nonzero(is_near):
                doubtful = is_near.nonzero()[0]
                now_poor[doubtful] = self._have_less(candidate, live, doubtful, offer)
            if not np.count_nonzero(now_poor != is_poor):
                return offer
            is_poor = now_poor

    def pay(self, offer: Offer) -> None:
        """Every supporter pays the price, or all that is left."""
        price, error = offer.estimate, offer.error
        if error * self.table.supports[offer.candidate].heaviest > COARSEST * float(self.endowment):
            price = float(offer.price)
            error = 2 * UNIT * price
        left = self.money.take(offer.rich_rows) - price * offer.rich_weights
        self.money[offer.rich_rows] = np.maximum(left, _LEAST)
        self.money[offer.poor_rows] = 0.0
        errors = self._errors.take(offer.rich_rows) + (error * offer.rich_weights + self._rounding)
        self._errors[offer.rich_rows] = errors
        self.error = max(self.error, float(errors.max()))
        self._unsettled.append(offer)

    def exact_price(self, offer: Offer) -> Fraction:
        """The price of an offer, in exact numbers."""
        self._settle()
        return self._price_now(offer) if offer.settled is None else offer.settled

    def exact_sum(self, rows: Integers) -> Fraction:
        """What the ballots of these rows, none of them empty-handed, have together."""
        self._settle()
        return self._sum_now(rows)

    def _settle(self) -> None:
        """Work out the exact prices of what has been paid, in its order: each hangs on those before."""
        for offer in self._unsettled:
            offer.settled = self._price_now(offer)
            self._prices.add(self.table.item_places[offer.candidate], offer.settled)
        self._unsettled.clear()

    def _price_now(self, offer: Offer) -> Fraction:
        cost = self.table.costs[offer.candidate]
        if not len(offer.poor_rows):
            return Fraction(cost, offer.rich_weight)
        return (cost - self._sum_now(offer.poor_rows)) / offer.rich_weight

    def _sum_now(self, rows: Integers) -> Fraction:
        ballots = int(self.table.row_counts[rows].sum())
        return self._prices.left_of(ballots, self.table.weights_of_rows(rows) if self._prices.by_item else [])

    def whole_left_of(self, candidate: int) -> int:
        """What the supporters of a candidate have together, in whole fen, rounded down."""
        support = self.table.supports[candidate]
        money = self.money[support.rows]
        total = inner(money, support.float_counts) / self.table.scale
        error = (float(support.counts.sum()) * self.error + total * len(money) * UNIT) / self.table.scale + total * UNIT
        if int(max(total - error, 0)) == int(total + error):
            return int(total)
        return int(self.exact_sum(support.rows[money > 0]) / self.table.scale)

    def sides_of(self, candidate: int) -> Sides:
        """The supporters who have something, as far as they are known to be rich or poor."""
        sides = self._sides[candidate]
        if sides is None:
            support = self.table.supports[candidate]
            sides = Sides(
                support.rows,
                support.float_counts,
                support.float_weights,
                float(support.weight_sum),
                _NO_ROWS,
                _NO_COUNTS,
                0.0,
            )
            self._sides[candidate] = sides
        return sides

    def _estimate(self, candidate: int, sides: Sides) -> tuple[float, float]:
        """What each of the rich would pay per unit of weight, and how far that may be off."""
        price = (self.table.float_costs[candidate] - self._held_by_poor(sides)) / sides.rich_weight
        error = self._sum_error(candidate, sides) / sides.rich_weight
        inexact = 0 if self.table.fits_floats else len(sides.rich_rows)
        return price, error + abs(price) * (inexact + 4) * UNIT

    def _held_by_poor(self, sides: Sides) -> float:
        return inner(self.money.take(sides.poor_rows), sides.poor_counts)

    def _sum_error(self, candidate: int, sides: Sides) -> float:
        """How far cost less the money of the poor may be off."""
        largest = 2 * self.table.float_costs[candidate]
        return sides.poor_count * self.error + (len(sides.poor_rows) + 4) * UNIT * largest

    def _live_support(self, candidate: int) -> _Live:
        """The supporters who have something."""
        support = self.table.supports[candidate]
        money = self.money.take(support.rows)
        has = (money > 0).nonzero()[0]
        if len(has) == len(money):
            return _Live(has, support.rows, support.float_counts, support.float_weights, money)
        counts, weights = support.float_counts.take(has), support.float_weights.take(has)
        return _Live(has, support.rows.take(has), counts, weights, money.take(has))

    def _offer(self, candidate: int, live: _Live, is_poor: Mask) -> Offer | None:
        """What the supporters would pay if these were the poor ones; None if nobody is left to pay in full."""
        rich, poor = (~is_poor).nonzero()[0], is_poor.nonzero()[0]
        rich_weight = self._whole_weight(candidate, live, rich)
        if not rich_weight:
            return None
        counts = live.counts.take(poor)
        cost, paid = self.table.float_costs[candidate], inner(live.money.take(poor), counts)
        error = float(counts.sum()) * self.error + (len(poor) + 4) * UNIT * (cost + paid)
        estimate = (cost - paid) / rich_weight
        return Offer(
            purses=self,
            candidate=candidate,
            rich_rows=live.rows.take(rich),
            rich_weights=live.weights.take(rich),
            poor_rows=live.rows.take(poor),
            rich_weight=rich_weight,
            estimate=estimate,
            error=error / rich_weight + 4 * UNIT * abs(estimate),
        )

    def _whole_weight(self, candidate: int, live: _Live, places: Integers) -> int:
        if self.table.fits_floats:
            return int(inner(live.counts.take(places), live.weights.take(places)))
        support, places = self.table.supports[candidate], live.places.take(places)
        return int((support.counts[places] * support.weights[places]).sum())

    def _have_less(self, candidate: int, live: _Live, doubtful: Integers, offer: Offer) -> list[bool]:
        """Which of these supporters have less than the price of their weight, in exact numbers."""
        rows = live.rows.take(doubtful)
        weights = self.table.supports[candidate].weights[live.places.take(doubtful)]
        known: dict[tuple[object, int], bool] = {}
        answers = []
        for row, weight in zip(rows.tolist(), weights.tolist(), strict=True):
            paid = self._prices.paid_of(self.table.weights_of_row(row))
            if (paid, weight) not in known:
                known[paid, weight] = self._prices.left_of_one(paid) < offer.price * weight
            answers.append(known[paid, weight])
        return answers
