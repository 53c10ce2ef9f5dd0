"""`diancai compare`: all rules side by side."""

import json
from pathlib import Path

from tests.platform.cli.towns import TEXT, called


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


def test_compare_says_of_each_rule_what_voters_get(camps: Path) -> None:
    rules = {rule["name"]: rule["summary"] for rule in json.loads(called("compare", camps, "--json").stdout)["rules"]}
    assert (rules["greedy"]["average_winners"], rules["greedy"]["fairness"]["holds"]) == ("0.6", False)
    assert (rules["equal-shares cost"]["share_without"], rules["equal-shares cost"]["fairness"]["holds"]) == (
        "0.6",
        True,
    )
    page = called("compare", camps).stdout
    assert "Got nothing" in page
    greedy = next(line for line in page.splitlines() if line.split()[1:2] == ["greedy"])
    assert greedy.split()[-3:] == ["0.60", "40.0%", "No"]


def test_compare_leaves_out_what_cannot_count_rankings(tmp_path: Path) -> None:
    path = tmp_path / "ranked.pb"
    path.write_text(TEXT.format(rule="unknown").replace("approval", "ordinal"), "utf-8")
    names = [rule["name"] for rule in json.loads(called("compare", path, "--json").stdout)["rules"]]
    assert "phragmen" not in names
    assert "equal-shares score + add1" in names
