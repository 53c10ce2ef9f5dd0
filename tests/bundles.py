"""Writes bundles for tests from docs/bundle.md alone: nothing of the product has a hand in it."""

import hashlib
import json
from typing import Any

Json = dict[str, Any]


def written(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def root_of(leaves: list[bytes]) -> bytes:
    """RFC 6962 bottom up: pairs are joined level by level, an odd one moves up as it is."""
    level = [hashlib.sha256(b"\x00" + leaf).digest() for leaf in leaves] or [hashlib.sha256(b"").digest()]
    while len(level) > 1:
        pairs = [level[index : index + 2] for index in range(0, len(level), 2)]
        level = [hashlib.sha256(b"\x01" + b"".join(pair)).digest() if len(pair) == 2 else pair[0] for pair in pairs]
    return level[0]


def seal(bundle: Json) -> Json:
    """Write the hash of each part anew, as someone would who tampers with care."""
    bundle["sha256"] = {name: digest(written(part)) for name, part in bundle.items() if name != "sha256"}
    return bundle


def a_bundle(
    costs: dict[str, int],
    ballots: list[str],
    totals: dict[str, int],
    outcome: dict[str, str],
    *,
    fund_fen: int = 100,
    rule: Json | None = None,
    ballot_type: str = "tick",
    max_marks: int = 3,
    publication: str = "ballots",
    kind: str = "held",
    order: list[str] | None = None,
    draw: str = "4 2 6 1",
    tie_order: str = "cost_then_lot",
    withdrawn: tuple[str, ...] = (),
    constraints: Json | None = None,
    groups: dict[str, tuple[str, str]] | None = None,
) -> Json:
    """A sound bundle. `outcome` gives each item's reason; winners are numbered in the order of `order`.

    `groups`: category and community by number.
    """
    is_held = kind == "held"
    trackers = sorted(hashlib.md5(str(index).encode()).hexdigest() for index in range(len(ballots)))
    texts = sorted(ballots, key=str.encode)
    winners = order or [number for number, reason in outcome.items() if reason.startswith("won.")]
    spent_fen = sum(costs[number] for number in winners)
    count = len(ballots)
    return seal(
        {
            "format": "diancai-bundle/1",
            "rule_book": {
                "round": {"id": 7, "title": "二〇二六年“民生菜单”", "street": "示范街道", "kind": kind},
                "ballot": {"type": ballot_type, "min_marks": 1 if is_held else 0, "max_marks": max_marks},
                "fund_fen": fund_fen,
                "items": [
                    {"number": n, "name": f"项目{n}", "cost_fen": cost, **_groups_of(n, groups or {})}
                    for n, cost in costs.items()
                ],
                **({"constraints": constraints} if constraints else {}),
                "rule": dict(rule or {"name": "greedy"}),
                "ties": {"order": tie_order},
                "publication": publication,
                "channels": ["online"],
                "electorate": {"minimum_age": 15},
            },
            "closing": {
                "ballot_count": count,
                "given_count": count + 5 if is_held else None,
                "used_count": count if is_held else None,
                "paper_count": 0 if is_held else None,
                "root_a": root_of([bytes.fromhex(tracker) for tracker in trackers]).hex() if is_held else None,
                "hash_b": digest("".join(text + "\n" for text in texts).encode()),
                "closed_at": "2026-11-21T10:00:00Z" if is_held else None,
            },
            "draw": draw,
            "withdrawn": list(withdrawn),
            "trackers": trackers if is_held else None,
            "ballots": texts if publication == "ballots" and (not is_held or count >= 100) else None,
            "totals": dict(totals),
            "result": {
                "version": 1,
                "fund_fen": fund_fen,
                "items": [
                    {
                        "number": number,
                        "selected": number in winners,
                        "order": winners.index(number) + 1 if number in winners else None,
                        "score": totals[number],
                        "reason": reason,
                    }
                    for number, reason in outcome.items()
                ],
                "spent_fen": spent_fen,
                "left_fen": fund_fen - spent_fen,
            },
        }
    )


def _groups_of(number: str, groups: dict[str, tuple[str, str]]) -> Json:
    return dict(zip(("category", "community"), groups[number], strict=True)) if number in groups else {}
