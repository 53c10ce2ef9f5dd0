"""What if: every other rule, other funds, no ceiling; against counting each by itself."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from diancai.budget import (
    Ceiling,
    Change,
    Completion,
    Constraints,
    Dimension,
    Election,
    Method,
    Reserve,
    Rule,
    Utility,
    allocate,
    quick_rules,
    slow_rules,
    summarise,
    under_rules,
    what_if,
)
from diancai.voting import Exact, MarkKind, TieOrder, TieRule
from tests.elections import an_election, approval_elections, scored_elections

LISTED = TieOrder(TieRule.LISTED)


def test_the_fund_and_the_ceilings_by_hand() -> None:
    election = an_election({"1": 60, "2": 50, "3": 40}, 100, ["1,2", "1,2", "1", "3"])
    ceiling = Ceiling(Dimension.CATEGORY, "", 60)
    rule = Rule(Method.GREEDY, constraints=Constraints(ceilings=(ceiling,)))
    outcomes = what_if(election, rule, LISTED, percents=(-50, 20))
    less, more, free = [outcome for outcome in outcomes if outcome.change is not Change.RULE]
    assert (less.percent, less.fund_fen, less.winners, less.gained, less.lost) == (-50, 50, ("2",), ("2",), ("1",))
    assert (more.percent, more.fund_fen, more.winners, more.lost) == (20, 120, ("1",), ())
    assert (free.ceiling, free.winners, free.gained, free.left_fen) == (ceiling, ("1", "3"), ("3",), 0)


def test_a_fund_that_cannot_pay_what_is_decided_is_refused_not_raised() -> None:
    election = an_election({"1": 60}, 100, ["1"])
    rule = Rule(Method.GREEDY, constraints=Constraints(decided=("1",)))
    outcome = what_if(election, rule, LISTED, percents=(-50,))[-1]
    assert (outcome.refused, outcome.winners, outcome.lost) == ("constraints.decided_over_fund", (), ("1",))
    assert (outcome.summary, outcome.fairness) == (None, None)


def test_other_rules_are_all_but_the_one_that_holds() -> None:
    rules = quick_rules(Rule(Method.GREEDY), MarkKind.APPROVAL)
    assert Rule(Method.GREEDY) not in rules
    assert len(set(rules)) == len(rules) == 11
    assert {rule.method for rule in rules} == set(Method) - {Method.GREEDY, Method.TOP_K}
    assert {rule.completion for rule in slow_rules(Rule(Method.GREEDY), MarkKind.APPROVAL)} == {
        Completion.ADD1,
        Completion.ADD1_FULL,
        Completion.ADD1_GREEDY,
        Completion.COMPARISON,
        Completion.COMPARISON_FULL,
    }
    assert {rule.utility for rule in quick_rules(Rule(Method.GREEDY), MarkKind.POINTS)} == {Utility.COST, Utility.SCORE}


def test_a_rule_that_knows_no_reserve_goes_without() -> None:
    constraints = Constraints(reserve=Reserve(share=1, amount_fen=5))  # type: ignore[arg-type]
    for rule in quick_rules(Rule(Method.GREEDY, constraints=constraints), MarkKind.APPROVAL):
        assert (rule.constraints.reserve is not None) == (rule.method is Method.GREEDY_NO_SKIP)


@settings(deadline=None, max_examples=40)
@given(st.one_of(approval_elections(), scored_elections()), st.sampled_from([Method.GREEDY, Method.EQUAL_SHARES]))
def test_each_outcome_is_a_count_by_itself(election: Election, method: Method) -> None:
    rule = Rule(method, utility=Utility.SCORE)
    base = allocate(election, rule, LISTED).winners
    for outcome in what_if(election, rule, LISTED):
        allocation = allocate(replace(election, fund_fen=outcome.fund_fen), outcome.rule, LISTED)
        assert outcome.winners == allocation.winners
        assert outcome.spent_fen + outcome.left_fen == outcome.fund_fen
        assert set(base) - set(outcome.lost) | set(outcome.gained) == set(outcome.winners)
        assert outcome.summary == summarise(replace(election, fund_fen=outcome.fund_fen), outcome.winners)
        assert outcome.fairness
        assert outcome.fairness.is_promised <= (outcome.fairness.holds is True)


def test_add1_stands_beside_the_others_in_a_background_job() -> None:
    costs: dict[str, Exact] = {"1": 6000, "2": 3000}
    election = an_election(costs, 9000, ["1", "1", "2"])
    base = allocate(election, Rule(Method.EQUAL_SHARES), LISTED).winners
    outcomes = under_rules(election, slow_rules(Rule(Method.GREEDY), MarkKind.APPROVAL), LISTED, base)
    assert all(set(outcome.winners) == {"1", "2"} for outcome in outcomes)
