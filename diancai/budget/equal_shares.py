"""The method of equal shares (均等份额法; Peters, Pierczyński, Skowron: Proportional Participatory Budgeting, 2021).

Every voter has an equal share of the fund; an item is bought by its supporters, who pay alike or all they have left;
the next item is the one that costs least per utility.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from heapq import heapify, heappop, heappush

from diancai.budget.constraints import Constraints, Obstacle
from diancai.budget.contest import Contest, Standing
from diancai.budget.purses import UNIT, Offer, Purses
from diancai.budget.rules import Utility
from diancai.budget.support import SupportTable

_Entry = tuple[float, int, int]
"""At most the price per utility of a candidate, its rank among equals, its place in the table."""


@dataclass
class Purchases:
    """One run: what was bought in which order, what a constraint dropped, where the money stands."""

    purses: Purses
    standing: Standing
    turns: list[int] = field(default_factory=list)
    """Places in the table, in the order in which they were cheapest."""
    bought: list[Offer] = field(default_factory=list)
    dropped: dict[int, Obstacle] = field(default_factory=dict)

    def open_places(self) -> list[int]:
        """Candidates neither bought nor dropped: their supporters cannot pay them."""
        done = set(self.turns)
        return [place for place in range(len(self.purses.table.candidates)) if place not in done]


class Shop:
    """A contest made ready for buying: who supports what, and how prices compare. Serves any number of runs."""

    def __init__(self, contest: Contest, table: SupportTable, standing: Standing) -> None:
        self.table = table
        self.standing = standing
        self.constraints: Constraints = contest.constraints
        self.ranks = [contest.ranks[candidate.number] for candidate in table.candidates]
        is_by_cost = contest.rule.utility is Utility.COST
        self._per = [cost if is_by_cost else 1 for cost in table.costs]
        self._per_float = [float(per) for per in self._per]

    @cached_property
    def floor_keys(self) -> list[Fraction]:
        """The price per utility of each candidate while every supporter can pay in full. It is never less."""
        return [
            Fraction(cost, max(support.weight_sum, 1) * per)
            for cost, support, per in zip(self.table.costs, self.table.supports, self._per, strict=True)
        ]

    @cached_property
    def floor_keys_float(self) -> list[float]:
        return [float(key) for key in self.floor_keys]

    @cached_property
    def twins(self) -> list[int]:
        """The same number for candidates with the same cost and the same support: their prices are always equal."""
        known: dict[object, int] = {}
        return [
            known.setdefault((cost, support.rows.tobytes(), str(support.weights.tolist())), place)
            for place, (cost, support) in enumerate(zip(self.table.costs, self.table.supports, strict=True))
        ]

    def _queue(self) -> list[_Entry]:
        queue = [
            (self.floor_keys_float[place] * (1 - 4 * UNIT), self.ranks[place], place)
            for place, support in enumerate(self.table.supports)
            if support.weight_sum
        ]
        heapify(queue)
        return queue

    def run(self, endowment: Fraction) -> Purchases:
        """Buy while anything can be bought.

        Purses only shrink, so the price of an item per utility only grows: an old price is a lower bound, and the
        cheapest item is found by asking again only those whose old price comes first. Where floats cannot tell two
        prices apart, fractions do, and the order of ties among equal ones.
        """
        purchases = Purchases(Purses(self.table, endowment), self.standing)
        queue = self._queue()
        while queue:
            offer = self._next_offer(purchases.purses, queue)
            if offer:
                self._take(purchases, offer)
        return purchases

    def _next_offer(self, purses: Purses, queue: list[_Entry]) -> Offer | None:
        """The cheapest offer, or None after having put the head of the queue where it belongs."""
        _, rank, place = heappop(queue)
        rival = queue[0][0] if queue else float("inf")
        bound = purses.lower_bound(place, give_up_at=rival * self._per_float[place])
        if bound is None:
            return None
        if self.key(place, bound) > rival:
            heappush(queue, (self.key(place, bound), rank, place))
            return None
        offer = purses.offer(place, bound)
        return offer and self._cheapest(purses, offer, queue)

    def _cheapest(self, purses: Purses, offer: Offer, queue: list[_Entry]) -> Offer:
        """Of an offer and those that might be as cheap the one that is bought; the others go back."""
        best, others = offer, []
        while queue and queue[0][0] <= self._highest(best):
            bound, _, place = heappop(queue)
            rival = purses.offer(place, bound * self._per_float[place] * (1 - 4 * UNIT))
            if rival is None:
                continue
            best, other = (rival, best) if self._goes_before(rival, best) else (best, rival)
            others.append(other)
        for other in others:
            heappush(queue, (self._lowest(other), self.ranks[other.candidate], other.candidate))
        return best

    def _goes_before(self, one: Offer, other: Offer) -> bool:
        """Whether the price per utility is lower; floats decide only where they cannot be wrong."""
        if self._highest(one) < self._lowest(other):
            return True
        if self._highest(other) < self._lowest(one):
            return False
        return self._exact_key(one) < self._exact_key(other)

    def _highest(self, offer: Offer) -> float:
        return self.key(offer.candidate, offer.estimate + offer.error) * (1 + 2 * UNIT)

    def _lowest(self, offer: Offer) -> float:
        return self.key(offer.candidate, offer.estimate - offer.error) * (1 - 2 * UNIT)

    def _take(self, purchases: Purchases, offer: Offer) -> None:
        candidate = self.table.candidates[offer.candidate]
        purchases.turns.append(offer.candidate)
        broken = purchases.standing.obstacle(self.constraints, candidate)
        if broken:
            purchases.dropped[offer.candidate] = broken
            return
        purchases.purses.pay(offer)
        purchases.bought.append(offer)
        purchases.standing = purchases.standing.with_won(self.constraints, candidate)

    def key(self, place: int, price: float) -> float:
        """The price per utility."""
        return price / self._per_float[place]

    def price(self, place: int, key: float) -> float:
        """The price per unit of weight."""
        return key * self._per_float[place]

    def _exact_key(self, offer: Offer) -> tuple[Fraction, int]:
        return (offer.price / self._per[offer.candidate], self.ranks[offer.candidate])


def endowment_of(contest: Contest, standing: Standing, scale: int) -> Fraction:
    """An equal share for every ballot of the money that is not decided yet, in units of a table."""
    return Fraction(standing.left_fen) * scale / contest.voter_count


def prices_fen(purchases: Purchases) -> Mapping[int, Fraction]:
    """What a supporter with the largest weight pays at most for each item bought."""
    table = purchases.purses.table
    return {
        offer.candidate: offer.price * table.supports[offer.candidate].heaviest / table.scale
        for offer in purchases.bought
    }
