"""Add1: equal shares again and again, each time with one main currency unit more for every voter (count.md)."""

from collections.abc import Callable
from fractions import Fraction

from diancai.budget.contest import Contest
from diancai.budget.equal_shares import Purchases, Shop, endowment_of
from diancai.budget.spans import Span

MAIN_UNIT_FEN = 100

LEAST_REACH = 8
"""So many steps a span spans at least."""
WORTHWHILE = 2.0
"""So many steps a span must save on average: it takes about as long as two runs."""

EndsAt = Callable[[Contest, Shop, Purchases], bool]


def may_end_early(contest: Contest, shop: Shop, purchases: Purchases) -> bool:
    """`add1` ends at the first exhaustive outcome: nothing that could still be bought fits the money left."""
    return not any(
        candidate.cost_fen <= purchases.standing.left_fen
        and purchases.standing.obstacle(contest.constraints, candidate) is None
        for candidate in (shop.table.candidates[place] for place in purchases.open_places())
    )


def never_ends_early(contest: Contest, shop: Shop, purchases: Purchases) -> bool:
    """`add1-full` ends when nothing is left to be bought."""
    return not purchases.open_places()


class _Climb:
    """Where the climb stands: so many units more, the outcome there, and how far ahead to look for the same outcome."""

    def __init__(self, contest: Contest, shop: Shop) -> None:
        self.shop = shop
        self._first = endowment_of(contest, shop.standing, shop.table.scale)
        self.unit_count = 0
        self.purchases = self.run(0)
        self._reach = LEAST_REACH
        self._average_leap = WORTHWHILE

    def endowment(self, unit_count: int) -> Fraction:
        return self._first + MAIN_UNIT_FEN * self.shop.table.scale * unit_count

    def run(self, unit_count: int) -> Purchases:
        return self.shop.run(self.endowment(unit_count))

    def step_to(self, following: Purchases) -> None:
        """One unit more."""
        if following.turns == self.purchases.turns:
            self._average_leap += 0.25  # spans may have become worthwhile
        self.unit_count += 1
        self.purchases = following

    def leap(self) -> None:
        """Go on over all units whose outcome surely is the present one."""
        if self._average_leap < WORTHWHILE:
            return
        leapt = self._leap_once()
        before = self.unit_count
        while leapt == self._reach:
            self._reach *= 2
            leapt = self._leap_once()
        self._average_leap = (3 * self._average_leap + self.unit_count - before + leapt) / 4

    def _leap_once(self) -> int:
        """One span, shorter ones where a long one is certain of nothing."""
        while True:
            span = Span(self.shop, self.endowment(self.unit_count), self.endowment(self.unit_count + self._reach))
            part = span.certain_part(self.purchases)
            # Rounded down, where the part ends before the interval does.
            leapt = self._reach if part >= 1 else int(part * self._reach * (1 - 1e-9))
            if leapt or self._reach == LEAST_REACH:
                break
            self._reach = max(LEAST_REACH, self._reach // 4)
        self.unit_count += leapt
        if part < 1:
            self._reach = max(LEAST_REACH, leapt + leapt // 2)
        return leapt


def last_run(contest: Contest, shop: Shop, ends_at: EndsAt) -> Purchases:
    """The last run that does not overspend, or the first at which the completion ends.

    Exactly the outcome of going unit by unit; where the outcome surely stays, the units in between are not run.
    """
    climb = _Climb(contest, shop)
    while not ends_at(contest, shop, climb.purchases):
        climb.leap()
        following = climb.run(climb.unit_count + 1)
        if following.standing.left_fen < 0:
            return climb.run(climb.unit_count)
        climb.step_to(following)
    return climb.purchases
