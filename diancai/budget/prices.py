"""The exact side of equal shares: what was paid, in fractions over one common denominator."""

from fractions import Fraction
from math import lcm


class Prices:
    """The exact prices of the items bought, over one common denominator, and what they leave of an endowment."""

    def __init__(self, endowment: Fraction) -> None:
        self._denominator = endowment.denominator
        self._endowment = endowment.numerator
        self.by_item: dict[int, int] = {}
        """Numerators, by the item's place in the menu."""

    def add(self, item_place: int, price: Fraction) -> None:
        common = lcm(self._denominator, price.denominator)
        factor = common // self._denominator
        if factor > 1:
            self._endowment *= factor
            self.by_item = {place: number * factor for place, number in self.by_item.items()}
            self._denominator = common
        self.by_item[item_place] = price.numerator * (common // price.denominator)

    def left_of(self, ballots: int, weights: list[int]) -> Fraction:
        """What so many ballots have that gave so much to each item together."""
        paid = sum(number * weights[place] for place, number in self.by_item.items())
        return Fraction(self._endowment * ballots - paid, self._denominator)

    def paid_of(self, weights: dict[int, int]) -> tuple[tuple[int, int], ...]:
        """What a ballot has paid for: places in the menu, with the weight it gave."""
        return tuple((place, weight) for place, weight in weights.items() if place in self.by_item)

    def left_of_one(self, paid: tuple[tuple[int, int], ...]) -> Fraction:
        """What one ballot has that paid in full for these."""
        spent = sum(self.by_item[place] * weight for place, weight in paid)
        return Fraction(self._endowment - spent, self._denominator)
