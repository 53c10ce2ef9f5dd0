"""Who supports what: the ballots turned round, item by item, as the rules that look at single voters need them."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from math import lcm

import numpy as np

from diancai.budget.contest import Candidate
from diancai.budget.rules import Utility
from diancai.voting.exact import Exact
from diancai.voting.profile import MOST_IN_64_BITS, Integers, Profile


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


@dataclass(frozen=True, eq=False)
class SupportTable:
    """Candidates with their supporters. Costs in whole units: `scale` of them are one fen."""

    candidates: tuple[Candidate, ...]
    supports: tuple[Support, ...]
    costs: tuple[int, ...]
    scale: int
    row_counts: Integers
    """Ballots by row of the profile."""

    @property
    def row_count(self) -> int:
        return len(self.row_counts)


def support_table(
    profile: Profile, candidates: Sequence[Candidate], utility: Utility, amounts_fen: Sequence[Exact] = ()
) -> SupportTable:
    """The table of these candidates. `amounts_fen`: further amounts that must be whole in its units."""
    scale = lcm(*(amount.denominator for amount in (*(c.cost_fen for c in candidates), *amounts_fen)))
    places = {number: place for place, number in enumerate(profile.item_numbers)}
    by_item = _by_item(profile, utility)
    return SupportTable(
        candidates=tuple(candidates),
        supports=tuple(by_item[places[candidate.number]] for candidate in candidates),
        costs=tuple(int(candidate.cost_fen * scale) for candidate in candidates),
        scale=scale,
        row_counts=profile.counts,
    )


def _by_item(profile: Profile, utility: Utility) -> list[Support]:
    """The support of every item, in menu order. A mark that gives nothing is no support."""
    item_count = len(profile.item_numbers)
    small = np.uint8 if item_count < 2**8 else np.uint16 if item_count < 2**16 else np.int64  # sorted by radix
    order = np.argsort(profile.marks.astype(small), kind="stable")
    rows = profile.rows_of_marks[order]
    counts = profile.counts[rows]
    ends = np.cumsum(np.bincount(profile.marks, minlength=item_count))[:-1]
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
