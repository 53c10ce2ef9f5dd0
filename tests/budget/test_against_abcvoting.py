"""Committees as abcvoting elects them: items of one cost, a fund for so many of them.

abcvoting returns the committees under every way to break ties; ours is one of them. Its published cases (the folder
`tests/test_instances` of its source distribution) are read where they lie in ../shared/data/abcvoting.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path
from random import Random
from typing import Any

import pytest

from diancai.budget import Completion, Election, Item, Method, Rule, Utility, allocate
from diancai.voting import TieOrder
from tests.elections import FOLDER, approvals

REASON = "abcvoting is not installed (pip install abcvoting)"
abcrules = pytest.importorskip("abcvoting.abcrules", reason=REASON)
preferences = pytest.importorskip("abcvoting.preferences", reason=REASON)
yaml = pytest.importorskip("ruamel.yaml", reason=REASON).YAML(typ="safe")

pytestmark = pytest.mark.oracle

RULES = {
    "av": Rule(Method.GREEDY),
    "seqphragmen": Rule(Method.PHRAGMEN),
    "equal-shares-without-completion": Rule(Method.EQUAL_SHARES, utility=Utility.CARDINALITY),
    "equal-shares-with-av-completion": Rule(
        Method.EQUAL_SHARES, utility=Utility.CARDINALITY, completion=Completion.GREEDY
    ),
}
TIES = TieOrder()


def committee(approval_sets: Sequence[Iterable[int]], size: int, rule: Rule) -> set[int]:
    """What we elect: candidates are items of cost 1."""
    ballots = [{str(candidate) for candidate in approved} for approved in approval_sets]
    items = tuple(Item(number, 1) for number in sorted(set().union(*ballots), key=int))
    return set(map(int, allocate(Election(items, size, approvals(items, ballots)), rule, TIES).winners))


def published_cases() -> list[Path]:
    paths = sorted((FOLDER.parent / "abcvoting").glob("*.abc.yaml"))
    if not paths:
        pytest.skip("no cases of abcvoting in ../shared/data/abcvoting")
    return paths


def read_case(path: Path) -> dict[str, Any]:
    """One file without the rules that we do not count, which fill most of it."""
    head, *entries = path.read_text().split("\n- rule_id: ")
    kept = [entry for entry in entries if entry.split("\n")[0] in RULES]
    case: dict[str, Any] = yaml.load("\n- rule_id: ".join([head, *kept]))
    return case


def test_published_cases_have_our_committee_among_theirs() -> None:
    compared = 0
    for path in published_cases():
        case = read_case(path)
        size, approval_sets = case["committeesize"], case["profile"]
        if "voter_weights" in case or len(set().union(*approval_sets)) < size:
            continue  # unapproved candidates would fill the seats there
        for expected in (expected for expected in case["compute"] or () if expected["result"]):
            found = committee(approval_sets, size, RULES[expected["rule_id"]])
            assert found in [set(elected) for elected in expected["result"]], (path.name, expected["rule_id"])
            compared += 1
    assert compared


@pytest.mark.parametrize("rule_id", RULES)
def test_random_committees_are_among_those_of_abcvoting(rule_id: str) -> None:
    for seed in range(300):
        random = Random(seed)
        candidates = range(random.randint(1, 6))
        approval_sets = [
            random.sample(candidates, random.randint(1, len(candidates))) for _ in range(random.randint(1, 7))
        ]
        size = random.randint(1, len(set().union(*approval_sets)))
        profile = preferences.Profile(len(candidates))
        profile.add_voters(approval_sets)
        found = committee(approval_sets, size, RULES[rule_id])
        assert found in [set(elected) for elected in elected_there(rule_id, profile, size)], seed


def elected_there(rule_id: str, profile: object, size: int) -> list[Iterable[int]]:
    algorithm = "standard" if rule_id == "av" else "standard-fractions"
    committees: list[Iterable[int]] = abcrules.compute(rule_id, profile, size, algorithm=algorithm, resolute=False)
    return committees
