"""Profiles of what was cast: of the canonical texts of a box, and of election files."""

from collections import Counter
from collections.abc import Iterable

from diancai.voting.ballots import BallotForm, BallotType, parse_canonical
from diancai.voting.exact import Exact, parse_exact
from diancai.voting.pabulib import PabulibFile, VoteType, split_list
from diancai.voting.profile import MarkKind, Points, Profile, WeightedBallot, profile_of


def profile_from_texts(form: BallotForm, texts: Iterable[str]) -> Profile:
    """The profile of canonical texts, in any order. Raises InvalidInput as `parse_canonical` does."""
    is_ranking = form.ballot_type is BallotType.RANKING
    return profile_of(
        MarkKind.RANKING if is_ranking else MarkKind.APPROVAL,
        form.item_numbers,
        (WeightedBallot(parse_canonical(form, text), (), count) for text, count in Counter(texts).items()),
        place_count=form.max_marks if is_ranking else 0,
    )


def profile_from_pabulib(file: PabulibFile) -> Profile:
    """The profile of a file that was read. A project repeated within a ballot counts once, where it first stands."""
    is_ranking = file.vote_type is VoteType.ORDINAL
    return profile_of(
        _mark_kind(file.vote_type),
        file.project_ids,
        (WeightedBallot(marks, points, count) for (marks, points), count in _pabulib_counts(file).items()),
        # Without a limit a voter may rank every project: the format's own default.
        place_count=(file.max_length or len(file.projects)) if is_ranking else 0,
    )


def _mark_kind(vote_type: VoteType) -> MarkKind:
    match vote_type:
        case VoteType.ORDINAL:
            return MarkKind.RANKING
        case VoteType.CUMULATIVE | VoteType.SCORING:
            return MarkKind.POINTS
        case VoteType.APPROVAL | VoteType.CHOOSE_1:
            return MarkKind.APPROVAL


def _pabulib_counts(file: PabulibFile) -> Counter[tuple[tuple[str, ...], Points]]:
    places = {number: place for place, number in enumerate(file.project_ids)}
    counts: Counter[tuple[tuple[str, ...], Points]] = Counter()
    match _mark_kind(file.vote_type):
        case MarkKind.RANKING:
            counts.update((tuple(dict.fromkeys(split_list(vote))), ()) for vote in file.vote_values("vote"))
        case MarkKind.APPROVAL:
            for vote, count in Counter(file.vote_values("vote")).items():
                counts[tuple(sorted(set(split_list(vote)), key=places.__getitem__)), ()] += count
        case MarkKind.POINTS:
            unnamed = _points_of_the_unnamed(file)
            pairs = Counter(zip(file.vote_values("vote"), file.vote_values("points"), strict=True))
            for (vote, points), count in pairs.items():
                given = unnamed | _first_points(vote, points)
                marks = tuple(sorted(given, key=places.__getitem__))
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
