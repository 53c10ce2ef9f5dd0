"""Opening an uploaded xlsx without trusting it: sizes before unpacking, a streaming look before any value is read.

What is looked at is what is read: the checked parts are packed anew, so that a second reader cannot see other bytes.
"""

import io
import zipfile
from dataclasses import dataclass, field
from posixpath import dirname, join, normpath
from xml.parsers import expat

from diancai.errors import InvalidInput

MOST_UNPACKED_BYTES = 96 * 1024 * 1024
MOST_PARTS = 2_000
MOST_RATIO = 250
"""A sheet of repeated rows packs about 1:60, a bomb 1:1000. Parts below `SMALL_PART` may pack as they like."""
SMALL_PART = 1024 * 1024
MOST_COLUMNS = 200
MOST_NAMED_CELLS = 20
RELATIONSHIPS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STRICT_RELATIONSHIPS = "http://purl.oclc.org/ooxml/officeDocument/relationships"


@dataclass
class SheetLook:
    """What a glance through the first sheet's XML shows. Rows count from 1; cells are named as on screen (B3)."""

    name: str
    formulas: list[str] = field(default_factory=list)
    merged: list[str] = field(default_factory=list)
    filled_row_count: int = 0
    last_row: int = 0
    last_column: int = 0


def checked_parts(content: bytes) -> dict[str, bytes]:
    """The XML parts of an xlsx, by name.

    Raises InvalidInput: sheet.not_xlsx for anything else (xls, csv, pictures, a locked file), sheet.bomb for a file
    that unpacks to more than it may, sheet.damaged when it cannot be unpacked.
    """
    if not content.startswith(b"PK"):
        raise InvalidInput("sheet.not_xlsx")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = [member for member in archive.infolist() if member.filename.endswith((".xml", ".rels"))]
            _refuse_bombs(members)
            parts = {member.filename: archive.read(member) for member in members}
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError) as problem:
        raise InvalidInput("sheet.damaged") from problem
    if "xl/workbook.xml" not in parts:
        raise InvalidInput("sheet.not_xlsx")
    return parts


def _refuse_bombs(members: list[zipfile.ZipInfo]) -> None:
    """`ZipFile.read` never gives more than the size checked here, whatever the packed bytes hold."""
    if len(members) > MOST_PARTS or sum(member.file_size for member in members) > MOST_UNPACKED_BYTES:
        raise InvalidInput("sheet.bomb")
    for member in members:
        if member.file_size > SMALL_PART and member.file_size > MOST_RATIO * max(member.compress_size, 1):
            raise InvalidInput("sheet.bomb")


def packed_anew(parts: dict[str, bytes]) -> io.BytesIO:
    """The checked parts as a file of their own, for the reader of values."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    file.seek(0)
    return file


def look_at_first_sheet(parts: dict[str, bytes]) -> SheetLook:
    """Raises InvalidInput: sheet.damaged for XML that cannot be read or that declares a document type."""
    name, path = _first_sheet(parts)
    if path not in parts:
        raise InvalidInput("sheet.damaged")
    glance = _Glance(SheetLook(name))
    _walk(parts[path], glance.start)
    return glance.look


def _walk(content: bytes, start: object) -> None:
    """Hand each opening tag to `start`. A DOCTYPE is refused, so there are no entities to expand."""
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartDoctypeDeclHandler = _refuse_doctype
    parser.StartElementHandler = start  # type: ignore[assignment]
    try:
        parser.Parse(content, True)
    except (expat.ExpatError, ValueError) as problem:
        raise InvalidInput("sheet.damaged") from problem


def _refuse_doctype(*_declaration: object) -> None:
    raise InvalidInput("sheet.damaged")


def _first_sheet(parts: dict[str, bytes]) -> tuple[str, str]:
    """Name and part of the first sheet that a person sees."""
    sheets: list[tuple[str, str]] = []
    targets: dict[str, str] = {}

    def sheet(tag: str, marks: dict[str, str]) -> None:
        if tag.endswith(" sheet") and marks.get("state", "visible") == "visible":
            number = marks.get(f"{RELATIONSHIPS} id") or marks.get(f"{STRICT_RELATIONSHIPS} id", "")
            sheets.append((marks.get("name", ""), number))

    def relationship(tag: str, marks: dict[str, str]) -> None:
        if tag.endswith(" Relationship"):
            targets[marks.get("Id", "")] = marks.get("Target", "")

    _walk(parts["xl/workbook.xml"], sheet)
    _walk(parts.get("xl/_rels/workbook.xml.rels", b""), relationship)
    if not sheets:
        raise InvalidInput("sheet.damaged")
    name, number = sheets[0]
    target = targets.get(number, "")
    return name, target.lstrip("/") if target.startswith("/") else normpath(join(dirname("xl/workbook.xml"), target))


class _Glance:
    """Follows rows and cells by their marks, or by counting where a writer left the marks out."""

    def __init__(self, look: SheetLook) -> None:
        self.look = look
        self.row = 0
        self.column = 0

    def start(self, tag: str, marks: dict[str, str]) -> None:
        kind = tag.rpartition(" ")[2]
        if kind == "c":
            self.column = column_number(marks["r"]) if "r" in marks else self.column + 1
        elif kind == "v" or kind == "is":
            self._value()
        elif kind == "row":
            self.row = int(marks["r"]) if "r" in marks else self.row + 1
            self.column = 0
        elif kind == "f":
            self._name(self.look.formulas, f"{column_letters(self.column)}{self.row}")
        elif kind == "mergeCell":
            self._name(self.look.merged, marks.get("ref", ""))

    def _value(self) -> None:
        if self.row != self.look.last_row:
            self.look.filled_row_count += 1
            self.look.last_row = max(self.row, self.look.last_row)
        self.look.last_column = max(self.look.last_column, self.column)

    def _name(self, cells: list[str], cell: str) -> None:
        if len(cells) < MOST_NAMED_CELLS:
            cells.append(cell)


def column_number(cell: str) -> int:
    """1 for A7, 27 for AA7."""
    number = 0
    for letter in cell:
        if not "A" <= letter <= "Z":
            break
        number = number * 26 + ord(letter) - 64
    return number


def column_letters(number: int) -> str:
    """A for 1, AA for 27."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
