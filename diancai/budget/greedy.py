"""The greedy family (按票数从高到低): down the list by votes, while the fund and the seats last."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from diancai.budget.election import Binding, Candidate, Election, Method, Rule, candidates_of
from diancai.budget.explanations import Step, lost, lost_for_money, won_from_fund
from diancai.voting.exact import Exact
from diancai.voting.ties import TieOrder, TieRule


@dataclass(frozen=True, slots=True)
class Limits:
    """What ends or narrows the list: the fund's binding, the seats, and whether items of no cost go first."""

    binding: Binding
    seat_count: int | None = None
    is_free_first: bool = True


@dataclass(frozen=True, slots=True)
class Standing:
    """The count between two items of the list."""

    left_fen: Exact
    taken: int = 0
    stopped_at: str = ""


def limits_of(rule: Rule) -> Limits:
    """The limits that a rule of the family stands for."""
    if rule.method is Method.TOP_K:
        return Limits(rule.binding, rule.seat_count, is_free_first=False)
    return Limits(Binding.STOP if rule.method is Method.GREEDY_NO_SKIP else Binding.SKIP)


def count_by_votes(election: Election, rule: Rule, ties: TieOrder, votes: Mapping[str, Exact]) -> list[Step]:
    """The steps of `greedy`, `greedy-no-skip` and `top-k` over all candidates."""
    limits = limits_of(rule)
    order = in_order(candidates_of(election, votes), ties, limits)
    return take_down(order, election.fund_fen, limits, ties.rule, "won.by_votes")


def in_order(candidates: Iterable[Candidate], ties: TieOrder, limits: Limits) -> list[Candidate]:
    """Candidates from the first of the list to the last: free ones where they go first, then by votes, then by tie."""
    listed = list(candidates)
    ranks = ties.ranks({candidate.number: candidate.cost_fen for candidate in listed})
    return sorted(listed, key=lambda candidate: (*_class_of(candidate, limits), ranks[candidate.number]))


def take_down(
    order: Sequence[Candidate], fund_fen: Exact, limits: Limits, tie_rule: TieRule, won_code: str
) -> list[Step]:
    """Go down the list and take what the limits allow."""
    steps: list[Step] = []
    standing = Standing(fund_fen)
    # Where the items tied with the present one began, and the last of them that changed the standing.
    before_tied, ahead = standing, None
    for place, candidate in enumerate(order):
        if not place or _class_of(order[place - 1], limits) != _class_of(candidate, limits):
            before_tied, ahead = standing, None
        if not obstacle(standing, candidate, limits):
            steps.append(won_from_fund(won_code, place + 1, candidate, standing.left_fen))
        elif ahead and not obstacle(before_tied, candidate, limits):
            steps.append(_lost_by_tie(candidate, ahead, standing, tie_rule))
        else:
            steps.append(_lost(place + 1, candidate, standing, limits))
        following = after(standing, candidate, limits)
        ahead = candidate if following != standing else ahead
        standing = following
    return steps


def obstacle(standing: Standing, candidate: Candidate, limits: Limits) -> str:
    """The code of what keeps a candidate from winning when its turn comes; "" where it wins."""
    if standing.stopped_at:
        return "lost.after_stop"
    if limits.seat_count is not None and standing.taken >= limits.seat_count:
        return "lost.beyond_k"
    if limits.binding is not Binding.NONE and candidate.cost_fen > standing.left_fen:
        return "lost.fund_left"
    return ""


def after(standing: Standing, candidate: Candidate, limits: Limits) -> Standing:
    """The standing once a candidate has had its turn."""
    blocked_by = obstacle(standing, candidate, limits)
    if not blocked_by:
        return Standing(standing.left_fen - candidate.cost_fen, standing.taken + 1)
    if blocked_by == "lost.fund_left" and limits.binding is Binding.STOP:
        return replace(standing, stopped_at=candidate.number)
    return standing


def _class_of(candidate: Candidate, limits: Limits) -> tuple[bool, Exact]:
    """Equal for tied candidates, lower for those that go first."""
    return (not (limits.is_free_first and candidate.cost_fen == 0), -candidate.votes)


def _lost(rank: int, candidate: Candidate, standing: Standing, limits: Limits) -> Step:
    match code := obstacle(standing, candidate, limits):
        case "lost.after_stop":
            return lost(code, candidate, standing.left_fen, rank=rank, stopped_at=standing.stopped_at)
        case "lost.beyond_k":
            return lost(code, candidate, standing.left_fen, rank=rank, seat_count=limits.seat_count)
        case _:
            return lost_for_money(rank, candidate, standing.left_fen)


def _lost_by_tie(candidate: Candidate, ahead: Candidate, standing: Standing, tie_rule: TieRule) -> Step:
    """It would have won had it stood first among its equals."""
    decided_by = str(tie_rule)
    if tie_rule is TieRule.COST_THEN_LOT:
        decided_by = "lot" if candidate.cost_fen == ahead.cost_fen else "cost"
    return lost("lost.tie", candidate, standing.left_fen, ahead=ahead.number, decided_by=decided_by)
