"""Add1: equal shares again and again, each time with one main currency unit more for every voter (count.md)."""

from collections.abc import Callable
from fractions import Fraction
from functools import cached_property

from diancai.budget.contest import Contest
from diancai.budget.equal_shares import Purchases, Shop, endowment_of
from diancai.budget.spans import Span

MAIN_UNIT_FEN = 100

LEAST_REACH = 8
"""So many steps a span spans at least."""
WORTHWHILE = 12.0
"""So many steps a span must save on average: a run that follows another is quick (measured on five cities)."""


class Climb:
    """Add1 over one shop: so many units more, the outcome there, and how far ahead to look for the same outcome.

    Exactly the outcome of going unit by unit; where the outcome surely stays, the units in between are not run. One
    climb serves both ends: the full one goes on where the early one stopped.
    """

    def __init__(self, contest: Contest, shop: Shop) -> None:
        self.contest = contest
        self.shop = shop
        self._first = endowment_of(contest, shop.standing, shop.table.scale)
        self.unit_count = 0
        self.purchases = shop.run(self._first)
        self._next: Purchases | None = None
        self._reach = LEAST_REACH
        self._average_leap = WORTHWHILE

    @cached_property
    def early_end(self) -> Purchases:
        """`add1`: the last outcome that does not overspend, or the first that nothing left fits into."""
        self._climb(self._fits_nothing)
        return self._here()

    @cached_property
    def full_end(self) -> Purchases:
        """`add1-full`: the last outcome that does not overspend, or the first with nothing left to be bought."""
        _ = self.early_end
        self._climb(lambda: not self.purchases.open_places())
        return self._here()

    def _climb(self, is_end: Callable[[], bool]) -> None:
        while not is_end() and not self._overspends_next():
            self._step()
            if self.contest.report:
                self.contest.report(self.unit_count)

    def _fits_nothing(self) -> bool:
        standing, constraints = self.purchases.standing, self.contest.constraints
        open_candidates = (self.shop.table.candidates[place] for place in self.purchases.open_places())
        return not any(
            candidate.cost_fen <= standing.left_fen and standing.obstacle(constraints, candidate) is None
            for candidate in open_candidates
        )

    def _overspends_next(self) -> bool:
        if self._next is None:
            self._leap()
            self._next = self._run(self.unit_count + 1)
        return self._next.standing.left_fen < 0

    def _step(self) -> None:
        """One unit more."""
        assert self._next is not None
        if self._next.turns == self.purchases.turns:
            self._average_leap += 0.25  # spans may have become worthwhile
        self.unit_count += 1
        self.purchases, self._next = self._next, None

    def _here(self) -> Purchases:
        """The outcome here, with the purses of this very unit: the last run may lie before a leap."""
        return self._run(self.unit_count)

    def _endowment(self, unit_count: int) -> Fraction:
        return self._first + MAIN_UNIT_FEN * self.shop.table.scale * unit_count

    def _run(self, unit_count: int) -> Purchases:
        return self.shop.run(self._endowment(unit_count), before=self.purchases)

    def _leap(self) -> None:
        """Go on over all units whose outcome surely is the present one."""
        if self._average_leap < WORTHWHILE:
            return
        before, leapt = self.unit_count, self._leap_once()
        while leapt == self._reach:
            self._reach *= 2
            leapt = self._leap_once()
        self._average_leap = (3 * self._average_leap + self.unit_count - before) / 4

    def _leap_once(self) -> int:
        """One span, shorter ones where a long one is certain of nothing."""
        while True:
            first, last = self._endowment(self.unit_count), self._endowment(self.unit_count + self._reach)
            part = Span(self.shop, self.purchases, first, last).certain_part()
            # Rounded down, where the part ends before the interval does.
            leapt = self._reach if part >= 1 else int(part * self._reach * (1 - 1e-9))
            if leapt or self._reach == LEAST_REACH:
                break
            self._reach = max(LEAST_REACH, self._reach // 4)
        self.unit_count += leapt
        if part < 1:
            self._reach = max(LEAST_REACH, leapt + leapt // 2)
        return leapt
