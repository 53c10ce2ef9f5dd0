"""One Chromium for all browser tests, and a guard on every page that it opens.

Fixtures: `phone` (390 × 844) and `desk` (1280 × 900) are browser contexts; `open_context(**options)` opens further ones
(`java_script_enabled=False`, `color_scheme="dark"`, …). A test fails when a page asked anything of another host, broke
the content security policy, or threw an error that no script caught.
"""

import ipaddress
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Request, sync_playwright

from tests.machine import chromium_program, skip_or_fail

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-sync",
    "--no-first-run",
    "--no-pings",
    # Other hosts do not even have an address. Stopping requests one by one instead would switch the cache off.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
]
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}
POLICY_WORDS = ("content security policy", "refused to ")

OpenContext = Callable[..., BrowserContext]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every test in this folder is a browser test; nobody has to remember the mark."""
    for item in items:
        if "tests/browser/" in item.nodeid:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The installed Chromium, without a window."""
    program = chromium_program()
    if program is None:
        skip_or_fail("Chromium")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield chromium
        chromium.close()


def is_local(url: str) -> bool:
    """Whether an address stays on this machine, or carries its content in itself."""
    parts = urlsplit(url)
    if parts.scheme in ("data", "blob", "about"):
        return True
    try:
        return ipaddress.ip_address(parts.hostname or "").is_loopback
    except ValueError:
        return parts.hostname == "localhost"


class Guard:
    """Collects what a page must not do; asked at the end of the test."""

    def __init__(self) -> None:
        self.offences: list[str] = []

    def watch(self, context: BrowserContext) -> None:
        context.on("request", self._request)
        context.on("console", self._console)
        context.on("weberror", lambda error: self.offences.append(f"script error: {error.error}"))

    def _request(self, request: Request) -> None:
        if not is_local(request.url):
            self.offences.append(f"request to another host: {request.url}")

    def _console(self, message: ConsoleMessage) -> None:
        if any(words in message.text.lower() for words in POLICY_WORDS):
            self.offences.append(f"console: {message.text}")


@pytest.fixture
def guard() -> Iterator[Guard]:
    """The guard of this test; a test that provokes an offence on purpose clears `guard.offences`."""
    watching = Guard()
    yield watching
    assert watching.offences == []


@pytest.fixture
def open_context(browser: Browser, guard: Guard) -> Iterator[OpenContext]:
    """Open a guarded context with any option of Playwright's; a phone's size when none is given."""
    opened: list[BrowserContext] = []

    def open_one(**options: Any) -> BrowserContext:
        standard = {"viewport": PHONE, "locale": "zh-CN", "timezone_id": "Asia/Shanghai"}
        context = browser.new_context(**{**standard, **options})
        context.set_default_timeout(10_000)
        guard.watch(context)
        opened.append(context)
        return context

    yield open_one
    for context in opened:
        context.close()


@pytest.fixture
def phone(open_context: OpenContext) -> BrowserContext:
    """A resident's phone, touched with a finger."""
    return open_context(viewport=PHONE, device_scale_factor=2, is_mobile=True, has_touch=True)


@pytest.fixture
def desk(open_context: OpenContext) -> BrowserContext:
    """The screen on an officer's desk."""
    return open_context(viewport=DESK)
