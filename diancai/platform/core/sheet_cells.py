"""A cell as text, and what such a text can be parsed to. A parser raises InvalidInput with the reason in its code."""

import re
import unicodedata
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from diancai.errors import InvalidInput

MOST_EXACT = 10**15
"""Excel keeps 15 digits of a number: a longer one has lost its last digits and must come as text."""
CELL_ERRORS = ("#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#GETTING_DATA")


def cell_text(cell: Any) -> str:
    """A cell as the text a person would have typed."""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, int | float):
        return _number_text(cell)
    if isinstance(cell, datetime) and not (cell.hour or cell.minute or cell.second):
        return cell.date().isoformat()
    if isinstance(cell, date | datetime):
        return cell.isoformat()
    text = str(cell).strip()
    if text in CELL_ERRORS:
        raise InvalidInput("sheet.cell_error", text=text)
    return text


def _number_text(number: float) -> str:
    if abs(number) >= MOST_EXACT:
        raise InvalidInput("sheet.digits_lost")
    if number == int(number):
        return str(int(number))
    return f"{number:.15g}" if abs(number) >= 1e-4 else f"{number:.20f}".rstrip("0")


def whole_number(least: int = 0, most: int = 10**9) -> Callable[[str], int]:
    """A parser of whole numbers; full-width digits and commas are fine."""

    def parse(text: str) -> int:
        plain = unicodedata.normalize("NFKC", text).replace(",", "").strip()
        if not re.fullmatch(r"[0-9]{1,15}", plain):
            raise InvalidInput("sheet.not_whole_number", text=text)
        if not least <= int(plain) <= most:
            raise InvalidInput("sheet.number_out_of_range", text=text, least=least, most=most)
        return int(plain)

    return parse


def digits(count: int) -> Callable[[str], str]:
    """A parser of codes that are so many digits, kept as text; full-width digits are fine."""

    def parse(text: str) -> str:
        plain = unicodedata.normalize("NFKC", text).replace(" ", "")
        if not re.fullmatch(rf"[0-9]{{{count}}}", plain):
            raise InvalidInput("sheet.not_digits", text=text, count=count)
        return plain

    return parse


def text_up_to(most: int) -> Callable[[str], str]:
    """A parser of plain text; line breaks stay, other control characters are refused."""

    def parse(text: str) -> str:
        if len(text) > most:
            raise InvalidInput("sheet.too_long", count=len(text), limit=most)
        if any(unicodedata.category(char) == "Cc" and char not in "\n\r\t" for char in text):
            raise InvalidInput("sheet.control_character")
        return text.replace("\r\n", "\n")

    return parse


def a_day(text: str) -> date:
    """2026-01-31, 2026/1/31, 2026.1.31 or 2026年1月31日. Raises InvalidInput sheet.not_a_day (text)."""
    plain = unicodedata.normalize("NFKC", text).strip()
    found = re.fullmatch(r"([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?", plain)
    try:
        if found is None:
            raise ValueError
        return date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError as problem:
        raise InvalidInput("sheet.not_a_day", text=text) from problem
