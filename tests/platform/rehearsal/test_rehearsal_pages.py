"""演练 on every page it touches: watermarked wherever it is shown, and shown nowhere in public."""

from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, select

from diancai.platform.core.actor import Role
from diancai.platform.core.keys import Keys
from diancai.platform.divisions.models import Division
from diancai.platform.features import load_jobs
from diancai.platform.polling.hall_models import Sitting, SittingRound
from diancai.platform.polling.operations import hall
from diancai.platform.polling.queries import stations_of
from diancai.platform.rehearsal.models import Rehearsal
from diancai.platform.rounds.models import Round
from tests.factories import AT, a_staff, some_codes
from tests.platform.polling.test_voting_pages import hidden_fields
from tests.platform.rehearsal.test_rehearsal import Office
from tests.sites import Clock, Site, an_app

load_jobs()
MARK = " rehearsal"
"""The class of <html> under which every page and every printed sheet bears the mark."""


class RehearsalPages:
    """A site with a draft; its officer sits at it."""

    def __init__(self, site: Site) -> None:
        self.site, self.public = site, site.app.extensions["diancai.actor"]
        with site.transaction() as session:
            office = Office(session)
            self.officer, self.source_id = office.officer, office.source.id
        self.sits()

    def sits(self) -> None:
        self.site.app.extensions["diancai.actor"] = lambda _session: self.officer
        self.client = self.site.app.test_client()

    def leaves(self) -> FlaskClient:
        self.site.app.extensions["diancai.actor"] = self.public
        return self.site.app.test_client()

    def begin(self) -> int:
        form = {"voter_count": "20", "minutes": "60"}
        assert self.client.post(f"/staff/rounds/{self.source_id}/rehearsal", data=form).status_code == 303
        with self.site.transaction() as session:
            number = session.scalars(select(Rehearsal.round_id)).one()
        assert number is not None
        return number


@pytest.fixture
def pages(database_url: str, engine: Engine, keys: Keys) -> Iterator[RehearsalPages]:
    with an_app(database_url, engine, keys, Clock(AT)) as site:
        site.app.config["WTF_CSRF_ENABLED"] = False
        yield RehearsalPages(site)


def is_marked(page: str) -> bool:
    return MARK in page.partition("<html")[2].partition(">")[0] and "rehearsal-note" in page


def test_every_page_of_the_office_about_it_is_marked_and_no_other(pages: RehearsalPages) -> None:
    number = pages.begin()
    for rest in (
        "",
        "/rehearsal",
        "/menu",
        "/register",
        "/stations",
        "/desk",
        "/papers",
        "/scrutineers",
        "/signing",
        "/codes",
    ):
        answer = pages.client.get(f"/staff/rounds/{number}{rest}")
        assert answer.status_code == 200, rest
        assert is_marked(answer.text), rest
        assert not is_marked(pages.client.get(f"/staff/rounds/{pages.source_id}/rehearsal").text)
    assert not is_marked(pages.client.get("/staff/rounds").text)


def test_it_stands_on_no_public_page(pages: RehearsalPages) -> None:
    number = pages.begin()
    visitor = pages.leaves()
    for path in ("", "/menu", "/how-to-vote", "/result", "/rule-book.json"):
        assert visitor.get(f"/rounds/{number}{path}").status_code == 404, path
    for path in ("/", "/streets/110102001000", "/results", "/open-data", "/vote", "/vote/kiosk"):
        assert "演练" not in visitor.get(path).text, path


def test_the_way_to_the_vote_is_marked_to_the_receipt(pages: RehearsalPages) -> None:
    number = pages.begin()
    with pages.site.transaction() as session:
        (code,) = some_codes(session, stations_of(session, session.get_one(Round, number))[0], 1)
    visitor = pages.leaves()
    ballot = visitor.post("/vote", data={"code": code})
    review = visitor.post("/vote/review", data=hidden_fields(ballot) | {"choice": ["1", "2"]})
    receipt = visitor.post("/vote/cast", data=hidden_fields(review, 'id="cast"'))
    for answer in (ballot, review, receipt):
        assert answer.status_code == 200
        assert is_marked(answer.text)
    assert is_marked(visitor.get(f"/rounds/{number}/board").text)


def test_the_screen_of_a_rehearsed_hall_is_for_the_office_only(pages: RehearsalPages) -> None:
    number = pages.begin()
    with pages.site.transaction() as session:
        round_ = session.get_one(Round, number)
        chief = a_staff(session, session.get_one(Division, round_.street_id), Role.SCRUTINEER)
        officer, chief_id = pages.officer.staff_id or 0, chief.staff_id or 0
        sitting = Sitting(street_id=round_.street_id, title="演练会场", place="礼堂", starts_at=AT, expected_count=30)
        sitting.chair_id, sitting.chief_id = officer, chief_id
        session.add(sitting)
        session.flush()
        session.add(SittingRound(sitting_id=sitting.id, round_id=round_.id))
        session.flush()
        attendance = hall.SittingStep.ATTENDANCE
        hall.do_step(session, sitting, attendance, hall.Figures(20), by=pages.officer, at=AT)
        screen = f"/hall/{sitting.id}"
    assert is_marked(pages.client.get(screen).text)
    visitor = pages.leaves()
    assert [visitor.get(path).status_code for path in (screen, f"{screen}/now")] == [404, 404]


def test_it_is_cast_and_wiped_from_its_page(pages: RehearsalPages) -> None:
    number = pages.begin()
    path = f"/staff/rounds/{number}/rehearsal"
    assert "测试票请填1到20" in pages.client.post(f"{path}/ballots", data={"count": "21"}).text
    assert pages.client.post(f"{path}/ballots", data={"count": "12"}).status_code == 303
    assert "测试票已投12张，还没有计票" in pages.client.get(path).text
    assert pages.client.post(f"{path}/wipe", data={"typed": "x"}).status_code == 422
    answer = pages.client.post(f"{path}/wipe", data={"typed": "清除"})
    assert (answer.status_code, answer.location) == (303, f"/staff/rounds/{pages.source_id}/rehearsal")
    assert pages.client.get(path).status_code == 404
    assert "没有计票" in pages.client.get(answer.location).text
