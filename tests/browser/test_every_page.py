"""Every page of the URL map in Chromium, as nobody and as each role: accessible, quiet, within a phone's width.

A page is opened when it shows some element that its endpoint has not shown before, whoever looks at whatever round.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask.testing import FlaskClient
from playwright.sync_api import BrowserContext, Page, Response
from sqlalchemy import Engine

from diancai.platform.core.actor import Role
from diancai.platform.core.keys import Keys
from diancai.platform.features import load_jobs
from tests.browser.conftest import OpenContext
from tests.offices import a_browser
from tests.sample import NOW, SampleStreet, one_street
from tests.sample_addresses import Address, addresses, places_of
from tests.sites import Clock, Site, a_hall_certificate, a_site

HELP_PHONE = "010-60000000"
BALLOT_LIMIT_BYTES = 60_000
PROBES = ("/healthz", "/readyz", "/metrics")
EXCEPTIONS: dict[tuple[str, str], str] = {}
"""(endpoint, rule of axe or name of a check) → why it stands. Printed at the end of the run."""

LOOK = """() => {
  const shown = each => each.checkVisibility({visibilityProperty: true, opacityProperty: true});
  const small = [], page = document.documentElement;
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const parent = walk.currentNode.parentElement;
    if (!walk.currentNode.data.trim() || parent.closest('script, style, noscript, option, svg') || !shown(parent)) continue;
    const size = parseFloat(getComputedStyle(parent).fontSize);
    if (size < 16) small.push(`${size}px ${parent.tagName}.${parent.className}: ${walk.currentNode.data.trim().slice(0, 20)}`);
  }
  const beyond = () => [...document.body.querySelectorAll('*')]
    .filter(each => shown(each) && each.getBoundingClientRect().right > 391 && !each.children.length)
    .slice(0, 2).map(each => `${each.outerHTML.slice(0, 100)} ends at ${Math.round(each.getBoundingClientRect().right)}`);
  return {
    small: [...new Set(small)],
    headings: [...document.querySelectorAll('h1')].filter(shown).length,
    title: document.title.trim(),
    wide: page.scrollWidth > page.clientWidth ? [`${page.scrollWidth} of ${page.clientWidth}`, ...beyond()] : [],
    text: document.body.innerText,
  };
}"""


@pytest.fixture(params=["sqlite"])
def dialect(request: pytest.FixtureRequest) -> str:
    """How a page looks does not depend on the database."""
    return str(request.param)


@dataclass
class Street:
    site: Site
    sample: SampleStreet
    places: list[Any]

    def browsers(self) -> dict[Role | None, FlaskClient]:
        everybody: dict[Role | None, FlaskClient] = {None: self.site.app.test_client()}
        return everybody | {role: a_browser(self.site, self.sample.people[role]) for role in Role}


@pytest.fixture
def street(database_url: str, engine: Engine, keys: Keys, tmp_path: Path) -> Iterator[Street]:
    load_jobs()
    with a_site(database_url, engine, keys, Clock(NOW), hall_certificate=a_hall_certificate(tmp_path)) as site:
        with site.transaction() as session:
            sample = one_street(session)
            places = places_of(session, sample)
        yield Street(site, sample, places)


class Elements(HTMLParser):
    """What a page is made of: tags with their classes and kinds."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: set[tuple[str, ...]] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        facts = dict(attrs)
        self.found.add((tag, facts.get("class") or "", facts.get("type") or "", facts.get("role") or ""))


def pages_to_open(street: Street, browsers: dict[Role | None, FlaskClient]) -> Iterator[tuple[Address, Role | None]]:
    """Public pages as nobody, the others as everybody; refusals count as pages of their own."""
    known: dict[object, set[tuple[str, ...]]] = {}
    for address in addresses(street.site.app, "GET", street.places):
        if address.path in PROBES:
            continue
        for role in [None] if address.action == "anyone" else list(browsers):
            answer = browsers[role].get(address.path)
            if answer.mimetype != "text/html" or answer.status_code == 303:
                continue
            seen = known.setdefault(address.endpoint if answer.status_code == 200 else answer.status_code, set())
            if not (found := Elements(answer.text).found) <= seen:
                seen |= found
                yield address, role


def sign_in(context: BrowserContext, client: FlaskClient, url: str) -> None:
    cookie = client.get_cookie("session")
    assert cookie is not None
    context.add_cookies([{"name": "session", "value": cookie.value, "url": url}])


def offences(page: Page, *, is_public: bool) -> list[str]:
    """What is wrong with the page that is open."""
    seen = page.evaluate(LOOK)
    checks = {
        "one h1": seen["headings"] == 1,
        "title": bool(seen["title"]),
        "help number": not is_public or HELP_PHONE in seen["text"],
    }
    found = [name for name, is_met in checks.items() if not is_met]
    found += [f"too wide: {each}" for each in seen["wide"]]
    found += [f"small text: {each}" for each in seen["small"]]
    axe = Axe().run(page).response["violations"]
    return found + [f"{each['id']}: {each['nodes'][0]['html'][:160]}" for each in axe]


FAULTY = (
    '<html><meta name="viewport" content="width=device-width"><body><p style="font-size: 15px">small</p>'
    '<img src="data:,"><p style="width: 500px">wide</p></body></html>'
)


def test_each_check_finds_what_it_is_for(phone: BrowserContext) -> None:
    page = phone.new_page()
    page.set_content(FAULTY)
    found = {offence.partition(":")[0] for offence in offences(page, is_public=True)}
    assert {"one h1", "title", "help number", "small text", "too wide", "image-alt"} <= found


def test_every_page_is_accessible_quiet_and_within_a_phones_width(street: Street, open_context: OpenContext) -> None:
    browsers, opened, wrong, excused = street.browsers(), {}, {}, set()
    for role, client in browsers.items():
        context = open_context(device_scale_factor=1, is_mobile=True, has_touch=True)
        if role is not None:
            sign_in(context, client, street.site.url)
        opened[role] = context.new_page()
    count = 0
    for address, role in pages_to_open(street, browsers):
        count += 1
        page = opened[role]
        page.goto(street.site.url + address.path)
        for offence in offences(page, is_public=address.action == "anyone"):
            rule = (address.endpoint, offence.partition(":")[0])
            if rule in EXCEPTIONS:
                excused.add(rule)
            else:
                wrong.setdefault(offence, []).append(f"{address} as {role}")
    print(f"{count} pages opened; exceptions used: {[(*rule, EXCEPTIONS[rule]) for rule in sorted(excused)]}")
    assert {offence: pages[:3] for offence, pages in wrong.items()} == {}
    assert excused == EXCEPTIONS.keys()


def test_the_ballot_of_24_items_is_light_after_the_first_visit(street: Street, phone: BrowserContext) -> None:
    """On the wire: what a voter's phone loads when the slip's page was open before, as most are on the way to the vote."""
    page = phone.new_page()
    answers: list[Response] = []
    page.on("response", lambda answer: answers.append(answer))
    page.goto(f"{street.site.url}/vote")
    page.goto(f"{street.site.url}/rounds/{street.sample.rounds['voting']}/menu", wait_until="networkidle")
    for code in street.sample.codes["voting"][:2]:
        page.goto(f"{street.site.url}/vote")
        answers.clear()
        page.locator("#code").fill(code)
        page.locator("form[action='/vote'] button[type=submit]").first.click()
        page.wait_for_load_state("networkidle")
        assert page.locator("[data-item]").count() == 24
    sizes = {answer.url: sum_of(answer) for answer in answers}
    print(f"the ballot of 24 items: {sum(sizes.values())} bytes in {len(sizes)} answers")
    assert 0 < sum(sizes.values()) <= BALLOT_LIMIT_BYTES, sizes


def sum_of(answer: Response) -> int:
    sizes = answer.request.sizes()
    return sizes["responseBodySize"] + sizes["responseHeadersSize"]
