"""Equal shares from beginning to end: the run, and what happens with the money that it leaves (count.md)."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from math import lcm

import numpy as np

from diancai.budget.contest import Candidate, Contest
from diancai.budget.election import Election
from diancai.budget.equal_shares import Purchases, Shop, endowment_of
from diancai.budget.explanations import Tally, winners_of
from diancai.budget.floors import take_decided, take_floors
from diancai.budget.greedy import count_by_votes, take_down, take_free
from diancai.budget.increments import Climb
from diancai.budget.phragmen import count_by_loads
from diancai.budget.purses import Offer
from diancai.budget.rules import Completion, Method, Utility
from diancai.budget.support import SupportTable, support_table
from diancai.voting.profile import MOST_IN_64_BITS, Integers


def count_by_shares(tally: Tally) -> None:
    """`equal-shares`: free items first, then what the supporters' shares buy, then the completion."""
    take_free(tally, "won.equal_shares")
    if tally.contest.voter_count:
        _FINISH[tally.contest.rule.completion](tally)


def count_by_phragmen(tally: Tally) -> None:
    """`phragmen`: free items first."""
    take_free(tally, "won.phragmen")
    count_by_loads(tally, _support_of_remaining(tally), "won.phragmen")


def shop_of(tally: Tally) -> Shop:
    """The supported candidates that are left, ready for buying."""
    return Shop(tally.contest, _support_of_remaining(tally), tally.standing)


def _support_of_remaining(tally: Tally) -> SupportTable:
    contest = tally.contest
    utility = contest.rule.utility if contest.rule.method is not Method.PHRAGMEN else Utility.CARDINALITY
    supported = [candidate for candidate in tally.remaining() if candidate.votes > 0]
    return support_table(
        contest.election.profile, supported, utility, [contest.election.fund_fen, tally.standing.left_fen]
    )


def _once(tally: Tally) -> Purchases:
    shop = shop_of(tally)
    return shop.run(endowment_of(tally.contest, tally.standing, shop.table.scale))


def _add1(tally: Tally) -> Purchases:
    return _climb(tally).early_end


def _add1_full(tally: Tally) -> Purchases:
    return _climb(tally).full_end


def _climb(tally: Tally) -> Climb:
    """The climb of these shares, the same for every completion that needs it."""
    contest = tally.contest
    key = (contest.rule.utility, contest.constraints, tally.standing)
    climb: Climb | None = contest.climbs.get(key)
    if climb is None:
        climb = contest.climbs[key] = Climb(contest, shop_of(tally))
    return climb


def _alone(run: Callable[[Tally], Purchases]) -> Callable[[Tally], None]:
    """Nothing after the run: the others lose because their supporters cannot pay."""

    def finish(tally: Tally) -> None:
        purchases = run(tally)
        _enter(tally, purchases)
        for candidate in tally.contest.in_order(tally.remaining()):
            _lose_for_shares(tally, purchases, candidate)

    return finish


def _then_by_votes(run: Callable[[Tally], Purchases]) -> Callable[[Tally], None]:
    def finish(tally: Tally) -> None:
        _enter(tally, run(tally))
        take_down(tally, "won.completion")

    return finish


def _then_phragmen(tally: Tally) -> None:
    _enter(tally, _once(tally))
    contest = tally.contest
    supported = [candidate for candidate in tally.remaining() if candidate.votes > 0]
    table = support_table(contest.election.profile, supported, Utility.CARDINALITY)
    count_by_loads(tally, table, "won.completion")


def _or_by_votes(run: Callable[[Tally], Purchases]) -> Callable[[Tally], None]:
    """The outcome under which more voters have more; ties go to the list by votes."""

    def finish(tally: Tally) -> None:
        contest = tally.contest
        by_shares = replace(tally, steps=list(tally.steps), ties=list(tally.ties))
        _alone(run)(by_shares)
        rule = replace(contest.rule, method=Method.GREEDY, completion=Completion.NONE)
        by_votes = settled(replace(contest, rule=rule))
        count_by_votes(by_votes)
        chosen = by_shares if _voters_with_more(contest, by_shares, by_votes) > 0 else by_votes
        tally.steps, tally.standing, tally.ties = chosen.steps, chosen.standing, chosen.ties

    return finish


def settled(contest: Contest) -> Tally:
    """A count of which only what comes before the rule is done."""
    tally = Tally.of(contest)
    take_decided(tally)
    take_floors(tally)
    return tally


_FINISH: Mapping[Completion, Callable[[Tally], None]] = {
    Completion.NONE: _alone(_once),
    Completion.ADD1: _alone(_add1),
    Completion.ADD1_FULL: _alone(_add1_full),
    Completion.ADD1_GREEDY: _then_by_votes(_add1),
    Completion.GREEDY: _then_by_votes(_once),
    Completion.PHRAGMEN: _then_phragmen,
    Completion.COMPARISON: _or_by_votes(_add1),
    Completion.COMPARISON_FULL: _or_by_votes(_add1_full),
}


def _enter(tally: Tally, purchases: Purchases) -> None:
    """Enter a run into the count."""
    for places in purchases.ties:
        tally.meet([purchases.purses.table.candidates[place] for place in places])
    for offer in purchases.bought:
        candidate = purchases.purses.table.candidates[offer.candidate]
        rank = len(tally.standing.holdings.taken) + 1
        tally.win(candidate, "won.equal_shares", rank=rank, **_who_pays(purchases.purses.table, offer))
    for place, broken in purchases.dropped.items():
        tally.drop(purchases.purses.table.candidates[place], broken)


def _who_pays(table: SupportTable, offer: Offer) -> dict[str, int]:
    """The two classes of payers: those who pay the price, at most so much each, and those who pay all they have left."""
    price = offer.price
    most = price * table.supports[offer.candidate].heaviest / table.scale
    together = (table.costs[offer.candidate] - price * offer.rich_weight) / table.scale
    return {
        "each_at_most_fen": int(-(-most // 1)),
        "full_payers": int(table.row_counts[offer.sides.rich.rows].sum()),
        "short_payers": int(table.row_counts[offer.poor_rows].sum()),
        "short_payers_pay_fen": int(together),
        "effective_votes": int(table.costs[offer.candidate] / price),
    }


def _lose_for_shares(tally: Tally, purchases: Purchases, candidate: Candidate) -> None:
    """Their money is shown in whole fen, rounded down."""
    table = purchases.purses.table
    places = {held.number: place for place, held in enumerate(table.candidates)}
    place = places.get(candidate.number)
    whole_fen = 0 if place is None else purchases.purses.whole_left_of(place)
    facts = {
        "supporters_left_fen": whole_fen,
        "cost_fen": candidate.cost_fen,
        "short_fen": candidate.cost_fen - whole_fen,
    }
    tally.lose(candidate, "lost.not_affordable_by_supporters", **facts)


def _voters_with_more(contest: Contest, one: Tally, other: Tally) -> int:
    """Voters with the higher cost of supported winners under one, less those under the other."""
    profile = contest.election.profile
    gains = _gains(contest.election, set(winners_of(one.steps)), set(winners_of(other.steps)))
    by_row = np.zeros(len(profile.counts), gains.dtype)
    np.add.at(by_row, profile.rows_of_marks, gains[profile.marks])
    more, less = profile.counts[by_row > 0].sum(), profile.counts[by_row < 0].sum()
    return int(more) - int(less)


def _gains(election: Election, winners: Collection[str], others: Collection[str]) -> Integers:
    """By item, in menu order, what a supporter has more of it with these winners than with others; in whole units."""
    scale = lcm(*(item.cost_fen.denominator for item in election.items))
    gains = [
        int(item.cost_fen * scale) * ((item.number in winners) - (item.number in others)) for item in election.items
    ]
    fits = sum(map(abs, gains)) < MOST_IN_64_BITS
    return np.array(gains, np.int64 if fits else object)
