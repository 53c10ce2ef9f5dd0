"""What is surely true of a price although floats round: the filter of equal shares."""

from dataclasses import dataclass
from math import inf
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from diancai.budget.support import Floats, Support, inner
from diancai.voting.profile import Integers

UNIT = 2.0**-53
"""The relative error of one operation on floats."""
Mask = npt.NDArray[np.bool_]
_NONE: Integers = np.zeros(0, np.int64)


@dataclass(frozen=True, slots=True)
class Side:
    """Supporters of a candidate, by row: how many ballots, and what each has from it; 1.0 where all have one."""

    rows: Integers
    counts: Floats
    weights: Floats | float

    def take(self, places: Integers) -> "Side":
        weights = self.weights if isinstance(self.weights, float) else self.weights.take(places)
        return Side(self.rows.take(places), self.counts.take(places), weights)

    def joined(self, other: "Side") -> "Side":
        weights = self.weights
        if not isinstance(weights, float):
            weights = np.concatenate((weights, other.weights))
        return Side(np.concatenate((self.rows, other.rows)), np.concatenate((self.counts, other.counts)), weights)

    @property
    def weight_sum(self) -> float:
        return float(self.counts.sum()) if isinstance(self.weights, float) else inner(self.counts, self.weights)


@dataclass(frozen=True, slots=True)
class Sides:
    """The supporters of a candidate, told apart: those who can pay in full, and those who pay all they have."""

    rich: Side
    poor: Side
    rich_weight: float
    poor_count: float

    def moved(self, is_poor: Mask, is_rich: Mask) -> "Sides":
        """The marked ones of the rich among the poor, and of the poor among the rich; itself where none is marked."""
        fallen, risen = is_poor.nonzero()[0], is_rich.nonzero()[0]
        if not len(fallen) and not len(risen):
            return self
        rich, poor = self.rich, self.poor
        if len(fallen):
            rich = rich.take((~is_poor).nonzero()[0])
        if len(risen):
            poor = poor.take((~is_rich).nonzero()[0])
            rich = rich.joined(self.poor.take(risen))
        if len(fallen):
            poor = poor.joined(self.rich.take(fallen))
        return Sides(rich, poor, rich.weight_sum, float(poor.counts.sum()))


def all_rich(support: Support) -> Sides:
    """Nobody is known to be poor."""
    rich = Side(support.rows, support.float_counts, 1.0 if support.is_even else support.float_weights)
    return Sides(rich, rich.take(_NONE), float(support.weight_sum), 0.0)


class Bound(NamedTuple):
    """At most the price of a candidate per unit of weight.

    `slope`: how much it falls at most for each unit that every purse gains. An infinite price stands for supporters who
    cannot pay; then `short` is missing at least, and `slope` is the number of their ballots. `sides`: who was told from
    whom to find it.
    """

    price: float
    slope: float
    short: float = 0.0
    sides: Sides | None = None

    def after_gain(self, gain: float) -> "Bound":
        """What holds when no purse has gained more than this."""
        fall = self.slope * gain * (1 + 8 * UNIT)
        if self.price < inf:
            return Bound(self.price - fall, self.slope, 0.0, self.sides)
        return Bound(inf, self.slope, self.short - fall) if self.short > fall else NO_BOUND


NO_BOUND = Bound(0.0, 0.0)
