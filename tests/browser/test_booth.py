"""A terminal without a network in Chromium: it votes on, loses nothing when it is killed, ships, and the box balances."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect
from sqlalchemy import Engine, select

from diancai.platform.core.keys import Keys
from diancai.platform.features import load_jobs
from diancai.platform.polling.kiosk_models import Kiosk
from diancai.platform.polling.models import ClosingMinute, InboxBallot, Station
from diancai.platform.polling.offline_models import KioskBallot, KioskBlock
from diancai.platform.polling.operations import blocks, commission
from diancai.platform.polling.operations.opening import end_voting
from diancai.platform.polling.operations.sealing import close_round
from diancai.platform.polling.operations.stations import end_issuing
from diancai.platform.rounds.models import Round
from diancai.voting import tracker_range
from tests.browser.booths import OFFLINE, READY, Booth, a_booth
from tests.browser.conftest import OpenContext
from tests.browser.test_kiosk import TABLET
from tests.factories import AT
from tests.sites import Clock, a_site

load_jobs()


@pytest.fixture(params=["sqlite"])
def dialect(request: pytest.FixtureRequest) -> str:
    """The server's part is tested on both databases without a browser."""
    return str(request.param)


@pytest.fixture
def booth(database_url: str, engine: Engine, keys: Keys, open_context: OpenContext) -> Iterator[Booth]:
    with a_site(database_url, engine, keys, Clock(AT)) as site:
        yield a_booth(site, open_context(viewport=TABLET))


def test_it_votes_without_a_network_dies_goes_on_ships_and_the_box_balances(booth: Booth) -> None:
    booth.context.set_offline(True)
    booth.page.reload()
    booth.says(OFFLINE)
    trackers = [booth.votes(1, 3), booth.votes(2)]
    booth.proves(booth.slips[-1])
    booth.page.locator("label[for=choice-4]").click()
    booth.dies()
    booth.says(OFFLINE)
    expect(booth.page.locator("body")).not_to_contain_text(booth.slips[-1])
    trackers.append(booth.votes(4))
    booth.context.set_offline(False)
    booth.page.reload()
    booth.says(READY)
    _nothing_is_shipped_by_threes(booth)
    _the_office_ends_it(booth)
    booth.page.reload()
    booth.says("已经全部上传，可以关机")
    assert booth.page.evaluate("indexedDB.databases().then(all => all.length)") == 1
    the_vote_ends(booth)
    two_keepers_open_and_the_box_is_sealed(booth, trackers)


def the_vote_ends(booth: Booth) -> None:
    with booth.site.transaction() as session:
        round_ = session.scalars(select(Round)).one()
        end_voting(session, round_, at=round_.closes_at)


def _nothing_is_shipped_by_threes(booth: Booth) -> None:
    """Three codes would say too much of three ballots."""
    with booth.site.transaction() as session:
        assert session.scalars(select(KioskBallot)).all() == []
        assert session.scalars(select(InboxBallot)).all() == []


def _the_office_ends_it(booth: Booth) -> None:
    with booth.site.transaction() as session:
        round_, kiosk = session.scalars(select(Round)).one(), session.scalars(select(Kiosk)).one()
        blocks.ask_to_end(session, round_, kiosk, by=booth.officer, at=AT)


def two_keepers_open_and_the_box_is_sealed(booth: Booth, trackers: list[str]) -> None:
    with booth.site.transaction() as session:
        round_, station = session.scalars(select(Round)).one(), session.scalars(select(Station)).one()
        assert session.scalars(select(KioskBlock)).one().ended_at is not None
        counts = {"unused_count": 6, "spoiled_count": 0, "by": booth.officer, "at": round_.closes_at}
        end_issuing(session, round_, station, **counts)
        for place in (1, 2):
            typing = {"by": booth.keepers[place], "at": round_.closes_at}
            opened = commission.type_share(session, round_, booth.papers[place], **typing)
        assert opened == 3
        ballots = session.scalars(select(InboxBallot)).all()
        assert sorted(ballot.choices for ballot in ballots) == ["1,3", "2", "4"]
        found = {tracker: any(low <= one.tracker_key <= high for one in ballots)
                 for tracker in trackers for low, high in [tracker_range(tracker)]}  # fmt: skip
        assert all(found.values()), found
        close_round(session, round_, by=booth.officer, at=round_.closes_at)
        minute = session.scalars(select(ClosingMinute)).one()
        assert (minute.ballot_count, minute.used_code_count) == (3, 3)


def test_without_a_network_a_slip_is_taken_once_and_a_strange_one_never(booth: Booth) -> None:
    booth.context.set_offline(True)
    used = booth.slips[-1]
    booth.votes(1)
    booth.proves(used)
    expect(booth.page.get_by_role("heading", name="这个投票码已经用过了")).to_be_visible()
    booth.page.get_by_role("link", name="重来").first.click()
    booth.proves("2345-6789-ABCD")
    expect(booth.page.get_by_text("没有这个投票码，或者它不是本机的专用凭条")).to_be_visible()


def test_a_ballot_beyond_the_limit_stays_where_it_is(booth: Booth) -> None:
    page = booth.page
    booth.proves(booth.slips[-1])
    page.get_by_role("button", name="下一步：核对我的选择").click()
    expect(page.get_by_text("您还没有选任何项目")).to_be_visible()
    for number in (1, 2, 3, 4):
        page.locator(f"label[for=choice-{number}]").click()
    expect(page.locator("[data-choice]:checked")).to_have_count(3)
    page.get_by_role("button", name="下一步：核对我的选择").click()
    page.get_by_role("button", name="返回修改").click()
    expect(page.locator("[data-choice]:checked")).to_have_count(3)


def test_a_scanner_types_a_slip_at_rest(booth: Booth) -> None:
    booth.context.set_offline(True)
    booth.page.keyboard.type(f"https://diancai.example/vote#{booth.slips[-1]}")
    booth.page.keyboard.press("Enter")
    expect(booth.page.locator("[data-item]").first).to_be_visible()
