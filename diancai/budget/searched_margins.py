"""The flip margin (翻转票数) under rules that are not monotone: a number that was found, not the least (count.md).

The ballots that change are the first in the order of `copies_in_order`, with the seed of the order of ties: for a
winner those that name it lose it, for another item those that do not name it gain it. With points and rankings the
margin counts points: each ballot in turn gives up all its points for the item, or gains the most points that any ballot
gives to any item, and the last one as many as are still needed; a ranking counts as the points of its places.
"""

from dataclasses import replace
from itertools import chain, zip_longest

from diancai.budget.allocation import allocate_contest
from diancai.budget.changed_ballots import Shift, as_points, copies_in_order, shift_of
from diancai.budget.contest import contest_of
from diancai.budget.election import Election, Item
from diancai.budget.margins import NO_MARGIN, Margin, MarginStatus, margins
from diancai.budget.rules import LISTS, Rule
from diancai.voting.ties import TieOrder

MOST_RECOUNTS = 2_000
_UNCOUNTED = Margin(MarginStatus.UNCOUNTED)


def searched_margins(election: Election, rule: Rule, ties: TieOrder) -> dict[str, Margin]:
    """The margin of every item, in menu order: exact for the greedy family, else found by bisection.

    First 1, 2, 4, … votes are tried until the fate of the item changes, then the gap to the last number that did not
    change it is halved. `NONE`: no number that was tried changes it, up to all ballots that could. `UNCOUNTED`: once
    2,000 recounts are spent, where those nearest to the border between winners and others come first. With Add1 and BOS
    it may take many minutes: for a background job. Raises InvalidInput as `check_rule` does.
    """
    if rule.method in LISTS:
        return margins(election, rule, ties)
    search = MarginSearch(election, rule, ties)
    found = {number: search.margin(number) for number in search.in_order()}
    return {item.number: found[item.number] for item in election.items}


class MarginSearch:
    """The recounts of one election, item by item; for whoever wants to stop in between.

    Asked in the order of `in_order`, and with what `recounts_left` was after the last, the answers are those of one go.
    Raises InvalidInput as `check_rule` does.
    """

    def __init__(self, election: Election, rule: Rule, ties: TieOrder, recounts_left: int | None = None) -> None:
        grouped = election.profile.grouped()
        self.election = replace(election, profile=as_points(grouped))
        self.rule = rule
        self.ties = ties
        self.copies = copies_in_order(grouped, ties.seed_hex)
        self.contest = contest_of(self.election, rule, ties)
        self.winners = allocate_contest(self.contest).winners
        self.places = {item.number: place for place, item in enumerate(self.election.items)}
        self.recounts_left = MOST_RECOUNTS if recounts_left is None else recounts_left

    def in_order(self) -> list[str]:
        """The last winner, the first of the others by votes, the last winner but one, and so on."""
        items = [self.contest.candidate(item) for item in self.election.items if item.number not in self.winners]
        others = [candidate.number for candidate in self.contest.in_order(items)]
        return [number for number in chain(*zip_longest(reversed(self.winners), others)) if number is not None]

    def margin(self, number: str) -> Margin:
        """What `searched_margins` says of one item."""
        place = self.places[number]
        item = self.election.items[place]
        is_winner = number in self.winners
        if self._is_settled(item) or (not is_winner and item.cost_fen > self.election.fund_fen):
            return NO_MARGIN
        shift = shift_of(self.election.profile, self.copies, place, is_loss=is_winner)
        return self._first_change(shift, number) if shift.most else NO_MARGIN

    def _is_settled(self, item: Item) -> bool:
        return item.is_withdrawn or item.number in self.rule.constraints.decided

    def _first_change(self, shift: Shift, number: str) -> Margin:
        same, flips = 0, 1
        while self.recounts_left and not self._changes(shift, number, flips):
            if flips == shift.most:
                return NO_MARGIN
            same, flips = flips, min(2 * flips, shift.most)
        if not self.recounts_left:
            return _UNCOUNTED
        while flips - same > 1 and self.recounts_left:
            middle = (same + flips) // 2
            if self._changes(shift, number, middle):
                flips = middle
            else:
                same = middle
        return Margin(MarginStatus.FOUND, flips)

    def _changes(self, shift: Shift, number: str, flips: int) -> bool:
        self.recounts_left -= 1
        election = replace(self.election, profile=shift.shifted(flips))
        winners = allocate_contest(contest_of(election, self.rule, self.ties)).winners
        return (number in winners) is not (number in self.winners)
