"""Equal shares with bounded overspending (BOS; Papasotiropoulos, Pishbin, Skibski, Skowron, Wąs, arXiv 2409.15005).

As under equal shares, every voter has an equal share of the fund. But an item may be bought though its supporters
cannot pay all of it: if a price of ρ·α per utility, that some may be too poor for, covers the part α of its cost, each
supporter pays ρ per utility, or all that is left. The next item is the one with the least ρ/α over all α up to 1; one
that exceeds the fund that is left is out. So voters may overspend, the fund never.
"""

from heapq import heapify, heappop, heappush

from diancai.budget.bos_bids import Bid, Estimate, Wallets
from diancai.budget.bounds import UNIT
from diancai.budget.explanations import Tally
from diancai.budget.greedy import take_free
from diancai.budget.support import support_table

_Entry = tuple[float, int, int]
"""At most the price of a candidate, its rank among equals, its place in the table."""


def count_by_bos(tally: Tally) -> None:
    """`bos`: free items first, then one purchase after another until no supporter of an open item has money left."""
    take_free(tally, "won.bos")
    contest = tally.contest
    if not contest.voter_count:
        return
    supported = [candidate for candidate in tally.remaining() if candidate.votes > 0]
    amounts_fen = [contest.election.fund_fen, tally.standing.left_fen]
    table = support_table(contest.election.profile, supported, contest.rule.utility, amounts_fen)
    _Sale(tally, Wallets(table, tally.standing.left_fen, contest.voter_count, contest.rule.utility)).run()
    for candidate in contest.in_order(tally.remaining()):
        facts = {"supporters_left_fen": 0, "cost_fen": candidate.cost_fen, "short_fen": candidate.cost_fen}
        tally.lose(candidate, "lost.not_affordable_by_supporters", **facts)


class _Sale:
    """The purchases of one count.

    Wallets only shrink, so the least ρ/α of an item only grows: an old one is a lower bound, and the next item is found
    by asking again only those whose old one comes first.
    """

    def __init__(self, tally: Tally, wallets: Wallets) -> None:
        self.tally = tally
        self.wallets = wallets
        self.candidates = wallets.table.candidates
        self.ranks = [tally.contest.ranks[candidate.number] for candidate in self.candidates]
        self.queue: list[_Entry] = [
            (wallets.first_bound(place) * (1 - 8 * UNIT), self.ranks[place], place)
            for place in range(len(self.candidates))
            if wallets.table.supports[place].weight_sum
        ]
        heapify(self.queue)

    def run(self) -> None:
        while self.queue:
            estimate = self._next_estimate()
            if estimate:
                self._take(self._best(estimate))

    def _next_estimate(self) -> Estimate | None:
        """That of the head of the queue if it surely might be the next, or None after having put it where it belongs."""
        _, rank, place = heappop(self.queue)
        estimate = self.wallets.estimate(place)
        if estimate and self.queue and estimate.low > self.queue[0][0]:
            heappush(self.queue, (estimate.low, rank, place))
            return None
        return estimate

    def _best(self, estimate: Estimate) -> Bid:
        """The bid that is taken, of an item and of those that might come before it; the others go back."""
        rivals, highest = [estimate], estimate.high
        while self.queue and self.queue[0][0] <= highest:
            _, _, place = heappop(self.queue)
            rival = self.wallets.estimate(place)
            if rival:
                rivals.append(rival)
                highest = min(highest, rival.high)
        near = [rival for rival in rivals if rival.low <= highest]
        best = self._first(near)
        for rival in rivals:
            if rival.place != best.place:
                heappush(self.queue, (rival.low, self.ranks[rival.place], rival.place))
        return best

    def _first(self, rivals: list[Estimate]) -> Bid:
        bids = [self.wallets.bid(rival) for rival in sorted(rivals, key=lambda rival: self.ranks[rival.place])]
        best, equals = bids[0], [bids[0]]
        for bid in bids[1:]:
            order = self.wallets.compare(bid, best)
            if order < 0:
                best, equals = bid, [bid]
            elif order == 0:
                equals.append(bid)
        self.tally.meet([self.candidates[bid.place] for bid in equals])
        return best

    def _take(self, bid: Bid) -> None:
        tally, candidate = self.tally, self.candidates[bid.place]
        rank = len(tally.standing.holdings.taken) + 1
        if candidate.cost_fen > tally.standing.left_fen:
            tally.lose_for_money(candidate, rank)
            return
        if broken := tally.standing.obstacle(tally.contest.constraints, candidate):
            tally.drop(candidate, broken, rank=rank)
            return
        # Both are shown in whole fen: what each pays rounded up, what is covered rounded down.
        each_fen, covered_fen = self.wallets.each_fen(bid), self.wallets.covered_fen(bid)
        self.wallets.pay(bid)
        tally.win_from_fund(candidate, "won.bos", rank, each_at_most_fen=each_fen, covered_fen=covered_fen)
