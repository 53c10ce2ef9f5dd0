"""What each item gathered: approvals, points as given, or Borda points of the places."""

from diancai.voting.exact import Exact, tidy
from diancai.voting.profile import MarkKind, Profile, WeightedBallot


def approval_counts(profile: Profile) -> dict[str, int]:
    """How many ballots name each item, in menu order."""
    counts = dict.fromkeys(profile.item_numbers, 0)
    for ballot in profile.ballots:
        for number in ballot.marks:
            counts[number] += ballot.count
    return counts


def item_scores(profile: Profile) -> dict[str, Exact]:
    """The score of each item, in menu order: approvals, points, or Borda points.

    Borda is places − position: of three places 3, 2, 1, and 0 for the unranked.
    """
    scores: dict[str, Exact] = dict.fromkeys(profile.item_numbers, 0)
    for ballot in profile.ballots:
        for number, points in zip(ballot.marks, ballot_points(profile, ballot), strict=True):
            scores[number] += points * ballot.count
    return {number: tidy(score) for number, score in scores.items()}


def ballot_points(profile: Profile, ballot: WeightedBallot) -> tuple[Exact, ...]:
    """What one such ballot gives to each of its marks, in the order of the marks."""
    match profile.mark_kind:
        case MarkKind.APPROVAL:
            return (1,) * len(ballot.marks)
        case MarkKind.POINTS:
            return ballot.points
        case MarkKind.RANKING:
            return tuple(max(profile.place_count - position, 0) for position in range(len(ballot.marks)))
