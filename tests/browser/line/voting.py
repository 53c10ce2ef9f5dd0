"""Residents vote on phones, each in their own way; the box is sealed, stopped once, and closed by the clock."""

import re
from datetime import date
from typing import Literal

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Error, Page, expect

from diancai.platform.core.clock import local_instant
from tests.browser.line.opening import FAMILY
from tests.browser.line.street import TITLE, Street
from tests.browser.walkers import Walker

HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')
LIGHTS, RAMP, MEALS = "楼道照明改造", "南门无障碍坡道", "社区助餐送餐"
KITS, PATH, CLASS = "楼组应急物资箱", "健身步道翻修", "周末亲子课堂"
Role = Literal["button", "checkbox", "textbox"]
BALLOTS = [(LIGHTS, RAMP)] * 8 + [(LIGHTS, MEALS, PATH)] * 7 + [(RAMP, MEALS, KITS)] * 5 + [(PATH,)] * 3
"""What the residents choose who are not seen on a page of their own."""


def a_resident_votes_without_scripts(street: Street) -> str:
    """Typed numbers and a ticked card together; afterwards the same code is told to be used. Returns the tracker."""
    resident = street.resident(java_script_enabled=False)
    proves(resident, street.codes.pop())
    ticks_item(resident, LIGHTS)
    resident.unfolds("按编号点菜")
    resident.fills("项目编号", f"{street.numbers[RAMP]} {street.numbers[MEALS]} {street.numbers[PATH]}")
    resident.presses("下一步：核对我的选择")
    resident.sees("您选了 4 项，最多 3 项，请取消一些")
    resident.fills("项目编号", street.numbers[RAMP])
    resident.presses("下一步：核对我的选择")
    resident.sees("您还没有提交", LIGHTS, RAMP, "共2项")
    resident.presses("确认投票")
    resident.sees_heading("您的票已经投进票箱")
    return resident.page.locator(".tracker").inner_text()


def somebody_types_a_used_code(street: Street, code: str) -> None:
    resident = street.resident()
    resident.goes("/vote")
    resident.fills("您的投票码", code)
    resident.presses("下一步：选项目")
    resident.sees_heading("这个投票码已经用过了")


def a_resident_votes_by_keyboard_alone(street: Street) -> None:
    """Only Tab, Space, Enter and what is typed."""
    page = street.resident().page
    page.goto(f"{street.site.url}/vote")
    press_on(page, "textbox", "您的投票码")
    page.keyboard.type(street.codes.pop())
    page.keyboard.press("Enter")
    press_on(page, "checkbox", LIGHTS, "Space")
    press_on(page, "checkbox", MEALS, "Space")
    press_on(page, "button", "下一步：核对我的选择", "Enter")
    press_on(page, "button", "确认投票", "Enter")
    expect(page.get_by_role("heading", name="您的票已经投进票箱")).to_be_visible()


def a_resident_votes_in_large_type(street: Street) -> None:
    """The switch is pressed on the ballot itself: what was ticked before stays."""
    resident = street.resident()
    proves(resident, street.codes.pop())
    ticks_item(resident, RAMP)
    resident.page.get_by_role("button", name="大字版").click()
    expect(resident.page.get_by_role("button", name="标准字号")).to_be_visible()
    size = resident.page.evaluate("getComputedStyle(document.documentElement).fontSize")
    assert float(size.removesuffix("px")) >= 24
    expect(resident.page.get_by_role("checkbox", name=RAMP)).to_be_checked()
    resident.presses("下一步：核对我的选择")
    resident.presses("确认投票")
    resident.sees_heading("您的票已经投进票箱")


def a_family_votes_on_one_phone(street: Street) -> list[str]:
    """One after another; nothing of the one before is left for the next. Returns their trackers."""
    resident = street.resident()
    resident.goes("/vote")
    trackers = []
    for name in FAMILY:
        resident.page.get_by_label("您的投票码").fill(street.codes.pop())
        resident.presses("下一步：选项目")
        expect(resident.page.locator("input[name=choice]:checked")).to_have_count(0)
        ticks_item(resident, LIGHTS)
        resident.presses("下一步：核对我的选择")
        trackers.append(resident.page.locator(".tracker").inner_text())
        resident.presses("确认投票")
        resident.sees(trackers[-1])
        if name == FAMILY[0]:
            finds_no_ballot_by_going_back(resident)
        else:
            resident.follows("换一位家人投票")
        expect(resident.page.get_by_label("您的投票码")).to_have_value("")
        resident.sees_no(trackers[-1])
    assert len(set(trackers)) == len(FAMILY)
    return trackers


def finds_no_ballot_by_going_back(resident: Walker) -> None:
    """The browser keeps no page of the vote. Asked to send the last one anew, it learns what became of the code."""
    with pytest.raises(Error, match="ERR_CACHE_MISS"):
        resident.page.go_back()
    resident.page.wait_for_url("chrome-error://chromewebdata/")
    resident.page.reload()
    resident.sees_heading("这个投票码已经用过了")
    resident.sees_no("您还没有提交")
    resident.goes("/vote")


def a_resident_sends_the_same_page_twice_with_other_choices(street: Street) -> None:
    """The first answer opens in another tab; what the first tab sends afterwards changes nothing."""
    resident = street.resident()
    proves(resident, street.codes.pop())
    ticks_item(resident, LIGHTS)
    resident.presses("下一步：核对我的选择")
    with resident.page.context.expect_page() as opened:
        resident.page.get_by_role("button", name="确认投票").click(modifiers=["Control"])
    expect(opened.value.get_by_role("heading", name="您的票已经投进票箱")).to_be_visible()
    kept = resident.page.locator("#cast input[name=choice]")
    kept.evaluate("(field, number) => { field.value = number }", street.numbers[CLASS])
    resident.presses("确认投票")
    resident.sees("您的票已经投进票箱", "已按您第一次提交的内容计入，后来的修改无效。")


def the_others_vote(street: Street) -> None:
    """Twenty-three more ballots by the same forms, without a browser."""
    client = street.site.app.test_client()
    for names in BALLOTS:
        casts(client, street.codes.pop(), [street.numbers[name] for name in names])


def casts(client: FlaskClient, code: str, numbers: list[str]) -> None:
    token = dict(HIDDEN.findall(client.get("/vote").text))["csrf_token"]
    proven = dict(HIDDEN.findall(client.post("/vote", data={"code": code, "csrf_token": token}).text))
    reviewed = client.post("/vote/review", data={**proven, "choice": numbers}).text
    fields = dict(HIDDEN.findall(reviewed.partition('id="cast"')[2].partition("</form>")[0]))
    answer = client.post("/vote/cast", data={**fields, "choice": numbers})
    assert "您的票已经投进票箱" in answer.text


def the_box_is_sealed_and_a_tracker_is_found(street: Street, tracker: str) -> None:
    resident = street.resident()
    resident.goes(f"/rounds/{street.round_id}/board")
    resident.fills("您的查询码", tracker)
    resident.presses("查一查")
    resident.sees("还没有找到")
    street.site.clock.forward(minutes=15)
    street.site.run_jobs()
    resident.fills("您的查询码", tracker)
    resident.presses("查一查")
    resident.sees("找到了", "封存校验码")
    resident.sees_no(LIGHTS)


def the_vote_is_suspended_resumed_and_extended(street: Street) -> None:
    officer, leader, resident = street.officer, street.leader, street.resident()
    officer.goes(f"{street.desk}/suspend")
    officer.fills("原因", "投票点停电")
    officer.presses("中止投票")
    officer.sees("请输入“中止”")
    officer.fills("请输入“中止”", "中止")
    officer.presses("中止投票")
    officer.sees("投票已中止", "投票点停电")
    resident.goes("/vote")
    resident.fills("您的投票码", street.codes[-1])
    resident.presses("下一步：选项目")
    resident.sees_heading("活动暂时中止")
    resident.sees("投票点停电")
    officer.goes(street.desk)
    officer.follows("恢复投票")
    officer.fills("原因", "已恢复供电")
    officer.fills("请输入“恢复”", "恢复")
    officer.presses("恢复投票")
    officer.sees("投票已恢复")
    leader.goes(f"{street.desk}/extend")
    leader.fills("新的截止时间", "2026-09-22T18:00")
    leader.fills("延期原因", "停电半天，顺延一天")
    leader.presses("签署延期")
    leader.sees("停电半天，顺延一天")
    resident.goes(f"/rounds/{street.round_id}")
    resident.sees("停电半天，顺延一天", "9月22日周二 18:00", TITLE)


def the_vote_closes_by_the_clock(street: Street) -> None:
    street.site.clock.at = local_instant(date(2026, 9, 21), 18, 1)
    street.site.run_jobs()
    resident = street.resident()
    proves(resident, street.codes[-1])
    street.site.clock.at = local_instant(date(2026, 9, 22), 18)
    resident.goes("/vote")
    resident.fills("您的投票码", street.codes[-1])
    resident.presses("下一步：选项目")
    resident.sees_heading("已经截止")
    street.site.run_jobs()


def proves(resident: Walker, code: str) -> None:
    resident.goes("/vote")
    resident.fills("您的投票码", code)
    resident.presses("下一步：选项目")
    resident.sees("最多3项")


def ticks_item(resident: Walker, name: str) -> None:
    resident.page.get_by_role("checkbox", name=name).check()


def press_on(page: Page, role: Role, name: str, key: str = "") -> None:
    """Tab until the focus is on the control that a screen reader calls so, then the key."""
    for _ in range(80):
        page.keyboard.press("Tab")
        focused = page.locator(":focus")
        if focused.and_(page.get_by_role(role, name=name)).count():
            break
    else:
        raise AssertionError(f"no way by keyboard to the {role} {name}")
    if key:
        page.keyboard.press(key)
