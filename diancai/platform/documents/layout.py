"""公文格式 (GB/T 9704-2012): sizes in one place, and a paper as its renderers set it: cleaned, numbered, dated.

The three renderers read the same plain values and decide nothing on what is said.
"""

import math
import re
from collections.abc import Iterator
from datetime import date
from typing import Any

from diancai.platform.documents.content import Block, Check, Facts, Hands, Heading, Paper, Paragraph, Table

PAGE_MM = (210, 297)
TOP_MM, LEFT_MM = 37, 28
"""天头 and 订口. The 版心 of 156 × 225 mm leaves 26 mm at the right and 35 mm below."""
TEXT_MM = (156, 225)
LINES, CHARACTERS = 22, 28
BODY_PT, TITLE_PT, PAGE_NUMBER_PT, SMALL_PT = 16, 22, 14, 10.5
"""3号, 2号, 4号, 5号."""
LINE_PT = TEXT_MM[1] / 25.4 * 72 / LINES
CHARACTER_PT = TEXT_MM[0] / 25.4 * 72 / CHARACTERS

_UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)
"""What XML cannot hold, and what turns the direction of reading."""
_BREAKS = re.compile("[\t\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]+")
_AROUND_FIGURES = re.compile(r"(?<=[\u3000-\uffef]) (?=\d)|(?<=\d) (?=[\u3000-\uffef])")
_HASH = re.compile(r"[0-9a-f]{64}")
_DIGITS = "〇一二三四五六七八九"


def laid_out(paper: Paper) -> dict[str, Any]:
    """Plain values, ready for JSON; every text is clean and on one line."""
    dated = day_in_words(paper.dated)
    issuer_at, date_at = _signature_indents(paper.issuer, dated)
    return {
        "title": clean(paper.title.replace("\n", "")),
        "title_lines": [clean(line) for line in paper.title.splitlines()],
        "title_width": max(map(_title_width, paper.title.splitlines()), default=0),
        "issuer": clean(paper.issuer),
        "number": clean(paper.number),
        "addressee": clean(paper.addressee),
        "blocks": [part for block in _numbered(paper.blocks) for part in block],
        "attachments": [clean(name) for name in paper.attachments],
        "dated": dated,
        "issuer_at": issuer_at,
        "date_at": date_at,
        "copies_to": clean(paper.copies_to),
        "checks": [_check(check) for check in paper.checks],
    }


def clean(text: str) -> str:
    return _UNPRINTABLE.sub("", _BREAKS.sub(" ", text)).strip(" ")


def _closed_up(text: str) -> str:
    """Without the spaces between Chinese and figures, which justified lines would pull apart."""
    return _AROUND_FIGURES.sub("", text)


def day_in_words(day: date | None) -> str:
    return f"{day.year}年{day.month}月{day.day}日" if day else "年　　月　　日"


def readable(text: str) -> str:
    """A hash in groups of eight, to be compared by eye; `diancai verify` takes it so."""
    if not _HASH.fullmatch(text):
        return text
    return " ".join(text[start : start + 8] for start in range(0, 64, 8))


def chinese_number(number: int) -> str:
    """1 … 99."""
    tens, ones = divmod(number, 10)
    return ("" if tens < 2 else _DIGITS[tens]) + ("十" if tens else "") + (_DIGITS[ones] if ones else "")


def width_of(text: str) -> float:
    """In characters: what is not Chinese takes half."""
    return sum(0.5 if ord(character) < 0x2000 else 1.0 for character in text)


def _title_width(title: str) -> float:
    """In characters: a title of several lines is broken into lines of much the same length."""
    full = TEXT_MM[0] / 25.4 * 72 / TITLE_PT
    line_count = max(1, math.ceil(width_of(title) / (full - 1)))
    return min(full, math.ceil(width_of(title) / line_count) + 1.0)


def _signature_indents(issuer: str, dated: str) -> tuple[float, float]:
    """Characters from the right: the date stands four in, the issuer centred over it; a long issuer moves the date."""
    difference = (width_of(dated) - width_of(issuer)) / 2
    date_at = max(4.0, -difference)
    return date_at + difference, date_at


def _numbered(blocks: tuple[Block, ...]) -> Iterator[list[dict[str, Any]]]:
    counts = [0, 0, 0, 0]
    is_alone = sum(isinstance(block, Heading) and block.level == 1 for block in blocks) == 1
    for block in blocks:
        if isinstance(block, Heading):
            counts[block.level - 1 :] = [counts[block.level - 1] + 1] + [0] * (4 - block.level)
            label = "" if is_alone and block.level == 1 else _label(block.level, counts[block.level - 1])
            yield [{"kind": "heading", "level": block.level, "text": label + clean(block.text)}]
        else:
            yield _parts(block)


def _label(level: int, number: int) -> str:
    return (
        f"{chinese_number(number)}、",
        f"（{chinese_number(number)}）",
        f"{number}.",
        f"（{number}）",
    )[level - 1]


def _parts(block: Paragraph | Facts | Table | Hands) -> list[dict[str, Any]]:
    match block:
        case Paragraph():
            return [
                {"kind": "paragraph", "text": _closed_up(clean(line))}
                for line in block.text.splitlines()
                if clean(line)
            ]
        case Facts():
            rows = [[clean(term), readable(clean(value))] for term, value in block.rows if clean(value)]
            return [{"kind": "facts", "rows": rows}] if rows else []
        case Table():
            return [_table(block)]
        case Hands():
            return [{"kind": "hands", "people": [[clean(name), clean(said)] for name, said in block.people]}]


def _table(table: Table) -> dict[str, Any]:
    titles = [clean(column.title) for column in table.columns]
    figures = [column.is_figure for column in table.columns]
    rows = [[clean(cell) for cell in row] for row in table.rows]
    return {
        "kind": "table",
        "titles": titles,
        "widths": _widths(titles, figures, rows),
        "figures": figures,
        "rows": rows,
    }


def _widths(titles: list[str], figures: list[bool], rows: list[list[str]]) -> list[float]:
    """Millimetres by what the columns hold. Where all is too much the long texts give way, figures never."""
    longest = [max(map(width_of, column)) for column in zip(titles, *rows, strict=True)]
    wanted = [width + 1.2 if figure else min(width, 16) + 1.2 for width, figure in zip(longest, figures, strict=True)]
    least = [width if figure else min(width, 5.2) for width, figure in zip(wanted, figures, strict=True)]
    room = TEXT_MM[0] / 25.4 * 72 / SMALL_PT
    spare = sum(wanted) - sum(least)
    if sum(wanted) > room and spare > 0:
        kept = max(0.0, room - sum(least)) / spare
        wanted = [low + (high - low) * kept for low, high in zip(least, wanted, strict=True)]
    return [round(TEXT_MM[0] * width / sum(wanted), 2) for width in wanted]


def _check(check: Check) -> dict[str, str]:
    return {"title": clean(check.title), "text": readable(clean(check.text)), "holds": clean(check.text)}
