"""Whether every group of like-minded voters got its share: EJR+ up to one item (count.md).

Source: Brill, Peters: Robust and Verifiable Proportionality Axioms for Multiwinner Voting, 2023, for participatory
budgeting. Equal shares keep it with their own utility as long as no constraint and no comparison interferes.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from math import lcm

import numpy as np

from diancai.budget.constraints import Constraints
from diancai.budget.election import Election, Item
from diancai.budget.rules import Completion, Method, Rule, Utility
from diancai.errors import InvalidInput
from diancai.voting.exact import Exact, tidy
from diancai.voting.profile import MOST_IN_64_BITS, Integers, MarkKind
from diancai.voting.scores import item_scores


@dataclass(frozen=True, slots=True)
class Witness:
    """A group whose share would have paid an item that did not win, though each of its members has too little.

    `group_size`: the least number of supporters that shows it. `utilities`: what these have from the winners, with the
    number of ballots, ascending; in fen for cost, in items for cardinality. `entitled`: what one of them at least
    should have more than, the item itself included: share of the fund × utility per cost.
    """

    number: str
    group_size: int
    utilities: tuple[tuple[Exact, int], ...]
    entitled: Exact


class Unchecked(StrEnum):
    """Why EJR+ is not asked of an outcome (count.md)."""

    POINTS = "points"
    COMPARISON = "comparison"
    CONSTRAINTS = "constraints"


@dataclass(frozen=True, slots=True)
class Fairness:
    """Whether an outcome gives every group its share, by `utility`.

    `is_promised`: the rule always does; otherwise the answer is information and no reproach. `witnesses`: in menu order,
    () if it holds or is not asked.
    """

    utility: Utility
    is_promised: bool
    unchecked: Unchecked | None
    witnesses: tuple[Witness, ...]

    @property
    def holds(self) -> bool | None:
        """None: not asked."""
        return None if self.unchecked else not self.witnesses


def fairness_of(election: Election, rule: Rule, winners: Iterable[str]) -> Fairness:
    """EJR+ of an outcome of this rule, with its own utility, or by cost where it has none."""
    has_utility = rule.method in (Method.EQUAL_SHARES, Method.BOS)
    utility = rule.utility if has_utility else Utility.COST
    is_by_points = utility is Utility.SCORE or (not has_utility and election.profile.mark_kind is not MarkKind.APPROVAL)
    unchecked = Unchecked.POINTS if is_by_points else _obstacle(rule)
    return Fairness(
        utility=utility,
        is_promised=rule.method is Method.EQUAL_SHARES and not unchecked,
        unchecked=unchecked,
        witnesses=() if unchecked else ejr_plus_violations(election, winners, utility),
    )


def _obstacle(rule: Rule) -> Unchecked | None:
    """What keeps a rule from giving every group its share, whatever the ballots."""
    is_compared = rule.completion in (Completion.COMPARISON, Completion.COMPARISON_FULL)
    if rule.method is Method.EQUAL_SHARES and is_compared:
        return Unchecked.COMPARISON
    return Unchecked.CONSTRAINTS if rule.constraints != Constraints() else None


def ejr_plus_violations(election: Election, winners: Iterable[str], utility: Utility) -> tuple[Witness, ...]:
    """The witnesses against EJR+ up to one, one for each item concerned, in menu order; () if it holds.

    For every supported item p beside the winners with 0 < c(p) ≤ B and every group S of its supporters, some i in S
    must have u_i(W) + u(p) > |S|·B·u(p) / (n·c(p)). It is enough to ask, for s = 1, 2, …, the s supporters that have
    least. A withdrawn item is none. Raises InvalidInput fairness.not_for_utility (utility) for scores.
    """
    if utility is Utility.SCORE:
        raise InvalidInput("fairness.not_for_utility", utility=utility)
    check = _Check(election, frozenset(winners), utility)
    scores = item_scores(election.profile)
    found = (
        check.witness(place, item)
        for place, item in enumerate(election.items)
        if item.number not in check.winners
        and not item.is_withdrawn
        and scores[item.number] > 0
        and 0 < item.cost_fen <= election.fund_fen
    )
    return tuple(witness for witness in found if witness)


class _Check:
    """Utilities by row, in whole units: `scale` of them are one fen, or one item."""

    def __init__(self, election: Election, winners: frozenset[str], utility: Utility) -> None:
        self.winners = winners
        self.utility = utility
        self.profile = election.profile
        amounts = [election.fund_fen, *(item.cost_fen for item in election.items)]
        self.scale = lcm(*(amount.denominator for amount in amounts)) if utility is Utility.COST else 1
        self.fund_fen = election.fund_fen
        worth = [int(self._worth(item) * self.scale) if item.number in winners else 0 for item in election.items]
        fits = max(worth, default=0) * (len(worth) + 1) < MOST_IN_64_BITS
        values = np.array(worth, np.int64 if fits else object)
        self.by_row: Integers = np.zeros(len(self.profile.counts), values.dtype)
        np.add.at(self.by_row, self.profile.rows_of_marks, values[self.profile.marks])

    def witness(self, place: int, item: Item) -> Witness | None:
        """The smallest group that shows a violation for an item."""
        order, starts = self.profile.by_item
        rows = self.profile.rows_of_marks[order[starts[place] : starts[place + 1]]]
        if not len(rows):
            return None
        has, groups = np.unique(self.by_row[rows], return_inverse=True)
        ballots = np.zeros(len(has), np.int64)
        np.add.at(ballots, groups, self.profile.counts[rows])
        each = Fraction(self.fund_fen) * self._worth(item) / (self.profile.voter_count * item.cost_fen)
        # Of the s poorest, the richest has too little as long as u + u(p) ≤ s·each: asked where a utility ends.
        violated = np.flatnonzero(has <= self._limits(np.cumsum(ballots), each, item))
        if not len(violated):
            return None
        last = int(violated[0])
        needed = -(-(Fraction(int(has[last]), self.scale) + self._worth(item)) // each)
        size = max(needed, int(ballots[:last].sum()) + 1)
        return self._witness(item, size, has.tolist(), ballots.tolist(), each)

    def _limits(self, sizes: Integers, each: Fraction, item: Item) -> Integers:
        """The most that the members of groups of these sizes may have for a violation, in whole units."""
        limit = each * self.scale
        fits = int(sizes[-1]) * limit.numerator < MOST_IN_64_BITS
        whole: Integers = sizes if fits else sizes.astype(object)
        return whole * limit.numerator // limit.denominator - int(self._worth(item) * self.scale)

    def _witness(self, item: Item, size: int, has: list[int], ballots: list[int], each: Fraction) -> Witness:
        utilities, left = [], size
        for utility, count in zip(has, ballots, strict=True):
            if left:
                utilities.append((tidy(Fraction(utility, self.scale)), min(count, left)))
                left -= min(count, left)
        return Witness(item.number, size, tuple(utilities), tidy(size * each))

    def _worth(self, item: Item) -> Exact:
        return item.cost_fen if self.utility is Utility.COST else 1
