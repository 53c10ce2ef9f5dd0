"""Districts, streets and communities: one at a time and from a spreadsheet."""

import io
from datetime import date
from typing import Any

import pytest
import xlsxwriter
from sqlalchemy import select
from sqlalchemy.orm import Session

from diancai.errors import InvalidInput, NotAllowed
from diancai.platform.core.actor import SYSTEM, Actor, Grant, Role
from diancai.platform.core.audit import AuditEntry
from diancai.platform.divisions import operations, queries
from diancai.platform.divisions.models import Division, Level
from diancai.platform.divisions.operations.divisions import level_of, parent_code_of
from tests.factories import AT

HEADER = ["代码", "名称", "生效日期", "失效日期"]
DISTRICT = ["110102000000", "示范区", "2020-01-01"]
STREET = ["110102001000", "示范街道", "2020-01-01"]
COMMUNITY = ["110102001001", "第一社区", "2020-01-01"]


def xlsx(*rows: list[Any]) -> bytes:
    file = io.BytesIO()
    workbook = xlsxwriter.Workbook(file)
    sheet = workbook.add_worksheet("区划")
    for number, row in enumerate([HEADER, *rows]):
        sheet.write_row(number, 0, row)
    workbook.close()
    return file.getvalue()


def store(session: Session, *rows: list[Any], by: Actor = SYSTEM) -> tuple[int, int]:
    return operations.import_divisions(session, xlsx(*rows), by=by, at=AT)


def problems(session: Session, *rows: list[Any], by: Actor = SYSTEM) -> list[tuple[int, str, str]]:
    reading = operations.read_divisions(session, xlsx(*rows), by=by)
    return [(problem.row, problem.column, problem.code) for problem in reading.problems]


@pytest.mark.parametrize(
    ("code", "level", "parent"),
    [
        ("110102000000", Level.DISTRICT, ""),
        ("110102001000", Level.STREET, "110102000000"),
        ("110102001012", Level.COMMUNITY, "110102001000"),
    ],
)
def test_level_and_parent_follow_from_the_code(code: str, level: Level, parent: str) -> None:
    assert (level_of(code), parent_code_of(code)) == (level, parent)


def test_a_clean_sheet_in_any_order_becomes_a_tree(session: Session) -> None:
    assert store(session, COMMUNITY, STREET, DISTRICT) == (3, 0)
    (street,) = queries.streets(session)
    assert [community.name for community in queries.communities_of(session, street.id, date(2026, 1, 1))] == [
        "第一社区"
    ]
    office = queries.office_of(session, street.id)
    assert office is not None
    assert (office.office_name, office.help_phone) == ("示范街道办事处", "")
    assert [entry.event for entry in session.query(AuditEntry)] == ["DivisionsImported"]


def test_codes_typed_as_numbers_are_read(session: Session) -> None:
    assert store(session, [110102000000, "示范区", "2020-01-01"], STREET) == (2, 0)


def test_the_same_sheet_twice_changes_nothing(session: Session) -> None:
    store(session, DISTRICT, STREET)
    assert store(session, DISTRICT, STREET) == (0, 0)
    assert store(session, [*STREET[:1], "新名街道", STREET[2]]) == (0, 1)


def test_an_abolished_community_makes_room_for_its_successor(session: Session) -> None:
    store(session, DISTRICT, STREET, COMMUNITY)
    successor = ["110102001001", "新社区", "2026-01-01"]
    assert problems(session, successor) == [(2, "C", "division.overlaps")]
    assert store(session, [*COMMUNITY, "2026-01-01"], successor) == (1, 1)
    (street,) = queries.streets(session)
    assert [row.name for row in queries.communities_of(session, street.id, date(2025, 12, 31))] == ["第一社区"]
    assert [row.name for row in queries.communities_of(session, street.id, date(2026, 1, 1))] == ["新社区"]
    assert queries.division_by_code(session, "110102001001", date(2026, 1, 1)) is not None


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        ([STREET], [(2, "A", "division.parent_missing")]),
        ([DISTRICT, COMMUNITY], [(3, "A", "division.parent_missing")]),
        ([DISTRICT, DISTRICT], [(2, "A", "division.twice"), (3, "A", "division.twice")]),
        ([[*DISTRICT, "2019-01-01"]], [(2, "D", "division.dates")]),
        ([["11010200", "示范区", "2020-01-01"]], [(2, "A", "sheet.not_digits")]),
        ([["110102000000", "", "去年"]], [(2, "B", "sheet.required"), (2, "C", "sheet.not_a_day")]),
        (
            [["110102000000", "示范区", "2020-01-01", "2021-01-01"], [*STREET[:2], "2022-01-01"]],
            [(3, "A", "division.parent_missing")],
        ),
    ],
)
def test_the_dry_run_names_every_problem_and_nothing_is_stored(
    session: Session, rows: list[list[Any]], found: list[tuple[int, str, str]]
) -> None:
    assert problems(session, *rows) == found
    with pytest.raises(InvalidInput, match=r"division\.not_clean"):
        store(session, *rows)
    assert not session.scalars(select(Division)).all()


def test_an_administrator_imports_below_the_own_division_only(session: Session) -> None:
    store(session, DISTRICT, STREET)
    (street,) = queries.streets(session)
    by = Actor(1, "管理员", frozenset({Grant(Role.ADMINISTRATOR, street.id)}))
    elsewhere = ["110105000000", "别的区", "2020-01-01"]
    assert problems(session, COMMUNITY, elsewhere, by=by) == [(3, "A", "division.not_yours")]
    officer = Actor(1, "经办", frozenset({Grant(Role.OFFICER, street.id)}))
    assert problems(session, COMMUNITY, by=officer) == [(2, "A", "division.not_yours")]


def test_the_command_line_enters_the_first_district_and_street(session: Session) -> None:
    day = date(2026, 1, 1)
    district = operations.add_division(session, code=DISTRICT[0], name="示范区", valid_from=day, by=SYSTEM, at=AT)
    street = operations.add_division(session, code=STREET[0], name="示范街道", valid_from=day, by=SYSTEM, at=AT)
    assert street.parent_id == district.id
    with pytest.raises(NotAllowed):
        operations.add_division(session, code="110105000000", name="别的区", valid_from=day, by=Actor(1), at=AT)


def test_divisions_are_searched_by_name_code_level_and_day(session: Session) -> None:
    store(session, DISTRICT, STREET, COMMUNITY, ["110102001002", "第二社区", "2020-01-01", "2024-01-01"])
    ids = [row.id for row in session.scalars(select(Division))]

    def found(**asked: Any) -> list[str]:
        facts = {"words": "", "level": None, "day": None, "first": 0, "count": 50}
        return [row.name for row in queries.search_divisions(session, ids, **(facts | asked))[0]]

    assert found(words="社区") == ["第一社区", "第二社区"]
    assert found(words="社区", day=date(2026, 1, 1)) == ["第一社区"]
    assert found(words="110102001") == ["示范街道", "第一社区", "第二社区"]
    assert found(level=Level.DISTRICT) == ["示范区"]
    assert found(words="%") == []
    assert found(first=1, count=1) == ["示范街道"]
