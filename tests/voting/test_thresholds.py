"""More than a half is not at least a half."""

from fractions import Fraction

import pytest

from diancai.voting import Threshold, ThresholdBase, is_met

BASES = {ThresholdBase.ELIGIBLE: 100, ThresholdBase.GIVEN: 0, ThresholdBase.CAST: 7}
HALF, TWO_THIRDS = Fraction(1, 2), Fraction(2, 3)


@pytest.mark.parametrize(
    ("threshold", "count", "met"),
    [
        (Threshold(HALF, True, ThresholdBase.ELIGIBLE), 50, False),
        (Threshold(HALF, True, ThresholdBase.ELIGIBLE), 51, True),
        (Threshold(HALF, False, ThresholdBase.ELIGIBLE), 50, True),
        (Threshold(TWO_THIRDS, False, ThresholdBase.ELIGIBLE), 66, False),
        (Threshold(TWO_THIRDS, False, ThresholdBase.ELIGIBLE), 67, True),
        (Threshold(HALF, True, ThresholdBase.CAST), 4, True),
        (Threshold(HALF, False, ThresholdBase.GIVEN), 0, False),
    ],
)
def test_a_share_is_reached_exactly(threshold: Threshold, count: int, met: bool) -> None:
    assert is_met(threshold, count, BASES) is met
