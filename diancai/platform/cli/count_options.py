"""What `diancai count` was asked for: which options go together, and the rule they make."""

from collections.abc import Sequence
from dataclasses import dataclass

from diancai.budget import METHODS, Binding, Completion, Constraints, Method, Rule, Utility
from diancai.budget.official import names_known_rule
from diancai.platform.cli.terminal import Refusal
from diancai.platform.core.texts import say
from diancai.voting import Exact, PabulibFile, TieOrder, TieRule, file_seed
from diancai.voting.exact import parse_exact

OFFICIAL = "official"
RULES = (*(method.value for method in Method), OFFICIAL)
UTILITIES = tuple(utility.value for utility in Utility)
COMPLETIONS = tuple(completion.value for completion in Completion if completion is not Completion.COMPARISON_FULL)
BINDINGS = tuple(binding.value for binding in Binding)
TIES = {"votes-cost-lot": TieRule.COST_THEN_LOT, "listed": TieRule.LISTED, "id": TieRule.ID}

_SHARES, _BOS, _TOP_K = Method.EQUAL_SHARES.value, Method.BOS.value, Method.TOP_K.value
_APPLIES_TO = {"utility": (_SHARES, _BOS), "completion": (_SHARES,), "k": (_TOP_K,), "fund": (_TOP_K,)}


@dataclass(frozen=True, slots=True)
class CountOptions:
    """The options as typed; None where one was left out. `budget` in the file's main unit."""

    rule: str | None
    utility: str | None
    completion: str | None
    ties: str
    seed: str
    budget: str | None
    unsupported: bool
    k: int | None
    fund: str | None
    exclusive: tuple[str, ...]

    @property
    def tie_order(self) -> TieOrder:
        return TieOrder(TIES[self.ties], file_seed(self.seed))


def rule_name_of(options: CountOptions, file: PabulibFile, locale: str) -> str:
    """The rule to count by: as asked, else the one that the file names, else greedy. Raises Refusal."""
    name = options.rule or (OFFICIAL if names_known_rule(file) else Method.GREEDY.value)
    for option, rules in _APPLIES_TO.items():
        if getattr(options, option) is not None and name not in rules:
            raise Refusal(say("count.only_for", locale, option=f"--{option}", rules=", ".join(rules), rule=name))
    if name != OFFICIAL and Method(name) not in METHODS:
        raise Refusal(say("count.no_method", locale, rule=name))
    if name == _TOP_K and options.k is None:
        raise Refusal(say("count.k_missing", locale))
    return name


def rule_of(options: CountOptions, method: Method, exclusive: Sequence[tuple[str, ...]]) -> Rule:
    """The rule of any method."""
    return Rule(
        method,
        seat_count=options.k,
        binding=Binding(options.fund or Binding.SKIP),
        utility=Utility(options.utility or Utility.COST),
        completion=Completion(options.completion or Completion.NONE),
        constraints=Constraints(exclusive=tuple(exclusive)),
        is_open_to_unsupported=options.unsupported,
    )


def exclusive_groups(options: CountOptions, file: PabulibFile, locale: str) -> tuple[tuple[str, ...], ...]:
    """`--exclusive A,B`, once for each group. Raises Refusal for unknown numbers and groups of one."""
    known, groups = set(file.project_ids), []
    for text in options.exclusive:
        group = tuple(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))
        unknown = next((number for number in group if number not in known), None)
        if unknown is not None:
            raise Refusal(say("count.exclusive_unknown", locale, number=unknown))
        if len(group) < 2:
            raise Refusal(say("count.exclusive_few", locale))
        groups.append(group)
    return tuple(groups)


def fund_fen_of(options: CountOptions, locale: str) -> Exact | None:
    """`--budget`; None where the file's own counts. Raises Refusal."""
    if options.budget is None:
        return None
    try:
        budget = parse_exact(options.budget)
    except ValueError:
        budget = -1
    if budget < 0:
        raise Refusal(say("count.bad_budget", locale))
    return budget * 100
