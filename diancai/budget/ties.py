"""The ties that a count met: who was tied, and what decided."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from diancai.budget.contest import Candidate, Contest
from diancai.voting.ties import TieRule


@dataclass(frozen=True, slots=True)
class Tie:
    """Items that stood equal when their turn came, the first to go first.

    `decided_by`: `votes`, `cost` or `lot`, whatever it took to put all of them in order, or `listed`, `id`.
    """

    numbers: tuple[str, ...]
    decided_by: str


def tie_between(contest: Contest, candidates: Sequence[Candidate]) -> Tie:
    """The tie of candidates whose turn came together."""
    ordered = sorted(candidates, key=lambda candidate: contest.ranks[candidate.number])
    decided = {what_decides(contest, first, second) for first, second in pairwise(ordered)}
    deepest = next(step for step in ("lot", "cost", "votes", *decided) if step in decided)
    return Tie(tuple(candidate.number for candidate in ordered), deepest)


def what_decides(contest: Contest, one: Candidate, other: Candidate) -> str:
    """What puts one of two equals first. Their votes may differ only where merit is not votes."""
    if contest.ties.rule is not TieRule.COST_THEN_LOT:
        return str(contest.ties.rule)
    if one.votes != other.votes:
        return "votes"
    return "cost" if one.cost_fen != other.cost_fen else "lot"


def add_tie(ties: list[Tie], met: Tie) -> None:
    """Note a tie, unless it is what the last one left over."""
    if not ties or not set(met.numbers) < set(ties[-1].numbers):
        ties.append(met)
