"""The same winners in the same order as pabutools with exact numbers; docs/counting.md says where conventions differ."""

from dataclasses import replace
from functools import cache

import pytest

from diancai.budget import Election, Method, Rule, election_from_pabulib
from diancai.voting import MarkKind, read_pabulib
from tests.collisions import by_a_hair, colliding_election
from tests.elections import an_election, real_files

pytest.importorskip("pabutools", reason="pabutools is not installed (pip install '.[oracle]')")
from tests.peers import climbs, is_same, our_winners, rules_for, winners_of_peer

pytestmark = pytest.mark.oracle

QUICK, QUICK_FOR_ADD1 = 80_000, 900
"""Items times distinct ballots that pabutools counts in less than a second; `make agreement` goes on from there."""
COLLISIONS = 1_500


@cache
def real_elections() -> dict[str, Election]:
    elections = {path.stem: election_from_pabulib(read_pabulib(path)) for path in real_files()}
    return {name: election for name, election in elections.items() if size_of(election) < QUICK}


def size_of(election: Election) -> int:
    return len(election.items) * len(election.profile.counts)


def assert_same(election: Election, rule: Rule, name: object) -> None:
    ours, theirs = our_winners(election, rule), winners_of_peer(election, rule)
    assert is_same(ours, theirs, rule), (name, rule, ours, theirs)


@pytest.mark.parametrize("kind", list(MarkKind))
def test_real_elections_have_the_same_winners(kind: MarkKind) -> None:
    elections = {name: election for name, election in real_elections().items() if election.profile.mark_kind is kind}
    assert len(elections) > 1
    for name, election in elections.items():
        limit = {rule: QUICK_FOR_ADD1 if climbs(rule) else QUICK for rule in rules_for(kind)}
        for rule in (rule for rule in limit if size_of(election) < limit[rule]):
            assert_same(election, rule, name)


@pytest.mark.parametrize("kind", list(MarkKind))
def test_elections_built_to_collide_have_the_same_winners(kind: MarkKind) -> None:
    rules = rules_for(kind)
    for seed in range(COLLISIONS):
        rule = rules[seed % len(rules)]
        election = colliding_election(seed, kind)
        told_apart = by_a_hair(election, seed) if seed % 4 == 0 else election
        assert_same(within_reach(told_apart) if goes_by_loads(rule) else told_apart, rule, seed)


def goes_by_loads(rule: Rule) -> bool:
    return Method.PHRAGMEN in (rule.method, rule.completion)


def within_reach(election: Election) -> Election:
    """Without what costs more than the whole fund."""
    items = (replace(item, is_withdrawn=item.cost_fen > election.fund_fen) for item in election.items)
    return replace(election, items=tuple(items))


def test_phragmen_stops_at_what_exceeds_the_whole_fund_and_pabutools_passes_over_it() -> None:
    election = an_election({"1": 5, "2": 3}, 4, ["1,2", "1", "1"])
    assert our_winners(election, Rule(Method.PHRAGMEN)) == []
    assert winners_of_peer(election, Rule(Method.PHRAGMEN)) == ["2"]
    assert our_winners(within_reach(election), Rule(Method.PHRAGMEN)) == ["2"]
