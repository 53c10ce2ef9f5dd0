"""Check a closed round from its published bundle: `python verify.py BUNDLE [--expect HASH]`.

One file, standard library only, Python 3.11 or newer; it imports nothing of Diancai and counts by itself. The format is
described in docs/bundle.md. Exit codes: 0 nothing wrong was found, 1 the bundle is wrong, 2 nothing could be checked.

1. The bytes:   canonical JSON, so that one content has one hash.
2. The shape:   every field that the count needs, of the right kind.
3. The hashes:  each part, the trackers (Merkle root as in RFC 6962), the ballots, the seed of the lot.
4. The count:   greedy, greedy-no-skip, top-k, equal shares, in exact arithmetic.
5. The answer:  what holds, what does not and where, and what this file cannot prove.
"""

import argparse
import hashlib
import json
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import groupby
from pathlib import Path
from typing import Any

FORMAT = "diancai-bundle/1"
MEMBERS = {"format", "rule_book", "closing", "draw", "withdrawn", "trackers", "ballots", "totals", "result", "sha256"}
CLOSING = {"ballot_count", "given_count", "used_count", "paper_count", "root_a", "hash_b", "closed_at"}
RESULT = {"version", "fund_fen", "items", "spent_fen", "left_fen"}
RESULT_ITEM = {"number", "selected", "order", "score", "reason"}

RULES = ("greedy", "greedy-no-skip", "top-k", "equal-shares")
# Which rule uses a parameter, and what it may say; k is a natural number.
PARAMETERS: dict[str, tuple[str, tuple[str, ...]]] = {
    "utility": ("equal-shares", ("cost", "cardinality")),
    "completion": ("equal-shares", ("none", "greedy")),
    "fund_binding": ("top-k", ("skip", "stop", "none")),
    "k": ("top-k", ()),
}
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

    def ascending(self) -> tuple[int, int, str, str]:
        """What 'ascending' means on a ballot: numbers by value, then everything else by code point."""
        if not (self.number.isascii() and self.number.isdigit()):
            return (1, 0, self.number, self.number)
        significant = self.number.lstrip("0")
        return (0, len(significant), significant, self.number)


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
    tie_order: str
    publication: str


def read_rule_book(bundle: dict[str, Any]) -> RuleBook:
    path = "$.rule_book"
    book = get(bundle, "$", "rule_book", dict)
    ballot, rule, round_, ties = (get(book, path, name, dict) for name in ("ballot", "rule", "round", "ties"))
    name = choice(rule, f"{path}.rule", "name", RULES)
    for unknown in sorted(set(rule) - {"name", *PARAMETERS}):
        raise Failure(f"{path}.rule{step(unknown)}", "未知的参数", "is an unknown parameter")
    ballot_type = choice(ballot, f"{path}.ballot", "type", ("tick", "knapsack", "ranking"))
    if name == "equal-shares" and ballot_type == "ranking":
        raise Failure(f"{path}.rule.name", "均等份额法不用于排序票", "equal shares does not go with ranking")
    publication = choice(book, path, "publication", ("totals", "ballots"))
    if name == "equal-shares" and publication != "ballots":
        raise Failure(f"{path}.publication", "均等份额法须公布选票", "equal shares needs the ballots to be published")
    return RuleBook(
        is_imported=choice(round_, f"{path}.round", "kind", ("held", "imported")) == "imported",
        ballot_type=ballot_type,
        min_marks=natural(ballot, f"{path}.ballot", "min_marks"),
        max_marks=natural(ballot, f"{path}.ballot", "max_marks"),
        fund_fen=natural(book, path, "fund_fen"),
        items=read_items(book),
        rule=name,
        tie_order=choice(ties, f"{path}.ties", "order", ("cost_then_lot", "lot")),
        publication=publication,
        **{parameter: read_parameter(rule, name, parameter) for parameter in PARAMETERS},
    )


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
        items[number] = Item(number, natural(row, path, "cost_fen"))
    return items


def known_numbers(parent: dict[str, Any], path: str, name: str, items: dict[str, Item]) -> list[str]:
    numbers = list_of(parent, path, name, str)
    for index, number in enumerate(numbers):
        if number not in items or number in numbers[:index]:
            raise Failure(f"{path}.{name}[{index}]", "编号未知或重复", "number unknown or repeated")
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
    """A count in progress: the money left, the winners in order, and a reason for each item."""

    book: RuleBook
    scores: dict[str, int]
    lots: dict[str, str]
    left_fen: int
    winners: list[str] = field(default_factory=list)
    reasons: dict[str, str] = field(default_factory=dict)

    def take(self, item: Item, reason: str) -> None:
        self.left_fen -= item.cost_fen
        self.winners.append(item.number)
        self.reasons[item.number] = reason

    def tie_key(self, item: Item) -> tuple[Any, ...]:
        """More votes, then lower cost, then the lot; or the lot alone."""
        lot = self.lots[item.number]
        return (lot,) if self.book.tie_order == "lot" else (-self.scores[item.number], item.cost_fen, lot)


def score_ballots(ballots: Iterable[str], book: RuleBook) -> dict[str, int]:
    """Votes; for a ranking the points of its places: with three places 3, 2, 1."""
    scores = dict.fromkeys(book.items, 0)
    for text, copies in Counter(ballots).items():
        for position, number in enumerate(marks_of(text)):
            points = max(book.max_marks - position, 0) if book.ballot_type == "ranking" else 1
            scores[number] += points * copies
    return scores


def recount(bundle: dict[str, Any], book: RuleBook) -> Count:
    """The whole count again, from the ballots where they are published, otherwise from the totals."""
    seed = seed_of(bundle, book)
    lots = {number: sha256(f"{seed}\n{number}".encode()) for number in book.items}
    count = Count(book, bundle["totals"], lots, bundle["result"]["fund_fen"])
    count.reasons.update(dict.fromkeys(bundle["withdrawn"], "lost.withdrawn"))
    for number in book.items:
        if number not in count.reasons and not count.scores[number]:
            count.reasons[number] = "lost.no_support"
    COUNTS[book.rule](count, bundle["ballots"] or [])
    return count


def undecided(count: Count) -> list[Item]:
    return [item for item in count.book.items.values() if item.number not in count.reasons]


def count_greedy(count: Count, _: list[str]) -> None:
    """By score; what does not fit into the money left is skipped."""
    go_down(count, "won.by_votes", places=len(count.book.items), binding="skip")


def count_greedy_no_skip(count: Count, _: list[str]) -> None:
    """By score; the first that does not fit ends the count."""
    go_down(count, "won.by_votes", places=len(count.book.items), binding="stop")


def count_top_k(count: Count, _: list[str]) -> None:
    """The k best; the rule book says whether the fund skips, stops or does not bind."""
    go_down(count, "won.by_votes", places=count.book.k or 0, binding=count.book.fund_binding or "")


@dataclass(frozen=True)
class Standing:
    """What is still to be had at one moment of going down the list."""

    left_fen: int
    places: int
    has_stopped: bool
    binding: str

    def obstacle(self, item: Item) -> str:
        """Why the item cannot be taken now; empty when it can."""
        if self.has_stopped:
            return "lost.after_stop"
        if not self.places:
            return "lost.beyond_k"
        return "lost.fund_left" if self.binding != "none" and item.cost_fen > self.left_fen else ""


def go_down(count: Count, won: str, places: int, binding: str) -> None:
    """Take the items by score while money and places last. Items of cost zero go first, except under top-k."""

    def rank(item: Item) -> tuple[bool, int]:
        return (item.cost_fen > 0 or count.book.rule == "top-k", -count.scores[item.number])

    now = Standing(count.left_fen, places, False, binding)
    for _, equals in groupby(sorted(undecided(count), key=lambda item: (rank(item), count.tie_key(item))), key=rank):
        before = now
        for item in equals:
            obstacle = now.obstacle(item)
            if not obstacle:
                count.take(item, won)
                now = replace(now, left_fen=count.left_fen, places=now.places - 1)
                continue
            # It would have been taken, had it stood first among its equals.
            has_lost_by_tie = now != before and not before.obstacle(item)
            count.reasons[item.number] = "lost.tie" if has_lost_by_tie else obstacle
            now = replace(now, has_stopped=now.has_stopped or (obstacle == "lost.fund_left" and binding == "stop"))


def count_equal_shares(count: Count, ballots: list[str]) -> None:
    """Method of equal shares (Peters, Pierczyński, Skowron 2021).

    Every voter has an equal share of the fund; supporters pay for an item as evenly as they can; the item with the
    least price per unit of utility comes next.
    """
    shares = [Fraction(count.left_fen, max(len(ballots), 1))] * len(ballots)
    supporters: dict[str, list[int]] = {item.number: [] for item in undecided(count)}
    for voter, text in enumerate(ballots):
        for number in marks_of(text):
            if number in supporters:
                supporters[number].append(voter)
    waiting = {item.number: (Fraction(0), item) for item in undecided(count)}
    while (found := next_by_shares(count, waiting, supporters, shares)) is not None:
        item, payment = found
        del waiting[item.number]
        for voter in supporters[item.number]:
            shares[voter] -= min(shares[voter], payment)
        count.take(item, "won.equal_shares")
    if count.book.completion == "greedy":
        go_down(count, "won.completion", places=len(count.book.items), binding="skip")
    for item in undecided(count):
        count.reasons[item.number] = "lost.not_affordable_by_supporters"


def next_by_shares(
    count: Count,
    waiting: dict[str, tuple[Fraction, Item]],
    supporters: dict[str, list[int]],
    shares: list[Fraction],
) -> tuple[Item, Fraction] | None:
    """The next winner and what each supporter pays at most. Drops from `waiting` what can no longer be paid.

    Shares only shrink, so a price never falls: the last known price is a lower bound, and once the next bound is above
    the best price found, no other item can be cheaper.
    """
    best: tuple[Fraction, tuple[Any, ...], Item, Fraction] | None = None
    for known_price, item in sorted(waiting.values(), key=lambda pair: (pair[0], pair[1].ascending())):
        if best is not None and known_price > best[0]:
            break
        payment = even_payment(item.cost_fen, [shares[voter] for voter in supporters[item.number]])
        if payment is None:
            del waiting[item.number]
            continue
        price = payment / item.cost_fen if count.book.utility == "cost" and item.cost_fen else payment
        waiting[item.number] = (price, item)
        offer = (price, count.tie_key(item), item, payment)
        if best is None or offer[:2] < best[:2]:
            best = offer
    return (best[2], best[3]) if best else None


def even_payment(cost_fen: int, shares: list[Fraction]) -> Fraction | None:
    """The least p with the sum of min(share, p) equal to the cost; None when the shares do not suffice."""
    missing = Fraction(cost_fen)
    for index, share in enumerate(sorted(shares)):
        payers = len(shares) - index
        if share * payers >= missing:
            return missing / payers
        missing -= share
    return None


COUNTS: dict[str, Callable[[Count, list[str]], None]] = {
    "greedy": count_greedy,
    "greedy-no-skip": count_greedy_no_skip,
    "top-k": count_top_k,
    "equal-shares": count_equal_shares,
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
    """Equal shares counts ballots; under 100 of them are not published."""
    return bundle["ballots"] is None and book.rule == "equal-shares"


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
