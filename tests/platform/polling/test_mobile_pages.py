"""流动票箱 on its page: set up, booked, and not without three people."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from diancai.platform.core.keys import Keys
from diancai.platform.polling.mobile_models import HomeVisit
from diancai.platform.polling.models import RegisterEntry
from tests.factories import AT
from tests.platform.polling.test_paper_pages import PaperDesk
from tests.sites import Clock, an_app


@pytest.fixture
def desk(database_url: str, engine: Engine, keys: Keys) -> Iterator[PaperDesk]:
    with an_app(database_url, engine, keys, Clock(AT), origin="http://localhost") as site:
        site.app.config["WTF_CSRF_ENABLED"] = False
        yield PaperDesk(site)


def test_a_box_is_set_up_and_a_visit_booked(desk: PaperDesk) -> None:
    assert "还没有流动票箱" in desk.get("mobile")
    assert "请填写流动票箱的编号" in desk.post(f"mobile/{desk.station_id}", 422, box_number=" ")
    desk.post(f"mobile/{desk.station_id}", box_number="流1")
    entry = desk.all(RegisterEntry, RegisterEntry.id)[0]
    desk.sits(desk.clerk)
    assert "预约上门" in desk.get(f"desk/{entry.id}")
    facts = {"station": desk.station_id, "planned_time": "上午"}
    assert "上门日期从今天起" in desk.post(f"desk/{entry.id}/visit", 422, planned_on="", **facts)
    desk.post(f"desk/{entry.id}/visit", planned_on="2026-09-02", **facts)
    page = desk.get("mobile")
    assert "2026年9月2日" in page
    assert "李明" in page
    assert "已预约" in desk.get(f"desk/{entry.id}")
    (visit,) = desk.all(HomeVisit)
    assert "还没有登记出发" in desk.post(f"mobile/visits/{visit.id}", 409, outcome="done")
    desk.post(f"mobile/visits/{visit.id}", outcome="missed")
    assert "没有投成" in desk.get("mobile")


def test_nobody_leaves_with_fewer_than_three(desk: PaperDesk) -> None:
    desk.post(f"mobile/{desk.station_id}", box_number="流1")
    people = {"first": desk.officer.staff_id, "second": desk.officer.staff_id, "scrutineer": desk.scrutineer.staff_id}
    page = desk.post(f"mobile/{desk.station_id}/trip", 422, seal="A1", **people)
    assert "三个不同的人" in page
