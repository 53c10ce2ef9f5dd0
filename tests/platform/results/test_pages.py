"""The desk over HTTP, from the draw to the published page, and what the public may not see before."""

import base64
import io
import json
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, delete
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from diancai.budget import ItemCategory
from diancai.platform.core.actor import ANYONE, Actor
from diancai.platform.core.keys import Keys
from diancai.platform.core.moves import move
from diancai.platform.notices.models import Channel
from diancai.platform.notices.operations import object_to_notice
from diancai.platform.results.operations import recount_round
from diancai.platform.results.queries import latest_result
from diancai.platform.rounds.models import MenuItem, Round, RoundScrutineer
from diancai.platform.rounds.states import ROUND_MOVES, Publication, RoundState
from diancai.voting import parse_pabulib
from tests.platform.results.stage import CLOSED_AT, DRAW, a_hand, a_stage, count, draw, publish
from tests.sites import Clock, Site, an_app

BALLOTS = ["1,2"] * 5 + ["2,3"] * 4 + ["4"] * 2 + ["1,5"]
NOW = CLOSED_AT + timedelta(hours=1)


@dataclass
class Office:
    """A client that is whoever the test says, at the addresses of one round."""

    site: Site
    client: FlaskClient
    who: Actor = ANYONE

    def get(self, path: str, *, by: Actor = ANYONE) -> TestResponse:
        self.who = by
        return self.client.get(path)

    def post(self, path: str, *, by: Actor, **fields: Any) -> TestResponse:
        self.who = by
        return self.client.post(path, data=fields)


@pytest.fixture
def office(database_url: str, engine: Engine, keys: Keys) -> Iterator[Office]:
    with an_app(database_url, engine, keys, Clock(NOW)) as site:
        site.app.config["WTF_CSRF_ENABLED"] = False
        opened = Office(site, site.app.test_client())
        site.app.extensions["diancai.actor"] = lambda _session: opened.who
        yield opened


def state_of(session: Session, number: int) -> RoundState:
    return session.get_one(Round, number).state


def test_a_round_is_drawn_counted_signed_and_published_on_its_pages(office: Office) -> None:
    with office.site.transaction() as session:
        stage = a_stage(session, BALLOTS)
        number = stage.round_.id
    desk = f"/staff/rounds/{number}/result"
    assert "等待监票人录入" in office.get(f"/staff/rounds/{number}/count", by=stage.officer).text
    for actor in (stage.chief, stage.second):
        assert office.post(f"/staff/rounds/{number}/draw", by=actor, text=DRAW).status_code == 303
    assert office.post(f"/staff/rounds/{number}/count", by=stage.officer).status_code == 303
    assert office.get(f"/rounds/{number}/result").status_code == 404
    hand = "data:image/png;base64," + base64.b64encode(a_hand()).decode()
    assert office.post(f"{desk}/sign", by=stage.chief, signature=hand).status_code == 303
    scan = (io.BytesIO(a_hand()), "scan.png")
    assert office.post(f"{desk}/sign", by=stage.second, signature_scan=scan).status_code == 303
    assert office.post(f"{desk}/certify", by=stage.chief).status_code == 303
    assert office.post(f"{desk}/submit", by=stage.officer).status_code == 303
    with office.site.transaction() as session:
        result = latest_result(session, session.get_one(Round, number))
        assert result is not None
        sha256 = result.bundle_sha256
    assert office.post(f"{desk}/review", by=stage.reviewer, content_sha256=sha256).status_code == 303
    facts = {"minute_number": "纪要〔2026〕12号", "working_days": "5", "content_sha256": sha256}
    assert office.post(f"{desk}/publish", by=stage.leader, **facts).status_code == 303
    assert "入选3项" in office.get(f"/rounds/{number}/result").text


def test_the_public_page_begins_with_the_answer_and_gives_every_reason(office: Office) -> None:
    with office.site.transaction() as session:
        stage = a_stage(session, BALLOTS)
        result = count(session, stage)
        publish(session, stage, result)
        number, sha256 = stage.round_.id, result.bundle_sha256
    shown = office.get(f"/rounds/{number}/result").text
    assert "入选3项，共30万元；投票数12" in shown
    assert "轮到它时只剩0万元，还差10万元" in shown
    assert "没有人选它" in shown
    assert "翻转票数" in shown
    assert sha256 in shown
    assert "<svg" in shown


def test_every_publication_tells_votes_and_money_by_category(office: Office) -> None:
    """Items 3 and 4 have 6 of 22 votes; of three winners at 10万 each one is theirs."""
    services = {"3": ItemCategory.SERVICES, "4": ItemCategory.SERVICES}
    with office.site.transaction() as session:
        stage = a_stage(session, BALLOTS, categories=services)
        publish(session, stage, count(session, stage))
        number = stage.round_.id
    for page in (f"/rounds/{number}/result", f"/staff/rounds/{number}/result"):
        shown = office.get(page, by=stage.officer).text
        _, _, table = shown.partition("按类别</caption>")
        assert [cell for row in cells_of(table)[1:3] for cell in row] == [
            *("工程", "2 / 4 项", "16票", "72.7%", "20万元", "66.7%"),
            *("服务", "1 / 2 项", "6票", "27.3%", "10万元", "33.3%"),
        ]
        assert "按社区" not in shown  # there is only the whole street


def cells_of(text: str) -> list[list[str]]:
    """The cells of the table that a page goes on with, row by row."""
    rows = text.partition("</table>")[0].split("<tr>")[1:]
    return [[re.sub("<[^>]*>", "", cell).strip() for cell in re.split("</t[hd]>", row)[:-1]] for row in rows]


@pytest.mark.parametrize("ending", ["", "/1", "/1/bundle.json", "/1/election.pb", "/1/result.xlsx"])
def test_nothing_of_a_count_is_public_before_it_is_published(office: Office, ending: str) -> None:
    with office.site.transaction() as session:
        stage = a_stage(session, BALLOTS)
        count(session, stage)
        number = stage.round_.id
    assert office.get(f"/rounds/{number}/result{ending}").status_code == 404


def test_a_round_made_void_before_its_count_says_that_there_is_no_result(office: Office) -> None:
    with office.site.transaction() as session:
        stage = a_stage(session, BALLOTS)
        move(session, stage.round_, RoundState.VOID, table=ROUND_MOVES, void_reason="公告有误")
        number = stage.round_.id
    shown = office.get(f"/staff/rounds/{number}/result", by=stage.officer)
    assert shown.status_code == 200
    assert "投票活动在计票以前已经作废：公告有误" in shown.text


def test_the_counting_desk_shows_no_item_before_the_count(office: Office) -> None:
    with office.site.transaction() as session:
        stage = a_stage(session, BALLOTS)
        number = stage.round_.id
    shown = office.get(f"/staff/rounds/{number}/count", by=stage.chief).text
    assert "道菜" not in shown
    assert office.get(f"/staff/rounds/{number}/result", by=stage.chief).status_code == 409


def test_a_count_that_lacks_scrutineers_says_what_it_waits_for(office: Office) -> None:
    """A rehearsal of a round for which nobody was chosen yet, for example."""
    with office.site.transaction() as session:
        stage = a_stage(session, BALLOTS)
        number = stage.round_.id
    address, reason = f"/staff/rounds/{number}/count", "抽签要两位监票人各自录入，这里只有 1 位"
    assert reason not in office.get(address, by=stage.officer).text
    with office.site.transaction() as session:
        session.execute(delete(RoundScrutineer).where(RoundScrutineer.staff_id != stage.chief.staff_id))
    assert reason in office.get(address, by=stage.officer).text


def test_a_typed_draw_stays_on_the_page_when_it_is_refused(office: Office) -> None:
    with office.site.transaction() as session:
        stage = a_stage(session, BALLOTS)
        draw(session, stage)
        number = stage.round_.id
    answer = office.post(f"/staff/rounds/{number}/draw", by=stage.third, text="2 7 1")
    assert (answer.status_code, "已经由两位监票人确认" in answer.text) == (409, True)


def test_a_round_below_its_conditions_says_so_and_is_not_counted(office: Office) -> None:
    with office.site.transaction() as session:
        stage = a_stage(session, BALLOTS, min_ballots=99)
        draw(session, stage)
        number = stage.round_.id
    assert "少于表决办法要求的 99 张" in office.get(f"/staff/rounds/{number}/count", by=stage.officer).text
    assert office.post(f"/staff/rounds/{number}/count", by=stage.officer).status_code == 409
    with office.site.transaction() as session:
        assert state_of(session, number) is RoundState.CLOSED


def test_an_empty_signature_is_refused_with_its_reason(office: Office) -> None:
    with office.site.transaction() as session:
        stage = a_stage(session, BALLOTS)
        count(session, stage)
        number = stage.round_.id
    answer = office.post(f"/staff/rounds/{number}/result/sign", by=stage.chief, signature="")
    assert (answer.status_code, "请在签名区手写签名" in answer.text) == (422, True)


def test_only_the_right_roles_act(office: Office) -> None:
    with office.site.transaction() as session:
        stage = a_stage(session, BALLOTS)
        count(session, stage)
        number = stage.round_.id
    desk = f"/staff/rounds/{number}/result"
    assert office.get(f"{desk}/sign", by=stage.officer).status_code == 403
    assert office.post(f"{desk}/submit", by=stage.officer).status_code == 409
    assert office.get(desk).status_code == 303


def test_an_objection_is_answered_on_its_page(office: Office) -> None:
    with office.site.transaction() as session:
        stage = a_stage(session, BALLOTS)
        notice = publish(session, stage, count(session, stage))
        objection = object_to_notice(
            session, notice, text="请重新核对", contact="", channel=Channel.ONLINE, by=ANYONE, at=CLOSED_AT
        )
        number, address = stage.round_.id, f"/staff/rounds/{stage.round_.id}/result/objections/{objection.id}"
    assert "请重新核对" in office.get(address, by=stage.officer).text
    assert office.post(address, by=stage.officer, outcome="recount", answer="属实").status_code == 303
    assert "等第二人确认" in office.get(f"/staff/rounds/{number}/result", by=stage.officer).text
    assert office.post(address, by=stage.officer, outcome="recount", answer="属实").status_code == 409
    with office.site.transaction() as session:
        assert state_of(session, number) is RoundState.PUBLISHED
        round_ = session.get_one(Round, number)
        recount_round(session, round_, reason="重新核对", by=stage.leader, at=NOW)
    assert "结果正在更正" in office.get(f"/rounds/{number}/result").text
    assert "第2版" in office.get(f"/staff/rounds/{number}/result", by=stage.officer).text


def test_an_objection_to_a_void_round_is_answered_on_its_page(office: Office) -> None:
    with office.site.transaction() as session:
        stage = a_stage(session, BALLOTS)
        notice = publish(session, stage, count(session, stage))
        objection = object_to_notice(
            session, notice, text="请重新核对", contact="", channel=Channel.ONLINE, by=ANYONE, at=CLOSED_AT
        )
        address = f"/staff/rounds/{stage.round_.id}/result/objections/{objection.id}"
        stage.round_.void_reason, stage.round_.state = "重新组织", RoundState.VOID
        number = stage.round_.id
    assert address in office.get(f"/staff/rounds/{number}/result", by=stage.officer).text
    assert "本次投票已经作废" in office.get(address, by=stage.officer).text
    assert office.post(address, by=stage.officer, outcome="recount", answer="属实").status_code == 200
    assert office.post(address, by=stage.officer, outcome="new_vote", answer="属实").status_code == 303


def test_the_files_hold_what_the_round_publishes(office: Office) -> None:
    with office.site.transaction() as session:
        stage = a_stage(session, BALLOTS * 10, publication=Publication.BALLOTS)
        publish(session, stage, count(session, stage))
        number = stage.round_.id
    bundle = office.get(f"/rounds/{number}/result/1/bundle.json")
    ballots = json.loads(bundle.data)["ballots"]
    assert len(ballots) == 120
    file = parse_pabulib(office.get(f"/rounds/{number}/result/1/election.pb").data)
    assert list(file.vote_values("vote")) == ballots
    assert dict(zip(file.project_ids, file.project_values("selected"), strict=True))["2"] == "1"


def test_with_totals_only_no_ballot_leaves_the_house(office: Office) -> None:
    with office.site.transaction() as session:
        stage = a_stage(session, BALLOTS * 10, publication=Publication.TOTALS)
        publish(session, stage, count(session, stage))
        number = stage.round_.id
    file = parse_pabulib(office.get(f"/rounds/{number}/result/1/election.pb").data)
    assert (file.votes, file.value("num_votes")) == ((), "120")
    assert file.project_values("votes")[1] == "90"


def test_a_name_that_looks_like_a_formula_stays_text_in_the_sheet(office: Office) -> None:
    with office.site.transaction() as session:
        stage = a_stage(session, BALLOTS, names={"1": '=HYPERLINK("http://x")'})
        publish(session, stage, count(session, stage))
        assert session.query(MenuItem).filter(MenuItem.name.startswith("=")).count() == 1
        number = stage.round_.id
    content = office.get(f"/rounds/{number}/result/1/result.xlsx").data
    parts = zipfile.ZipFile(io.BytesIO(content))
    assert "<f>" not in parts.read("xl/worksheets/sheet1.xml").decode()
    assert "=HYPERLINK" in parts.read("xl/sharedStrings.xml").decode()


def test_the_tally_record_has_room_for_every_hand(office: Office) -> None:
    with office.site.transaction() as session:
        stage = a_stage(session, BALLOTS)
        count(session, stage)
        number = stage.round_.id
    shown = office.get(f"/staff/rounds/{number}/result/1/tally", by=stage.officer).text
    assert all(text in shown for text in ("计票记录", "陈监", "吴人", DRAW, "（盖章）"))
    kept = shown.partition('<tbody class="paper-keep">')[2]
    assert kept.count('<tr class="row-named') == 3, "printed, the hands stand under the last three rows"
    assert all(text in kept for text in ("陈监", "吴人", "（盖章）"))
