"""Constraints of a rule book for tests, over a menu of six items in groups."""

from fractions import Fraction

from hypothesis import strategies as st

from diancai.budget import Ceiling, Constraints, Dimension, Floor, Method, Reserve

NUMBERS = ["1", "2", "3", "9", "10", "B-2"]
GROUPS = {
    "1": ("works", "a"),
    "2": ("works", "b"),
    "3": ("goods", "a"),
    "9": ("goods", ""),
    "10": ("works", "a"),
    "B-2": ("goods", "b"),
}


@st.composite
def constraints_for(draw: st.DrawFn, method: Method) -> Constraints:
    """Mostly few at a time, so that each decides something."""
    dimension = draw(st.sampled_from(list(Dimension)))
    names = {Dimension.CATEGORY: ["works", "goods"], Dimension.COMMUNITY: ["a", "b"]}
    kinds = draw(
        st.sets(st.sampled_from(["ceiling", "floor", "exclusive", "limit", "score", "share", "reserve"]), max_size=3)
    )
    ceilings = tuple(
        Ceiling(dimension, group, draw(st.integers(0, 20))) for group in names[dimension] if "ceiling" in kinds
    )
    floor_dimension = draw(st.sampled_from(list(Dimension)))
    floors = (
        tuple(Floor(group, draw(st.integers(1, 2))) for group in names[floor_dimension]) if "floor" in kinds else ()
    )
    pairs = st.lists(st.sampled_from(NUMBERS), min_size=2, max_size=3, unique=True).map(tuple)
    has_reserve = "reserve" in kinds and method in (Method.GREEDY, Method.GREEDY_NO_SKIP)
    return Constraints(
        ceilings=ceilings,
        floor_dimension=floor_dimension,
        floors=floors,
        exclusive=(draw(pairs),) if "exclusive" in kinds else (),
        winner_limit=draw(st.integers(1, 3)) if "limit" in kinds else None,
        least_score=draw(st.integers(0, 300)) if "score" in kinds else 0,
        least_share=Fraction(draw(st.integers(0, 4)), 6) if "share" in kinds else Fraction(0),
        reserve=Reserve(Fraction(draw(st.integers(0, 4)), 4), draw(st.integers(0, 6))) if has_reserve else None,
    )
