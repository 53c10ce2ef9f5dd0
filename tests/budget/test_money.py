"""Money at its edges: typed, shown, put in words, shared out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diancai.budget.money import parse_yuan, share_out, show_wan, show_yuan, yuan_in_words
from diancai.errors import InvalidInput


@pytest.mark.parametrize(
    ("typed", "fen"),
    [
        ("400,000.00", 40_000_000),
        ("400，000.01", 40_000_001),
        ("４０００", 400_000),
        ("0.5", 50),
        (" 7 ", 700),
        ("99999999999.99", 9_999_999_999_999),
    ],
)
def test_yuan_are_read_as_fen(typed: str, fen: int) -> None:
    assert parse_yuan(typed) == fen


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "money.empty"),
        ("  ", "money.empty"),
        ("1e5", "money.exponent"),
        ("1E400", "money.exponent"),
        ("-5", "money.negative"),
        ("－5", "money.negative"),
        ("1.234", "money.too_many_decimals"),
        ("100000000000", "money.too_large"),
        ("四十万", "money.not_a_number"),
        ("40万", "money.not_a_number"),
        ("1.", "money.not_a_number"),
        ("1 000", "money.not_a_number"),
        ("0x10", "money.not_a_number"),
        ("٤٠", "money.not_a_number"),
    ],
)
def test_what_is_not_an_amount_is_refused_with_its_reason(typed: str, code: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        parse_yuan(typed)
    assert refused.value.code == code


def test_amounts_are_shown_whole() -> None:
    assert show_yuan(8_640_000) == "86,400.00"
    assert show_yuan(-5) == "-0.05"
    assert show_wan(8_640_000) == "8.64万元"
    assert show_wan(40_000_001) == "40.000001万元"
    assert show_wan(300_000_000) == "300万元"
    assert show_wan(-1) == "-0.000001万元"


@given(st.integers(0, 9_999_999_999_999))
def test_a_shown_amount_reads_back(fen: int) -> None:
    assert parse_yuan(show_yuan(fen)) == fen


@pytest.mark.parametrize(
    ("fen", "words"),
    [
        (0, "零元整"),
        (5, "伍分"),
        (50, "伍角"),
        (1_00, "壹元整"),
        (10_00, "壹拾元整"),
        (1_409_50, "壹仟肆佰零玖元伍角"),
        (6_007_14, "陆仟零柒元壹角肆分"),
        (16_409_02, "壹万陆仟肆佰零玖元零贰分"),
        (325_04, "叁佰贰拾伍元零肆分"),
        (400_000_00, "肆拾万元整"),
        (3_000_000_00, "叁佰万元整"),
        (100_005_000_00, "壹亿零伍仟元整"),
        (100_500_00, "壹拾万零伍佰元整"),
        (10_001_00, "壹万零壹元整"),
        (200_000_000_01, "贰亿元零壹分"),
        (1_000_000_000_00, "壹拾亿元整"),
        (99_999_999_999_99, "玖佰玖拾玖亿玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元玖角玖分"),
    ],
)
def test_amounts_stand_in_capital_numerals(fen: int, words: str) -> None:
    assert yuan_in_words(fen) == words


def test_words_refuse_what_a_paper_cannot_carry() -> None:
    for fen in (-1, 10**14):
        with pytest.raises(InvalidInput):
            yuan_in_words(fen)


@given(st.integers(0, 10**15), st.lists(st.integers(0, 10**9), min_size=1).filter(any))
def test_shares_sum_to_the_total_and_miss_their_due_by_less_than_a_fen(total: int, weights: list[int]) -> None:
    parts = share_out(total, weights)
    assert sum(parts) == total
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part * sum(weights) - total * weight) < sum(weights)


def test_an_equal_remainder_goes_to_the_earlier() -> None:
    assert share_out(100, [1, 1, 1]) == (34, 33, 33)


@pytest.mark.parametrize(("total", "weights"), [(1, []), (1, [0, 0]), (1, [2, -1]), (-1, [1])])
def test_an_impossible_division_is_refused(total: int, weights: list[int]) -> None:
    with pytest.raises(InvalidInput):
        share_out(total, weights)
