"""The browser of a terminal is killed (SIGKILL) while its batch is under way: nothing is lost, and nothing is taken twice."""

import io
import os
import signal
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext
from sqlalchemy import Engine, select

from diancai.platform.core.keys import Keys
from diancai.platform.features import load_jobs
from diancai.platform.polling.kiosk_models import Kiosk
from diancai.platform.polling.offline_models import KioskBallot, KioskBatch
from diancai.platform.polling.operations import blocks
from diancai.platform.polling.operations.kiosks import renew_code
from diancai.platform.rounds.models import Round
from tests.browser.booths import READY, Booth, a_booth
from tests.browser.conftest import FLAGS, Guard
from tests.browser.test_booth import the_vote_ends, two_keepers_open_and_the_box_is_sealed
from tests.browser.test_kiosk import TABLET
from tests.factories import AT
from tests.machine import chromium_program
from tests.sites import Clock, Site, a_site

DONE = "已经全部上传，可以关机"
LEFT_ON_DISK = """async (count) => {
  const disk = await new Promise((done) => { indexedDB.open("diancai-booth").onsuccess = (event) => done(event.target.result); });
  const names = [...disk.objectStoreNames];
  const counts = names.map((name) => new Promise((done) => {
    disk.transaction(name).objectStore(name).count().onsuccess = (event) => done(event.target.result);
  }));
  disk.close();
  return names.length === 4 && (await Promise.all(counts)).reduce((sum, one) => sum + one) === count;
}"""

load_jobs()


@pytest.fixture(params=["sqlite"])
def dialect(request: pytest.FixtureRequest) -> str:
    """Taking a batch twice is tested on both databases without a browser."""
    return str(request.param)


@dataclass
class SlowWay:
    """Between the terminal and the server: the first batch is held, before the server has it or before its answer goes back."""

    inner: Any
    holds: str
    reached: Event = field(default_factory=Event)
    released: Event = field(default_factory=Event)
    over: Event = field(default_factory=Event)
    answers: list[str] = field(default_factory=list)

    def __call__(self, environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        if environ["PATH_INFO"] != "/kiosk/batches":
            return self.inner(environ, start)  # type: ignore[no-any-return]
        body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
        is_first = not self.reached.is_set()
        if is_first and self.holds == "request":
            self._hold()
        answer = list(self.inner(environ | {"wsgi.input": io.BytesIO(body)}, self._noting(start)))
        if is_first and self.holds == "answer":
            self._hold()
        if is_first:
            self.over.set()
        return answer

    def _hold(self) -> None:
        self.reached.set()
        assert self.released.wait(60)

    def _noting(self, start: Any) -> Any:
        def noted(status: str, *rest: Any) -> Any:
            self.answers.append(status)
            return start(status, *rest)

        return noted


@dataclass
class Tablet:
    """A Chromium of its own whose disk outlives it."""

    browser: Browser
    guard: Guard
    disk: Path
    context: BrowserContext | None = None

    def starts(self) -> BrowserContext:
        self.context = self.browser.browser_type.launch_persistent_context(
            self.disk, executable_path=chromium_program(), args=FLAGS, viewport=TABLET, locale="zh-CN"
        )
        self.context.set_default_timeout(10_000)
        self.guard.watch(self.context)
        return self.context

    def is_shut_down(self) -> None:
        assert self.context is not None
        self.context.close()

    def is_killed(self) -> None:
        [number] = self._processes()
        os.kill(number, signal.SIGKILL)
        ends = time.monotonic() + 20
        while self._processes():
            assert time.monotonic() < ends
            time.sleep(0.05)

    def _processes(self) -> list[int]:
        """The main process, known by its disk."""
        found = []
        for words in Path("/proc").glob("[0-9]*/cmdline"):
            try:
                words_of = words.read_bytes().split(b"\0")
            except OSError:
                continue
            if f"--user-data-dir={self.disk}".encode() in words_of and not any(
                w.startswith(b"--type=") for w in words_of
            ):
                found.append(int(words.parent.name))
        return found


@pytest.fixture
def tablet(browser: Browser, guard: Guard, tmp_path: Path) -> Iterator[Tablet]:
    one = Tablet(browser, guard, tmp_path / "disk")
    yield one
    if one._processes():
        one.is_shut_down()


@pytest.fixture
def site(database_url: str, engine: Engine, keys: Keys) -> Iterator[Site]:
    with a_site(database_url, engine, keys, Clock(AT)) as running:
        yield running


@pytest.mark.parametrize("holds", ["request", "answer"])
def test_a_browser_killed_while_it_ships_loses_and_doubles_nothing(site: Site, tablet: Tablet, holds: str) -> None:
    booth = a_booth(site, tablet.starts())
    tablet.is_shut_down()  # the evening before: what was enrolled is on the disk
    trackers = three_vote_without_a_network(booth, tablet)
    way = SlowWay(site.app.wsgi_app, holds)
    site.app.wsgi_app = way  # type: ignore[method-assign]
    the_office_ends_it(booth)
    booth.context.set_offline(False)
    booth.page.reload(wait_until="commit")
    assert way.reached.wait(30)
    assert batches_at(site) == (0 if holds == "request" else 1)
    tablet.is_killed()
    comes_back(booth, tablet)
    if holds == "request":
        booth.says(DONE)
    nothing_is_left(booth)
    way.released.set()
    assert way.over.wait(30)
    assert all(answer.startswith("200") for answer in way.answers), way.answers
    assert len(way.answers) == (2 if holds == "request" else 1)
    assert batches_at(site) == 1
    the_vote_ends(booth)
    two_keepers_open_and_the_box_is_sealed(booth, trackers)


def test_a_device_whose_browser_forgot_its_secret_ships_with_a_new_code(site: Site, tablet: Tablet) -> None:
    """A browser writes its cookies late: killed at once it is a stranger, but one with every ballot that was cast on it."""
    booth = a_booth(site, tablet.starts())
    booth.context.set_offline(True)
    trackers = [booth.votes(1, 3), booth.votes(2), booth.votes(4)]
    tablet.is_killed()
    the_vote_ends(booth)
    with site.transaction() as session:
        round_, kiosk = session.scalars(select(Round)).one(), session.scalars(select(Kiosk)).one()
        code = renew_code(session, round_, kiosk, by=booth.officer, at=AT)
    comes_back(booth, tablet)
    booth.page.get_by_label("登记码").fill(code)
    booth.page.get_by_role("button", name="登记这台设备").click()
    booth.says(DONE)
    nothing_is_left(booth)
    two_keepers_open_and_the_box_is_sealed(booth, trackers)


def three_vote_without_a_network(booth: Booth, tablet: Tablet) -> list[str]:
    comes_back(booth, tablet)
    booth.says(READY)
    booth.context.set_offline(True)
    return [booth.votes(1, 3), booth.votes(2), booth.votes(4)]


def comes_back(booth: Booth, tablet: Tablet) -> None:
    booth.context = tablet.starts()
    booth.page = booth.context.pages[0]
    booth.page.goto(f"{booth.site.url}/kiosk")


def the_office_ends_it(booth: Booth) -> None:
    with booth.site.transaction() as session:
        round_, kiosk = session.scalars(select(Round)).one(), session.scalars(select(Kiosk)).one()
        blocks.ask_to_end(session, round_, kiosk, by=booth.officer, at=AT)


def nothing_is_left(booth: Booth) -> None:
    """The server has everything; whatever the screen shows, the device keeps nothing of the vote."""
    booth.page.wait_for_function(LEFT_ON_DISK, arg=0)


def batches_at(site: Site) -> int:
    with site.transaction() as session:
        batches, ballots = session.scalars(select(KioskBatch)).all(), session.scalars(select(KioskBallot)).all()
        assert len(ballots) == 3 * len(batches)
        return len(batches)
