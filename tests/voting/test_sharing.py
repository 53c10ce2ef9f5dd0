"""Laws of sharing: enough shares give the secret back, fewer fit every secret, and a typing error shows."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diancai.errors import InvalidInput
from diancai.voting.codes import LETTERS_ALPHABET
from diancai.voting.sharing import PRIME, Share, parse_share, secret_of, share_secret, share_text

numbers = st.integers(0, PRIME - 1)
shares = st.builds(Share, st.integers(1, 30), numbers)


@given(secret=numbers, slope=numbers)
def test_any_two_of_three_give_the_secret_back(secret: int, slope: int) -> None:
    made = share_secret(secret, [slope], 3)
    for pair in combinations(made, 2):
        assert secret_of(pair) == secret
        assert secret_of(pair[::-1]) == secret
    assert secret_of(made) == secret


@given(secret=numbers, coefficients=st.lists(numbers, max_size=4), more=st.integers(0, 4), data=st.data())
def test_as_many_as_the_threshold_give_it_back(
    secret: int, coefficients: list[int], more: int, data: st.DataObject
) -> None:
    threshold = len(coefficients) + 1
    made = share_secret(secret, coefficients, threshold + more)
    assert secret_of(data.draw(st.permutations(made))[:threshold]) == secret


@given(share=shares, secret=numbers)
def test_one_share_alone_fits_every_secret_equally(share: Share, secret: int) -> None:
    """For each secret there is exactly one slope that makes this very share: whoever holds it knows nothing."""
    slope = (share.value - secret) * pow(share.place, -1, PRIME) % PRIME
    assert share_secret(secret, [slope], max(share.place, 2))[share.place - 1].value == share.value


def test_a_worked_example() -> None:
    made = share_secret(1234, [166, 94], 6)
    assert [share.value for share in made] == [1494, 1942, 2578, 3402, 4414, 5614]
    assert secret_of([made[1], made[3], made[4]]) == 1234
    assert secret_of([made[1], made[3]]) != 1234


@given(share=shares)
def test_a_share_is_typed_as_it_was_printed(share: Share) -> None:
    text = share_text(share)
    assert len(text.replace("-", "")) == 56
    assert parse_share(text) == share
    assert parse_share(text.lower().replace("-", " ")) == share


@given(share=shares, place=st.integers(0, 55), other=st.sampled_from(LETTERS_ALPHABET))
def test_a_wrong_character_shows(share: Share, place: int, other: str) -> None:
    bare = share_text(share).replace("-", "")
    if bare[place] == other:
        return
    try:
        misread = parse_share(bare[:place] + other + bare[place + 1 :])
    except InvalidInput:
        return
    # one in thirty thousand passes the check characters; it must then be another share
    assert misread != share


@pytest.mark.parametrize("text", ["", "ABCD", "2" * 56, "O" * 56, "Z" * 56])
def test_what_is_no_share_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match="share.malformed"):
        parse_share(text)


def test_two_shares_of_one_place_are_refused() -> None:
    with pytest.raises(InvalidInput, match="share.same_place"):
        secret_of([Share(1, 5), Share(1, 6)])


@pytest.mark.parametrize(
    ("secret", "coefficients", "count"), [(PRIME, [1], 3), (1, [-1], 3), (1, [1, 2], 2), (1, [1], 31)]
)
def test_a_sharing_that_cannot_be_is_a_bug(secret: int, coefficients: list[int], count: int) -> None:
    with pytest.raises(ValueError, match=r"field|threshold"):
        share_secret(secret, coefficients, count)
