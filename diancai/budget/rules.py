"""Allocation rules: what a rule book, a file or a command line may name, and which ballots each can count."""

from dataclasses import dataclass, field
from enum import StrEnum

from diancai.budget.constraints import Constraints
from diancai.errors import InvalidInput
from diancai.voting.profile import MarkKind


class Method(StrEnum):
    """按票数从高到低 (超额跳过, 遇超即止), 按性价比, 取前 k 项, 均等份额法, 弗拉格曼法, bounded overspending."""

    GREEDY = "greedy"
    GREEDY_NO_SKIP = "greedy-no-skip"
    GREEDY_PER_COST = "greedy-per-cost"
    TOP_K = "top-k"
    EQUAL_SHARES = "equal-shares"
    PHRAGMEN = "phragmen"
    BOS = "bos"


RULE_BOOK_METHODS = tuple(method for method in Method if method is not Method.BOS)
"""What a rule book may name; the other is for analysis."""

LISTS = frozenset({Method.GREEDY, Method.GREEDY_NO_SKIP, Method.GREEDY_PER_COST, Method.TOP_K})
"""The greedy family: down one list, from the best to the last."""


class Binding(StrEnum):
    """What an item does that no longer fits: it is skipped, it ends the count, or the fund does not bind."""

    SKIP = "skip"
    STOP = "stop"
    NONE = "none"


class Utility(StrEnum):
    """What a voter has from a supported winner, in equal shares and BOS: its cost, one, or the points given to it."""

    COST = "cost"
    CARDINALITY = "cardinality"
    SCORE = "score"


class Completion(StrEnum):
    """What happens with the money that equal shares leave (count.md).

    `comparison-full` is `comparison` of `add1-full`, as some cities did it.
    """

    NONE = "none"
    ADD1 = "add1"
    ADD1_FULL = "add1-full"
    ADD1_GREEDY = "add1-greedy"
    GREEDY = "greedy"
    PHRAGMEN = "phragmen"
    COMPARISON = "comparison"
    COMPARISON_FULL = "comparison-full"


RULE_BOOK_COMPLETIONS = tuple(completion for completion in Completion if completion is not Completion.COMPARISON_FULL)
"""What a rule book may name; the other is for files."""


@dataclass(frozen=True, slots=True)
class Rule:
    """An allocation rule with its parameters.

    `seat_count` and `binding` belong to `top-k`, `utility` to `equal-shares` and `bos`, `completion` to `equal-shares`.
    `is_open_to_unsupported`: items without support may win money that is left, as the peers have it; off in a rule book.
    """

    method: Method
    seat_count: int | None = None
    binding: Binding = Binding.SKIP
    utility: Utility = Utility.COST
    completion: Completion = Completion.NONE
    constraints: Constraints = field(default_factory=Constraints)
    is_open_to_unsupported: bool = False


def check_rule(rule: Rule, mark_kind: MarkKind) -> None:
    """Refuse a rule that cannot count such ballots. Meant for drafting, and asked again before each count.

    Raises InvalidInput: rule.not_for_ballot (method, mark_kind), rule.no_seat_count (seat_count), rule.no_reserve
    (method). Source: count.md, ballot type × rule.
    """
    if not _counts(rule, mark_kind):
        raise InvalidInput("rule.not_for_ballot", method=rule.method, mark_kind=mark_kind)
    if rule.method is Method.TOP_K and (rule.seat_count is None or rule.seat_count < 1):
        raise InvalidInput("rule.no_seat_count", seat_count=rule.seat_count)
    if rule.constraints.reserve and rule.method not in (Method.GREEDY, Method.GREEDY_NO_SKIP):
        raise InvalidInput("rule.no_reserve", method=rule.method)


def _counts(rule: Rule, mark_kind: MarkKind) -> bool:
    """Files may be counted with any utility; what a rule book may name is narrower (`check_rule_book_rule`)."""
    return mark_kind is MarkKind.APPROVAL or rule.method is not Method.PHRAGMEN


def check_rule_book_rule(rule: Rule, mark_kind: MarkKind, *, is_imported: bool = False) -> None:
    """Refuse a rule that a rule book may not name for such ballots. Imported elections may use any utility.

    Raises InvalidInput as `check_rule`, and rule.not_for_rule_book (method), rule.completion_not_for_rule_book
    (completion), rule.completion_not_for_ballot (completion, mark_kind), rule.utility_not_for_ballot (utility,
    mark_kind). Source: count.md, ballot type × rule; docs/bundle.md.
    """
    if rule.method not in RULE_BOOK_METHODS:
        raise InvalidInput("rule.not_for_rule_book", method=rule.method)
    if mark_kind is not MarkKind.APPROVAL and rule.method is Method.GREEDY_PER_COST:
        raise InvalidInput("rule.not_for_ballot", method=rule.method, mark_kind=mark_kind)
    check_rule(rule, mark_kind)
    if rule.method is Method.EQUAL_SHARES:
        _check_shares(rule, mark_kind, is_imported=is_imported)


def _check_shares(rule: Rule, mark_kind: MarkKind, *, is_imported: bool) -> None:
    is_approval = mark_kind is MarkKind.APPROVAL
    if rule.completion not in RULE_BOOK_COMPLETIONS:
        raise InvalidInput("rule.completion_not_for_rule_book", completion=rule.completion)
    if rule.completion is Completion.PHRAGMEN and not is_approval:
        raise InvalidInput("rule.completion_not_for_ballot", completion=rule.completion, mark_kind=mark_kind)
    if not is_imported and (rule.utility is Utility.SCORE) is is_approval:
        raise InvalidInput("rule.utility_not_for_ballot", utility=rule.utility, mark_kind=mark_kind)
