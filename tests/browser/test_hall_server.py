"""A hall without internet, from the office's proposal to the receipt: every page that people meet, on both machines."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import expect
from sqlalchemy import Engine, func, select

from diancai.platform.accounts.models import Staff
from diancai.platform.accounts.passwords import hash_password
from diancai.platform.core import clock
from diancai.platform.core.keys import Keys
from diancai.platform.features import load_jobs
from diancai.platform.polling.models import GivenKind, InboxBallot, RegisterEntry
from tests.browser.conftest import DESK, PHONE, OpenContext
from tests.browser.walkers import Officer, Walker
from tests.offices import PASSWORD
from tests.platform.cli.test_hall import run, serving
from tests.platform.hall_server.halls import Office, an_office
from tests.sites import Clock, Site, a_site
from tests.voters import free_port

load_jobs()
VOTERS, CAME, SLIPS = 5, 3, 5


@dataclass(frozen=True)
class Laptop:
    url: str
    clock: Callable[[], datetime] = clock.now


@dataclass
class Outing:
    """The office, its people at their desks, and one folder that travels."""

    site: Site
    office: Office
    people: dict[str, Officer]
    open_context: OpenContext
    folder: Path

    @property
    def page(self) -> str:
        return f"/staff/sittings/{self.office.sitting_id}/server"


@pytest.fixture(params=["sqlite"])
def dialect(request: pytest.FixtureRequest) -> str:
    """What people see does not depend on the office's database; operations are tested on both."""
    return str(request.param)


@pytest.fixture
def outing(
    database_url: str, engine: Engine, keys: Keys, open_context: OpenContext, tmp_path: Path
) -> Iterator[Outing]:
    now = clock.now()
    times = {"opens_at": now - timedelta(hours=2), "closes_at": now + timedelta(days=1)}
    with a_site(database_url, engine, keys, Clock(now)) as site:
        with site.transaction() as session:
            office = an_office(session, VOTERS, **times, latest_close_at=now + timedelta(days=2))
            for person in session.scalars(select(Staff)):
                person.password_hash = hash_password(PASSWORD)
            names = {
                part: _sign_in_name(session.get_one(Staff, by.staff_id)) for part, by in vars(office.people).items()
            }
        people = {
            part: Officer(open_context(viewport=DESK, ignore_https_errors=True).new_page(), site, name)
            for part, name in names.items()
        }
        yield Outing(site, office, people, open_context, tmp_path)


def _sign_in_name(person: Staff) -> str:
    return person.sign_in_name


def test_a_hall_without_internet_from_the_proposal_to_the_receipt(outing: Outing) -> None:
    pack, code = the_office_gives_the_hall_away(outing)
    port, phone_port = free_port(), free_port()
    with serving(outing.folder, port, phone_port, str(pack), code=code):
        for person in outing.people.values():
            person.site = Laptop(f"https://127.0.0.1:{port}")
        phones = Laptop(f"http://127.0.0.1:{phone_port}")
        a_device_finds_the_certificate(outing, phones)
        slips = slips_are_printed_in_the_hall(outing)
        the_desk_hands_out(outing)
        residents_vote_on_their_phones(outing, phones, slips)
        the_chair_closes_and_declares(outing)
        parcel, receipt = the_desk_balances_and_hands_back(outing)
        for person in outing.people.values():
            person.page.goto("about:blank")  # a page that asks every 5 s keeps the laptop from stopping at once
    for person in outing.people.values():
        person.site = outing.site
    the_office_takes_it_back(outing, parcel, receipt)
    erased = run(outing.folder, "erase", "--receipt", receipt)
    assert (erased.returncode, (outing.folder / "hall").exists()) == (0, False)


def the_office_gives_the_hall_away(outing: Outing) -> tuple[Path, str]:
    officer = outing.people["officer"]
    officer.goes(outing.page)
    officer.page.get_by_role("checkbox").first.check()
    officer.fills("理由", "礼堂没有网")
    officer.presses("提出，请监票人确认")
    officer.sees("等监票人确认")
    outing.people["chief"].confirms("把会场交给会场服务器")
    officer.goes(outing.page)
    officer.sees(f"{VOTERS} 人", "还没有打包")
    code = officer.page.locator(".tracker").inner_text()
    with officer.page.expect_download() as waiting:
        officer.presses("口令抄好了，下载随行包")
    pack = outing.folder / waiting.value.suggested_filename
    waiting.value.save_as(pack)
    return pack, code


def a_device_finds_the_certificate(outing: Outing, phones: Laptop) -> None:
    device = Walker(outing.open_context(viewport=DESK).new_page(), phones)
    device.goes("/hall-devices")
    device.sees_heading("会场设备：先装证书")
    file = device.downloads("下载证书", outing.folder)
    assert file.read_bytes() == (outing.folder / "hall" / "ca.crt").read_bytes()


def slips_are_printed_in_the_hall(outing: Outing) -> list[str]:
    officer, codes = outing.people["officer"], f"/staff/rounds/{outing.office.round_id}/codes"
    officer.goes(codes)
    officer.fills("张数", str(SLIPS))
    officer.fills("用途", "会场用")
    officer.presses("提交申请")
    outing.people["second"].confirms("批准印制一批投票码")
    officer.goes(codes)
    officer.presses("印制（只有一次）")
    slips = officer.page.locator(".slip-code").all_inner_texts()
    assert len(set(slips)) == SLIPS
    return slips


def the_desk_hands_out(outing: Outing) -> None:
    clerk = outing.people["clerk"]
    for number in range(CAME):
        clerk.goes(f"/staff/rounds/{outing.office.round_id}/desk")
        clerk.fills("姓名或拼音、户号、出生年份或证件后四位", f"李{number}")
        clerk.presses("查找")
        clerk.page.get_by_role("button", name=re.compile(rf"^发放 李{number}")).click()
        clerk.sees("已领票")


def residents_vote_on_their_phones(outing: Outing, phones: Laptop, slips: list[str]) -> None:
    for _ in range(CAME):
        resident = Walker(outing.open_context(viewport=PHONE).new_page(), phones)
        resident.goes("/vote")
        resident.sees("主持人宣布截止")
        resident.fills("您的投票码", slips.pop())
        resident.presses("下一步：选项目")
        resident.page.locator("label[for=choice-1]").click()
        resident.presses("下一步：核对我的选择")
        resident.presses("确认投票")
        resident.sees_heading("您的票已经投进票箱")


def the_chair_closes_and_declares(outing: Outing) -> None:
    def does(**figures: int) -> None:
        chair.goes(f"/staff/sittings/{outing.office.sitting_id}")
        for name, count in figures.items():
            chair.page.locator(f"#{name}").fill(str(count))
        chair.presses("办完这一步")

    chair, ballots = outing.people["chair"], {f"ballots_{outing.office.round_id}": CAME}
    for figures in ({"present_count": CAME}, {}, {}, {}, ballots, {}, {}):
        does(**figures)
    chair.goes(f"/staff/sittings/{outing.office.sitting_id}")
    chair.sees("一起结束")
    chair.presses("提出截止投票")
    outing.people["chief"].confirms("会场截止投票")
    does(**ballots)
    does()  # 宣布投票有效
    chair.sees("交回以后在街道的平台上接着办")
    assert not chair.may_press("办完这一步")


def the_desk_balances_and_hands_back(outing: Outing) -> tuple[Path, str]:
    clerk, officer = outing.people["clerk"], outing.people["officer"]
    officer.goes(outing.page)
    officer.sees("交回以前", "结束发放")
    assert not officer.may_press("生成交回文件")
    clerk.goes(f"/staff/rounds/{outing.office.round_id}/stations/{outing.office.hall_desk_id}")
    clerk.fills("未用的凭条（张）", str(SLIPS - CAME))
    clerk.fills("填坏、收回的凭条（张）", "0")
    clerk.presses("签字，结束发放")
    outing.people["second"].confirms("清点剩余的凭条和纸质票（剪角封存）")
    officer.goes(outing.page)
    with officer.page.expect_download() as waiting:
        officer.presses("生成交回文件")
    parcel = outing.folder / waiting.value.suggested_filename
    waiting.value.save_as(parcel)
    officer.goes(outing.page)
    officer.sees("交回文件已经生成：这里不再发票、收票")
    return parcel, officer.page.locator(".tracker").inner_text()


def the_office_takes_it_back(outing: Outing, parcel: Path, receipt: str) -> None:
    officer = outing.people["officer"]
    officer.goes(outing.page)
    officer.uploads("会场服务器生成的交回文件", parcel)
    officer.presses("收回")
    officer.sees("已交回", receipt)
    expect(officer.page.get_by_role("button", name="收回")).to_have_count(0)
    with outing.site.transaction() as session:
        assert session.scalar(select(func.count()).select_from(InboxBallot)) == CAME
        given = select(RegisterEntry.given, func.count()).group_by(RegisterEntry.given)
        assert dict(session.execute(given).all()) == {GivenKind.SLIP: CAME, None: VOTERS - CAME}
