"""More than a half is not at least a half."""

from fractions import Fraction

import pytest

from diancai.errors import InvalidInput
from diancai.voting import Poll, Threshold, ThresholdBase, TieOrder, TieRule, is_met, lot_key, passed

BASES = {ThresholdBase.ENTITLED: 100, ThresholdBase.PRESENT: 0, ThresholdBase.CAST: 7}
HALF, TWO_THIRDS = Fraction(1, 2), Fraction(2, 3)


@pytest.mark.parametrize(
    ("threshold", "count", "met"),
    [
        (Threshold(HALF, True, ThresholdBase.ENTITLED), 50, False),
        (Threshold(HALF, True, ThresholdBase.ENTITLED), 51, True),
        (Threshold(HALF, False, ThresholdBase.ENTITLED), 50, True),
        (Threshold(TWO_THIRDS, False, ThresholdBase.ENTITLED), 66, False),
        (Threshold(TWO_THIRDS, False, ThresholdBase.ENTITLED), 67, True),
        (Threshold(HALF, True, ThresholdBase.CAST), 4, True),
        (Threshold(HALF, False, ThresholdBase.PRESENT), 0, False),
    ],
)
def test_a_share_is_reached_exactly(threshold: Threshold, count: int, met: bool) -> None:
    assert is_met(threshold, count, BASES) is met


def test_a_council_of_sixteen_needs_eleven_for_two_thirds() -> None:
    """莲塘: fourteen of sixteen are present; two thirds of all sixteen."""
    threshold = Threshold(TWO_THIRDS, False, ThresholdBase.ENTITLED)
    assert Poll(11, 2, 1, present_count=14, entitled_count=16).is_passed(threshold)
    assert not Poll(10, 0, 0, present_count=14, entitled_count=16).is_passed(threshold)


def test_equal_sides_are_no_majority_and_who_abstains_has_cast() -> None:
    majority = Threshold(HALF, True, ThresholdBase.CAST)
    assert not Poll(5, 5, 0, present_count=12, entitled_count=20).is_passed(majority)
    assert not Poll(5, 3, 2, present_count=12, entitled_count=20).is_passed(majority)
    assert Poll(6, 3, 2, present_count=12, entitled_count=20).is_passed(majority)
    assert not Poll(0, 0, 0, present_count=12, entitled_count=20).is_passed(majority)


@pytest.mark.parametrize(
    ("counts", "code"),
    [
        ((-1, 2, 0, 5, 5), "poll.negative"),
        ((3, 2, 1, 5, 9), "poll.more_than_present"),
        ((1, 1, 1, 6, 5), "poll.more_than_entitled"),
    ],
)
def test_a_poll_that_cannot_be_is_refused(counts: tuple[int, int, int, int, int], code: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        Poll(*counts)
    assert refusal.value.code == code


def test_items_go_by_yes_votes_above_the_threshold_and_ties_by_their_order() -> None:
    votes = {"1": 6, "2": 9, "3": 4, "4": 6}
    polls = {number: Poll(yes, 10 - yes, 0, present_count=10, entitled_count=10) for number, yes in votes.items()}
    majority = Threshold(HALF, True, ThresholdBase.PRESENT)
    assert passed(polls, majority, TieOrder(TieRule.LISTED)) == ["2", "1", "4"]
    first, second = sorted(["1", "4"], key=lambda number: lot_key(TieOrder().seed_hex, number))
    assert passed(polls, majority, TieOrder()) == ["2", first, second]
