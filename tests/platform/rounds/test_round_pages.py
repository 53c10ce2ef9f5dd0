"""The office's pages from an empty street to an announced round, as officer, reviewer and leader meet them."""

import io
import re
from collections.abc import Iterator
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import Engine, select

from diancai.platform.accounts.models import StaffRole
from diancai.platform.core.actor import ANYONE, Actor, Role
from diancai.platform.core.keys import Keys
from diancai.platform.core.sheets import write_sheet
from diancai.platform.funds.models import Fund, FundState
from diancai.platform.notices.models import Notice, Objection, Outcome
from diancai.platform.rounds.models import MenuItem, Round, RoundScrutineer
from diancai.platform.rounds.states import ItemOrder, RoundState
from tests.factories import AT, a_round, a_staff, a_street
from tests.sites import Clock, Site, an_app

HEADER = ["项目名称", "类别", "社区", "金额（元）", "完成时间", "责任单位", "需求来源", "项目说明"]
LAMP = ["路灯", "工程", "第一社区", "86400.00", "2027-06-30", "城建科", "议事会", "换灯"]
RULES = {
    "title": "2026年家门口的小实事",
    "year": "2026",
    "fund_fen": "3000000",
    "min_age": "15",
    "channels": ["phone", "terminal"],
    "ballot": "at_most",
    "max_marks": "2",
    "method": "greedy",
    "tie_rule": "cost_then_lot",
    "publication": "totals",
    "min_turnout_percent": "0",
    "min_ballots": "0",
    "opens_at": "2026-09-21T09:00",
    "closes_at": "2026-09-28T18:00",
    "latest_close_at": "2026-10-05T18:00",
    "scrutineer_count": "3",
    "candidate_notice_days": "5",
    "register_check_days": "5",
}
ITEM = {
    "name": "第一社区南门路灯",
    "category": "works",
    "community_id": "0",
    "cost_fen": "400,000.00",
    "completes_on": "2027-06-30",
    "responsible_unit": "城建科",
    "origin": "居民议事会",
    "text": "换灯",
}


class Office:
    """A site with a street and its people; `client` acts as whoever `sit_down` named last."""

    def __init__(self, site: Site) -> None:
        self.site, self.client = site, site.app.test_client()
        with site.transaction() as session:
            street = a_street(session)
            self.street_id = street.id
            self.officer = a_staff(session, street, Role.OFFICER, name="王经办")
            self.reviewer = a_staff(session, street, Role.REVIEWER, name="李审核")
            self.leader = a_staff(session, street, Role.LEADER, name="赵签发")
            self.scrutineer = a_staff(session, street, Role.SCRUTINEER, name="钱监票")
            session.add(StaffRole(staff_id=self.scrutineer.staff_id, role=Role.SCRUTINEER, division_id=street.id))
            elsewhere = a_street(session, code="110103001000", name="别处街道")
            self.stranger = a_staff(session, elsewhere, Role.OFFICER)
            self.voting_id = a_round(session, street).id
        self.sit_down(self.officer)

    def sit_down(self, actor: Actor) -> None:
        self.site.app.extensions["diancai.actor"] = lambda _session: actor

    def get(self, path: str, status: int = 200) -> str:
        answer = self.client.get(path)
        assert answer.status_code == status, answer.get_data(as_text=True)
        return answer.get_data(as_text=True)

    def post(self, path: str, status: int = 303, **form: Any) -> str:
        answer = self.client.post(path, data=form)
        body = answer.get_data(as_text=True)
        assert answer.status_code == status, body
        return str(answer.headers.get("Location", body)) if status == 303 else body

    def one(self, model: Any) -> Any:
        """The newest row."""
        with self.site.transaction() as session:
            found = session.scalars(select(model).order_by(*(c.desc() for c in model.__table__.primary_key))).first()
            session.expunge_all()
            return found

    def a_fund(self) -> Fund:
        fund = {"year": "2026", "name": "专项资金", "budget_line": "2120201", "amount_fen": "3000000"}
        path = self.post("/staff/funds/new", street_id=self.street_id, **fund)
        self.sit_down(self.leader)
        self.post(f"{path}/approve", reference="示人字〔2026〕3号", approved_on="2026-08-30", amount_fen="3000000")
        self.sit_down(self.officer)
        return self.one(Fund)  # type: ignore[no-any-return]

    def a_draft(self, **changes: Any) -> str:
        """The path of a new draft."""
        rules = RULES | {"street_id": self.street_id, "fund_id": self.a_fund().id} | changes
        return self.post("/staff/rounds/new", **rules)


@pytest.fixture
def office(database_url: str, engine: Engine, keys: Keys) -> Iterator[Office]:
    with an_app(database_url, engine, keys, Clock(AT)) as site:
        site.app.config["WTF_CSRF_ENABLED"] = False  # the browser tests carry the token
        yield Office(site)


def test_from_an_empty_street_to_an_announced_round_with_notices_and_an_objection(office: Office) -> None:
    path = office.a_draft()
    assert "菜单：现有 0 项" in office.get(path)
    office.post(f"{path}/menu/new", **ITEM)
    office.post(f"{path}/menu/new", **(ITEM | {"name": "扶手", "another": "1"}))
    assert "第一社区南门路灯" in office.get(f"{path}/menu")
    office.post(f"{path}/menu/order", seed="4 2 6 1")
    assert "已按种子“4 2 6 1”抽签定序" in office.get(f"{path}/menu/order")
    office.post(f"{path}/submit")
    for person, action, form in (
        (office.reviewer, "review", {}),
        (office.leader, "announce", {"minute_number": "〔2026〕5号"}),
    ):
        office.sit_down(person)
        found = re.search(r'name="content_sha256" value="([0-9a-f]{64})"', office.get(f"{path}/signing"))
        assert found is not None
        office.post(f"{path}/{action}", content_sha256=found[1], **form)
    assert "已公告" in office.get(path)
    office.sit_down(office.officer)
    office.post(f"{path}/notices/candidates", basis="〔2026〕5号")
    notice = office.one(Notice)
    office.sit_down(ANYONE)
    page = office.get(f"/notices/{notice.id}")
    for words in ("依据：〔2026〕5号", "400,000.00", "城建科", "王敏", "010-60000001", "示范街道办事处", "<svg"):
        assert words in page
    receipt = office.post(f"/notices/{notice.id}/objections", 200, text="造价太高", contact="")
    objection = office.one(Objection)
    assert objection.look_up_code[:4] in receipt
    assert "正在办理" in office.post("/objections", 200, code=objection.look_up_code)
    office.sit_down(office.officer)
    assert "造价太高" in office.get("/staff/notices")
    answer = {"outcome": Outcome.UPHELD_AS_IS.value, "answer": "造价经过审核"}
    office.post(f"/staff/notices/{notice.id}/objections/{objection.id}/answer", **answer)
    office.sit_down(ANYONE)
    assert "造价经过审核" in office.post("/objections", 200, code=objection.look_up_code)


def test_all_that_is_wrong_with_a_rule_book_is_said_at_once_and_nothing_typed_is_lost(office: Office) -> None:
    rules = RULES | {"street_id": office.street_id, "fund_id": office.a_fund().id, "min_age": "12", "title": "新名字"}
    body = office.post("/staff/rounds/new", 422, **(rules | {"closes_at": "2026-09-01T00:00"}))
    for words in ("年龄下限不能低于 15 周岁", "截止时间要晚于开始时间", "新名字"):
        assert words in body


def test_a_draw_beyond_the_fund_is_refused_at_its_field(office: Office) -> None:
    rules = RULES | {"street_id": office.street_id, "fund_id": office.a_fund().id, "fund_fen": "3000000.01"}
    assert "超出 0.01 元" in office.post("/staff/rounds/new", 409, **rules)


def test_the_order_of_items_is_by_lot_unless_the_office_asks_for_another_to_each_voter(office: Office) -> None:
    path = office.a_draft()
    assert office.one(Round).item_order is ItemOrder.DRAWN
    rules = RULES | {"street_id": office.street_id, "fund_id": office.one(Fund).id}
    office.post(f"{path}/rules", revision="0", **rules, item_order="random")
    assert office.one(Round).item_order is ItemOrder.RANDOM
    assert '<option selected value="random">每人随机</option>' in office.get(f"{path}/rules")
    office.post(f"{path}/rules", 422, revision="1", **rules, item_order="by_name")


def test_a_stale_page_of_rules_is_told_so(office: Office) -> None:
    path = office.a_draft()
    fund_id = office.one(Fund).id
    rules = RULES | {"street_id": office.street_id, "fund_id": fund_id, "revision": "0"}
    office.post(f"{path}/rules", **(rules | {"title": "第一次改"}))
    assert "其他人刚刚改过" in office.post(f"{path}/rules", 409, **(rules | {"title": "第二次改"}))
    assert office.one(Round).title == "第一次改"
    office.post(f"{path}/rules", 422, **(rules | {"title": "第三次改", "revision": "new"}))


def test_an_item_over_its_cap_is_refused_with_cap_amount_and_excess(office: Office) -> None:
    path = office.a_draft()
    body = office.post(f"{path}/menu/new", 409, **(ITEM | {"cost_fen": "400000.01"}))
    assert "工程类单项上限是 400,000.00 元，这一项是 400,000.01 元，超出 0.01 元" in body
    assert "第一社区南门路灯" in body


def test_a_sheet_is_checked_before_it_is_stored(office: Office) -> None:
    path = office.a_draft()
    bad = write_sheet("菜单", HEADER, [LAMP, [*LAMP[:3], "1e5", *LAMP[4:]]])
    body = office.post(f"{path}/menu/import", 422, file=(io.BytesIO(bad), "menu.xlsx"))
    assert "科学记数法" in body
    good = write_sheet("菜单", HEADER, [LAMP])
    body = office.post(f"{path}/menu/import", 200, file=(io.BytesIO(good), "menu.xlsx"))
    assert "检查通过" in body
    assert office.one(MenuItem).name != "路灯"
    kept = re.search(r'name="checked"[^>]*value="([^"]+)"', body)
    assert kept is not None
    office.post(f"{path}/menu/import", checked=kept[1], store="1")
    assert office.one(MenuItem).name == "路灯"
    assert office.client.get(f"{path}/menu/template.xlsx").data.startswith(b"PK")


def test_a_picture_comes_with_its_item_and_is_kept_from_strangers(office: Office) -> None:
    path = office.a_draft()
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(out, "PNG")
    office.post(f"{path}/menu/new", **ITEM, picture=(io.BytesIO(out.getvalue()), "a.png"), picture_alt="新路灯")
    item = office.one(MenuItem)
    assert office.client.get(f"/pictures/{item.picture_sha256}").status_code == 200
    office.sit_down(office.stranger)
    assert office.client.get(f"/pictures/{item.picture_sha256}").status_code == 404
    office.sit_down(office.officer)
    office.post(f"{path}/menu/{item.id}/picture/remove")
    office.post(f"{path}/menu/{item.id}/remove")
    assert office.one(MenuItem).id != item.id


def test_suspending_asks_for_the_word_and_a_reason(office: Office) -> None:
    path = f"/staff/rounds/{office.voting_id}"
    assert "请照着输入“中止”" in office.post(f"{path}/suspend", 422, reason="停电", typed="中")
    office.post(f"{path}/suspend", reason="停电", typed="中止")
    assert "投票中止：停电" in office.get(path)
    office.post(f"{path}/resume", reason="来电", typed="恢复")
    office.sit_down(office.leader)
    office.post(f"{path}/extend", closes_at="2026-09-10T10:00", reason="补足")
    office.post(f"{path}/void", reason="名册有误", typed="作废")
    assert office.get(path).count("badge-state badge-jade") >= 1  # still voting: the second person has not confirmed


def test_scrutineers_are_appointed_on_their_page(office: Office) -> None:
    path = f"/staff/rounds/{office.voting_id}/scrutineers"
    form = {"staff_id": str(office.scrutineer.staff_id), "chosen_by": "居民代表推选"}
    assert "利害关系" in office.post(path, 422, **form)
    office.post(path, **form, has_no_conflict="y", is_chief="y")
    assert office.one(RoundScrutineer).is_chief
    assert "钱监票" in office.get(path)
    office.post(f"{path}/{office.scrutineer.staff_id}/release", reason="生病")
    assert office.one(RoundScrutineer) is None


def test_a_copy_starts_from_last_year_and_a_draft_is_given_up(office: Office) -> None:
    fund = office.a_fund()
    path = office.post(f"/staff/rounds/{office.voting_id}/copy", fund_id=fund.id, year="2027")
    assert "2027年家门口的小实事" in office.get(path)
    office.post(f"{path}/discard", reason="重复", typed="放弃")
    assert office.one(Round).state is RoundState.VOID
    assert "2027年家门口的小实事" not in office.get("/staff/rounds").split("<main")[1].split("<table")[1]


def test_a_fund_below_the_floor_asks_for_a_reason(office: Office) -> None:
    fund = {"year": "2026", "name": "小资金", "budget_line": "9", "amount_fen": "100", "street_id": office.street_id}
    assert "不少于 3,000,000.00 元" in office.post("/staff/funds/new", 409, **fund)
    path = office.post("/staff/funds/new", **fund, below_floor_reason="试点")
    office.post(f"{path}/edit", **(fund | {"name": "改名"}), below_floor_reason="试点")
    assert office.one(Fund).name == "改名"
    assert office.one(Fund).state is FundState.DRAFT
    assert "待批准" in office.get("/staff/funds")


@pytest.mark.parametrize(
    "path",
    ["", "/rules", "/menu", "/menu/new", "/signing", "/notices", "/scrutineers", "/discard", "/menu/order"],
)
def test_another_streets_draft_does_not_exist(office: Office, path: str) -> None:
    draft = office.a_draft()
    office.get(f"{draft}{path}")
    office.sit_down(office.stranger)
    office.get(f"{draft}{path}", 404)


@pytest.mark.parametrize("path", ["rules", "menu/new", "menu/order", "discard", "resume"])
def test_what_makes_no_sense_in_this_state_is_refused(office: Office, path: str) -> None:
    office.get(f"/staff/rounds/{office.voting_id}/{path}", 409)


def test_a_reviewer_does_not_draft_and_a_passer_by_signs_in(office: Office) -> None:
    draft = office.a_draft()
    office.sit_down(office.reviewer)
    office.get(f"{draft}/rules", 403)
    office.get("/staff/rounds/new", 403)
    office.sit_down(ANYONE)
    office.get(draft, 303)


def test_a_notice_and_an_answer_that_do_not_exist_are_not_found(office: Office) -> None:
    office.sit_down(ANYONE)
    office.get("/notices/999", 404)
    assert "没有找到这个查询号" in office.post("/objections", 404, code="ZZZZ")
