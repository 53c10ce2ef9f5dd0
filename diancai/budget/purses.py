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

from diancai.budget.bounds import NO_BOUND, UNIT, Bound, Mask, Side, Sides, all_rich
from diancai.budget.prices import Prices
from diancai.budget.support import Floats, SupportTable, inner
from diancai.voting.profile import Integers

COARSEST = 1e-10
"""The part of the endowment that the error of one payment may reach; beyond it the price is taken from fractions."""
_NOBODY: Mask = np.zeros(0, bool)
_LEAST = float(np.finfo(np.float64).tiny)
"""What a purse shows that is empty to a float but not surely to a fraction."""


@dataclass(eq=False)
class Offer:
    """One item at its price per unit of weight: who pays in full, and who pays all that is left. Certain, not estimated.

    `estimate` is the price as a float, at most `error` away.
    """

    purses: "Purses"
    candidate: int
    sides: Sides
    rich_weight: int
    poor_rows: Integers
    """Those who have something to pay."""
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

    def __init__(self, table: SupportTable, endowment: Fraction, before: "Purses | None" = None) -> None:
        """`before`: purses of another run, of which one may learn who will be poor."""
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
        self._hints = before.last_sides() if before else self._sides

    def lower_bound(self, candidate: int, give_up_at: float = np.inf, sides: Sides | None = None) -> Bound:
        """At most the price of a candidate per unit of weight; infinite if its supporters surely cannot pay it.

        However poor and rich are told apart, what the rich would have to pay is never more than the price (it is the
        most over all ways). So the bound may begin with `sides` of other purses, and stop as soon as it lies above
        `give_up_at`. Prices only grow and purses only shrink, so in one run the way leads from rich to poor.
        """
        own = self._sides[candidate]
        sides = own or sides or self._hints[candidate] or all_rich(self.table.supports[candidate])
        is_borrowed = own is None and sides.poor_count > 0
        bound = NO_BOUND
        while sides.rich_weight > 0:
            price, error = self._estimate(candidate, sides.poor, sides.rich_weight, sides.poor_count)
            bound = Bound(price - error, sides.poor_count / sides.rich_weight, sides=sides)
            if bound.price > give_up_at:
                return bound
            fallen = self.money.take(sides.rich.rows) < price * sides.rich.weights
            risen = self.money.take(sides.poor.rows) >= price * sides.poor.weights if is_borrowed else _NOBODY
            before, sides = sides, sides.moved(fallen, risen)
            self._sides[candidate] = sides
            if sides is before:
                return bound
            is_borrowed = False
        # With one of weight 1 to pay it all, the price would be what is missing.
        missing, error = self._estimate(candidate, sides.poor, 1.0, sides.poor_count)
        if missing > error:
            self._sides[candidate] = sides
            return Bound(np.inf, sides.poor_count, missing - error)
        if not is_borrowed:
            return bound
        return self.lower_bound(candidate, give_up_at, all_rich(self.table.supports[candidate]))

    def offer(self, candidate: int, sides: Sides | None = None) -> Offer | None:
        """Who would pay what, beyond doubt; None if the supporters cannot pay the candidate together.

        `sides`: where to begin. What they ask of the rich is at most the price, as the price is the most over all ways
        to tell poor from rich; so each correction raises it. Rows near the border are asked in exact numbers. Whether
        one that has just the price counts as rich or poor makes no difference.
        """
        sides = sides or self._sides[candidate] or self._hints[candidate] or all_rich(self.table.supports[candidate])
        while True:
            if not sides.rich_weight:
                if self.exact_sum(self._with_something(sides.poor).rows) < self.table.costs[candidate]:
                    return None
                sides = all_rich(self.table.supports[candidate])
            offer = self._offer(candidate, sides)
            fallen = self._have_less(offer, sides.rich)
            risen = ~self._have_less(offer, sides.poor)
            sides = sides.moved(fallen, risen)
            if sides is offer.sides:
                return offer

    def pay(self, offer: Offer) -> None:
        """Every supporter pays the price, or all that is left."""
        price, error = offer.estimate, offer.error
        if error * self.table.supports[offer.candidate].heaviest > COARSEST * float(self.endowment):
            price = float(offer.price)
            error = 2 * UNIT * price
        rich = offer.sides.rich
        left = self.money.take(rich.rows) - price * rich.weights
        self.money[rich.rows] = np.maximum(left, _LEAST)
        self.money[offer.poor_rows] = 0.0
        errors = self._errors.take(rich.rows) + (error * rich.weights + self._rounding)
        self._errors[rich.rows] = errors
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

    def sides_of(self, candidate: int) -> Sides | None:
        """How poor and rich were told apart when they were asked last; None before."""
        return self._sides[candidate]

    def last_sides(self) -> list[Sides | None]:
        """By candidate, how poor and rich were told apart last, here or in the run before."""
        return [own or hint for own, hint in zip(self._sides, self._hints, strict=True)]

    def _estimate(self, candidate: int, poor: Side, rich_weight: float, poor_count: float) -> tuple[float, float]:
        """What each of the rich would pay per unit of weight if these are the poor, and how far that may be off."""
        cost = self.table.float_costs[candidate]
        price = (cost - inner(self.money.take(poor.rows), poor.counts)) / rich_weight
        error = poor_count * self.error + (len(poor.rows) + 4) * UNIT * 2 * cost
        inexact = 0 if self.table.fits_floats else len(self.table.supports[candidate].rows)
        return price, error / rich_weight + abs(price) * (inexact + 4) * UNIT

    def _with_something(self, side: Side) -> Side:
        has = (self.money.take(side.rows) > 0).nonzero()[0]
        return side if len(has) == len(side.rows) else side.take(has)

    def _offer(self, candidate: int, sides: Sides) -> Offer:
        """What the supporters would pay if these were the poor ones."""
        payers = self._with_something(sides.poor)
        weight = int(sides.rich_weight) if self.table.fits_floats else self._whole_weight(candidate, sides.rich)
        price, error = self._estimate(candidate, payers, weight, float(payers.counts.sum()))
        return Offer(self, candidate, sides, weight, payers.rows, price, error)

    def _whole_weight(self, candidate: int, side: Side) -> int:
        support = self.table.supports[candidate]
        places = np.searchsorted(support.rows, side.rows)
        return int((support.counts[places] * support.weights[places]).sum())

    def _have_less(self, offer: Offer, side: Side) -> Mask:
        """Which of these supporters have less than the price of their weight; the empty-handed always do."""
        money, full = self.money.take(side.rows), offer.estimate * side.weights
        gaps = money - full
        less: Mask = gaps < 0
        reach = self.error + (offer.error + 4 * UNIT * abs(offer.estimate)) * side.weights
        near = (np.abs(gaps) <= reach).nonzero()[0]
        if len(near):
            doubtful = near[money.take(near) > 0]
            less[doubtful] = self._surely_less(offer, side.rows.take(doubtful))
        return less

    def _surely_less(self, offer: Offer, rows: Integers) -> list[bool]:
        """The same in exact numbers, of rows that have something."""
        self._settle()
        support = self.table.supports[offer.candidate]
        weights = support.weights[np.searchsorted(support.rows, rows)]
        known: dict[tuple[object, int], bool] = {}
        answers = []
        for row, weight in zip(rows.tolist(), weights.tolist(), strict=True):
            paid = self._prices.paid_of(self.table.weights_of_row(row))
            if (paid, weight) not in known:
                known[paid, weight] = self._prices.left_of_one(paid) < offer.price * weight
            answers.append(known[paid, weight])
        return answers
