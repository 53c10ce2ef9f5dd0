"""What an outcome means, as data and as sentences in both languages."""

import json
from pathlib import Path

from tests.platform.cli.towns import TWO_CAMPS, answer, called


def test_the_page_says_rule_winners_reasons_and_what_is_left(town: Path) -> None:
    page = called("count", town, "--rule", "greedy", "--ties", "id").stdout
    for part in (
        "Most votes first",
        "Trees",
        "60.25",
        "3 votes",
        "100.50 EUR",
        "0.25 EUR is left",
        "A, B stood equal; the order of ids",
    ):
        assert part in page, part
    assert "规则：" in called("count", town, lang="zh_CN.UTF-8").stdout


def test_the_summary_is_plain_data_with_exact_shares(town: Path, camps: Path) -> None:
    assert answer(town, "--rule", "greedy", "--ties", "listed")["summary"]["average_winners"] == "5/3"
    found = answer(camps, "--rule", "greedy")["summary"]
    assert (found["voters_by_winners"], found["average_winners"], found["share_without"]) == ([4, 6], "0.6", "0.4")
    sport, rest = found["by_category"]
    assert sport == {
        "group": "sport",
        "item_count": 1,
        "winner_count": 1,
        "cost": "80",
        "spent": "80",
        "votes": "6",
        "votes_share": "0.6",
        "spent_share": "1",
    }
    assert (rest["votes_share"], rest["spent_share"]) == ("0.4", "0")
    assert [group["group"] for group in found["by_community"]] == [""]
    fairness = found["fairness"]
    assert (fairness["utility"], fairness["promised"], fairness["holds"]) == ("cost", False, False)
    witness = {"project": "Q", "group_size": 4, "entitled": "40", "utilities": [{"utility": "0", "voters": 4}]}
    assert fairness["witnesses"] == [witness]
    shares = answer(camps, "--rule", "equal-shares", "--utility", "cardinality")["summary"]["fairness"]
    assert (shares["utility"], shares["promised"], shares["holds"], shares["witnesses"]) == (
        "cardinality",
        True,
        True,
        [],
    )
    compared = answer(camps, "--rule", "equal-shares", "--completion", "comparison")["summary"]["fairness"]
    assert (compared["holds"], compared["unchecked"]) == (None, "comparison")


def test_the_page_ends_with_what_the_outcome_means_in_both_languages(camps: Path) -> None:
    english = called("count", camps, "--rule", "greedy").stdout
    assert "On average each voter got 0.60 of what they chose; 4 of 10 (40.0%) got nothing." in english
    assert "“Q Bench” (40 EUR) did not win." in english
    assert "4 of those who chose it have 40 EUR together, enough to pay for it; yet they chose none of the" in english
    assert "By category: sport has 60.0% of the votes and 100.0% of the money" in english
    chinese = called("count", camps, "--rule", "greedy", lang="zh_CN.UTF-8").stdout
    assert "每位投票人平均有 0.60 项如愿；10 人里有 4 人（40.0%）一项也没有如愿。" in chinese
    assert (
        "选它的人里有 4 人，按人头平分合起来有 40 EUR，付得起这一项；可是入选的项目里，没有一项是他们选的。" in chinese
    )
    promised = called("count", camps, "--rule", "equal-shares", lang="zh_CN.UTF-8").stdout
    assert "均等份额法保证这一点" in promised


def test_a_file_that_was_cut_off_is_counted_with_a_warning(tmp_path: Path) -> None:
    path = tmp_path / "cut.pb"
    path.write_text(TWO_CAMPS.replace("budget;100", "budget;100\nnum_votes;12\nnum_projects;2"), "utf-8")
    for command in ("count", "compare"):
        assert "the file announces 12 votes and holds 10" in called(command, path).stdout
        found = json.loads(called(command, path, "--json").stdout)["warnings"]
        assert found == [{"code": "num_votes_differ", "said": 12, "found": 10}]
    path.write_text(TWO_CAMPS, "utf-8")
    assert answer(path)["warnings"] == []
