"""One form, one check, one text for every way to fill in a ballot."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diancai.errors import InvalidInput
from diancai.voting import (
    BallotForm,
    BallotType,
    canonical_text,
    check_ballot,
    item_order_key,
    parse_canonical,
    parse_numbers,
)

NUMBERS = tuple(str(number) for number in range(1, 13))
COSTS = tuple(100_00 * number for number in range(1, 13))


def a_form(
    ballot_type: BallotType = BallotType.TICK, least: int = 1, most: int = 3, fund_fen: int | None = None
) -> BallotForm:
    return BallotForm(ballot_type, NUMBERS, COSTS, least, most, fund_fen)


A_KNAPSACK = a_form(BallotType.KNAPSACK, 1, 12, fund_fen=1_000_00)
A_RANKING = a_form(BallotType.RANKING, 1, 3)


def refusal(form: BallotForm, marks: list[str]) -> tuple[str, dict[str, object]]:
    with pytest.raises(InvalidInput) as refused:
        check_ballot(form, marks)
    return refused.value.code, refused.value.facts


def test_the_text_never_shows_the_order_of_clicking() -> None:
    assert canonical_text(a_form(), ["10", "2", "1"]) == "1,2,10"
    assert canonical_text(A_KNAPSACK, ["4", "1"]) == "1,4"


def test_a_ranking_keeps_its_order() -> None:
    assert canonical_text(A_RANKING, ["10", "2", "1"]) == "10,2,1"
    assert canonical_text(A_RANKING, ["10", "", ""]) == "10"


@pytest.mark.parametrize(
    ("form", "marks", "code", "facts"),
    [
        (a_form(), [], "ballot.empty", {}),
        (a_form(least=3), [], "ballot.empty", {}),
        (a_form(), ["13"], "ballot.unknown_item", {"number": "13"}),
        (a_form(), [""], "ballot.unknown_item", {"number": ""}),
        (a_form(), ["01"], "ballot.unknown_item", {"number": "01"}),
        (a_form(), ["1", "1"], "ballot.repeated_item", {"number": "1"}),
        (a_form(), ["1", "2", "3", "4"], "ballot.too_many", {"chosen": 4, "limit": 3}),
        (a_form(least=3), ["1", "2"], "ballot.too_few", {"chosen": 2, "limit": 3}),
        (
            A_KNAPSACK,
            ["1", "10"],
            "ballot.over_fund",
            {"over_fen": 100_00, "total_fen": 1_100_00, "fund_fen": 1_000_00},
        ),
        (A_RANKING, ["1", "", "3"], "ballot.rank_gap", {"place": 2}),
        (A_RANKING, ["", ""], "ballot.empty", {}),
        (A_RANKING, ["1", "1"], "ballot.repeated_item", {"number": "1"}),
    ],
)
def test_a_wrong_ballot_is_refused_with_the_true_reason(
    form: BallotForm, marks: list[str], code: str, facts: dict[str, object]
) -> None:
    assert refusal(form, marks) == (code, facts)


def test_a_knapsack_may_spend_the_fund_to_the_last_fen() -> None:
    assert check_ballot(A_KNAPSACK, ["10"]) == ("10",)
    assert check_ballot(A_KNAPSACK, ["9", "1"]) == ("1", "9")


def test_an_imported_form_takes_an_empty_ballot() -> None:
    imported = BallotForm(BallotType.TICK, ("a", "b"), (1, 1), 0, 2)
    assert canonical_text(imported, []) == ""
    assert parse_canonical(imported, "") == ()


@pytest.mark.parametrize("text", ["2,1", "1,10,2"])
def test_a_text_in_another_order_is_not_canonical(text: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        parse_canonical(a_form(), text)
    assert refused.value.code == "ballot.not_canonical"


@given(st.sampled_from([a_form(most=12), A_RANKING]), st.lists(st.sampled_from(NUMBERS), unique=True, min_size=1))
def test_a_text_reads_back_as_its_ballot(form: BallotForm, marks: list[str]) -> None:
    text = canonical_text(form, marks[: form.max_marks])
    assert parse_canonical(form, text) == check_ballot(form, marks[: form.max_marks])
    assert canonical_text(form, parse_canonical(form, text)) == text


def test_ascending_is_by_value_and_then_by_string() -> None:
    numbers = ["b", "10", "2", "B1", "1", "02", "1" * 5000]
    assert sorted(numbers, key=item_order_key) == ["1", "02", "2", "10", "1" * 5000, "B1", "b"]


@pytest.mark.parametrize(
    ("typed", "numbers"),
    [
        ("3、12，5", ("3", "12", "5")),
        ("３　１２；５", ("3", "12", "5")),
        (" 03\n12。5号 ", ("3", "12", "5")),
        ("", ()),
        ("5 5", ("5", "5")),
    ],
)
def test_numbers_are_read_as_people_type_them(typed: str, numbers: tuple[str, ...]) -> None:
    assert parse_numbers(typed) == numbers


@pytest.mark.parametrize("typed", ["三", "1-3", "1e5", "-2", "5路灯"])
def test_what_is_not_a_number_is_named(typed: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        parse_numbers(typed)
    assert refused.value.code == "ballot.not_a_number"


@pytest.mark.parametrize(
    ("numbers", "costs", "least", "most", "fund_fen", "code"),
    [
        (("1", "1"), (1, 1), 1, 1, None, "repeated_item"),
        (("1,2",), (1,), 1, 1, None, "bad_number"),
        (("1",), (1, 2), 1, 1, None, "costs"),
        (("1",), (1,), 1, 2, None, "marks"),
        (("1",), (1,), 0, 0, None, "marks"),
        (("1",), (1,), 1, 1, 100, "fund"),
    ],
)
def test_an_impossible_form_is_refused(
    numbers: tuple[str, ...], costs: tuple[int, ...], least: int, most: int, fund_fen: int | None, code: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        BallotForm(BallotType.TICK, numbers, costs, least, most, fund_fen)
    assert refused.value.code == f"ballot_form.{code}"
