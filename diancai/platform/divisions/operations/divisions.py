"""区 → 街道 → 社区, one at a time or from a spreadsheet. The level and the parent follow from the 12-digit code.

Codes are 6 figures for the district, 3 for the street and 3 for the community (统计用区划代码); they change from year to
year, so every row says from when, and where abolished until when, it holds (domain B.11).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from diancai.errors import InvalidInput, NotAllowed
from diancai.platform.core.actor import Actor, Role
from diancai.platform.core.audit import record
from diancai.platform.core.sheet_cells import a_day, digits, text_up_to
from diancai.platform.core.sheets import Column, SheetReading, read_sheet
from diancai.platform.divisions.events import DivisionAdded, DivisionsImported
from diancai.platform.divisions.models import Division, Level, StreetOffice

CODE = Column("code", ("代码", "区划代码"), True, digits(12), "12位区划代码：前6位是区，第7–9位是街道，后3位是社区")
NAME = Column("name", ("名称",), True, text_up_to(60), "全称，例如“示范街道”")
VALID_FROM = Column("valid_from", ("生效日期", "启用日期"), True, a_day, "代码从哪一天起有效，例如 2026-01-01")
VALID_UNTIL = Column("valid_until", ("失效日期",), False, a_day, "已撤销的，写从哪一天起不再有效；仍在用的留空", None)
COLUMNS = (CODE, NAME, VALID_FROM, VALID_UNTIL)
MOST_ROWS = 5_000


@dataclass(frozen=True, slots=True)
class DivisionRow:
    """One division as a spreadsheet has it."""

    code: str
    name: str
    valid_from: date
    valid_until: date | None = None

    @property
    def level(self) -> Level:
        return level_of(self.code)

    @property
    def parent_code(self) -> str:
        return parent_code_of(self.code)

    def meets(self, other: "DivisionRow") -> bool:
        """Do both hold on some day?"""
        starts = max(self.valid_from, other.valid_from)
        ends = [row.valid_until for row in (self, other) if row.valid_until is not None]
        return not ends or starts < min(ends)


def level_of(code: str) -> Level:
    if code.endswith("000000"):
        return Level.DISTRICT
    return Level.STREET if code.endswith("000") else Level.COMMUNITY


def parent_code_of(code: str) -> str:
    """The code of the division above; empty for a district."""
    kept = {Level.DISTRICT: 0, Level.STREET: 6, Level.COMMUNITY: 9}[level_of(code)]
    return code[:kept].ljust(12, "0") if kept else ""


def add_division(session: Session, *, code: str, name: str, valid_from: date, by: Actor, at: datetime) -> Division:
    """One division, for the first day of an installation; its parent must be there.

    Raises InvalidInput division.parent_missing (division_code), division.overlaps, sheet.not_digits; NotAllowed
    division.not_yours.
    """
    row = DivisionRow(digits(12)(code), name.strip(), valid_from)
    _check_row(row, _by_code(_known(session), [row]))
    _require_administrator(row, _administered_codes(session, by))
    added = _store(session, row)
    record(session, DivisionAdded(added.parent_id, added.id, added.level, added.code, added.name), by=by, at=at)
    return added


def read_divisions(session: Session, content: bytes, *, by: Actor) -> SheetReading:
    """The dry run: rows as they would be stored, and every problem by row and column. Stores nothing.

    Raises InvalidInput sheet.* for a file that is unfit as a whole.
    """
    reading = read_sheet(content, COLUMNS, most_rows=MOST_ROWS)
    rows = [DivisionRow(**row.values) for row in reading.rows]
    after, administered = _by_code(_known(session), rows), _administered_codes(session, by)
    for sheet_row, row in zip(reading.rows, rows, strict=True):
        try:
            _check_row(row, after)
            _require_administrator(row, administered)
        except (InvalidInput, NotAllowed) as error:
            column = next(column for column in COLUMNS if column.key == error.facts.get("field", CODE.key))
            reading.problems.append(reading.problem(sheet_row, column, error))
    reading.problems.sort(key=lambda problem: (problem.row, problem.column))
    return reading


def import_divisions(session: Session, content: bytes, *, by: Actor, at: datetime) -> tuple[int, int]:
    """Store a clean file: how many divisions were added and changed. The same file twice changes nothing.

    Raises InvalidInput division.not_clean (count) when the dry run finds problems, sheet.* as `read_divisions`.
    """
    reading = read_divisions(session, content, by=by)
    if reading.problems:
        raise InvalidInput("division.not_clean", count=len(reading.problems))
    rows = sorted(
        (DivisionRow(**row.values) for row in reading.rows), key=lambda row: (list(Level).index(row.level), row.code)
    )
    added = changed = 0
    for row in rows:
        found = session.scalar(select(Division).where(Division.code == row.code, Division.valid_from == row.valid_from))
        if found is None:
            _store(session, row)
            added += 1
        elif (found.name, found.valid_until) != (row.name, row.valid_until):
            found.name, found.valid_until = row.name, row.valid_until
            changed += 1
    session.flush()
    record(session, DivisionsImported(None, added, changed, [row.code for row in rows]), by=by, at=at)
    return added, changed


def _known(session: Session) -> list[DivisionRow]:
    return [
        DivisionRow(division.code, division.name, division.valid_from, division.valid_until)
        for division in session.scalars(select(Division).where(Division.level != Level.GRID))
    ]


def _by_code(known: Iterable[DivisionRow], new: Sequence[DivisionRow]) -> dict[str, list[DivisionRow]]:
    """What would stand in the table afterwards: new rows replace those of the same code and first day."""
    replaced = {(row.code, row.valid_from) for row in new}
    after: dict[str, list[DivisionRow]] = defaultdict(list)
    for row in (*new, *(row for row in known if (row.code, row.valid_from) not in replaced)):
        after[row.code].append(row)
    return after


def _check_row(row: DivisionRow, after: Mapping[str, list[DivisionRow]]) -> None:
    if row.valid_until is not None and row.valid_until <= row.valid_from:
        raise InvalidInput("division.dates", field="valid_until")
    same = after.get(row.code, [])
    if sum(other.valid_from == row.valid_from for other in same) > 1:
        raise InvalidInput("division.twice", division_code=row.code)
    if any(other.valid_from != row.valid_from and other.meets(row) for other in same):
        raise InvalidInput("division.overlaps", field="valid_from", division_code=row.code)
    if row.parent_code and not any(other.meets(row) for other in after.get(row.parent_code, [])):
        raise InvalidInput("division.parent_missing", division_code=row.parent_code)


def _administered_codes(session: Session, by: Actor) -> frozenset[str] | None:
    """Codes of the divisions whose administrator the actor is; None: all, for the platform's own command line."""
    if by.is_system:
        return None
    ids = [grant.street_id for grant in by.grants if grant.role is Role.ADMINISTRATOR]
    return frozenset(session.scalars(select(Division.code).where(Division.id.in_(ids))))


def _require_administrator(row: DivisionRow, administered: frozenset[str] | None) -> None:
    """An administrator of the district, or of the street for its communities; a new district needs the command line."""
    if administered is None:
        return
    above = parent_code_of(row.parent_code) if row.parent_code else ""
    if not administered & {row.code, row.parent_code, above}:
        raise NotAllowed("division.not_yours")


def _store(session: Session, row: DivisionRow) -> Division:
    parent = None
    if row.parent_code:
        candidates = session.scalars(select(Division).where(Division.code == row.parent_code))
        overlapping = [
            division
            for division in candidates
            if DivisionRow(division.code, "", division.valid_from, division.valid_until).meets(row)
        ]
        parent = max(overlapping, key=lambda division: division.valid_from)
    added = Division(
        level=row.level,
        code=row.code,
        name=row.name,
        parent_id=parent.id if parent else None,
        valid_from=row.valid_from,
        valid_until=row.valid_until,
    )
    session.add(added)
    session.flush()
    if added.level is Level.STREET:
        session.add(_first_office(added))
        session.flush()
    return added


def _first_office(street: Division) -> StreetOffice:
    """A street begins with empty office settings; its administrator fills them in."""
    name = f"{street.name}办事处" if street.name.endswith("街道") else street.name
    return StreetOffice(
        street_id=street.id,
        office_name=name,
        help_phone="",
        supervision_phone="",
        address="",
        office_hours="",
        contact_name="",
    )
