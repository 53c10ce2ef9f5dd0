"""The flip margin (翻转票数): how many approvals of one item alone would change its fate."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction
from math import ceil, floor

from diancai.budget.allocation import allocate_contest
from diancai.budget.completions import settled
from diancai.budget.contest import Candidate, Contest, Standing, contest_of
from diancai.budget.election import Election, Item
from diancai.budget.greedy import Limits, after, limits_of, obstacle
from diancai.budget.rules import LISTS, Method, Rule
from diancai.voting.exact import Exact
from diancai.voting.profile import MarkKind, Profile
from diancai.voting.ties import TieOrder


class MarginStatus(StrEnum):
    """Exact; found by search, perhaps not the least; none, where no number of votes changes the fate; uncounted."""

    EXACT = "exact"
    FOUND = "found"
    NONE = "none"
    UNCOUNTED = "uncounted"


@dataclass(frozen=True, slots=True)
class Margin:
    """`flips`: so many fewer approvals a winner needs to lose, so many more another item needs to win."""

    status: MarginStatus
    flips: int | None = None


NO_MARGIN = Margin(MarginStatus.NONE)


def margins(election: Election, rule: Rule, ties: TieOrder) -> dict[str, Margin]:
    """The margin of every item, in menu order: the least m that changes its fate, all other approvals fixed.

    The number of ballots is fixed too, so no item gains more approvals than there are. Points instead of approvals
    where ballots carry points or places. Exact for the greedy family; other rules are not monotone and stay uncounted
    here (`searched_margins`). Raises InvalidInput as `check_rule` does.
    """
    contest = contest_of(election, rule, ties)
    if rule.method not in LISTS:
        return {item.number: Margin(MarginStatus.UNCOUNTED) for item in election.items}
    margin_of = _ByRecount(contest).margin_of if rule.constraints.floors else _List.of(contest).margin_of
    return {item.number: _margin(contest, item, margin_of) for item in election.items}


def _margin(contest: Contest, item: Item, margin_of: Callable[[Candidate], Margin]) -> Margin:
    if item.is_withdrawn or item.number in contest.constraints.decided or not contest.voter_count:
        return NO_MARGIN
    return margin_of(contest.candidate(item))


@dataclass(frozen=True, slots=True)
class _List:
    """The list of candidates, and what may win in it."""

    contest: Contest
    order: Sequence[Candidate]
    beginning: Standing
    limits: Limits

    @classmethod
    def of(cls, contest: Contest) -> "_List":
        tally = settled(contest)
        return cls(contest, contest.in_order(tally.remaining()), tally.standing, limits_of(contest.rule))

    def margin_of(self, candidate: Candidate) -> Margin:
        """Those before an item are counted as if it were not there: its fate hangs only on how many they are."""
        others = [other for other in self.order if other.number != candidate.number]
        reach = self._reach(candidate, others)
        if not reach:
            return NO_MARGIN
        # The item wins exactly as long as it goes before this one; past the end of the list it always wins.
        gate = others[reach - 1] if reach <= len(others) else None
        if is_candidate(self.contest, candidate, 0) and self._goes_before(candidate, gate):
            return self._flips_of_winner(candidate, gate)
        return self._flips_of_other(candidate, gate)

    def _reach(self, candidate: Candidate, others: Sequence[Candidate]) -> int:
        """The least number of others before the candidate at which it no longer wins; it never does beyond it."""
        standing = self.beginning
        for place, other in enumerate(others):
            if obstacle(self.contest, standing, candidate, self.limits):
                return place
            standing = after(self.contest, standing, other, self.limits)
        return len(others) + (not obstacle(self.contest, standing, candidate, self.limits))

    def _goes_before(self, candidate: Candidate, gate: Candidate | None) -> bool:
        return (
            gate is None
            or self._lead(candidate, gate) > 0
            or (self._lead(candidate, gate) == 0 and self._wins_tie(candidate, gate))
        )

    def _lead(self, candidate: Candidate, gate: Candidate) -> Exact | float:
        """By how many votes the candidate is before the gate; infinite where only one of the two goes free."""
        could_go_free = replace(candidate, votes=max(candidate.votes, 1))
        is_free, gate_is_free = self.contest.goes_free(could_go_free), self.contest.goes_free(gate)
        if is_free is not gate_is_free:
            return float("inf") if is_free else float("-inf")
        return candidate.votes - level_votes(self.contest, candidate, gate)

    def _wins_tie(self, candidate: Candidate, gate: Candidate) -> bool:
        return wins_tie(self.contest, candidate, gate)

    def _flips_of_winner(self, candidate: Candidate, gate: Candidate | None) -> Margin:
        flips = [_flips_to_fall(self.contest, candidate)]
        if gate is not None and (lead := self._lead(candidate, gate)) != float("inf"):
            flips.append(floor(lead) + 1 if self._wins_tie(candidate, gate) else ceil(lead))
        possible = [flip for flip in flips if flip is not None and flip <= ceil(candidate.votes)]
        return Margin(MarginStatus.EXACT, min(possible)) if possible else NO_MARGIN

    def _flips_of_other(self, candidate: Candidate, gate: Candidate | None) -> Margin:
        flips = _flips_to_rise(self.contest, candidate)
        if gate is not None:
            lag = -self._lead(candidate, gate)
            if lag == float("inf"):
                return NO_MARGIN
            if lag != float("-inf"):
                flips = max(flips, ceil(lag) if self._wins_tie(candidate, gate) else floor(lag) + 1)
        return _within_ballots(self.contest, candidate, flips)


class _ByRecount:
    """With floors an item may win by its group or by the list: every m at which it passes another is counted anew."""

    def __init__(self, contest: Contest) -> None:
        self.contest = contest
        self.winners = frozenset(allocate_contest(contest).winners)

    def margin_of(self, candidate: Candidate) -> Margin:
        is_winner = candidate.number in self.winners
        for flips in sorted(set(self._turns(candidate, -1 if is_winner else 1))):
            sign = -1 if is_winner else 1
            if self._wins_with(candidate, sign * flips) is not is_winner:
                found = Margin(MarginStatus.EXACT, flips)
                return found if is_winner else _within_ballots(self.contest, candidate, flips)
        return NO_MARGIN

    def _turns(self, candidate: Candidate, sign: int) -> Iterator[int]:
        """Every number of votes, fewer or more, at which the candidate's place may change."""
        falls, rises = _flips_to_fall(self.contest, candidate), _flips_to_rise(self.contest, candidate)
        yield from (flips for flips in ((falls,) if sign < 0 else (rises,)) if flips)
        for other in self.contest.candidates:
            if other.number == candidate.number:
                continue
            distance = sign * (level_votes(self.contest, candidate, other) - candidate.votes)
            yield from (flips for flips in (ceil(distance), floor(distance) + 1) if flips > 0)

    def _wins_with(self, candidate: Candidate, more: int) -> bool:
        contest = self.contest
        votes = dict(contest.votes) | {candidate.number: candidate.votes + more}
        approvals = dict(contest.approvals) | {candidate.number: _approvals(contest, candidate, more)}
        return (
            candidate.number in allocate_contest(replace(contest, votes=votes, approvals=approvals, climbs={})).winners
        )


def level_votes(contest: Contest, candidate: Candidate, other: Candidate) -> Exact:
    """The votes at which a candidate would stand level with another."""
    if contest.rule.method is Method.GREEDY_PER_COST:
        return contest.merit(other) * Fraction(candidate.cost_fen)
    return other.votes


def wins_tie(contest: Contest, candidate: Candidate, other: Candidate) -> bool:
    """Whether the candidate would go first if it stood level with the other."""
    votes = {candidate.number: level_votes(contest, candidate, other), other.number: other.votes}
    costs = {item.number: item.cost_fen for item in contest.election.items if item.number in votes}
    ranks = contest.ties.ranks(costs, votes)
    return ranks[candidate.number] < ranks[other.number]


def is_candidate(contest: Contest, candidate: Candidate, more: int) -> bool:
    """Whether the item may win at all with so many more votes."""
    votes = candidate.votes + more
    if votes <= 0 and not contest.rule.is_open_to_unsupported:
        return False
    return contest.reaches_minimum(votes, _approvals(contest, candidate, more))


def _approvals(contest: Contest, candidate: Candidate, more: int) -> int:
    """Points and places say nothing about how many ballots name the item: those stay."""
    is_by_approvals = contest.election.profile.mark_kind is MarkKind.APPROVAL
    return contest.approvals[candidate.number] + (more if is_by_approvals else 0)


def _flips_to_fall(contest: Contest, candidate: Candidate) -> int | None:
    """The least number of votes fewer at which the item is no candidate any more."""
    constraints, votes = contest.constraints, candidate.votes
    flips = [] if contest.rule.is_open_to_unsupported else [ceil(votes)]
    if constraints.least_score > 0:
        flips.append(floor(votes - constraints.least_score) + 1)
    if constraints.least_share and contest.election.profile.mark_kind is MarkKind.APPROVAL:
        flips.append(floor(contest.approvals[candidate.number] - constraints.least_share * contest.voter_count) + 1)
    return min(flips, default=None)


def _flips_to_rise(contest: Contest, candidate: Candidate) -> int:
    """The least number of votes more at which the item is a candidate."""
    constraints, votes = contest.constraints, candidate.votes
    flips = [1 if contest.rule.is_open_to_unsupported else floor(-votes) + 1, ceil(constraints.least_score - votes)]
    if contest.election.profile.mark_kind is MarkKind.APPROVAL:
        flips.append(ceil(constraints.least_share * contest.voter_count) - contest.approvals[candidate.number])
    return max(1, *flips)


def _within_ballots(contest: Contest, candidate: Candidate, flips: int) -> Margin:
    most = _most_votes(contest.election.profile)
    is_possible = is_candidate(contest, candidate, flips) and (most is None or candidate.votes + flips <= most)
    return Margin(MarginStatus.EXACT, flips) if is_possible else NO_MARGIN


def _most_votes(profile: Profile) -> Exact | None:
    """What an item gathers when every ballot gives it all it can. Points have no common limit."""
    match profile.mark_kind:
        case MarkKind.APPROVAL:
            return profile.voter_count
        case MarkKind.RANKING:
            return profile.voter_count * profile.place_count
        case MarkKind.POINTS:
            return None
