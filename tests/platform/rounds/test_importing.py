"""Items from a spreadsheet or a Pabulib file: everything that is wrong is listed, and nothing is stored by reading."""

import io

import pytest
import xlsxwriter

from diancai.budget import ItemCategory
from diancai.errors import InvalidInput
from diancai.platform.core.texts import say
from diancai.platform.rounds import operations
from diancai.platform.rounds.queries import items_of
from tests.factories import AT
from tests.platform.rounds.conftest import Office

HEADER = [
    "项目名称",
    "类别",
    "社区",
    "地点",
    "金额（元）",
    "社会资金（元）",
    "受益居民（人）",
    "完成时间",
    "责任单位",
    "后期管护",
    "需求来源",
    "项目说明",
]
GOOD = ["路灯", "工程", "第一社区", "南门", "86400.00", "", "1200", "2027-06-30", "城建科", "物业", "议事会", "换灯"]


def a_sheet(*rows: list[str]) -> bytes:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as workbook:
        sheet = workbook.add_worksheet("菜单")
        for number, row in enumerate([HEADER, *rows]):
            sheet.write_row(number, 0, row)
    return file.getvalue()


def changed(**cells: str) -> list[str]:
    row = list(GOOD)
    for title, value in cells.items():
        row[HEADER.index({"金额": "金额（元）"}.get(title, title))] = value
    return row


def test_a_clean_sheet_becomes_items_when_it_is_stored(office: Office) -> None:
    round_ = office.draft(items=0)
    run = operations.read_menu(office.session, round_, a_sheet(GOOD, changed(社区="全街道", 类别="服务类")))
    assert run.is_clean
    assert items_of(office.session, round_) == []
    operations.add_items(office.session, round_, run.items, source="xlsx", by=office.officer, at=AT)
    one, two = items_of(office.session, round_)
    assert (one.name, one.cost_fen, one.beneficiary_count, one.community_id is None) == ("路灯", 8_640_000, 1200, False)
    assert (two.category, two.community_id, two.number) == (ItemCategory.SERVICES, None, "2")


@pytest.mark.parametrize(
    ("cells", "column", "words"),
    [
        ({"金额": "1e5"}, "E", "科学记数法"),
        ({"金额": "-5"}, "E", "负数"),
        ({"金额": "1.234"}, "E", "两位小数"),
        ({"金额": "八万"}, "E", "数字"),
        ({"金额": "0"}, "E", "大于 0"),
        ({"金额": "400000.01"}, "E", "上限是 400,000.00 元，这一项是 400,000.01 元，超出 0.01 元"),
        ({"类别": "货品"}, "B", "工程、服务 或 实物"),
        ({"社区": "第九社区"}, "C", "第九社区"),
        ({"完成时间": "明年"}, "H", ""),
        ({"项目名称": ""}, "A", ""),
    ],
)
def test_each_problem_names_sheet_row_column_and_reason(
    office: Office, cells: dict[str, str], column: str, words: str
) -> None:
    run = operations.read_menu(office.session, office.draft(items=0), a_sheet(GOOD, changed(**cells)))
    assert not run.is_clean
    problem = run.problems[0]
    assert (problem.sheet, problem.row, problem.column) == ("菜单", 3, column)
    assert words in say(problem.code, **problem.facts)


def test_every_wrong_cell_of_a_row_is_told_at_once(office: Office) -> None:
    row = changed(金额="1e5", 社区="第九社区", 完成时间="明年")
    run = operations.read_menu(office.session, office.draft(items=0), a_sheet(row))
    assert [problem.column for problem in run.problems] == ["C", "E", "H"]


def test_full_width_figures_and_the_cap_itself_are_fine(office: Office) -> None:
    run = operations.read_menu(office.session, office.draft(items=0), a_sheet(changed(金额="４０００００．００")))
    assert [item.cost_fen for item in run.items] == [40_000_000]


def test_a_file_that_is_no_sheet_is_refused_whole(office: Office) -> None:
    with pytest.raises(InvalidInput, match=r"sheet\."):
        operations.read_menu(office.session, office.draft(items=0), b"not a spreadsheet")


def test_the_template_has_every_column(office: Office) -> None:
    template = operations.menu_template()
    with pytest.raises(InvalidInput, match=r"sheet\.no_rows"):
        operations.read_menu(office.session, office.draft(items=0), template)


PB = """META
key;value
description;test
country;Poland
unit;Town
instance;2024
num_projects;2
num_votes;0
budget;1000
vote_type;approval
rule;greedy
date_begin;01.01.2024
date_end;02.01.2024
PROJECTS
project_id;cost;name
a1;500;Bench
a2;700000;Tower
VOTES
voter_id;vote
"""


def test_projects_of_a_pabulib_file_become_items_under_the_caps(office: Office) -> None:
    round_ = office.draft(items=0)
    run = operations.read_pabulib_items(office.session, round_, PB.encode(), ItemCategory.WORKS)
    assert [(item.name, item.cost_fen) for item in run.items] == [("Bench", 50_000)]
    assert [(problem.column, problem.code) for problem in run.problems] == [("a2", "cap.item_over")]
