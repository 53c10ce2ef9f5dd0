"""A terminal that votes by itself, in Chromium, as a person at the screen and the office behind it see it."""

from dataclasses import dataclass
from typing import Any

from playwright.sync_api import BrowserContext, Page, expect

from diancai.platform.core.actor import Actor
from tests.platform.polling.terminals import a_commission
from tests.platform.polling.votes import END
from tests.sites import Site

OFFLINE = "现在没有网络，可以照常投票，联网以后自动上传"
READY = "已联网，断网也能投"
FAR = {"closes_at": END.replace(year=2036), "latest_close_at": END.replace(year=2037)}
"""The device goes by its own clock."""


@dataclass
class Booth:
    site: Site
    context: BrowserContext
    page: Page
    slips: list[str]
    papers: list[str]
    keepers: list[Actor]
    officer: Actor

    def says(self, words: str) -> None:
        expect(self.page.locator("[data-booth-said]")).to_have_text(words, timeout=30_000)

    def begins(self) -> None:
        self.page.get_by_role("button", name="按这里开始").click()
        expect(self.page.get_by_label("您的投票码")).to_be_focused()

    def proves(self, code: str) -> None:
        self.begins()
        self.page.get_by_label("您的投票码").fill(code)
        self.page.get_by_role("button", name="下一步：选项目").click()

    def votes(self, *numbers: int) -> str:
        """Returns the tracker."""
        page = self.page
        self.proves(self.slips.pop())
        for number in numbers:
            page.locator(f"label[for=choice-{number}]").click()
        page.get_by_role("button", name="下一步：核对我的选择").click()
        expect(page.locator("[data-bill] li")).to_have_count(len(numbers))
        tracker = page.locator("[data-tracker]").inner_text()
        page.get_by_role("button", name="确认投票").click()
        expect(page.get_by_role("heading", name="您的票已经投好了")).to_be_visible()
        expect(page.locator("[data-tracker]")).to_have_text(tracker)
        page.get_by_role("link", name="我抄好了，清除本页").click()
        expect(page.locator("main[data-resting]")).to_be_visible()
        return str(tracker)

    def dies(self) -> None:
        """The browser goes away in the middle of whatever it did, and is started again without a network."""
        self.page.close(run_before_unload=False)
        self.page = self.context.new_page()
        self.page.goto(f"{self.site.url}/kiosk")


def a_booth(site: Site, context: BrowserContext, *, slips: int = 6, **columns: Any) -> Booth:
    """Enrolled, and so far that it needs no network any more."""
    with site.transaction() as session:
        hall = a_commission(session, **(FAR | columns))
        device, code = hall.a_kiosk(slips=slips)
    page = context.new_page()
    page.goto(f"{site.url}/kiosk")
    page.get_by_label("登记码").fill(code)
    page.get_by_role("button", name="登记这台设备").click()
    here = Booth(site, context, page, device.slips, hall.papers, hall.keepers, hall.officer)
    here.says(READY)
    expect(page.locator("main")).to_have_attribute("data-pages", "kept", timeout=30_000)
    return here
