"""From codes to sentences, in the reader's language, without Flask: pages, letters and the command line share it."""

import io
from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum
from fractions import Fraction
from functools import lru_cache
from gettext import GNUTranslations, NullTranslations
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

import diancai
from diancai.budget import show_wan, show_yuan
from diancai.errors import DomainError
from diancai.platform.core.clock import LOCAL
from diancai.platform.core.words import WORDS

FOLDER = Path(diancai.__file__).parent / "translations"
SOURCE = "zh"
LOCALES = ("zh", "en")


@lru_cache
def catalogue(locale: str) -> NullTranslations:
    """The messages of a language, compiled in memory from its .po file: no build step, nothing to go stale."""
    path = FOLDER / locale / "LC_MESSAGES" / "messages.po"
    if locale == SOURCE or not path.is_file():
        return NullTranslations()
    compiled = io.BytesIO()
    with path.open("rb") as file:
        write_mo(compiled, read_po(file, locale=locale))
    compiled.seek(0)
    return GNUTranslations(compiled)


def translate(locale: str, message: str) -> str:
    return catalogue(locale).gettext(message) if message else ""


def say(code: str, locale: str = SOURCE, **facts: Any) -> str:
    """The sentence of a code, its facts shown as people write them. Raises KeyError for a code without words."""
    return translate(locale, WORDS[code]).format_map({name: show(name, value, locale) for name, value in facts.items()})


def joined_clauses(clauses: Sequence[str], locale: str = SOURCE) -> str:
    """Titles as the clauses of one sentence: only the first keeps its capital."""
    first, *others = clauses
    return say("join.clauses", locale).join([first, *(clause[:1].lower() + clause[1:] for clause in others)])


def say_error(error: DomainError, locale: str = SOURCE) -> str:
    return say(error.code, locale, **error.facts)


def title_of(member: StrEnum, locale: str = SOURCE) -> str:
    """The word on screen for a member of an enum, for example 经办人 for Role.OFFICER."""
    return say(f"{type(member).__name__}.{member.value}", locale)


def show(name: str, value: Any, locale: str = SOURCE) -> str:
    """Money by the ending of its name, instants and days as a clock on the wall has them, enums by their title."""
    if isinstance(value, StrEnum) and f"{type(value).__name__}.{value.value}" in WORDS:
        return title_of(value, locale)
    if name.endswith("_fen") and value is not None:
        return show_yuan(value) + translate(locale, WORDS["unit.yuan"])
    if isinstance(value, datetime):
        return show_time(value, locale)
    if isinstance(value, date):
        return show_day(value, locale)
    return str(value)


def show_time(at: datetime, locale: str = SOURCE) -> str:
    local = at.astimezone(LOCAL)
    return f"{show_day(local.date(), locale)} {local:%H:%M}"


def show_day(day: date, locale: str = SOURCE) -> str:
    if locale == SOURCE:
        return f"{day.year}年{day.month}月{day.day}日"
    return f"{day.day} {day:%B} {day.year}"


def show_money_short(fen: int, locale: str = SOURCE) -> str:
    """8.64万元 in Chinese; English readers do not count in 万."""
    return show_wan(fen) if locale == SOURCE else f"¥{show_yuan(fen)}"


def show_decimal(number: Fraction | int, places: int) -> str:
    """With so many places, halves rounded up; not for money."""
    whole, part = divmod(int(Fraction(number) * 10**places + Fraction(1, 2)), 10**places)
    return f"{whole:,}.{part:0{places}}"


def show_percent(share: Fraction | int) -> str:
    """12.5%, one place as everywhere."""
    return f"{show_decimal(share * 100, 1)}%"
