"""The flip margin (翻转票数): how many approvals of one item alone would change its fate."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import ceil, floor

from diancai.budget.election import Candidate, Election, Item, Method, Rule, candidates_of, check_rule
from diancai.budget.greedy import Limits, Standing, after, in_order, limits_of, obstacle
from diancai.voting.exact import Exact
from diancai.voting.profile import MarkKind, Profile
from diancai.voting.scores import item_scores
from diancai.voting.ties import TieOrder


class MarginStatus(StrEnum):
    """Exact; none, where no number of votes changes the fate; uncounted, where the rule has no exact margin."""

    EXACT = "exact"
    NONE = "none"
    UNCOUNTED = "uncounted"


@dataclass(frozen=True, slots=True)
class Margin:
    """`flips`: so many fewer approvals a winner needs to lose, so many more another item needs to win."""

    status: MarginStatus
    flips: int | None = None


_NONE = Margin(MarginStatus.NONE)


def margins(election: Election, rule: Rule, ties: TieOrder) -> dict[str, Margin]:
    """The margin of every item, in menu order: the least m that changes its fate, all other approvals fixed.

    The number of ballots is fixed too, so no item gains more approvals than there are. Points instead of approvals
    where ballots carry points or places. Exact for the greedy family; equal shares are not monotone and stay uncounted.
    Raises InvalidInput as `check_rule` does.
    """
    check_rule(rule, election.profile.mark_kind)
    if rule.method is Method.EQUAL_SHARES:
        return {item.number: Margin(MarginStatus.UNCOUNTED) for item in election.items}
    votes = item_scores(election.profile)
    contest = _Contest.of(election, limits_of(rule), ties, votes)
    return {item.number: contest.margin_of(item, votes[item.number]) for item in election.items}


@dataclass(frozen=True, slots=True)
class _Contest:
    """The list of candidates, and where each item stands among equals."""

    order: Sequence[Candidate]
    ranks: Mapping[str, int]
    limits: Limits
    fund_fen: Exact
    most_votes: Exact | None

    @classmethod
    def of(cls, election: Election, limits: Limits, ties: TieOrder, votes: Mapping[str, Exact]) -> "_Contest":
        return cls(
            order=in_order(candidates_of(election, votes), ties, limits),
            ranks=ties.ranks({item.number: item.cost_fen for item in election.items}),
            limits=limits,
            fund_fen=election.fund_fen,
            most_votes=_most_votes(election.profile),
        )

    def margin_of(self, item: Item, votes: Exact) -> Margin:
        """Those before an item are counted as if it were not there: its fate hangs only on how many they are."""
        if item.is_withdrawn:
            return _NONE
        candidate = Candidate(item.number, item.cost_fen, votes)
        others = [other for other in self.order if other.number != item.number]
        reach = self._reach(candidate, others)
        if not reach:
            return _NONE
        # The item wins exactly as long as it goes before this one; past the end of the list it always wins.
        gate = others[reach - 1] if reach <= len(others) else None
        if self._goes_first(candidate, gate):
            return self._flips_of_winner(candidate, gate)
        return self._flips_of_other(candidate, gate)

    def _reach(self, candidate: Candidate, others: Sequence[Candidate]) -> int:
        """The least number of others before the candidate at which it no longer wins; it never does beyond it."""
        standing = Standing(self.fund_fen)
        for place, other in enumerate(others):
            if obstacle(standing, candidate, self.limits):
                return place
            standing = after(standing, other, self.limits)
        return len(others) + (not obstacle(standing, candidate, self.limits))

    def _is_free(self, candidate: Candidate) -> bool:
        return self.limits.is_free_first and candidate.cost_fen == 0

    def _wins_ties(self, candidate: Candidate, gate: Candidate) -> bool:
        return self.ranks[candidate.number] < self.ranks[gate.number]

    def _goes_first(self, candidate: Candidate, gate: Candidate | None) -> bool:
        if candidate.votes <= 0:
            return False
        if gate is None or self._is_free(candidate):
            return True
        if candidate.votes == gate.votes:
            return self._wins_ties(candidate, gate)
        return candidate.votes > gate.votes

    def _flips_of_winner(self, candidate: Candidate, gate: Candidate | None) -> Margin:
        without_support = ceil(candidate.votes)
        if gate is None or self._is_free(candidate):
            return Margin(MarginStatus.EXACT, without_support)
        lead = candidate.votes - gate.votes
        behind = floor(lead) + 1 if self._wins_ties(candidate, gate) else ceil(lead)
        return Margin(MarginStatus.EXACT, min(behind, without_support))

    def _flips_of_other(self, candidate: Candidate, gate: Candidate | None) -> Margin:
        flips = floor(-candidate.votes) + 1
        if gate is not None and not self._is_free(candidate):
            lag = gate.votes - candidate.votes
            flips = max(flips, ceil(lag) if self._wins_ties(candidate, gate) else floor(lag) + 1)
        if self.most_votes is not None and candidate.votes + flips > self.most_votes:
            return _NONE
        return Margin(MarginStatus.EXACT, flips)


def _most_votes(profile: Profile) -> Exact | None:
    """What an item gathers when every ballot gives it all it can. Points have no common limit."""
    match profile.mark_kind:
        case MarkKind.APPROVAL:
            return profile.voter_count
        case MarkKind.RANKING:
            return profile.voter_count * profile.place_count
        case MarkKind.POINTS:
            return None
