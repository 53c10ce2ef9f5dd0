"""A result in sentences, in the reader's language: the answer, the reasons, the margins. No Flask."""

from dataclasses import dataclass
from typing import Any

from diancai.platform.core.texts import say, show_money_short
from diancai.platform.results.models import MarginKind, Result
from diancai.platform.results.queries import ItemOutcome, Turnout
from diancai.voting import BallotType


@dataclass(frozen=True, slots=True)
class Wording:
    """How one round's results are said. Scores are votes, or points where ballots are rankings."""

    ballot_type: BallotType
    locale: str

    @property
    def is_points(self) -> bool:
        return self.ballot_type is BallotType.RANKING

    def score(self, count: int) -> str:
        return say("score.points" if self.is_points else "score.votes", self.locale, count=f"{count:,}")

    def answer(self, result: Result, outcomes: list[ItemOutcome]) -> str:
        """入选 n 项，共 …；投票数 N: the first line of every page about a result."""
        return say(
            "answer.result",
            self.locale,
            winner_count=sum(outcome.is_selected for outcome in outcomes),
            money=show_money_short(result.spent_fen, self.locale),
            ballot_count=f"{result.ballot_count:,}",
        )

    def money_left(self, result: Result) -> str:
        return say(
            "answer.left",
            self.locale,
            fund=show_money_short(result.fund_fen, self.locale),
            left=show_money_short(result.left_fen, self.locale),
        )

    def turnout(self, turnout: Turnout) -> str:
        return say(
            "answer.turnout",
            self.locale,
            percent=turnout.percent_text,
            ballot_count=f"{turnout.ballot_count:,}",
            register_count=f"{turnout.register_count:,}",
        )

    def reason(self, outcome: ItemOutcome) -> str:
        facts: dict[str, Any] = dict(outcome.reason_facts)
        facts["score"] = self.score(outcome.score)
        if outcome.withdrawn_reason:
            facts["reason"] = outcome.withdrawn_reason
        return say(f"reason.{_variant(outcome)}", self.locale, **facts)

    def margin(self, outcome: ItemOutcome) -> str:
        """翻转票数 as a clause, to stand after that word."""
        if outcome.margin_kind is not MarginKind.EXACT or outcome.margin is None:
            return say(f"margin.{outcome.margin_kind.value}", self.locale)
        code = "margin.won" if outcome.is_selected else "margin.lost"
        return say(code, self.locale, score=self.score(outcome.margin))


def _variant(outcome: ItemOutcome) -> str:
    """The sentence that is true of this item, where one code of the engine has several."""
    code, facts = outcome.reason_code, outcome.reason_facts
    if code == "won.by_votes" and not outcome.cost_fen:
        return "won.free"
    if code == "won.by_votes" and facts["left_before_fen"] < outcome.cost_fen:
        return "won.seat"
    if code == "lost.tie":
        return f"lost.tie.{facts['decided_by']}"
    if code == "lost.withdrawn" and outcome.withdrawn_reason:
        return "lost.withdrawn_because"
    return code
