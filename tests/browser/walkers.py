"""People in front of a browser: what they do on any page, in their words, and how a person in office signs in."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Protocol

import pyotp
from playwright.sync_api import Locator, Page, expect

from tests.offices import PASSWORD


class Place(Protocol):
    """An installation as people see it: where it is, and what time it is there."""

    @property
    def url(self) -> str: ...

    @property
    def clock(self) -> Callable[[], datetime]: ...


@dataclass
class Walker:
    """Somebody with one page open. Names of buttons, links and fields are exact; what is seen may be part of a text."""

    page: Page
    site: Place

    def goes(self, path: str) -> None:
        self.page.goto(f"{self.site.url}{path}")

    def presses(self, name: str, *, within: Locator | None = None) -> None:
        (within or self.page).get_by_role("button", name=name, exact=True).click()

    def follows(self, name: str, *, within: Locator | None = None) -> None:
        (within or self.page.locator("#main")).get_by_role("link", name=name, exact=True).first.click()

    def fills(self, label: str, text: str) -> None:
        self.page.get_by_label(label).first.fill(text)

    def unfolds(self, name: str) -> None:
        self.page.locator("summary", has_text=name).click()

    def chooses(self, label: str, option: str) -> None:
        self.page.get_by_label(label).first.select_option(label=option)

    def ticks(self, label: str) -> None:
        self.page.get_by_label(label).first.check()

    def uploads(self, label: str, file: Path) -> None:
        self.page.get_by_label(label).set_input_files(file)

    def downloads(self, name: str, folder: Path) -> Path:
        with self.page.expect_download() as waiting:
            self.follows(name)
        file = folder / waiting.value.suggested_filename
        waiting.value.save_as(file)
        return file

    def sees(self, *texts: str) -> None:
        for text in texts:
            expect(self.page.locator("#main")).to_contain_text(text)

    def sees_no(self, *texts: str) -> None:
        for text in texts:
            expect(self.page.locator("#main")).not_to_contain_text(text)

    def sees_heading(self, text: str) -> None:
        expect(self.page.get_by_role("heading", name=text, exact=True).first).to_be_visible()

    def row(self, text: str) -> Locator:
        """The line of a table or list that says this."""
        return self.page.locator("#main tr, #main ul.tasks > li").filter(has_text=text).first

    def may_press(self, name: str) -> bool:
        return self.page.get_by_role("button", name=name, exact=True).count() > 0


@dataclass
class Officer(Walker):
    """A person in office. After a pause the sign-in page stands in the way, and is answered."""

    sign_in_name: str = ""
    name: str = ""
    secret: str = field(default="", repr=False)

    def goes(self, path: str) -> None:
        super().goes(path)
        if "/staff/sign-in" in self.page.url:
            self.signs_in()

    def signs_in(self) -> None:
        self.fills("用户名", self.sign_in_name)
        self.page.get_by_label("密码", exact=True).fill(PASSWORD)
        self.presses("登录")
        if "/staff/sign-in/enrol" in self.page.url:
            self.enrols()
        elif "/staff/sign-in/code" in self.page.url:
            self.types_one_time_code("继续")

    def enrols(self) -> None:
        """The secret is read off the page, as somebody does who cannot scan."""
        shown = self.page.get_by_text("密钥：").inner_text()
        self.secret = shown.partition("：")[2].strip()
        self.types_one_time_code("绑定并继续")

    def types_one_time_code(self, button: str) -> None:
        self.fills("6位动态码", pyotp.TOTP(self.secret).at(self.site.clock()))
        self.presses(button)

    def confirms(self, title: str) -> None:
        """待我确认: read it, type the word, carry it out."""
        self.goes("/staff/")
        self.sees_heading("待我确认")
        self.follows("查看并决定", within=self.row(title))
        self.sees_heading(title)
        self.fills("请输入“确认”", "确认")
        self.presses(title)

    def finds_on_home(self, text: str) -> None:
        self.goes("/staff/")
        self.sees(text)
