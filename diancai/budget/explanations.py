"""Why each item won or lost: a stable code and the figures that a page puts into words."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from diancai.budget.constraints import Obstacle
from diancai.budget.contest import Candidate, Contest, Standing
from diancai.budget.ties import Tie, add_tie, tie_between
from diancai.voting.exact import Exact


@dataclass(frozen=True, slots=True)
class Reason:
    """`won.*` or `lost.*`, with its facts: amounts in fen, votes, ranks from 1, item numbers. See docs/engine.md."""

    code: str
    facts: Mapping[str, object]

    @property
    def is_won(self) -> bool:
        return self.code.startswith("won.")


@dataclass(frozen=True, slots=True)
class Step:
    """One item considered, in the order of the count, with the money left before and after."""

    number: str
    reason: Reason
    left_before_fen: Exact
    left_after_fen: Exact


@dataclass
class Tally:
    """A count as it goes on: where it stands, the steps so far, the ties met on the way."""

    contest: Contest
    standing: Standing
    steps: list[Step] = field(default_factory=list)
    ties: list[Tie] = field(default_factory=list)

    @classmethod
    def of(cls, contest: Contest) -> "Tally":
        return cls(contest, contest.beginning)

    @property
    def taken(self) -> frozenset[str]:
        return frozenset(self.standing.holdings.taken)

    def remaining(self) -> list[Candidate]:
        """Candidates that have had no turn yet, in menu order."""
        done = {step.number for step in self.steps}
        return [candidate for candidate in self.contest.candidates if candidate.number not in done]

    def meet(self, tied: Sequence[Candidate]) -> None:
        """Candidates whose turn came together."""
        if len(tied) > 1:
            add_tie(self.ties, tie_between(self.contest, tied))

    def win(self, candidate: Candidate, code: str, **facts: object) -> None:
        before = self.standing
        self.standing = before.with_won(self.contest.constraints, candidate)
        held = {"votes": candidate.votes, "cost_fen": candidate.cost_fen, **facts}
        self._add(candidate, Reason(code, held), before.left_fen)

    def win_from_fund(self, candidate: Candidate, code: str, rank: int, **facts: object) -> None:
        """A win that the page explains by the money left before and after."""
        left_fen = self.standing.left_fen
        money = {"left_before_fen": left_fen, "left_after_fen": left_fen - candidate.cost_fen}
        self.win(candidate, code, rank=rank, **money, **facts)

    def lose(self, candidate: Candidate, code: str, **facts: object) -> None:
        reason = Reason(code, {"votes": candidate.votes, **facts})
        self._add(candidate, reason, self.standing.left_fen)

    def drop(self, candidate: Candidate, obstacle: Obstacle, **facts: object) -> None:
        """A candidate that breaks a constraint is out for good."""
        self.lose(candidate, obstacle.code, **facts, **obstacle.facts)

    def lose_for_money(self, candidate: Candidate, rank: int) -> None:
        left_fen, cost_fen = self.standing.left_fen, candidate.cost_fen
        self.lose(
            candidate, "lost.fund_left", rank=rank, left_fen=left_fen, cost_fen=cost_fen, short_fen=cost_fen - left_fen
        )

    def _add(self, candidate: Candidate, reason: Reason, before_fen: Exact) -> None:
        self.steps.append(Step(candidate.number, reason, before_fen, self.standing.left_fen))


def reasons_of(contest: Contest, steps: Sequence[Step]) -> dict[str, Reason]:
    """The reason of every item, in menu order: that of its last step, or why it was never considered."""
    considered = {step.number: step.reason for step in steps}
    return {
        item.number: considered.get(item.number) or Reason(contest.bar(item), _bar_facts(contest, item.number))
        for item in contest.election.items
    }


def _bar_facts(contest: Contest, number: str) -> dict[str, object]:
    facts: dict[str, object] = {"votes": contest.votes[number]}
    constraints = contest.constraints
    if constraints.least_score or constraints.least_share:
        needed = max(constraints.least_score, constraints.least_share * contest.voter_count)
        facts["needed"] = -(-needed // 1) if constraints.least_share else needed
    return facts


def winners_of(steps: Iterable[Step]) -> tuple[str, ...]:
    """Winners in the order in which they were taken."""
    return tuple(step.number for step in steps if step.reason.is_won)
