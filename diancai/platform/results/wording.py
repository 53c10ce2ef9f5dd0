"""A result in sentences, in the reader's language: the answer, the reasons, the margins. No Flask."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from diancai.budget import Dimension
from diancai.platform.core.texts import say, show, show_money_short
from diancai.platform.results.groups import GroupTable
from diancai.platform.results.models import MarginKind, Result
from diancai.platform.results.queries import ItemOutcome, Turnout
from diancai.platform.rounds.constraints import group_name
from diancai.voting import BallotType

COSTS_MAY_BE_NONE = frozenset({"won.decided", "won.floor"})
"""Codes whose sentence is true of an item of no cost too; under all others such an item wins before anything is paid."""


def score_in_words(count: str, is_points: bool, locale: str) -> str:
    """So many votes, or points; of one alone in the singular."""
    if count == "1":
        return say("score.one_point" if is_points else "score.one_vote", locale)
    return say("score.points" if is_points else "score.votes", locale, count=count)


@dataclass(frozen=True, slots=True)
class Wording:
    """How one round's results are said. Scores are votes, or points where ballots are rankings."""

    ballot_type: BallotType
    locale: str
    in_yuan: bool = False
    """Papers say amounts in 元, screens in 万元: one format per page."""

    @property
    def is_points(self) -> bool:
        return self.ballot_type is BallotType.RANKING

    def score(self, count: int) -> str:
        return score_in_words(f"{count:,}", self.is_points, self.locale)

    def money(self, fen: int) -> str:
        return show("amount_fen", fen, self.locale) if self.in_yuan else show_money_short(fen, self.locale)

    def answer(self, result: Result, outcomes: list[ItemOutcome]) -> str:
        """入选 n 项，共 …；投票数 N: the first line of every page about a result."""
        return say(
            "answer.result",
            self.locale,
            winner_count=sum(outcome.is_selected for outcome in outcomes),
            money=self.money(result.spent_fen),
            ballot_count=f"{result.ballot_count:,}",
        )

    def money_left(self, result: Result) -> str:
        return say(
            "answer.left",
            self.locale,
            fund=self.money(result.fund_fen),
            left=self.money(result.left_fen),
        )

    def group(self, table: GroupTable, group: str, *, is_imported: bool) -> str:
        """A category or a community by its name; items of no community are the whole street's."""
        if group:
            return show("group", group_name(group), self.locale)
        is_street = table.dimension is Dimension.COMMUNITY and not is_imported
        return say("group.whole_street" if is_street else "group.none", self.locale)

    def turnout(self, turnout: Turnout) -> str:
        return say(
            "answer.turnout",
            self.locale,
            percent=turnout.percent_text,
            ballot_count=f"{turnout.ballot_count:,}",
            register_count=f"{turnout.register_count:,}",
        )

    def reason(self, outcome: ItemOutcome) -> str:
        facts = {name.removesuffix("_fen"): self._shown(name, value) for name, value in outcome.reason_facts.items()}
        facts["score"] = self.score(outcome.score)
        if outcome.withdrawn_reason:
            facts["reason"] = outcome.withdrawn_reason
        return say(f"reason.{_sentence_of(outcome)}", self.locale, **facts)

    def _shown(self, name: str, value: Any) -> Any:
        """What one supporter pays is too small for 万元."""
        if name in ("each_at_most_fen", "moment_fen"):
            return show(name, value, self.locale)
        if name == "needed":
            return self.score(value)
        if name == "group":
            return show(name, group_name(value), self.locale)
        return self.money(value) if name.endswith("_fen") else value

    def margin(self, outcome: ItemOutcome) -> str:
        """翻转票数 as a clause, to stand after that word."""
        if outcome.margin_kind is MarginKind.NONE and outcome.is_selected:
            return say("margin.none.won", self.locale)
        if outcome.margin is None:
            return say(f"margin.{outcome.margin_kind.value}", self.locale)
        found = ".found" if outcome.margin_kind is MarginKind.FOUND else ""
        code = f"margin{found}.won" if outcome.is_selected else f"margin{found}.lost"
        return say(code, self.locale, score=self.score(outcome.margin))


def _sentence_of(outcome: ItemOutcome) -> str:
    if outcome.reason_code == "lost.withdrawn" and outcome.withdrawn_reason:
        return "lost.withdrawn_because"
    return sentence_of(outcome.reason_code, outcome.reason_facts)


def sentence_of(code: str, facts: Mapping[str, Any]) -> str:
    """The sentence that is true of an item, where one code of the engine has several."""
    if code.startswith("won.") and code not in COSTS_MAY_BE_NONE and not facts["cost_fen"]:
        return "won.free"
    if code == "won.by_votes" and facts["left_before_fen"] < facts["cost_fen"]:
        return "won.seat"
    if code == "won.equal_shares" and facts.get("short_payers"):
        return "won.equal_shares.short"
    if code == "won.completion" and "moment_fen" in facts:
        return "won.completion.phragmen"
    if code == "lost.after_stop" and "rank" not in facts:
        return "lost.after_stop.phragmen"
    return f"lost.tie.{facts['decided_by']}" if code == "lost.tie" else code
