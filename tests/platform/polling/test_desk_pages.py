"""The desk's pages as a clerk meets them: what a page says, and who may not see it."""

import io
import re
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Engine, select

from diancai.platform.core.actor import ANYONE, Actor, Role
from diancai.platform.core.confirmations import ConfirmationRequest, confirm_request
from diancai.platform.core.keys import Keys
from diancai.platform.core.sheets import write_sheet
from diancai.platform.divisions.models import Division
from diancai.platform.polling.models import BallotCode, CodeBatch, RegisterEntry, Station
from diancai.platform.rounds.models import Round
from diancai.platform.rounds.states import RoundState
from tests.factories import AT, a_round, a_staff, a_station, a_street, an_entry
from tests.sites import Clock, Site, an_app

HEADER = ["姓名", "社区", "楼门/户号", "出生年份", "证件后四位", "电话"]


class Desk:
    """A site with one voting round; `client` acts as whoever `sit_down` named last."""

    def __init__(self, site: Site) -> None:
        self.site, self.client = site, site.app.test_client()
        with site.transaction() as session:
            street = a_street(session)
            round_ = a_round(session, street)
            an_entry(session, round_)
            an_entry(session, round_, household="5栋-301", birth_year=1980)
            a_station(session, round_)
            self.draft_id = a_round(session, street, state=RoundState.DRAFT).id
            self.round_id = round_.id
            self.officer = a_staff(session, street, Role.OFFICER, name="钱经办")
            self.clerk = a_staff(session, street, Role.CLERK, name="孙文员")
            self.scrutineer = a_staff(session, street, Role.SCRUTINEER, name="赵监票")
            self.stranger = a_staff(session, a_street(session, code="110103001000", name="别处街道"), Role.OFFICER)
        self.sit_down(self.clerk)

    def sit_down(self, actor: Actor) -> None:
        self.site.app.extensions["diancai.actor"] = lambda _session: actor

    def path(self, rest: str, round_id: int | None = None) -> str:
        return f"/staff/rounds/{round_id or self.round_id}/{rest}"

    def get(self, rest: str) -> str:
        return self.client.get(self.path(rest)).get_data(as_text=True)

    def post(self, rest: str, status: int = 303, round_id: int | None = None, **form: Any) -> str:
        answer = self.client.post(self.path(rest, round_id), data=form)
        body = answer.get_data(as_text=True)
        assert answer.status_code == status, body
        return body

    def only(self, model: Any, **facts: Any) -> Any:
        with self.site.transaction() as session:
            found = session.scalars(
                select(model).filter_by(**facts).order_by(model.__table__.primary_key.columns)
            ).first()
            session.expunge_all()
            return found

    def confirm(self, by: Actor) -> None:
        with self.site.transaction() as session:
            waiting = select(ConfirmationRequest).order_by(ConfirmationRequest.id.desc())
            request = session.scalars(waiting).first()
            assert request is not None
            confirm_request(session, request, by=by, at=AT)


@pytest.fixture
def desk(database_url: str, engine: Engine, keys: Keys) -> Iterator[Desk]:
    with an_app(database_url, engine, keys, Clock(AT), origin="http://localhost") as site:
        site.app.config["WTF_CSRF_ENABLED"] = False
        yield Desk(site)


def test_namesakes_are_told_apart_and_one_is_given_a_slip(desk: Desk) -> None:
    station = desk.only(Station)
    body = desk.post("desk", 200, q="李明", station=station.id)
    assert "3栋-201" in body
    assert "1980年生" in body
    assert body.count("可领票") == 2
    entry = desk.only(RegisterEntry)
    desk.post(f"desk/{entry.id}/give", q="李明", station=station.id)
    assert "已登记发放：李*" in desk.get("desk")
    again = desk.post(f"desk/{entry.id}/give", 409, q="李明", station=station.id)
    assert "您已领过票" in again
    assert "3栋-201" in again


def test_the_one_round_that_gives_slips_is_one_click_away(desk: Desk) -> None:
    assert desk.client.get("/staff/desk").location == desk.path("desk")
    with desk.site.transaction() as session:
        session.get_one(Round, desk.round_id).state = RoundState.CLOSED
    body = desk.client.get("/staff/desk").get_data(as_text=True)
    assert "一人一票，在领票时把关" in body
    assert desk.path("register") in body


def test_what_is_searched_for_never_stands_in_an_address(desk: Desk) -> None:
    assert "请先查找" in desk.get("desk?q=李明")


def test_a_desk_without_a_chosen_station_gives_nothing(desk: Desk) -> None:
    assert "请先选择投票点" in desk.post(f"desk/{desk.only(RegisterEntry).id}/give", 409, q="李明")


def test_a_desk_whose_slips_are_all_gone_says_so(desk: Desk) -> None:
    """Nothing was printed for it: one person is marked all the same, and the balance does not go below nothing."""
    station = desk.only(Station)
    assert "没有可发的凭条了（印制 0 张，发出 0 张）" in desk.get("desk")
    desk.post(f"desk/{desk.only(RegisterEntry).id}/give", station=station.id)
    desk.sit_down(desk.officer)
    balance = desk.get(f"stations/{station.id}")
    assert "多发了 1 张" in balance
    words = re.sub("<[^>]*>", " ", balance.partition("应剩")[0][-300:] + balance.partition("应剩")[2][:300])
    assert "-1" not in words


def test_a_person_reads_the_own_entry_and_has_it_corrected(desk: Desk) -> None:
    entry = desk.only(RegisterEntry)
    assert "3栋-201" in desk.get(f"desk/{entry.id}")
    form = {"name": "李明", "community_id": entry.community_id, "household": "3栋-202", "birth_year": "1956"}
    assert "只填一项" in desk.post(f"desk/{entry.id}/correct", 422, **form, id_last_four="1234")
    desk.post(f"desk/{entry.id}/correct", **form)
    assert "3栋-202" in desk.get(f"desk/{entry.id}")
    desk.post(f"desk/{entry.id}/ineligible", reason="已迁出")
    assert "已迁出" in desk.get(f"desk/{entry.id}")
    desk.post(f"desk/{entry.id}/eligible")
    assert "可领票" in desk.get(f"desk/{entry.id}")


def test_a_late_registration_waits_on_the_desk_until_confirmed(desk: Desk) -> None:
    community = desk.only(RegisterEntry).community_id
    form = {"name": "周新", "community_id": community, "household": "9栋-1", "birth_year": "2015", "reason": "漏登"}
    assert "须年满15周岁" in desk.post("desk/late", 422, **form)
    desk.post("desk/late", **(form | {"birth_year": "1990"}))
    assert "补登待确认" in desk.post("desk", 200, q="周新")
    desk.confirm(desk.officer)
    assert "可领票" in desk.post("desk", 200, q="周新")
    assert "现在是 1 人" in desk.get("desk/late")


def test_a_register_is_checked_then_imported(desk: Desk) -> None:
    desk.sit_down(desk.officer)
    bad = write_sheet("名册", HEADER, [["李明", "没有社区", "3栋", 1956, "", ""]])
    good = write_sheet("名册", HEADER, [["李明", "第一社区", "3栋", 1956, "", ""]])

    def send(content: bytes, status: int, **further: str) -> str:
        form = {"file": (io.BytesIO(content), "register.xlsx"), **further}
        return desk.post("register/import", status, desk.draft_id, **form)

    assert "本次投票活动范围内没有这个社区：没有社区" in send(bad, 422)
    assert "没有保存任何内容" in send(bad, 422, store="1")
    checked = send(good, 200)
    assert "1人，没有问题" in checked
    kept = re.search(r'name="checked"[^>]* value="([^"]+)"', checked)
    assert kept
    desk.post("register/import", 303, desk.draft_id, checked=kept[1], store="1")
    assert "请选择要上传的表格文件" in desk.post("register/import", 422, desk.draft_id, store="1")
    body = desk.client.get(desk.path("register", desk.draft_id)).get_data(as_text=True)
    community = desk.only(RegisterEntry).community_id
    assert f"communities/{community}" in body
    assert "3栋" in desk.get(f"register/communities/{community}")
    assert desk.client.get(desk.path("register/template.xlsx", desk.draft_id)).data[:2] == b"PK"


def test_slips_are_ordered_approved_printed_once_and_voided(desk: Desk) -> None:
    desk.sit_down(desk.officer)
    order = {
        "station_id": desk.only(Station).id,
        "kind": "bearer",
        "slip_count": 12,
        "community_id": 0,
        "reason": "首批",
    }
    desk.post("codes", **order)
    batch = desk.only(CodeBatch)
    assert "待批准" in desk.get("codes")
    assert "还没有经第二人批准" in desk.post(f"codes/{batch.id}/print", 409)
    desk.confirm(desk.scrutineer)
    body = desk.post(f"codes/{batch.id}/print", 200)
    codes = re.findall(r"slip-code\">([0-9A-Z-]{14})<", body)
    assert len(set(codes)) == 12
    assert "钱经办" in body
    assert "赵监票" in body
    assert body.count("<svg") == 12
    assert "投票码只显示一次" in desk.post(f"codes/{batch.id}/print", 409)
    assert not any(code in desk.get("codes") for code in codes)
    desk.post(f"codes/{batch.id}/void", reason="卡纸")
    desk.confirm(desk.scrutineer)
    assert "已作废" in desk.get("codes")


def test_delivered_slips_come_with_letters_and_a_list_to_sign(desk: Desk) -> None:
    desk.sit_down(desk.officer)
    order = {"station_id": desk.only(Station).id, "kind": "delivered", "community_id": 0, "reason": "送达"}
    desk.post("codes", **order)
    desk.confirm(desk.scrutineer)
    answer = desk.client.post(desk.path(f"codes/{desk.only(CodeBatch).id}/print"))
    body = answer.get_data(as_text=True)
    assert answer.headers["Cache-Control"] == "no-store"
    assert "发放签收表" in body
    assert body.count("李明 收") == 2
    entry = desk.only(RegisterEntry)
    assert "已送达" in desk.get(f"desk/{entry.id}")
    desk.post(f"desk/{entry.id}/replace", reason="没收到", station=desk.only(Station).id)
    desk.confirm(desk.scrutineer)
    assert "已领票" in desk.get(f"desk/{entry.id}")
    assert desk.only(BallotCode, serial=1).state.value == "void"


def test_a_station_is_set_up_and_signs_its_balance(desk: Desk) -> None:
    desk.sit_down(desk.officer)
    facts = {"name": "春风投票点", "address": "春风路8号", "hours": "9:00—17:00", "phone": "010-60000003"}
    desk.post("stations/new", **facts)
    station = desk.only(Station, name="春风投票点")
    assert "已有同名的投票点" in desk.post("stations/new", 409, **facts)
    desk.post(f"stations/{station.id}/edit", **(facts | {"hours": "全天"}))
    assert "全天" in desk.get("stations")
    counted = {"unused_count": 1, "spoiled_count": 0}
    assert "相差-1张" in desk.post(f"stations/{station.id}/end", 409, **counted)
    desk.post(f"stations/{station.id}/end", **counted, reason="多出一张试印的")
    desk.confirm(desk.scrutineer)
    assert "多出一张试印的" in desk.get(f"stations/{station.id}")
    assert "已结束，有差异" in desk.get("stations")


@pytest.mark.parametrize("page", ["desk", "register", "codes", "stations"])
def test_another_streets_register_does_not_exist(desk: Desk, page: str) -> None:
    desk.sit_down(desk.stranger)
    assert desk.client.get(desk.path(page)).status_code == 404


@pytest.mark.parametrize("page", ["desk", "register", "codes", "stations"])
def test_passers_by_are_sent_to_sign_in(desk: Desk, page: str) -> None:
    desk.sit_down(ANYONE)
    answer = desk.client.get(desk.path(page))
    assert (answer.status_code, "/staff/sign-in" in answer.location) == (303, True)


def test_a_scrutineer_reads_balances_but_no_names(desk: Desk) -> None:
    desk.sit_down(desk.scrutineer)
    assert desk.client.get(desk.path("stations")).status_code == 200
    assert desk.client.get(desk.path("desk")).status_code == 403


def test_an_entry_of_another_round_is_not_found(desk: Desk) -> None:
    entry = desk.only(RegisterEntry)
    assert desk.client.get(desk.path(f"desk/{entry.id}", desk.draft_id)).status_code == 404


def test_a_draft_gives_nothing(desk: Desk) -> None:
    with desk.site.transaction() as session:
        entry_id = an_entry(session, session.get_one(Round, desk.draft_id)).id
    desk.post(f"desk/{entry_id}/give", 409, desk.draft_id)


def test_a_register_is_purged_only_by_the_typed_word_once_it_is_due(desk: Desk) -> None:
    with desk.site.transaction() as session:
        street = session.get_one(Division, session.get_one(Round, desk.round_id).street_id)
        final = a_round(session, street, state=RoundState.FINAL, final_at=AT)
        an_entry(session, final)
        number = final.id
    desk.sit_down(desk.officer)
    page = desk.client.get(desk.path("register", number))
    assert "到期由系统自动清除" in page.text
    assert "register/purge" not in page.text
    desk.site.clock.forward(days=120)
    assert "register/purge" in desk.client.get(desk.path("register", number)).text
    assert "请照着输入“清除名册”" in desk.post("register/purge", 422, number, typed="清除")
    desk.post("register/purge", 303, number, typed="清除名册")
    assert "名册已于" in desk.client.get(desk.path("register", number)).text
