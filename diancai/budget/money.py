"""Money in whole 分 (fen). Text at the edges, ints between; nothing is ever rounded."""

import re
import unicodedata
from collections.abc import Sequence
from typing import NewType

from diancai.errors import InvalidInput

Fen = NewType("Fen", int)

_YUAN = re.compile(r"[0-9]{1,11}(?:\.[0-9]{1,2})?")
# In this order: the first that fits names the reason.
_REFUSALS = (
    ("money.empty", re.compile(r"")),
    ("money.exponent", re.compile(r"[+-]?[0-9]+(?:\.[0-9]*)?[eE][+-]?[0-9]+")),
    ("money.negative", re.compile(r"[-−].*")),
    ("money.too_many_decimals", re.compile(r"[0-9]+\.[0-9]{3,}")),
    ("money.too_large", re.compile(r"[0-9]{12,}(?:\.[0-9]{1,2})?")),
)
_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("", "拾", "佰", "仟")
_GROUPS = ("", "万", "亿")


def parse_yuan(text: str) -> Fen:
    """An amount in 元 as fen: up to 11 digits and two decimals; commas and full-width digits are fine.

    Raises InvalidInput: money.empty, .exponent, .negative, .too_many_decimals, .too_large, .not_a_number (text).
    """
    plain = unicodedata.normalize("NFKC", text).strip().replace(",", "")
    if _YUAN.fullmatch(plain):
        yuan, _, decimals = plain.partition(".")
        return Fen(int(yuan) * 100 + int(decimals.ljust(2, "0")))
    for code, pattern in _REFUSALS:
        if pattern.fullmatch(plain):
            raise InvalidInput(code, text=text)
    raise InvalidInput("money.not_a_number", text=text)


def show_yuan(fen: int) -> str:
    """Fen as 元 with commas and two decimals: 86,400.00."""
    yuan, rest = divmod(abs(fen), 100)
    return f"{'-' if fen < 0 else ''}{yuan:,}.{rest:02}"


def show_wan(fen: int) -> str:
    """Fen as 万元 with all its decimals: 8.64万元, 40.000001万元."""
    wan, rest = divmod(abs(fen), 1_000_000)
    decimals = f"{rest:06}".rstrip("0")
    return f"{'-' if fen < 0 else ''}{wan:,}{'.' if decimals else ''}{decimals}万元"


def share_out(total_fen: int, weights: Sequence[int]) -> tuple[Fen, ...]:
    """Divide fen by weights so that the parts sum to the total: largest remainder, ties to the earlier.

    Raises InvalidInput: money.negative for a total below zero, money.no_weights unless weights are ≥ 0 with one above.
    """
    if total_fen < 0:
        raise InvalidInput("money.negative", text=show_yuan(total_fen))
    if min(weights, default=0) < 0 or not sum(weights):
        raise InvalidInput("money.no_weights")
    whole = sum(weights)
    parts = [total_fen * weight // whole for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda place: -(total_fen * weights[place] % whole))
    for place in by_remainder[: total_fen - sum(parts)]:
        parts[place] += 1
    return tuple(Fen(part) for part in parts)


def yuan_in_words(fen: int) -> str:
    """Fen in capital numerals (大写) without 人民币: 肆拾万元整, 陆仟零柒元壹角肆分 (domain B.11).

    整 stands after 元 only. Below a 万亿 of 元. Raises InvalidInput money.negative, .too_large.
    """
    if fen < 0:
        raise InvalidInput("money.negative", text=show_yuan(fen))
    if fen >= 10**14:
        raise InvalidInput("money.too_large", text=show_yuan(fen))
    yuan, rest = divmod(fen, 100)
    words = _whole_in_words(yuan) + "元" if yuan else ""
    return (words + _decimals_in_words(rest, has_yuan=bool(yuan))) or "零元整"


def _decimals_in_words(rest: int, *, has_yuan: bool) -> str:
    jiao, fen = divmod(rest, 10)
    if not rest:
        return "整" if has_yuan else ""
    if not jiao:
        return ("零" if has_yuan else "") + _DIGITS[fen] + "分"
    return _DIGITS[jiao] + "角" + (_DIGITS[fen] + "分" if fen else "")


def _whole_in_words(number: int) -> str:
    """By groups of four digits from the left; 零 where a group does not fill its thousands."""
    groups = []
    while number:
        number, group = divmod(number, 10_000)
        groups.append(group)
    words, has_gap = "", False
    for index in range(len(groups) - 1, -1, -1):
        group = groups[index]
        if not group:
            has_gap = True
            continue
        if words and (has_gap or group < 1_000):
            words += "零"
        words, has_gap = words + _group_in_words(group) + _GROUPS[index], False
    return words


def _group_in_words(group: int) -> str:
    words, has_gap = "", False
    for place in (3, 2, 1, 0):
        digit = group // 10**place % 10
        if not digit:
            has_gap = bool(words)
            continue
        words += ("零" if has_gap else "") + _DIGITS[digit] + _PLACES[place]
        has_gap = False
    return words
