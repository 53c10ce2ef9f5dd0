"""Allocating a fund: one entry for every rule, with the reason of every item."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from diancai.budget.election import Election, Method, Rule, check_rule
from diancai.budget.equal_shares import count_by_shares
from diancai.budget.explanations import Reason, Step, reasons_of
from diancai.budget.greedy import count_by_votes
from diancai.voting.exact import Exact
from diancai.voting.scores import item_scores
from diancai.voting.ties import TieOrder

CountingMethod = Callable[[Election, Rule, TieOrder, Mapping[str, Exact]], list[Step]]

METHODS: Mapping[Method, CountingMethod] = {
    Method.GREEDY: count_by_votes,
    Method.GREEDY_NO_SKIP: count_by_votes,
    Method.TOP_K: count_by_votes,
    Method.EQUAL_SHARES: count_by_shares,
}


@dataclass(frozen=True, slots=True)
class Allocation:
    """Winners in order of selection, the reason of every item in menu order, the steps of the count, the money."""

    winners: tuple[str, ...]
    reasons: Mapping[str, Reason]
    steps: tuple[Step, ...]
    spent_fen: Exact
    left_fen: Exact


def allocate(election: Election, rule: Rule, ties: TieOrder) -> Allocation:
    """Count an election by a rule. Exact, and the same for the same arguments.

    Conventions (docs/engine.md): no support, no win; a supported item of no cost wins first, except in `top-k`; with
    no ballots nothing wins. Raises InvalidInput as `check_rule` does.
    """
    check_rule(rule, election.profile.mark_kind)
    votes = item_scores(election.profile)
    steps = METHODS[rule.method](election, rule, ties, votes)
    won = [step for step in steps if step.reason.is_won]
    left_fen = won[-1].left_after_fen if won else election.fund_fen
    return Allocation(
        winners=tuple(step.number for step in won),
        reasons=reasons_of(election, votes, steps),
        steps=tuple(steps),
        spent_fen=election.fund_fen - left_fen,
        left_fen=left_fen,
    )
