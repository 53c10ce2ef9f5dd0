"""The same winners in the same order as pabutools with exact numbers.

pabutools breaks ties by the id string, funds items without support and never buys an item of no cost: so ties go by id,
and items of the latter two kinds are left out.
"""

from functools import cache
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from diancai.budget import Completion, Election, Method, Rule, Utility, allocate, election_from_pabulib
from diancai.voting import MarkKind, TieOrder, TieRule, approval_counts, read_pabulib
from tests.elections import approval_elections, real_files

REASON = "pabutools is not installed (pip install '.[oracle]')"
peer_election = pytest.importorskip("pabutools.election", reason=REASON)
peer_rules = pytest.importorskip("pabutools.rules", reason=REASON)

pytestmark = pytest.mark.oracle

TIES = TieOrder(TieRule.ID)
SHARES_BY_COST = Rule(Method.EQUAL_SHARES)
SHARES_BY_NUMBER = Rule(Method.EQUAL_SHARES, utility=Utility.CARDINALITY)
RULES = [
    Rule(Method.GREEDY),
    SHARES_BY_COST,
    SHARES_BY_NUMBER,
    Rule(Method.EQUAL_SHARES, completion=Completion.GREEDY),
]
SLOW_ABOVE_BYTES = 300_000


@cache
def real_elections() -> dict[str, Election]:
    """Those on approvals that the peer counts in a second or less."""
    files = (path for path in real_files() if path.stat().st_size < SLOW_ABOVE_BYTES)
    elections = {path.stem: election_from_pabulib(read_pabulib(path)) for path in files}
    return {name: e for name, e in elections.items() if e.profile.mark_kind is MarkKind.APPROVAL}


def winners_of_peer(election: Election, rule: Rule) -> list[str]:
    votes = approval_counts(election.profile)
    projects = {
        item.number: peer_election.Project(item.number, item.cost_fen)
        for item in election.items
        if votes[item.number] and item.cost_fen and not item.is_withdrawn
    }
    instance = peer_election.Instance(projects.values(), budget_limit=election.fund_fen)
    profile = peer_election.ApprovalMultiProfile(instance=instance)
    for ballot in election.profile.ballots:
        marks = (projects[mark] for mark in ballot.marks if mark in projects)
        profile[peer_election.FrozenApprovalBallot(marks)] += ballot.count
    return [project.name for project in _peer_count(instance, profile, rule)]


def _peer_count(instance: Any, profile: Any, rule: Rule) -> Any:
    by_number = rule.utility is Utility.CARDINALITY
    satisfaction = peer_election.Cardinality_Sat if by_number else peer_election.Cost_Sat
    if rule.method is Method.GREEDY:
        return peer_rules.greedy_utilitarian_welfare(instance, profile, sat_class=satisfaction)
    if rule.completion is Completion.GREEDY:
        return peer_rules.completion_by_rule_combination(
            instance,
            profile,
            [peer_rules.method_of_equal_shares, peer_rules.greedy_utilitarian_welfare],
            [{"sat_class": satisfaction}, {"sat_class": satisfaction}],
        )
    return peer_rules.method_of_equal_shares(instance, profile, sat_class=satisfaction)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: f"{rule.method}-{rule.utility}-{rule.completion}")
def test_real_elections_have_the_same_winners_in_the_same_order(rule: Rule) -> None:
    for name, election in real_elections().items():
        assert list(allocate(election, rule, TIES).winners) == winners_of_peer(election, rule), name


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(approval_elections(st.integers(1, 9)), st.sampled_from(RULES))
def test_small_elections_have_the_same_winners_in_the_same_order(election: Election, rule: Rule) -> None:
    if election.profile.voter_count:
        assert list(allocate(election, rule, TIES).winners) == winners_of_peer(election, rule)
