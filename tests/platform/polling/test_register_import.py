"""The register from a spreadsheet: all rows or none, with the reason at each row."""

import time
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from diancai.errors import InvalidInput, WrongState
from diancai.platform.core.actor import Role
from diancai.platform.core.audit import AuditEntry
from diancai.platform.core.sheets import write_sheet
from diancai.platform.divisions.models import Division
from diancai.platform.polling.finding import search_register
from diancai.platform.polling.models import RegisterEntry
from diancai.platform.polling.operations.readings import readings_of
from diancai.platform.polling.operations.register_import import (
    COLUMNS,
    RegisterReading,
    import_register,
    read_register,
    register_template,
)
from diancai.platform.polling.queries import register_count
from diancai.platform.rounds.models import Round
from diancai.platform.rounds.states import RoundState
from tests.factories import AT, a_round, a_staff, a_street, an_entry
from tests.machine import slowness

HEADER = ["姓名", "社区", "楼门/户号", "出生年份", "证件后四位", "电话"]
LI = ["李明", "第一社区", "3栋-201", 1956, "", "13800000000"]


def a_sheet(*rows: list[Any], header: list[str] = HEADER) -> bytes:
    return write_sheet("名册", header, rows)


@pytest.fixture
def round_(session: Session) -> Round:
    return a_round(session, a_street(session), state=RoundState.DRAFT)


def codes(reading: RegisterReading) -> list[tuple[int, str, str]]:
    return [(problem.row, problem.title, problem.code) for problem in reading.problems]


def test_a_clean_sheet_is_stored_sealed_and_found_by_full_name(session: Session, round_: Round) -> None:
    reading = read_register(session, round_, a_sheet(LI, ["王　芳", "110102001001", "５号楼", "", "123x", ""]))
    assert reading.is_clean
    by = a_staff(session, _street(session, round_), Role.OFFICER)
    assert import_register(session, round_, reading, by=by, at=AT) == 2
    stored = session.scalars(select(RegisterEntry)).all()
    assert all("李明".encode() not in entry.name and "王芳".encode() not in entry.name for entry in stored)
    assert [found.name for found in search_register(session, round_, text="王芳").entries] == ["王芳"]
    assert {entry.household for entry in stored} == {"3栋-201", "5号楼"}
    assert {entry.id_last_four for entry in stored} == {None, "123X"}
    logged = session.scalars(select(AuditEntry)).all()
    assert [entry.event for entry in logged] == ["RegisterImported"]
    assert "李明" not in logged[0].facts


def _street(session: Session, round_: Round) -> Division:
    return session.get_one(Division, round_.street_id)


@pytest.mark.parametrize(
    ("row", "title", "code"),
    [
        (["", "第一社区", "3栋", 1956, "", ""], "姓名", "sheet.required"),
        (["李明", "没有社区", "3栋", 1956, "", ""], "社区", "register.unknown_community"),
        (["李明", "第一社区", "", 1956, "", ""], "楼门/户号", "sheet.required"),
        (["李明", "第一社区", "2026-03-02", 1956, "", ""], "楼门/户号", "register.household_became_a_day"),
        (["李明", "第一社区", "3栋", "", "", ""], "出生年份", "register.no_mark"),
        (["李明", "第一社区", "3栋", 1956, "1234", ""], "证件后四位", "register.two_marks"),
        (["李明", "第一社区", "3栋", 1856, "", ""], "出生年份", "register.bad_year"),
        (["李明", "第一社区", "3栋", 2012, "", ""], "出生年份", "register.too_young"),
        (["李明", "第一社区", "3栋", "", "12", ""], "证件后四位", "register.bad_last_four"),
        (["李明", "第一社区", "3栋", "", "11010219560101123X", ""], "证件后四位", "register.id_number"),
        (["李明110102195601011234", "第一社区", "3栋", 1956, "", ""], "姓名", "register.id_number"),
        (["李明", "第一社区", "3栋", 1956, "", "电话"], "电话", "register.bad_phone"),
    ],
)
def test_each_bad_cell_is_named_by_row_and_column(
    session: Session, round_: Round, row: list[Any], title: str, code: str
) -> None:
    assert codes(read_register(session, round_, a_sheet([*LI[:3], 1957, "", ""], row))) == [(3, title, code)]


def test_a_column_of_identity_numbers_refuses_the_whole_file(session: Session, round_: Round) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_register(session, round_, a_sheet([*LI, "110102195601011234"], header=[*HEADER, "身份证号码"]))
    assert refused.value.code == "register.id_column"


def test_who_turns_the_least_age_in_the_year_of_opening_is_registered(session: Session, round_: Round) -> None:
    assert read_register(session, round_, a_sheet([*LI[:3], 2011, "", ""])).is_clean


def test_exact_doubles_are_refused_by_row_in_the_file_and_in_the_register(session: Session, round_: Round) -> None:
    an_entry(session, round_, name="王芳")
    reading = read_register(session, round_, a_sheet(LI, [*LI[:5], ""], ["王芳", *LI[1:]]))
    assert codes(reading) == [(3, "姓名", "register.double_in_file"), (4, "姓名", "register.double")]
    with pytest.raises(InvalidInput, match="not_clean"):
        import_register(session, round_, reading, by=a_staff(session, _street(session, round_)), at=AT)


def test_look_alikes_are_told_apart_and_pointed_out(session: Session, round_: Round) -> None:
    reading = read_register(session, round_, a_sheet(LI, ["李明", "第一社区", "3栋-202", 1980, "", ""]))
    assert reading.is_clean
    assert [(pair.code, pair.rows) for pair in reading.look_alikes] == [("register.same_name_here", (2, 3))]


def test_a_round_by_household_takes_one_representative_a_door(session: Session) -> None:
    round_ = a_round(session, a_street(session), state=RoundState.DRAFT, is_per_household=True)
    reading = read_register(session, round_, a_sheet(LI, ["王芳", "第一社区", "3栋-201", 1960, "", ""]))
    assert codes(reading) == [(3, "楼门/户号", "register.household_twice_in_file")]


def test_no_register_is_imported_once_voting_began(session: Session) -> None:
    round_ = a_round(session, a_street(session), state=RoundState.VOTING)
    reading = read_register(session, round_, a_sheet(LI))
    with pytest.raises(WrongState):
        import_register(session, round_, reading, by=a_staff(session, _street(session, round_)), at=AT)
    assert register_count(session, round_) == 0


def test_the_template_is_read_back(session: Session, round_: Round) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_register(session, round_, register_template())
    assert refused.value.code == "sheet.no_rows"
    assert [column.titles[0] for column in COLUMNS] == HEADER


@pytest.mark.alone
def test_five_thousand_rows_are_read_and_stored_in_two_seconds(
    session: Session, round_: Round, record_property: Any
) -> None:
    rows = [[f"居民{n}", "第一社区", f"{n % 90}栋-{n // 90}", 1940 + n % 60, "", "13800000000"] for n in range(5000)]
    content = a_sheet(*rows)
    by = a_staff(session, _street(session, round_), Role.OFFICER)
    readings_of("居")  # the dictionaries are loaded once a process
    factor, tries = slowness(), []
    for _ in range(3):  # the best of three: a machine that others use too is slow at times
        again = session.begin_nested()
        begin = time.process_time()
        assert import_register(session, round_, read_register(session, round_, content), by=by, at=AT) == 5000
        tries.append(time.process_time() - begin)
        assert session.scalar(select(func.count()).select_from(RegisterEntry)) == 5000
        again.rollback()
    factor, spent = max(factor, slowness()), min(tries)
    record_property("seconds", spent)
    print(f"5,000 rows read, checked and stored: {spent:.2f} s on a machine {factor:.1f} times slower than meant")
    assert spent <= 2 * factor
