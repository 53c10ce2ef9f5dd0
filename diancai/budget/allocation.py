"""Allocating a fund: one entry for every rule, with the reason of every item."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from diancai.budget.bos import count_by_bos
from diancai.budget.completions import count_by_phragmen, count_by_shares, settled
from diancai.budget.contest import Contest, Report, contest_of
from diancai.budget.election import Election
from diancai.budget.explanations import Reason, Step, Tally, reasons_of, winners_of
from diancai.budget.greedy import count_by_votes
from diancai.budget.rules import Method, Rule
from diancai.budget.ties import Tie
from diancai.voting.exact import Exact, tidy
from diancai.voting.ties import TieOrder

METHODS: Mapping[Method, Callable[[Tally], None]] = {
    Method.GREEDY: count_by_votes,
    Method.GREEDY_NO_SKIP: count_by_votes,
    Method.GREEDY_PER_COST: count_by_votes,
    Method.TOP_K: count_by_votes,
    Method.EQUAL_SHARES: count_by_shares,
    Method.PHRAGMEN: count_by_phragmen,
    Method.BOS: count_by_bos,
}


@dataclass(frozen=True, slots=True)
class Allocation:
    """Winners in order of selection, the reason of every item in menu order, the steps of the count, the money, the ties.

    `left_fen` is below zero where a reserve completed an item, or where the fund does not bind.
    """

    winners: tuple[str, ...]
    reasons: Mapping[str, Reason]
    steps: tuple[Step, ...]
    spent_fen: Exact
    left_fen: Exact
    ties: tuple[Tie, ...] = ()


def allocate(election: Election, rule: Rule, ties: TieOrder, report: Report | None = None) -> Allocation:
    """Count an election by a rule. Exact, and the same for the same arguments. `report`: is told how far Add1 has come.

    Conventions (docs/counting.md): no support, no win; a supported item of no cost wins first, except in `top-k`; with
    no ballots nothing wins. Raises InvalidInput as `check_rule`, `take_decided` and `support_table` do.
    """
    return allocate_contest(contest_of(election, rule, ties, report))


def allocate_contest(contest: Contest) -> Allocation:
    """As `allocate`, from scores at hand."""
    tally = settled(contest) if contest.voter_count else Tally.of(contest)
    METHODS[contest.rule.method](tally)
    left_fen = tally.standing.left_fen
    return Allocation(
        winners=winners_of(tally.steps),
        reasons=reasons_of(contest, tally.steps),
        steps=tuple(tally.steps),
        spent_fen=tidy(contest.election.fund_fen - left_fen),
        left_fen=left_fen,
        ties=tuple(tally.ties),
    )
