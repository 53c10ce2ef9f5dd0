"""Check a closed round from its published bundle: `python verify.py BUNDLE [--expect HASH]`.

One file, standard library only, Python 3.11 or newer; it imports nothing of Diancai and counts by itself. The format is
described in docs/bundle.md. Exit codes: 0 nothing wrong was found, 1 the bundle is wrong, 2 nothing could be checked.

1. The bytes:   canonical JSON, so that one content has one hash.
2. The shape:   every field that the count needs, of the right kind.
3. The hashes:  each part, the trackers (Merkle root as in RFC 6962), the ballots, the seed of the lot.
4. The count:   every rule, completion and constraint that a rule book may name, in exact arithmetic.
5. The answer:  what holds, what does not and where, and what this file cannot prove.
"""

import argparse
import hashlib
import heapq
import json
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import groupby
from math import lcm
from pathlib import Path
from typing import Any, NamedTuple

FORMAT = "diancai-bundle/1"
MEMBERS = {"format", "rule_book", "closing", "draw", "withdrawn", "trackers", "ballots", "totals", "result", "sha256"}
CLOSING = {"ballot_count", "given_count", "used_count", "paper_count", "root_a", "hash_b", "closed_at"}
RESULT = {"version", "fund_fen", "items", "spent_fen", "left_fen"}
RESULT_ITEM = {"number", "selected", "order", "score", "reason"}
CONSTRAINTS = {"ceilings", "floors", "exclusive", "winner_limit", "decided", "least_score", "least_share", "reserve"}

RULES = ("greedy", "greedy-no-skip", "greedy-per-cost", "top-k", "equal-shares", "phragmen")
COMPLETIONS = ("none", "add1", "add1-full", "add1-greedy", "greedy", "phragmen", "comparison")
# Which rule uses a parameter, and what it may say; k is a natural number.
PARAMETERS: dict[str, tuple[str, tuple[str, ...]]] = {
    "utility": ("equal-shares", ("cost", "cardinality", "score")),
    "completion": ("equal-shares", COMPLETIONS),
    "fund_binding": ("top-k", ("skip", "stop", "none")),
    "k": ("top-k", ()),
}
COUNTS_BALLOTS = ("equal-shares", "phragmen")
NOT_FOR_RANKING = ("greedy-per-cost", "phragmen")
HAS_RESERVE = ("greedy", "greedy-no-skip")
DIMENSIONS = ("category", "community")
MAIN_UNIT_FEN = 100
FEWEST_BALLOTS_TO_PUBLISH = 100
LARGEST_INTEGER = 2**53 - 1
DEEPEST = 30
HEX_64 = re.compile(r"[0-9a-f]{64}")
HEX_32 = re.compile(r"[0-9a-f]{32}")


class Failure(Exception):
    """Something in the bundle is wrong: where, and what, in both languages."""

    def __init__(self, where: str, zh: str, en: str) -> None:
        super().__init__(f"{where}: {zh} / {en}")


class Unusable(Exception):
    """Nothing could be checked: no such file, another format, a hash that is none."""


# --- 1. The bytes -----------------------------------------------------------------------------------------------------


def canonical(value: Any) -> bytes:
    """The one way to write a value: UTF-8, keys sorted by code point, no spaces, nothing escaped without need."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":")).encode()


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def read_canonical(content: bytes) -> Any:
    """Parse the bundle and refuse every other way of writing the same content."""
    try:
        value = json.loads(content.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise Failure(place(content, error.start), "不是 UTF-8 文本", "not UTF-8 text") from None
    except json.JSONDecodeError as error:
        byte = len(error.doc[: error.pos].encode())
        raise Failure(place(content, byte), "不是 JSON", f"not JSON, {error.msg}") from None
    except (ValueError, RecursionError):
        raise Failure("$", "数字过长或嵌套过深", "a number too long or nesting too deep") from None
    check_values(value, "$", 0)
    written = canonical(value)
    if written != content:
        byte = first_difference(written, content)
        where = f"{place(content, byte)}, {path_at(value, byte)}"
        raise Failure(where, "写法不合规范，或有重复的键", "not written canonically, or a key stands twice")
    return value


def check_values(value: Any, path: str, depth: int) -> None:
    """Only objects, lists, text that UTF-8 can carry, true, false, null and integers that every language can hold."""
    if depth > DEEPEST:
        raise Failure(path, "嵌套过深", "nesting too deep")
    if isinstance(value, float):
        raise Failure(path, "只允许整数", "only integers are allowed")
    if isinstance(value, int) and abs(value) > LARGEST_INTEGER:
        raise Failure(path, "整数过大", "integer too large")
    if isinstance(value, str) and any("\ud800" <= character <= "\udfff" for character in value):
        raise Failure(path, "文本含不成对的代理码点", "text with a lone surrogate")
    for name, child in children(value):
        check_values(name, path, depth)
        check_values(child, path + step(name), depth + 1)


def children(value: Any) -> Iterable[tuple[Any, Any]]:
    """What lies directly in an object (in canonical order) or a list."""
    if isinstance(value, dict):
        return sorted(value.items())
    return enumerate(value) if isinstance(value, list) else ()


def step(name: str | int) -> str:
    """One step of a path; names that are not plain words are quoted, so that none can paint the terminal."""
    if isinstance(name, int):
        return f"[{name}]"
    return f".{name}" if name.isascii() and name.replace("_", "").isalnum() else f"[{json.dumps(name)}]"


def place(content: bytes, byte: int) -> str:
    before = content[:byte]
    return f"第 {before.count(10) + 1} 行 line {before.count(10) + 1}, 第 {byte} 字节 byte {byte}"


def first_difference(one: bytes, other: bytes) -> int:
    pairs = zip(one, other, strict=False)
    return next((byte for byte, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))


def path_at(value: Any, byte: int, path: str = "$") -> str:
    """The path of the innermost value that covers this byte of the canonical text."""
    begin = 1
    for name, child in children(value):
        begin += len(canonical(name)) + 1 if isinstance(name, str) else 0
        end = begin + len(canonical(child))
        if byte < end:
            return path_at(child, byte - begin, path + step(name)) if byte >= begin else path + step(name)
        begin = end + 1
    return path


# --- 2. The shape -----------------------------------------------------------------------------------------------------


def get(parent: dict[str, Any], path: str, name: str, *kinds: type) -> Any:
    """A field that must be there and of one of these kinds; `type()` because Python takes true for an integer."""
    if name not in parent:
        raise Failure(f"{path}.{name}", "缺少此项", "is missing")
    if type(parent[name]) not in kinds:
        raise Failure(f"{path}.{name}", "类型不对", "is of the wrong kind")
    return parent[name]


def optional(parent: dict[str, Any], path: str, name: str, kind: type) -> Any:
    """A field that may be absent or null."""
    return get(parent, path, name, kind) if parent.get(name) is not None else None


def choice(parent: dict[str, Any], path: str, name: str, choices: Sequence[str]) -> str:
    value: str = get(parent, path, name, str)
    if value not in choices:
        raise Failure(f"{path}.{name}", f"应为 {'、'.join(choices)} 之一", f"must be one of {', '.join(choices)}")
    return value


def natural(parent: dict[str, Any], path: str, name: str) -> int:
    value: int = get(parent, path, name, int)
    if value < 0:
        raise Failure(f"{path}.{name}", "不得为负数", "must not be negative")
    return value


def exactly(parent: dict[str, Any], names: set[str], path: str) -> None:
    """These names and no other: an unknown field would look checked without being so."""
    for name in sorted(set(parent) ^ names):
        raise Failure(path + step(name), "多出或缺少此项", "is missing or unknown")


def no_others(parent: dict[str, Any], names: Iterable[str], path: str) -> None:
    """Some of these names and no other."""
    for name in sorted(set(parent) - set(names)):
        raise Failure(path + step(name), "未知的参数", "is an unknown parameter")


def list_of(parent: dict[str, Any], path: str, name: str, kind: type) -> list[Any]:
    values: list[Any] = get(parent, path, name, list)
    for index, value in enumerate(values):
        if type(value) is not kind:
            raise Failure(f"{path}.{name}[{index}]", "类型不对", "is of the wrong kind")
    return values


@dataclass(frozen=True)
class Item:
    number: str
    cost_fen: int
    category: str
    community: str

    def group(self, dimension: str) -> str:
        """Its category or community; empty when it belongs to none, as an item for the whole street does."""
        return self.category if dimension == "category" else self.community

    def ascending(self) -> tuple[int, int, str, str]:
        """What 'ascending' means on a ballot: numbers by value, then everything else by code point."""
        if not (self.number.isascii() and self.number.isdigit()):
            return (1, 0, self.number, self.number)
        significant = self.number.lstrip("0")
        return (0, len(significant), significant, self.number)


@dataclass(frozen=True)
class Ceiling:
    """What the winners of a group may cost together."""

    dimension: str
    group: str
    limit_fen: int


@dataclass(frozen=True)
class Floor:
    """How many winners a group shall have."""

    dimension: str
    group: str
    winners: int


@dataclass(frozen=True)
class Reserve:
    """It pays at most this amount towards the first item that no longer fits, if the fund still has this share of it."""

    share: Fraction
    amount_fen: int

    def pays(self, item: Item, left_fen: int) -> bool:
        return left_fen >= self.share * item.cost_fen and item.cost_fen - left_fen <= self.amount_fen


@dataclass(frozen=True)
class Constraints:
    ceilings: tuple[Ceiling, ...]
    floors: tuple[Floor, ...]
    exclusive: tuple[tuple[str, ...], ...]
    winner_limit: int | None
    decided: tuple[str, ...]
    least_score: int
    least_share: Fraction
    reserve: Reserve | None


@dataclass(frozen=True)
class RuleBook:
    """The part of the rule book that decides the count. Parameters that the rule does not use are None."""

    is_imported: bool
    ballot_type: str
    min_marks: int
    max_marks: int
    fund_fen: int
    items: dict[str, Item]
    rule: str
    utility: str | None
    completion: str | None
    fund_binding: str | None
    k: int | None
    constraints: Constraints
    tie_order: str
    publication: str


def read_rule_book(bundle: dict[str, Any]) -> RuleBook:
    path = "$.rule_book"
    book = get(bundle, "$", "rule_book", dict)
    ballot, rule, round_, ties = (get(book, path, name, dict) for name in ("ballot", "rule", "round", "ties"))
    name = choice(rule, f"{path}.rule", "name", RULES)
    no_others(rule, {"name", *PARAMETERS}, f"{path}.rule")
    items = read_items(book)
    read = RuleBook(
        is_imported=choice(round_, f"{path}.round", "kind", ("held", "imported")) == "imported",
        ballot_type=choice(ballot, f"{path}.ballot", "type", ("tick", "knapsack", "ranking")),
        min_marks=natural(ballot, f"{path}.ballot", "min_marks"),
        max_marks=natural(ballot, f"{path}.ballot", "max_marks"),
        fund_fen=natural(book, path, "fund_fen"),
        items=items,
        rule=name,
        constraints=read_constraints(book, name, items),
        tie_order=choice(ties, f"{path}.ties", "order", ("cost_then_lot", "lot")),
        publication=choice(book, path, "publication", ("totals", "ballots")),
        **{parameter: read_parameter(rule, name, parameter) for parameter in PARAMETERS},
    )
    check_combination(read)
    return read


def check_combination(book: RuleBook) -> None:
    """What goes together: type of ballot, rule, utility, completion and publication."""
    path = "$.rule_book"
    is_ranking = book.ballot_type == "ranking"
    if is_ranking and book.rule in NOT_FOR_RANKING:
        raise Failure(f"{path}.rule.name", "此规则不用于排序票", "does not go with ranking")
    if is_ranking and book.completion == "phragmen":
        raise Failure(f"{path}.rule.completion", "此补足方式不用于排序票", "does not go with ranking")
    if book.utility and not book.is_imported and (book.utility == "score") != is_ranking:
        raise Failure(f"{path}.rule.utility", "与选票类型不合", "does not go with this type of ballot")
    if book.rule in COUNTS_BALLOTS and book.publication != "ballots":
        raise Failure(f"{path}.publication", "此规则须公布选票", "this rule needs the ballots to be published")


def read_parameter(rule: dict[str, Any], rule_name: str, name: str) -> Any:
    """A parameter that the rule uses must be there; one that it does not use is null or absent."""
    path = "$.rule_book.rule"
    user, choices = PARAMETERS[name]
    if user == rule_name:
        return choice(rule, path, name, choices) if choices else natural(rule, path, name)
    if rule.get(name) is not None:
        raise Failure(f"{path}.{name}", f"{rule_name} 不用此参数", f"is not used by {rule_name}")
    return None


def read_items(book: dict[str, Any]) -> dict[str, Item]:
    items: dict[str, Item] = {}
    for index, row in enumerate(list_of(book, "$.rule_book", "items", dict)):
        path = f"$.rule_book.items[{index}]"
        number = get(row, path, "number", str)
        if not number or number in items or "," in number or not number.isprintable():
            raise Failure(f"{path}.number", "编号为空、重复或含逗号", "is empty, repeated or has a comma")
        category, community = (optional(row, path, dimension, str) or "" for dimension in DIMENSIONS)
        items[number] = Item(number, natural(row, path, "cost_fen"), category, community)
    return items


def read_constraints(book: dict[str, Any], rule: str, items: dict[str, Item]) -> Constraints:
    """Each one may be absent or null: then it does not bind."""
    path = "$.rule_book.constraints"
    found = optional(book, "$.rule_book", "constraints", dict) or {}
    no_others(found, CONSTRAINTS, path)
    given = {name: value for name, value in found.items() if value is not None}
    if "reserve" in given and rule not in HAS_RESERVE:
        raise Failure(f"{path}.reserve", f"{rule} 不用预备额度", f"is not used by {rule}")
    return Constraints(
        ceilings=read_ceilings(given, path),
        floors=read_floors(given, path),
        exclusive=read_exclusive(given, path, items),
        winner_limit=natural(given, path, "winner_limit") if "winner_limit" in given else None,
        decided=tuple(known_numbers(given, path, "decided", items)) if "decided" in given else (),
        least_score=natural(given, path, "least_score") if "least_score" in given else 0,
        least_share=read_share(given, path, "least_share") if "least_share" in given else Fraction(0),
        reserve=read_reserve(given, path) if "reserve" in given else None,
    )


def read_ceilings(given: dict[str, Any], path: str) -> tuple[Ceiling, ...]:
    ceilings = []
    for index, row in enumerate(list_of(given, path, "ceilings", dict) if "ceilings" in given else ()):
        here = f"{path}.ceilings[{index}]"
        exactly(row, {"dimension", "group", "limit_fen"}, here)
        dimension = choice(row, here, "dimension", DIMENSIONS)
        ceilings.append(Ceiling(dimension, group_name(row, here), natural(row, here, "limit_fen")))
    return tuple(ceilings)


def read_floors(given: dict[str, Any], path: str) -> tuple[Floor, ...]:
    """On one dimension; each group once, in the order in which they are filled."""
    if "floors" not in given:
        return ()
    outer, path = get(given, path, "floors", dict), f"{path}.floors"
    exactly(outer, {"dimension", "groups"}, path)
    dimension = choice(outer, path, "dimension", DIMENSIONS)
    floors: list[Floor] = []
    for index, row in enumerate(list_of(outer, path, "groups", dict)):
        here = f"{path}.groups[{index}]"
        exactly(row, {"group", "winners"}, here)
        group = group_name(row, here)
        if any(floor.group == group for floor in floors):
            raise Failure(f"{here}.group", "重复", "is repeated")
        floors.append(Floor(dimension, group, natural(row, here, "winners")))
    return tuple(floors)


def group_name(row: dict[str, Any], path: str) -> str:
    group: str = get(row, path, "group", str)
    if not group:
        raise Failure(f"{path}.group", "不得为空", "must not be empty")
    return group


def read_exclusive(given: dict[str, Any], path: str, items: dict[str, Item]) -> tuple[tuple[str, ...], ...]:
    if "exclusive" not in given:
        return ()
    groups = list_of(given, path, "exclusive", list)
    here = f"{path}.exclusive"
    return tuple(tuple(check_numbers(numbers, f"{here}[{at}]", items)) for at, numbers in enumerate(groups))


def read_share(parent: dict[str, Any], path: str, name: str) -> Fraction:
    """A part of a whole, written as a fraction because nothing else is exact."""
    share, here = get(parent, path, name, dict), f"{path}.{name}"
    exactly(share, {"numerator", "denominator"}, here)
    numerator, denominator = natural(share, here, "numerator"), natural(share, here, "denominator")
    if not denominator or numerator > denominator:
        raise Failure(here, "不是 0 至 1 之间的分数", "is not a fraction between 0 and 1")
    return Fraction(numerator, denominator)


def read_reserve(given: dict[str, Any], path: str) -> Reserve:
    reserve, path = get(given, path, "reserve", dict), f"{path}.reserve"
    exactly(reserve, {"share", "amount_fen"}, path)
    return Reserve(read_share(reserve, path, "share"), natural(reserve, path, "amount_fen"))


def known_numbers(parent: dict[str, Any], path: str, name: str, items: dict[str, Item]) -> list[str]:
    return check_numbers(get(parent, path, name, list), f"{path}.{name}", items)


def check_numbers(numbers: list[Any], path: str, items: dict[str, Item]) -> list[str]:
    for index, number in enumerate(numbers):
        if type(number) is not str:
            raise Failure(f"{path}[{index}]", "类型不对", "is of the wrong kind")
        if number not in items or number in numbers[:index]:
            raise Failure(f"{path}[{index}]", "编号未知或重复", "number unknown or repeated")
    return numbers


def check_shape(bundle: dict[str, Any], book: RuleBook) -> None:
    """Everything beside the rule book; afterwards each field can be used without a further look."""
    get(bundle, "$", "draw", str)
    known_numbers(bundle, "$", "withdrawn", book.items)
    check_closing(get(bundle, "$", "closing", dict), book)
    check_result_shape(get(bundle, "$", "result", dict))
    totals = get(bundle, "$", "totals", dict)
    exactly(totals, set(book.items), "$.totals")
    for number in totals:
        natural(totals, "$.totals", number)
    if get(bundle, "$", "ballots", list, type(None)) is not None:
        list_of(bundle, "$", "ballots", str)
    if get(bundle, "$", "trackers", list, type(None)) is not None:
        list_of(bundle, "$", "trackers", str)


def check_closing(closing: dict[str, Any], book: RuleBook) -> None:
    """An imported election was held elsewhere: it has ballots, but no codes, no trackers and no moment of closing."""
    exactly(closing, CLOSING, "$.closing")
    natural(closing, "$.closing", "ballot_count")
    get(closing, "$.closing", "hash_b", str)
    for name in CLOSING - {"ballot_count", "hash_b"}:
        kind: type = str if name in ("root_a", "closed_at") else int
        get(closing, "$.closing", name, type(None) if book.is_imported else kind)


def check_result_shape(result: dict[str, Any]) -> None:
    exactly(result, RESULT, "$.result")
    for name in ("version", "fund_fen", "spent_fen"):
        natural(result, "$.result", name)
    get(result, "$.result", "left_fen", int)
    for index, row in enumerate(list_of(result, "$.result", "items", dict)):
        exactly(row, RESULT_ITEM, f"$.result.items[{index}]")


# --- 3. The hashes ----------------------------------------------------------------------------------------------------


def merkle_root(leaves: Sequence[bytes]) -> bytes:
    """RFC 6962, section 2.1: a zero byte before a leaf, a one before a pair, split at the largest power of two."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\0" + leaves[0]).digest()
    half = 1 << ((len(leaves) - 1).bit_length() - 1)
    return hashlib.sha256(b"\1" + merkle_root(leaves[:half]) + merkle_root(leaves[half:])).digest()


def seed_of(bundle: dict[str, Any], book: RuleBook) -> str:
    """What the lot is drawn from: the closing seal and what the scrutineers typed after it."""
    draw = bundle["draw"]
    if book.is_imported:
        return sha256(draw.encode())
    return sha256(f"{bundle['closing']['root_a']}\n{bundle['closing']['hash_b']}\n{draw}".encode())


def changed_parts(bundle: dict[str, Any]) -> list[Failure]:
    """The parts whose content is not what $.sha256 says: the quickest answer to 'where was this changed?'"""
    exactly(bundle, MEMBERS, "$")
    hashes = get(bundle, "$", "sha256", dict)
    exactly(hashes, MEMBERS - {"sha256"}, "$.sha256")
    return [
        Failure(f"$.{name}", "内容与其校验码不符", "differs from its hash in $.sha256")
        for name in sorted(hashes)
        if hashes[name] != sha256(canonical(bundle[name]))
    ]


def check_trackers(bundle: dict[str, Any], book: RuleBook) -> None:
    trackers, closing = bundle["trackers"], bundle["closing"]
    if book.is_imported:
        if trackers is not None:
            raise Failure("$.trackers", "导入的投票没有查询码", "an imported election has no trackers")
        return
    if trackers is None or len(trackers) != closing["ballot_count"]:
        raise Failure("$.trackers", "查询码数与票数不等", "not as many as ballots")
    for index, tracker in enumerate(trackers):
        if not HEX_32.fullmatch(tracker) or (index and trackers[index - 1] >= tracker):
            raise Failure(f"$.trackers[{index}]", "格式不对、重复或次序不对", "malformed, repeated or out of order")
    if merkle_root([bytes.fromhex(tracker) for tracker in trackers]).hex() != closing["root_a"]:
        raise Failure("$.closing.root_a", "与查询码算出的根不符", "is not the root of the trackers")


def check_balance(bundle: dict[str, Any], book: RuleBook) -> None:
    """Ballots = used codes + accepted sheets, and nobody voted without having been given the means to."""
    if book.is_imported:
        return
    closing = bundle["closing"]
    if closing["ballot_count"] != closing["used_count"] + closing["paper_count"]:
        raise Failure("$.closing.ballot_count", "票数不等于已用投票码数加纸质票数", "is not used codes plus sheets")
    if closing["ballot_count"] > closing["given_count"]:
        raise Failure("$.closing.given_count", "票数多于领票数", "is less than the number of ballots")


def check_ballots(bundle: dict[str, Any], book: RuleBook) -> None:
    ballots, closing = bundle["ballots"], bundle["closing"]
    if not HEX_64.fullmatch(closing["hash_b"]):
        raise Failure("$.closing.hash_b", "不是 SHA-256", "is not a SHA-256")
    are_enough = book.is_imported or closing["ballot_count"] >= FEWEST_BALLOTS_TO_PUBLISH
    if (book.publication == "ballots" and are_enough) != (ballots is not None):
        raise Failure("$.ballots", "应公布而未公布，或不应公布而公布", "published or withheld against the rule book")
    if ballots is None:
        return
    if len(ballots) != closing["ballot_count"]:
        raise Failure("$.ballots", "张数与票数不等", "not as many as ballot_count")
    encoded = [text.encode() for text in ballots]
    for index, text in enumerate(ballots):
        if index and encoded[index - 1] > encoded[index]:
            raise Failure(f"$.ballots[{index}]", "次序不对", "out of order")
        check_ballot(text, f"$.ballots[{index}]", book)
    if sha256(b"".join(text + b"\n" for text in encoded)) != closing["hash_b"]:
        raise Failure("$.closing.hash_b", "与选票算出的校验码不符", "is not the hash of the ballots")


def check_ballot(text: str, path: str, book: RuleBook) -> None:
    """A ballot holds what the rule book allows, in its canonical text. Imported ballots kept their own limits."""
    marks = marks_of(text)
    if any(number not in book.items for number in marks) or len(set(marks)) != len(marks):
        raise Failure(path, "有未知或重复的编号", "a number is unknown or repeated")
    if book.ballot_type != "ranking" and marks != sorted(marks, key=lambda number: book.items[number].ascending()):
        raise Failure(path, "编号未按升序", "numbers are not ascending")
    if book.is_imported:
        return
    if not book.min_marks <= len(marks) <= book.max_marks:
        raise Failure(path, "选项数不合表决办法", "more or fewer marks than the rule book allows")
    if book.ballot_type == "knapsack" and sum(book.items[number].cost_fen for number in marks) > book.fund_fen:
        raise Failure(path, "所选总额超出资金", "costs more than the fund")


def marks_of(text: str) -> list[str]:
    return text.split(",") if text else []


# --- 4. The count -----------------------------------------------------------------------------------------------------


@dataclass
class Count:
    """A count in progress: the money left, the winners in order, and a reason for each item whose fate is known."""

    book: RuleBook
    scores: dict[str, int]
    ties: dict[str, int]  # each item's place in the order that decides between equals
    ballots: dict[str, int]  # the different ballots and how often each was cast
    ballot_count: int
    left_fen: int
    winners: list[str] = field(default_factory=list)
    reasons: dict[str, str] = field(default_factory=dict)

    def take(self, item: Item, reason: str) -> None:
        self.left_fen -= item.cost_fen
        self.winners.append(item.number)
        self.reasons[item.number] = reason

    def open_items(self) -> list[Item]:
        """Candidates that have neither won nor lost."""
        return [item for item in self.book.items.values() if item.number not in self.reasons]

    def tie(self, item: Item) -> int:
        return self.ties[item.number]

    def by_votes(self, item: Item) -> tuple[int, int]:
        """The order of the list: more votes first, equals as the rule book says."""
        return (-self.scores[item.number], self.ties[item.number])

    def branch(self) -> "Count":
        """The same state, to be counted further in two ways."""
        return replace(self, winners=list(self.winners), reasons=dict(self.reasons))


def points(position: int, book: RuleBook) -> int:
    """One for a tick; for a ranking what its place gives: with three places 3, 2, 1."""
    return max(book.max_marks - position, 0) if book.ballot_type == "ranking" else 1


def score_ballots(ballots: Iterable[str], book: RuleBook) -> dict[str, int]:
    scores = dict.fromkeys(book.items, 0)
    for text, copies in Counter(ballots).items():
        for position, number in enumerate(marks_of(text)):
            scores[number] += points(position, book) * copies
    return scores


def recount(bundle: dict[str, Any], book: RuleBook) -> Count:
    """The whole count again, from the ballots where they are published, otherwise from the totals."""
    count = Count(
        book,
        bundle["totals"],
        tie_order(bundle, book),
        Counter(bundle["ballots"] or []),
        bundle["closing"]["ballot_count"],
        bundle["result"]["fund_fen"],
    )
    for number in book.constraints.decided:
        if number not in bundle["withdrawn"]:
            count.take(book.items[number], "won.decided")
    for item in count.open_items():
        if hindrance := disqualified(item, count, bundle["withdrawn"]):
            count.reasons[item.number] = hindrance
    fill_floors(count)
    COUNTS[book.rule](count)
    return count


def tie_order(bundle: dict[str, Any], book: RuleBook) -> dict[str, int]:
    """More votes, then lower cost, then the lot; or the lot alone."""
    seed = seed_of(bundle, book)

    def key(item: Item) -> tuple[int, int, str]:
        lot = sha256(f"{seed}\n{item.number}".encode())
        is_lot_alone = book.tie_order == "lot"
        return (0, 0, lot) if is_lot_alone else (-bundle["totals"][item.number], item.cost_fen, lot)

    return {item.number: place for place, item in enumerate(sorted(book.items.values(), key=key))}


def disqualified(item: Item, count: Count, withdrawn: Sequence[str]) -> str:
    """Why the item is no candidate; empty when it is one."""
    limits, score = count.book.constraints, count.scores[item.number]
    if item.number in withdrawn:
        return "lost.withdrawn"
    if not score:
        return "lost.no_support"
    is_below = score < limits.least_score or namings(item, count) < limits.least_share * count.ballot_count
    return "lost.below_minimum" if is_below else ""


def namings(item: Item, count: Count) -> int:
    """How many ballots name the item: its votes, unless places give points."""
    if count.book.ballot_type != "ranking":
        return count.scores[item.number]
    return sum(copies for text, copies in count.ballots.items() if item.number in marks_of(text))


# Constraints


def broken_constraint(item: Item, winners: Sequence[str], book: RuleBook) -> str:
    """The constraint that the item would break beside these winners, as the reason why it loses; empty when none."""
    limits = book.constraints
    if limits.winner_limit is not None and len(winners) >= limits.winner_limit:
        return "lost.winner_limit"
    if any(item.number in group and not set(winners).isdisjoint(group) for group in limits.exclusive):
        return "lost.excluded"
    for ceiling in limits.ceilings:
        if item.group(ceiling.dimension) == ceiling.group:
            members = [number for number in winners if book.items[number].group(ceiling.dimension) == ceiling.group]
            if sum(book.items[number].cost_fen for number in members) + item.cost_fen > ceiling.limit_fen:
                return "lost.ceiling"
    return ""


LOST_BY_CONSTRAINT = ("lost.winner_limit", "lost.excluded", "lost.ceiling")


@dataclass
class Filling:
    """A trial of phase 1: the winners so far, the money left and which candidates may still be tried."""

    book: RuleBook
    winners: list[str]
    left_fen: int
    untried: list[Item]

    def has_room(self, item: Item) -> bool:
        return item.cost_fen <= self.left_fen and not broken_constraint(item, self.winners, self.book)

    def take(self, item: Item) -> None:
        self.winners.append(item.number)
        self.left_fen -= item.cost_fen
        self.untried.remove(item)

    def need(self, floor: Floor) -> int:
        has = sum(self.book.items[number].group(floor.dimension) == floor.group for number in self.winners)
        return max(floor.winners - has, 0)

    def members(self, floor: Floor) -> list[Item]:
        return [item for item in self.untried if item.group(floor.dimension) == floor.group]

    def can_be_met(self, floors: Sequence[Floor]) -> bool:
        """Whether the cheapest candidates fill these floors, as far as there are candidates. Uses the filling up."""
        for floor in floors:
            members = self.members(floor)
            missing = min(self.need(floor), len(members))
            for item in sorted(members, key=lambda member: member.cost_fen):
                if missing and self.has_room(item):
                    self.take(item)
                    missing -= 1
            if missing:
                return False
        return True


def fill_floors(count: Count) -> None:
    """Phase 1: each group's best by votes, while the cheapest filling of what is still needed fits beside them."""
    floors = count.book.constraints.floors
    untried = sorted(count.open_items(), key=count.by_votes)
    for index, floor in enumerate(floors):
        for item in [item for item in untried if item.group(floor.dimension) == floor.group]:
            trial = Filling(count.book, list(count.winners), count.left_fen, list(untried))
            if not trial.need(floor):
                break
            untried.remove(item)
            if trial.has_room(item):
                trial.take(item)
                if trial.can_be_met(floors[index:]):
                    count.take(item, "won.floor")


# By votes


@dataclass(frozen=True)
class Descent:
    """How a list is gone down: the reason of its winners, what binds, and the losses at which the count stops."""

    won: str
    is_bound_by_fund: bool = True
    most_winners: int | None = None
    reserve: Reserve | None = None
    stops_at: tuple[str, ...] = ()


@dataclass(frozen=True)
class Standing:
    """What is still to be had at one moment of going down the list."""

    left_fen: int
    winners: tuple[str, ...]
    has_stopped: bool = False

    def obstacle(self, item: Item, book: RuleBook, descent: Descent) -> str:
        """Why the item cannot be taken now; empty when it can."""
        if self.has_stopped:
            return "lost.after_stop"
        if descent.most_winners is not None and len(self.winners) >= descent.most_winners:
            return "lost.beyond_k"
        if broken := broken_constraint(item, self.winners, book):
            return broken
        is_paid = not self.is_short_of(item, descent) or (descent.reserve and descent.reserve.pays(item, self.left_fen))
        return "" if is_paid else "lost.fund_left"

    def is_short_of(self, item: Item, descent: Descent) -> bool:
        return descent.is_bound_by_fund and item.cost_fen > self.left_fen


def go_down(count: Count, items: list[Item], descent: Descent, merit: Callable[[Item], Any]) -> None:
    """Take the items by merit, best first; those of equal merit in the order that decides between equals."""
    now = Standing(count.left_fen, tuple(count.winners))
    in_order = sorted(items, key=lambda item: (-merit(item), count.tie(item)))
    for _, equals in groupby(in_order, key=merit):
        before = now
        for item in equals:
            obstacle = now.obstacle(item, count.book, descent)
            needs_reserve = not obstacle and now.is_short_of(item, descent)
            if not obstacle:
                count.take(item, "won.reserve" if needs_reserve else descent.won)
            else:
                # It would have been taken, had it stood first among its equals.
                is_lost_by_tie = not before.obstacle(item, count.book, descent)
                count.reasons[item.number] = "lost.tie" if is_lost_by_tie else obstacle
            has_stopped = now.has_stopped or needs_reserve or obstacle in descent.stops_at
            now = Standing(count.left_fen, tuple(count.winners), has_stopped)


def go_down_by_votes(count: Count, items: list[Item], descent: Descent) -> None:
    go_down(count, items, descent, lambda item: count.scores[item.number])


def take_free_items(count: Count, won: str) -> None:
    """Supported items of cost zero win first; constraints bind them too."""
    free = [item for item in count.open_items() if not item.cost_fen]
    go_down_by_votes(count, free, Descent(won, is_bound_by_fund=False))


def count_greedy(count: Count) -> None:
    """By score; what does not fit is skipped, unless there is a reserve: then the first such item ends the count."""
    reserve = count.book.constraints.reserve
    stops_at = ("lost.fund_left",) if reserve else ()
    take_free_items(count, "won.by_votes")
    go_down_by_votes(count, count.open_items(), Descent("won.by_votes", reserve=reserve, stops_at=stops_at))


def count_greedy_no_skip(count: Count) -> None:
    """By score; the first that does not fit or breaks a constraint ends the count."""
    stops_at = ("lost.fund_left", *LOST_BY_CONSTRAINT)
    descent = Descent("won.by_votes", reserve=count.book.constraints.reserve, stops_at=stops_at)
    take_free_items(count, "won.by_votes")
    go_down_by_votes(count, count.open_items(), descent)


def count_greedy_per_cost(count: Count) -> None:
    """By score per cost; what does not fit is skipped."""
    take_free_items(count, "won.by_votes")
    go_down(
        count,
        count.open_items(),
        Descent("won.by_votes"),
        lambda item: Fraction(count.scores[item.number], item.cost_fen),
    )


def count_top_k(count: Count) -> None:
    """The k best; the rule book says whether the fund skips, stops or does not bind."""
    binding = count.book.fund_binding
    descent = Descent(
        "won.by_votes",
        is_bound_by_fund=binding != "none",
        most_winners=count.book.k,
        stops_at=("lost.fund_left",) if binding == "stop" else (),
    )
    go_down_by_votes(count, count.open_items(), descent)


# Equal shares


class Payer(NamedTuple):
    """Voters with equal ballots as supporters of one item: which ballot, the item's weight, how many they are."""

    ballot: int
    weight: int
    copies: int


@dataclass(frozen=True)
class Turn:
    """One turn of equal shares: whose it is, at what price, and which constraint it breaks, if any."""

    item: Item
    price: Fraction
    broken: str


def payers_of(count: Count) -> dict[str, list[Payer]]:
    """The supporters of each open item. Weight is 1 under utility cost and cardinality, else the points given."""
    payers: dict[str, list[Payer]] = {item.number: [] for item in count.open_items()}
    for ballot, (text, copies) in enumerate(count.ballots.items()):
        for position, number in enumerate(marks_of(text)):
            weight = points(position, count.book) if count.book.utility == "score" else 1
            if number in payers and weight:
                payers[number].append(Payer(ballot, weight, copies))
    return payers


class Shares:
    """The purses of one run of equal shares, and the open items in a queue by price.

    Many voters have equally much, so `purses` are the different amounts, as whole numbers over one common denominator,
    and `purse_of` says which of them a ballot has. Purses only shrink, so no price ever falls: the last known price of
    an item is a lower bound of its price now.
    """

    def __init__(self, count: Count, payers: dict[str, list[Payer]], raised: int) -> None:
        """Every voter has an equal share of the money left, and `raised` yuan on top."""
        self.is_by_cost = count.book.utility == "cost"
        self.denominator = max(count.ballot_count, 1)
        self.purses = [max(count.left_fen, 0) + raised * MAIN_UNIT_FEN * count.ballot_count]
        self.purse_of = [0] * len(count.ballots)
        self.payers = payers
        weights = {payer.weight for group in payers.values() for payer in group}
        self.per_weight = {weight: lcm(*weights) // weight for weight in weights}
        self.queue = [(Fraction(0), count.tie(item), item) for item in count.open_items()]
        heapq.heapify(self.queue)

    def price(self, item: Item) -> Fraction | None:
        """The least payment per unit of utility with which the supporters pay the cost; None when they never can.

        That is p with the sum of min(purse, p * weight) = cost; those with the least purse per weight give all.
        """
        payers = self.payers_with_equal_purses(item)
        missing = item.cost_fen * self.denominator
        weight_left = sum(weight * copies for (_, weight), copies in payers.items())
        for purse, weight in sorted(payers, key=lambda payer: self.purses[payer[0]] * self.per_weight[payer[1]]):
            amount, copies = self.purses[purse], payers[purse, weight]
            if amount * weight_left >= missing * weight:
                return Fraction(missing, weight_left * self.denominator * (item.cost_fen if self.is_by_cost else 1))
            missing -= amount * copies
            weight_left -= weight * copies
        return None

    def payers_with_equal_purses(self, item: Item) -> dict[tuple[int, int], int]:
        """How many supporters of the item there are with each purse and weight."""
        found: dict[tuple[int, int], int] = {}
        for ballot, weight, copies in self.payers[item.number]:
            payer = (self.purse_of[ballot], weight)
            found[payer] = found.get(payer, 0) + copies
        return found

    def pay(self, item: Item, price: Fraction) -> None:
        """Take the price from the purses of all supporters, from each at most what it holds."""
        payment = price * self.denominator * (item.cost_fen if self.is_by_cost else 1)
        amount, finer = payment.as_integer_ratio()
        self.denominator *= finer
        purses = [purse * finer for purse in self.purses]
        after: dict[tuple[int, int], int] = {}  # purse and weight -> the purse that is left
        for ballot, weight, _ in self.payers[item.number]:
            payer = (self.purse_of[ballot], weight)
            if payer not in after:
                after[payer] = len(purses)
                purses.append(max(purses[payer[0]] - amount * weight, 0))
            self.purse_of[ballot] = after[payer]
        self.purses = purses

    def cheapest(self) -> tuple[Item, Fraction] | None:
        """The item of the lowest price, which leaves the queue."""
        while self.queue:
            _, tie, item = heapq.heappop(self.queue)
            price = self.price(item)
            if price is None:
                continue
            if not self.queue or (price, tie) < self.queue[0][:2]:
                return item, price
            heapq.heappush(self.queue, (price, tie, item))
        return None

    def price_if_next(self, expected: Turn, tie: int) -> Fraction | None:
        """The price of the expected item, which leaves the queue; None when a rival comes before the expected price."""
        found = None
        while self.queue and self.queue[0][:2] <= (expected.price, tie):
            _, rival_tie, rival = heapq.heappop(self.queue)
            price = self.price(rival)
            if rival is expected.item:
                found = price
            elif price is not None and (price, rival_tie) < (expected.price, tie):
                return None
            elif price is not None:
                heapq.heappush(self.queue, (price, rival_tie, rival))
        return found


def equal_shares(count: Count, payers: dict[str, list[Payer]], raised: int) -> list[Turn]:
    """Method of equal shares (Peters, Pierczyński, Skowron 2021): all turns until nobody can pay for anything more.

    Supporters pay for an item as evenly as they can; the item with the least price per unit of utility comes next. One
    whose turn it is and that breaks a constraint is dropped.
    """
    shares, winners = Shares(count, payers, raised), list(count.winners)
    turns = []
    while found := shares.cheapest():
        item, price = found
        broken = broken_constraint(item, winners, count.book)
        turns.append(Turn(item, price, broken))
        if not broken:
            shares.pay(item, price)
            winners.append(item.number)
    return turns


def repeat_turns(count: Count, payers: dict[str, list[Payer]], raised: int, turns: list[Turn]) -> list[Turn] | None:
    """The same turns with more money, where it is proved that every step in between has them too; None otherwise.

    As long as the turns are the same, more money means that no purse is smaller and no price higher. So in between, the
    next item costs at most its price at the lower end and every rival at least its price at the upper end. If the
    former still comes before the latter, nothing changes; nor if at the upper end nobody can pay for what is left.
    """
    shares, repeated = Shares(count, payers, raised), []
    for turn in turns:
        price = shares.price_if_next(turn, count.tie(turn.item))
        if price is None:
            return None
        if not turn.broken:
            shares.pay(turn.item, price)
        repeated.append(replace(turn, price=price))
    return repeated if shares.cheapest() is None else None


def add_one(count: Count) -> list[Turn]:
    """Equal shares with 0, 1, 2, … yuan more a ballot: the last outcome within the fund, or the first that is full."""
    payers, raised, stride = payers_of(count), 0, 1
    turns = equal_shares(count, payers, raised)
    while not is_full(count, turns):
        show_progress(f"Add1: +{raised}")
        if stride > 1:
            repeated = repeat_turns(count, payers, raised + stride, turns)
            turns, raised = (repeated, raised + stride) if repeated else (turns, raised)
            stride = stride * 2 if repeated else stride // 4
            continue
        raised += 1
        following = equal_shares(count, payers, raised)
        if cost_of(following) > count.left_fen:
            break
        stride = 2 if outcome(following) == outcome(turns) else 1
        turns = following
    show_progress("")
    return turns


def outcome(turns: list[Turn]) -> list[tuple[str, str]]:
    return [(turn.item.number, turn.broken) for turn in turns]


def cost_of(turns: list[Turn]) -> int:
    return sum(turn.item.cost_fen for turn in turns if not turn.broken)


def is_full(count: Count, turns: list[Turn]) -> bool:
    """Whether no open item is left; but for `add1-full` also whether none that is left could still be had."""
    taken = {turn.item for turn in turns}
    left = [item for item in count.open_items() if item not in taken]
    if count.book.completion == "add1-full":
        return not left
    left_fen = count.left_fen - cost_of(turns)
    winners = count.winners + [turn.item.number for turn in turns if not turn.broken]
    return all(item.cost_fen > left_fen or broken_constraint(item, winners, count.book) for item in left)


def take_turns(count: Count, turns: list[Turn]) -> None:
    for turn in turns:
        if turn.broken:
            count.reasons[turn.item.number] = turn.broken
        else:
            count.take(turn.item, "won.equal_shares")


def count_equal_shares(count: Count) -> None:
    """Equal shares and what the rule book lets follow upon it."""
    completion = count.book.completion or ""
    if completion == "comparison":
        count_comparison(count)
        return
    take_free_items(count, "won.equal_shares")
    take_turns(count, add_one(count) if completion.startswith("add1") else equal_shares(count, payers_of(count), 0))
    if completion in ("greedy", "add1-greedy"):
        go_down_by_votes(count, count.open_items(), Descent("won.completion"))
    if completion == "phragmen":
        go_by_loads(count, "won.completion")
    for item in count.open_items():
        count.reasons[item.number] = "lost.not_affordable_by_supporters"


def count_comparison(count: Count) -> None:
    """The outcome of Add1, if under it more voters have the higher cost of approved winners than by votes."""
    by_shares, by_votes = count.branch(), count.branch()
    by_shares.book = replace(count.book, completion="add1")
    count_equal_shares(by_shares)
    count_greedy(by_votes)
    balance = 0
    for text, copies in count.ballots.items():
        with_shares, with_votes = approved_fen(text, by_shares), approved_fen(text, by_votes)
        balance += copies * ((with_shares > with_votes) - (with_shares < with_votes))
    chosen = by_shares if balance > 0 else by_votes
    count.left_fen, count.winners, count.reasons = chosen.left_fen, chosen.winners, chosen.reasons


def approved_fen(text: str, count: Count) -> int:
    """What the winners that this ballot names cost."""
    return sum(count.book.items[number].cost_fen for number in marks_of(text) if number in count.winners)


# Phragmén


class Loads:
    """What each voter carries: the load of the last item won that the ballot names."""

    def __init__(self, count: Count) -> None:
        self.loads = [Fraction(0)]
        self.copies = list(count.ballots.values())
        self.carried = [0] * len(self.copies)  # an index into loads for each different ballot
        self.supporters: dict[str, list[int]] = {item.number: [] for item in count.open_items()}
        for ballot, text in enumerate(count.ballots):
            for number in marks_of(text):
                if number in self.supporters:
                    self.supporters[number].append(ballot)

    def load_with(self, item: Item) -> Fraction:
        """The load of each supporter, were the item to win now."""
        heads: Counter[int] = Counter()
        for ballot in self.supporters[item.number]:
            heads[self.carried[ballot]] += self.copies[ballot]
        carried = sum((self.loads[load] * number for load, number in heads.items()), Fraction(0))
        return (item.cost_fen + carried) / heads.total()

    def put(self, item: Item, load: Fraction) -> None:
        self.loads.append(load)
        for ballot in self.supporters[item.number]:
            self.carried[ballot] = len(self.loads) - 1


def go_by_loads(count: Count, won: str) -> None:
    """Sequential Phragmén: the cost of an item is a load on its supporters, shared so that all carry the same.

    The lowest load comes next, until an item whose load is lowest, even among equals, costs more than is left.
    """
    loads = Loads(count)
    while waiting := sorted(count.open_items(), key=count.tie):
        load_with = {item: loads.load_with(item) for item in waiting}
        lowest = min(load_with.values())
        equals = [item for item in waiting if load_with[item] == lowest]
        broken = broken_constraint(equals[0], count.winners, count.book)
        too_dear = next((item for item in equals if item.cost_fen > count.left_fen), None)
        if broken:
            count.reasons[equals[0].number] = broken
        elif too_dear:
            count.reasons.update(dict.fromkeys((item.number for item in waiting), "lost.after_stop"))
            count.reasons[too_dear.number] = "lost.fund_left"
        else:
            loads.put(equals[0], lowest)
            count.take(equals[0], won)


def count_phragmen(count: Count) -> None:
    take_free_items(count, "won.phragmen")
    go_by_loads(count, "won.phragmen")


COUNTS: dict[str, Callable[[Count], None]] = {
    "greedy": count_greedy,
    "greedy-no-skip": count_greedy_no_skip,
    "greedy-per-cost": count_greedy_per_cost,
    "top-k": count_top_k,
    "equal-shares": count_equal_shares,
    "phragmen": count_phragmen,
}


def check_totals(bundle: dict[str, Any], book: RuleBook) -> None:
    if bundle["ballots"] is None:
        return
    for number, score in score_ballots(bundle["ballots"], book).items():
        if bundle["totals"][number] != score:
            raise Failure(f"$.totals.{number}", f"重新计得 {score}", f"the recount finds {score}")


def check_sums(bundle: dict[str, Any], book: RuleBook) -> None:
    """What holds for a result however it was counted: one row an item, its score, and the money adds up."""
    result, numbers = bundle["result"], list(book.items)
    if len(result["items"]) != len(numbers):
        raise Failure("$.result.items", "项数与表决办法不符", "is not as long as the rule book's list")
    for index, (row, number) in enumerate(zip(result["items"], numbers, strict=True)):
        expected = {"number": number, "score": bundle["totals"][number]}
        compare_row(row, expected, f"$.result.items[{index}]")
    spent_fen = sum(book.items[row["number"]].cost_fen for row in result["items"] if row["selected"] is True)
    for name, amount in (("spent_fen", spent_fen), ("left_fen", result["fund_fen"] - spent_fen)):
        if result[name] != amount:
            raise Failure(f"$.result.{name}", f"应为 {amount}", f"must be {amount}")


def check_result(bundle: dict[str, Any], book: RuleBook) -> None:
    if is_uncountable(bundle, book):
        return
    count = recount(bundle, book)
    for index, (row, number) in enumerate(zip(bundle["result"]["items"], book.items, strict=False)):
        compare_row(row, expected_row(count, number), f"$.result.items[{index}]")


def is_uncountable(bundle: dict[str, Any], book: RuleBook) -> bool:
    """Whether the count needs ballots that are not published; points do not tell how many ballots name an item."""
    needs_namings = book.constraints.least_share > 0 and book.ballot_type == "ranking"
    return bundle["ballots"] is None and (book.rule in COUNTS_BALLOTS or needs_namings)


def compare_row(found: dict[str, Any], expected: dict[str, Any], path: str) -> None:
    for name, value in expected.items():
        if found[name] != value or type(found[name]) is not type(value):
            counted = json.dumps(value)
            raise Failure(f"{path}.{name}", f"重新计得 {counted}", f"the recount finds {counted}")


def expected_row(count: Count, number: str) -> dict[str, Any]:
    is_selected = number in count.winners
    return {
        "number": number,
        "selected": is_selected,
        "order": count.winners.index(number) + 1 if is_selected else None,
        "score": count.scores[number],
        "reason": count.reasons[number],
    }


# --- 5. The answer ----------------------------------------------------------------------------------------------------

CHECKS: tuple[tuple[Callable[[dict[str, Any], RuleBook], None], str, str], ...] = (
    (check_balance, "票数与领票、用码相符", "ballots, used codes and given marks balance"),
    (check_trackers, "查询码与封存校验码相符", "the trackers give the sealed root"),
    (check_ballots, "选票合乎表决办法并与封存校验码相符", "the ballots are valid and give the sealed hash"),
    (check_totals, "各项得票与选票相符", "the totals follow from the ballots"),
    (check_result, "结果与重新计票相符", "the result follows from the recount"),
    (check_sums, "结果的得票与金额相符", "the result's scores and money add up"),
)


def show_progress(text: str) -> None:
    """One line that overwrites itself, on a terminal only; an empty text clears it."""
    if sys.stderr.isatty():
        print(f"\r{text:<40}\r", end="", file=sys.stderr, flush=True)


@dataclass(frozen=True)
class Report:
    exit_code: int
    lines: list[str]


def verify(content: bytes, expected_hash: str | None = None) -> Report:
    """Check the bytes of a bundle; `expected_hash` is the SHA-256 printed on the notice. Raises Unusable."""
    lines = [f"SHA-256 {sha256(content)}"]
    failures: list[str] = []
    if expected_hash is not None and sha256(content) != normal_hash(expected_hash):
        failures.append("✗ 与公示所载校验码不符 / this is not the file that the notice names")
    try:
        bundle = open_bundle(content)
        failures += [f"✗ {failure}" for failure in changed_parts(bundle)]
        lines += [] if failures else ["✓ 各部分与其校验码相符 / every part matches its hash"]
        for line in run_checks(bundle):
            lines.append(line)
    except Failure as failure:
        failures.append(f"✗ {failure}")
    lines += failures
    lines += verdict(has_failed=bool(failures), is_expected=expected_hash is not None)
    return Report(1 if failures else 0, lines)


def open_bundle(content: bytes) -> dict[str, Any]:
    bundle = read_canonical(content)
    if not isinstance(bundle, dict):
        raise Failure("$", "不是对象", "is not an object")
    if get(bundle, "$", "format", str) != FORMAT:
        raise Failure("$.format", f"只认识 {FORMAT}", f"only {FORMAT} is known")
    return bundle


def run_checks(bundle: dict[str, Any]) -> Iterator[str]:
    """Every check in turn, each leaning on those before it; says what holds, until the first Failure."""
    book = read_rule_book(bundle)
    check_shape(bundle, book)
    for check, zh, en in CHECKS:
        check(bundle, book)
        if not is_void(check, bundle, book):
            yield f"✓ {zh} / {en}"
    yield from remarks(bundle, book)


def normal_hash(text: str) -> str:
    """A hash as typed from paper: groups and capitals do not matter."""
    normal = re.sub(r"\s", "", text).lower()
    if not HEX_64.fullmatch(normal):
        raise Unusable("--expect 不是 SHA-256 / is not a SHA-256 (64 hexadecimal digits)")
    return normal


def is_void(check: Callable[..., None], bundle: dict[str, Any], book: RuleBook) -> bool:
    """Whether a check had nothing to look at, so that nothing is claimed."""
    if check in (check_balance, check_trackers):
        return book.is_imported
    if check in (check_ballots, check_totals):
        return bundle["ballots"] is None
    return check is check_result and is_uncountable(bundle, book)


def remarks(bundle: dict[str, Any], book: RuleBook) -> list[str]:
    """What a reader must know beside the checks that passed."""
    found = []
    if bundle["ballots"] is None and book.publication == "ballots":
        found.append("! 不足 100 票，不公布选票：不可重新计票 / under 100 ballots, none published: not recountable")
    elif is_uncountable(bundle, book):
        found.append("! 只公布各项得票，门槛按票数：不可重新计票 / totals only, minimum in ballots: not recountable")
    elif bundle["ballots"] is None:
        found.append("! 只公布各项得票，选票由在场监票人核对 / totals only: observers recounted the ballots")
    if bundle["result"]["fund_fen"] != book.fund_fen:
        found.append("! 资金数与表决办法不同，须另有公告 / the fund differs from the rule book: a notice must say why")
    if bundle["withdrawn"]:
        found.append(f"! 已撤下 withdrawn: {', '.join(bundle['withdrawn'])}")
    if book.is_imported:
        found.append("! 导入的投票，不是本平台组织 / an imported election, not held on this platform")
    return found


def verdict(*, has_failed: bool, is_expected: bool) -> list[str]:
    if has_failed:
        return ["未通过 / FAILED"]
    if is_expected:
        return ["已核实：自洽，且与公示所载校验码相符 / verified: consistent, and the file that the notice names"]
    return ["自洽，未经认证：请用 --expect 填写公示所载校验码 / consistent, not authenticated: give the notice's hash"]


def main(argv: Sequence[str] | None = None) -> int:
    """The command line; returns the exit code."""
    parser = argparse.ArgumentParser(prog="verify", description="核对点菜投票的公开文件 / check a published bundle")
    parser.add_argument("bundle", metavar="BUNDLE", type=Path)
    parser.add_argument("--expect", metavar="HASH", help="公示所载 SHA-256 / the SHA-256 printed on the notice")
    arguments = parser.parse_args(argv)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    try:
        report = verify(arguments.bundle.read_bytes(), arguments.expect)
    except OSError as error:
        print(f"无法读取 / cannot be read: {arguments.bundle} ({error.strerror})", file=sys.stderr)
        return 2
    except Unusable as unusable:
        print(unusable, file=sys.stderr)
        return 2
    print("\n".join(report.lines))
    return report.exit_code


if __name__ == "__main__":
    sys.exit(main())
