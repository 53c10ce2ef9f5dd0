"""Where everything stands on a printed ballot, in millimetres from the top left of an A4 page.

The one place: the template draws what stands here, and the reader looks for marks at the same points. It depends on
the numbers and names of the items alone, which an announced round never changes.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from unicodedata import east_asian_width

PAGE_WIDTH, PAGE_HEIGHT = 210.0, 297.0

CORNER_SIDE, CORNER_INSET = 12.0, 9.0
CORNER_MODULES = 6
CORNER_BITS = (
    ("1011", "0101", "0011", "0010"),
    ("0000", "1111", "1001", "1010"),
    ("0011", "0011", "0010", "1101"),
    ("1001", "1001", "0100", "0110"),
)
"""The first four marks of the dictionary 4x4_50 of ArUco (1 is white), inside a black border: each corner knows which it is."""

TEXT_SIZE, SMALL_SIZE = 5.65, 4.25
"""三号字 is 16 points, 5.64 mm; notes are set in 12 points."""
TEXT_PITCH, SMALL_PITCH = 6.8, 5.2
LEFT, RIGHT = 9.0, 201.0
NAME_LEFT, COST_RIGHT, MARK_LEFT = 27.0, 168.0, 171.0
NAME_UNITS, INTRO_UNITS = 18.0, 33.0
"""Full-width characters in a line of the name's column, and across the page."""
HEAD_TOP, ROWS_TOP, ROWS_BOTTOM = 59.0, 67.0, 272.0
FIRST_BASELINE, ROW_MARGIN, LOWEST_ROW = 6.0, 1.4, 13.0
BOX_WIDTH, BOX_HEIGHT = 20.0, 10.0
NOT_FIRST = "，。、；：！？）》」』】”’%％"
"""These do not begin a line."""
_UNBROKEN = re.compile(r"[A-Za-z0-9.,-]+|.", re.DOTALL)
"""Words and figures in Latin letters stay in one line where they fit."""


@dataclass(frozen=True, slots=True)
class Box:
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Text:
    x: float
    y: float
    words: str


QR = Box(25.0, CORNER_INSET, 22.0, 22.0)
SEAL = Box(151.0, CORNER_INSET, 34.0, 24.0)
TITLE_MIDDLE, TITLE_UNITS = 99.0, 17.5
TITLE_TOP = 13.5
_FAR_X, _FAR_Y = PAGE_WIDTH - CORNER_INSET - CORNER_SIDE, PAGE_HEIGHT - CORNER_INSET - CORNER_SIDE
CORNERS = tuple(
    Box(x, y, CORNER_SIDE, CORNER_SIDE)
    for x, y in ((CORNER_INSET, CORNER_INSET), (_FAR_X, CORNER_INSET), (_FAR_X, _FAR_Y), (CORNER_INSET, _FAR_Y))
)
"""Clockwise from the top left, in the order of CORNER_BITS."""


@dataclass(frozen=True)
class Row:
    """One item: its number, its name in lines, and the empty box to mark."""

    number: str
    lines: tuple[str, ...]
    y: float

    @cached_property
    def height(self) -> float:
        return max(LOWEST_ROW, len(self.lines) * TEXT_PITCH + SMALL_PITCH + ROW_MARGIN)

    @property
    def bottom(self) -> float:
        return self.y + self.height

    @property
    def middle(self) -> float:
        """The baseline of what stands in the middle of the row."""
        return self.y + self.height / 2 + TEXT_SIZE * 0.36

    @property
    def names(self) -> tuple[Text, ...]:
        top = self.y + FIRST_BASELINE
        return tuple(Text(NAME_LEFT + 2, top + place * TEXT_PITCH, line) for place, line in enumerate(self.lines))

    @property
    def note_y(self) -> float:
        return self.y + FIRST_BASELINE + (len(self.lines) - 1) * TEXT_PITCH + SMALL_PITCH

    @property
    def box(self) -> Box:
        left = MARK_LEFT + (RIGHT - MARK_LEFT - BOX_WIDTH) / 2
        return Box(left, self.y + (self.height - BOX_HEIGHT) / 2, BOX_WIDTH, BOX_HEIGHT)


@dataclass(frozen=True, slots=True)
class Page:
    number: int
    rows: tuple[Row, ...]

    @property
    def bottom(self) -> float:
        return self.rows[-1].bottom


def pages_of(items: Sequence[tuple[str, str]]) -> tuple[Page, ...]:
    """`items`: number and name in the order of the menu. As many rows on a page as it has room for."""
    pages: list[list[Row]] = [[]]
    for number, name in items:
        top = pages[-1][-1].bottom if pages[-1] else ROWS_TOP
        row = Row(number, split(name, NAME_UNITS), top)
        if pages[-1] and row.bottom > ROWS_BOTTOM:
            pages.append([])
            row = Row(number, row.lines, ROWS_TOP)
        pages[-1].append(row)
    return tuple(Page(place, tuple(rows)) for place, rows in enumerate(pages, start=1))


def split(words: str, units: float) -> tuple[str, ...]:
    """Lines of at most `units` full-width characters; punctuation may hang over the end of a line."""
    lines, line = [], ""
    for piece in _UNBROKEN.findall(words):
        for part in [piece] if _width(piece) <= units else piece:
            if line and _width(line) + _width(part) > units and part not in NOT_FIRST:
                lines.append(line.strip())
                line = ""
            line += part
    return (*lines, line.strip())


def _width(words: str) -> float:
    """In full-width characters; narrow ones are taken wider than most are."""
    return sum(1.0 if east_asian_width(one) in "WFA" else 0.9 if one in "MWmw@" else 0.62 for one in words)


def corner_squares(place: int) -> Iterator[Box]:
    """The black squares of a corner's mark: the border, and the bits that are not white."""
    mark, module = CORNERS[place], CORNER_SIDE / CORNER_MODULES
    for row in range(CORNER_MODULES):
        for column in range(CORNER_MODULES):
            is_border = {row, column} & {0, CORNER_MODULES - 1}
            if is_border or CORNER_BITS[place][row - 1][column - 1] == "0":
                yield Box(mark.x + column * module, mark.y + row * module, module, module)


def qr_text(round_id: int, page_number: int) -> str:
    """Round and page, and nothing that tells one sheet from another."""
    return f"DC1/{round_id}/{page_number}"


def parse_qr(text: str) -> tuple[int, int] | None:
    parts = text.split("/")
    if len(parts) != 3 or parts[0] != "DC1" or not all(part.isascii() and part.isdigit() for part in parts[1:]):
        return None
    return int(parts[1]), int(parts[2])
