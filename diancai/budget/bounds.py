"""What is surely true of a price although floats round: the filter of equal shares."""

from math import inf
from typing import NamedTuple

UNIT = 2.0**-53
"""The relative error of one operation on floats."""


class Bound(NamedTuple):
    """At most the price of a candidate per unit of weight.

    `slope`: how much it falls at most for each unit that every purse gains. An infinite price stands for supporters who
    cannot pay; then `short` is missing at least, and `slope` is the number of their ballots.
    """

    price: float
    slope: float
    short: float = 0.0

    def after_gain(self, gain: float) -> "Bound":
        """What holds when no purse has gained more than this."""
        fall = self.slope * gain * (1 + 8 * UNIT)
        if self.price < inf:
            return Bound(self.price - fall, self.slope)
        return Bound(inf, self.slope, self.short - fall) if self.short > fall else NO_BOUND


NO_BOUND = Bound(0.0, 0.0)
