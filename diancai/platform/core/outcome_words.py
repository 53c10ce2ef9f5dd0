"""What an outcome means, in sentences that pages and the command line share: winners of each voter, groups left short."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from diancai.budget import Fairness, Summary, Utility, Witness
from diancai.platform.core.texts import say, show_decimal, show_percent
from diancai.voting import Exact

_MAIN_UNIT_FEN = 100


@dataclass(frozen=True, slots=True)
class OutcomeWords:
    """`money` says an amount; `names` and `costs_fen` of items by number."""

    locale: str
    money: Callable[[Exact], str]
    names: Mapping[str, str]
    costs_fen: Mapping[str, Exact]

    def voters(self, summary: Summary) -> str:
        """How many winners voters have, and how many of them none."""
        without = summary.voters_by_winners[0]
        return say(
            "outcome.some_without" if without or not summary.voter_count else "outcome.none_without",
            self.locale,
            average=self.average(summary),
            voter_count=f"{summary.voter_count:,}",
            count=f"{without:,}",
            percent=show_percent(summary.share_without),
        )

    def distribution(self, summary: Summary) -> list[tuple[int, int, str]]:
        """Number of winners, the voters who have so many, their share."""
        voters = max(summary.voter_count, 1)
        return [
            (winner_count, people, show_percent(Fraction(people, voters)))
            for winner_count, people in enumerate(summary.voters_by_winners)
        ]

    def average(self, summary: Summary) -> str:
        return show_decimal(summary.average_winners, 2)

    def without(self, summary: Summary) -> str:
        return show_percent(summary.share_without)

    def fairness(self, fairness: Fairness) -> str:
        """The answer, a witness where it fails, and what the rule promises."""
        return ("" if self.locale == "zh" else " ").join(self._sentences(fairness))

    def fairness_word(self, fairness: Fairness) -> str:
        """Whether every group has its share, for a column."""
        if fairness.unchecked:
            return say("fairness.not_asked", self.locale)
        return say("fairness.left_short" if fairness.witnesses else "fairness.nobody_short", self.locale)

    def _sentences(self, fairness: Fairness) -> Iterator[str]:
        if fairness.unchecked:
            yield say(f"fairness.unchecked.{fairness.unchecked}", self.locale)
            return
        if not fairness.witnesses:
            yield say("fairness.holds", self.locale)
            yield say("fairness.promised" if fairness.is_promised else "fairness.by_chance", self.locale)
            return
        first, *others = fairness.witnesses
        yield self._witness(first, fairness.utility)
        if others:
            yield say("fairness.more", self.locale, numbers=self._numbers(others))
        yield say("fairness.no_reproach", self.locale)

    def _witness(self, witness: Witness, utility: Utility) -> str:
        cost_fen = self.costs_fen[witness.number]
        is_by_cost = utility is Utility.COST
        share_fen = witness.entitled if is_by_cost else witness.entitled * cost_fen
        most, _ = witness.utilities[-1]
        has_none = not most and (
            all(self.costs_fen.values()) or not is_by_cost
        )  # free winners are worth nothing by cost
        return say(
            "fairness.nothing" if has_none else f"fairness.{utility}",
            self.locale,
            count=f"{witness.group_size:,}",
            item=f"{witness.number} {self.names[witness.number]}".rstrip(),
            cost=self.money(cost_fen),
            share=self.money(_rounded(share_fen, cost_fen)),
            most=self.money(most) if is_by_cost else most,
            affordable=int(witness.entitled),
        )

    def _numbers(self, witnesses: Iterable[Witness]) -> str:
        return say("join.list", self.locale).join(witness.number for witness in witnesses)


def _rounded(share_fen: Exact, cost_fen: Exact) -> Exact:
    """In whole main units, cut, as nobody reads hundredths of a share; never below the cost that it covers."""
    return max(int(share_fen) // _MAIN_UNIT_FEN * _MAIN_UNIT_FEN, cost_fen)
