"""What the supporters of an item bring together at a price, in floats with what they may be off: see `bos_bids`."""

from dataclasses import dataclass

import numpy as np

from diancai.budget.bounds import UNIT
from diancai.budget.support import Floats

_COARSE = 0.05
"""Beyond this relative error a price is known by a plainer bound."""


@dataclass(frozen=True, eq=False)
class Curve:
    """collected(x) in floats, for supporters in order of `price`, their money per weight; with what it may be off."""

    money: Floats
    ballots: Floats
    weights: Floats
    price: Floats
    error: float

    def bounds(self, cost: float, per: float) -> tuple[Floats, Floats]:
        """At least and at most the price of a bid at each wallet; infinite where it collects more than the cost.

        Where the relative error is large, at most x·Σw is collected, which bounds the price from below.
        """
        collected, whole_weight = self._collected(), float(self._weights().sum())
        price_error = self.error / self.weights + 2 * UNIT * self.price
        error = self._error(self.price) + whole_weight * price_error
        key = self.price * (cost / collected) * (cost / collected) / per
        relative = price_error / self.price + 2 * error / collected + 16 * UNIT
        plain = 0.99 * cost / (per * whole_weight) * (cost / whole_weight) / (self.price + price_error)
        lows = np.where(relative < _COARSE, key * (1 - 2 * relative), plain)
        highs = np.where(relative < _COARSE, key * (1 + 2 * relative), np.inf)
        is_out = collected - error > cost
        return np.where(is_out, np.inf, lows), np.where(is_out, np.inf, highs)

    def full(self, cost: float) -> tuple[float, float]:
        """Between what lies the price per weight at which all of the cost is collected; infinite where it cannot be."""
        error = float(self._error(self.price[-1:] + self.error)[0]) + 8 * UNIT * cost
        return self._at(cost - error) * (1 - 16 * UNIT), self._at(cost + error) * (1 + 16 * UNIT)

    def _weights(self) -> Floats:
        return self.ballots * self.weights

    def _collected(self) -> Floats:
        weight_so_far = np.cumsum(self._weights())
        collected: Floats = np.cumsum(self.ballots * self.money) + self.price * (weight_so_far[-1] - weight_so_far)
        return collected

    def _error(self, price: Floats) -> Floats:
        """How far collected(x) may be off at these x, taken for exact."""
        whole = float((self.ballots * self.money).sum()) + float(self._weights().sum()) * price
        return float(self.ballots.sum()) * self.error * (1 + 1e-9) + (3 * len(self.money) + 32) * UNIT * whole

    def _at(self, amount: float) -> float:
        """The x at which so much is collected."""
        place = int(np.searchsorted(np.maximum.accumulate(self._collected()), amount))
        if place == len(self.money):
            return float("inf")
        money, weight = float((self.ballots * self.money)[:place].sum()), float(self._weights()[place:].sum())
        return max((amount - money) / weight, 0.0)
