"""换一种算法会怎样: the counted ballots under other rules, other funds, without a ceiling. It changes nothing."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from diancai.budget import Change, Method, Outcome, Rule, quick_rules, under_rules, what_if
from diancai.budget.searched_margins import is_slow
from diancai.platform.core.texts import say, show, show_money_short, title_of
from diancai.platform.results.counted import Counted
from diancai.platform.rounds.constraints import group_name
from diancai.voting import Exact

MOST_BALLOTS = 20_000
"""More would take longer than a page may."""
PERCENTS = (-10, 10)


@dataclass(frozen=True, slots=True)
class Comparison:
    """Outcomes by what was changed. `is_slow`: the round's own rule has Add1, so only other rules are compared."""

    rules: tuple[Outcome, ...]
    funds: tuple[Outcome, ...]
    ceilings: tuple[Outcome, ...]
    is_slow: bool


def compare(counted: Counted, winners: Collection[str]) -> Comparison:
    """Against the winners of the result. Rules with Add1 are left out: each takes as long as all the others."""
    election, rule, ties = counted.election, counted.rule, counted.ties
    if is_slow(rule):
        others = quick_rules(rule, election.profile.mark_kind)
        return Comparison(under_rules(election, others, ties, tuple(winners)), (), (), is_slow=True)
    found = what_if(election, rule, ties, PERCENTS)
    by_change = {change: tuple(outcome for outcome in found if outcome.change is change) for change in Change}
    return Comparison(by_change[Change.RULE], by_change[Change.FUND], by_change[Change.CEILING], is_slow=False)


@dataclass(frozen=True, slots=True)
class ComparisonWords:
    """How a comparison is said. `names`: of items by number."""

    locale: str
    names: Mapping[str, str]

    def what(self, outcome: Outcome) -> str:
        """What is different in this row."""
        if outcome.change is Change.FUND:
            code = "what_if.more" if outcome.percent > 0 else "what_if.less"
            return say(code, self.locale, percent=abs(outcome.percent), fund=self.money(outcome.fund_fen))
        if outcome.change is Change.CEILING and outcome.ceiling:
            group = show("group", group_name(outcome.ceiling.group), self.locale)
            return say("what_if.no_ceiling", self.locale, group=group, limit=self.money(outcome.ceiling.limit_fen))
        return self.rule(outcome.rule)

    def rule(self, rule: Rule) -> str:
        """A rule by its name, and what else decides it."""
        parts = [title_of(rule.method, self.locale)]
        if rule.method is Method.TOP_K:
            parts += [say("what_if.seats", self.locale, count=rule.seat_count), title_of(rule.binding, self.locale)]
        if rule.method in (Method.EQUAL_SHARES, Method.BOS):
            parts.append(title_of(rule.utility, self.locale))
        if rule.method is Method.EQUAL_SHARES:
            parts.append(title_of(rule.completion, self.locale))
        return say("join.clauses", self.locale).join(parts)

    def money(self, fen: Exact) -> str:
        """Short, as everywhere on the page."""
        return show_money_short(int(fen), self.locale)

    def items(self, numbers: Collection[str]) -> list[str]:
        return [f"{number} {self.names[number]}" for number in numbers]

    def refusal(self, outcome: Outcome) -> str:
        """Why this row has no outcome; "" where it has one."""
        if not outcome.refused:
            return ""
        return say("what_if.impossible", self.locale)
