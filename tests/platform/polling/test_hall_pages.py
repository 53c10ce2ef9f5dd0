"""会场 through the pages: planned by an officer, led by its chair on a tablet, shown on the hall's screen."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Engine, select

from diancai.platform.core.actor import ANYONE, Actor, Role
from diancai.platform.core.confirmations import ConfirmationRequest, confirm_request
from diancai.platform.core.keys import Keys
from diancai.platform.features import load_jobs
from diancai.platform.polling.hall_models import Sitting, SittingStep
from diancai.platform.rounds.models import Round
from diancai.platform.rounds.states import RoundState
from tests.factories import AT, a_round, a_station, a_street
from tests.platform.polling.assemblies import a_holder
from tests.sites import Clock, Site, an_app

load_jobs()


def main_of(page: str) -> str:
    """The content, without the tokens of its forms."""
    return re.sub('name="csrf_token" value="[^"]*"', "", page.partition("<main")[2].partition("</main>")[0])


class HallPages:
    """A site with one round that is voted on, and the people of its hall; whoever `sits` last acts."""

    def __init__(self, site: Site) -> None:
        self.site, self.client = site, site.app.test_client()
        with site.transaction() as session:
            street = a_street(session)
            self.round_id = a_round(session, street).id
            self.officer = a_holder(session, street, Role.OFFICER, "钱经办")
            self.chair = a_holder(session, street, Role.LEADER, "王主持")
            self.deputy = a_holder(session, street, Role.CLERK, "李副")
            self.chief = a_holder(session, street, Role.SCRUTINEER, "陈监")
        self.sits(self.officer)

    def sits(self, actor: Actor) -> None:
        """On a device of their own: nothing of the last one's browser is left."""
        self.client = self.site.app.test_client()
        self.site.app.extensions["diancai.actor"] = lambda _session: actor

    def get(self, rest: str, status: int = 200) -> str:
        answer = self.client.get(rest)
        assert answer.status_code == status
        return answer.get_data(as_text=True)

    def post(self, rest: str, status: int = 303, **form: Any) -> str:
        answer = self.client.post(rest, data=form)
        body = answer.get_data(as_text=True)
        assert answer.status_code == status, body
        return body

    def plan(self, status: int = 303, **changed: Any) -> str:
        facts = {
            "title": "2026年千人大会",
            "place": "街道礼堂",
            "starts_at": "2026-09-01T14:00",
            "expected_count": "320",
            "round_ids": str(self.round_id),
            "chair_id": str(self.chair.staff_id),
            "deputy_chair_id": str(self.deputy.staff_id),
            "chief_id": str(self.chief.staff_id),
            "deputy_chief_id": "",
        }
        return self.post("/staff/sittings/new", status, **(facts | changed))

    @property
    def page(self) -> str:
        with self.site.transaction() as session:
            return f"/staff/sittings/{session.scalars(select(Sitting.id)).one()}"

    @property
    def screen(self) -> str:
        return self.page.replace("/staff/sittings", "/hall")

    def step(self, step: SittingStep, status: int = 303, **figures: Any) -> str:
        return self.post(f"{self.page}/step", status, step=step.value, **figures)

    def begin(self) -> None:
        """Up to the vote: 300 are present, 298 ballots are issued."""
        self.plan()
        self.sits(self.chair)
        self.step(SittingStep.ATTENDANCE, present_count="300")
        for step in (SittingStep.RULES, SittingStep.TELLERS, SittingStep.BOX_SEALED):
            self.step(step)
        self.step(SittingStep.ISSUED, **{f"ballots_{self.round_id}": "298"})
        for step in (SittingStep.EXPLAINED, SittingStep.VOTED):
            self.step(step)

    def close(self) -> None:
        self.post(f"{self.page}/closing")
        with self.site.transaction() as session:
            request = session.scalars(select(ConfirmationRequest)).one()
            confirm_request(session, request, by=self.chief, at=self.site.clock())


@pytest.fixture
def hall(database_url: str, engine: Engine, keys: Keys) -> Iterator[HallPages]:
    with an_app(database_url, engine, keys, Clock(AT)) as site:
        site.app.config["WTF_CSRF_ENABLED"] = False
        yield HallPages(site)


def test_an_officer_plans_a_sitting_and_finds_it_in_the_list(hall: HallPages) -> None:
    assert "还没有安排会场" in hall.get("/staff/sittings")
    hall.plan()
    assert "2026年千人大会" in hall.get("/staff/sittings")
    assert "王主持" in hall.get(hall.page)


def test_what_is_wrong_with_a_plan_stands_at_its_field(hall: HallPages) -> None:
    assert "请从名单里选一人" in hall.plan(200, chair_id="")
    assert "这个人已经担任另一项" in hall.plan(422, deputy_chair_id=str(hall.chair.staff_id))
    assert "请选择会场表决的投票活动" in hall.plan(200, round_ids=[])


def test_only_the_chair_and_the_deputy_see_the_button_of_the_next_step(hall: HallPages) -> None:
    hall.plan()
    assert "办完这一步" not in hall.get(hall.page)
    for somebody in (hall.chair, hall.deputy):
        hall.sits(somebody)
        assert "办完这一步" in hall.get(hall.page)
    hall.sits(hall.officer)
    assert "只有主持人和副主持人" in hall.step(SittingStep.ATTENDANCE, 403, present_count="300")


def test_a_new_tablet_shows_the_same_page_at_once(hall: HallPages) -> None:
    """The tablet of the chair dies: the chair, or the deputy, signs in on another one and goes on from the same step."""
    hall.begin()
    hall.get(hall.page)  # says once what was done last
    before = hall.get(hall.page)
    for somebody in (hall.chair, hall.deputy):
        hall.sits(somebody)
        assert main_of(hall.get(hall.page)) == main_of(before)
    assert "提出截止投票" in before
    assert "发出 298" in before
    hall.post(f"{hall.page}/closing")


def test_more_returned_than_issued_is_refused_in_words(hall: HallPages) -> None:
    hall.begin()
    hall.close()
    body = hall.step(SittingStep.RETURNED, 409, **{f"ballots_{hall.round_id}": "299"})
    assert "这次投票无效，必须重新投票" in body
    hall.step(SittingStep.RETURNED, **{f"ballots_{hall.round_id}": "298"})
    assert "收回 298" in hall.get(hall.page)


def test_what_was_typed_comes_back_with_the_refusal(hall: HallPages) -> None:
    hall.begin()
    hall.close()
    body = hall.step(SittingStep.RETURNED, 409, **{f"ballots_{hall.round_id}": "299", "note": "多一张"})
    assert 'value="299"' in body
    assert 'value="多一张"' in body


def test_the_desk_in_the_hall_is_compared_on_the_page(hall: HallPages) -> None:
    with hall.site.transaction() as session:
        desk = a_station(session, session.get_one(Round, hall.round_id)).id
    hall.plan(station_ids=str(desk))
    hall.sits(hall.chair)
    hall.step(SittingStep.ATTENDANCE, present_count="300")
    for step in (SittingStep.RULES, SittingStep.TELLERS, SittingStep.BOX_SEALED):
        hall.step(step)
    assert f'<b data-live="given-{hall.round_id}">0</b>' in hall.get(hall.page)
    figures = {f"ballots_{hall.round_id}": "1"}
    assert "请重新清点" in hall.step(SittingStep.ISSUED, 409, **figures)
    hall.step(SittingStep.ISSUED, note="样票一张", **figures)
    assert "发出 1（名册 0）" in hall.get(f"{hall.page}/record")


def test_every_step_changes_the_mark_that_the_page_watches(hall: HallPages) -> None:
    hall.plan()
    hall.sits(hall.chair)
    seen = [mark_of(hall.get(hall.page))]
    hall.step(SittingStep.ATTENDANCE, present_count="300")
    seen.append(mark_of(hall.get(hall.page)))
    hall.step(SittingStep.RULES)
    seen.append(mark_of(hall.get(hall.page)))
    assert len(set(seen)) == 3
    assert mark_of(hall.get(hall.page)) == seen[-1]


def mark_of(page: str) -> str:
    return page.partition('data-mark="')[2].partition('"')[0]


def test_the_chief_is_led_to_the_confirmation(hall: HallPages) -> None:
    hall.begin()
    hall.post(f"{hall.page}/closing")
    assert "等总监票人确认" in hall.get(hall.page)
    hall.sits(hall.chief)
    assert "去确认" in hall.get(hall.page)
    assert "会场截止投票" in hall.get("/staff/")


def test_a_stale_tablet_is_told_the_next_step(hall: HallPages) -> None:
    hall.begin()
    assert "还没有轮到这一步，下一步是“截止投票”" in hall.step(SittingStep.RULES, 409)
    hall.step(SittingStep.ATTENDANCE, 409)
    hall.post(f"{hall.page}/step", 404, step="nonsense")


def test_the_screen_begins_with_the_sitting_and_shows_no_running_total(hall: HallPages) -> None:
    hall.plan()
    hall.get(hall.screen, 404)
    hall.get(f"{hall.screen}/now", 404)
    hall.sits(hall.chair)
    hall.step(SittingStep.ATTENDANCE, present_count="300")
    hall.sits(ANYONE)
    screen = hall.get(hall.screen)
    assert "通过表决办法" in screen
    assert ">300</b> / 应到 <b" in screen
    assert "/vote" not in main_of(screen)
    assert "投票数" not in screen
    assert 'http-equiv="refresh"' in screen


def test_the_screen_shows_where_to_vote_while_ballots_are_cast(hall: HallPages) -> None:
    hall.begin()
    screen = hall.client.get(f"{hall.screen}/now").get_json()["html"]
    assert "监票人先投" not in screen  # that is done
    for words in ("正在投票", "还有7天", "/vote</b>", "<svg", "已领票 <b"):
        assert words in screen
    hall.close()
    screen = hall.client.get(f"{hall.screen}/now").get_json()["html"]
    assert "清点" in screen
    assert "/vote" not in screen


def test_the_screen_says_that_a_vote_is_suspended(hall: HallPages) -> None:
    hall.begin()
    with hall.site.transaction() as session:
        session.get_one(Round, hall.round_id).state = RoundState.SUSPENDED
    assert "投票中止" in hall.get(hall.screen)


def test_the_record_is_printed_with_times_and_figures(hall: HallPages) -> None:
    hall.begin()
    record = hall.get(f"{hall.page}/record")
    assert "应到 320，实到 300" in record
    assert "主持人签字" in record
