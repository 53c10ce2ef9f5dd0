"""Breaking ties by cost and a published lot, so that anyone can repeat the draw."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from diancai.voting.exact import Exact


class TieRule(StrEnum):
    """Who goes first among equals. `LISTED` and `ID` exist for comparison with other engines."""

    COST_THEN_LOT = "cost_then_lot"
    LOT = "lot"
    LISTED = "listed"
    ID = "id"


def tie_seed(root_a_hex: str, hash_b_hex: str, draw: str) -> str:
    """Seed of the lot, in hex: SHA-256 of `rootA\\nhashB\\ndraw`. `draw` is what two scrutineers typed."""
    return hashlib.sha256(f"{root_a_hex}\n{hash_b_hex}\n{draw}".encode()).hexdigest()


def file_seed(text: str = "") -> str:
    """Seed of the lot for a file or an imported round, in hex: SHA-256 of the given text."""
    return hashlib.sha256(text.encode()).hexdigest()


def lot_key(seed_hex: str, item_number: str) -> str:
    """Lot of an item, in hex, the lowest goes first: SHA-256 of the seed in hex, a line feed and the item number."""
    return hashlib.sha256(f"{seed_hex}\n{item_number}".encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class TieOrder:
    """How one count breaks its ties: an argument of every rule, never hidden in one."""

    rule: TieRule = TieRule.COST_THEN_LOT
    seed_hex: str = file_seed()

    def ranks(self, costs: Mapping[str, Exact], votes: Mapping[str, Exact] | None = None) -> dict[str, int]:
        """Rank of each item, 0 goes first. `costs` by item number in listed order.

        `votes` matter only under the default rule (more votes, then lower cost, then the lot) and only to rules whose
        ties are not between equal votes, such as equal shares.
        """
        ordered = sorted(costs, key=self._key(costs, votes or {}))
        return {number: rank for rank, number in enumerate(ordered)}

    def _key(self, costs: Mapping[str, Exact], votes: Mapping[str, Exact]) -> Callable[[str], tuple[Exact | str, ...]]:
        match self.rule:
            case TieRule.COST_THEN_LOT:
                return lambda number: (-votes.get(number, 0), costs[number], lot_key(self.seed_hex, number))
            case TieRule.LOT:
                return lambda number: (lot_key(self.seed_hex, number),)
            case TieRule.LISTED:
                return lambda number: ()
            case TieRule.ID:
                return lambda number: (number,)
