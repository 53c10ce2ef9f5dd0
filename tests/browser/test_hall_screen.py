"""The screen of a hall and the chair's page follow the day by themselves, and say so when they cannot."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import Engine, select

from diancai.platform.core.actor import Actor
from diancai.platform.core.keys import Keys
from diancai.platform.features import load_jobs
from diancai.platform.polling.hall_models import STEPS, Sitting, SittingRound, SittingStep, StepDone
from diancai.platform.polling.models import ClosingMinute
from diancai.platform.polling.operations import hall
from diancai.platform.results.queries import latest_result
from tests.browser.conftest import OpenContext
from tests.platform.results.stage import CLOSED_AT, DRAW, Stage, a_stage, certify, count
from tests.sites import Clock, Site, a_site

EVERY_MS = 5_000
BALLOTS = ["1,2"] * 5 + ["2,3"] * 4 + ["4"] * 2 + ["1,5"]
BEFORE_THE_COUNT = STEPS[: STEPS.index(SittingStep.COUNTED)]
PROJECTOR = {"width": 1920, "height": 1080}

load_jobs()


@pytest.fixture(params=["sqlite"])
def dialect(request: pytest.FixtureRequest) -> str:
    """What a screen shows does not depend on the database."""
    return str(request.param)


@dataclass
class Hall:
    """A hall whose vote is counted; its chair has not said so yet. The numbers of its rows outlive their session."""

    site: Site
    stage: Stage
    sitting_id: int

    def does(self, *steps: SittingStep) -> None:
        with self.site.transaction() as session:
            sitting = session.get_one(Sitting, self.sitting_id)
            for step in steps:
                hall.do_step(session, sitting, step, by=self.stage.officer, at=self.site.clock())

    def is_certified(self) -> None:
        with self.site.transaction() as session:
            self.stage.round_ = session.merge(self.stage.round_, load=False)
            result = latest_result(session, self.stage.round_)
            assert result is not None
            certify(session, self.stage, result)

    def root(self) -> str:
        with self.site.transaction() as session:
            return session.scalars(select(ClosingMinute.root_a)).one()


@pytest.fixture
def counted(database_url: str, engine: Engine, keys: Keys) -> Iterator[Hall]:
    with a_site(database_url, engine, keys, Clock(CLOSED_AT)) as site:
        with site.transaction() as session:
            stage = a_stage(session, BALLOTS)
            count(session, stage)
            sitting = Sitting(street_id=stage.street.id, title="千人大会", place="礼堂", starts_at=CLOSED_AT)
            sitting.expected_count, sitting.chair_id, sitting.chief_id = 20, staff(stage.officer), staff(stage.chief)
            session.add(sitting)
            session.flush()
            session.add(SittingRound(sitting_id=sitting.id, round_id=stage.round_.id))
            for step in BEFORE_THE_COUNT:
                row = StepDone(sitting_id=sitting.id, step=step, done_at=CLOSED_AT, done_by=staff(stage.officer))
                row.present_count = 12 if step is SittingStep.ATTENDANCE else None
                row.confirmed_by = staff(stage.chief) if step is SittingStep.CLOSED else None
                session.add(row)
                session.flush()
            found = Hall(site, stage, sitting.id)
        yield found


def staff(person: Actor) -> int:
    assert person.staff_id is not None
    return person.staff_id


def a_screen(here: Hall, context: BrowserContext) -> Page:
    """With a mark that a reload would wipe, and a clock that need not be waited for."""
    page = context.new_page()
    page.clock.install()
    page.goto(f"{here.site.url}/hall/{here.sitting_id}")
    page.evaluate("window.isTheSame = true")
    return page


def asks(page: Page) -> None:
    with page.expect_response("**/now"):
        page.clock.fast_forward(EVERY_MS)


def asks_in_vain(page: Page) -> None:
    with page.expect_event("requestfailed"):
        page.clock.fast_forward(EVERY_MS)


def test_the_screen_shows_root_draw_and_result_when_the_chair_says_so(counted: Hall, open_context: OpenContext) -> None:
    page = a_screen(counted, open_context(viewport=PROJECTOR))
    now = page.locator("[data-now]")
    expect(now).to_contain_text("检票、唱票、计票")
    expect(now).not_to_contain_text(counted.root())
    counted.does(SittingStep.COUNTED)
    asks(page)
    expect(now).to_contain_text(counted.root())
    expect(now).to_contain_text(DRAW)
    expect(now).not_to_contain_text("道菜")
    counted.is_certified()
    counted.does(SittingStep.SIGNED, SittingStep.REPORTED)
    asks(page)
    expect(now).to_contain_text("主持人宣布结果")
    expect(now).not_to_contain_text("道菜")
    counted.does(SittingStep.ANNOUNCED)
    asks(page)
    expect(now).to_contain_text("正式结果以公示为准")
    first = now.locator(".hall-item").all_inner_texts()
    assert len(first) == 3
    expect(now.locator(".hall-won").first).to_contain_text("入选")
    counted.site.clock.forward(seconds=12)
    asks(page)
    expect(now.locator(".hall-page")).to_have_text("2 / 2")
    assert not set(first) & set(now.locator(".hall-item").all_inner_texts())
    assert page.evaluate("window.isTheSame")


def test_the_screen_says_that_it_stands_still_and_goes_on_by_itself(counted: Hall, open_context: OpenContext) -> None:
    context = open_context(viewport=PROJECTOR)
    page, stopped = a_screen(counted, context), "画面没有更新：请检查网络"
    asks(page)
    expect(page.get_by_text(stopped)).to_be_hidden()
    context.set_offline(True)
    for _ in range(2):
        asks_in_vain(page)
    expect(page.get_by_text(stopped)).to_be_hidden()  # a moment without an answer is nothing yet
    for _ in range(3):
        asks_in_vain(page)
    expect(page.get_by_text(stopped)).to_be_visible()
    expect(page.locator("[data-now]")).to_contain_text("检票、唱票、计票")
    counted.does(SittingStep.COUNTED)
    context.set_offline(False)
    asks(page)
    expect(page.get_by_text(stopped)).to_be_hidden()
    expect(page.locator("[data-now]")).to_contain_text(counted.root())
    assert page.evaluate("window.isTheSame")


def test_the_chairs_page_follows_but_never_loses_what_is_typed(counted: Hall, open_context: OpenContext) -> None:
    """The deputy goes on from another tablet."""
    context = open_context(viewport={"width": 1024, "height": 768})
    counted.site.app.extensions["diancai.actor"] = lambda _session: counted.stage.officer
    page, address = context.new_page(), f"{counted.site.url}/staff/sittings/{counted.sitting_id}"
    page.clock.install()
    page.goto(address)
    step = page.locator("[aria-current=step] h2")
    expect(step).to_have_text("检票、唱票、计票")
    counted.does(SittingStep.COUNTED)
    page.clock.fast_forward(EVERY_MS)
    expect(step).to_have_text("监票人、计票人签字")
    page.get_by_label("备注").fill("周监票人到场")
    counted.is_certified()
    counted.does(SittingStep.SIGNED)
    page.clock.fast_forward(EVERY_MS)
    expect(page.get_by_text("会场已经在另一台设备上往下走了。")).to_be_visible()
    expect(page.get_by_label("备注")).to_have_value("周监票人到场")
    page.get_by_role("link", name="刷新本页").click()
    expect(step).to_have_text("总监票人报告结果")
