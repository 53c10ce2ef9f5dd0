"""限制条件 of a rule book: between plain values as docs/bundle.md has them and what the count reads. Pure."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

from diancai.budget import Ceiling, Constraints, Dimension, Floor, ItemCategory, Reserve
from diancai.platform.rounds.models import NO_CONSTRAINTS, Round


def constraints_of(round_: Round) -> Constraints:
    return constraints_in(json.loads(round_.constraints or NO_CONSTRAINTS))


def constraints_in(plain: Mapping[str, Any] | None) -> Constraints:
    """`constraints` of a rule book; what is absent or null does not bind."""
    given = {name: value for name, value in (plain or {}).items() if value is not None}
    floors = given.get("floors") or {"dimension": Dimension.COMMUNITY, "groups": []}
    return Constraints(
        ceilings=tuple(
            Ceiling(Dimension(row["dimension"]), row["group"], row["limit_fen"]) for row in given.get("ceilings", ())
        ),
        floor_dimension=Dimension(floors["dimension"]),
        floors=tuple(Floor(row["group"], row["winners"]) for row in floors["groups"]),
        exclusive=tuple(tuple(numbers) for numbers in given.get("exclusive", ())),
        winner_limit=given.get("winner_limit"),
        decided=tuple(given.get("decided", ())),
        least_score=given.get("least_score", 0),
        least_share=_share_in(given.get("least_share")),
        reserve=_reserve_in(given.get("reserve")),
    )


def plain_constraints(constraints: Constraints) -> dict[str, Any]:
    """Only what binds, in the order of the office: {} for none."""
    plain = {
        "ceilings": [
            {"dimension": row.dimension.value, "group": row.group, "limit_fen": row.limit_fen}
            for row in constraints.ceilings
        ],
        "floors": _plain_floors(constraints),
        "exclusive": [list(numbers) for numbers in constraints.exclusive],
        "winner_limit": constraints.winner_limit,
        "decided": list(constraints.decided),
        "least_score": constraints.least_score,
        "least_share": _plain_share(constraints.least_share),
        "reserve": _plain_reserve(constraints.reserve),
    }
    return {name: value for name, value in plain.items() if value}


def numbers_in(constraints: Constraints) -> Iterator[str]:
    """Every item number that is named, repeated ones too."""
    yield from constraints.decided
    for numbers in constraints.exclusive:
        yield from numbers


def renumbered(constraints: Constraints, new: Mapping[str, str]) -> Constraints:
    """The same items under their new numbers; an item that is gone is named no more, nor a group left with one."""
    exclusive = (_renamed(numbers, new) for numbers in constraints.exclusive)
    return replace(
        constraints,
        decided=_renamed(constraints.decided, new),
        exclusive=tuple(numbers for numbers in exclusive if len(numbers) > 1),
    )


def group_name(group: str) -> str:
    """A category as the member that has words; a community is its own name."""
    return ItemCategory(group) if group in list(ItemCategory) else group


def _renamed(numbers: Sequence[str], new: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(new[number] for number in numbers if number in new)


def _share_in(plain: Mapping[str, int] | None) -> Fraction:
    return Fraction(plain["numerator"], plain["denominator"]) if plain else Fraction(0)


def _reserve_in(plain: Mapping[str, Any] | None) -> Reserve | None:
    return Reserve(_share_in(plain["share"]), plain["amount_fen"]) if plain else None


def _plain_share(share: Fraction) -> dict[str, int] | None:
    return {"numerator": share.numerator, "denominator": share.denominator} if share else None


def _plain_reserve(reserve: Reserve | None) -> dict[str, Any] | None:
    if reserve is None:
        return None
    share = {"numerator": reserve.share.numerator, "denominator": reserve.share.denominator}
    return {"share": share, "amount_fen": reserve.amount_fen}


def _plain_floors(constraints: Constraints) -> dict[str, Any] | None:
    if not constraints.floors:
        return None
    groups = [{"group": floor.group, "winners": floor.winner_count} for floor in constraints.floors]
    return {"dimension": constraints.floor_dimension.value, "groups": groups}
