"""代领 and 委托投票 as a clerk meets them."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from diancai.platform.core.keys import Keys
from diancai.platform.polling.models import RegisterEntry
from tests.factories import AT
from tests.platform.polling.test_paper_pages import PaperDesk
from tests.sites import Clock, an_app


@pytest.fixture
def desk(database_url: str, engine: Engine, keys: Keys) -> Iterator[PaperDesk]:
    with an_app(database_url, engine, keys, Clock(AT), origin="http://localhost") as site:
        site.app.config["WTF_CSRF_ENABLED"] = False
        limits = {"household_pick_up_limit": 1, "proxy_limit": 1}
        desk = PaperDesk(site, **limits)
        desk.sits(desk.clerk)
        yield desk


def test_a_proxy_is_named_and_shown_on_both_entries(desk: PaperDesk) -> None:
    first, second, _ = desk.all(RegisterEntry, RegisterEntry.id)
    entry = f"desk/{first.id}"
    assert "名册上这一户没有别人" in desk.get(entry)
    page = desk.post(f"{entry}/pick-up", 409, kind="proxy", name="李明", document="委1", station=desk.station_id)
    assert "有同名的人" in page
    facts = {"kind": "proxy", "name": "李明", "household": "1号", "document": "委1", "station": desk.station_id}
    desk.post(f"{entry}/pick-up", **facts)
    page = desk.get(entry)
    assert "委托投票" in page
    assert "1号（委1）" in page
    assert "替别人领取" in desk.get(f"desk/{second.id}")


def test_what_is_missing_is_said(desk: PaperDesk) -> None:
    entry = f"desk/{desk.all(RegisterEntry, RegisterEntry.id)[0].id}"
    assert "请选择同户代领或者委托投票" in desk.post(f"{entry}/pick-up", 422, station=desk.station_id)
    assert "请选择代领的人" in desk.post(f"{entry}/pick-up", 422, kind="household", station=desk.station_id)
    assert "请先选择投票点" in desk.post(f"{entry}/pick-up", 409, kind="proxy", name="李明")


def test_the_list_to_sign_on_has_numbered_lines(desk: PaperDesk) -> None:
    page = desk.get("pick-up-list")
    assert page.count("<tr>") >= 20
    assert "每人最多代领 1 份" in page
