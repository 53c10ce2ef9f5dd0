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
    publication: str = "ballots",
    kind: str = "held",
    order: list[str] | None = None,
    draw: str = "4 2 6 1",
    withdrawn: tuple[str, ...] = (),
    **rules: Any,
) -> Json:
    """A sound bundle. `outcome` gives each item's reason; winners are numbered in the order of `order`.

    `rules`: as `_rule_book` takes them.
    """
    is_held = kind == "held"
    trackers = sorted(hashlib.md5(str(index).encode()).hexdigest() for index in range(len(ballots)))
    texts = sorted(ballots, key=str.encode)
    rules |= {"fund_fen": fund_fen, "publication": publication, "kind": kind}
    return seal(
        {
            "format": "diancai-bundle/1",
            "rule_book": _rule_book(costs, **rules),
            "closing": _closing(texts, trackers) if is_held else _closing_of_an_import(texts),
            "draw": draw,
            "withdrawn": list(withdrawn),
            "trackers": trackers if is_held else None,
            "ballots": texts if publication == "ballots" and (not is_held or len(texts) >= 100) else None,
            "totals": dict(totals),
            "result": _result(costs, totals, outcome, fund_fen, order),
        }
    )


def _rule_book(
    costs: dict[str, int],
    *,
    fund_fen: int,
    publication: str,
    kind: str,
    rule: Json | None = None,
    ballot_type: str = "tick",
    max_marks: int = 3,
    tie_order: str = "cost_then_lot",
    constraints: Json | None = None,
    groups: dict[str, tuple[str, str]] | None = None,
) -> Json:
    """`groups`: category and community by number."""
    min_marks = 1 if kind == "held" else 0
    return {
        "round": {"id": 7, "title": "二〇二六年“民生菜单”", "street": "示范街道", "kind": kind},
        "ballot": {"type": ballot_type, "min_marks": min_marks, "max_marks": max_marks},
        "fund_fen": fund_fen,
        "items": [
            {"number": number, "name": f"项目{number}", "cost_fen": cost, **_groups_of(number, groups or {})}
            for number, cost in costs.items()
        ],
        **({"constraints": constraints} if constraints else {}),
        "rule": dict(rule or {"name": "greedy"}),
        "ties": {"order": tie_order},
        "publication": publication,
        "channels": ["online"],
        "electorate": {"minimum_age": 15},
    }


def _groups_of(number: str, groups: dict[str, tuple[str, str]]) -> Json:
    return dict(zip(("category", "community"), groups[number], strict=True)) if number in groups else {}


def _closing(texts: list[str], trackers: list[str]) -> Json:
    return {
        **_closing_of_an_import(texts),
        "given_count": len(texts) + 5,
        "used_count": len(texts),
        "paper_count": 0,
        "root_a": root_of([bytes.fromhex(tracker) for tracker in trackers]).hex(),
        "closed_at": "2026-11-21T10:00:00Z",
    }


def _closing_of_an_import(texts: list[str]) -> Json:
    unknown = dict.fromkeys(("given_count", "used_count", "paper_count", "root_a", "closed_at"))
    return {
        **unknown,
        "ballot_count": len(texts),
        "hash_b": digest("".join(text + "\n" for text in texts).encode()),
    }


def _result(
    costs: dict[str, int], totals: dict[str, int], outcome: dict[str, str], fund_fen: int, order: list[str] | None
) -> Json:
    winners = order or [number for number, reason in outcome.items() if reason.startswith("won.")]
    spent_fen = sum(costs[number] for number in winners)
    items = [
        {
            "number": number,
            "selected": number in winners,
            "order": winners.index(number) + 1 if number in winners else None,
            "score": totals[number],
            "reason": reason,
        }
        for number, reason in outcome.items()
    ]
    return {
        "version": 1,
        "fund_fen": fund_fen,
        "items": items,
        "spent_fen": spent_fen,
        "left_fen": fund_fen - spent_fen,
    }
