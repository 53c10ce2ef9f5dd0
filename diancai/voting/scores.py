"""What each item gathered: approvals, points as given, or Borda points of the places."""

from fractions import Fraction

import numpy as np

from diancai.voting.exact import Exact, tidy
from diancai.voting.profile import MOST_IN_64_BITS, Integers, Profile


def approval_counts(profile: Profile) -> dict[str, int]:
    """How many ballots name each item, in menu order."""
    return dict(zip(profile.item_numbers, _sums(profile, np.ones(len(profile.marks), np.int64)), strict=True))


def item_scores(profile: Profile) -> dict[str, Exact]:
    """The score of each item, in menu order: approvals, points, or Borda points (of three places 3, 2, 1)."""
    sums = _sums(profile, profile.weights)
    scale = profile.point_scale
    return {
        number: tidy(Fraction(total, scale)) if scale > 1 else total
        for number, total in zip(profile.item_numbers, sums, strict=True)
    }


def _sums(profile: Profile, weights: Integers) -> list[int]:
    """Weights by item, over all ballots."""
    largest = int(np.abs(weights).max(initial=0))
    dtype = np.int64 if largest * max(profile.voter_count, 1) < MOST_IN_64_BITS else object
    sums = np.zeros(len(profile.item_numbers), dtype)
    np.add.at(sums, profile.marks, weights.astype(dtype) * profile.counts.astype(dtype)[profile.rows_of_marks])
    return [int(total) for total in sums]
