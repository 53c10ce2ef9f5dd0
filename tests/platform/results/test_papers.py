"""公示 and 计票记录 as Word, PDF and print page: every figure is the one on the web page."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine

from diancai.budget import ItemCategory
from diancai.platform.core.actor import ANYONE
from diancai.platform.core.keys import Keys
from diancai.voting import BallotType
from tests.papers import page_tables, pdf_text, squeezed, word_tables, word_text
from tests.platform.results.stage import CLOSED_AT, a_stage, count, publish
from tests.platform.results.test_pages import Office
from tests.sites import Clock, an_app

ROUNDS: dict[str, dict[str, Any]] = {
    "ticks": {
        "texts": ["1,2"] * 23 + ["2,3"] * 4 + ["1,5"],
        "costs": {"1": 8_640_007, "2": 100_000_000, "3": 12_345_678},
        "names": {"1": "龚䶮𬱖楼扶手（阿依古丽·买买提提）", "2": '=HYPERLINK("http://x9")', "3": "*粗* #let <b>"},
        "categories": {"1": ItemCategory.GOODS},
    },
    "ranking": {"texts": ["1,2", "2,1,3", "6"], "ballot_type": BallotType.RANKING, "max_marks": 3},
    "paper": {"texts": ["4"] * 2, "sheets": ["1,2", "2"], "is_approved": False},
    "nobody": {"texts": [], "fund_fen": 5},
}


@pytest.fixture
def office(database_url: str, engine: Engine, keys: Keys) -> Iterator[Office]:
    with an_app(database_url, engine, keys, Clock(CLOSED_AT + timedelta(hours=1))) as site:
        opened = Office(site, site.app.test_client())
        site.app.extensions["diancai.actor"] = lambda _session: opened.who
        yield opened


@pytest.mark.parametrize("name", ROUNDS)
def test_every_figure_of_a_paper_is_on_its_page(office: Office, name: str) -> None:
    with office.site.transaction() as session:
        stage = a_stage(session, **ROUNDS[name])
        result = count(session, stage)
        notice = publish(session, stage, result)
        number, notice_id, officer = stage.round_.id, notice.id, stage.officer
    tally = f"/staff/rounds/{number}/result/1/tally"
    for page, paper, by in (
        (f"/notices/{notice_id}", f"/notices/{notice_id}/paper", ANYONE),
        (tally, tally, officer),
    ):
        check_forms(office, page, paper, by)


def check_forms(office: Office, page: str, paper: str, by: Any) -> None:
    html = office.get(page, by=by).text
    for ending in ("docx", "pdf", "html"):
        assert f'href="{paper}.{ending}"' in html
    word = office.get(f"{paper}.docx", by=by).data
    pdf = squeezed(pdf_text(office.get(f"{paper}.pdf", by=by).data))
    printed = office.get(f"{paper}.html", by=by).text
    tables = [rows for rows in page_tables(html) if len(rows) > 1]
    assert tables
    table = [row for row in tables[0] if len(row) > 1]
    assert [[squeezed(cell) for cell in row] for row in word_tables(word)[0]] == table
    assert page_tables(printed)[0] == table
    for cell in (cell for row in table for cell in row):
        assert cell in pdf
    said = squeezed(word_text(word))
    for figure in facts_of(html):
        assert figure in said
        assert figure in pdf
        assert figure in squeezed(re.sub("<[^>]+>", "", printed))


def facts_of(html: str) -> list[str]:
    """The values of a page's lines of term and value."""
    lists = "".join(re.findall(r'<dl class="facts">(.*?)</dl>', html, re.DOTALL))
    return [squeezed(re.sub("<[^>]+>", "", value)) for value in re.findall(r"<dd>(.*?)</dd>", lists, re.DOTALL)]


def test_the_amount_stands_in_capital_numerals_on_page_and_paper(office: Office) -> None:
    with office.site.transaction() as session:
        stage = a_stage(session, ["1"] * 3 + ["2"], costs={"1": 40_000_000, "2": 999_999_999}, fund_fen=40_000_000)
        count(session, stage)
        number, officer = stage.round_.id, stage.officer
    tally = f"/staff/rounds/{number}/result/1/tally"
    words = "入选项目合计（大写）：人民币肆拾万元整"
    assert words in squeezed(office.get(tally, by=officer).text)
    assert words in squeezed(word_text(office.get(f"{tally}.docx", by=officer).data))
    assert words in squeezed(pdf_text(office.get(f"{tally}.pdf", by=officer).data))


def test_a_record_is_for_the_office_and_a_notice_for_everybody(office: Office) -> None:
    with office.site.transaction() as session:
        stage = a_stage(session, ["1"])
        count(session, stage)
        number = stage.round_.id
    assert office.get(f"/staff/rounds/{number}/result/1/tally.docx").status_code == 303
    assert office.get("/notices/999999/paper.docx").status_code == 404
    assert office.get("/notices/1/paper.exe").status_code == 404
