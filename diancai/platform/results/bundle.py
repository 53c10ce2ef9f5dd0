"""The file that outsiders recount, written as docs/bundle.md says. Pure: values in, one canonical text out."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from diancai.budget import Allocation
from diancai.platform.rounds.rules import canonical_json, sha256_of

FORMAT = "diancai-bundle/1"
FEWEST_BALLOTS_TO_PUBLISH = 100
"""Under so many ballots only outcome and totals are published (vote.md 3)."""


@dataclass(frozen=True, slots=True)
class Closing:
    """The counts and hashes of the closing seal. Of an imported election only the two that it has."""

    ballot_count: int
    hash_b: str
    given_count: int | None = None
    used_count: int | None = None
    paper_count: int | None = None
    root_a: str | None = None
    closed_at: datetime | None = None

    def as_plain(self) -> dict[str, Any]:
        return {
            "ballot_count": self.ballot_count,
            "closed_at": utc_text(self.closed_at) if self.closed_at else None,
            "given_count": self.given_count,
            "hash_b": self.hash_b,
            "paper_count": self.paper_count,
            "root_a": self.root_a,
            "used_count": self.used_count,
        }


def utc_text(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def publishes_ballots(publication: str, ballot_count: int, *, is_imported: bool) -> bool:
    """Whether the texts of the ballots are part of what is published."""
    return publication == "ballots" and (is_imported or ballot_count >= FEWEST_BALLOTS_TO_PUBLISH)


def result_part(version: int, fund_fen: int, totals: Mapping[str, int], allocation: Allocation) -> dict[str, Any]:
    """`result` of the bundle: one row an item, in menu order."""
    order = {number: place for place, number in enumerate(allocation.winners, 1)}
    items = [
        {
            "number": number,
            "order": order.get(number),
            "reason": reason.code,
            "score": totals[number],
            "selected": number in order,
        }
        for number, reason in allocation.reasons.items()
    ]
    return {
        "fund_fen": fund_fen,
        "items": items,
        "left_fen": allocation.left_fen,
        "spent_fen": allocation.spent_fen,
        "version": version,
    }


def bundle_text(
    *,
    rule_book_text: str,
    closing: Closing,
    draw: str,
    withdrawn: Sequence[str],
    tracker_keys: Iterable[bytes] | None,
    ballots: Iterable[str] | None,
    totals: Mapping[str, int],
    result: Mapping[str, Any],
) -> str:
    """The whole bundle. The two lists, trackers and ballots, are each sorted by itself: nothing pairs them."""
    parts: dict[str, Any] = {
        "format": FORMAT,
        "rule_book": json.loads(rule_book_text),
        "closing": closing.as_plain(),
        "draw": draw,
        "withdrawn": list(withdrawn),
        "trackers": None if tracker_keys is None else sorted(key.hex() for key in tracker_keys),
        "ballots": None if ballots is None else sorted(ballots, key=str.encode),
        "totals": dict(totals),
        "result": dict(result),
    }
    hashes = {name: sha256_of(canonical_json(part)) for name, part in parts.items()}
    return canonical_json(parts | {"sha256": hashes})
