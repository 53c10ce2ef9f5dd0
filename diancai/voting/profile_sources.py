"""Profiles of what was cast: of the canonical texts of a box, and of election files."""

from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np

from diancai.errors import InvalidInput
from diancai.voting.ballots import BallotForm, BallotType, item_order_key, parse_canonical
from diancai.voting.distinct import Places
from diancai.voting.exact import Exact, parse_exact
from diancai.voting.pabulib import PabulibFile, VoteType
from diancai.voting.profile import MOST_IN_64_BITS, Integers, MarkKind, Profile, profile_from_arrays, whole_points
from diancai.voting.text_lists import TextLists, lists_in_texts


def profile_from_texts(form: BallotForm, texts: Iterable[str]) -> Profile:
    """The profile of canonical texts, in any order. Raises InvalidInput as `parse_canonical` does."""
    counts = Counter(texts)
    distinct = tuple(counts)
    lists = lists_in_texts(distinct)
    marks = _places(lists, form.item_numbers)
    for row in np.flatnonzero(~_are_canonical(form, lists.lengths, marks)).tolist():
        parse_canonical(form, distinct[row])
    is_ranking = form.ballot_type is BallotType.RANKING
    return profile_from_arrays(
        MarkKind.RANKING if is_ranking else MarkKind.APPROVAL,
        form.item_numbers,
        lengths=lists.lengths,
        marks=marks,
        counts=list(counts.values()),
        place_count=form.max_marks if is_ranking else 0,
    )


def profile_from_pabulib(file: PabulibFile) -> Profile:
    """The profile of a file that was read. A project repeated within a ballot counts once, where it first stands.

    For a file made by hand raises InvalidInput: pabulib.unknown_project, bad_number (value), points_mismatch.
    """
    kind = _mark_kind(file.vote_type)
    votes = file.vote_lists("vote")
    marks = _places(votes, file.project_ids)
    if len(marks) and int(marks.min()) < 0:
        raise InvalidInput("pabulib.unknown_project", value=votes.parts[votes.codes[np.argmin(marks)]])
    points, scale = _points(file, votes.lengths) if kind is MarkKind.POINTS else (None, 1)
    profile = profile_from_arrays(
        kind,
        file.project_ids,
        lengths=votes.lengths,
        marks=marks,
        points=points,
        point_scale=scale,
        # Without a limit a voter may rank every project: the format's own default.
        place_count=(file.max_length or len(file.projects)) if kind is MarkKind.RANKING else 0,
    )
    return _with_the_unnamed(profile, file.default_score) if file.vote_type is VoteType.SCORING else profile


def _places(lists: TextLists, numbers: Sequence[str]) -> Places:
    """The place of each part among the numbers (M), -1 for others."""
    places = {number: place for place, number in enumerate(numbers)}
    return np.array([places.get(part, -1) for part in lists.parts], np.intp)[lists.codes]


def _are_canonical(form: BallotForm, lengths: Integers, marks: Integers) -> Integers:
    """Which ballots (B) are beyond doubt as the form wants them; the others may be so too."""
    are = (lengths >= form.min_marks) & (lengths <= form.max_marks)
    rows = np.repeat(np.arange(len(lengths)), lengths)
    are[rows[marks < 0]] = False
    if form.ballot_type is BallotType.RANKING:
        keys = np.sort(rows * (len(form.item_numbers) + 1) + marks + 1)
        are[keys[1:][keys[1:] == keys[:-1]] // (len(form.item_numbers) + 1)] = False
    else:
        ranks = _ranks(form.item_numbers)[marks]
        is_behind = (rows[1:] == rows[:-1]) & (ranks[1:] <= ranks[:-1])
        are[rows[1:][is_behind]] = False
    if form.fund_fen is not None:
        are &= _costs_fen(form, lengths, rows, marks) <= form.fund_fen
    return are


def _ranks(numbers: Sequence[str]) -> Places:
    """The rank of each item in a canonical text."""
    keys = [item_order_key(number) for number in numbers]
    return np.argsort(np.array(sorted(range(len(keys)), key=keys.__getitem__), np.intp))


def _costs_fen(form: BallotForm, lengths: Integers, rows: Integers, marks: Integers) -> Integers:
    fits = sum(form.costs_fen) < MOST_IN_64_BITS
    costs = np.zeros(len(lengths), np.int64 if fits else object)
    # An unknown mark (-1) is in doubt anyway.
    np.add.at(costs, rows, np.array(form.costs_fen, costs.dtype)[marks])
    return costs


def _mark_kind(vote_type: VoteType) -> MarkKind:
    match vote_type:
        case VoteType.ORDINAL:
            return MarkKind.RANKING
        case VoteType.CUMULATIVE | VoteType.SCORING:
            return MarkKind.POINTS
        case VoteType.APPROVAL | VoteType.CHOOSE_1:
            return MarkKind.APPROVAL


def _points(file: PabulibFile, lengths: Integers) -> tuple[Integers, int]:
    """The point of each mark (M) in units of 1 / the scale, which suits the default score too."""
    lists = file.vote_lists("points")
    if not np.array_equal(lists.lengths, lengths):
        raise InvalidInput("pabulib.points_mismatch")
    points, scale = whole_points([*map(_point, lists.parts), file.default_score])
    return points[lists.codes], scale


def _point(text: str) -> Exact:
    try:
        return parse_exact(text)
    except ValueError:
        raise InvalidInput("pabulib.bad_number", value=text) from None


def _with_the_unnamed(profile: Profile, default: Exact) -> Profile:
    """Every ballot gives the default to the items that it does not name."""
    if not default:
        return profile
    assert profile.points is not None
    rows, items = len(profile.counts), len(profile.item_numbers)
    points = np.full((rows, items), int(default * profile.point_scale), profile.points.dtype)
    points[profile.rows_of_marks, profile.marks] = profile.points
    return profile_from_arrays(
        profile.mark_kind,
        profile.item_numbers,
        lengths=np.full(rows, items),
        marks=np.tile(np.arange(items), rows),
        counts=profile.counts,
        points=points.ravel(),
        point_scale=profile.point_scale,
    )
