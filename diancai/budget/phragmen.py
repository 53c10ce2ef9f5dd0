"""Sequential Phragmén: voters earn alike until the supporters of an item can pay it; then they begin again from there.

Source: Los, Christoff, Grossi: Proportional Budget Allocations, 2022; the stop as in count.md.
"""

from fractions import Fraction
from heapq import heapify, heappop, heappush

import numpy as np

from diancai.budget.explanations import Tally
from diancai.budget.support import SupportTable


class _Loads:
    """The load of every row: the moment of the last item bought that it supports, exactly, as a place in `moments`."""

    def __init__(self, table: SupportTable) -> None:
        self.table = table
        self.moments: list[Fraction] = [Fraction(0)]
        self._last = np.zeros(table.row_count, np.int64)

    def moment_of(self, place: int) -> Fraction:
        """When the supporters can pay: cost and loads together, by their number. In units of the table."""
        support = self.table.supports[place]
        ballots = np.zeros(len(self.moments), np.int64)
        np.add.at(ballots, self._last[support.rows], support.counts)
        loads = sum((moment * int(n) for moment, n in zip(self.moments, ballots, strict=True) if n), Fraction(0))
        return (self.table.costs[place] + loads) / support.weight_sum

    def buy(self, place: int, moment: Fraction) -> None:
        self.moments.append(moment)
        self._last[self.table.supports[place].rows] = len(self.moments) - 1


def count_by_loads(tally: Tally, table: SupportTable, won_code: str) -> None:
    """Take the candidates of a table in the order of Phragmén; stops at the first next one that is too dear.

    Loads only grow, so an old moment is a lower bound, and only those that come first are asked again. Of several next
    at the same moment one that is too dear ends the count, whichever comes first among equals.
    """
    loads = _Loads(table)
    ranks = [tally.contest.ranks[candidate.number] for candidate in table.candidates]
    queue = [
        (Fraction(cost, support.weight_sum), ranks[place], place)
        for place, (cost, support) in enumerate(zip(table.costs, table.supports, strict=True))
        if support.weight_sum
    ]
    heapify(queue)
    while queue:
        _, rank, place = heappop(queue)
        entry = (loads.moment_of(place), rank, place)
        if queue and queue[0] < entry:
            heappush(queue, entry)
            continue
        if _is_dropped(tally, table, place):
            continue
        too_dear = _too_dear(tally, table, loads, [entry, *queue])
        if too_dear is not None:
            _stop(tally, table, too_dear)
            return
        tally.meet([table.candidates[tied] for tied in _tied(tally, table, loads, [entry, *queue])])
        candidate = table.candidates[place]
        each_fen = entry[0] / table.scale
        tally.win_from_fund(candidate, won_code, len(loads.moments), moment_fen=-(-each_fen // 1))
        loads.buy(place, entry[0])


def _is_dropped(tally: Tally, table: SupportTable, place: int) -> bool:
    candidate = table.candidates[place]
    broken = tally.standing.obstacle(tally.contest.constraints, candidate)
    if broken:
        tally.drop(candidate, broken)
    return broken is not None


def _too_dear(tally: Tally, table: SupportTable, loads: _Loads, queue: list[tuple[Fraction, int, int]]) -> int | None:
    """The first, among those next at the same moment and breaking no constraint, that costs more than is left."""
    moment, dear = queue[0][0], []
    for bound, rank, place in queue:
        candidate = table.candidates[place]
        if bound > moment or candidate.cost_fen <= tally.standing.left_fen:
            continue
        if tally.standing.obstacle(tally.contest.constraints, candidate) is None and loads.moment_of(place) == moment:
            dear.append((rank, place))
    return min(dear)[1] if dear else None


def _tied(tally: Tally, table: SupportTable, loads: _Loads, queue: list[tuple[Fraction, int, int]]) -> list[int]:
    """Those next at the same moment that break no constraint. A bound that is not above the moment is the moment."""
    moment = queue[0][0]
    places = [place for bound, _, place in queue if bound <= moment and loads.moment_of(place) == moment]
    return [p for p in places if not tally.standing.obstacle(tally.contest.constraints, table.candidates[p])]


def _stop(tally: Tally, table: SupportTable, place: int) -> None:
    stopped_at = table.candidates[place]
    tally.lose_for_money(stopped_at, len(tally.steps) + 1)
    for candidate in tally.contest.in_order(tally.remaining()):
        tally.lose(candidate, "lost.after_stop", stopped_at=stopped_at.number)
