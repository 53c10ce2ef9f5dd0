"""Why each item won or lost: a stable code and the figures that a page puts into words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from diancai.budget.election import Candidate, Election
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


def won_from_fund(code: str, rank: int, candidate: Candidate, left_fen: Exact) -> Step:
    """An item paid from the fund by its votes (`won.by_votes`, `won.completion`)."""
    after_fen = left_fen - candidate.cost_fen
    facts = {
        "rank": rank,
        "votes": candidate.votes,
        "cost_fen": candidate.cost_fen,
        "left_before_fen": left_fen,
        "left_after_fen": after_fen,
    }
    return Step(candidate.number, Reason(code, facts), left_fen, after_fen)


def won_from_shares(rank: int, candidate: Candidate, left_fen: Exact, each_at_most_fen: Exact) -> Step:
    """An item paid by its supporters' shares. What each pays at most is shown in whole fen, rounded up."""
    facts = {
        "rank": rank,
        "votes": candidate.votes,
        "cost_fen": candidate.cost_fen,
        "each_at_most_fen": -(-each_at_most_fen // 1),
    }
    return Step(candidate.number, Reason("won.equal_shares", facts), left_fen, left_fen - candidate.cost_fen)


def lost(code: str, candidate: Candidate, left_fen: Exact, /, **facts: object) -> Step:
    """An item that was considered and not taken."""
    return Step(candidate.number, Reason(code, {"votes": candidate.votes, **facts}), left_fen, left_fen)


def lost_for_money(rank: int, candidate: Candidate, left_fen: Exact) -> Step:
    """An item dearer than the money left in the fund."""
    cost_fen = candidate.cost_fen
    return lost(
        "lost.fund_left",
        candidate,
        left_fen,
        rank=rank,
        left_fen=left_fen,
        cost_fen=cost_fen,
        short_fen=cost_fen - left_fen,
    )


def lost_for_shares(candidate: Candidate, left_fen: Exact, supporters_left_fen: Exact) -> Step:
    """An item that its supporters can no longer pay. Their money is shown in whole fen, rounded down."""
    whole_fen = supporters_left_fen // 1
    return lost(
        "lost.not_affordable_by_supporters",
        candidate,
        left_fen,
        supporters_left_fen=whole_fen,
        cost_fen=candidate.cost_fen,
        short_fen=candidate.cost_fen - whole_fen,
    )


def reasons_of(election: Election, votes: Mapping[str, Exact], steps: Sequence[Step]) -> dict[str, Reason]:
    """The reason of every item, in menu order: that of its last step, or why it was never considered."""
    considered = {step.number: step.reason for step in steps}
    reasons = {}
    for item in election.items:
        code = "lost.withdrawn" if item.is_withdrawn else "lost.no_support"
        reasons[item.number] = considered.get(item.number, Reason(code, {"votes": votes[item.number]}))
    return reasons
