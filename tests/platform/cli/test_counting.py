"""`diancai count` and `diancai compare` as a stranger calls them: options, exit codes, one line for every refusal, JSON."""

import json
import os
import subprocess
import sys
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from diancai.budget import METHODS, Method
from diancai.platform.cli import main
from diancai.platform.cli.plain import decimal_text
from diancai.platform.cli.terminal import columns_of, fitted, terminal_locale

KEYS = {
    "rule",
    "utility",
    "completion",
    "budget",
    "selected",
    "cost",
    "remaining",
    "reasons",
    "ties",
    "summary",
    "elapsed",
}
TEXT = """META
key;value
description;A small town
budget;100,50
vote_type;approval
rule;{rule}
currency;EUR
PROJECTS
project_id;cost;name;selected
A;60.25;Trees;1
B;50;Benches;0
C;40;Lamps;1
D;40;Bins;0
E;1;Nothing;0
VOTES
voter_id;vote
1;A,B,C,D
2;A,B,C,D
3;A,B
"""

TWO_CAMPS = """META
key;value
budget;100
vote_type;approval
currency;EUR
PROJECTS
project_id;cost;name;category
P;80;Pool;sport
Q;40;Bench;rest
VOTES
voter_id;vote
1;P
2;P
3;P
4;P
5;P
6;P
7;Q
8;Q
9;Q
10;Q
"""
"""Four of ten voters could pay the bench from their equal parts, and by votes they get nothing."""


@pytest.fixture
def town(tmp_path: Path) -> Path:
    return a_town(tmp_path, "greedy")


def a_town(folder: Path, rule: str) -> Path:
    path = folder / "town.pb"
    path.write_text(TEXT.format(rule=rule), "utf-8")
    return path


def called(*arguments: object, lang: str = "en_GB.UTF-8") -> Result:
    environment = {"LANG": lang, "LC_ALL": "", "LC_MESSAGES": ""}
    return CliRunner().invoke(main, [str(argument) for argument in arguments], env=environment)


def answer(*arguments: object) -> dict[str, Any]:
    result = called("count", *arguments, "--json")
    assert result.exit_code == 0, result.stderr
    assert not result.stderr
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def test_the_answer_has_what_the_contract_names(town: Path) -> None:
    found = answer(town, "--rule", "greedy", "--ties", "listed")
    assert found.keys() >= KEYS
    assert "official" not in found
    assert (found["rule"], found["utility"], found["completion"]) == ("greedy", None, None)
    assert (found["budget"], found["cost"], found["remaining"]) == ("100.5", "100.25", "0.25")
    assert found["selected"][0] == "A"
    assert found["reasons"].keys() == {"A", "B", "C", "D", "E"}
    won = {"votes": 3, "cost": "60.25", "rank": 1, "left_before": "100.5", "left_after": "40.25"}
    assert found["reasons"]["A"] == {"code": "won.by_votes", **won}
    assert found["reasons"]["E"]["code"] == "lost.no_support"
    assert found["elapsed"].keys() == {"read_s", "count_s"}


def test_every_tie_says_who_and_what_decided(town: Path) -> None:
    found = answer(town, "--rule", "greedy", "--ties", "id")
    assert found["ties"] == [
        {"tied": ["A", "B"], "decided_by": "id"},
        {"tied": ["C", "D"], "decided_by": "id"},
    ]
    by_default = answer(town, "--rule", "greedy")["ties"]
    assert [tie["decided_by"] for tie in by_default] == ["cost", "lot"]


def test_the_seed_draws_the_lot(town: Path) -> None:
    drawn = {answer(town, "--rule", "greedy", "--seed", seed)["ties"][-1]["tied"][0] for seed in "abcdefgh"}
    assert drawn == {"C", "D"}


def test_the_rule_of_the_file_is_the_default(tmp_path: Path) -> None:
    found = answer(a_town(tmp_path, "Greedy-No-Skip "))
    assert (found["rule"], found["official"]["rule"]) == ("official", "greedy-no-skip")
    assert answer(a_town(tmp_path, "unknown"))["rule"] == "greedy"


def test_official_says_whether_the_winners_are_reproduced(town: Path) -> None:
    found = answer(town, "--rule", "official", "--ties", "listed")["official"]
    assert found.keys() >= {"winners", "reproduced", "note"}
    assert (found["winners"], found["reproduced"]) == (["A", "C"], True)


def test_official_names_the_tie_that_a_miss_turns_on(town: Path) -> None:
    missed = next(found for seed in "abcdefgh" if not (found := answer(town, "--seed", seed)["official"])["reproduced"])
    assert missed["reproduced"] is False
    assert "C" in missed["note"]
    assert "D" in missed["note"]


def test_an_unknown_rule_of_the_file_is_refused_for_official(tmp_path: Path) -> None:
    refused("count", a_town(tmp_path, "unknown"), "--rule", "official")


def refused(*arguments: object, lang: str = "en_GB.UTF-8") -> str:
    result = called(*arguments, lang=lang)
    assert result.exit_code == 2, result.output
    assert not result.stdout
    assert len(result.stderr.splitlines()) == 1
    assert "Traceback" not in result.stderr
    return result.stderr


@pytest.mark.parametrize(
    "options",
    [
        ("--rule", "nonsense"),
        ("--rule", "greedy", "--utility", "cost"),
        ("--utility", "cost"),
        ("--rule", "phragmen", "--utility", "cardinality"),
        ("--rule", "phragmen", "--completion", "greedy"),
        ("--rule", "greedy", "--completion", "none"),
        ("--rule", "official", "--completion", "add1"),
        ("--rule", "greedy", "--k", "2"),
        ("--rule", "equal-shares", "--fund", "skip"),
        ("--rule", "top-k"),
        ("--rule", "top-k", "--k", "0"),
        ("--rule", "equal-shares", "--completion", "comparison-full"),
        ("--budget", "much"),
        ("--budget", "-1"),
        ("--exclusive", "A"),
        ("--exclusive", "A,Z"),
        ("--ties", "cost_then_lot"),
        ("--no-such-option",),
    ],
)
def test_bad_usage_is_one_line_and_exit_two(town: Path, options: tuple[str, ...]) -> None:
    refused("count", town, *options)


def test_a_rule_that_is_not_there_yet_is_refused(town: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    without = {method: count for method, count in METHODS.items() if method is not Method.BOS}
    monkeypatch.setattr("diancai.platform.cli.count_options.METHODS", without)
    assert "bos" in refused("count", town, "--rule", "bos")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("bad.pb", TEXT.format(rule="greedy").replace("60.25", "sixty")),
        ("bad.pb", "no election at all"),
        ("bad.pb", ""),
        ("bad.pb", TEXT.format(rule="greedy") + "4;Z\n"),
        ("bad.pb", TEXT.format(rule="greedy").replace("approval", "ordinary")),
    ],
)
def test_a_bad_file_is_one_line_and_exit_two(tmp_path: Path, name: str, content: str) -> None:
    path = tmp_path / name
    path.write_text(content, "utf-8")
    assert name in refused("count", path)
    assert name in refused("compare", path)


def test_a_file_that_is_not_there_or_not_a_file(tmp_path: Path) -> None:
    refused("count", tmp_path / "none.pb")
    refused("count", tmp_path)
    refused("count")
    refused("compare", tmp_path / "none.pb")


def test_rankings_and_phragmen_do_not_go_together(tmp_path: Path) -> None:
    path = tmp_path / "ranked.pb"
    path.write_text(TEXT.format(rule="greedy").replace("approval", "ordinal"), "utf-8")
    refused("count", path, "--rule", "phragmen")
    assert answer(path, "--rule", "equal-shares", "--utility", "score")["utility"] == "score"


def test_the_other_options_reach_the_count(town: Path) -> None:
    assert answer(town, "--rule", "top-k", "--k", "2", "--fund", "none")["remaining"] == "-9.75"
    assert "E" in answer(town, "--rule", "greedy", "--unsupported", "--budget", "1000")["selected"]
    assert answer(town, "--rule", "greedy", "--budget", "60,25")["selected"] == ["B"]
    excluded = answer(town, "--rule", "greedy", "--budget", "500", "--exclusive", "C, A")
    assert excluded["reasons"]["C"].items() >= {"code": "lost.excluded", "votes": 2, "ahead": "A"}.items()
    shares = answer(town, "--rule", "equal-shares", "--utility", "cardinality", "--completion", "add1-greedy")
    assert (shares["utility"], shares["completion"]) == ("cardinality", "add1-greedy")


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


@pytest.fixture
def camps(tmp_path: Path) -> Path:
    path = tmp_path / "camps.pb"
    path.write_text(TWO_CAMPS, "utf-8")
    return path


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


def test_compare_says_of_each_rule_what_voters_get(camps: Path) -> None:
    rules = {rule["name"]: rule["summary"] for rule in json.loads(called("compare", camps, "--json").stdout)["rules"]}
    assert (rules["greedy"]["average_winners"], rules["greedy"]["fairness"]["holds"]) == ("0.6", False)
    assert (rules["equal-shares cost"]["share_without"], rules["equal-shares cost"]["fairness"]["holds"]) == (
        "0.6",
        True,
    )
    page = called("compare", camps).stdout
    assert "got nothing" in page
    greedy = next(line for line in page.splitlines() if line.split()[1:2] == ["greedy"])
    assert greedy.split()[-3:] == ["0.60", "40.0%", "No"]


@pytest.mark.parametrize(
    ("environment", "locale"),
    [
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "en_US.UTF-8"}, "en"),
        ({"LANG": "pl_PL"}, "en"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "en_US.UTF-8"}, "en"),
        ({"LANG": "C.UTF-8"}, "zh"),
        ({}, "zh"),
    ],
)
def test_the_terminal_names_the_language(environment: dict[str, str], locale: str) -> None:
    assert terminal_locale(environment) == locale


def test_compare_puts_all_rules_side_by_side(town: Path) -> None:
    found = json.loads(called("compare", town, "--json").stdout)
    names = [rule["name"] for rule in found["rules"]]
    assert names[0] == "official (greedy)"
    assert {"greedy", "greedy-no-skip", "greedy-per-cost", "phragmen"} <= set(names)
    assert {"equal-shares cost", "equal-shares cardinality + comparison"} <= set(names)
    assert all(rule.keys() >= {"selected", "winner_count", "cost", "remaining"} for rule in found["rules"])
    page = called("compare", town).stdout
    assert all(name in page for name in names)
    assert "●" in page


def test_compare_leaves_out_what_cannot_count_rankings(tmp_path: Path) -> None:
    path = tmp_path / "ranked.pb"
    path.write_text(TEXT.format(rule="unknown").replace("approval", "ordinal"), "utf-8")
    names = [rule["name"] for rule in json.loads(called("compare", path, "--json").stdout)["rules"]]
    assert "phragmen" not in names
    assert "equal-shares score + add1" in names


def test_the_command_itself_counts_and_refuses(town: Path) -> None:
    environment = {**os.environ, "LANG": "en_GB.UTF-8", "LC_ALL": "", "LC_MESSAGES": ""}
    command = [sys.executable, "-c", "from diancai.platform.cli import main; main()", "count", str(town)]
    good = subprocess.run([*command, "--json"], capture_output=True, text=True, env=environment, check=False)
    bad = subprocess.run([*command, "--k", "1"], capture_output=True, text=True, env=environment, check=False)
    assert (good.returncode, good.stderr, json.loads(good.stdout)["rule"]) == (0, "", "official")
    assert (bad.returncode, bad.stdout, len(bad.stderr.splitlines())) == (2, "", 1)


def test_help_loads_neither_numpy_nor_the_web() -> None:
    script = "import sys; from diancai.platform.cli import main; main(['--help'], standalone_mode=False); print([*sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert "compare" in done.stdout
    assert not {"numpy", "flask", "sqlalchemy"} & set(done.stdout.replace("'", "").replace(",", "").split())


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "0"),
        (100, "100"),
        (Fraction(133175111, 100), "1331751.11"),
        (Fraction(-1, 20), "-0.05"),
        (Fraction(1, 8), "0.125"),
        (Fraction(201, 2), "100.5"),
        (Fraction(1, 3), "1/3"),
    ],
)
def test_exact_numbers_are_written_as_decimals(number: int | Fraction, text: str) -> None:
    assert decimal_text(number) == text


def test_a_chinese_character_takes_two_columns() -> None:
    assert columns_of("路灯 x") == 6
    assert fitted("路灯改造", 5) == "路灯…"
