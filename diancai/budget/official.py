"""`official`: the rule that an election file names, and whether the ballots give the winners that the file states.

The count reads none of the columns `selected`, `votes` and `score`; only the comparison afterwards reads `selected`.
Source of the names: http://pabulib.org/format; how they are understood: count.md.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

from diancai.budget.allocation import Allocation, allocate
from diancai.budget.constraints import Constraints, Reserve
from diancai.budget.contest import Report
from diancai.budget.election import Election, election_from_pabulib
from diancai.budget.rules import Completion, Method, Rule
from diancai.errors import InvalidInput
from diancai.voting.exact import Exact, parse_exact
from diancai.voting.pabulib import PabulibFile
from diancai.voting.ties import TieOrder

_METHODS: Mapping[str, tuple[Method, Completion]] = {
    "greedy": (Method.GREEDY, Completion.NONE),
    "greedy-threshold": (Method.GREEDY, Completion.NONE),
    "greedy-no-skip": (Method.GREEDY_NO_SKIP, Completion.NONE),
    "greedy-exclusive": (Method.GREEDY, Completion.NONE),
    "greedy-custom": (Method.GREEDY, Completion.NONE),
    "equalshares/add1": (Method.EQUAL_SHARES, Completion.ADD1_FULL),
    "equalshares/add1-comparison": (Method.EQUAL_SHARES, Completion.COMPARISON_FULL),
}
_EIGHTY_PERCENT = re.compile(r"(?<![\d.,])80\s*(%|per\s?cent\b)", re.IGNORECASE)
_COMPLETED_SHARE = Fraction(4, 5)
_PLACEHOLDER_COST = 999_999_999
"""What the collection writes for the cost of a project that was withdrawn."""

ExclusiveGroups = Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class Note:
    """One thing to know about an official count: a code and its facts."""

    code: str
    facts: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class OfficialCount:
    """A count by the rule that the file names.

    `rule_name` as the file has it, `election` as it was counted. `winners`: the official ones, in file order; () where the file states none.
    `is_reproduced` is None there.
    """

    rule_name: str
    rule: Rule
    election: Election
    allocation: Allocation
    winners: tuple[str, ...]
    is_reproduced: bool | None
    notes: tuple[Note, ...]


@dataclass(frozen=True, slots=True)
class _TowardsOfficial(TieOrder):
    """Among equals those that won officially go first, in the order in which they were funded, then the dearest.

    If any way to break ties gives the official winners, this one does.
    """

    selected: Mapping[str, Exact] = field(default_factory=dict)

    def ranks(self, costs: Mapping[str, Exact], votes: Mapping[str, Exact] | None = None) -> dict[str, int]:
        ordered = sorted(costs, key=lambda number: (self.selected.get(number, 3), -costs[number]))
        return {number: rank for rank, number in enumerate(ordered)}


def official_name(file: PabulibFile) -> str:
    """The name of the rule, without the spaces and capitals that some files add."""
    return re.sub(r"\s+", "", file.value("rule")).lower()


def names_known_rule(file: PabulibFile) -> bool:
    """Whether `official_rule` knows the rule. A custom one is known only where its comment gives the 80 % rule."""
    return official_name(file) in _METHODS and (not _is_custom(file) or _has_eighty_percent_rule(file))


def official_rule(file: PabulibFile, exclusive: ExclusiveGroups = ()) -> Rule:
    """The rule that the file names, with its threshold. `exclusive`: of each group of numbers one may win.

    Raises InvalidInput official.unknown_rule (rule), official.bad_threshold (value).
    """
    if not names_known_rule(file):
        raise InvalidInput("official.unknown_rule", rule=file.value("rule"))
    method, completion = _METHODS[official_name(file)]
    constraints = Constraints(exclusive=tuple(tuple(group) for group in exclusive))
    if method is not Method.EQUAL_SHARES:
        constraints = replace(constraints, least_score=_threshold(file))
    if _is_custom(file):
        # What is missing is less than the cost of an item: no limit.
        constraints = replace(constraints, reserve=Reserve(_COMPLETED_SHARE, sum(file.costs) * 100))
    return Rule(method, completion=completion, constraints=constraints, is_open_to_unsupported=True)


def official_election(file: PabulibFile) -> Election:
    """The election of the file; what carries the cost of a placeholder is withdrawn."""
    election = election_from_pabulib(file)
    placeholders = set(_placeholders(file))
    items = (replace(item, is_withdrawn=item.number in placeholders) for item in election.items)
    return replace(election, items=tuple(items))


def official_winners(file: PabulibFile) -> tuple[str, ...]:
    """`selected` = 1, and 2 as well under the 80 % rule, in file order; () where the file states none."""
    return tuple(number for number, selected in selections(file).items() if selected in _codes_of_winners(file))


def selections(file: PabulibFile) -> dict[str, Exact]:
    """The column `selected` by project: 0, 1, or 2 and 3 for what was funded otherwise; {} without that column."""
    column = next((name for name in file.project_columns if name.strip().casefold() == "selected"), None)
    if column is None:
        return {}
    values = file.project_values(column)
    return {number: _code(value) for number, value in zip(file.project_ids, values, strict=True)}


def count_official(
    file: PabulibFile,
    ties: TieOrder,
    *,
    exclusive: ExclusiveGroups = (),
    fund_fen: Exact | None = None,
    report: Report | None = None,
) -> OfficialCount:
    """Count by the rule that the file names, and compare. `fund_fen`: another fund than the file's; `report`: see `allocate`.

    Raises InvalidInput as `official_rule` does.
    """
    rule = official_rule(file, exclusive)
    election = official_election(file)
    if fund_fen is not None:
        election = replace(election, fund_fen=fund_fen)
    allocation = allocate(election, rule, ties, report)
    winners = official_winners(file)
    is_reproduced = set(winners) == set(allocation.winners) if winners else None
    notes = [_verdict(file, election, rule, allocation, winners), *_remarks(file, rule, election)]
    return OfficialCount(official_name(file), rule, election, allocation, winners, is_reproduced, tuple(notes))


def _is_custom(file: PabulibFile) -> bool:
    return official_name(file) == "greedy-custom"


def _has_eighty_percent_rule(file: PabulibFile) -> bool:
    """The next project is funded when 80 % of it fits."""
    return _EIGHTY_PERCENT.search(file.value("comment")) is not None


def _threshold(file: PabulibFile) -> Exact:
    value = file.value("min_project_score_threshold", "0")
    try:
        return parse_exact(re.sub(r"\s", "", value))
    except ValueError:
        raise InvalidInput("official.bad_threshold", value=value) from None


def _placeholders(file: PabulibFile) -> list[str]:
    costs = zip(file.project_ids, file.costs, strict=True)
    return [number for number, cost in costs if cost == _PLACEHOLDER_COST]


def _codes_of_winners(file: PabulibFile) -> tuple[int, ...]:
    return (1, 2) if _is_custom(file) and _has_eighty_percent_rule(file) else (1,)


def _code(value: str) -> Exact:
    try:
        return parse_exact(value)
    except ValueError:
        return 0


def _verdict(
    file: PabulibFile, election: Election, rule: Rule, allocation: Allocation, winners: tuple[str, ...]
) -> Note:
    """Reproduced; or a miss, which is a tie if another order among equals gives the official winners."""
    if not winners:
        return Note("official.none_stated")
    official, counted = set(winners), set(allocation.winners)
    if official == counted:
        return Note("official.reproduced", {"count": len(winners)})
    facts = {
        "missing": tuple(number for number in winners if number not in counted),
        "extra": tuple(number for number in allocation.winners if number not in official),
    }
    otherwise = allocate(election, rule, _TowardsOfficial(selected=_tiers(file)))
    if set(otherwise.winners) != official:
        return Note("official.differs", facts)
    return Note("official.tie", {"tied": _tied(allocation, official ^ counted), **facts})


def _tiers(file: PabulibFile) -> dict[str, Exact]:
    codes = _codes_of_winners(file)
    return {number: selected for number, selected in selections(file).items() if selected in codes}


def _tied(allocation: Allocation, differing: set[str]) -> tuple[str, ...]:
    """Everyone in a tie with one whose fate differs."""
    met = (tie.numbers for tie in allocation.ties if differing & set(tie.numbers))
    return tuple(dict.fromkeys(number for numbers in met for number in numbers))


def _remarks(file: PabulibFile, rule: Rule, election: Election) -> list[Note]:
    remarks = []
    codes = _codes_of_winners(file)
    others = tuple(number for number, code in selections(file).items() if code not in (0, *codes))
    if others:
        remarks.append(Note("official.other_money", {"numbers": others}))
    if official_name(file) == "greedy-exclusive" and not rule.constraints.exclusive:
        remarks.append(Note("official.no_exclusive"))
    if official_name(file) == "greedy-threshold" and not file.value("min_project_score_threshold"):
        remarks.append(Note("official.no_threshold"))
    if _placeholders(file):
        remarks.append(Note("official.placeholder", {"numbers": tuple(_placeholders(file))}))
    if election.fund_fen != file.budget * 100:
        remarks.append(Note("official.other_fund"))
    return remarks
