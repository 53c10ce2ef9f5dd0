"""What an outcome means, in sentences: elections small enough to check by hand. A fund of 1万元, ten voters."""

from collections.abc import Sequence

import pytest

from diancai.budget import Election, Method, Rule, Utility, fairness_of, summarise
from diancai.platform.core.outcome_words import OutcomeWords
from diancai.platform.core.texts import show_decimal, show_money_short
from tests.elections import an_election

FUND_FEN = 1_000_000
NAMES = {"1": "泳池", "2": "长椅", "3": "读书会"}


def words_for(election: Election) -> OutcomeWords:
    costs = {item.number: item.cost_fen for item in election.items}
    return OutcomeWords("zh", lambda fen: show_money_short(int(fen)), NAMES, costs)


def said_of(election: Election, winners: Sequence[str], utility: Utility = Utility.COST) -> str:
    rule = Rule(Method.BOS, utility=utility)  # promises nothing, with either utility
    return words_for(election).fairness(fairness_of(election, rule, winners))


def test_by_cost_the_sentence_says_what_the_group_has_among_the_winners() -> None:
    # Six supporters of the bench have six tenths of the fund; with the bench nobody of them would have more.
    ballots = ["2"] * 4 + ["1,2"] * 3 + ["1"] * 3
    said = said_of(an_election({"1": 100_000, "2": 500_000}, FUND_FEN, ballots), ["1"])
    assert said.startswith(
        "有一群人落空：“2 长椅”（0.5万元）没有入选。选它的人里有 6 人，按人头平分合起来有 0.6万元，付得起这一项；"
        "可是入选的项目里，他们每人选中的加起来最多只有 0.1万元。"
    )


def test_by_number_of_items_it_says_how_many_they_could_pay() -> None:
    ballots = ["1,2"] * 6 + ["1"] * 4
    said = said_of(an_election({"1": 600_000, "2": 200_000}, FUND_FEN, ballots), ["1"], Utility.CARDINALITY)
    assert "有 4 人，按人头平分合起来有 0.4万元，这样的项目付得起 2 项" in said
    assert "他们每人选中的最多只有 1 项。" in said


def test_other_items_are_named_after_the_first() -> None:
    election = an_election({"1": 600_000, "2": 200_000, "3": 200_000}, FUND_FEN, ["1"] * 4 + ["2"] * 3 + ["3"] * 3)
    said = said_of(election, ["1"])
    assert "选它的人里有 2 人，按人头平分合起来有 0.2万元，付得起这一项；可是入选的项目里，没有一项是他们选的。" in said
    assert said.endswith("3 号的支持者也是这样。这种办法本来就不保证各群人都有份。这只供了解，不影响结果。")


def test_who_chose_a_free_winner_is_not_said_to_have_none() -> None:
    election = an_election({"1": 0, "2": 200_000}, FUND_FEN, ["1,2"] * 10)
    assert "加起来最多只有 0万元" in said_of(election, ["1"])


def test_when_all_have_something_nobody_is_counted_out() -> None:
    election = an_election({"1": 600_000, "2": 200_000}, FUND_FEN, ["1"] * 5 + ["1,2"] * 5)
    words = words_for(election)
    assert words.voters(summarise(election, ["1", "2"])) == "每位投票人平均有 1.50 项如愿；10 人个个至少有一项如愿。"
    assert words.distribution(summarise(election, ["1", "2"])) == [(0, 0, "0.0%"), (1, 5, "50.0%"), (2, 5, "50.0%")]


@pytest.mark.parametrize(("number", "places", "text"), [(0, 1, "0.0"), (1, 2, "1.00"), (1234, 1, "1,234.0")])
def test_whole_numbers_have_their_places_too(number: int, places: int, text: str) -> None:
    assert show_decimal(number, places) == text
