"""The ballots of an election as a multiset: equal ballots once, with their number."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from diancai.voting.ballots import BallotForm, BallotType, item_order_key, parse_canonical
from diancai.voting.exact import Exact, parse_exact
from diancai.voting.pabulib import PabulibFile, VoteType, split_list

Points = tuple[Exact, ...]


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


@dataclass(frozen=True, slots=True)
class Profile:
    """All ballots: distinct and sorted, so that equal elections have equal profiles. `place_count`: of a ranking."""

    mark_kind: MarkKind
    item_numbers: tuple[str, ...]
    ballots: tuple[WeightedBallot, ...]
    place_count: int = 0

    @property
    def voter_count(self) -> int:
        """All ballots, empty ones too."""
        return sum(ballot.count for ballot in self.ballots)


def profile_from_texts(form: BallotForm, texts: Iterable[str]) -> Profile:
    """The profile of canonical texts, in any order. Raises InvalidInput as `parse_canonical` does."""
    is_ranking = form.ballot_type is BallotType.RANKING
    counted = Counter(texts)
    return Profile(
        mark_kind=MarkKind.RANKING if is_ranking else MarkKind.APPROVAL,
        item_numbers=form.item_numbers,
        ballots=_sorted_ballots({(parse_canonical(form, text), ()): count for text, count in counted.items()}),
        place_count=form.max_marks if is_ranking else 0,
    )


def profile_from_pabulib(file: PabulibFile) -> Profile:
    """The profile of a file that was read. A project repeated within a ballot counts once, where it first stands."""
    is_ranking = file.vote_type is VoteType.ORDINAL
    return Profile(
        mark_kind=_mark_kind(file.vote_type),
        item_numbers=file.project_ids,
        ballots=_sorted_ballots(_pabulib_counts(file)),
        # Without a limit a voter may rank every project: the format's own default.
        place_count=(file.max_length or len(file.projects)) if is_ranking else 0,
    )


def _sorted_ballots(counts: dict[tuple[tuple[str, ...], Points], int]) -> tuple[WeightedBallot, ...]:
    return tuple(WeightedBallot(marks, points, count) for (marks, points), count in sorted(counts.items()))


def _mark_kind(vote_type: VoteType) -> MarkKind:
    match vote_type:
        case VoteType.ORDINAL:
            return MarkKind.RANKING
        case VoteType.CUMULATIVE | VoteType.SCORING:
            return MarkKind.POINTS
        case VoteType.APPROVAL | VoteType.CHOOSE_1:
            return MarkKind.APPROVAL


def _pabulib_counts(file: PabulibFile) -> dict[tuple[tuple[str, ...], Points], int]:
    ascending = {number: rank for rank, number in enumerate(sorted(file.project_ids, key=item_order_key))}
    counts: Counter[tuple[tuple[str, ...], Points]] = Counter()
    match _mark_kind(file.vote_type):
        case MarkKind.RANKING:
            counts.update((tuple(dict.fromkeys(split_list(vote))), ()) for vote in file.vote_values("vote"))
        case MarkKind.APPROVAL:
            for vote, count in Counter(file.vote_values("vote")).items():
                counts[tuple(sorted(set(split_list(vote)), key=ascending.__getitem__)), ()] += count
        case MarkKind.POINTS:
            unnamed = _points_of_the_unnamed(file)
            pairs = Counter(zip(file.vote_values("vote"), file.vote_values("points"), strict=True))
            for (vote, points), count in pairs.items():
                given = unnamed | _first_points(vote, points)
                marks = tuple(sorted(given, key=ascending.__getitem__))
                counts[marks, tuple(given[mark] for mark in marks)] += count
    return counts


def _points_of_the_unnamed(file: PabulibFile) -> dict[str, Exact]:
    if file.vote_type is not VoteType.SCORING or not file.default_score:
        return {}
    return dict.fromkeys(file.project_ids, file.default_score)


def _first_points(vote: str, points: str) -> dict[str, Exact]:
    given: dict[str, Exact] = {}
    for mark, point in zip(split_list(vote), split_list(points), strict=True):
        given.setdefault(mark, parse_exact(point))
    return given
