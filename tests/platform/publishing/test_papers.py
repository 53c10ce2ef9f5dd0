"""明白纸, 投票通知单 and 征求民意情况报告 (X-14): what they say is what the pages say, and nothing that stays secret."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from diancai.platform.core.actor import ANYONE
from diancai.platform.core.keys import Keys
from diancai.platform.notices.models import Channel, Notice, Outcome
from diancai.platform.notices.operations import answer_objection, object_to_notice
from diancai.platform.rounds.states import RoundState
from tests.factories import a_round, a_station, a_street
from tests.papers import page_tables, pdf_text, squeezed, word_tables, word_text
from tests.platform.results.stage import CLOSED_AT, Stage, a_stage, count, publish
from tests.platform.results.test_pages import Office
from tests.sites import Clock, an_app

LATER = CLOSED_AT + timedelta(hours=1)


@pytest.fixture
def office(database_url: str, engine: Engine, keys: Keys) -> Iterator[Office]:
    with an_app(database_url, engine, keys, Clock(LATER)) as site:
        opened = Office(site, site.app.test_client())
        site.app.extensions["diancai.actor"] = lambda _session: opened.who
        yield opened


def texts_of(office: Office, address: str, by: Any = ANYONE, asked: str = "") -> list[str]:
    """What the paper says as Word, as PDF, and as a page."""
    word = word_text(office.get(f"{address}.docx{asked}", by=by).data)
    pdf = pdf_text(office.get(f"{address}.pdf{asked}", by=by).data)
    return [squeezed(word), squeezed(pdf), squeezed(office.get(f"{address}.html{asked}", by=by).text)]


def an_objection(session: Session, stage: Stage, notice: Notice) -> None:
    text = "扶手在我家门口，*怕* <挡> =路"
    objection = object_to_notice(
        session,
        notice,
        text=text,
        contact="欧阳·买买提 13800138000",
        channel=Channel.DESK,
        by=stage.officer,
        at=CLOSED_AT,
    )
    answer_objection(
        session,
        notice,
        objection,
        outcome=Outcome.UPHELD_AS_IS,
        answer="改在另一侧安装",
        by=stage.officer,
        at=CLOSED_AT,
    )


def test_the_report_carries_procedure_turnout_result_and_objections(office: Office) -> None:
    with office.site.transaction() as session:
        stage = a_stage(session, ["1,2"] * 30 + ["2,3"] * 4, sheets=["1", "2"], costs={"2": 8_640_007})
        notice = publish(session, stage, count(session, stage))
        an_objection(session, stage, notice)
        number, officer, sha256 = stage.round_.id, stage.officer, notice.fact_values["particulars"][2][1]
    address = f"/staff/rounds/{number}/result/1/report"
    desk = squeezed(office.get(f"/staff/rounds/{number}/result/1/tally", by=officer).text)
    for text in texts_of(office, address, officer, "?number=示街〔2026〕5号&addressee=示范区财政局："):
        for said in (
            "示街〔2026〕5号",
            "示范区财政局：",
            "征求民意情况的报告",
            "程序",
            "无记名投票",
            "陈监、周票",
            "党工委会议纪要〔2026〕12号",
            "投票数（张）：36",
            "凭投票码，手机和公用终端（张）：34",
            "纸质票（张）：有效2，无效1",
            "收到异议1件，已答复1件",
            "改在另一侧安装",
            "维持",
            sha256,
        ):
            assert said in text
        assert "草稿" not in text
        assert "欧阳" not in text
        assert "13800138000" not in text
        assert "点菜" not in text.replace("·点菜</title>", "")
        capitals = text.partition("入选项目合计（大写）：")[2].partition("。")[0]
        assert f"（大写）：{capitals}" in desk


def test_the_table_of_the_report_is_that_of_the_result(office: Office) -> None:
    with office.site.transaction() as session:
        stage = a_stage(session, ["1,2"] * 3 + ["4"], costs={"1": 12_345})
        publish(session, stage, count(session, stage))
        number, officer = stage.round_.id, stage.officer
    content = office.get(f"/staff/rounds/{number}/result/1/report.docx", by=officer).data
    report = next(rows for rows in word_tables(content) if rows[0][0] == "编号")
    tally = page_tables(office.get(f"/staff/rounds/{number}/result/1/tally", by=officer).text)[0]
    of_report = [[row[0], row[1], row[3], row[4], row[5]] for row in report]
    assert of_report == [row[:5] for row in tally if len(row) > 1]


def test_a_report_of_what_is_not_published_says_so_first(office: Office) -> None:
    with office.site.transaction() as session:
        stage = a_stage(session, ["1"])
        count(session, stage)
        number, officer = stage.round_.id, stage.officer
    address = f"/staff/rounds/{number}/result/1/report"
    assert "草稿" in office.get(address, by=officer).text
    for text in texts_of(office, address, officer):
        assert "草稿：本版结果还没有公布" in text
    assert office.get(f"{address}.docx").status_code == 303


def test_a_household_reads_when_where_and_how_and_finds_no_code(office: Office) -> None:
    with office.site.transaction() as session:
        street = a_street(session, office_name="甲·乙街道办事处")
        round_ = a_round(session, street)
        station = a_station(session, round_)
        station.name, station.address, station.phone = "*一*号点#x", "示范路<2>号", "010-61234567"
        number = round_.id
    page = squeezed(office.get(f"/rounds/{number}/how-to-vote").text)
    assert f'href="/rounds/{number}/papers/leaflet.docx"' in office.get(f"/rounds/{number}").text
    for name in ("leaflet", "invitation"):
        word, pdf, _ = texts_of(office, f"/rounds/{number}/papers/{name}")
        for text in (word, pdf):
            for said in ("*一*号点#x", "示范路<2>号", "010-61234567", "甲·乙街道办事处", "年满15周岁"):
                assert said in text
        assert "年满15周岁" in page
    assert "不是选票，也没有投票码" in word


def test_papers_of_a_draft_do_not_exist(office: Office) -> None:
    with office.site.transaction() as session:
        number = a_round(session, a_street(session), state=RoundState.DRAFT).id
    assert office.get(f"/rounds/{number}/papers/leaflet.docx").status_code == 404
