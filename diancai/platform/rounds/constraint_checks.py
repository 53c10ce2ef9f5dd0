"""What the constraints of a rule book must keep to, by themselves and with its menu: asked when written, and before signing."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from diancai.budget import Constraints, Dimension, Election, Item, Method, Rule
from diancai.budget.contest import Contest
from diancai.budget.floors import check_constraints
from diancai.errors import InvalidInput
from diancai.platform.rounds.constraints import group_name, numbers_in
from diancai.voting import BallotForm, BallotType, TieOrder, TieRule, file_seed, profile_from_texts

HAS_RESERVE = frozenset({Method.GREEDY, Method.GREEDY_NO_SKIP})
MOST_FEN = 10**13


def problems_of(rule: Rule, items: Sequence[Item], fund_fen: int) -> Iterator[InvalidInput]:
    """Everything that is wrong with a rule's constraints, each with its `field`, the kind of constraint: InvalidInput
    constraints.amount, .count, .minimum, .reserve, .repeated_item, .unknown_item (number), .lonely, .decided_exclude
    (numbers), .empty_group (group), .too_few_items (group, count, winners), rule.no_reserve (method); and only if there
    is none of these constraints.impossible, constraints.decided_over_fund (short_fen).
    """
    problems = list(_shape_problems(rule, items))
    yield from problems
    if not problems and (problem := _impossible(rule, items, fund_fen)):
        yield problem


def _shape_problems(rule: Rule, items: Sequence[Item]) -> Iterator[InvalidInput]:
    constraints = rule.constraints
    yield from _amount_problems(constraints)
    yield from _item_problems(constraints, {item.number for item in items})
    yield from _group_problems(constraints, items)
    if constraints.reserve and rule.method not in HAS_RESERVE:
        yield InvalidInput("rule.no_reserve", field="reserve", method=rule.method)


def _impossible(rule: Rule, items: Sequence[Item], fund_fen: int) -> InvalidInput | None:
    """Why no count could keep the constraints, whatever the votes."""
    if not items or not (rule.constraints.floors or rule.constraints.decided):
        return None
    try:
        check_constraints(_contest(rule, items, fund_fen))
    except InvalidInput as refusal:
        field = "floors" if refusal.code == "constraints.impossible" else "decided"
        return InvalidInput(refusal.code, **(refusal.facts | {"field": field}))
    return None


def _contest(rule: Rule, items: Sequence[Item], fund_fen: int) -> Contest:
    """One in which every item has as much support as is asked."""
    numbers = tuple(item.number for item in items)
    form = BallotForm(BallotType.TICK, numbers, tuple(int(item.cost_fen) for item in items), 1, len(items), None)
    election = Election(tuple(items), fund_fen, profile_from_texts(form, [numbers[0]]))
    votes = dict.fromkeys(numbers, max(1, rule.constraints.least_score))
    return Contest(election, rule, TieOrder(TieRule.LISTED, file_seed()), votes, dict.fromkeys(numbers, 1))


def _amount_problems(constraints: Constraints) -> Iterator[InvalidInput]:
    if any(not 0 <= ceiling.limit_fen <= MOST_FEN for ceiling in constraints.ceilings):
        yield InvalidInput("constraints.amount", field="ceilings")
    if any(floor.winner_count < 1 for floor in constraints.floors):
        yield InvalidInput("constraints.count", field="floors")
    if constraints.winner_limit is not None and constraints.winner_limit < 1:
        yield InvalidInput("constraints.count", field="winner_limit")
    if constraints.least_score < 0 or not 0 <= constraints.least_share <= 1:
        yield InvalidInput("constraints.minimum", field="minimum")
    reserve = constraints.reserve
    if reserve and not (Fraction(0) <= reserve.share <= 1 and 0 < reserve.amount_fen <= MOST_FEN):
        yield InvalidInput("constraints.reserve", field="reserve")


def _item_problems(constraints: Constraints, known: set[str]) -> Iterator[InvalidInput]:
    fields: Mapping[str, tuple[tuple[str, ...], ...]] = {
        "decided": (constraints.decided,),
        "exclusive": constraints.exclusive,
    }
    for field, groups in fields.items():
        for numbers in groups:
            if repeated := [number for number, count in Counter(numbers).items() if count > 1]:
                yield InvalidInput("constraints.repeated_item", field=field, number=repeated[0])
    for number in dict.fromkeys(numbers_in(constraints)):
        if number not in known:
            field = "decided" if number in constraints.decided else "exclusive"
            yield InvalidInput("constraints.unknown_item", field=field, number=number)
    if any(len(numbers) < 2 for numbers in constraints.exclusive):
        yield InvalidInput("constraints.lonely", field="exclusive")
    for numbers in constraints.exclusive:
        if len(set(numbers) & set(constraints.decided)) > 1:
            yield InvalidInput("constraints.decided_exclude", field="decided", numbers="、".join(numbers))


def _group_problems(constraints: Constraints, items: Sequence[Item]) -> Iterator[InvalidInput]:
    """A group without items binds nothing: most likely its name is wrong. A group never has more winners than items."""
    sizes = {dimension: Counter(item.groups[dimension] for item in items) for dimension in Dimension}
    for ceiling in constraints.ceilings:
        if not sizes[ceiling.dimension][ceiling.group]:
            yield InvalidInput("constraints.empty_group", field="ceilings", group=group_name(ceiling.group))
    for floor in constraints.floors:
        count = sizes[constraints.floor_dimension][floor.group]
        if count < floor.winner_count:
            facts = {"group": group_name(floor.group), "count": count, "winners": floor.winner_count}
            yield InvalidInput("constraints.too_few_items", field="floors", **facts)
