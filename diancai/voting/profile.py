"""The ballots of an election as a multiset: equal ballots once, with their number, in arrays that any size fits into."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction
from functools import cached_property
from itertools import chain
from math import lcm

import numpy as np
import numpy.typing as npt

from diancai.errors import InvalidInput
from diancai.voting.ballots import item_order_key
from diancai.voting.exact import Exact, tidy
from diancai.voting.profile_rows import Integers as Integers  # the rules take the name from here
from diancai.voting.profile_rows import counts_of_alike, starts_of, tidy_order

Points = tuple[Exact, ...]
MOST_IN_64_BITS = 2**62


class MarkKind(StrEnum):
    """What a mark says: yes to this item, so many points for it, or its place."""

    APPROVAL = "approval"
    POINTS = "points"
    RANKING = "ranking"


@dataclass(frozen=True, slots=True)
class WeightedBallot:
    """`count` equal ballots.

    `marks`: item numbers, each once, ascending or by rank. `points`: parallel where marks carry points, else ().
    """

    marks: tuple[str, ...]
    points: Points
    count: int


@dataclass(frozen=True, eq=False)
class Profile:
    """All ballots, one row for each or for each group of equal ones. What is counted never hangs on their order.

    Row r holds the marks `marks[starts[r]:starts[r + 1]]`: places in `item_numbers`, each once, ascending or by rank.
    `counts[r]` ballots are like it. `points`, parallel to `marks`, are in units of 1 / `point_scale`, or None.
    `place_count`: the places of a ranking, else 0. Arrays are not to be changed.
    """

    mark_kind: MarkKind
    item_numbers: tuple[str, ...]
    starts: Integers
    marks: Integers
    counts: Integers
    points: Integers | None = None
    point_scale: int = 1
    place_count: int = 0

    @cached_property
    def voter_count(self) -> int:
        """All ballots, empty ones too."""
        return int(self.counts.sum())

    @cached_property
    def ballots(self) -> tuple[WeightedBallot, ...]:
        """The distinct ballots, sorted: the same for equal elections. For reading; rules use the arrays."""
        whole = self.grouped()
        return tuple(
            sorted(map(whole.ballot, range(len(whole.counts))), key=lambda ballot: (ballot.marks, ballot.points))
        )

    def ballot(self, row: int) -> WeightedBallot:
        """One row in words."""
        part = slice(int(self.starts[row]), int(self.starts[row + 1]))
        places = self.marks[part].tolist()
        points = [] if self.points is None else self.points[part].tolist()
        order = list(range(len(places)))
        if self.mark_kind is not MarkKind.RANKING:
            order.sort(key=lambda index: self._ascending[places[index]])
        return WeightedBallot(
            marks=tuple(self.item_numbers[places[index]] for index in order),
            points=tuple(tidy(Fraction(points[index], self.point_scale)) for index in order) if points else (),
            count=int(self.counts[row]),
        )

    @cached_property
    def _ascending(self) -> list[int]:
        """The rank of each item in the canonical text of a ballot."""
        order = sorted(range(len(self.item_numbers)), key=lambda place: item_order_key(self.item_numbers[place]))
        return [int(rank) for rank in np.argsort(order)]

    @cached_property
    def rows_of_marks(self) -> Integers:
        """The row of each mark, parallel to `marks`."""
        return np.repeat(np.arange(len(self.counts)), np.diff(self.starts))

    @cached_property
    def by_item(self) -> tuple[Integers, Integers]:
        """The places of the marks, item by item in menu order (M), and where in them each item begins (items + 1)."""
        item_count = len(self.item_numbers)
        small = np.uint8 if item_count < 2**8 else np.uint16 if item_count < 2**16 else np.int64  # sorted by radix
        order = np.argsort(self.marks.astype(small), kind="stable")
        return order, starts_of(np.bincount(self.marks, minlength=item_count))

    @cached_property
    def weights(self) -> Integers:
        """What each mark gives its item, parallel to `marks`, in units of 1 / `point_scale`: 1, points, or Borda points.

        Borda is places − position: of three places 3, 2, 1, and 0 beyond them.
        """
        match self.mark_kind:
            case MarkKind.APPROVAL:
                return np.ones(len(self.marks), np.int64)
            case MarkKind.POINTS:
                assert self.points is not None
                return self.points
            case MarkKind.RANKING:
                positions = np.arange(len(self.marks)) - np.repeat(self.starts[:-1], np.diff(self.starts))
                dtype = np.int64 if self.place_count < MOST_IN_64_BITS else object
                points: Integers = np.maximum(self.place_count - positions.astype(dtype), 0)
                return points

    def grouped(self) -> "Profile":
        """The same ballots with equal ones in one row."""
        counts = counts_of_alike(self.starts, self.marks, self.points, self.counts)
        kept = counts > 0
        if kept.all():
            return self
        lengths = np.diff(self.starts)
        is_kept = np.repeat(kept, lengths)
        return replace(
            self,
            starts=starts_of(lengths[kept]),
            marks=self.marks[is_kept],
            counts=counts[kept],
            points=None if self.points is None else self.points[is_kept],
        )

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Profile):
            return NotImplemented
        return self._identity == other._identity

    def __hash__(self) -> int:
        return hash(self._identity)

    @property
    def _identity(self) -> tuple[object, ...]:
        return (self.mark_kind, self.item_numbers, self.place_count, self.ballots)


def profile_of(
    mark_kind: MarkKind, item_numbers: tuple[str, ...], ballots: Iterable[WeightedBallot], place_count: int = 0
) -> Profile:
    """A profile with one row for each ballot given. Marks and points are trusted to be as `WeightedBallot` says."""
    held = list(ballots)
    places = {number: place for place, number in enumerate(item_numbers)}
    points, scale = None, 1
    if mark_kind is MarkKind.POINTS:
        points, scale = whole_points([point for ballot in held for point in ballot.points])
    return Profile(
        mark_kind=mark_kind,
        item_numbers=item_numbers,
        starts=starts_of([len(ballot.marks) for ballot in held]),
        marks=np.fromiter((places[mark] for mark in chain.from_iterable(b.marks for b in held)), np.int64),
        counts=np.array([ballot.count for ballot in held], np.int64),
        points=points,
        point_scale=scale,
        place_count=place_count,
    )


def profile_from_arrays(
    mark_kind: MarkKind,
    item_numbers: tuple[str, ...],
    *,
    lengths: npt.ArrayLike,
    marks: npt.ArrayLike,
    counts: npt.ArrayLike | None = None,
    points: npt.ArrayLike | None = None,
    point_scale: int = 1,
    place_count: int = 0,
) -> Profile:
    """A profile from a database or another program, without passing through text; equal ballots are grouped.

    `lengths`: marks of each ballot (B). `marks`: their places in `item_numbers`, one ballot after the other (M), by rank
    in a ranking. `counts`: copies of each ballot (B; default one). `points`: whole numbers in units of
    1 / `point_scale` (M). A repeated mark counts once, where it first stands.
    Raises InvalidInput profile.shape, profile.unknown_item, profile.points for points that are not whole numbers.
    """
    sizes, places = np.asarray(lengths, np.int64), np.asarray(marks, np.int64)
    copies = np.ones(len(sizes), np.int64) if counts is None else np.asarray(counts, np.int64)
    given = None if points is None else _whole(np.asarray(points))
    if len(copies) != len(sizes) or int(sizes.sum()) != len(places) or (sizes < 0).any() or (copies < 1).any():
        raise InvalidInput("profile.shape")
    if (given is None) is (mark_kind is MarkKind.POINTS) or (given is not None and len(given) != len(places)):
        raise InvalidInput("profile.shape")
    if len(places) and not 0 <= int(places.min()) <= int(places.max()) < len(item_numbers):
        raise InvalidInput("profile.unknown_item")
    tidy_sizes, order = tidy_order(sizes, places, is_ranking=mark_kind is MarkKind.RANKING)
    return Profile(
        mark_kind=mark_kind,
        item_numbers=item_numbers,
        starts=starts_of(tidy_sizes),
        marks=places[order],
        counts=copies,
        points=None if given is None else given[order],
        point_scale=point_scale,
        place_count=place_count,
    ).grouped()


def _whole(points: Integers) -> Integers:
    if points.dtype == object or points.dtype == np.int64:
        return points
    if points.dtype.kind not in "iu" and len(points):
        raise InvalidInput("profile.points")
    return points.astype(np.int64 if int(points.max(initial=0)) < MOST_IN_64_BITS else object)


def whole_points(points: Sequence[Exact]) -> tuple[Integers, int]:
    """Exact points as whole numbers, and the scale: each is its number / scale."""
    scale = lcm(*{point.denominator for point in points}) if points else 1
    whole = [int(point * scale) for point in points]
    fits = max(map(abs, whole), default=0) < MOST_IN_64_BITS
    return np.array(whole, np.int64 if fits else object), scale
