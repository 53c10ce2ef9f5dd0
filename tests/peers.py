"""An election as pabutools has it, and what it elects: exact numbers, ties by the id string.

The conventions that differ are met here (docs/counting.md, "Beside other engines"): pabutools gets no item without
support, none withdrawn, none that is free, and rankings as points. Needs pabutools; import it after `importorskip`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from pabutools.election import (
    Additive_Cardinal_Sat,
    AdditiveSatisfaction,
    ApprovalMultiProfile,
    Cardinality_Sat,
    Cost_Sat,
    CumulativeMultiProfile,
    FrozenApprovalBallot,
    FrozenCumulativeBallot,
    Instance,
    Project,
)
from pabutools.rules import (
    BudgetAllocation,
    completion_by_rule_combination,
    greedy_utilitarian_welfare,
    method_of_equal_shares,
    popularity_comparison,
    sequential_phragmen,
)

from diancai.budget import Completion, Election, Method, Rule, Utility, allocate
from diancai.voting import MarkKind, TieOrder, TieRule, item_scores

UNIT_FEN = 100
"""What Add1 adds: one unit of the main currency."""
CLIMBS = frozenset({Completion.ADD1, Completion.ADD1_FULL, Completion.ADD1_GREEDY, Completion.COMPARISON})


class CostTimesPoints(AdditiveSatisfaction):
    """The peer's greedy rule divides by the cost; with this it goes by points alone."""

    def __init__(self, instance: Any, profile: Any, ballot: Any) -> None:
        super().__init__(
            instance, profile, ballot, lambda _i, _p, held, project, _v: held.get(project, 0) * project.cost
        )


@dataclass(frozen=True)
class Peer:
    """What the peer's rules are called with, and how satisfied it takes a voter to be."""

    instance: Any
    profile: Any
    satisfaction: Any
    by_votes: Any
    """Satisfaction under which its greedy rule goes by votes, or by points."""

    def alone(self, rule: Any, /, **options: Any) -> Any:
        return rule(self.instance, self.profile, **options)

    def shares(self, **options: Any) -> Any:
        return self.alone(method_of_equal_shares, sat_class=self.satisfaction, binary_sat=False, **options)

    def greedy(self) -> Any:
        return self.alone(greedy_utilitarian_welfare, sat_class=self.by_votes)

    def per_cost(self) -> Any:
        by_number = Additive_Cardinal_Sat if self.by_votes is CostTimesPoints else Cardinality_Sat
        return self.alone(greedy_utilitarian_welfare, sat_class=by_number)

    def phragmen(self) -> Any:
        return self.alone(sequential_phragmen)

    def add1_full(self) -> Any:
        """A unit more for every ballot, again and again, until the fund is exceeded or nothing is left to buy."""
        instance, before = self.instance, BudgetAllocation()
        while True:
            outcome = replace(self, instance=instance).shares()
            if not self.instance.is_feasible(outcome):
                return before
            if len(outcome) == len(instance):
                return outcome
            before = outcome
            instance = Instance(instance, budget_limit=instance.budget_limit + UNIT_FEN * self.profile.num_ballots())

    def then(self, second: Any, first: Mapping[str, Any], **options: Any) -> Any:
        shares = {"sat_class": self.satisfaction, "binary_sat": False, **first}
        return self.alone(
            completion_by_rule_combination,
            rule_sequence=[method_of_equal_shares, second],
            rule_params=[shares, options],
        )

    def then_greedy(self, **first: Any) -> Any:
        return self.then(greedy_utilitarian_welfare, first, sat_class=self.by_votes)

    def comparison(self) -> Any:
        """Ties, of which the peer returns all, go to greedy, which stands second."""
        shares = {"sat_class": self.satisfaction, "binary_sat": False, "voter_budget_increment": UNIT_FEN}
        found = self.alone(
            popularity_comparison,
            sat_class=Cost_Sat,
            rule_sequence=[method_of_equal_shares, greedy_utilitarian_welfare],
            rule_params=[shares, {"sat_class": self.by_votes}],
        )
        return found[-1]


_METHODS: Mapping[Method, Callable[[Peer], Any]] = {
    Method.GREEDY: Peer.greedy,
    Method.GREEDY_PER_COST: Peer.per_cost,
    Method.PHRAGMEN: Peer.phragmen,
}
_SHARES: Mapping[Completion, Callable[[Peer], Any]] = {
    Completion.NONE: Peer.shares,
    Completion.ADD1: partial(Peer.shares, voter_budget_increment=UNIT_FEN),
    Completion.ADD1_FULL: Peer.add1_full,
    Completion.ADD1_GREEDY: partial(Peer.then_greedy, voter_budget_increment=UNIT_FEN),
    Completion.GREEDY: Peer.then_greedy,
    Completion.PHRAGMEN: lambda peer: peer.then(sequential_phragmen, {}),
    Completion.COMPARISON: Peer.comparison,
}


def rules_for(kind: MarkKind) -> list[Rule]:
    """What pabutools and we can count for such ballots."""
    is_approval = kind is MarkKind.APPROVAL
    methods = [method for method in _METHODS if is_approval or method is not Method.PHRAGMEN]
    utilities = [utility for utility in Utility if not is_approval or utility is not Utility.SCORE]
    completions = [completion for completion in _SHARES if is_approval or completion is not Completion.PHRAGMEN]
    shares = [Rule(Method.EQUAL_SHARES, utility=u, completion=c) for u in utilities for c in completions]
    return [*map(Rule, methods), *shares]


def climbs(rule: Rule) -> bool:
    """Whether Add1 is part of it: the peer goes step by step, each a count of its own."""
    return rule.completion in CLIMBS


def is_same(ours: Sequence[str], theirs: Sequence[str], rule: Rule) -> bool:
    """In the same order too, but after Phragmén, whose winners pabutools sorts."""
    if Method.PHRAGMEN in (rule.method, rule.completion):
        return sorted(ours) == sorted(theirs)
    return list(ours) == list(theirs)


def our_winners(election: Election, rule: Rule) -> list[str]:
    """Without free items, which pabutools is not given."""
    costs = {item.number: item.cost_fen for item in election.items}
    return [number for number in allocate(election, rule, TieOrder(TieRule.ID)).winners if costs[number]]


def winners_of_peer(election: Election, rule: Rule) -> list[str]:
    count = _SHARES[rule.completion] if rule.method is Method.EQUAL_SHARES else _METHODS[rule.method]
    return [str(project.name) for project in count(_peer_of(election, rule))]


def _peer_of(election: Election, rule: Rule) -> Peer:
    scores = item_scores(election.profile)
    projects = {
        item.number: Project(item.number, item.cost_fen)
        for item in election.items
        if scores[item.number] > 0 and item.cost_fen and not item.is_withdrawn
    }
    instance = Instance(projects.values(), budget_limit=election.fund_fen)
    if election.profile.mark_kind is MarkKind.APPROVAL or _asks_for_membership(rule):
        satisfaction = Cost_Sat if rule.utility is Utility.COST else Cardinality_Sat
        return Peer(instance, _approvals(election, instance, projects), satisfaction, Cost_Sat)
    satisfaction = {Utility.COST: Cost_Sat, Utility.CARDINALITY: Cardinality_Sat}.get(
        rule.utility, Additive_Cardinal_Sat
    )
    return Peer(instance, _points(election, instance, projects), satisfaction, CostTimesPoints)


def _asks_for_membership(rule: Rule) -> bool:
    """Whether the points of a ballot are nothing to the rule."""
    is_alone = rule.method is Method.EQUAL_SHARES and rule.completion in (Completion.NONE, Completion.ADD1)
    return is_alone and rule.utility is not Utility.SCORE


def _approvals(election: Election, instance: Any, projects: Mapping[str, Any]) -> Any:
    profile = ApprovalMultiProfile(instance=instance)
    for ballot in election.profile.ballots:
        profile[FrozenApprovalBallot(projects[mark] for mark in ballot.marks if mark in projects)] += ballot.count
    return profile


def _points(election: Election, instance: Any, projects: Mapping[str, Any]) -> Any:
    profile = CumulativeMultiProfile(instance=instance)
    places = election.profile.place_count
    for ballot in election.profile.ballots:
        points = ballot.points or [max(places - position, 0) for position in range(len(ballot.marks))]
        given = {projects[mark]: n for mark, n in zip(ballot.marks, points, strict=True) if mark in projects}
        profile[FrozenCumulativeBallot(given)] += ballot.count
    return profile
