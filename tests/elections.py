"""Elections for tests: small ones made on the spot, and real ones that lie beside the repository, never inside it."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import pytest
from hypothesis import strategies as st

from diancai.budget import Election, Item
from diancai.voting import (
    BallotForm,
    BallotType,
    Exact,
    MarkKind,
    Profile,
    WeightedBallot,
    profile_from_texts,
    profile_of,
)

FOLDER = Path(__file__).parents[1].parent / "shared" / "data" / "pabulib"


def real_files() -> list[Path]:
    """The .pb files at hand, smallest first; skips the test where there are none."""
    files = sorted(FOLDER.glob("*.pb"), key=lambda path: path.stat().st_size)
    if not files:
        pytest.skip("no real election files in ../shared/data/pabulib")
    return files


def an_election(
    costs: Mapping[str, Exact], fund: Exact, ballots: Iterable[str], withdrawn: Sequence[str] = ()
) -> Election:
    """A tick-list election: costs by item number, ballots as "1,3"; an empty text is an empty ballot."""
    form = BallotForm(BallotType.TICK, tuple(costs), (0,) * len(costs), 0, len(costs))
    items = tuple(Item(number, cost, number in withdrawn) for number, cost in costs.items())
    return Election(items, fund, profile_from_texts(form, ballots))


NUMBERS = ("10", "2", "b", "1", "a/7")
WHOLE = st.integers(0, 9)
EXACT = st.one_of(WHOLE, st.fractions(0, 9, max_denominator=7))


@st.composite
def approval_elections(draw: st.DrawFn, amounts: st.SearchStrategy[Exact] = EXACT) -> Election:
    """Up to five items and eight ballots; free, withdrawn, unsupported and unaffordable items among them."""
    items = draw(_items(amounts))
    marks = st.sets(st.sampled_from([item.number for item in items]))
    return Election(items, draw(_funds(amounts)), approvals(items, draw(st.lists(marks, max_size=8))))


def approvals(items: Sequence[Item], ballots: Sequence[set[str]]) -> Profile:
    """The profile of approval sets, one a voter."""
    numbers = tuple(item.number for item in items)
    distinct: dict[tuple[str, ...], int] = {}
    for marks in ballots:
        key = tuple(number for number in numbers if number in marks)
        distinct[key] = distinct.get(key, 0) + 1
    ballots_held = tuple(WeightedBallot(marks, (), count) for marks, count in sorted(distinct.items()))
    return profile_of(MarkKind.APPROVAL, numbers, ballots_held)


@st.composite
def scored_elections(draw: st.DrawFn) -> Election:
    """Rankings of up to three places, or points."""
    items = draw(_items(EXACT))
    numbers = tuple(item.number for item in items)
    orders = draw(st.lists(st.permutations(numbers), max_size=6))
    ballots = []
    kind = draw(st.sampled_from([MarkKind.RANKING, MarkKind.POINTS]))
    for order in orders:
        marks = tuple(order[: draw(st.integers(0, 3))])
        points = tuple(draw(st.fractions(0, 3, max_denominator=2)) for _ in marks) if kind is MarkKind.POINTS else ()
        ballots.append(WeightedBallot(marks, points, 1))
    return Election(items, draw(_funds(EXACT)), profile_of(kind, numbers, ballots, 3))


@st.composite
def _items(draw: st.DrawFn, amounts: st.SearchStrategy[Exact]) -> tuple[Item, ...]:
    numbers = NUMBERS[: draw(st.integers(1, len(NUMBERS)))]
    return tuple(Item(number, draw(amounts), draw(st.integers(0, 9)) == 0) for number in numbers)


def _funds(amounts: st.SearchStrategy[Exact]) -> st.SearchStrategy[Exact]:
    return st.builds(lambda amount, factor: amount * factor, amounts, st.integers(0, 4))
