"""From the closed vote to a result that is final: desks, seal, draw, count, signatures, an objection, and a stranger's check."""

import re
import subprocess
import sys
from datetime import date
from pathlib import Path

from playwright.sync_api import Page, expect

import diancai.verify
from diancai.platform.core.clock import local_instant
from tests.browser.line.opening import RESIDENT_COUNT, SLIP_COUNT
from tests.browser.line.street import TITLE, Street
from tests.browser.line.voting import LIGHTS, MEALS, PATH, RAMP
from tests.browser.walkers import Officer
from tests.platform.results.stage import a_hand

DRAW = "3 1 4 1 5 9"
MINUTES = "示街纪要〔2026〕9号"


def the_desk_balances(street: Street) -> None:
    """A wrong count is answered with the figures; the right one ends the issuing."""
    officer = street.officer
    officer.goes(f"{street.desk}/closing")
    officer.sees("每个投票点都清点签字、每批投票码都办完以后，才能封存。")
    officer.follows("清点")
    officer.fills("未用的凭条（张）", str(SLIP_COUNT - RESIDENT_COUNT - 1))
    officer.fills("填坏、收回的凭条（张）", "0")
    officer.presses("签字，结束发放")
    officer.sees("原因")
    officer.fills("未用的凭条（张）", str(SLIP_COUNT - RESIDENT_COUNT))
    officer.presses("签字，结束发放")
    officer.sees("党群服务中心已结束发放，张数相符")
    street.chief.confirms("清点剩余的凭条和纸质票（剪角封存）")


def the_box_is_sealed_for_good(street: Street, ballots: int) -> None:
    officer = street.officer
    officer.follows("去封存票箱")
    officer.fills("请输入“封存票箱”", "封存票箱")
    officer.presses("封存票箱")
    officer.sees(f"票箱已经封存，共 {ballots} 张票", "封存校验码", "选票校验码")
    street.site.run_jobs()


def two_scrutineers_type_the_draw(street: Street) -> None:
    for person, text in ((street.chief, DRAW), (street.second, "3 1 4 1 5 8")):
        types_the_draw(street, person, text)
    street.second.sees("录入的内容不一样")
    types_the_draw(street, street.second, DRAW)
    street.second.sees(f"抽签结果：{DRAW}")


def types_the_draw(street: Street, person: Officer, text: str) -> None:
    person.goes(f"{street.desk}/count")
    person.fills("抽签得到的数字", text)
    person.presses("录入抽签结果")


def the_ballots_are_counted(street: Street) -> None:
    officer = street.officer
    officer.goes(f"{street.desk}/count")
    officer.presses("启封计票")
    officer.sees("入选3项，共95万元", "尚未公布")
    resident = street.resident()
    resident.goes(f"/rounds/{street.round_id}/result")
    resident.sees_no(LIGHTS)


def the_scrutineers_sign_and_certify(street: Street) -> None:
    """One by hand on the screen, one with a signed scan; then the chief certifies."""
    chief, second = street.chief, street.second
    chief.goes(f"{street.desk}/result/sign")
    writes_by_hand(chief.page)
    chief.presses("签名")
    chief.sees("手写")
    scan = street.folder / "scan.png"
    scan.write_bytes(a_hand())
    second.goes(f"{street.desk}/result/sign")
    second.page.get_by_label("也可以上传签好字的扫描件").set_input_files(scan)
    second.presses("签名")
    chief.goes(f"{street.desk}/result")
    chief.presses("签认结果")
    chief.sees("已签认")


def writes_by_hand(page: Page) -> None:
    canvas = page.get_by_role("img", name="手写签名区")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box
    page.mouse.move(box["x"] + 40, box["y"] + box["height"] * 0.7)
    page.mouse.down()
    for step in range(1, 6):
        page.mouse.move(box["x"] + 40 + step * 50, box["y"] + box["height"] * (0.3 if step % 2 else 0.7))
    page.mouse.up()
    expect(page.get_by_text("已签名")).to_be_visible()


def three_people_publish_the_result(street: Street) -> None:
    officer, reviewer, leader = street.officer, street.reviewer, street.leader
    officer.goes(f"{street.desk}/result")
    officer.presses("拟稿送审")
    reviewer.goes(f"{street.desk}/result")
    reviewer.presses("审核通过")
    leader.goes(f"{street.desk}/result")
    leader.fills("会议纪要编号", MINUTES)
    leader.presses("签发并公布结果")
    leader.sees("公示")


def everybody_reads_the_result_with_its_reasons(street: Street) -> None:
    resident = street.resident()
    resident.goes("/")
    resident.follows(TITLE)
    resident.follows("看结果和每一项的理由")
    resident.sees("入选3项，共95万元", "投票数32", "轮到它时只剩", "翻转票数", "正在公示")
    assert winners(resident.page) == [LIGHTS, RAMP, MEALS]


def winners(page: Page) -> list[str]:
    return page.locator(".item-won h3, .item-won .item-name").all_inner_texts()


def a_resident_objects_online(street: Street) -> str:
    """Returns the code with which the answer is read."""
    resident = street.resident()
    resident.goes(f"/rounds/{street.round_id}/result")
    resident.follows("看公示全文、提异议")
    resident.sees("联系人", "监督电话", "受理地址", "示范街道办事处")
    resident.follows("提出异议")
    resident.fills("您的异议", "南门坡道已由小区物业自行修好，不应再花钱")
    resident.presses("提交异议")
    resident.sees("异议已收到")
    return resident.page.locator(".tracker").inner_text()


def the_office_withdraws_the_item_and_the_next_one_moves_up(street: Street) -> None:
    officer = street.officer
    officer.goes("/staff/")
    officer.follows(TITLE)
    officer.goes(f"{street.desk}/result")
    officer.follows("处理")
    officer.page.get_by_label("取消并递补").check()
    officer.page.get_by_label(RAMP).check()
    officer.fills("答复", "经现场核实，坡道已由物业建成，取消该项。")
    officer.presses("提交处理结果")
    expect(officer.row("南门坡道已由小区物业自行修好")).to_contain_text("等第二人确认")
    street.leader.confirms("按异议更改已公布的结果")


def the_new_version_stands_beside_the_old_one(street: Street, look_up_code: str) -> None:
    resident = street.resident()
    resident.goes(f"/rounds/{street.round_id}/result")
    resident.sees("入选3项，共100万元", "第2版", "改为入选", "不再入选")
    assert winners(resident.page) == [LIGHTS, MEALS, PATH]
    resident.follows("第1版")
    resident.sees("旧版结果", "入选3项，共95万元")
    resident.goes("/objections")
    resident.fills("查询号", look_up_code)
    resident.presses("查询")
    resident.sees("取消并递补", "坡道已由物业建成")


def the_result_becomes_final_after_its_window(street: Street) -> None:
    street.site.clock.at = local_instant(date(2026, 10, 20), 10)
    street.site.run_jobs()
    resident = street.resident()
    resident.goes(f"/rounds/{street.round_id}/result")
    resident.sees("公示期已满，结果生效")
    street.officer.goes(street.desk)
    street.officer.sees("已生效")
    street.administrator.goes("/staff/log")
    street.administrator.sees("结果生效")


def a_stranger_verifies_the_bundle(street: Street) -> None:
    """With the hash that the page prints, by the verifier alone; one changed byte fails it."""
    resident = street.resident()
    resident.goes(f"/rounds/{street.round_id}/result")
    printed = resident.page.locator("#main .hash").first.inner_text()
    bundle = resident.downloads("核对包（JSON）", street.folder)
    code, said = verifies(bundle, printed)
    assert code == 0, said
    content = bundle.read_bytes()
    bundle.write_bytes(content.replace(b'"score":', b'"score": ', 1))
    assert verifies(bundle, printed)[0] == 1
    changed = re.sub(rb'("ballot_count":)32', rb"\g<1>33", content, count=1)
    assert changed != content
    bundle.write_bytes(changed)
    code, said = verifies(bundle, printed)
    assert code == 1
    assert "ballot_count" in said


def verifies(bundle: Path, expected: str) -> tuple[int, str]:
    """The one file, run by itself as a stranger runs it."""
    command = [sys.executable, "-I", str(Path(diancai.verify.__file__)), str(bundle), "--expect", expected]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    return done.returncode, done.stdout + done.stderr
