"""Who supports what: the ballots turned round, item by item, as the rules that look at single voters need them."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from math import lcm

import numpy as np
import numpy.typing as npt

from diancai.budget.contest import Candidate
from diancai.budget.rules import Utility
from diancai.errors import InvalidInput
from diancai.voting.exact import Exact
from diancai.voting.profile import MOST_IN_64_BITS, Integers, Profile

Floats = npt.NDArray[np.float64]

MOST_IN_FLOAT = 2**53
"""Whole numbers up to here are exact as floats."""
_MOST_UNITS = 10**280
"""What all voters with all they give could pay; beyond it floats that filter would be infinite."""


def inner(one: Floats, other: Floats) -> float:
    """The inner product. Above ten thousand numbers BLAS wakes threads, which takes longer than the sum itself."""
    return float(one.dot(other) if len(one) <= 8_000 else np.einsum("i,i->", one, other))


@dataclass(frozen=True, eq=False)
class Support:
    """The supporters of one candidate: rows of the profile, the number of ballots in each, and what each has from it.

    `weights`: one for a supporter, or the points given. All three are parallel.
    """

    rows: Integers
    counts: Integers
    weights: Integers

    @cached_property
    def weight_sum(self) -> int:
        return int((self.counts * self.weights).sum())

    @cached_property
    def heaviest(self) -> int:
        return int(self.weights.max(initial=0))

    @cached_property
    def is_even(self) -> bool:
        """Whether every supporter has the same from it: one."""
        return bool((self.weights == 1).all())

    @property
    def uneven_weights(self) -> tuple[int, ...]:
        """The weights, or () where every supporter has one from it."""
        return () if self.is_even else tuple(self.weights.tolist())

    @cached_property
    def float_counts(self) -> Floats:
        return self.counts.astype(np.float64)

    @cached_property
    def float_weights(self) -> Floats:
        return self.weights.astype(np.float64)


@dataclass(frozen=True, eq=False)
class SupportTable:
    """Candidates with their supporters, and the same ballot by ballot. Costs in whole units: `scale` of them are one fen."""

    candidates: tuple[Candidate, ...]
    supports: tuple[Support, ...]
    costs: tuple[int, ...]
    scale: int
    profile: Profile
    item_places: tuple[int, ...]
    """Where each candidate stands in the menu."""
    is_by_points: bool

    @property
    def row_counts(self) -> Integers:
        """Ballots by row of the profile."""
        return self.profile.counts

    @property
    def row_count(self) -> int:
        return len(self.profile.counts)

    @cached_property
    def float_costs(self) -> list[float]:
        return [float(cost) for cost in self.costs]

    @cached_property
    def mark_weights(self) -> Integers:
        """What each mark of the profile gives; a mark that takes away gives nothing."""
        return np.maximum(self.profile.weights, 0) if self.is_by_points else np.ones(len(self.profile.marks), np.int64)

    @cached_property
    def fits_floats(self) -> bool:
        """Whether sums of weights are exact as floats."""
        return max((support.weight_sum for support in self.supports), default=0) < MOST_IN_FLOAT

    def weights_of_rows(self, rows: Integers) -> list[int]:
        """What the ballots of these rows give to each item of the menu together."""
        lengths = np.diff(self.profile.starts)[rows]
        ends = np.cumsum(lengths)
        marks = np.repeat(self.profile.starts[rows] - ends + lengths, lengths) + np.arange(lengths.sum())
        items, counts = self.profile.marks[marks], np.repeat(self.row_counts[rows], lengths)
        if self.fits_floats:
            weights = self.mark_weights[marks] * counts
            sums = np.bincount(items, weights=weights, minlength=len(self.profile.item_numbers))
            return [int(total) for total in sums.tolist()]
        exact = np.zeros(len(self.profile.item_numbers), object)
        np.add.at(exact, items, self.mark_weights[marks].astype(object) * counts)
        return [int(total) for total in exact]

    def weights_of_row(self, row: int) -> dict[int, int]:
        """What one ballot gives, by place in the menu."""
        part = slice(int(self.profile.starts[row]), int(self.profile.starts[row + 1]))
        return dict(zip(self.profile.marks[part].tolist(), self.mark_weights[part].tolist(), strict=True))


def support_table(
    profile: Profile, candidates: Sequence[Candidate], utility: Utility, amounts_fen: Sequence[Exact] = ()
) -> SupportTable:
    """The table of these candidates. `amounts_fen`: further amounts that must be whole in its units.

    Raises InvalidInput election.beyond_floats for amounts and points together of some 280 digits.
    """
    scale = lcm(*(amount.denominator for amount in (*(c.cost_fen for c in candidates), *amounts_fen)))
    places = {number: place for place, number in enumerate(profile.item_numbers)}
    item_places = tuple(places[candidate.number] for candidate in candidates)
    by_item = _by_item(profile, utility)
    supports = tuple(by_item[place] for place in item_places)
    costs = tuple(int(candidate.cost_fen * scale) for candidate in candidates)
    most_units = max(scale, *costs, *(int(amount * scale) for amount in amounts_fen), 1)
    if most_units * profile.voter_count * max((support.weight_sum for support in supports), default=1) > _MOST_UNITS:
        raise InvalidInput("election.beyond_floats")
    return SupportTable(
        candidates=tuple(candidates),
        supports=supports,
        costs=costs,
        scale=scale,
        profile=profile,
        item_places=item_places,
        is_by_points=utility is Utility.SCORE,
    )


def _by_item(profile: Profile, utility: Utility) -> list[Support]:
    """The support of every item, in menu order. A mark that gives nothing is no support."""
    order, starts = profile.by_item
    rows = profile.rows_of_marks[order]
    counts = profile.counts[rows]
    ends = starts[1:-1]
    weights = profile.weights[order] if utility is Utility.SCORE else np.ones(len(order), np.int64)
    if int(np.abs(weights).max(initial=0)) * max(profile.voter_count, 1) >= MOST_IN_64_BITS:
        weights = weights.astype(object)
    parts = zip(np.split(rows, ends), np.split(counts, ends), np.split(weights, ends), strict=True)
    return [_without_nothing(Support(*part)) for part in parts]


def _without_nothing(support: Support) -> Support:
    gives = support.weights > 0
    if gives.all():
        return support
    return Support(support.rows[gives], support.counts[gives], support.weights[gives])
