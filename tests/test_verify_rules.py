"""Every rule, completion and constraint of docs/bundle.md as the verifier counts it, worked out by hand in the comments."""

import copy
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diancai import verify as verifier
from diancai.verify import Count, read_rule_book, verify
from tests.bundles import Json, a_bundle, digest, seal, written

WON, FLOOR, DECIDED, RESERVE = "won.by_votes", "won.floor", "won.decided", "won.reserve"
SHARES, COMPLETION, PHRAGMEN = "won.equal_shares", "won.completion", "won.phragmen"
FUND_LEFT, AFTER_STOP, BEYOND_K, TIE = "lost.fund_left", "lost.after_stop", "lost.beyond_k", "lost.tie"
SUPPORTERS, NO_SUPPORT, WITHDRAWN = "lost.not_affordable_by_supporters", "lost.no_support", "lost.withdrawn"
LIMIT, EXCLUDED, CEILING, BELOW = "lost.winner_limit", "lost.excluded", "lost.ceiling", "lost.below_minimum"

# 60 voters want 1 and 2, 40 want 2 and 3, 20 want 4: 1 has 60 votes, 2 has 100, 3 has 40, 4 has 20, 5 none.
BALLOTS = ["1,2"] * 60 + ["2,3"] * 40 + ["4"] * 20
COSTS = {"1": 50, "2": 40, "3": 30, "4": 10, "5": 1}


def shares(completion: str = "none", utility: str = "cost") -> Json:
    return {"name": "equal-shares", "utility": utility, "completion": completion}


def votes(ballots: list[str], costs: dict[str, int], places: int = 0) -> dict[str, int]:
    """Votes, or with `places` the points of a ranking."""
    totals = dict.fromkeys(costs, 0)
    for text in ballots:
        for position, number in enumerate(text.split(",") if text else []):
            totals[number] += places - position if places else 1
    return totals


def a_round(
    outcome: dict[str, str],
    order: list[str] | None = None,
    *,
    ballots: list[str] = BALLOTS,
    costs: dict[str, int] = COSTS,
    constraints: Json | None = None,
    categories: dict[str, str] | None = None,
    communities: dict[str, str] | None = None,
    **options: Any,
) -> Json:
    places = options.get("max_marks", 3) if options.get("ballot_type") == "ranking" else 0
    bundle = a_bundle(costs, ballots, votes(ballots, costs, places), outcome, order=order, **options)
    for item in bundle["rule_book"]["items"]:
        item["category"] = (categories or {}).get(item["number"])
        item["community"] = (communities or {}).get(item["number"], "")
    bundle["rule_book"]["constraints"] = constraints
    return seal(bundle)


def assert_holds(bundle: Json) -> str:
    report = verify(written(bundle))
    text = "\n".join(report.lines)
    assert report.exit_code == 0, text
    return text


def assert_fails(bundle: Json, where: str) -> None:
    report = verify(written(bundle))
    assert report.exit_code == 1
    assert any(line.startswith(f"✗ {where}:") for line in report.lines), report.lines


# --- rules ------------------------------------------------------------------------------------------------------------


def test_greedy_per_cost_goes_by_votes_per_cost() -> None:
    # a 60 votes / 90 = 2/3, b 40 / 50 = 4/5, c 30 / 40 = 3/4, d is free and first. b and c leave 10.
    ballots = ["a"] * 60 + ["b"] * 20 + ["b,c"] * 20 + ["c"] * 9 + ["c,d"]
    costs = {"a": 90, "b": 50, "c": 40, "d": 0}
    outcome = {"a": FUND_LEFT, "b": WON, "c": WON, "d": WON}
    assert_holds(a_round(outcome, ["d", "b", "c"], ballots=ballots, costs=costs, rule={"name": "greedy-per-cost"}))


def test_greedy_per_cost_has_ties_of_equal_votes_per_cost() -> None:
    # Both have 1 vote a fen: a has more votes. It leaves 30, too little for b, which would have fitted in its place.
    ballots, costs = ["a"] * 60 + ["b"] * 40, {"a": 60, "b": 40}
    outcome = {"a": WON, "b": TIE}
    assert_holds(a_round(outcome, ballots=ballots, costs=costs, rule={"name": "greedy-per-cost"}, fund_fen=90))


# c costs each of its 20 voters 10/20 = 1/2, b its 60 voters 48/60 = 4/5, 30 of whom also want a: (50 + 30 * 4/5) / 50 =
# 1.48. d: (6 + 2 * 4/5) / 2 = 3.8.
LOADED = ["a"] * 20 + ["a,b"] * 28 + ["a,b,d"] * 2 + ["b"] * 30 + ["c"] * 20
LOADED_COSTS = {"a": 50, "b": 48, "c": 10, "d": 6}


@pytest.mark.parametrize(
    ("fund_fen", "outcome"),
    [
        (114, {"a": PHRAGMEN, "b": PHRAGMEN, "c": PHRAGMEN, "d": PHRAGMEN}),
        (113, {"a": PHRAGMEN, "b": PHRAGMEN, "c": PHRAGMEN, "d": FUND_LEFT}),
        # 49 are left: a is too dear, and the count stops although d would fit.
        (107, {"a": FUND_LEFT, "b": PHRAGMEN, "c": PHRAGMEN, "d": AFTER_STOP}),
    ],
)
def test_phragmen_gives_the_least_load_and_stops_at_the_first_that_is_too_dear(
    fund_fen: int, outcome: dict[str, str]
) -> None:
    order = [number for number in ["c", "b", "a", "d"] if outcome[number] == PHRAGMEN]
    rule = {"name": "phragmen"}
    assert_holds(a_round(outcome, order, ballots=LOADED, costs=LOADED_COSTS, rule=rule, fund_fen=fund_fen))


@pytest.mark.parametrize("draw", [str(number) for number in range(6)])
def test_phragmen_stops_at_a_tie_with_one_that_is_too_dear_whoever_is_first(draw: str) -> None:
    # One fen from each voter of either; 50 are too few for a, and so b, which fits, is not taken either.
    ballots, costs = ["a"] * 60 + ["b"] * 40, {"a": 60, "b": 40}
    options: Json = {"rule": {"name": "phragmen"}, "fund_fen": 50, "tie_order": "lot", "draw": draw}
    assert_holds(a_round({"a": FUND_LEFT, "b": AFTER_STOP}, ballots=ballots, costs=costs, **options))


def test_phragmen_drops_what_breaks_a_constraint_and_goes_on() -> None:
    # b after c breaks the exclusion; so a costs 1 each, then d (6 + 2) / 2 = 4.
    outcome = {"a": PHRAGMEN, "b": EXCLUDED, "c": PHRAGMEN, "d": PHRAGMEN}
    constraints = {"exclusive": [["b", "c"]]}
    options: Json = {"rule": {"name": "phragmen"}, "fund_fen": 66, "constraints": constraints}
    assert_holds(a_round(outcome, ["c", "a", "d"], ballots=LOADED, costs=LOADED_COSTS, **options))


def test_equal_shares_by_score_lets_those_pay_more_who_give_more_points() -> None:
    # 50 voters give x 3 points, 50 give y 3, z 2 and x 1; one fen each. By price a point: y 10/150 takes 1/5 from its
    # voters; z 10/100 takes 1/5; x (80): 3 p is more than the first 50 have, they give all 50; the others have 3/5 left
    # and pay just that.
    ballots, costs = ["x"] * 50 + ["y,z,x"] * 50, {"x": 80, "y": 10, "z": 10}
    options: Json = {"rule": shares(utility="score"), "ballot_type": "ranking"}
    assert_holds(a_round(dict.fromkeys("xyz", SHARES), ["y", "z", "x"], ballots=ballots, costs=costs, **options))
    # One fen more for z (11/100: 22/100 each) leaves them 58/100: 50 + 29 is less than 80.
    costs = {"x": 80, "y": 10, "z": 11}
    outcome = {"x": SUPPORTERS, "y": SHARES, "z": SHARES}
    assert_holds(a_round(outcome, ["y", "z"], ballots=ballots, costs=costs, **options))


def test_an_imported_ranking_may_be_counted_by_membership() -> None:
    # 10 voters, 10 fen each, two places.
    ballots, costs = ["x,y"] * 6 + ["y"] * 4, {"x": 60, "y": 80}
    options: Json = {"kind": "imported", "ballot_type": "ranking", "max_marks": 2, "draw": "s"}
    # By cost: y costs 8 each at 1/10 a unit, x 10 each at 1/6: y first, then x's have 12. By score y has 6 * 1 + 4 * 2
    # = 14 points, x 12: x costs 5 a point and y 80/14 = 5 5/7: x first takes all of the six, y's other four have 40.
    by_cost = {"x": SUPPORTERS, "y": SHARES}
    assert_holds(a_round(by_cost, ballots=ballots, costs=costs, rule=shares(), **options))
    by_score = {"x": SHARES, "y": SUPPORTERS}
    assert_holds(a_round(by_score, ballots=ballots, costs=costs, rule=shares(utility="score"), **options))


# --- completions ------------------------------------------------------------------------------------------------------

# 100 voters, fund 10,000: 100 each. b: 30 * 100 pay 2,900; a: 80 * 100 do not pay 9,000. 7,100 are left, too little for
# a and c: add1 stops. With 200 each a comes first at 1/80 a unit (112.5 each), b's voters have 30 * 87.5 = 2,625: only
# a. With 300 each a and b cost 11,900, more than the fund: add1-full keeps the outcome before.
FULL = ["a,b"] * 30 + ["a"] * 50 + ["c"] * 20
FULL_COSTS = {"a": 9000, "b": 2900, "c": 9999}


@pytest.mark.parametrize(
    ("completion", "outcome"),
    [
        ("none", {"a": SUPPORTERS, "b": SHARES, "c": SUPPORTERS}),
        ("add1", {"a": SUPPORTERS, "b": SHARES, "c": SUPPORTERS}),
        ("add1-full", {"a": SHARES, "b": SUPPORTERS, "c": SUPPORTERS}),
        ("add1-greedy", {"a": FUND_LEFT, "b": SHARES, "c": FUND_LEFT}),
        ("greedy", {"a": FUND_LEFT, "b": SHARES, "c": FUND_LEFT}),
        # Loads per voter: a 112.5, c 499.95: a is the next and too dear.
        ("phragmen", {"a": FUND_LEFT, "b": SHARES, "c": AFTER_STOP}),
        # By votes a alone wins. All 80 who want a have more of it.
        ("comparison", {"a": WON, "b": FUND_LEFT, "c": FUND_LEFT}),
    ],
)
def test_each_completion_of_equal_shares(completion: str, outcome: dict[str, str]) -> None:
    assert_holds(a_round(outcome, ballots=FULL, costs=FULL_COSTS, rule=shares(completion), fund_fen=10_000))


@pytest.mark.parametrize("utility", ["cost", "cardinality"])
def test_add1_raises_the_shares_until_all_is_bought(utility: str) -> None:
    # 100 each: b 2,500 of 4,000; a's 6,000 are less than 7,000. With 200 each both, and nothing is left to buy.
    ballots, costs = ["a"] * 60 + ["b"] * 40, {"a": 7000, "b": 2500}
    order = ["a", "b"] if utility == "cost" else ["b", "a"]
    for completion in ("add1", "add1-full", "add1-greedy"):
        rule = shares(completion, utility)
        outcome = {"a": SHARES, "b": SHARES}
        assert_holds(a_round(outcome, order, ballots=ballots, costs=costs, rule=rule, fund_fen=10_000))


def test_add1_stops_before_the_fund_is_overspent() -> None:
    # As before with c: 100 each: b leaves its 40 voters 37.5, 1,500 for c (3,000). 200 each: a, b, c cost 12,500.
    ballots, costs = ["a"] * 60 + ["b,c"] * 40, {"a": 7000, "b": 2500, "c": 3000}
    outcome = {"a": SUPPORTERS, "b": SHARES, "c": SUPPORTERS}
    options: Json = {"ballots": ballots, "costs": costs, "fund_fen": 10_000}
    assert_holds(a_round(outcome, rule=shares("add1"), **options))
    outcome = {"a": COMPLETION, "b": SHARES, "c": FUND_LEFT}
    assert_holds(a_round(outcome, ["b", "a"], rule=shares("add1-greedy"), **options))


def test_add1_by_score_starts_with_the_exact_share() -> None:
    # 100 voters, fund 9,999: 99.99 each. The 60 of y have 5,999.4, enough for 5,999; the 40 of x have 3,999.6, too
    # little for 4,000. One yuan more is enough, and the fund just too.
    ballots, costs = ["y"] * 60 + ["x"] * 40, {"x": 4000, "y": 5999}
    options: Json = {"ballots": ballots, "costs": costs, "fund_fen": 9_999, "ballot_type": "ranking"}
    none = {"x": SUPPORTERS, "y": SHARES}
    assert_holds(a_round(none, rule=shares("none", "score"), **options))
    # A point of y costs 5,999 / 180 = 33.3, of x 4,000 / 120 = 33.3…: 33 59/180 against 33 60/180.
    both = {"x": SHARES, "y": SHARES}
    assert_holds(a_round(both, ["y", "x"], rule=shares("add1", "score"), **options))


@pytest.mark.parametrize(
    ("small_voters", "outcome"),
    [
        # 60 have more under equal shares, 40 under the vote.
        (30, {"g": SUPPORTERS, "s": SHARES, "t": SHARES}),
        # 50 against 50: equal is not more.
        (25, {"g": WON, "s": FUND_LEFT, "t": FUND_LEFT}),
    ],
)
def test_comparison_asks_which_outcome_more_voters_prefer(small_voters: int, outcome: dict[str, str]) -> None:
    # 100 each of 10,000: s and t are paid by their voters, g (10,000) is not, and no longer fits.
    ballots = ["g"] * (100 - 2 * small_voters) + ["s"] * small_voters + ["t"] * small_voters
    costs = {"g": 10_000, "s": 2_500, "t": 2_501}
    order = [number for number, reason in outcome.items() if reason.startswith("won")]
    options: Json = {"rule": shares("comparison"), "fund_fen": 10_000}
    assert_holds(a_round(outcome, order, ballots=ballots, costs=costs, **options))


def test_comparison_names_the_reasons_of_the_outcome_that_it_chose() -> None:
    # f is free: by equal shares where Add1 is chosen, by votes where the vote is.
    ballots = ["f,g"] * 40 + ["s"] * 30 + ["t"] * 30
    costs = {"f": 0, "g": 10_000, "s": 2_500, "t": 2_501}
    options: Json = {"rule": shares("comparison"), "fund_fen": 10_000}
    outcome = {"f": SHARES, "g": SUPPORTERS, "s": SHARES, "t": SHARES}
    assert_holds(a_round(outcome, ballots=ballots, costs=costs, **options))
    outcome = {"f": WON, "g": WON, "s": FUND_LEFT, "t": FUND_LEFT}
    ballots = ["f,g"] * 60 + ["s"] * 20 + ["t"] * 20
    assert_holds(a_round(outcome, ballots=ballots, costs={**costs, "s": 2500, "t": 2600}, **options))


def test_phragmen_completes_from_zero_loads() -> None:
    # Fund 120, one each: 2 and 4 are paid, 70 are left. From zero 3 costs its voters 3/4, 1 costs 5/6 and is too dear.
    outcome = {"1": FUND_LEFT, "2": SHARES, "3": COMPLETION, "4": SHARES, "5": NO_SUPPORT}
    assert_holds(a_round(outcome, ["2", "4", "3"], rule=shares("phragmen"), fund_fen=120))


@st.composite
def small_elections(draw: st.DrawFn) -> tuple[list[str], dict[str, int], int, str, str]:
    numbers = ["1", "2", "3", "4", "5"]
    marks = draw(st.lists(st.lists(st.sampled_from(numbers), unique=True, min_size=1), min_size=1, max_size=8))
    costs = dict(zip(numbers, draw(st.tuples(*[st.integers(1, 60)] * 5)), strict=True))
    completion = draw(st.sampled_from(["add1", "add1-full"]))
    utility = draw(st.sampled_from(["cost", "cardinality", "score"]))
    return (
        [",".join(m) for m in marks],
        {n: c * 100 for n, c in costs.items()},
        draw(st.integers(0, 90)),
        completion,
        utility,
    )


@settings(max_examples=150, deadline=None)
@given(small_elections())
def test_add1_skips_no_step_that_matters(election: tuple[list[str], dict[str, int], int, str, str]) -> None:
    ballots, costs, fund, completion, utility = election
    options: Json = {"kind": "imported", "ballot_type": "ranking", "max_marks": 5, "fund_fen": fund * 100}
    options |= {"constraints": {"winner_limit": 4, "exclusive": [["1", "2"]]}, "rule": shares(completion, utility)}
    bundle = a_round(dict.fromkeys(costs, WITHDRAWN), [], ballots=ballots, costs=costs, **options)
    book = read_rule_book(bundle)
    count = Count(book, bundle["totals"], verifier.tie_order(bundle, book), {}, len(ballots), fund * 100)
    count.ballots = {text: ballots.count(text) for text in ballots}
    for item in count.open_items():
        if not count.scores[item.number]:
            count.reasons[item.number] = NO_SUPPORT
    payers = verifier.payers_of(count)
    step, turns = 0, verifier.equal_shares(count, payers, 0)
    while not verifier.is_full(count, turns):
        step += 1
        following = verifier.equal_shares(count, payers, step)
        if verifier.cost_of(following) > count.left_fen:
            break
        turns = following
    assert verifier.outcome(verifier.add_one(count)) == verifier.outcome(turns)


def test_add1_is_fast_where_nothing_changes_for_long() -> None:
    # a needs 10 billion fen from one voter: 100 million steps, most of them proved to be idle.
    ballots, costs = ["a"] + ["b"] * 99, {"a": 10_000_000_000, "b": 1}
    outcome = {"a": SHARES, "b": SHARES}
    options: Json = {"rule": shares("add1"), "fund_fen": 10_000_000_001}
    assert_holds(a_round(outcome, ["b", "a"], ballots=ballots, costs=costs, **options))


# --- constraints ------------------------------------------------------------------------------------------------------


def test_decided_items_win_first_and_are_charged() -> None:
    # 5 has no votes; 99 are left: 2 (40), 1 (50) leave 9.
    outcome = {"1": WON, "2": WON, "3": FUND_LEFT, "4": FUND_LEFT, "5": DECIDED}
    assert_holds(a_round(outcome, ["5", "2", "1"], constraints={"decided": ["5"]}))
    # In the order of the rule book's list: 4 before 1, and both before 2, which no longer fits after 4, 1 and 5.
    outcome = {"1": DECIDED, "2": FUND_LEFT, "3": WON, "4": DECIDED, "5": DECIDED}
    order = ["4", "1", "5", "3"]
    assert_holds(a_round(outcome, order, constraints={"decided": ["4", "1", "5"]}, fund_fen=91))


def test_decided_items_do_not_count_towards_the_shares() -> None:
    # 121 less 1 is one each for 120, as in the example of equal shares.
    outcome = {"1": SUPPORTERS, "2": SHARES, "3": SUPPORTERS, "4": SHARES, "5": DECIDED}
    options: Json = {"rule": shares(), "fund_fen": 121, "constraints": {"decided": ["5"]}}
    assert_holds(a_round(outcome, ["5", "2", "4"], **options))


def test_a_withdrawn_item_is_not_decided() -> None:
    outcome = {"1": WON, "2": WON, "3": FUND_LEFT, "4": WON, "5": WITHDRAWN}
    assert_holds(a_round(outcome, ["2", "1", "4"], constraints={"decided": ["5"]}, withdrawn=("5",)))


def test_decided_items_and_floors_count_towards_the_k_best() -> None:
    outcome = {"1": BEYOND_K, "2": WON, "3": BEYOND_K, "4": FLOOR, "5": DECIDED}
    floors = {"dimension": "category", "groups": [{"group": "lamps", "winners": 1}]}
    rule = {"name": "top-k", "k": 3, "fund_binding": "none"}
    options: Json = {"constraints": {"decided": ["5"], "floors": floors}, "categories": {"4": "lamps"}}
    assert_holds(a_round(outcome, ["5", "4", "2"], rule=rule, **options))


ROADS = {"1": "roads", "2": "roads", "3": "trees", "4": "trees"}


def ceiling(limit_fen: int, dimension: str = "category", group: str = "roads") -> Json:
    return {"ceilings": [{"dimension": dimension, "group": group, "limit_fen": limit_fen}]}


def test_a_ceiling_drops_what_would_break_it() -> None:
    # Roads cost at most 89: 2 (40) and 1 (50) are 90. So 3 and 4 fit.
    outcome = {"1": CEILING, "2": WON, "3": WON, "4": WON, "5": NO_SUPPORT}
    assert_holds(a_round(outcome, ["2", "3", "4"], constraints=ceiling(89), categories=ROADS))
    outcome = {"1": WON, "2": WON, "3": FUND_LEFT, "4": WON, "5": NO_SUPPORT}
    assert_holds(a_round(outcome, ["2", "1", "4"], constraints=ceiling(90), categories=ROADS))


def test_a_ceiling_of_a_community_does_not_bind_what_is_for_the_whole_street() -> None:
    outcome = {"1": WON, "2": WON, "3": FUND_LEFT, "4": CEILING, "5": NO_SUPPORT}
    communities = {"1": "", "4": "甲"}
    constraints = ceiling(9, "community", "甲")
    assert_holds(a_round(outcome, ["2", "1"], constraints=constraints, communities=communities))


def test_no_skip_stops_at_a_broken_constraint() -> None:
    outcome = {"1": CEILING, "2": WON, "3": AFTER_STOP, "4": AFTER_STOP, "5": NO_SUPPORT}
    rule = {"name": "greedy-no-skip"}
    assert_holds(a_round(outcome, ["2"], constraints=ceiling(89), categories=ROADS, rule=rule))


def test_of_exclusive_items_one_wins() -> None:
    outcome = {"1": EXCLUDED, "2": WON, "3": WON, "4": WON, "5": NO_SUPPORT}
    assert_holds(a_round(outcome, ["2", "3", "4"], constraints={"exclusive": [["3", "5"], ["1", "2"]]}))


def test_the_limit_of_winners_is_named_before_exclusion_and_ceiling() -> None:
    constraints = {"winner_limit": 1, "exclusive": [["1", "2"]], **ceiling(40)}
    outcome = {"1": LIMIT, "2": WON, "3": LIMIT, "4": LIMIT, "5": NO_SUPPORT}
    assert_holds(a_round(outcome, constraints=constraints, categories=ROADS))
    constraints["winner_limit"] = 9
    outcome = {"1": EXCLUDED, "2": WON, "3": WON, "4": WON, "5": NO_SUPPORT}
    assert_holds(a_round(outcome, ["2", "3", "4"], constraints=constraints, categories=ROADS))


def test_constraints_bind_equal_shares_and_its_completions() -> None:
    # 2 comes first; 4, whose turn is next, breaks the limit. No other can be had: Add1 is full at once.
    constraints = {"winner_limit": 1}
    for completion, others in [("none", SUPPORTERS), ("add1", SUPPORTERS), ("greedy", LIMIT), ("phragmen", LIMIT)]:
        outcome = {"1": others, "2": SHARES, "3": others, "4": LIMIT, "5": NO_SUPPORT}
        assert_holds(a_round(outcome, constraints=constraints, rule=shares(completion), fund_fen=120))


def test_constraints_bind_free_items() -> None:
    # 2 and 3 are free; 2 has more votes and fills the limit.
    outcome = {"1": LIMIT, "2": WON, "3": LIMIT}
    ballots = ["1,2,3"] * 50 + ["1,2"] * 50
    assert_holds(a_round(outcome, ballots=ballots, costs={"1": 1, "2": 0, "3": 0}, constraints={"winner_limit": 1}))


def test_a_constraint_that_only_an_equal_brings_about_is_a_tie() -> None:
    # 1 and 2 have 100 votes each and exclude each other; the cheaper wins.
    ballots, costs = ["1,2"] * 100, {"1": 20, "2": 10}
    assert_holds(a_round({"1": TIE, "2": WON}, ballots=ballots, costs=costs, constraints={"exclusive": [["1", "2"]]}))


def test_an_item_must_reach_the_least_score_and_share() -> None:
    outcome = {"1": WON, "2": WON, "3": WON, "4": BELOW, "5": NO_SUPPORT}
    options: Json = {"order": ["2", "1", "3"], "fund_fen": 130}
    assert_holds(a_round(outcome, constraints={"least_score": 40}, **options))
    third = {"numerator": 1, "denominator": 3}
    assert_holds(a_round(outcome, constraints={"least_share": third, "decided": None}, **options))
    outcome = {**outcome, "3": BELOW}
    more = {"numerator": 40_001, "denominator": 120_000}
    assert_holds(a_round(outcome, constraints={"least_share": more}, order=["2", "1"], fund_fen=130))


def test_the_least_share_counts_ballots_and_not_points() -> None:
    # 3 stands on 40 of 120 ballots, with 40 * 2 points; 4 on 20 with 60.
    outcome = {"1": WON, "2": WON, "3": WON, "4": BELOW, "5": NO_SUPPORT}
    constraints = {"least_share": {"numerator": 1, "denominator": 3}}
    options: Json = {"order": ["2", "1", "3"], "fund_fen": 130, "ballot_type": "ranking"}
    ballots = ["2,1"] * 60 + ["2,3"] * 40 + ["4"] * 20
    assert_holds(a_round(outcome, ballots=ballots, constraints=constraints, **options))
    # Totals do not tell how many ballots name an item: then nothing is claimed about the winners.
    text = assert_holds(a_round(outcome, ballots=ballots, constraints=constraints, publication="totals", **options))
    assert "follows from the recount" not in text
    assert "not recountable" in text


def a_reserve(numerator: int, denominator: int, amount_fen: int) -> Json:
    return {"reserve": {"share": {"numerator": numerator, "denominator": denominator}, "amount_fen": amount_fen}}


@pytest.mark.parametrize("name", ["greedy", "greedy-no-skip"])
@pytest.mark.parametrize(
    ("reserve", "reason"),
    [
        # 10 are left for 3, which costs 30: a third, 20 short.
        (a_reserve(1, 3, 20), RESERVE),
        (a_reserve(1, 3, 19), FUND_LEFT),
        (a_reserve(34, 100, 20), FUND_LEFT),
    ],
)
def test_the_reserve_pays_for_the_first_that_does_not_fit_or_the_count_ends(
    name: str, reserve: Json, reason: str
) -> None:
    outcome = {"1": WON, "2": WON, "3": reason, "4": AFTER_STOP, "5": NO_SUPPORT}
    order = ["2", "1", "3"] if reason == RESERVE else ["2", "1"]
    bundle = a_round(outcome, order, constraints=reserve, rule={"name": name})
    assert bundle["result"]["left_fen"] == (-20 if reason == RESERVE else 10)
    assert_holds(bundle)


def floors(*groups: tuple[str, int], dimension: str = "category") -> Json:
    rows = [{"group": group, "winners": winners} for group, winners in groups]
    return {"floors": {"dimension": dimension, "groups": rows}}


def test_a_floor_takes_the_best_of_its_group_first() -> None:
    # 3 is the best of the trees: 70 are left, 2 (40) fits, 1 does not, 4 does.
    outcome = {"1": FUND_LEFT, "2": WON, "3": FLOOR, "4": WON, "5": NO_SUPPORT}
    assert_holds(a_round(outcome, ["3", "2", "4"], constraints=floors(("trees", 1)), categories=ROADS))


def test_a_floor_passes_over_what_leaves_too_little_for_later_floors() -> None:
    # Fund 60. The best road 2 (40) leaves 20, but the cheapest tree costs 30: refused, as is 1 (50). The floor of the
    # roads stays open. 3 (30) is taken; 1 and 2 are still candidates and no longer fit.
    outcome = {"1": FUND_LEFT, "2": FUND_LEFT, "3": FLOOR}
    ballots, costs = ["1,2"] * 60 + ["2,3"] * 40, {"1": 50, "2": 40, "3": 30}
    constraints = floors(("roads", 1), ("trees", 1))
    options: Json = {"ballots": ballots, "costs": costs, "categories": ROADS, "constraints": constraints}
    assert_holds(a_round(outcome, fund_fen=60, **options))
    # Fund 70: 2 leaves just enough for 3.
    outcome = {"1": FUND_LEFT, "2": FLOOR, "3": FLOOR}
    assert_holds(a_round(outcome, ["2", "3"], fund_fen=70, **options))
    # Where 1 costs 30, 2 is refused with 60 and 1 is taken.
    options["costs"] = {"1": 30, "2": 40, "3": 30}
    assert_holds(a_round({"1": FLOOR, "2": FUND_LEFT, "3": FLOOR}, ["1", "3"], fund_fen=60, **options))


def test_the_cheapest_filling_needs_only_as_many_as_there_are() -> None:
    # Three trees are wanted, two have votes: both are taken, the floor stays open.
    outcome = {"1": FUND_LEFT, "2": WON, "3": FLOOR, "4": FLOOR, "5": NO_SUPPORT}
    categories = {**ROADS, "5": "trees"}
    assert_holds(a_round(outcome, ["3", "4", "2"], constraints=floors(("trees", 3)), categories=categories))


def test_decided_items_count_towards_a_floor_and_constraints_bind_it() -> None:
    # The decided 4 is a tree: 2 (40) and 1 (50) follow.
    constraints = {**floors(("trees", 1)), "decided": ["4"]}
    outcome = {"1": WON, "2": WON, "3": FUND_LEFT, "4": DECIDED, "5": NO_SUPPORT}
    assert_holds(a_round(outcome, ["4", "2", "1"], constraints=constraints, categories=ROADS))
    # With 3 excluded by the decided 2, 4 fills the floor.
    constraints = {**floors(("trees", 1)), "decided": ["2"], "exclusive": [["2", "3"]]}
    outcome = {"1": WON, "2": DECIDED, "3": EXCLUDED, "4": FLOOR, "5": NO_SUPPORT}
    assert_holds(a_round(outcome, ["2", "4", "1"], constraints=constraints, categories=ROADS))


# --- what is refused --------------------------------------------------------------------------------------------------

RULE, BOUND = "$.rule_book.rule", "$.rule_book.constraints"
HALF = {"numerator": 1, "denominator": 2}


@pytest.mark.parametrize(
    ("constraints", "where"),
    [
        ([], BOUND),
        ({"quota": 1}, f"{BOUND}.quota"),
        ({"winner_limit": -1}, f"{BOUND}.winner_limit"),
        ({"winner_limit": True}, f"{BOUND}.winner_limit"),
        ({"least_score": "1"}, f"{BOUND}.least_score"),
        ({"least_share": {"numerator": 1, "denominator": 0}}, f"{BOUND}.least_share"),
        ({"least_share": {"numerator": 3, "denominator": 2}}, f"{BOUND}.least_share"),
        ({"least_share": {**HALF, "strict": True}}, f"{BOUND}.least_share.strict"),
        ({"decided": ["1", "1"]}, f"{BOUND}.decided[1]"),
        ({"decided": [1]}, f"{BOUND}.decided[0]"),
        ({"exclusive": [["1", "2"], ["1", "9"]]}, f"{BOUND}.exclusive[1][1]"),
        ({"exclusive": ["1"]}, f"{BOUND}.exclusive[0]"),
        ({"ceilings": [{"dimension": "colour", "group": "x", "limit_fen": 1}]}, f"{BOUND}.ceilings[0].dimension"),
        ({"ceilings": [{"dimension": "community", "group": "", "limit_fen": 1}]}, f"{BOUND}.ceilings[0].group"),
        ({"ceilings": [{"dimension": "community", "group": "x"}]}, f"{BOUND}.ceilings[0].limit_fen"),
        ({"floors": [{"group": "x", "winners": 1}]}, f"{BOUND}.floors"),
        (floors(("x", 1), ("x", 1)), f"{BOUND}.floors.groups[1].group"),
        (floors(("x", -1)), f"{BOUND}.floors.groups[0].winners"),
        (floors(("x", 1), dimension="place"), f"{BOUND}.floors.dimension"),
        ({"reserve": {"share": HALF, "amount_fen": -1}}, f"{BOUND}.reserve.amount_fen"),
        ({"reserve": {"share": "1/2", "amount_fen": 1}}, f"{BOUND}.reserve.share"),
    ],
)
def test_a_constraint_that_nobody_can_count_is_refused(constraints: Any, where: str) -> None:
    outcome = {"1": WON, "2": WON, "3": FUND_LEFT, "4": WON, "5": NO_SUPPORT}
    assert_fails(a_round(outcome, ["2", "1", "4"], constraints=constraints), where)


@pytest.mark.parametrize(
    ("rule", "options", "where"),
    [
        ({"name": "bos"}, {}, f"{RULE}.name"),
        (shares("add2"), {}, f"{RULE}.completion"),
        (shares("none", "score"), {}, f"{RULE}.utility"),
        (shares("none", "cost"), {"ballot_type": "ranking"}, f"{RULE}.utility"),
        (shares("phragmen", "score"), {"ballot_type": "ranking"}, f"{RULE}.completion"),
        ({"name": "phragmen"}, {"ballot_type": "ranking"}, f"{RULE}.name"),
        ({"name": "greedy-per-cost"}, {"ballot_type": "ranking"}, f"{RULE}.name"),
        ({"name": "phragmen", "utility": "cost"}, {}, f"{RULE}.utility"),
        ({"name": "phragmen"}, {"publication": "totals"}, "$.rule_book.publication"),
        (shares(), {"publication": "totals"}, "$.rule_book.publication"),
        (shares(), {"constraints": a_reserve(1, 2, 1)}, f"{BOUND}.reserve"),
        ({"name": "greedy-per-cost"}, {"constraints": a_reserve(1, 2, 1)}, f"{BOUND}.reserve"),
    ],
)
def test_what_does_not_go_together_is_refused(rule: Json, options: Json, where: str) -> None:
    outcome = dict.fromkeys(COSTS, WITHDRAWN)
    assert_fails(a_round(outcome, [], rule=rule, **options), where)


def test_a_category_that_is_no_text_is_refused() -> None:
    bundle = a_round({"1": WON}, ballots=["1"] * 100, costs={"1": 1})
    bundle["rule_book"]["items"][0]["category"] = 1
    assert_fails(seal(bundle), "$.rule_book.items[0].category")


def test_no_byte_of_a_bundle_with_constraints_can_be_changed() -> None:
    constraints = {**floors(("trees", 1)), **ceiling(89), **a_reserve(1, 2, 5), "least_score": 1}
    outcome = {"1": CEILING, "2": WON, "3": FLOOR, "4": WON, "5": NO_SUPPORT}
    whole = a_round(outcome, ["3", "2", "4"], constraints=constraints, categories=ROADS)
    assert_holds(whole)
    content = written(whole)
    for position in range(0, len(content), 41):
        changed = bytearray(content)
        changed[position] ^= 1 << (position % 8)
        assert verify(bytes(changed)).exit_code == 1, position


def test_a_careful_forger_of_constraints_is_found_by_the_count() -> None:
    outcome = {"1": CEILING, "2": WON, "3": WON, "4": WON, "5": NO_SUPPORT}
    whole = a_round(outcome, ["2", "3", "4"], constraints=ceiling(89), categories=ROADS)
    forged = copy.deepcopy(whole)
    forged["rule_book"]["constraints"]["ceilings"][0]["limit_fen"] = 90
    assert_fails(seal(forged), "$.result.items[0].selected")
    forged = copy.deepcopy(whole)
    forged["result"]["items"][0]["reason"] = EXCLUDED
    assert_fails(seal(forged), "$.result.items[0].reason")
    assert verify(written(forged), digest(written(whole))).exit_code == 1


def test_a_share_is_exact() -> None:
    share = {"numerator": 2**53 - 2, "denominator": 2**53 - 1}
    bundle = a_round({"1": BELOW}, [], ballots=["1"] * 99 + [""], costs={"1": 1}, kind="imported", draw="")
    bundle["rule_book"]["constraints"] = {"least_share": share}
    assert read_rule_book(bundle).constraints.least_share == Fraction(2**53 - 2, 2**53 - 1)
    assert_holds(seal(bundle))
