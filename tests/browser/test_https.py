"""The vote once more over https behind a proxy, as in production."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import Engine, func, select

from diancai.platform.core.keys import Keys
from diancai.platform.core.limits import FailureCount
from diancai.platform.polling.models import InboxBallot
from diancai.voting import new_code
from tests.browser.conftest import OpenContext
from tests.factories import AT, a_round, a_station, a_street, some_codes
from tests.proxies import a_proxy, write_certificate
from tests.sites import Clock, Site, a_site


@pytest.fixture(params=["sqlite"])
def dialect(request: pytest.FixtureRequest) -> str:
    """What is proved here does not depend on the database."""
    return str(request.param)


@pytest.fixture
def site(database_url: str, engine: Engine, keys: Keys) -> Iterator[Site]:
    clock = Clock(AT + timedelta(hours=1))
    with a_site(database_url, engine, keys, clock, origin="https://127.0.0.1", proxy_count=1) as running:
        yield running


@pytest.fixture
def page(open_context: OpenContext) -> Page:
    return open_context(ignore_https_errors=True).new_page()


def test_the_vote_works_over_https_with_strict_cookies(site: Site, page: Page, tmp_path: Path) -> None:
    with site.transaction() as session:
        code = some_codes(session, a_station(session, a_round(session, a_street(session))), 1)[0]
    with a_proxy(site.url, write_certificate(tmp_path)) as origin:
        answer = page.goto(f"{origin}/vote#{code}")
        assert answer is not None
        assert answer.headers["strict-transport-security"]
        assert answer.headers["referrer-policy"] == "same-origin"
        expect(page.locator("#code")).to_have_value(code)
        assert page.url.endswith("/vote")
        page.get_by_role("button", name="下一步：选项目").click()
        page.locator("label[for=choice-2]").click()
        page.get_by_role("button", name="下一步：核对我的选择").click()
        page.get_by_role("button", name="确认投票").click()
        expect(page.get_by_role("heading", name="您的票已经投进票箱")).to_be_visible()
        cookies = page.context.cookies()
        assert {cookie["name"] for cookie in cookies} == {"__Host-session"}
        assert all(cookie["secure"] and cookie["httpOnly"] for cookie in cookies)
    with site.transaction() as session:
        assert session.scalar(select(func.count()).select_from(InboxBallot)) == 1


def test_an_address_that_the_client_claims_is_not_believed(site: Site, page: Page, tmp_path: Path) -> None:
    with site.transaction() as session:
        a_round(session, a_street(session))
    with a_proxy(site.url, write_certificate(tmp_path)) as origin:
        for number in range(3):
            page.set_extra_http_headers({"X-Forwarded-For": f"203.0.113.{number}"})
            page.goto(f"{origin}/vote")
            page.locator("#code").fill(new_code())
            page.get_by_role("button", name="下一步：选项目").click()
            expect(page.get_by_role("heading", name="没有这个投票码")).to_be_visible()
    with site.transaction() as session:
        assert len(session.scalars(select(FailureCount.key).distinct()).all()) == 1
