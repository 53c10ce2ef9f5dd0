"""From an empty office to an announced round: settings, fund, rules, menu, three signatures."""

import re
from pathlib import Path

from playwright.sync_api import expect
from python_calamine import CalamineWorkbook

from diancai.platform.core.sheets import write_sheet
from tests.browser.line.street import TITLE, Street

SEED = "2026年8月31日 福利彩票双色球 03 11 17 20 26 31 08"
MENU = {
    "楼道照明改造": ("工程", "第一社区", "400000.00"),
    "南门无障碍坡道": ("工程", "第二社区", "350000.00"),
    "社区助餐送餐": ("服务", "全街道", "200000.00"),
    "楼组应急物资箱": ("实物", "全街道", "80000.00"),
    "健身步道翻修": ("工程", "第二社区", "400000.00"),
    "周末亲子课堂": ("服务", "第一社区", "120000.00"),
}
"""Each item with its category, where it is, and its cost in yuan; the round has a million."""


def the_administrator_fills_in_the_office(street: Street) -> None:
    """The first sign-in enrols the second factor; the home page then leads to the settings that are missing."""
    administrator = street.administrator
    administrator.goes("/staff/")
    administrator.sees("已绑定动态码", "还没有填好的设置")
    administrator.follows("去填写")
    settings = {
        "求助电话": "010-60000000", "监督电话": "010-60000001", "领票和受理地点": "示范路1号",
        "受理时间": "工作日9:00—17:00", "联系人": "王敏",
    }  # fmt: skip
    for label, text in settings.items():
        administrator.fills(label, text)
    administrator.presses("保存设置")
    administrator.goes("/staff/caps/new")
    administrator.chooses("类别", "服务")
    administrator.fills("单项上限（元）", "200000")
    administrator.presses("保存")
    administrator.sees("200,000.00")


def an_officer_drafts_the_fund_and_the_leader_approves_it(street: Street) -> None:
    officer, leader = street.officer, street.leader
    officer.goes("/staff/funds/new")
    officer.fills("名称", "民生微实事专项资金")
    officer.fills("预算科目", "2120201 民生微实事")
    officer.fills("金额（元）", "2999999.99")
    officer.presses("保存")
    officer.sees("3,000,000.00")
    officer.fills("金额（元）", "3000000")
    officer.presses("保存")
    officer.sees("待批准")
    leader.goes("/staff/funds")
    leader.follows("民生微实事专项资金")
    leader.fills("区人大批准文号", "示人字〔2026〕3号")
    leader.fills("批准日期", "2026-08-30")
    leader.presses("登记批准")
    leader.sees("已批准", "3,000,000.00")


def an_officer_drafts_the_round(street: Street) -> None:
    officer = street.officer
    officer.goes("/staff/rounds")
    officer.follows("新建投票活动")
    officer.fills("名称", TITLE)
    officer.fills("本次使用金额（元）", "1000000")
    officer.page.get_by_label("最多选 k 项").check()
    officer.fills("选几项（k）", "3")
    officer.page.get_by_label("按票数从高到低，超额跳过").check()
    officer.fills("开始时间", "2026-09-14T09:00")
    officer.page.get_by_label("截止时间", exact=True).fill("2026-09-21T18:00")
    officer.fills("最晚截止时间", "2026-09-28T18:00")
    officer.presses("保存")
    officer.sees("草稿已建立。下一步：编写菜单")
    found = re.search(r"/staff/rounds/(\d+)", officer.page.url)
    assert found
    street.round_id = int(found[1])


def the_menu_comes_in_from_a_spreadsheet(street: Street) -> None:
    """A broken file first: the page says where; nothing of it is stored. Then the clean one."""
    officer = street.officer
    officer.follows("编写菜单")
    template = officer.downloads("下载表格模板", street.folder)
    officer.follows("从表格导入")
    broken = [*rows_of_the_menu(), ["天桥", "工程", "第三社区", "400000.01", "2027-06-30", "", "", ""]]
    broken[2][3] = "二十万"
    officer.uploads("表格文件（.xlsx）", a_sheet(street.folder / "broken.xlsx", template, broken))
    officer.presses("检查（先不保存）")
    officer.sees("表格需要修改", "没有保存任何内容")
    expect(officer.row("金额（元）")).to_contain_text("4")
    expect(officer.row("本街道没有“第三社区”这个社区")).to_contain_text("8")
    officer.sees_no("检查通过")
    officer.uploads("表格文件（.xlsx）", a_sheet(street.folder / "menu.xlsx", template, rows_of_the_menu()))
    officer.presses("检查（先不保存）")
    officer.sees("检查通过，共6行。还没有保存，请按“导入”。")
    officer.presses("导入")
    officer.sees("已导入 6 项", "共 6 项")


def the_order_is_drawn_by_lot(street: Street) -> None:
    officer = street.officer
    officer.follows("编号与次序")
    officer.fills("种子", SEED)
    officer.presses("抽签")
    officer.sees(f"已按种子“{SEED}”抽签定序")
    for name in MENU:
        street.numbers[name] = officer.row(name).locator("td").first.inner_text().strip()
    assert sorted(street.numbers.values()) == list("123456")


def three_people_sign_and_the_rule_book_is_frozen(street: Street) -> None:
    officer, reviewer, leader = street.officer, street.reviewer, street.leader
    officer.goes(f"{street.desk}/signing")
    officer.presses("提交审核")
    officer.sees("已提交审核", "等待审核人审核")
    reviewer.goes("/staff/")
    reviewer.follows(f"去办理 {TITLE}")
    reviewer.presses("审核通过")
    reviewer.sees("审核通过，等待签发")
    leader.goes("/staff/")
    leader.follows(f"去办理 {TITLE}")
    shown = leader.page.locator("#main .code").first.inner_text()
    leader.presses("签发公告")
    leader.sees("请填写会议纪要编号")
    leader.fills("会议纪要编号", "示街纪要〔2026〕5号")
    leader.presses("签发公告")
    leader.sees("已签发公告。到开始时间自动开始投票", shown)
    assert re.fullmatch(r"[0-9a-f]{64}", shown)


def rows_of_the_menu() -> list[list[str]]:
    return [
        [name, category, community, cost, "2027-06-30", "城建科", "居民议事会", f"{name}，按图施工，做完公示。"]
        for name, (category, community, cost) in MENU.items()
    ]


TITLES = ("项目名称", "类别", "社区", "金额（元）", "完成时间", "责任单位", "需求来源", "项目说明")


def a_sheet(file: Path, template: Path, rows: list[list[str]], titles: tuple[str, ...] = TITLES) -> Path:
    """The rows under the template's own header, columns that nobody filled left empty."""
    header = [str(title) for title in CalamineWorkbook.from_path(template).get_sheet_by_index(0).to_python()[0]]
    assert set(titles) <= set(header)
    placed = [dict(zip(titles, row, strict=True)) for row in rows]
    file.write_bytes(write_sheet("表", header, [[row.get(title, "") for title in header] for row in placed]))
    return file
