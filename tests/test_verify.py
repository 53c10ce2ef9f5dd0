"""The verifier against bundles written here by hand: nothing of the product writes them, the winners are worked out in
the comments.
"""

import ast
import copy
import hashlib
import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from diancai import verify as verifier
from diancai.verify import main, verify
from tests.bundles import Json, a_bundle, digest, seal, written

WON, SHARES, COMPLETION = "won.by_votes", "won.equal_shares", "won.completion"
FUND_LEFT, AFTER_STOP, BEYOND_K = "lost.fund_left", "lost.after_stop", "lost.beyond_k"
SUPPORTERS, NO_SUPPORT, WITHDRAWN = "lost.not_affordable_by_supporters", "lost.no_support", "lost.withdrawn"


def answer(bundle: Json, expect: str | None = None) -> tuple[int, str]:
    report = verify(written(bundle), expect)
    return report.exit_code, "\n".join(report.lines)


def assert_holds(bundle: Json) -> str:
    exit_code, text = answer(bundle)
    assert exit_code == 0, text
    assert "not authenticated" in text
    return text


def assert_fails(bundle: Json, where: str) -> None:
    exit_code, text = answer(bundle)
    assert exit_code == 1
    assert f"✗ {where}:" in text, text


# 60 voters want 1 and 2, 40 want 2 and 3, 20 want 4: 1 has 60 votes, 2 has 100, 3 has 40, 4 has 20, 5 none.
BALLOTS = ["1,2"] * 60 + ["2,3"] * 40 + ["4"] * 20
COSTS = {"1": 50, "2": 40, "3": 30, "4": 10, "5": 1}
TOTALS = {"1": 60, "2": 100, "3": 40, "4": 20, "5": 0}
# Fund 100: 2 (40) and 1 (50) leave 10, too little for 3, enough for 4.
GREEDY = {"1": WON, "2": WON, "3": FUND_LEFT, "4": WON, "5": NO_SUPPORT}


def a_greedy_bundle(**changes: Any) -> Json:
    return a_bundle(COSTS, BALLOTS, TOTALS, GREEDY, order=["2", "1", "4"], **changes)


# --- worked examples --------------------------------------------------------------------------------------------------


def test_greedy_skips_what_does_not_fit() -> None:
    assert_holds(a_greedy_bundle())


def test_no_skip_stops_at_the_first_that_does_not_fit() -> None:
    outcome = {**GREEDY, "4": AFTER_STOP}
    assert_holds(a_bundle(COSTS, BALLOTS, TOTALS, outcome, order=["2", "1"], rule={"name": "greedy-no-skip"}))


@pytest.mark.parametrize(
    ("binding", "fund_fen", "outcome", "order"),
    [
        # 2 (40), 1 (50) fit into 90; 3 does not, 4 (10) neither: nothing is left.
        ("skip", 90, {"1": WON, "2": WON, "3": FUND_LEFT, "4": FUND_LEFT, "5": NO_SUPPORT}, ["2", "1"]),
        ("skip", 100, GREEDY, ["2", "1", "4"]),
        ("stop", 100, {**GREEDY, "4": AFTER_STOP}, ["2", "1"]),
        ("none", 10, {"1": WON, "2": WON, "3": WON, "4": BEYOND_K, "5": NO_SUPPORT}, ["2", "1", "3"]),
    ],
)
def test_top_k_lets_the_fund_bind_as_the_rule_book_says(
    binding: str, fund_fen: int, outcome: dict[str, str], order: list[str]
) -> None:
    rule = {"name": "top-k", "k": 3, "fund_binding": binding}
    assert_holds(a_bundle(COSTS, BALLOTS, TOTALS, outcome, order=order, rule=rule, fund_fen=fund_fen))


@pytest.mark.parametrize("utility", ["cost", "cardinality"])
def test_equal_shares_gives_each_group_its_part(utility: str) -> None:
    # Fund 120, one each. Cost: prices per unit 1 = 1/60, 2 = 1/100, 3 = 1/40, 4 = 1/20. Item 2 (40) takes 2/5 from 100
    # voters. Item 1 (50): 60 voters with 3/5 have 36: never. Item 3 (30): 40 voters with 3/5 have 24: never. Item 4
    # (10): 20 voters with 1 pay 1/2. By cardinality 2 costs 2/5, 4 costs 1/2, 3 costs 3/4, 1 costs 5/6: the same.
    rule = {"name": "equal-shares", "utility": utility, "completion": "none"}
    outcome = {"1": SUPPORTERS, "2": SHARES, "3": SUPPORTERS, "4": SHARES, "5": NO_SUPPORT}
    assert_holds(a_bundle(COSTS, BALLOTS, TOTALS, outcome, order=["2", "4"], rule=rule, fund_fen=120))


def test_equal_shares_is_completed_by_votes() -> None:
    # As above; 70 are left: 1 (50) first, then 3 (30) does not fit into 20.
    rule = {"name": "equal-shares", "utility": "cost", "completion": "greedy"}
    outcome = {"1": COMPLETION, "2": SHARES, "3": FUND_LEFT, "4": SHARES, "5": NO_SUPPORT}
    assert_holds(a_bundle(COSTS, BALLOTS, TOTALS, outcome, order=["2", "4", "1"], rule=rule, fund_fen=120))


def test_cost_and_cardinality_choose_differently() -> None:
    # 100 voters, fund 100, one each. a: 90 for 90 voters; b: 10 for 20 voters, 10 of them share with a.
    # Cost: a at 1/90, b at 1/20: a takes all from its 90, b's other 10 pay 10. Cardinality: b at 1/2 first, then a's
    # supporters have 80 + 10/2 = 85 < 90.
    ballots = ["a"] * 80 + ["a,b"] * 10 + ["b"] * 10
    costs, totals = {"a": 90, "b": 10}, {"a": 90, "b": 20}
    by_cost = {"name": "equal-shares", "utility": "cost", "completion": "none"}
    assert_holds(a_bundle(costs, ballots, totals, {"a": SHARES, "b": SHARES}, rule=by_cost))
    by_number = {**by_cost, "utility": "cardinality"}
    assert_holds(a_bundle(costs, ballots, totals, {"a": SUPPORTERS, "b": SHARES}, rule=by_number))


def test_a_price_is_exact_where_floating_point_is_not() -> None:
    # 49 voters share 1 fen; the item costs exactly what all have together: 49 * (1 / 49) = 1, which floats deny.
    rule = {"name": "equal-shares", "utility": "cost", "completion": "none"}
    ballots = ["1"] * 49 + ["1"] * 51
    assert_holds(a_bundle({"1": 1}, ballots, {"1": 100}, {"1": SHARES}, rule=rule, fund_fen=1))


def test_a_ranking_counts_the_places() -> None:
    # Three places: 3, 2, 1. 100 voters rank 2 before 1: 2 has 300, 1 has 200; 20 rank 3 alone: 60.
    ballots = ["2,1"] * 100 + ["3"] * 20
    totals = {"1": 200, "2": 300, "3": 60}
    outcome = {"1": FUND_LEFT, "2": WON, "3": WON}
    costs = {"1": 90, "2": 40, "3": 10}
    assert_holds(a_bundle(costs, ballots, totals, outcome, order=["2", "3"], ballot_type="ranking"))


def test_a_supported_item_of_cost_zero_wins_first_and_an_unsupported_one_never() -> None:
    outcome = {"1": WON, "2": WON, "3": NO_SUPPORT}
    costs = {"1": 100, "2": 0, "3": 0}
    ballots = ["1"] * 99 + ["1,2"]
    assert_holds(a_bundle(costs, ballots, {"1": 100, "2": 1, "3": 0}, outcome, order=["2", "1"]))


def test_a_withdrawn_item_cannot_win() -> None:
    outcome = {**GREEDY, "2": WITHDRAWN, "3": WON}
    text = assert_holds(a_bundle(COSTS, BALLOTS, TOTALS, outcome, order=["1", "3", "4"], withdrawn=("2",)))
    assert "withdrawn: 2" in text


def lots(bundle: Json) -> dict[str, str]:
    closing = bundle["closing"]
    seed = digest(f"{closing['root_a']}\n{closing['hash_b']}\n{bundle['draw']}".encode())
    return {item["number"]: digest(f"{seed}\n{item['number']}".encode()) for item in bundle["rule_book"]["items"]}


@pytest.mark.parametrize("draw", [str(number) for number in range(6)])
def test_equal_votes_and_costs_are_decided_by_the_lot(draw: str) -> None:
    ballots, totals, costs = ["1,2"] * 100, {"1": 100, "2": 100}, {"1": 60, "2": 60}
    drawn = lots(a_bundle(costs, ballots, totals, {"1": WON, "2": FUND_LEFT}, draw=draw))
    first, second = sorted(drawn, key=lambda number: drawn[number])
    outcome = {number: WON if number == first else "lost.tie" for number in costs}
    assert_holds(a_bundle(costs, ballots, totals, outcome, draw=draw))
    outcome = {number: WON if number == second else "lost.tie" for number in costs}
    assert answer(a_bundle(costs, ballots, totals, outcome, draw=draw))[0] == 1


def test_lower_cost_goes_first_unless_the_rule_book_names_the_lot_alone() -> None:
    ballots, totals, costs = ["1,2"] * 100, {"1": 100, "2": 100}, {"1": 61, "2": 60}
    cheaper_wins = {"1": "lost.tie", "2": WON}
    assert_holds(a_bundle(costs, ballots, totals, cheaper_wins))
    draws = [str(number) for number in range(20)]
    held = {answer(a_bundle(costs, ballots, totals, cheaper_wins, draw=draw, tie_order="lot"))[0] for draw in draws}
    assert held == {0, 1}


def test_equal_shares_takes_free_items_first() -> None:
    # Fund 100, one each: 1 is free, then 2 (50) costs its 100 supporters 1/2 each.
    rule = {"name": "equal-shares", "utility": "cost", "completion": "none"}
    ballots = ["1,2"] * 3 + ["2"] * 97
    totals = {"1": 3, "2": 100}
    assert_holds(a_bundle({"1": 0, "2": 50}, ballots, totals, {"1": SHARES, "2": SHARES}, rule=rule))


def test_an_item_that_would_have_fitted_in_the_place_of_an_equal_has_lost_by_the_tie() -> None:
    # 2 is free, 1 costs 10: 90 are left. 3 and 4 have 50 votes each: 3 (60) is cheaper and leaves 30, too little for 4
    # (70), which would have fitted in its place.
    ballots = ["1,2"] * 50 + ["1,2,3,4"] * 50
    costs, totals = {"1": 10, "2": 0, "3": 60, "4": 70}, {"1": 100, "2": 100, "3": 50, "4": 50}
    outcome = {"1": WON, "2": WON, "3": WON, "4": "lost.tie"}
    stop = {"name": "greedy-no-skip"}
    assert_holds(a_bundle(costs, ballots, totals, outcome, order=["2", "1", "3"], rule=stop, max_marks=4))
    outcome = {**outcome, "4": FUND_LEFT}
    assert answer(a_bundle(costs, ballots, totals, outcome, order=["2", "1", "3"], rule=stop, max_marks=4))[0] == 1


def test_an_item_that_was_not_tied_may_not_say_so() -> None:
    bundle = a_greedy_bundle()
    bundle["result"]["items"][2]["reason"] = "lost.tie"
    assert_fails(seal(bundle), "$.result.items[2].reason")


def test_an_imported_election_has_its_own_seed_and_no_trackers() -> None:
    ballots = ["BO-10,BO-2", "", "9,BO-10"]
    totals = {"BO-2": 1, "9": 1, "BO-10": 2}
    outcome = {"BO-2": WON, "9": WON, "BO-10": WON}
    costs = {"BO-2": 20, "9": 10, "BO-10": 30}
    bundle = a_bundle(costs, ballots, totals, outcome, order=["BO-10", "9", "BO-2"], kind="imported", draw="")
    assert "imported" in assert_holds(bundle)
    bundle["ballots"][1] = "BO-10,9"
    assert_fails(seal(bundle), "$.ballots[1]")


# --- what can be said -------------------------------------------------------------------------------------------------


def test_only_the_expected_hash_authenticates() -> None:
    bundle = a_greedy_bundle()
    good = digest(written(bundle))
    assert "verified" in answer(bundle, good)[1]
    assert answer(bundle, " ".join(good[i : i + 8] for i in range(0, 64, 8)).upper())[0] == 0
    exit_code, text = answer(bundle, digest(b"another"))
    assert exit_code == 1
    assert "not the file that the notice names" in text


def test_under_a_hundred_ballots_equal_shares_is_not_recountable() -> None:
    rule = {"name": "equal-shares", "utility": "cost", "completion": "none"}
    bundle = a_bundle({"1": 10}, ["1"] * 99, {"1": 99}, {"1": SHARES}, rule=rule)
    text = assert_holds(bundle)
    assert "not recountable" in text
    assert "follows from the recount" not in text
    bundle["result"]["left_fen"] = 5
    assert_fails(seal(bundle), "$.result.left_fen")


def test_totals_alone_let_the_allocation_be_recounted() -> None:
    text = assert_holds(a_greedy_bundle(publication="totals"))
    assert "follows from the recount" in text
    assert "totals only" in text
    assert "the ballots are valid" not in text


def test_another_fund_than_the_rule_books_is_pointed_out() -> None:
    bundle = a_greedy_bundle()
    bundle["result"].update(fund_fen=101, left_fen=1)
    assert "fund differs" in assert_holds(seal(bundle))


# --- tampering --------------------------------------------------------------------------------------------------------


def test_no_byte_can_be_changed_without_being_found() -> None:
    content = written(a_greedy_bundle())
    for position in range(0, len(content), 7):
        changed = bytearray(content)
        changed[position] ^= 1 << (position % 8)
        report = verify(bytes(changed))
        assert report.exit_code == 1, position
        assert any(line.startswith("✗ $") or "byte" in line for line in report.lines), report.lines


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (lambda content: b" " + content, "byte 0"),
        (lambda content: content + b"\n", "byte "),
        (lambda content: b"\xef\xbb\xbf" + content, "byte 0"),
        (lambda content: content.replace(b'"draw":', b'"draw": '), "$.draw"),
        (lambda content: content.replace(b'"4 2 6 1"', b'"4 2 6 \\u0031"'), "$.draw"),
        (lambda content: content.replace(b'"draw":', b'"draw":"x","draw":'), "$.draw"),
        (lambda content: content.replace(b'"left_fen":0', b'"left_fen":-0'), "$.result.left_fen"),
        (lambda content: content.replace(b'"left_fen":0', b'"left_fen":0.0'), "$.result.left_fen"),
        (lambda content: content.replace(b'"left_fen":0', b'"left_fen":NaN'), "$.result.left_fen"),
        (lambda content: content.replace(b'"left_fen":0', b'"left_fen":' + b"9" * 20), "$.result.left_fen"),
        (lambda content: content.replace(b'"left_fen":0', b'"left_fen":' + b"9" * 9000), "too long"),
        (lambda content: content.replace("示范".encode(), b"\xff"), "UTF-8"),
        (lambda content: content.replace("示范".encode(), b"\\ud800"), "$.rule_book.round.street"),
        (lambda content: content[:1000], "byte "),
        (lambda content: b"", "byte 0"),
        (lambda content: b"[" * 100_000, "nesting"),
        (lambda content: b"[]", "$"),
    ],
)
def test_another_way_of_writing_is_refused_where_it_differs(change: Callable[[bytes], bytes], place: str) -> None:
    report = verify(change(written(a_greedy_bundle())))
    assert report.exit_code == 1
    assert place in "\n".join(report.lines)


def mutations(value: Any, path: str = "$") -> list[tuple[str, Callable[[Any], None]]]:
    """Every single change: another value at each leaf, and each member or element taken away."""
    found: list[tuple[str, Callable[[Any], None]]] = []
    steps = value.items() if isinstance(value, dict) else enumerate(value[:3])
    for key, child in steps:
        here = f"{path}[{key}]" if isinstance(key, int) else f"{path}.{key}"
        found.append((here, lambda parent, key=key: parent.__delitem__(key)))
        if isinstance(child, dict | list) and child:
            deeper = mutations(child, here)
            found += [(where, lambda parent, key=key, act=act: act(parent[key])) for where, act in deeper]
            continue
        other = {str: "x", bool: not child, int: 3 if child != 3 else 4}.get(type(child), "x")
        found.append((here, lambda parent, key=key, other=other: parent.__setitem__(key, other)))
        found.append((here, lambda parent, key=key: parent.__setitem__(key, {"a": [None]})))
    return found


# What only the notice's hash protects once someone has hashed the parts anew: facts that no other part implies. Another
# fund or a withdrawal is said aloud; the marks allowed, and the lot where nothing was tied, change nothing here.
FREE_FACTS = (
    "$.rule_book.round.",
    "$.rule_book.items[",
    "$.rule_book.channels",
    "$.rule_book.electorate",
    "$.rule_book.fund_fen",
    "$.rule_book.ballot.max_marks",
    "$.closing.given_count",
    "$.closing.closed_at",
    "$.draw",
    "$.withdrawn",
    "$.result.version",
)


def test_every_changed_field_is_found_in_its_part() -> None:
    whole = a_greedy_bundle()
    for where, change in mutations(whole):
        bundle = copy.deepcopy(whole)
        change(bundle)
        exit_code, text = answer(bundle)
        part = ".".join(where.split(".")[:2]).split("[")[0]
        assert exit_code == 1, where
        assert f"✗ {part}" in text or part == "$.sha256", (where, text)


def test_a_careful_forger_is_found_wherever_parts_imply_each_other() -> None:
    whole = a_greedy_bundle()
    for where, change in mutations({name: part for name, part in whole.items() if name != "sha256"}):
        bundle = copy.deepcopy(whole)
        change(bundle)
        exit_code, text = answer(seal(bundle))
        if exit_code == 0:
            assert where.startswith(FREE_FACTS), (where, text)
        assert answer(bundle, digest(written(whole)))[0] == 1, where


@pytest.mark.parametrize(
    ("forge", "where"),
    [
        (lambda b: b["trackers"].__setitem__(0, "0" * 32), "$.closing.root_a"),
        (lambda b: b["trackers"].reverse(), "$.trackers[1]"),
        (lambda b: b["trackers"].pop(), "$.trackers"),
        (lambda b: b["ballots"].__setitem__(0, "1"), "$.closing.hash_b"),
        (lambda b: b["ballots"].__setitem__(0, "2,1"), "$.ballots[0]"),
        (lambda b: b["ballots"].__setitem__(0, "1,1"), "$.ballots[0]"),
        (lambda b: b["ballots"].__setitem__(0, ""), "$.ballots[0]"),
        (lambda b: b["ballots"].__setitem__(0, "1,2,3,4"), "$.ballots[0]"),
        (lambda b: b["ballots"].__setitem__(119, "7"), "$.ballots[119]"),
        (lambda b: b["ballots"].pop(), "$.ballots"),
        (lambda b: b.update(ballots=None), "$.ballots"),
        (lambda b: b["totals"].update({"3": 61}), "$.totals.3"),
        (lambda b: b["result"]["items"][2].update(selected=True), "$.result.items[2].selected"),
        (lambda b: b["result"]["items"][0].update(order=1), "$.result.items[0].order"),
        (lambda b: b["result"]["items"][0].update(selected=1), "$.result.items[0].selected"),
        (lambda b: b["closing"].update(used_count=119), "$.closing.ballot_count"),
        (lambda b: b["closing"].update(given_count=119), "$.closing.given_count"),
        (lambda b: b["rule_book"]["rule"].update(decided=["5"]), "$.rule_book.rule.decided"),
        (lambda b: b["rule_book"]["rule"].update(name="dictator"), "$.rule_book.rule.name"),
        (lambda b: b["rule_book"].update(fund_fen=True), "$.rule_book.fund_fen"),
        (lambda b: b.update(format="diancai-bundle/2"), "$.format"),
        (lambda b: b.update(note="x"), "$.note"),
        (lambda b: b["withdrawn"].append("9"), "$.withdrawn[0]"),
    ],
)
def test_a_forgery_is_named_by_its_path(forge: Callable[[Json], object], where: str) -> None:
    bundle = a_greedy_bundle()
    forge(bundle)
    assert_fails(seal(bundle), where)


def test_a_knapsack_ballot_over_the_fund_is_found() -> None:
    bundle = a_bundle(COSTS, ["1,2,3"] * 100, {**TOTALS}, GREEDY, ballot_type="knapsack")
    assert_fails(bundle, "$.ballots[0]")


# --- garbage ----------------------------------------------------------------------------------------------------------

LEAVES = st.none() | st.booleans() | st.integers(-(2**54), 2**54) | st.text(max_size=5) | st.floats()
TREES = st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner))


@given(st.binary(max_size=200))
@example(b"\x80")
@example(b'"\\ud800"')
def test_no_bytes_bring_a_traceback(content: bytes) -> None:
    assert verify(content).exit_code == 1


PATHS = [where for where, _ in mutations(a_greedy_bundle())]


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.integers(0, len(PATHS) - 1), TREES, st.booleans())
def test_no_content_brings_a_traceback(index: int, garbage: Any, is_sealed: bool) -> None:
    bundle = a_greedy_bundle()
    _replace(bundle, PATHS[index], garbage)
    if is_sealed:
        bundle["sha256"] = {name: digest(_loosely(part)) for name, part in bundle.items() if name != "sha256"}
    report = verify(_loosely(bundle))
    assert report.exit_code in (0, 1)


def _loosely(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode(errors="surrogatepass")


def _replace(value: Any, path: str, garbage: Any) -> None:
    steps = [int(step) if step.isdigit() else step for step in path[2:].replace("[", ".#").replace("]", "").split(".")]
    steps = [int(step[1:]) if isinstance(step, str) and step.startswith("#") else str(step) for step in steps]
    for step in steps[:-1]:
        value = value[step]
    value[steps[-1]] = garbage


# --- the command ------------------------------------------------------------------------------------------------------


def test_it_imports_the_standard_library_only() -> None:
    tree = ast.parse(Path(verifier.__file__).read_text(encoding="utf-8"))
    modules = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    modules |= {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    assert {str(module).split(".")[0] for module in modules} <= sys.stdlib_module_names


def test_the_file_alone_verifies_a_bundle(tmp_path: Path) -> None:
    copied, bundle = tmp_path / "verify.py", tmp_path / "bundle.json"
    copied.write_bytes(Path(verifier.__file__).read_bytes())
    bundle.write_bytes(written(a_greedy_bundle()))
    command = [sys.executable, "-I", str(copied), str(bundle), "--expect", digest(bundle.read_bytes())]
    done = subprocess.run(command, capture_output=True, check=False, env={"PYTHONIOENCODING": "ascii"})
    assert done.returncode == 0, done.stderr
    assert b"verified" in done.stdout


def test_what_cannot_be_checked_exits_with_two(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path / "nothing.json")]) == 2
    assert "cannot be read" in capsys.readouterr().err
    (tmp_path / "some.json").write_bytes(b"{}")
    assert main([str(tmp_path / "some.json"), "--expect", "12"]) == 2
    assert main([str(tmp_path / "some.json")]) == 1


@pytest.mark.parametrize(
    ("completion", "most_seconds"), [("greedy", 60), pytest.param("add1-full", 600, marks=pytest.mark.alone)]
)
def test_ten_thousand_ballots_on_fifty_items_are_counted_in_time(
    completion: str, most_seconds: int, capsys: pytest.CaptureFixture[str]
) -> None:
    numbers = [str(number) for number in range(1, 51)]
    ballots = []
    for voter in range(10_000):
        stream = hashlib.sha256(str(voter).encode()).digest()
        marks = {numbers[min(stream[i] * 50 // 256, stream[i + 5] * 50 // 256)] for i in range(5)}
        ballots.append(",".join(sorted(marks, key=int)))
    costs = {number: 2_000_000 + 300_001 * (int(number) * 7 % 50) for number in numbers}
    totals = {number: sum(number in text.split(",") for text in ballots) for number in numbers}
    rule = {"name": "equal-shares", "utility": "cost", "completion": completion}
    outcome = dict.fromkeys(numbers, WITHDRAWN)
    bundle = a_bundle(costs, ballots, totals, outcome, rule=rule, fund_fen=300_000_000, max_marks=5)
    began = time.process_time()
    report = verify(written(bundle))
    seconds = time.process_time() - began
    with capsys.disabled():
        print(f"\nverify: equal shares, {completion}, on 10,000 ballots × 50 items in {seconds:.1f} s of CPU")
    assert report.exit_code == 1  # the result is wrong on purpose: the whole count runs before that is seen
    assert "✗ $.result.items[0]" in "\n".join(report.lines)
    assert seconds < most_seconds
