"""The greedy family (按票数从高到低): down the list by merit, while the fund and the seats last."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import takewhile

from diancai.budget.constraints import Obstacle
from diancai.budget.contest import Candidate, Contest, Standing
from diancai.budget.explanations import Tally
from diancai.budget.rules import Binding, Method, Rule
from diancai.budget.ties import what_decides


@dataclass(frozen=True, slots=True)
class Limits:
    """What ends or narrows the list besides the constraints: how the fund binds, and the seats."""

    binding: Binding
    seat_count: int | None = None
    stops_at_constraint: bool = False


def limits_of(rule: Rule) -> Limits:
    """The limits of a rule of the family; of another rule those of its completion by votes."""
    if rule.method is Method.TOP_K:
        return Limits(rule.binding, rule.seat_count)
    if rule.method is Method.GREEDY_NO_SKIP:
        return Limits(Binding.STOP, stops_at_constraint=True)
    return Limits(Binding.STOP if rule.constraints.reserve else Binding.SKIP)


def count_by_votes(tally: Tally) -> None:
    """`greedy`, `greedy-no-skip`, `greedy-per-cost` and `top-k` over all candidates that are left."""
    take_down(tally, "won.by_votes")


def take_down(tally: Tally, won_code: str) -> None:
    """Go down the list of the candidates that are left and take what the limits and constraints allow."""
    order = tally.contest.in_order(tally.remaining())
    _go_down(tally, order, limits_of(tally.contest.rule), partial(_win, tally, won_code))


def take_free(tally: Tally, won_code: str) -> None:
    """Supported items of no cost win before anything is paid, unless they break a constraint."""
    order = tally.contest.in_order(filter(tally.contest.goes_free, tally.remaining()))
    _go_down(tally, order, Limits(Binding.NONE), partial(_win_free, tally, won_code))


def _go_down(tally: Tally, order: Sequence[Candidate], limits: Limits, win: Callable[[Candidate, int], None]) -> None:
    contest = tally.contest
    # Where the items tied with the present one began, and the last of them that changed the standing.
    before_tied, ahead = tally.standing, None
    for place, candidate in enumerate(order):
        if not place or contest.place(order[place - 1]) != contest.place(candidate):
            before_tied, ahead = tally.standing, None
            _meet_equals(tally, order[place:], limits)
        found = obstacle(contest, tally.standing, candidate, limits)
        if found and ahead and not obstacle(contest, before_tied, candidate, limits):
            _lose_by_tie(tally, candidate, ahead)
        elif found:
            _lose(tally, place + 1, candidate, found)
        else:
            win(candidate, place + 1)
        following = after(contest, tally.standing, candidate, limits) if found else tally.standing
        if not found or following != tally.standing:
            ahead = candidate
        tally.standing = following


def _meet_equals(tally: Tally, order: Sequence[Candidate], limits: Limits) -> None:
    """Note that the first of a list stands with others, if any of them may win as things are."""
    contest = tally.contest
    mark = contest.place(order[0])
    tied = list(takewhile(lambda candidate: contest.place(candidate) == mark, order))
    if any(obstacle(contest, tally.standing, candidate, limits) is None for candidate in tied):
        tally.meet(tied)


def obstacle(contest: Contest, standing: Standing, candidate: Candidate, limits: Limits) -> Obstacle | None:
    """What keeps a candidate from winning when its turn comes; None where it wins."""
    if standing.stopped_at:
        return Obstacle("lost.after_stop", {"stopped_at": standing.stopped_at})
    if limits.seat_count is not None and len(standing.holdings.taken) >= limits.seat_count:
        return Obstacle("lost.beyond_k", {"seat_count": limits.seat_count})
    if broken := standing.obstacle(contest.constraints, candidate):
        return broken
    if limits.binding is not Binding.NONE and candidate.cost_fen > standing.left_fen:
        return None if is_completed(contest, standing, candidate) else Obstacle("lost.fund_left")
    return None


def is_completed(contest: Contest, standing: Standing, candidate: Candidate) -> bool:
    """Whether the reserve completes an item that does not fit: enough of its cost is left, the rest is small."""
    reserve = contest.constraints.reserve
    return (
        reserve is not None
        and candidate.cost_fen > standing.left_fen >= reserve.share * candidate.cost_fen
        and candidate.cost_fen - standing.left_fen <= reserve.amount_fen
    )


def after(contest: Contest, standing: Standing, candidate: Candidate, limits: Limits) -> Standing:
    """The standing once a candidate has had its turn."""
    found = obstacle(contest, standing, candidate, limits)
    if found is None:
        won = standing.with_won(contest.constraints, candidate)
        return replace(won, stopped_at=candidate.number) if is_completed(contest, standing, candidate) else won
    if standing.stopped_at or found.code == "lost.beyond_k":
        return standing
    ends_for_money = found.code == "lost.fund_left" and limits.binding is Binding.STOP
    ends_for_constraint = found.code != "lost.fund_left" and limits.stops_at_constraint
    is_end = ends_for_money or (ends_for_constraint and not contest.goes_free(candidate))
    return replace(standing, stopped_at=candidate.number) if is_end else standing


def _win(tally: Tally, code: str, candidate: Candidate, rank: int) -> None:
    reserve = tally.contest.constraints.reserve
    if reserve and is_completed(tally.contest, tally.standing, candidate):
        short_fen = candidate.cost_fen - tally.standing.left_fen
        tally.win_from_fund(candidate, "won.reserve", rank, short_fen=short_fen)
        tally.standing = replace(tally.standing, stopped_at=candidate.number)
    else:
        tally.win_from_fund(candidate, code, rank)


def _win_free(tally: Tally, code: str, candidate: Candidate, rank: int) -> None:
    tally.win(candidate, code, rank=len(tally.standing.holdings.taken) + 1, each_at_most_fen=0)


def _lose(tally: Tally, rank: int, candidate: Candidate, found: Obstacle) -> None:
    if found.code == "lost.fund_left":
        tally.lose_for_money(candidate, rank)
    else:
        tally.drop(candidate, found, rank=rank)


def _lose_by_tie(tally: Tally, candidate: Candidate, ahead: Candidate) -> None:
    """It would have won had it stood first among its equals."""
    decided_by = what_decides(tally.contest, candidate, ahead)
    tally.lose(candidate, "lost.tie", ahead=ahead.number, decided_by=decided_by)
