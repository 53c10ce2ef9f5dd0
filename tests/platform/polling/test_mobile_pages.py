"""流动票箱 on its page: set up, booked, and not without three people."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from diancai.platform.core.actor import Role
from diancai.platform.core.confirmations import ConfirmationRequest
from diancai.platform.core.keys import Keys
from diancai.platform.divisions.models import Division
from diancai.platform.polling.mobile_models import HomeVisit
from diancai.platform.polling.models import RegisterEntry
from diancai.platform.rounds.models import Round
from tests.factories import AT
from tests.platform.polling.test_paper_pages import PaperDesk
from tests.platform.polling.trips import appoint, one_of
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
    assert "没有可以发放的投票点" in desk.get("desk"), "the only station is the box"
    given = desk.client.post(f"/staff/rounds/{desk.round_id}/desk/{entry.id}/give", data={"station": desk.station_id})
    assert given.status_code == 409


def test_nobody_leaves_with_fewer_than_three(desk: PaperDesk) -> None:
    desk.post(f"mobile/{desk.station_id}", box_number="流1")
    people = {"first": desk.officer.staff_id, "second": desk.officer.staff_id, "scrutineer": desk.scrutineer.staff_id}
    page = desk.post(f"mobile/{desk.station_id}/trip", 422, seal="A1", **people)
    assert "三个不同的人" in page


def test_the_seal_is_checked_when_the_box_is_back(desk: PaperDesk) -> None:
    desk.post(f"mobile/{desk.station_id}", box_number="流1")
    with desk.site.transaction() as session:
        round_ = session.get_one(Round, desk.round_id)
        street = session.get_one(Division, round_.street_id)
        crew_of = ((Role.OFFICER, "王敏"), (Role.CLERK, "孙丽"), (Role.SCRUTINEER, "陈监"))
        people = [one_of(session, street, *who) for who in crew_of]
        appoint(session, round_, people[-1])
    crew = dict(zip(("first", "second", "scrutineer"), [one.staff_id for one in people], strict=True))
    desk.post(f"mobile/{desk.station_id}/trip", seal="封A1", **crew)
    assert "封条号 封A1" in desk.get("mobile"), "said once to who wrote it down"
    page = desk.get("mobile")
    assert "在路上" in page
    assert "封A1" not in page
    back = f"mobile/{desk.station_id}/return"
    page = desk.post(back, 409, day="2026-09-01", seal="封A2")
    assert "写明原因" in page
    assert 'name="reason"' in page
    assert "没有这次出发的登记" in desk.post(back, 404, day="2026-09-02", seal="封A1")
    desk.post(back, day="2026-09-01", seal="封A2", is_broken="1", reason="车门夹坏了")
    page = desk.get("mobile")
    assert "等监票人核对封条" in page
    assert "登记回来" not in page
    desk.sits(people[-1])
    (request,) = desk.all(ConfirmationRequest)
    page = desk.client.get(f"/staff/requests/{request.id}").get_data(as_text=True)
    assert all(words in page for words in ("封A2", "封条破损", "2026年9月1日", "车门夹坏了"))
    desk.confirm(people[-1])
    desk.sits(desk.officer)
    page = desk.get("mobile")
    assert "出发封条号 封A1，回来封条号 封A2" in page
    assert "破损，已认可" in page
    assert "车门夹坏了" in page
