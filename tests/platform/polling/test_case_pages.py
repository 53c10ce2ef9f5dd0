"""个案 as an office meets them."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from diancai.platform.core.keys import Keys
from diancai.platform.polling.case_models import DeskCase
from tests.factories import AT
from tests.platform.polling.test_paper_pages import PaperDesk
from tests.sites import Clock, an_app


@pytest.fixture
def desk(database_url: str, engine: Engine, keys: Keys) -> Iterator[PaperDesk]:
    with an_app(database_url, engine, keys, Clock(AT), origin="http://localhost") as site:
        site.app.config["WTF_CSRF_ENABLED"] = False
        desk = PaperDesk(site)
        desk.sits(desk.clerk)
        yield desk


def test_a_case_is_written_down_by_a_clerk_and_decided_by_the_officer(desk: PaperDesk) -> None:
    desk.post("cases", kind="dispute", text="说是没有领过", ballot_count="1")
    (case,) = desk.all(DeskCase)
    assert "由您登记，要由别人处理" in desk.get("cases")
    assert desk.client.post(f"/staff/rounds/{desk.round_id}/cases/{case.id}").status_code == 403
    desk.sits(desk.officer)
    assert "请选择一项" in desk.post(f"cases/{case.id}", 422, decision="查了签收单")
    desk.post(f"cases/{case.id}", outcome="dismissed", decision="查了签收单")
    page = desk.get("cases")
    assert "待处理 0 件，已处理 1 件；没有排除的涉及 0 票" in page
    assert "查了签收单" in page


def test_what_was_typed_stays_when_something_is_missing(desk: PaperDesk) -> None:
    page = desk.post("cases", 422, kind="lost_slip", text="掉在路上", ballot_count="x")
    assert "涉及的票数请填0到1000" in page
    assert "掉在路上" in page
