"""Spreadsheets: what is accepted, what is refused cell by cell, what is refused whole (all files made here)."""

import io
import time
import zipfile
from collections.abc import Callable
from datetime import date
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from diancai.budget import parse_yuan
from diancai.errors import InvalidInput
from diancai.platform.core.sheet_cells import a_day, digits, text_up_to, whole_number
from diancai.platform.core.sheets import Column, read_sheet, sheet_template, write_sheet

COLUMNS = (
    Column("name", ("名称", "项目名称"), is_required=True, parse=text_up_to(200)),
    Column("cost_fen", ("造价（元）", "造价"), is_required=True, parse=parse_yuan),
    Column("count", ("受益人数",), parse=whole_number(), empty=None),
    Column("id_number", ("证件号",), parse=digits(18)),
    Column("day", ("完成日期",), parse=a_day, empty=None),
)
HEADER = ["名称", "造价（元）", "受益人数", "证件号", "完成日期"]


def xlsx(*rows: list[Any], change: Callable[[Any, Any], None] = lambda workbook, sheet: None) -> bytes:
    """A file as a spreadsheet program would write it; `change` does to it what people do."""
    file = io.BytesIO()
    workbook = xlsxwriter.Workbook(file, {"strings_to_formulas": False})
    sheet = workbook.add_worksheet("菜单")
    for number, row in enumerate(rows):
        sheet.write_row(number, 0, row)
    change(workbook, sheet)
    workbook.close()
    return file.getvalue()


def with_part(content: bytes, name: str, change: Callable[[bytes], bytes]) -> bytes:
    """The same file with one part altered."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            new.writestr(part, change(old.read(part)) if part == name else old.read(part))
    return file.getvalue()


def refusal(content: bytes, **options: Any) -> InvalidInput:
    with pytest.raises(InvalidInput) as caught:
        read_sheet(content, COLUMNS, **options)
    return caught.value


def problem_of(*cells: Any) -> tuple[int, str, str]:
    reading = read_sheet(xlsx(HEADER, list(cells)), COLUMNS)
    (problem,) = reading.problems
    assert not reading.rows
    return problem.row, problem.column, problem.code


def test_a_clean_sheet_gives_its_rows_by_key() -> None:
    reading = read_sheet(xlsx(HEADER, ["路灯", "86,400.00", 1200, "110101199003070000", "2026-12-01"]), COLUMNS)
    assert reading.is_clean
    assert [(row.number, row.values) for row in reading.rows] == [
        (
            2,
            {
                "name": "路灯",
                "cost_fen": 8_640_000,
                "count": 1200,
                "id_number": "110101199003070000",
                "day": date(2026, 12, 1),
            },
        )
    ]


def test_numbers_and_dates_are_read_as_a_person_would_type_them() -> None:
    def add_dates(workbook: Any, sheet: Any) -> None:
        sheet.write_datetime(1, 4, date(2026, 12, 1), workbook.add_format({"num_format": "yyyy/m/d"}))

    reading = read_sheet(xlsx(HEADER, ["路灯", 400000.01, 12], change=add_dates), COLUMNS)
    assert reading.rows[0].values["cost_fen"] == 40_000_001
    assert reading.rows[0].values["day"] == date(2026, 12, 1)


def test_columns_may_stand_in_any_order_and_others_are_named() -> None:
    reading = read_sheet(xlsx(["备注", "造价", "项目名称*"], ["x", 5, "路灯"]), COLUMNS)
    assert reading.rows[0].values == {"name": "路灯", "cost_fen": 500, "count": None, "id_number": "", "day": None}
    assert reading.ignored_titles == ("备注",)


def test_full_width_digits_are_the_same_digits() -> None:
    reading = read_sheet(xlsx(HEADER, ["路灯", "８６４００．５", "１２", "１" * 18, "２０２６年１２月１日"]), COLUMNS)
    assert reading.rows[0].values == {
        "name": "路灯",
        "cost_fen": 8_640_050,
        "count": 12,
        "id_number": "1" * 18,
        "day": date(2026, 12, 1),
    }


@pytest.mark.parametrize(
    ("cells", "column", "code"),
    [
        (["", 5], "A", "sheet.required"),
        (["路灯", ""], "B", "sheet.required"),
        (["路灯", "   "], "B", "sheet.required"),
        (["路灯", "四十万"], "B", "money.not_a_number"),
        (["路灯", "1e5"], "B", "money.exponent"),
        (["路灯", -5], "B", "money.negative"),
        (["路灯", "-5"], "B", "money.negative"),
        (["路灯", 86400.125], "B", "money.too_many_decimals"),
        (["路灯", "86400.125"], "B", "money.too_many_decimals"),
        (["路灯", True], "B", "money.not_a_number"),
        (["路灯", 5, 1.5], "C", "sheet.not_whole_number"),
        (["路灯", 5, "-1"], "C", "sheet.not_whole_number"),
        (["路灯", 5, 1, 110101199003070016], "D", "sheet.digits_lost"),
        (["路灯", 5, 1, "1234"], "D", "sheet.not_digits"),
        (["路灯", 5, 1, "", "2026-02-30"], "E", "sheet.not_a_day"),
        (["灯" * 201, 5], "A", "sheet.too_long"),
        (["路灯", "#DIV/0!"], "B", "sheet.cell_error"),
    ],
)
def test_a_bad_cell_is_named_by_row_and_column(cells: list[Any], column: str, code: str) -> None:
    assert problem_of(*cells) == (2, column, code)


def test_every_bad_cell_is_listed_and_good_rows_stay_apart() -> None:
    reading = read_sheet(xlsx(HEADER, ["路灯", "x"], ["长椅", 3], [], ["", "1e5"]), COLUMNS)
    assert [(problem.sheet, problem.row, problem.column, problem.title) for problem in reading.problems] == [
        ("菜单", 2, "B", "造价（元）"),
        ("菜单", 5, "A", "名称"),
        ("菜单", 5, "B", "造价（元）"),
    ]
    assert [row.number for row in reading.rows] == [3]


def test_a_hopeless_sheet_stops_at_two_hundred_problems() -> None:
    reading = read_sheet(xlsx(HEADER, *(["路灯", "x"] for _ in range(500))), COLUMNS)
    assert (len(reading.problems), reading.has_more_problems) == (200, True)


def test_a_missing_column_is_named() -> None:
    error = refusal(xlsx(["项目名称", "受益人数"], ["路灯", 5]))
    assert (error.code, error.facts) == ("sheet.missing_columns", {"titles": "造价（元）"})


def test_a_column_that_comes_twice_is_refused() -> None:
    assert refusal(xlsx([*HEADER, "造价"], ["路灯", 5])).code == "sheet.repeated_column"


def test_merged_cells_refuse_the_file_and_are_named() -> None:
    error = refusal(xlsx(HEADER, ["路灯", 5], change=lambda _book, sheet: sheet.merge_range("A3:A5", "并")))
    assert (error.code, error.facts) == ("sheet.merged", {"cells": "A3:A5"})


def test_formulas_refuse_the_file_and_are_named() -> None:
    error = refusal(xlsx(HEADER, ["路灯", 5], change=lambda _book, sheet: sheet.write_formula("B3", "=B2*2", None, 10)))
    assert (error.code, error.facts) == ("sheet.formulas", {"cells": "B3"})


def test_text_that_looks_like_a_formula_is_text() -> None:
    assert read_sheet(xlsx(HEADER, ["=1+1", 5]), COLUMNS).rows[0].values["name"] == "=1+1"


def test_fifty_thousand_rows_are_read_and_one_more_refuses_the_file() -> None:
    rows = [["路灯", "5"] for _ in range(50_000)]
    assert len(read_sheet(xlsx(HEADER, *rows), COLUMNS).rows) == 50_000
    error = refusal(xlsx(HEADER, *rows, ["路灯", "5"]))
    assert (error.code, error.facts) == ("sheet.too_many_rows", {"count": 50_001, "limit": 50_000})


def test_one_far_cell_does_not_make_a_large_sheet() -> None:
    far = xlsx(HEADER, ["路灯", 5], change=lambda _book, sheet: sheet.write(1_048_575, 0, "x"))
    assert refusal(far).code == "sheet.too_many_rows"
    wide = xlsx(HEADER, ["路灯", 5], change=lambda _book, sheet: sheet.write(1, 16_383, "x"))
    assert refusal(wide).code == "sheet.too_many_columns"


@pytest.mark.parametrize("rows", [[], [HEADER]])
def test_a_sheet_without_rows_is_refused(rows: list[list[str]]) -> None:
    assert refusal(xlsx(*rows)).code == "sheet.no_rows"


@pytest.mark.parametrize(
    "content",
    [b"", "名称,造价\n路灯,5\n".encode("gbk"), b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1old xls", b"%PDF-1.7", b"\x89PNG"],
)
def test_another_kind_of_file_is_refused(content: bytes) -> None:
    assert refusal(content).code == "sheet.not_xlsx"


def test_another_zip_is_refused() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("word/document.xml", "<a/>")
    assert refusal(file.getvalue()).code == "sheet.not_xlsx"


@pytest.mark.parametrize("cut", [0.3, 0.9])
def test_half_a_file_is_refused(cut: float) -> None:
    content = xlsx(HEADER, ["路灯", 5])
    assert refusal(content[: int(len(content) * cut)]).code == "sheet.damaged"


def test_a_zip_bomb_is_refused_before_it_is_unpacked() -> None:
    bomb = with_part(xlsx(HEADER, ["路灯", 5]), "xl/worksheets/sheet1.xml", lambda _old: b" " * 50_000_000)
    assert len(bomb) < 100_000
    started = time.perf_counter()
    assert refusal(bomb).code == "sheet.bomb"
    assert time.perf_counter() - started < 0.5


def test_many_parts_of_modest_ratio_are_refused_by_their_sum() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(120):
            archive.writestr(f"xl/part{number}.xml", b"<a/>" * 250_000)
    assert refusal(file.getvalue()).code == "sheet.bomb"


def test_entities_are_never_expanded() -> None:
    def laugh(sheet: bytes) -> bytes:
        head, _, body = sheet.partition(b"?>")
        return head + b'?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>' + body

    bad = with_part(xlsx(HEADER, ["路灯", 5]), "xl/worksheets/sheet1.xml", laugh)
    assert refusal(bad).code == "sheet.damaged"


def test_a_hidden_first_sheet_is_passed_over() -> None:
    workbook = openpyxl.Workbook()
    workbook.active.append(["别的"])
    workbook.active.sheet_state = "hidden"
    sheet = workbook.create_sheet("菜单")
    sheet.append(HEADER)
    sheet.append(["路灯", 5])
    workbook.active = 1
    file = io.BytesIO()
    workbook.save(file)
    reading = read_sheet(file.getvalue(), COLUMNS)
    assert (reading.sheet, len(reading.rows)) == ("菜单", 1)


def test_five_thousand_rows_are_read_within_two_seconds(capsys: pytest.CaptureFixture[str]) -> None:
    content = xlsx(HEADER, *(["路灯", 86400.5, 12, "110101199003070000", "2026-12-01"] for _ in range(5_000)))
    started = time.process_time()
    assert len(read_sheet(content, COLUMNS).rows) == 5_000
    seconds = time.process_time() - started
    with capsys.disabled():
        print(f"\n5,000 rows of xlsx read and checked in {seconds:.2f} s of the processor")
    assert seconds <= 2


def test_a_template_filled_in_is_read_back() -> None:
    workbook = openpyxl.load_workbook(io.BytesIO(sheet_template(COLUMNS, "菜单", ["每行一个项目"])))
    workbook.worksheets[0].append(["路灯", "5", None, "110101199003070016"])
    file = io.BytesIO()
    workbook.save(file)
    reading = read_sheet(file.getvalue(), COLUMNS)
    assert reading.rows[0].values["id_number"] == "110101199003070016"
    assert workbook.worksheets[1]["A1"].value == "名称"


@given(st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc"])), min_size=1, max_size=3))
@settings(max_examples=60, deadline=None)
def test_no_text_that_goes_out_becomes_a_formula(texts: list[str]) -> None:
    dangerous = ["=1+1", "+51 1", "-1", "@SUM(A1)", "\t=1", "＝1+1", "https://example.org"]
    written = openpyxl.load_workbook(io.BytesIO(write_sheet("名单", ["列"] * 10, [dangerous + texts])))
    cells = [cell for cell in written.active[2] if cell.value is not None]
    assert all(cell.data_type == "s" and cell.hyperlink is None for cell in cells)


def test_long_numbers_go_out_as_text_and_short_ones_as_numbers() -> None:
    written = openpyxl.load_workbook(io.BytesIO(write_sheet("表:1", ["a", "b", "c"], [[110101199003070016, 5, None]])))
    assert [cell.value for cell in written.active[2]][:2] == ["110101199003070016", 5]
    assert written.active.title == "表 1"
