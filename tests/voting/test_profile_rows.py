"""Rows are tidied and grouped exactly, whatever their length and whatever their points."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diancai.errors import InvalidInput
from diancai.voting import MarkKind, Profile, item_scores, profile_from_arrays

ITEMS = tuple(f"item {place}" for place in range(70))
# From few items and short rows, so that equal ones are common, to rows of several words.
ROWS = st.lists(
    st.one_of(
        st.lists(st.integers(0, 2), max_size=3),
        st.lists(st.integers(0, 69), max_size=40),
        st.integers(0, 40).map(lambda length: list(range(length))),
    ),
    max_size=12,
)
POINTS = st.one_of(st.integers(-2, 2), st.sampled_from([2**62, 2**63 - 1, -(2**63), 2**80, -(2**80)]))


def rows_of(profile: Profile) -> Counter[tuple[tuple[int, int], ...]]:
    points = np.zeros(len(profile.marks), int) if profile.points is None else profile.points
    counts: Counter[tuple[tuple[int, int], ...]] = Counter()
    for row, count in enumerate(profile.counts.tolist()):
        part = slice(profile.starts[row], profile.starts[row + 1])
        key = tuple(zip(profile.marks[part].tolist(), points[part].tolist(), strict=True))
        assert key not in counts
        counts[key] = count
    return counts


@settings(deadline=None)
@given(ROWS, st.data())
def test_equal_ballots_are_grouped_as_a_counter_groups_them(rows: list[list[int]], data: st.DataObject) -> None:
    copies = data.draw(st.lists(st.integers(1, 9), min_size=len(rows), max_size=len(rows)))
    kind = data.draw(st.sampled_from([MarkKind.APPROVAL, MarkKind.RANKING]))
    profile = profile_from_arrays(
        kind, ITEMS, lengths=list(map(len, rows)), marks=[mark for row in rows for mark in row], counts=copies
    )
    expected: Counter[tuple[tuple[int, int], ...]] = Counter()
    for row, count in zip(rows, copies, strict=True):
        marks = dict.fromkeys(row if kind is MarkKind.RANKING else sorted(row), 0)
        expected[tuple(marks.items())] += count
    assert rows_of(profile) == expected
    assert list(rows_of(profile)) == list(expected), "the rows stand where their first stood"


@settings(deadline=None)
@given(ROWS, st.data())
def test_points_of_any_size_keep_ballots_apart(rows: list[list[int]], data: st.DataObject) -> None:
    marks = [mark for row in rows for mark in row]
    points = data.draw(st.lists(POINTS, min_size=len(marks), max_size=len(marks)))
    profile = profile_from_arrays(
        MarkKind.POINTS, ITEMS, lengths=list(map(len, rows)), marks=marks, points=np.array(points, object)
    )
    expected: Counter[tuple[tuple[int, int], ...]] = Counter()
    left = iter(points)
    for row in rows:
        given_points: dict[int, int] = {}
        for mark, point in zip(row, [next(left) for _ in row], strict=True):
            given_points.setdefault(mark, point)
        expected[tuple(sorted(given_points.items()))] += 1
    assert rows_of(profile) == expected


def test_whole_numbers_of_any_type_are_taken_and_others_refused() -> None:
    def scores(points: object) -> dict[str, object]:
        profile = profile_from_arrays(MarkKind.POINTS, ("1",), lengths=[1, 1], marks=[0, 0], points=points)
        return dict(item_scores(profile))

    assert scores(np.array([1, 2], np.int8)) == {"1": 3}
    assert scores(np.array([2**64 - 1, 1], np.uint64)) == {"1": 2**64}
    with pytest.raises(InvalidInput, match="profile.points"):
        scores([0.5, 1.0])


def test_places_beyond_64_bits_score_exactly() -> None:
    profile = profile_from_arrays(MarkKind.RANKING, ("1", "2"), lengths=[2], marks=[1, 0], place_count=10**30)
    assert item_scores(profile) == {"1": 10**30 - 1, "2": 10**30}
