"""The ranking queue of applications (排序规则, X-07): who comes first where more apply than the year's quota admits.

The rule is published with the call, its criteria are figures that everyone can look up: the share of the parties that
consent, the age of the building, the day of the application as a number. A ranking, not an allocation: the office
carries it out from the first on.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from itertools import groupby

from diancai.budget.ties import Tie
from diancai.errors import InvalidInput
from diancai.voting.exact import Exact, tidy
from diancai.voting.ties import TieOrder


class First(StrEnum):
    """Which end of a criterion goes first."""

    HIGHEST = "highest"
    LOWEST = "lowest"


@dataclass(frozen=True, slots=True)
class Criterion:
    """One figure of an application, by its code."""

    code: str
    first: First = First.HIGHEST


@dataclass(frozen=True, slots=True)
class WeightedCriterion:
    """A figure that is worth up to `weight` points: none at `worst` or beyond, all at `best` or beyond, in proportion
    between them. Fixed beforehand, so that no position hangs on who else applies.
    """

    code: str
    weight: Exact
    worst: Exact
    best: Exact


@dataclass(frozen=True, slots=True)
class LexicographicRule:
    """The first criterion decides; the next one only among equals."""

    criteria: tuple[Criterion, ...]


@dataclass(frozen=True, slots=True)
class WeightedRule:
    """The sum of points decides."""

    criteria: tuple[WeightedCriterion, ...]


QueueRule = LexicographicRule | WeightedRule


@dataclass(frozen=True, slots=True)
class Application:
    """An application by its number, with the figure of every criterion of the rule."""

    number: str
    figures: Mapping[str, Exact]


@dataclass(frozen=True, slots=True)
class Position:
    """A place in the queue, from 1, and what put it before the next one.

    `score`: the sum of points, or None where the first criterion decides. `parts`: by criterion its figure, or its
    points. `decided_by`: the code of the criterion, "score", or the order of ties ("lot", "listed", "id"); "" for the
    last one. `ahead_by`: the difference that decided, above zero; None where ties did.
    """

    number: str
    position: int
    parts: Mapping[str, Exact]
    score: Exact | None = None
    decided_by: str = ""
    ahead_by: Exact | None = None


@dataclass(frozen=True, slots=True)
class Queue:
    """All applications from the first to the last, and those that the rule does not tell apart, as ties."""

    positions: tuple[Position, ...]
    ties: tuple[Tie, ...] = field(default=())


def check_queue_rule(rule: QueueRule) -> None:
    """Refuse a rule that ranks nothing. Meant for drafting, and asked again before each ranking.

    Raises InvalidInput: queue.no_criteria, queue.repeated_criterion (criterion), queue.bad_weight (criterion) for a weight not
    above zero, queue.no_range (criterion) where best is worst.
    """
    codes = [criterion.code for criterion in rule.criteria]
    if not codes:
        raise InvalidInput("queue.no_criteria")
    _refuse_repeated(codes, "queue.repeated_criterion", "criterion")
    for criterion in rule.criteria:
        if isinstance(criterion, Criterion):
            continue
        if criterion.weight <= 0:
            raise InvalidInput("queue.bad_weight", criterion=criterion.code)
        if criterion.best == criterion.worst:
            raise InvalidInput("queue.no_range", criterion=criterion.code)


def rank_applications(applications: Sequence[Application], rule: QueueRule, ties: TieOrder) -> Queue:
    """The queue. Exact, and the same for the same arguments in any order, unless ties go by it.

    Raises InvalidInput: as `check_queue_rule`; queue.repeated_application (number), queue.no_figure (number, criterion).
    """
    check_queue_rule(rule)
    _refuse_repeated([application.number for application in applications], "queue.repeated_application", "number")
    for application in applications:
        for criterion in rule.criteria:
            if criterion.code not in application.figures:
                raise InvalidInput("queue.no_figure", number=application.number, criterion=criterion.code)
    # Applications have no cost here: of the default order of ties only the lot is left.
    ranks = ties.ranks({application.number: 0 for application in applications})
    keys = {application.number: _key(application, rule) for application in applications}
    order = sorted(applications, key=lambda application: (keys[application.number], ranks[application.number]))
    decided_by = "lot" if "lot" in ties.rule else str(ties.rule)
    following: list[Application | None] = [*order[1:], None]
    return Queue(
        tuple(
            _position(place, application, after, rule, decided_by)
            for place, (application, after) in enumerate(zip(order, following, strict=False), start=1)
        ),
        _ties(order, keys, decided_by),
    )


def _refuse_repeated(names: Sequence[str], code: str, fact: str) -> None:
    repeated = [name for name, count in Counter(names).items() if count > 1]
    if repeated:
        raise InvalidInput(code, **{fact: repeated[0]})


def _key(application: Application, rule: QueueRule) -> tuple[Exact, ...]:
    """Lower goes first, equal for tied applications."""
    if isinstance(rule, WeightedRule):
        return (-_total(_parts(application, rule)),)
    return tuple(
        application.figures[criterion.code] * (-1 if criterion.first is First.HIGHEST else 1)
        for criterion in rule.criteria
    )


def _parts(application: Application, rule: QueueRule) -> dict[str, Exact]:
    if isinstance(rule, WeightedRule):
        return {criterion.code: _points(criterion, application.figures[criterion.code]) for criterion in rule.criteria}
    return {criterion.code: application.figures[criterion.code] for criterion in rule.criteria}


def _total(parts: Mapping[str, Exact]) -> Exact:
    total = Fraction(0)
    for part in parts.values():
        total += part
    return tidy(total)


def _points(criterion: WeightedCriterion, figure: Exact) -> Exact:
    share = Fraction(figure - criterion.worst) / (criterion.best - criterion.worst)
    return tidy(criterion.weight * min(max(share, Fraction(0)), Fraction(1)))


def _position(
    place: int, application: Application, after: Application | None, rule: QueueRule, decided_by: str
) -> Position:
    is_weighted = isinstance(rule, WeightedRule)
    parts = _parts(application, rule)
    score = _total(parts) if is_weighted else None
    if after is None:
        return Position(application.number, place, parts, score)
    codes = ("score",) if is_weighted else tuple(criterion.code for criterion in rule.criteria)
    for code, mine, theirs in zip(codes, _key(application, rule), _key(after, rule), strict=True):
        if mine != theirs:
            return Position(application.number, place, parts, score, code, tidy(abs(Fraction(theirs - mine))))
    return Position(application.number, place, parts, score, decided_by)


def _ties(order: Sequence[Application], keys: Mapping[str, tuple[Exact, ...]], decided_by: str) -> tuple[Tie, ...]:
    groups = (tuple(group) for _, group in groupby((a.number for a in order), key=lambda number: keys[number]))
    return tuple(Tie(group, decided_by) for group in groups if len(group) > 1)
