"""The same ballots with more or less support for one item: which of them change is drawn, so that anyone can repeat it."""

import hashlib
from dataclasses import dataclass, replace

import numpy as np

from diancai.voting.exact import tidy
from diancai.voting.profile import MOST_IN_64_BITS, Integers, MarkKind, Profile, WeightedBallot


def ballot_text(ballot: WeightedBallot) -> str:
    """The text that is hashed: item numbers, ascending or by rank, joined by ","; with points "number:points" each."""
    if not ballot.points:
        return ",".join(ballot.marks)
    return ",".join(f"{mark}:{tidy(point)}" for mark, point in zip(ballot.marks, ballot.points, strict=True))


def copies_in_order(profile: Profile, seed_hex: str) -> Integers:
    """The row of every single ballot, in order of SHA-256 over the UTF-8 bytes of "seed\\ntext\\ncopy".

    `text` is that of `ballot_text`, `copy` counts equal ballots from 1 in decimal. Equal ballots must share a row.
    """
    drawn: list[tuple[bytes, int]] = []
    for row in range(len(profile.counts)):
        ballot = profile.ballot(row)
        begun = hashlib.sha256(f"{seed_hex}\n{ballot_text(ballot)}\n".encode())
        for copy in range(1, ballot.count + 1):
            hashed = begun.copy()
            hashed.update(str(copy).encode())
            drawn.append((hashed.digest(), row))
    drawn.sort()
    return np.fromiter((row for _, row in drawn), np.int64, len(drawn))


def as_points(profile: Profile) -> Profile:
    """A ranking as the points that its places give, so that one item may lose some alone; other ballots as they are.

    Rows stay where they are.
    """
    if profile.mark_kind is not MarkKind.RANKING:
        return profile
    order = np.lexsort((profile.marks, profile.rows_of_marks))
    points = profile.weights[order]
    return replace(profile, mark_kind=MarkKind.POINTS, marks=profile.marks[order], points=points, place_count=0)


@dataclass(frozen=True, eq=False)
class Shift:
    """Ballots in the order in which they change, and what each may give up or gain for one item, in units.

    `gives[k]` is that of ballot `rows[k]`, and `sums[k]` of all up to it. Giving up leaves nothing in the end; gaining
    leads up to what is gained.
    """

    profile: Profile
    place: int
    rows: Integers
    gives: Integers
    sums: Integers
    is_loss: bool

    @property
    def most(self) -> int:
        """The number of votes, or points, after which nothing more can change."""
        if not len(self.sums):
            return 0
        units, scale = int(self.sums[-1]), self.profile.point_scale
        return -(-units // scale) if self.is_loss else units // scale

    def shifted(self, votes: int) -> Profile:
        """The ballots once so many votes, or points, are lost or gained: the first wholly, the last as far as needed."""
        amount = min(votes * self.profile.point_scale, int(self.sums[-1]))
        whole = int(np.searchsorted(self.sums, amount, side="right"))
        rows, counts = np.unique(self.rows[:whole], return_counts=True)
        points = np.zeros(len(rows), np.int64) if self.is_loss else np.full(len(rows), self.gives[0])
        rest = amount - (int(self.sums[whole - 1]) if whole else 0)
        if rest:
            part = int(self.gives[whole]) - rest if self.is_loss else rest
            rows, counts = np.append(rows, self.rows[whole]), np.append(counts, 1)
            points = np.append(points, part)
        return _changed(self.profile, self.place, rows, counts, points)


def shift_of(profile: Profile, copies: Integers, place: int, *, is_loss: bool) -> Shift:
    """How an item may lose the support it has, or gain that of the ballots that do not name it.

    A ballot of points gains up to the most points that any ballot gives to any item.
    """
    is_it = profile.marks == place
    held = np.zeros(len(profile.counts), profile.weights.dtype)
    names_it = np.zeros(len(profile.counts), bool)
    held[profile.rows_of_marks[is_it]] = profile.weights[is_it]
    names_it[profile.rows_of_marks[is_it]] = True
    rows = copies[(held[copies] > 0) if is_loss else ~names_it[copies]]
    most = max(int(profile.weights.max(initial=0)), 1)
    gives = held[rows] if is_loss else np.full(len(rows), most)
    if most * len(rows) >= MOST_IN_64_BITS:
        gives = gives.astype(object)
    return Shift(profile, place, rows, gives, np.cumsum(gives), is_loss)


def _changed(profile: Profile, place: int, rows: Integers, counts: Integers, points: Integers) -> Profile:
    """So many ballots of these rows with these points for an item, all other ballots as they are."""
    left = profile.counts.copy()
    np.subtract.at(left, rows, counts)
    stays = left > 0
    is_kept = np.repeat(stays, np.diff(profile.starts))
    lengths, marks, given = _with_points(profile, place, rows, points)
    return replace(
        profile,
        starts=np.concatenate(([0], np.cumsum(np.concatenate((np.diff(profile.starts)[stays], lengths))))),
        marks=np.concatenate((profile.marks[is_kept], marks)),
        counts=np.concatenate((left[stays], counts)),
        points=None if profile.points is None else np.concatenate((profile.points[is_kept], given)),
    )


def _with_points(profile: Profile, place: int, rows: Integers, points: Integers) -> tuple[Integers, Integers, Integers]:
    """Lengths, marks and points of these rows with these points for an item; no points, no mark."""
    lengths = np.diff(profile.starts)[rows]
    ends = np.cumsum(lengths)
    indices = np.repeat(profile.starts[rows] - ends + lengths, lengths) + np.arange(int(lengths.sum()))
    owners = np.repeat(np.arange(len(rows)), lengths)
    others, gains = profile.marks[indices] != place, np.flatnonzero(points > 0)
    owners = np.concatenate((owners[others], gains))
    marks = np.concatenate((profile.marks[indices][others], np.full(len(gains), place)))
    given = np.concatenate((profile.weights[indices][others], points[gains]))
    order = np.lexsort((marks, owners))
    return np.bincount(owners, minlength=len(rows)), marks[order], given[order]
