"""The ledger of one fund (专项核算, F-07): signed entries, never below zero at any point."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from diancai.errors import LimitReached


class EntryKind(StrEnum):
    """Money approved for the fund, money bound by a round, money that a round gives back."""

    APPROPRIATION = "appropriation"
    COMMITMENT = "commitment"
    RELEASE = "release"


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """One posting. `amount_fen` is signed: a commitment is below zero. `reference` names the approval or the round."""

    kind: EntryKind
    amount_fen: int
    posted_on: date
    reference: str


def balance_fen(entries: Iterable[LedgerEntry]) -> int:
    """What the fund holds after these entries, in fen."""
    return sum(entry.amount_fen for entry in entries)


def post(entries: Sequence[LedgerEntry], entry: LedgerEntry) -> tuple[LedgerEntry, ...]:
    """The ledger with one more entry. Raises LimitReached ledger.below_zero (balance_fen, amount_fen, short_fen)."""
    before_fen = balance_fen(entries)
    if before_fen + entry.amount_fen < 0:
        raise LimitReached(
            "ledger.below_zero",
            balance_fen=before_fen,
            amount_fen=entry.amount_fen,
            short_fen=-(before_fen + entry.amount_fen),
        )
    return (*entries, entry)
