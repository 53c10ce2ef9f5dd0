"""The examples of docs/counting.md, read from that page: whoever changes one has to change the other."""

import shlex
from pathlib import Path

import pytest

from diancai.budget import Binding, Completion, Election, Method, Rule, Utility, allocate
from diancai.voting import TieOrder
from tests.elections import an_election

PAGE = Path(__file__).parents[2] / "docs" / "counting.md"
UNIT_FEN = 100


def rows_under(heading: str) -> list[list[str]]:
    """The cells of the table that begins with this line, without its head."""
    lines = PAGE.read_text().split(heading)[1].splitlines()[2:]
    table = lines[: next(place for place, line in enumerate(lines) if not line.startswith("|"))]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table]


def the_town() -> Election:
    costs, voters = {}, {}
    for number, cost, names in rows_under("| item | cost | voters |"):
        costs[number], voters[number] = int(cost) * UNIT_FEN, names.split()
    ballots = [",".join(n for n in costs if str(voter) in voters[n]) for voter in range(1, 11)]
    return an_election(costs, 100 * UNIT_FEN, ballots)


def rule_of(words: str) -> Rule:
    method, *options = shlex.split(words.strip("`"))
    given = dict(zip(options[::2], options[1::2], strict=True))
    return Rule(
        Method(method),
        seat_count=int(given["--k"]) if "--k" in given else None,
        binding=Binding(given.get("--fund", "skip")),
        utility=Utility(given.get("--utility", "cost")),
        completion=Completion(given.get("--completion", "none")),
    )


@pytest.mark.parametrize(("words", "elects", "left"), [row[:3] for row in rows_under("| rule | elects | left | why |")])
def test_the_town_elects_what_the_page_says(words: str, elects: str, left: str) -> None:
    allocation = allocate(the_town(), rule_of(words), TieOrder())
    assert " ".join(allocation.winners) == elects
    assert allocation.left_fen == int(left) * UNIT_FEN


def test_the_page_shows_every_rule_and_completion() -> None:
    shown = [rule_of(row[0]) for row in rows_under("| rule | elects | left | why |")]
    assert {rule.method for rule in shown} == set(Method)
    assert {rule.completion for rule in shown} == set(Completion) - {Completion.COMPARISON_FULL}
