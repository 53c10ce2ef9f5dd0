"""The method of equal shares (均等份额法; Peters, Pierczyński, Skowron: Proportional Participatory Budgeting, 2021).

Every voter has an equal share of the fund; an item is bought by its supporters, who pay alike or all they have left;
the next item is the one that costs least per utility. All amounts are integers over one common denominator: exact,
without a fraction object for each voter.
"""

from collections.abc import Mapping
from fractions import Fraction
from heapq import heapify, heappop, heappush
from math import lcm

from diancai.budget.election import Candidate, Completion, Election, Rule, Utility, candidates_of
from diancai.budget.explanations import Step, lost_for_shares, won_from_shares
from diancai.budget.greedy import in_order, limits_of, take_down
from diancai.voting.exact import Exact
from diancai.voting.ties import TieOrder


class _Purses:
    """What the voters have left. Voters with the same ballot have the same purse, so there is one purse a ballot."""

    def __init__(self, election: Election, candidates: list[Candidate]) -> None:
        amounts = [election.fund_fen, *(candidate.cost_fen for candidate in candidates)]
        voter_count = election.profile.voter_count
        # A purse of p holds p / scale fen.
        self.scale = lcm(*(amount.denominator for amount in amounts)) * voter_count
        self.counts = [ballot.count for ballot in election.profile.ballots]
        self.purses = [int(election.fund_fen * self.scale) // voter_count] * len(self.counts)
        self.supporters: dict[str, list[int]] = {candidate.number: [] for candidate in candidates}
        for index, ballot in enumerate(election.profile.ballots):
            for number in ballot.marks:
                if number in self.supporters:
                    self.supporters[number].append(index)

    def share_of(self, candidate: Candidate) -> Fraction | None:
        """What each supporter pays who can pay in full, in scaled fen; None where they cannot pay the item together."""
        payers = self.supporters[candidate.number]
        missing, payer_count = int(candidate.cost_fen * self.scale), sum(self.counts[index] for index in payers)
        while payer_count:
            full = -(-missing // payer_count)
            poor = [index for index in payers if self.purses[index] < full]
            if not poor:
                return Fraction(missing, payer_count)
            payers = [index for index in payers if self.purses[index] >= full]
            missing -= sum(self.purses[index] * self.counts[index] for index in poor)
            payer_count -= sum(self.counts[index] for index in poor)
        return None

    def pay(self, candidate: Candidate, share: Fraction) -> None:
        """Take the share from every supporter, or what is left. The scale grows so that all stays whole."""
        factor, share_whole = share.denominator, share.numerator
        self.scale *= factor
        if factor > 1:
            self.purses = [purse * factor for purse in self.purses]
        for index in self.supporters[candidate.number]:
            self.purses[index] = max(self.purses[index] - share_whole, 0)

    def left_of(self, candidate: Candidate) -> Fraction:
        """What the supporters of an item have together, in fen."""
        together = sum(self.purses[index] * self.counts[index] for index in self.supporters[candidate.number])
        return Fraction(together, self.scale)


def count_by_shares(election: Election, rule: Rule, ties: TieOrder, votes: Mapping[str, Exact]) -> list[Step]:
    """The steps of equal shares over approvals: winners in the order bought, then the others, completed or not."""
    candidates = candidates_of(election, votes)
    if not candidates:
        return []
    purses = _Purses(election, candidates)
    steps = _bought(purses, candidates, rule.utility, election.fund_fen, ties)
    left_fen = steps[-1].left_after_fen if steps else election.fund_fen
    winners = {step.number for step in steps}
    others = in_order((c for c in candidates if c.number not in winners), ties, limits_of(rule))
    if rule.completion is Completion.GREEDY:
        return steps + take_down(others, left_fen, limits_of(rule), ties.rule, "won.completion")
    return steps + [lost_for_shares(candidate, left_fen, purses.left_of(candidate)) for candidate in others]


def _bought(
    purses: _Purses, candidates: list[Candidate], utility: Utility, fund_fen: Exact, ties: TieOrder
) -> list[Step]:
    """Buy while anything can be bought.

    Purses only shrink, so the price of an item per utility only grows: an old price is a lower bound, and the cheapest
    item is found by asking again only those whose old price comes first. Ties are decided in the same order.
    """
    ranks = ties.ranks(
        {candidate.number: candidate.cost_fen for candidate in candidates},
        {candidate.number: candidate.votes for candidate in candidates},
    )
    by_number = {candidate.number: candidate for candidate in candidates}
    queue = [(_least_price(candidate, utility), ranks[candidate.number], candidate.number) for candidate in candidates]
    heapify(queue)
    steps: list[Step] = []
    left_fen = fund_fen
    while queue:
        _, rank, number = heappop(queue)
        candidate = by_number[number]
        share = purses.share_of(candidate)
        if share is None:
            continue
        entry = (_price(candidate, share / purses.scale, utility), rank, number)
        if queue and queue[0] < entry:
            heappush(queue, entry)
            continue
        steps.append(won_from_shares(len(steps) + 1, candidate, left_fen, share / purses.scale))
        left_fen = steps[-1].left_after_fen
        purses.pay(candidate, share)
    return steps


def _least_price(candidate: Candidate, utility: Utility) -> Fraction:
    """The price while every supporter can pay in full."""
    return _price(candidate, Fraction(candidate.cost_fen) / candidate.votes, utility)


def _price(candidate: Candidate, share_fen: Fraction, utility: Utility) -> Fraction:
    """What a supporter pays for one unit of utility (ρ). An item of no cost comes first whatever its utility."""
    if utility is Utility.CARDINALITY or not candidate.cost_fen:
        return share_fen
    return share_fen / candidate.cost_fen
