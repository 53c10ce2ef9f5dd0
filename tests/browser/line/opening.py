"""Between the announcement and the vote: notices, register, scrutineers, desks, slips, and the opening by the clock."""

from datetime import date

from playwright.sync_api import expect
from sqlalchemy import select

from diancai.platform.accounts.models import Staff
from diancai.platform.core.clock import local_instant
from diancai.platform.core.db import log_outlives_seal
from diancai.platform.divisions.queries import actor_of
from diancai.platform.polling.models import RegisterEntry, Station
from diancai.platform.polling.operations.desk import give_slip
from diancai.platform.rounds.models import Round
from tests.browser.line.preparing import a_sheet
from tests.browser.line.street import TITLE, Street

FAMILY = ("郑国强", "何秀英", "郑伟", "林芳", "郑小雨")
RESIDENT_COUNT = 40
SLIP_COUNT = 45
REGISTER_TITLES = ("姓名", "社区", "楼门/户号", "出生年份")
COLLECTED_AT_THE_DESK = ("郑国强", "何秀英")


def the_round_is_announced_to_the_street(street: Street) -> None:
    officer = street.officer
    officer.goes(street.desk)
    officer.follows("发布候选项目公示：满 5 个工作日才能开始投票")
    officer.presses("发布候选项目公示")
    officer.sees("公示已发布，截止")
    officer.presses("发布名册核对公告")
    officer.sees(f"{TITLE}投票人名册核对公告")
    officer.goes(street.desk)
    officer.sees("候选项目公示到", "名册核对到", "期满以后才能开始投票")
    resident = street.resident()
    resident.goes("/")
    resident.follows(TITLE)
    resident.follows("看菜单（6项）")
    resident.sees("楼道照明改造", "南门无障碍坡道")


def the_register_comes_in_from_a_spreadsheet(street: Street) -> None:
    officer = street.officer
    officer.goes(f"{street.desk}/register")
    template = officer.downloads("下载模板（xlsx）", street.folder)
    people = [*FAMILY, *(f"居民{number}" for number in range(1, RESIDENT_COUNT - len(FAMILY) + 1))]
    rows = [[name, "第一社区", f"{place // 5 + 1}栋-101", str(1950 + place)] for place, name in enumerate(people)]
    officer.uploads("名册表格（xlsx）", a_sheet(street.folder / "people.xlsx", template, rows, REGISTER_TITLES))
    officer.presses("检查（先不保存）")
    officer.sees("40")
    officer.presses("导入")
    expect(officer.row("第一社区")).to_contain_text("40")


def three_scrutineers_are_appointed(street: Street) -> None:
    officer = street.officer
    officer.goes(f"{street.desk}/scrutineers")
    for person in (street.chief, street.second, street.third):
        officer.chooses("监票人", person.name)
        officer.fills("推选方式", "9月10日居民代表会议举手推选")
        if person is street.chief:
            officer.ticks("担任总监票人")
        officer.ticks("本人声明：")
        officer.presses("登记")
        officer.sees(f"已登记监票人：{person.name}")


def the_desk_is_set_up_and_slips_are_printed_once(street: Street) -> None:
    """One officer asks, another approves, and the codes stand on one page only."""
    officer = street.officer
    officer.goes(f"{street.desk}/stations")
    officer.follows("新设投票点")
    for label, text in {
        "名称": "党群服务中心", "地址": "示范路2号", "开放时间": "9月14日至21日，每天9:00—17:00", "电话": "010-60000002",
    }.items():  # fmt: skip
        officer.fills(label, text)
    officer.presses("保存")
    officer.follows("投票码")
    officer.fills("张数", str(SLIP_COUNT))
    officer.fills("用途", "首批凭条")
    officer.presses("提交申请")
    officer.sees("已申请，等第二人在“待我确认”里批准")
    assert not officer.may_press("印制（只有一次）")
    street.second_officer.confirms("批准印制一批投票码")
    officer.goes(f"{street.desk}/codes")
    officer.presses("印制（只有一次）")
    officer.sees("这一页只显示这一次", "不记名，请保管好。丢失的凭条不补。")
    street.codes = officer.page.locator(".slip-code").all_inner_texts()
    assert len(set(street.codes)) == SLIP_COUNT
    officer.follows("已经印好，回到投票码")
    assert not officer.may_press("印制（只有一次）")


def two_people_accept_that_the_log_outlives_the_seal(street: Street) -> None:
    """Only where the database keeps a log that the seal cannot erase; elsewhere the checklist does not ask."""
    with street.site.transaction() as session:
        is_asked = log_outlives_seal(session)
    street.officer.goes(street.desk)
    street.officer.sees("名册已导入，共 40 人", "投票点已有 1 处", "凭条已印 45 张")
    if not is_asked:
        street.officer.sees_no("数据库日志")
        return
    street.officer.follows("数据库日志会留存到封存以后：请两个人书面接受，否则不能开始投票")
    street.officer.fills("理由和销毁旧日志的安排", "封存当日由管理员销毁旧日志，两人在场")
    street.officer.presses("提出，请第二人确认")
    street.leader.confirms("接受数据库日志留存的风险")


def the_vote_opens_by_the_clock(street: Street) -> None:
    resident = street.resident()
    resident.goes("/vote")
    resident.fills("您的投票码", street.codes[0])
    resident.presses("下一步：选项目")
    resident.sees_heading("还没有开始")
    street.site.clock.at = local_instant(date(2026, 9, 14), 9)
    street.officer.goes(street.desk)
    street.officer.sees("候选项目已公示满 5 个工作日", "名册已核对满 5 个工作日")
    street.site.run_jobs()
    resident.goes("/")
    resident.follows("去投票")
    resident.sees("每个投票码只能用一次")


def the_clerk_gives_slips_at_the_desk(street: Street) -> None:
    clerk = street.clerk
    clerk.goes(f"{street.desk}/desk")
    for name in COLLECTED_AT_THE_DESK:
        clerk.fills("姓名或拼音、户号、出生年份或证件后四位", name)
        clerk.presses("查找")
        clerk.page.get_by_role("button", name="发放").click()
        clerk.sees("已领票")
    clerk.fills("姓名或拼音、户号、出生年份或证件后四位", COLLECTED_AT_THE_DESK[0])
    clerk.presses("查找")
    assert clerk.page.get_by_role("button", name="发放").count() == 0
    the_other_residents_collect_theirs(street)


def the_other_residents_collect_theirs(street: Street) -> None:
    """The queue at the desk, by the operation behind the button."""
    with street.site.transaction() as session:
        round_ = session.get_one(Round, street.round_id)
        clerk = session.scalars(select(Staff).filter_by(sign_in_name=street.clerk.sign_in_name)).one()
        by = actor_of(session, clerk.id, street.site.clock())
        station = session.scalars(select(Station)).one()
        for entry in session.scalars(select(RegisterEntry).where(RegisterEntry.given.is_(None))):
            give_slip(session, round_, entry, station=station, by=by, at=street.site.clock())
