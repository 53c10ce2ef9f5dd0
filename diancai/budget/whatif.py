"""What if: the same ballots under another rule, with another fund, without a ceiling. For analysis, never a result."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction

from diancai.budget.allocation import allocate, allocate_contest
from diancai.budget.constraints import Ceiling
from diancai.budget.contest import Contest, contest_of
from diancai.budget.election import Election
from diancai.budget.fairness import Fairness, fairness_of
from diancai.budget.rules import Completion, Method, Rule, Utility, check_rule
from diancai.budget.summary import Summary, summarise
from diancai.errors import InvalidInput
from diancai.voting.exact import Exact, tidy
from diancai.voting.profile import MarkKind
from diancai.voting.ties import TieOrder

PERCENTS = (-20, -10, 10, 20)
_CLIMBING = frozenset(
    {
        Completion.ADD1,
        Completion.ADD1_FULL,
        Completion.ADD1_GREEDY,
        Completion.COMPARISON,
        Completion.COMPARISON_FULL,
    }
)


class Change(StrEnum):
    """What differs from the count that holds."""

    RULE = "rule"
    FUND = "fund"
    CEILING = "ceiling"


@dataclass(frozen=True, slots=True)
class Outcome:
    """The count with one thing changed.

    `percent`: of the fund, more or less, for FUND. `ceiling`: the one that is left out, for CEILING. `gained` and
    `lost` against the count that holds: `gained` in order of selection, `lost` in that of the other count. `refused`:
    the code of what makes the count impossible, which then has no winners, else "". `summary` and `fairness` say what
    the outcome means; None where it is refused.
    """

    change: Change
    rule: Rule
    fund_fen: Exact
    winners: tuple[str, ...]
    gained: tuple[str, ...]
    lost: tuple[str, ...]
    spent_fen: Exact
    left_fen: Exact
    percent: int = 0
    ceiling: Ceiling | None = None
    refused: str = ""
    summary: Summary | None = None
    fairness: Fairness | None = None


def what_if(election: Election, rule: Rule, ties: TieOrder, percents: Sequence[int] = PERCENTS) -> tuple[Outcome, ...]:
    """Every other rule but those with Add1, then the fund by percent, then without each ceiling. Same order of ties.

    Slow where `rule` itself has Add1. Raises InvalidInput as `allocate` does.
    """
    base = allocate(election, rule, ties).winners
    return (
        *under_rules(election, quick_rules(rule, election.profile.mark_kind), ties, base),
        *with_other_funds(election, rule, ties, base, percents),
        *without_ceilings(election, rule, ties, base),
    )


def under_rules(election: Election, rules: Sequence[Rule], ties: TieOrder, base: Sequence[str]) -> tuple[Outcome, ...]:
    """The count under each of these rules, against the winners of the count that holds.

    Rules that climb with Add1 over the same shares climb once. Raises InvalidInput as `check_rule` does.
    """
    if not rules:
        return ()
    contest = contest_of(election, rules[0], ties)
    for rule in rules:
        check_rule(rule, election.profile.mark_kind)
    return tuple(_outcome_of(replace(contest, rule=rule), base, Change.RULE) for rule in rules)


def quick_rules(rule: Rule, mark_kind: MarkKind) -> tuple[Rule, ...]:
    """Every other rule without Add1 that can count such ballots, under the same constraints.

    `top-k` only with its own k. The reserve goes with the rules that know it.
    """
    return tuple(other for other in _all_rules(rule, mark_kind) if not climbs(other))


def slow_rules(rule: Rule, mark_kind: MarkKind) -> tuple[Rule, ...]:
    """As `quick_rules`, those with Add1: for few ballots, or where nobody waits."""
    return tuple(other for other in _all_rules(rule, mark_kind) if climbs(other))


def climbs(rule: Rule) -> bool:
    """Whether the rule climbs with Add1: one count is then many runs."""
    return rule.method is Method.EQUAL_SHARES and rule.completion in _CLIMBING


def _all_rules(rule: Rule, mark_kind: MarkKind) -> Iterator[Rule]:
    is_approval = mark_kind is MarkKind.APPROVAL
    utilities = (Utility.COST, Utility.CARDINALITY) if is_approval else (Utility.SCORE,)
    plain = replace(rule, utility=Utility.COST, completion=Completion.NONE)
    methods = [Method.GREEDY, Method.GREEDY_NO_SKIP, Method.GREEDY_PER_COST]
    methods += [Method.TOP_K] if rule.seat_count else []
    methods += [Method.PHRAGMEN] if is_approval else []
    others = [replace(plain, method=method) for method in methods]
    for utility in utilities:
        shares = replace(plain, method=Method.EQUAL_SHARES, utility=utility)
        others += [replace(shares, completion=completion) for completion in Completion]
        others.append(replace(plain, method=Method.BOS, utility=utility))
    return (_fitting(other) for other in others if _fitting(other) != _fitting(rule))


def _fitting(rule: Rule) -> Rule:
    """The rule without what it does not know."""
    if rule.method in (Method.GREEDY, Method.GREEDY_NO_SKIP):
        return rule
    return replace(rule, constraints=replace(rule.constraints, reserve=None))


def with_other_funds(
    election: Election, rule: Rule, ties: TieOrder, base: Sequence[str], percents: Sequence[int] = PERCENTS
) -> Iterator[Outcome]:
    """The count with the fund changed by each percentage. Slow where `rule` climbs with Add1."""
    for percent in percents:
        fund_fen = tidy(Fraction(election.fund_fen) * (100 + percent) / 100)
        changed = replace(election, fund_fen=fund_fen)
        yield replace(_outcome(changed, rule, ties, base, Change.FUND), percent=percent)


def without_ceilings(election: Election, rule: Rule, ties: TieOrder, base: Sequence[str]) -> Iterator[Outcome]:
    """The count without each of its ceilings in turn. Slow where `rule` climbs with Add1."""
    for place, ceiling in enumerate(rule.constraints.ceilings):
        kept = rule.constraints.ceilings[:place] + rule.constraints.ceilings[place + 1 :]
        changed = replace(rule, constraints=replace(rule.constraints, ceilings=kept))
        yield replace(_outcome(election, changed, ties, base, Change.CEILING), ceiling=ceiling)


def _outcome(election: Election, rule: Rule, ties: TieOrder, base: Sequence[str], change: Change) -> Outcome:
    return _outcome_of(contest_of(election, rule, ties), base, change)


def _outcome_of(contest: Contest, base: Sequence[str], change: Change) -> Outcome:
    election, rule = contest.election, contest.rule
    try:
        allocation = allocate_contest(contest)
    except InvalidInput as refusal:
        # A smaller fund may not pay what was decided in advance.
        nothing = (change, rule, election.fund_fen, (), (), tuple(base), 0, election.fund_fen)
        return Outcome(*nothing, refused=refusal.code)
    winners = allocation.winners
    return Outcome(
        change=change,
        rule=rule,
        fund_fen=election.fund_fen,
        winners=winners,
        gained=tuple(number for number in winners if number not in base),
        lost=tuple(number for number in base if number not in winners),
        spent_fen=allocation.spent_fen,
        left_fen=allocation.left_fen,
        summary=summarise(election, winners),
        fairness=fairness_of(election, rule, winners),
    )
