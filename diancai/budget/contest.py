"""One election under one rule: who may win, in which order the list stands, how the money and the constraints stand."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import Any

from diancai.budget.constraints import Constraints, Groups, Holdings, Obstacle, no_holdings
from diancai.budget.election import Election, Item
from diancai.budget.rules import Method, Rule, check_rule
from diancai.voting.exact import Exact, tidy
from diancai.voting.scores import approval_counts, item_scores
from diancai.voting.ties import TieOrder


@dataclass(frozen=True, slots=True)
class Candidate:
    """An item that may win: not withdrawn, supported, with as much support as the rule book asks."""

    number: str
    cost_fen: Exact
    votes: Exact
    groups: Groups


@dataclass(frozen=True, slots=True)
class Standing:
    """The count between two items: the money left, what has been taken, and the item that ended the list."""

    left_fen: Exact
    holdings: Holdings
    stopped_at: str = ""

    def obstacle(self, constraints: Constraints, candidate: Candidate) -> Obstacle | None:
        """The constraint beside the fund that the candidate would break."""
        return self.holdings.obstacle(constraints, candidate.number, candidate.cost_fen, candidate.groups)

    def with_won(self, constraints: Constraints, candidate: Candidate) -> "Standing":
        held = self.holdings.with_item(constraints, candidate.number, candidate.cost_fen, candidate.groups)
        return Standing(tidy(self.left_fen - candidate.cost_fen), held, self.stopped_at)


Report = Callable[[int], None]
"""Takes the number of units that every voter has more by now."""


@dataclass(frozen=True)
class Contest:
    """An election, the rule and the order of ties; by item its score, and how many ballots name it."""

    election: Election
    rule: Rule
    ties: TieOrder
    votes: Mapping[str, Exact]
    approvals: Mapping[str, int]
    climbs: dict[object, Any] = field(default_factory=dict, compare=False, repr=False)
    """What Add1 has found out so far (`budget.increments`): one climb serves several completions of the same ballots."""
    report: Report | None = field(default=None, compare=False, repr=False)
    """Is told how far Add1 has come."""

    @property
    def constraints(self) -> Constraints:
        return self.rule.constraints

    @cached_property
    def beginning(self) -> Standing:
        return Standing(self.election.fund_fen, no_holdings(self.constraints))

    @cached_property
    def voter_count(self) -> int:
        return self.election.profile.voter_count

    @cached_property
    def candidates(self) -> tuple[Candidate, ...]:
        """Those that may win, in menu order."""
        return tuple(
            self.candidate(item)
            for item in self.election.items
            if not self.bar(item) and item.number not in self.constraints.decided
        )

    def candidate(self, item: Item) -> Candidate:
        return Candidate(item.number, item.cost_fen, self.votes[item.number], item.groups)

    def bar(self, item: Item) -> str:
        """The code of what keeps an item from being a candidate; "" if nothing does. With no ballots nothing wins."""
        if item.is_withdrawn:
            return "lost.withdrawn"
        votes = self.votes[item.number]
        if not self.voter_count or (votes <= 0 and not self.rule.is_open_to_unsupported):
            return "lost.no_support"
        return "" if self.reaches_minimum(votes, self.approvals[item.number]) else "lost.below_minimum"

    def reaches_minimum(self, votes: Exact, approval_count: int) -> bool:
        share = self.constraints.least_share
        return votes >= self.constraints.least_score and approval_count >= share * self.voter_count

    @cached_property
    def ranks(self) -> Mapping[str, int]:
        """Among equals the lowest goes first, for rules that do not go down a list by votes."""
        return self.ties.ranks({item.number: item.cost_fen for item in self.election.items}, self.votes)

    def in_order(self, candidates: Iterable[Candidate]) -> list[Candidate]:
        """From the first of the list to the last: free ones where they go first, then by merit, then by tie."""
        return sorted(candidates, key=lambda candidate: (self.place(candidate), self.ranks[candidate.number]))

    def place(self, candidate: Candidate) -> tuple[bool, Exact]:
        """Equal for tied candidates, lower for those that go first."""
        return (not self.goes_free(candidate), -self.merit(candidate))

    def goes_free(self, candidate: Candidate) -> bool:
        """A supported item of cost zero wins first, except under `top-k`."""
        return self.rule.method is not Method.TOP_K and candidate.cost_fen == 0 and candidate.votes > 0

    def merit(self, candidate: Candidate) -> Exact:
        """What the list goes by: votes, or votes per cost."""
        if self.rule.method is Method.GREEDY_PER_COST and candidate.cost_fen:
            return tidy(candidate.votes / Fraction(candidate.cost_fen))
        return candidate.votes


def contest_of(election: Election, rule: Rule, ties: TieOrder, report: Report | None = None) -> Contest:
    """The contest that the ballots make. Raises InvalidInput as `check_rule` does."""
    check_rule(rule, election.profile.mark_kind)
    votes, approvals = item_scores(election.profile), approval_counts(election.profile)
    return Contest(election, rule, ties, votes, approvals, report=report)
