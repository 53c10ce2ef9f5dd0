"""The ballot as Chromium prints it, filled in by an unsteady hand and scanned: the platform reads what was written."""

import io
from random import Random

import pytest
from PIL import Image
from playwright.sync_api import Page, expect
from sqlalchemy import Engine

from diancai.paper import geometry
from diancai.paper.found import Found
from diancai.paper.reading import read_page
from diancai.platform.core.actor import Role
from diancai.platform.core.keys import Keys
from diancai.platform.polling.ballot_forms import pages_of_round
from tests.browser.conftest import OpenContext
from tests.browser.test_every_page import sign_in
from tests.factories import AT, a_round, a_street
from tests.offices import a_browser, an_account
from tests.paper.sheets import Scan, Sheet, scanned
from tests.sites import Clock, a_site

SCANS = (
    Scan(dpi=150, noise=6, quality=60),
    Scan(dpi=200, degrees=176, aslant=0.04, shadow=0.3),
    Scan(dpi=300, degrees=2),
)

MARKS = 4


@pytest.fixture(params=["sqlite"])
def dialect(request: pytest.FixtureRequest) -> str:
    """What is printed does not depend on the database."""
    return str(request.param)


def printed(page: Page, place: int) -> Image.Image:
    """A sheet as it comes out of the printer, at 192 dpi."""
    picture = page.locator(".sheet-page").nth(place).screenshot()
    return Image.open(io.BytesIO(picture)).convert("L")


def test_what_is_written_on_a_printed_ballot_is_read(
    database_url: str, engine: Engine, keys: Keys, open_context: OpenContext
) -> None:
    with a_site(database_url, engine, keys, Clock(AT)) as site:
        with site.transaction() as session:
            street = a_street(session)
            round_ = a_round(session, street, items=20, channels="phone,paper")
            officer = an_account(session, street.id, Role.OFFICER).id
            pages, round_id = pages_of_round(session, round_), round_.id
        context = open_context(device_scale_factor=2)
        sign_in(context, a_browser(site, officer), site.url)
        page = context.new_page()
        page.emulate_media(media="print")
        page.goto(f"{site.url}/staff/rounds/{round_id}/papers/ballot")
        expect(page.locator(".sheet-page")).to_have_count(len(pages))
        assert len(pages) == 2
        looks = [(scan, form, printed(page, form.number - 1)) for scan in SCANS for form in pages]
        doubtful = sum(_fill_in_and_read(paper, form, pages, round_id, scan) for scan, form, paper in looks)
        assert doubtful <= len(looks) * MARKS // 10
        pdf = page.pdf(prefer_css_page_size=True)
        assert pdf.count(b"/Type /Page\n") + pdf.count(b"/Type /Page ") == len(pages)


def _fill_in_and_read(
    paper: Image.Image, form: geometry.Page, pages: tuple[geometry.Page, ...], round_id: int, scan: Scan
) -> int:
    """Returns how many of the marks are left to a person."""
    random = Random(f"{form.number}{scan}")
    marked = sorted(random.sample([row.number for row in form.rows], MARKS))
    struck = random.choice([row.number for row in form.rows if row.number not in marked])
    sheet = Sheet(form, paper)
    for number in marked:
        sheet.write(number, random.choice(["tick", "circle"]), random)
    sheet.write(struck, "struck tick", random)
    read = read_page(Image.open(io.BytesIO(scanned(sheet, scan, random))), round_id, pages)
    assert (read.trouble, read.round_id, read.page_number) == (None, round_id, form.number)
    clear = {one.number for one in read.marks if one.mark.found is Found.MARKED}
    doubtful = {one.number for one in read.marks if one.mark.found is Found.DOUBTFUL}
    assert struck in doubtful
    assert clear <= set(marked) <= clear | doubtful
    return len(set(marked) - clear)
