"""Equal values are found, and only equal ones."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from diancai.voting import distinct
from diancai.voting.distinct import first_alike, numbered

WORDS = st.one_of(st.integers(0, 3), st.integers(0, 2**64 - 1))


@settings(deadline=None)
@given(st.lists(st.tuples(WORDS, WORDS)))
def test_two_values_name_the_same_place_only_if_they_are_equal(values: list[tuple[int, int]]) -> None:
    words = [np.array([value[word] for value in values], np.uint64) for word in (0, 1)]
    alike = first_alike(words).tolist()
    assert [values[place] for place in alike] == values
    assert len(set(alike)) == len(set(values))
    named, numbers = numbered(first_alike(words))
    assert named.tolist() == sorted(set(alike))
    assert [int(named[number]) for number in numbers] == alike


def colliding(count: int) -> list[int]:
    """Numbers that the first rounds of one word send to one slot each: found by trying, as an opponent would."""
    candidates = np.arange(1, 400_000, dtype=np.uint64)
    slots = distinct._slots([candidates], 0, 8)
    return candidates[slots == slots[0]][:count].tolist()


def test_values_made_to_collide_are_told_apart_all_the_same() -> None:
    values = colliding(60) * 3
    alike = first_alike([np.array(values, np.uint64)])
    assert alike.tolist() == [values.index(value) for value in values]


def test_what_no_round_tells_apart_is_compared_one_by_one() -> None:
    words = [np.array([5, 6, 5, 7, 6], np.uint64)]
    alike = np.full(5, -1)
    distinct._compare_one_by_one(words, np.arange(5), alike)
    assert alike.tolist() == [0, 1, 0, 3, 1]
