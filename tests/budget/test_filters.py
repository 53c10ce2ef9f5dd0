"""Floats filter and never decide: with a filter so coarse that everything is asked in exact numbers nothing changes."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from diancai.budget import (
    Allocation,
    Completion,
    Method,
    Rule,
    Utility,
    allocate,
    bos,
    bos_bids,
    bounds,
    equal_shares,
    purses,
    spans,
)
from diancai.voting import MarkKind, TieOrder
from tests.collisions import by_a_hair, colliding_election

FILTERING = (bos, bos_bids, bounds, equal_shares, purses, spans)
"""Where `UNIT`, the error of one operation on floats, widens what a float says."""
SO_COARSE = 1 / 64
RULES = [
    *(
        Rule(Method.EQUAL_SHARES, utility=u, completion=c)
        for u in Utility
        for c in (Completion.NONE, Completion.ADD1_FULL)
    ),
    *(Rule(Method.BOS, utility=utility) for utility in Utility),
]
TIES = TieOrder()


@contextmanager
def coarse_filter() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for module in FILTERING:
            patch.setattr(module, "UNIT", SO_COARSE)
        yield


@pytest.mark.parametrize("kind", list(MarkKind))
@pytest.mark.parametrize("rule", RULES, ids=lambda rule: f"{rule.method}-{rule.utility}-{rule.completion}")
def test_the_filter_changes_nothing(rule: Rule, kind: MarkKind) -> None:
    for seed in range(50):
        election = colliding_election(seed, kind)
        for told_apart in (election, by_a_hair(election, seed)):
            with coarse_filter():
                unfiltered: Allocation = allocate(told_apart, rule, TIES)
            assert allocate(told_apart, rule, TIES) == unfiltered, seed
