"""`diancai count` as a stranger calls it: options, defaults, and the JSON that the contract names."""

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.platform.cli.towns import a_town, answer

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


def test_the_other_options_reach_the_count(town: Path) -> None:
    assert answer(town, "--rule", "top-k", "--k", "2", "--fund", "none")["remaining"] == "-9.75"
    assert "E" in answer(town, "--rule", "greedy", "--unsupported", "--budget", "1000")["selected"]
    assert answer(town, "--rule", "greedy", "--budget", "60,25")["selected"] == ["B"]
    excluded = answer(town, "--rule", "greedy", "--budget", "500", "--exclusive", "C, A")
    assert excluded["reasons"]["C"].items() >= {"code": "lost.excluded", "votes": 2, "ahead": "A"}.items()
    shares = answer(town, "--rule", "equal-shares", "--utility", "cardinality", "--completion", "add1-greedy")
    assert (shares["utility"], shares["completion"]) == ("cardinality", "add1-greedy")


def test_the_command_itself_counts_and_refuses(town: Path) -> None:
    environment = {**os.environ, "LANG": "en_GB.UTF-8", "LC_ALL": "", "LC_MESSAGES": ""}
    command = [sys.executable, "-c", "from diancai.platform.cli import main; main()", "count", str(town)]
    good = subprocess.run([*command, "--json"], capture_output=True, text=True, env=environment, check=False)
    bad = subprocess.run([*command, "--k", "1"], capture_output=True, text=True, env=environment, check=False)
    assert (good.returncode, good.stderr, json.loads(good.stdout)["rule"]) == (0, "", "official")
    assert (bad.returncode, bad.stdout, len(bad.stderr.splitlines())) == (2, "", 1)
