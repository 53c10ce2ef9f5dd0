"""A public terminal in Chromium: enrolled, touched, scanned at; nothing of one person is there for the next."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
import segno
from playwright.sync_api import Page, expect
from sqlalchemy import Engine

from diancai.platform.core.actor import Role
from diancai.platform.core.keys import Keys
from diancai.platform.polling.operations.kiosks import KioskFacts, add_kiosk
from tests.browser.conftest import OpenContext
from tests.factories import AT, a_round, a_staff, a_station, a_street, some_codes
from tests.sites import Clock, Site, a_site

SCROLL = "new Promise(done => { addEventListener('scroll', done, { once: true }); scrollTo({ top: 300, behavior: 'instant' }); })"
TABLET = {"width": 1280, "height": 800}


@pytest.fixture(params=["sqlite"])
def dialect(request: pytest.FixtureRequest) -> str:
    """What a terminal shows does not depend on the database."""
    return str(request.param)


@dataclass
class Terminal:
    site: Site
    page: Page
    codes: list[str]

    def heading(self, text: str) -> None:
        expect(self.page.get_by_role("heading", name=text, exact=True)).to_be_visible()

    def begins(self) -> None:
        expect(self.page.get_by_role("button", name="求助")).to_be_visible()  # the scripts are there
        self.page.get_by_role("link", name="按这里开始").click()
        expect(self.page.get_by_label("您的投票码")).to_be_focused()

    def proves(self) -> str:
        self.begins()
        code = self.codes.pop()
        for character in code.replace("-", ""):
            self.page.locator(".keypad-key", has_text=character).filter(visible=True).first.click()
        expect(self.page.get_by_label("您的投票码")).to_have_value(code)
        self.page.get_by_role("button", name="下一步：选项目").click()
        expect(self.page.locator("[data-item]").first).to_be_visible()
        return code

    def is_clean(self, code: str) -> None:
        """The resting screen, and nothing of what was typed or chosen in page, address or history."""
        expect(self.page.locator("main[data-resting]")).to_be_visible()
        assert self.page.url == f"{self.site.url}/kiosk"
        assert code not in self.page.content()
        assert self.page.evaluate("sessionStorage.length + localStorage.length") == 0


@pytest.fixture
def terminal(database_url: str, engine: Engine, keys: Keys, open_context: OpenContext) -> Iterator[Terminal]:
    with a_site(database_url, engine, keys, Clock(AT)) as site:
        with site.transaction() as session:
            street = a_street(session)
            round_ = a_round(session, street)
            station = a_station(session, round_)
            codes = some_codes(session, station, 4)
            officer = a_staff(session, street, Role.OFFICER)
            facts = KioskFacts(station.id, "一号机", idle_seconds=30, grace_seconds=10)
            _, enrolment = add_kiosk(session, round_, facts, by=officer, at=AT)
        page = open_context(viewport=TABLET).new_page()
        page.clock.install(time=AT)
        page.goto(f"{site.url}/kiosk")
        page.get_by_label("登记码").fill(enrolment)
        page.get_by_role("button", name="登记这台设备").click()
        expect(page.locator("main[data-resting]")).to_be_visible()
        yield Terminal(site, page, codes)


def test_someone_votes_with_the_keys_on_the_screen_and_leaves_nothing(terminal: Terminal) -> None:
    page = terminal.page
    code = terminal.proves()
    page.locator("label.item-face").first.click()
    page.get_by_role("button", name="下一步：核对我的选择").click()
    tracker = page.locator(".tracker").inner_text()
    page.get_by_role("button", name="确认投票").click()
    terminal.heading("您的票已经投进票箱")
    assert page.url == f"{terminal.site.url}/kiosk"
    page.clock.run_for(21_000)
    terminal.is_clean(code)
    assert tracker not in page.content()
    page.go_back()
    assert code not in page.content()
    assert tracker not in page.content()


def test_help_and_starting_again_are_on_every_step(terminal: Terminal) -> None:
    page = terminal.page

    def are_there() -> None:
        expect(page.get_by_role("button", name="求助")).to_be_visible()
        expect(page.get_by_role("link", name="重来")).to_be_visible()

    are_there()
    code = terminal.proves()
    are_there()
    page.get_by_role("button", name="求助").click()
    expect(page.get_by_role("heading", name="需要帮忙吗？")).to_be_visible()
    page.get_by_role("button", name="知道了").click()
    page.get_by_role("link", name="重来").click()
    terminal.is_clean(code)


@pytest.mark.parametrize("how", ["reload", "back", "a new window after a crash"])
def test_nothing_is_left_by(terminal: Terminal, how: str) -> None:
    page = terminal.page
    code = terminal.proves()
    page.locator("label.item-face").first.click()
    if how == "reload":
        page.reload()
    elif how == "back":
        page.go_back()
        page.goto(f"{terminal.site.url}/kiosk")
    else:
        terminal.page = page.context.new_page()
        page.close()
        terminal.page.goto(f"{terminal.site.url}/kiosk")
    terminal.is_clean(code)
    terminal.begins()
    expect(terminal.page.get_by_label("您的投票码")).to_have_value("")


def test_an_idle_terminal_asks_and_wipes_as_its_office_has_set_it(terminal: Terminal) -> None:
    page = terminal.page
    code = terminal.proves()
    page.clock.run_for(25_000)
    page.evaluate(SCROLL)  # which counts
    page.clock.run_for(25_000)
    expect(page.locator("[data-kiosk-still]")).to_be_hidden()
    page.clock.run_for(9_000)
    expect(page.locator("[data-kiosk-still]")).to_be_visible()
    page.clock.run_for(11_000)
    terminal.is_clean(code)


@pytest.mark.parametrize("where", ["resting", "at the field"])
def test_a_scanner_types_the_address_of_a_slip(terminal: Terminal, where: str) -> None:
    page = terminal.page
    if where == "at the field":
        terminal.begins()
    expect(page.get_by_role("button", name="求助")).to_be_visible()  # the scripts are there
    page.keyboard.type(f"{terminal.site.url}/vote#{terminal.codes.pop()}")
    page.keyboard.press("Enter")
    expect(page.locator("[data-item]").first).to_be_visible()


def test_words_on_a_terminal_have_24_points(terminal: Terminal) -> None:
    small = """() => [...document.querySelectorAll("main *, header *")].filter(each => each.checkVisibility()
        && [...each.childNodes].some(node => node.nodeType === 3 && node.data.trim())
        && parseFloat(getComputedStyle(each).fontSize) < 31.9).map(each => each.outerHTML.slice(0, 80))"""
    assert terminal.page.evaluate(small) == []
    terminal.begins()
    assert terminal.page.evaluate(small) == []


CAMERA = """address => { navigator.mediaDevices.getUserMedia = async () => {
    const canvas = document.createElement("canvas"), picture = new Image();
    canvas.width = 1280; canvas.height = 720;
    picture.src = address;
    await picture.decode();
    const ink = canvas.getContext("2d");
    ink.fillStyle = "#bbb";
    const draw = () => { ink.fillRect(0, 0, 1280, 720); ink.drawImage(picture, 420, 120, 460, 460); };
    draw();
    setInterval(draw, 100);
    return canvas.captureStream(10);
} }"""


def test_the_camera_reads_a_slip_where_the_browser_cannot(terminal: Terminal) -> None:
    """A slip is held before the camera; its frames are read by the server, and the code stands in the field."""
    page, code = terminal.page, terminal.codes.pop()
    assert page.evaluate("'BarcodeDetector' in window") is False
    slip = segno.make(f"{terminal.site.url}/vote#{code}", micro=False).png_data_uri(scale=8)
    terminal.begins()
    page.evaluate(CAMERA, slip)
    page.get_by_role("button", name="用摄像头扫码").click()
    expect(page.get_by_label("您的投票码")).to_have_value(code)
    expect(page.locator("[data-camera]")).to_be_hidden()
    page.get_by_role("button", name="下一步：选项目").click()
    expect(page.locator("[data-item]").first).to_be_visible()
