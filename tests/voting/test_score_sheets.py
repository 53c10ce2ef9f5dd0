"""A mean is exact, and over those who gave a score."""

from fractions import Fraction

import pytest

from diancai.errors import InvalidInput
from diancai.voting import MeanScore, mean_scores


def test_a_subject_left_out_is_not_scored_by_that_sheet() -> None:
    sheets = [{"a": 90, "b": 80}, {"a": 95}, {"a": Fraction("87.5"), "b": 81}]
    assert mean_scores(sheets, ["b", "a", "c"]) == {
        "b": MeanScore(Fraction(161, 2), 2),
        "a": MeanScore(Fraction(545, 6), 3),
        "c": MeanScore(None, 0),
    }


def test_the_ends_of_the_scale_belong_to_it() -> None:
    assert mean_scores([{"a": 1}, {"a": 5}], ["a"], least=1, most=5) == {"a": MeanScore(3, 2)}


@pytest.mark.parametrize(
    ("sheet", "code"), [({"x": 5}, "score_sheet.unknown_subject"), ({"a": 101}, "score_sheet.out_of_range")]
)
def test_a_sheet_that_does_not_fit_is_refused(sheet: dict[str, int], code: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        mean_scores([sheet], ["a"])
    assert refusal.value.code == code
