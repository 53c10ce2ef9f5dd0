"""One definition of a ballot for the web form, the kiosk, the paper sheet and the checks."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from diancai.errors import InvalidInput

SEPARATOR = ","
_BETWEEN_NUMBERS = re.compile(r"[\s,;、。.・/|号]+")


class BallotType(StrEnum):
    """What a voter may mark: items (选项), items within the fund (总额内任选), or places (按轻重缓急排序)."""

    TICK = "tick"
    KNAPSACK = "knapsack"
    RANKING = "ranking"


@dataclass(frozen=True, slots=True)
class BallotForm:
    """The blank ballot of a round.

    `item_numbers` in menu order, `costs_fen` parallel to them. At most k: `min_marks` 1, `max_marks` k; exactly k: both
    k. A ranking has `max_marks` places. `min_marks` 0 is for imported elections only, whose empty ballots count among
    the voters. Raises InvalidInput `ballot_form.*` for a form that cannot exist.
    """

    ballot_type: BallotType
    item_numbers: tuple[str, ...]
    costs_fen: tuple[int, ...]
    min_marks: int
    max_marks: int
    fund_fen: int | None = None

    def __post_init__(self) -> None:
        if len(set(self.item_numbers)) != len(self.item_numbers):
            raise InvalidInput("ballot_form.repeated_item")
        for number in self.item_numbers:
            if not number or SEPARATOR in number or "\n" in number or number != number.strip():
                raise InvalidInput("ballot_form.bad_number", number=number)
        if len(self.costs_fen) != len(self.item_numbers) or any(cost < 0 for cost in self.costs_fen):
            raise InvalidInput("ballot_form.costs")
        if not 0 <= self.min_marks <= self.max_marks <= len(self.item_numbers) or not self.max_marks:
            raise InvalidInput("ballot_form.marks", min_marks=self.min_marks, max_marks=self.max_marks)
        if (self.fund_fen is not None) != (self.ballot_type is BallotType.KNAPSACK):
            raise InvalidInput("ballot_form.fund")


def check_ballot(form: BallotForm, marks: Sequence[str]) -> tuple[str, ...]:
    """The marks in canonical order: ascending, or for a ranking by place.

    `marks` are item numbers; for a ranking `marks[0]` is the first place and "" a place left blank.
    Raises InvalidInput: ballot.rank_gap, .unknown_item, .repeated_item, .empty, .too_many, .too_few, .over_fund.
    """
    chosen = _without_blank_places(marks) if form.ballot_type is BallotType.RANKING else tuple(marks)
    _check_items(form, chosen)
    _check_count(form, len(chosen))
    _check_fund(form, chosen)
    return chosen if form.ballot_type is BallotType.RANKING else tuple(sorted(chosen, key=item_order_key))


def canonical_text(form: BallotForm, marks: Sequence[str]) -> str:
    """The one text of a ballot, never in the order of clicking. Raises what `check_ballot` raises."""
    return SEPARATOR.join(check_ballot(form, marks))


def parse_canonical(form: BallotForm, text: str) -> tuple[str, ...]:
    """The marks of a stored text. Raises InvalidInput: those of `check_ballot`, or ballot.not_canonical."""
    marks = tuple(text.split(SEPARATOR)) if text else ()
    if check_ballot(form, marks) != marks:
        raise InvalidInput("ballot.not_canonical")
    return marks


def total_cost_fen(form: BallotForm, marks: Sequence[str]) -> int:
    """What the marked items cost together, in fen. Numbers that the form does not know cost nothing."""
    costs = dict(zip(form.item_numbers, form.costs_fen, strict=True))
    return sum(costs.get(number, 0) for number in marks)


def parse_numbers(text: str) -> tuple[str, ...]:
    """Item numbers as a person types them (按编号点菜): "3、１２ 5" is 3, 12, 5.

    Full-width digits, leading zeros and any usual separator are fine. Raises InvalidInput ballot.not_a_number (text).
    """
    tokens = [token for token in _BETWEEN_NUMBERS.split(unicodedata.normalize("NFKC", text)) if token]
    for token in tokens:
        if not _is_digits(token):
            raise InvalidInput("ballot.not_a_number", text=token)
    return tuple(token.lstrip("0") or "0" for token in tokens)


def item_order_key(number: str) -> tuple[int, int, str, str]:
    """Sort key of "ascending": numbers by value, then every other string as a string."""
    if not _is_digits(number):
        return (1, 0, number, number)
    significant = number.lstrip("0")
    return (0, len(significant), significant, number)


def _is_digits(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _without_blank_places(marks: Sequence[str]) -> tuple[str, ...]:
    filled = [place for place, mark in enumerate(marks) if mark]
    last = filled[-1] + 1 if filled else 0
    for place, mark in enumerate(marks[:last], start=1):
        if not mark:
            raise InvalidInput("ballot.rank_gap", place=place)
    return tuple(marks[:last])


def _check_items(form: BallotForm, marks: tuple[str, ...]) -> None:
    known = set(form.item_numbers)
    seen: set[str] = set()
    for number in marks:
        if number not in known:
            raise InvalidInput("ballot.unknown_item", number=number)
        if number in seen:
            raise InvalidInput("ballot.repeated_item", number=number)
        seen.add(number)


def _check_count(form: BallotForm, chosen: int) -> None:
    if chosen == 0 < form.min_marks:
        raise InvalidInput("ballot.empty")
    if chosen > form.max_marks:
        raise InvalidInput("ballot.too_many", chosen=chosen, limit=form.max_marks)
    if chosen < form.min_marks:
        raise InvalidInput("ballot.too_few", chosen=chosen, limit=form.min_marks)


def _check_fund(form: BallotForm, marks: tuple[str, ...]) -> None:
    if form.fund_fen is None:
        return
    total_fen = total_cost_fen(form, marks)
    if total_fen > form.fund_fen:
        raise InvalidInput(
            "ballot.over_fund", over_fen=total_fen - form.fund_fen, total_fen=total_fen, fund_fen=form.fund_fen
        )
