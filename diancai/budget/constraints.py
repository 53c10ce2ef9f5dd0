"""Constraints beside the fund: ceilings, floors, exclusions, a limit of winners, items decided in advance, support.

They are filters: the next candidate that breaks one is dropped for good, with that reason (count.md).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction

from diancai.voting.exact import Exact


class Dimension(StrEnum):
    """By what items are grouped."""

    CATEGORY = "category"
    COMMUNITY = "community"


@dataclass(frozen=True, slots=True)
class Ceiling:
    """The most that the winners of a group may cost together."""

    dimension: Dimension
    group: str
    limit_fen: Exact


@dataclass(frozen=True, slots=True)
class Floor:
    """So many items of a group win, as long as so many are supported and fit."""

    group: str
    winner_count: int


@dataclass(frozen=True, slots=True)
class Reserve:
    """预备额度: completes the first item that does not fit, if `share` of its cost is left and the rest is at most this."""

    share: Fraction
    amount_fen: Exact


@dataclass(frozen=True, slots=True)
class Constraints:
    """All of one rule book.

    `floors` stand on one dimension, in rule-book order. `exclusive`: of each group of numbers one may win. `decided`:
    numbers, charged first. `least_score`: an absolute threshold; `least_share`: of all ballots, of those naming the item.
    """

    ceilings: tuple[Ceiling, ...] = ()
    floor_dimension: Dimension = Dimension.COMMUNITY
    floors: tuple[Floor, ...] = ()
    exclusive: tuple[tuple[str, ...], ...] = ()
    winner_limit: int | None = None
    decided: tuple[str, ...] = ()
    least_score: Exact = 0
    least_share: Fraction = Fraction(0)
    reserve: Reserve | None = None


Groups = Mapping[Dimension, str]


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why an item cannot win, by a code and its facts."""

    code: str
    facts: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Holdings:
    """What has been taken so far, as the constraints see it: numbers, and the money by ceiling."""

    taken: tuple[str, ...] = ()
    spent_fen: tuple[Exact, ...] = ()

    def obstacle(self, constraints: Constraints, number: str, cost_fen: Exact, groups: Groups) -> Obstacle | None:
        """The first constraint that one more item would break, in the order: limit, exclusion, ceilings."""
        if constraints.winner_limit is not None and len(self.taken) >= constraints.winner_limit:
            return Obstacle("lost.winner_limit", {"limit": constraints.winner_limit})
        for group in constraints.exclusive:
            if number in group and (ahead := next((other for other in self.taken if other in group), "")):
                return Obstacle("lost.excluded", {"ahead": ahead})
        for ceiling, spent in zip(constraints.ceilings, self.spent_fen, strict=True):
            over_fen = spent + cost_fen - ceiling.limit_fen
            if groups.get(ceiling.dimension) == ceiling.group and over_fen > 0:
                facts = {"group": ceiling.group, "limit_fen": ceiling.limit_fen, "over_fen": over_fen}
                return Obstacle("lost.ceiling", {"dimension": ceiling.dimension.value, **facts})
        return None

    def with_item(self, constraints: Constraints, number: str, cost_fen: Exact, groups: Groups) -> "Holdings":
        """The holdings once the item is taken."""
        spent = tuple(
            spent + cost_fen if groups.get(ceiling.dimension) == ceiling.group else spent
            for ceiling, spent in zip(constraints.ceilings, self.spent_fen, strict=True)
        )
        return Holdings((*self.taken, number), spent)


def no_holdings(constraints: Constraints) -> Holdings:
    """Nothing taken yet."""
    return Holdings((), (0,) * len(constraints.ceilings))
