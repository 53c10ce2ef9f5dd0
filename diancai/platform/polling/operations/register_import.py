"""The register from a spreadsheet: a dry run that names every row it cannot take, then all rows or none."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from diancai.errors import InvalidInput
from diancai.platform.core.actor import Actor
from diancai.platform.core.audit import record
from diancai.platform.core.keys import keys_of
from diancai.platform.core.sheet_cells import text_up_to
from diancai.platform.core.sheets import Column, Problem, SheetReading, SheetRow, read_sheet, sheet_template
from diancai.platform.polling.events import RegisterImported
from diancai.platform.polling.models import RegisterEntry
from diancai.platform.polling.operations.persons import (
    Person,
    PersonKeys,
    check_person,
    entry_columns,
    person_keys,
    tidy_household,
    tidy_last_four,
    tidy_name,
    tidy_phone,
    tidy_year,
)
from diancai.platform.polling.operations.readings import keep_readings
from diancai.platform.polling.policy import require_state
from diancai.platform.polling.queries import communities_of
from diancai.platform.rounds.models import Round

ID_TITLE = re.compile(r"身份证|证件号|公民身份")
MOST_WARNINGS = 200


def _household_cell(text: str) -> str:
    # Spreadsheets turn the door number 3-2 into a day of this year.
    if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        raise InvalidInput("register.household_became_a_day", field="household")
    return tidy_household(text)


COLUMNS = (
    Column("name", ("姓名",), True, tidy_name, "与证件一致"),
    Column("community", ("社区", "所属社区", "社区名称"), True, text_up_to(60), "本街道的社区名称，或12位代码"),
    Column("household", ("楼门/户号", "楼门户号", "户号", "楼门", "门牌"), True, _household_cell, "例如 3栋-201"),
    Column("birth_year", ("出生年份", "出生年"), False, tidy_year, "四位数字；与证件后四位只填一项", None),
    Column("id_last_four", ("证件后四位", "身份证后四位"), False, tidy_last_four, "例如 0123 或 123X", None),
    Column("phone", ("电话", "手机", "联系电话"), False, tidy_phone, "选填，加密保存"),
)
BY_KEY = {column.key: column for column in COLUMNS}
PLACES = {"community_id": "community"}
NOTES = (
    "请勿填写身份证号码等其他个人信息：有这样的列，整张表不能导入。",
    "同名的人以楼门/户号和出生年份（或证件后四位）区分。",
)


@dataclass(frozen=True, slots=True)
class LookAlikes:
    """Rows that a person at the desk could mistake for each other; row 0 is an entry already in the register."""

    code: str
    rows: tuple[int, ...]


@dataclass(slots=True)
class RegisterReading:
    """What a file would bring. `persons` is complete only when there is no problem."""

    sheet: str
    persons: list[Person] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    look_alikes: list[LookAlikes] = field(default_factory=list)
    has_more_problems: bool = False

    @property
    def is_clean(self) -> bool:
        return not self.problems


def register_template() -> bytes:
    """An empty xlsx with the columns of the register and how to fill them."""
    return sheet_template(COLUMNS, "投票人名册", NOTES)


def read_register(session: Session, round_: Round, content: bytes) -> RegisterReading:
    """The dry run: nothing is stored. Problems are named by row and column, look-alikes are only pointed out.

    Raises InvalidInput: what `read_sheet` raises for a file that is unfit as a whole, and register.id_column (title)
    for one that carries identity numbers.
    """
    sheet = read_sheet(content, COLUMNS)
    for title in sheet.ignored_titles:
        if ID_TITLE.search(title):
            raise InvalidInput("register.id_column", title=title)
    reading = RegisterReading(sheet.sheet, problems=list(sheet.problems), has_more_problems=sheet.has_more_problems)
    _read_persons(session, round_, sheet, reading)
    _compare(session, round_, sheet, reading)
    reading.problems.sort(key=lambda problem: problem.row)
    return reading


def import_register(session: Session, round_: Round, reading: RegisterReading, *, by: Actor, at: datetime) -> int:
    """Store all persons of a clean reading; returns how many.

    Raises WrongState (see `require_state`), InvalidInput register.not_clean (count).
    """
    require_state("import_register", round_)
    if not reading.is_clean:
        raise InvalidInput("register.not_clean", count=len(reading.problems))
    keys = keys_of(session)
    rows = [entry_columns(keys, round_.id, person) | {"round_id": round_.id} for person in reading.persons]
    # Past the ORM, which takes as long as the database: nothing of these rows is loaded.
    session.connection().execute(insert(RegisterEntry), rows)
    # Their numbers are asked for afterwards: an INSERT that returns them takes twice the time.
    numbers = select(RegisterEntry.identity_key, RegisterEntry.id).where(RegisterEntry.round_id == round_.id)
    entry_ids = {row.identity_key: row.id for row in session.execute(numbers)}
    names = zip(rows, reading.persons, strict=True)
    keep_readings(session, round_.id, [(entry_ids[row["identity_key"]], person.name) for row, person in names])
    event = RegisterImported(round_.street_id, round_.id, len(rows), len(reading.look_alikes))
    record(session, event, by=by, at=at)
    return len(rows)


def _read_persons(session: Session, round_: Round, sheet: SheetReading, reading: RegisterReading) -> None:
    communities: dict[str, int] = {}
    for community in communities_of(session, round_):
        communities |= {community.name: community.id, community.code: community.id}
    for row in sheet.rows:
        try:
            person = _person(round_, row, communities)
        except InvalidInput as error:
            reading.problems.append(_problem(sheet, row, error))
        else:
            reading.persons.append(person)
            reading.rows.append(row.number)


def _person(round_: Round, row: SheetRow, communities: dict[str, int]) -> Person:
    cells = dict(row.values)
    name = str(cells.pop("community")).strip()
    if name not in communities:
        raise InvalidInput("register.unknown_community", name=name, field="community")
    person = Person(community_id=communities[name], **cells)
    check_person(round_, person)
    return person


def _problem(sheet: SheetReading, row: SheetRow, error: InvalidInput) -> Problem:
    key = str(error.facts.get("field", "name"))
    return sheet.problem(row, BY_KEY[PLACES.get(key, key)], error)


@dataclass(slots=True)
class _Seen:
    """What stands in the register or further up in the file: row numbers, 0 for the register."""

    identities: dict[bytes, int] = field(default_factory=dict)
    households: dict[tuple[int, str], int] = field(default_factory=dict)
    in_community: defaultdict[tuple[bytes, int], list[int]] = field(default_factory=lambda: defaultdict(list))
    same_mark: defaultdict[tuple[bytes, int | str | None], list[int]] = field(default_factory=lambda: defaultdict(list))

    def add(self, number: int, keys: PersonKeys, community_id: int, mark: int | str | None) -> None:
        self.identities[keys.identity] = number
        self.in_community[(keys.name, community_id)].append(number)
        self.same_mark[(keys.name, mark)].append(number)


def _compare(session: Session, round_: Round, sheet: SheetReading, reading: RegisterReading) -> None:
    """Exact doubles and second 户代表 become problems, look-alikes warnings."""
    keys, seen = keys_of(session), _registered(session, round_)
    rows = {row.number: row for row in sheet.rows}
    for number, person in zip(reading.rows, reading.persons, strict=True):
        found = person_keys(keys, round_.id, person)
        refusal = _refusal(round_, seen, found, person)
        if refusal is not None:
            reading.problems.append(_problem(sheet, rows[number], refusal))
            continue
        seen.add(number, found, person.community_id, person.birth_year or person.id_last_four)
        seen.households[(person.community_id, person.household.casefold())] = number
    reading.look_alikes.extend(_look_alikes("register.same_name_here", seen.in_community.values()))
    known = {pair.rows for pair in reading.look_alikes}
    others = _look_alikes("register.same_name_same_mark", seen.same_mark.values())
    reading.look_alikes.extend(pair for pair in others if pair.rows not in known)
    del reading.look_alikes[MOST_WARNINGS:]


def _registered(session: Session, round_: Round) -> _Seen:
    seen = _Seen()
    entry = RegisterEntry
    columns = (entry.name_key, entry.identity_key, entry.community_id, entry.household, entry.is_eligible)
    rows = select(*columns, entry.birth_year, entry.id_last_four).where(entry.round_id == round_.id)
    for row in session.execute(rows):
        keys = PersonKeys(row.name_key, row.identity_key)
        seen.add(0, keys, row.community_id, row.birth_year or row.id_last_four)
        if row.is_eligible:
            seen.households[(row.community_id, row.household.casefold())] = 0
    return seen


def _refusal(round_: Round, seen: _Seen, keys: PersonKeys, person: Person) -> InvalidInput | None:
    if (row := seen.identities.get(keys.identity)) is not None:
        code = "register.double_in_file" if row else "register.double"
        return InvalidInput(code, row=row, field="name")
    if not round_.is_per_household:
        return None
    if (row := seen.households.get((person.community_id, person.household.casefold()))) is not None:
        code = "register.household_twice_in_file" if row else "register.household_twice"
        return InvalidInput(code, row=row, field="household")
    return None


def _look_alikes(code: str, groups: Iterable[list[int]]) -> list[LookAlikes]:
    """Groups of two and more in which the file has a part."""
    return [LookAlikes(code, tuple(group)) for group in groups if len(group) > 1 and any(group)]
