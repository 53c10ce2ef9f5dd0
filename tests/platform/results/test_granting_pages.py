"""拟安排 on every page, what the office enters when another amount is approved, and what everybody reads of it."""

import io
from collections.abc import Iterator

import pytest
from openpyxl import load_workbook
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from diancai.platform.core.actor import Actor
from diancai.platform.core.keys import Keys
from diancai.platform.notices.models import Notice, NoticeKind
from diancai.platform.results.operations.granting import grant_fund
from diancai.platform.results.queries import latest_result
from diancai.platform.rounds.models import Round
from diancai.platform.rounds.states import RoundState
from diancai.voting import BallotType, parse_pabulib
from tests.platform.results.grants import LESS, REASON, a_provisional_stage, approve, fund_of
from tests.platform.results.stage import CLOSED_AT, Stage, count, publish
from tests.platform.results.test_pages import NOW, Office
from tests.sites import Clock, an_app

PROVISIONAL = "拟安排，以区人大批准为准"


@pytest.fixture
def office(database_url: str, engine: Engine, keys: Keys) -> Iterator[Office]:
    with an_app(database_url, engine, keys, Clock(NOW)) as site:
        site.app.config["WTF_CSRF_ENABLED"] = False
        opened = Office(site, site.app.test_client())
        site.app.extensions["diancai.actor"] = lambda _session: opened.who
        yield opened


def a_published_stage(office: Office, *, approved_fen: int | None = None, **columns: object) -> Stage:
    with office.site.transaction() as session:
        stage = a_provisional_stage(session, **columns)
        publish(session, stage, count(session, stage))
        if approved_fen:
            approve(session, stage, approved_fen)
        session.expunge_all()
    return stage


def granted(session: Session, number: int, by: Actor, requested_by: Actor) -> Round:
    grant_fund(
        session, round_id=number, granted_fen=LESS, reason=REASON, by=by, requested_by=requested_by, at=CLOSED_AT
    )
    return session.get_one(Round, number)


def test_a_provisional_round_is_marked_wherever_it_is_shown(office: Office) -> None:
    number = a_published_stage(office).round_.id
    paths = ("", "/menu", "/poster", "/booklet", "/result")
    for path in (*(f"/rounds/{number}{path}" for path in paths), "/", "/results", "/open-data"):
        assert PROVISIONAL in office.get(path).text, path


def test_a_provisional_result_says_so_in_its_files(office: Office) -> None:
    path = f"/rounds/{a_published_stage(office).round_.id}/result/1"
    assert parse_pabulib(office.get(f"{path}/election.pb").data).value("comment") == PROVISIONAL
    assert load_workbook(io.BytesIO(office.get(f"{path}/result.xlsx").data)).sheetnames == ["结果第1版（拟安排）"]


def test_the_leader_enters_what_was_approved_and_the_officer_what_the_round_gets(office: Office) -> None:
    stage = a_published_stage(office)
    number, fund_path = stage.round_.id, f"/staff/funds/{stage.round_.fund_id}"
    round_path = f"/staff/rounds/{number}"
    assert "投票、计票和公示照常进行" in office.get(round_path, by=stage.officer).text
    approval = {"reference": "区人大〔2026〕9号", "approved_on": "2026-09-09", "amount_fen": "200000"}
    refused = office.post(f"{fund_path}/approve", by=stage.leader, **approval)
    assert (refused.status_code, "低于下限" in refused.text) == (409, True)
    told = office.post(f"{fund_path}/approve", by=stage.leader, **approval, below_floor_reason="核减")
    assert told.status_code == 303
    shown = office.get(fund_path, by=stage.leader).text
    assert "申报金额" in shown
    assert "200,000.00 元" in shown
    assert f"{round_path}/fund" in office.get(round_path, by=stage.officer).text
    page = office.get(f"{round_path}/fund", by=stage.officer).text
    assert "本次资金由 300,000.00 元改为 200,000.00 元" in page
    assert "同一批选票、同一次抽签重新计票" in page
    assert office.post(f"{round_path}/fund", by=stage.leader, granted_fen="1", reason="x").status_code == 403
    over = office.post(f"{round_path}/fund", by=stage.officer, granted_fen="200000.01", reason=REASON)
    assert (over.status_code, "资金余额只有" in over.text) == (409, True)
    assert office.post(f"{round_path}/fund", by=stage.officer, granted_fen="", reason="").status_code == 422
    assert office.post(f"{round_path}/fund", by=stage.officer, granted_fen="200000", reason=REASON).status_code == 303
    assert "已提交，等签发人确认" in office.get(f"{round_path}/fund", by=stage.officer).text
    twice = office.post(f"{round_path}/fund", by=stage.officer, granted_fen="200000", reason=REASON)
    assert twice.status_code == 409


def test_the_home_page_asks_the_officer_for_it(office: Office) -> None:
    stage = a_published_stage(office, approved_fen=LESS)
    words = "请核定本次资金"
    assert words in office.get("/staff/", by=stage.officer).text
    assert f"{stage.round_.id}/fund" in office.get("/staff/", by=stage.officer).text
    assert f"{stage.round_.id}/fund" not in office.get("/staff/", by=stage.reviewer).text


def test_both_versions_are_read_with_what_changed_and_why(office: Office) -> None:
    stage = a_published_stage(office, approved_fen=LESS)
    number = stage.round_.id
    with office.site.transaction() as session:
        round_ = granted(session, number, stage.leader, stage.officer)
        assert round_.state is RoundState.COUNTED
    old = office.get(f"/rounds/{number}/result").text
    assert "结果正在更正" in old
    assert REASON in old
    desk = office.get(f"/staff/rounds/{number}/result", by=stage.officer).text
    assert "资金由30万元改为20万元" in desk
    assert "不再入选" in desk
    with office.site.transaction() as session:
        stage.round_ = session.get_one(Round, number)
        second = latest_result(session, stage.round_)
        assert second is not None
        newer = publish(session, stage, second)
        older = session.query(Notice).filter_by(kind=NoticeKind.RESULT).order_by(Notice.id).first()
        assert older is not None
        notices = (f"/notices/{older.id}", f"/notices/{newer.id}")
        assert fund_of(session, stage).amount_fen == 300_000_000
    new = office.get(f"/rounds/{number}/result").text
    for words in (REASON, "资金由30万元改为20万元", "不再入选", "公告时资金为30万元，区人大批准后核定为20万元"):
        assert words in new, words
    assert PROVISIONAL not in new
    assert [("后来有新的公示" in office.get(path).text) for path in notices] == [True, False]
    assert "旧版结果" in office.get(f"/rounds/{number}/result/1").text
    shown = office.get(f"/rounds/{number}").text
    for words in ("区人大批准后核定本次资金", "核定的资金：", REASON, "公告时为30万元"):
        assert words in shown, words
    log = office.get(f"/staff/rounds/{number}", by=stage.officer).text
    assert "核定的资金" in log


def test_a_knapsack_ballot_keeps_to_the_amount_announced(office: Office) -> None:
    stage = a_published_stage(office, approved_fen=LESS, ballot_type=BallotType.KNAPSACK, max_marks=6)
    with office.site.transaction() as session:
        granted(session, stage.round_.id, stage.leader, stage.officer)
    assert "选票仍按公告的金额填写" in office.get(f"/rounds/{stage.round_.id}").text


def test_a_provisional_result_cannot_be_made_final_on_its_page(office: Office) -> None:
    stage = a_published_stage(office)
    number = stage.round_.id
    answer = office.post(f"/staff/rounds/{number}/finish", by=stage.leader)
    assert (answer.status_code, "拟安排" in answer.text) == (409, True)


def test_an_effective_round_has_nothing_to_settle(office: Office) -> None:
    stage = a_published_stage(office, approved_fen=300_000_000)
    with office.site.transaction() as session:
        session.get_one(Round, stage.round_.id).is_provisional = False
    assert "资金不用核定" in office.get(f"/staff/rounds/{stage.round_.id}/fund", by=stage.officer).text
