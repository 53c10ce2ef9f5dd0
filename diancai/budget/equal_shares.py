"""The method of equal shares (均等份额法; Peters, Pierczyński, Skowron: Proportional Participatory Budgeting, 2021).

Every voter has an equal share of the fund; an item is bought by its supporters, who pay alike or all they have left;
the next item is the one that costs least per utility.
"""

from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from heapq import heapify, heappop, heappush
from math import inf

from diancai.budget.bounds import NO_BOUND, UNIT, Bound, Sides
from diancai.budget.constraints import Constraints, Obstacle
from diancai.budget.contest import Contest, Standing
from diancai.budget.purses import Offer, Purses
from diancai.budget.rules import Utility
from diancai.budget.support import SupportTable

_Entry = tuple[float, Fraction | float, int, int]
"""At most the price per utility of a candidate, as a float and exactly, its rank among equals, its place in the table.

Rounding keeps the order, so entries compare exactly and mostly by floats.
"""
_LAST: _Entry = (inf, inf, 0, 0)


@dataclass
class Purchases:
    """One run: what was bought in which order, what a constraint dropped, where the money stands."""

    purses: Purses
    standing: Standing
    turns: list[int] = field(default_factory=list)
    """Places in the table, in the order in which they were cheapest."""
    bought: list[Offer] = field(default_factory=list)
    paid: dict[int, Offer] = field(default_factory=dict)
    """What was bought, by place."""
    dropped: dict[int, Obstacle] = field(default_factory=dict)
    ties: list[list[int]] = field(default_factory=list)
    """Places in the table of those that were cheapest together."""
    offers: dict[int, Offer | None] = field(default_factory=dict)
    """What has been offered since the last turn, by place."""
    bounds: list[dict[int, Bound]] = field(default_factory=lambda: [{}])
    """What was known of prices before each turn, by place; for a run with a larger endowment to begin from."""

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
            known.setdefault((cost, support.rows.tobytes(), support.uneven_weights), place)
            for place, (cost, support) in enumerate(zip(self.table.costs, self.table.supports, strict=True))
        ]

    def _queue(self) -> list[_Entry]:
        queue: list[_Entry] = [
            (self.floor_keys_float[place], self.floor_keys[place], self.ranks[place], place)
            for place, support in enumerate(self.table.supports)
            if support.weight_sum
        ]
        heapify(queue)
        return queue

    def run(self, endowment: Fraction, before: Purchases | None = None) -> Purchases:
        """Buy while anything can be bought. `before`: a run with no larger endowment, which saves asking for prices.

        Purses only shrink, so the price of an item per utility only grows: an old price is a lower bound, and the
        cheapest item is found by asking again only those whose old price comes first. Where floats cannot tell it from
        the next, fractions do, and the order of ties among equal ones.
        """
        purchases = Purchases(Purses(self.table, endowment, before.purses if before else None), self.standing)
        lead = Lead(self, before, endowment)
        queue = self._queue()
        while queue:
            offer = self._next_offer(purchases, queue, lead)
            if offer:
                self._take(purchases, offer)
                lead.follow(purchases, offer)
        return purchases

    def _next_offer(self, purchases: Purchases, queue: list[_Entry], lead: "Lead") -> Offer | None:
        """The cheapest offer, or None after having put the head of the queue where it belongs."""
        purses = purchases.purses
        _, _, rank, place = heappop(queue)
        rival = queue[0] if queue else _LAST
        bound = lead.bound(purchases, place)
        is_asked = place in purchases.offers or lead.expects(place)
        if self.key(place, bound.price) <= rival[0] and not is_asked:
            highest = max(rival[0], lead.highest(purchases))
            bound = purses.lower_bound(place, self.price(place, highest), bound.sides)
            purchases.bounds[-1][place] = bound
        if bound.price == inf:
            return None
        key = self.key(place, bound.price) * (1 - 2 * UNIT)
        if key > rival[0]:
            heappush(queue, (key, key, rank, place))
            return None
        if place not in purchases.offers:
            purchases.offers[place] = purses.offer(place, lead.sides(place) or bound.sides)
        offer = purchases.offers[place]
        if offer is None:
            return None
        if self.highest(offer) < rival[0]:
            return offer
        if (lowest := self._lowest(offer)) > rival[0]:
            heappush(queue, (lowest, lowest, rank, place))
            return None
        exact = offer.price / self._per[place]
        entry = (float(exact), exact, rank, place)
        if rival < entry:
            heappush(queue, entry)
            return None
        self._note_tie(purchases, offer, entry, queue)
        return offer

    def highest(self, offer: Offer) -> float:
        """At least the price per utility, as a float."""
        return self.key(offer.candidate, offer.estimate + offer.error) * (1 + 8 * UNIT)

    def _lowest(self, offer: Offer) -> float:
        """At most the price per utility, as a float."""
        return self.key(offer.candidate, offer.estimate - offer.error) * (1 - 8 * UNIT)

    def _note_tie(self, purchases: Purchases, offer: Offer, entry: _Entry, queue: list[_Entry]) -> None:
        """Note whose price is exactly the same, unless this is what the last tie left over."""
        if purchases.ties and offer.candidate in purchases.ties[-1]:
            return
        equals = []
        for bound, exact, _, place in queue:
            if (bound, exact) == entry[:2] and (rival := purchases.purses.offer(place)):
                equals += [place] if rival.price / self._per[place] == exact else []
        if equals:
            purchases.ties.append([offer.candidate, *equals])

    def _take(self, purchases: Purchases, offer: Offer) -> None:
        candidate = self.table.candidates[offer.candidate]
        purchases.turns.append(offer.candidate)
        purchases.bounds.append({})
        purchases.offers.clear()
        broken = purchases.standing.obstacle(self.constraints, candidate)
        if broken:
            purchases.dropped[offer.candidate] = broken
            return
        purchases.purses.pay(offer)
        purchases.bought.append(offer)
        purchases.paid[offer.candidate] = offer
        purchases.standing = purchases.standing.with_won(self.constraints, candidate)

    def key(self, place: int, price: float) -> float:
        """The price per utility."""
        return price / self._per_float[place]

    def price(self, place: int, key: float) -> float:
        """The price per unit of weight."""
        return key * self._per_float[place]


class Lead:
    """What a run with a smaller endowment says about prices, as long as the order of turns is the same.

    Along one order every purse holds at least as much as there, and at most `gain` more: so much more there was at
    first, and whatever a supporter saved on what became cheaper.
    """

    def __init__(self, shop: Shop, before: Purchases | None, endowment: Fraction) -> None:
        self.shop = shop
        self.before = before
        self.gain = float(endowment - before.purses.endowment) * (1 + 4 * UNIT) if before else 0.0
        self._turn = 0
        self._highest: float | None = None

    def expects(self, place: int) -> bool:
        """Whether it was this candidate's turn there."""
        return (
            self.before is not None and self._turn < len(self.before.turns) and self.before.turns[self._turn] == place
        )

    def bound(self, purchases: Purchases, place: int) -> Bound:
        """What is known of a price before this turn: what was asked here, or there with what the gain takes from it."""
        known = purchases.bounds[-1].get(place)
        if known is None and self.before and (there := self.before.bounds[self._turn].get(place)):
            known = purchases.bounds[-1][place] = there.after_gain(self.gain)
        return known or NO_BOUND

    def highest(self, purchases: Purchases) -> float:
        """At most the price per utility of the candidate whose turn it was there: above it nobody is asked closely."""
        if self._highest is None:
            self._highest = 0.0
            if self.before is not None and self._turn < len(self.before.turns):
                place = self.before.turns[self._turn]
                if place not in purchases.offers:
                    purchases.offers[place] = purchases.purses.offer(place, self.sides(place))
                offer = purchases.offers[place]
                self._highest = self.shop.highest(offer) if offer else 0.0
        return self._highest

    def sides(self, place: int) -> Sides | None:
        """Who paid in full there, and who all that was left, when it was this candidate's turn."""
        there = self.before.paid.get(place) if self.before and self.expects(place) else None
        return there.sides if there else None

    def follow(self, purchases: Purchases, offer: Offer) -> None:
        """One turn has been taken here; from the first that differs on there is nothing to learn."""
        self._highest = None
        if not self.expects(offer.candidate):
            self.before = None
            return
        assert self.before is not None
        if there := self.before.paid.get(offer.candidate):
            saved = max(there.estimate + there.error - (offer.estimate - offer.error), 0.0) + 4 * UNIT * there.estimate
            self.gain += saved * self.shop.table.supports[offer.candidate].heaviest * (1 + 4 * UNIT)
        self._turn += 1


def endowment_of(contest: Contest, standing: Standing, scale: int) -> Fraction:
    """An equal share for every ballot of the money that is not decided yet, in units of a table."""
    return Fraction(standing.left_fen) * scale / contest.voter_count
