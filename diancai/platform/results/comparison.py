"""换一种算法会怎样: the counted ballots under other rules, other funds, without a ceiling. It changes nothing."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from diancai.budget import (
    Change,
    Fairness,
    Method,
    Outcome,
    Rule,
    Summary,
    climbs,
    fairness_of,
    quick_rules,
    slow_rules,
    summarise,
    under_rules,
    with_other_funds,
    without_ceilings,
)
from diancai.platform.core.texts import joined_clauses, say, show, show_money_short, title_of
from diancai.platform.results.counted import Counted
from diancai.platform.rounds.constraints import group_name
from diancai.voting import Exact

MOST_BALLOTS = 100_000
"""More would take longer than a page may: opening so large a box takes 1 s of the processor, all rules without Add1 up
to 2.5 s (measured on cities of 5,000 to 130,000 ballots and 25 to 197 items; the number of items counts for more).
"""
MOST_CLIMBING = 1_200
"""Climbs with Add1 × items × items that a page may take. One takes up to 0.8 ms, hardly more with more ballots: measured
on cities of 84 to 40,000 ballots and 14 to 34 items. So the page stays within a second of the processor.
"""
CLIMBS_OF_OTHER_RULES = 2
"""All rules with Add1 together take as long as two counts with other funds: they share their runs."""
PERCENTS = (-10, 10)


Row = tuple[Outcome, ...]
"""Outcomes with the same winners and the same answer about groups: one line of a table."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """What the result means, and rows of outcomes by what was changed. `left_out`: rules with Add1 that take too long.

    `has_changes`: whether other funds and ceilings were counted; not where that would take too long.
    """

    summary: Summary
    fairness: Fairness
    rules: tuple[Row, ...]
    left_out: tuple[Rule, ...]
    funds: tuple[Row, ...]
    ceilings: tuple[Row, ...]
    has_changes: bool


def compare(counted: Counted, winners: Collection[str]) -> Comparison:
    """Against the winners of the result. Where climbing takes too long the round's own rule goes before the others."""
    election, rule, ties, base = counted.election, counted.rule, counted.ties, tuple(winners)
    kind, ceilings = election.profile.mark_kind, rule.constraints.ceilings
    changes = len(PERCENTS) + len(ceilings) if climbs(rule) else 0
    has_changes = _is_quick(counted, changes)
    is_full = _is_quick(counted, CLIMBS_OF_OTHER_RULES + (changes if has_changes else 0))
    slow = slow_rules(rule, kind)
    rules = (*quick_rules(rule, kind), *(slow if is_full else ()))
    return Comparison(
        summary=summarise(election, base),
        fairness=fairness_of(election, rule, base),
        rules=_alike(under_rules(election, rules, ties, base)),
        left_out=() if is_full else slow,
        funds=tuple((each,) for each in with_other_funds(election, rule, ties, base, PERCENTS)) if has_changes else (),
        ceilings=tuple((each,) for each in without_ceilings(election, rule, ties, base)) if has_changes else (),
        has_changes=has_changes,
    )


def _alike(outcomes: Iterable[Outcome]) -> tuple[Row, ...]:
    """In order of the first of each row; those that change nothing stand first."""
    rows: dict[object, list[Outcome]] = {}
    for outcome in outcomes:
        holds = outcome.fairness.holds if outcome.fairness else None
        rows.setdefault((frozenset(outcome.winners), outcome.refused, holds), []).append(outcome)
    return tuple(sorted(map(tuple, rows.values()), key=lambda row: bool(row[0].gained or row[0].lost)))


def _is_quick(counted: Counted, climb_count: int) -> bool:
    return climb_count * len(counted.election.items) ** 2 <= MOST_CLIMBING


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
        return joined_clauses(parts, self.locale)

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
