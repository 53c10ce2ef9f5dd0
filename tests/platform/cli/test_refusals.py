"""What `diancai count` and `diancai compare` refuse: one line, exit code 2."""

from pathlib import Path

import pytest

from diancai.budget import METHODS, Method
from tests.platform.cli.towns import TEXT, a_town, answer, refused


def test_an_unknown_rule_of_the_file_is_refused_for_official(tmp_path: Path) -> None:
    refused("count", a_town(tmp_path, "unknown"), "--rule", "official")


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
