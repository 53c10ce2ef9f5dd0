"""How many sheets, and which."""

from math import comb

from hypothesis import given
from hypothesis import strategies as st

from diancai.voting.sampling import drawn, sample_size


def test_worked_examples() -> None:
    assert sample_size(1, 10) == 1
    assert sample_size(20, 10) == 19
    assert sample_size(1000, 10) == 258
    assert sample_size(1000, 50) == 57


@given(st.integers(1, 400), st.integers(1, 500))
def test_it_is_the_least_size_that_keeps_to_the_bound(sheet_count: int, bound: int) -> None:
    misread, size = max(1, -(-sheet_count * bound // 1000)), sample_size(sheet_count, bound)

    def escapes(count: int) -> bool:
        """More than five in a hundred samples of this size meet no misread sheet."""
        return comb(sheet_count - misread, count) * 100 > comb(sheet_count, count) * 5

    assert 1 <= size <= sheet_count
    assert not escapes(size)
    assert escapes(size - 1)


NAMES = [f"{batch}/{place}" for batch in range(1, 5) for place in range(1, 51)]


@given(st.text(max_size=20), st.integers(0, 200))
def test_a_seed_always_draws_the_same_and_each_once(seed: str, count: int) -> None:
    found = drawn(seed, NAMES, count)
    assert found == drawn(seed, reversed(NAMES), count)
    assert len(found) == len(set(found)) == count
    assert found == drawn(seed, NAMES, 200)[:count]


def test_another_seed_draws_others() -> None:
    assert drawn("3 1 6", NAMES, 20) != drawn("3 1 5", NAMES, 20)
    assert drawn("3 1 6", NAMES, 3) == ["1/12", "2/12", "1/3"]
